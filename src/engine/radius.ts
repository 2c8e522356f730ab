/** The blast radius of a sandbox, in the words of the report. */
import { outcomeRow } from '../knowledge/outcomes.ts';
import type { HeldOutcome, Radius } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { worthOf } from '../model/worth.ts';
import {
  type CausedEvidence,
  type FixPlan,
  type Improvement,
  type Judge,
  planFixes,
} from '../reach/fix-first.ts';
import { reach } from '../reach/reach.ts';
import type { ReportedImprovement, ReportedOutcome, ReportedRadius } from '../report/report.ts';

/**
 * @param evidence the matches of all built-in rules in this sandbox, before configuration and suppression
 * @param judge asks the rules about the sandbox as it would be after a change; null: nothing is planned
 */
export function radiusOf(
  sandbox: Sandbox,
  evidence: readonly CausedEvidence[],
  judge: Judge | null,
): ReportedRadius {
  const radius = reach(sandbox, evidence);
  const plan = judge === null ? NO_PLAN : planFixes(sandbox, evidence, radius, judge);
  return {
    score: radius.score,
    possible: radius.possible,
    grade: radius.grade,
    axes: radius.axes.map((axis) => ({
      axis: axis.axis,
      level: axis.level,
      worth: axis.worth,
      reason: axis.reason,
      at: axis.origin?.place ?? null,
    })),
    outcomes: outcomesOf(sandbox, radius),
    unknowns: radius.unknowns,
    fixFirst: plan.single.map(improvementOf),
    nextGrade: plan.nextGrade === null ? null : improvementOf(plan.nextGrade),
    toA: plan.toA === null ? null : improvementOf(plan.toA),
    best: plan.all === null ? null : improvementOf(plan.all),
  };
}

const NO_PLAN: FixPlan = { single: [], nextGrade: null, toA: null, all: null };

function outcomesOf(sandbox: Sandbox, radius: Radius): ReportedOutcome[] {
  return radius.outcomes
    .flatMap((held) => outcomeOf(sandbox, held))
    .sort((a, b) => b.worth - a.worth || a.path.length - b.path.length || (a.outcome < b.outcome ? -1 : 1));
}

function outcomeOf(sandbox: Sandbox, held: HeldOutcome): ReportedOutcome[] {
  const row = outcomeRow(held.outcome);
  if (row === undefined) return [];
  return [
    {
      outcome: held.outcome,
      phrase: row.phrase,
      axis: row.axis,
      worth: worthOf(held, sandbox),
      certainty: held.certainty,
      path: held.path.map((step) => ({
        step: step.step,
        rule: step.rule,
        message: step.message,
        at: step.origin?.place ?? null,
      })),
    },
  ];
}

function improvementOf({
  findings,
  scoreAfter,
  gradeAfter,
  leaves,
  exact,
}: Improvement): ReportedImprovement {
  return { findings, scoreAfter, gradeAfter, leaves, exact };
}
