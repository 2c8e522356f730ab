/** The blast radius of a sandbox, in the words of the report. */
import { outcomeRow } from '../knowledge/outcomes.ts';
import type { HeldOutcome, Radius } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { worthOf } from '../model/worth.ts';
import { closure } from '../reach/closure.ts';
import {
  type CausedEvidence,
  type FixPlan,
  type Improvement,
  type Judge,
  planFixes,
  planSingles,
} from '../reach/fix-first.ts';
import { throughNeighbours } from '../reach/neighbours.ts';
import { reach } from '../reach/reach.ts';
import type { ReportedImprovement, ReportedOutcome, ReportedRadius } from '../report/report.ts';

/** A sandbox with what the rules found in it, before configuration and suppression. */
export interface Judged {
  readonly sandbox: Sandbox;
  readonly evidence: readonly CausedEvidence[];
}

/** Sandboxes that get a full plan of fixes, the worst first; planning costs more than everything else. */
const FULLY_PLANNED = 60;

/**
 * The blast radius of each, in order. Nobody hardens the database first while an agent runs beside it: where
 * there are sandboxes, services get no plan.
 * @param judge asks the rules about a sandbox as it would be after a change
 */
export function radiiOf(judged: readonly Judged[], judge: Judge): ReportedRadius[] {
  const held = new Map(judged.map(({ sandbox, evidence }) => [sandbox.id, closure(evidence)]));
  const judgeAll: Judge = (revised) => [...judge(revised), ...throughNeighbours(revised, held)];
  const reached = judged.map(({ sandbox, evidence: own }) => {
    const evidence = [...own, ...throughNeighbours(sandbox, held)];
    return { sandbox, evidence, radius: reach(sandbox, evidence) };
  });
  const hasSandbox = judged.some(({ sandbox }) => sandbox.role.kind === 'sandbox');
  const planned = reached.filter(({ sandbox }) => !hasSandbox || sandbox.role.kind === 'sandbox');
  const worst = new Set(planned.toSorted((a, b) => b.radius.score - a.radius.score).slice(0, FULLY_PLANNED));
  return reached.map((one) => {
    const { sandbox, evidence, radius } = one;
    if (worst.has(one))
      return reportedRadius(sandbox, radius, planFixes(sandbox, evidence, radius, judgeAll));
    return reportedRadius(
      sandbox,
      radius,
      planned.includes(one) ? planSingles(sandbox, evidence, radius) : NO_PLAN,
    );
  });
}

function reportedRadius(sandbox: Sandbox, radius: Radius, plan: FixPlan): ReportedRadius {
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
  hidden,
  scoreAfter,
  gradeAfter,
  leaves,
  exact,
}: Improvement): ReportedImprovement {
  return {
    findings,
    hidden: hidden.map(({ rule, origin }) => ({ rule, place: origin.place })),
    scoreAfter,
    gradeAfter,
    leaves,
    exact,
  };
}
