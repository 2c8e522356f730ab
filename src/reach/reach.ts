/** The blast radius of one sandbox. */
import type { Axis } from '../model/outcome.ts';
import type { AxisResult, Evidence, Radius } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { unknownsOf } from '../model/unknowns.ts';
import { axesOf } from './axes.ts';
import { closure } from './closure.ts';
import { gradeOf, scoreOf } from './score.ts';
import { worstOf } from './unknowns.ts';

/**
 * @param evidence the matches of all built-in rules, before any configuration or suppression
 */
export function reach(sandbox: Sandbox, evidence: readonly Evidence[]): Radius {
  const outcomes = closure(evidence);
  const axes = axesOf(sandbox, outcomes);
  const score = scoreOf(worths(axes));
  const widening = unknownsOf(sandbox).filter((entry) => entry.kind === 'text' && worstOf(entry).length > 0);
  return {
    score,
    possible: Math.max(score, possibleScore(sandbox, evidence, widening.flatMap(worstOf))),
    grade: gradeOf(score),
    axes,
    outcomes,
    unknowns: [
      ...new Set(widening.flatMap((entry) => (entry.names.length > 0 ? entry.names : [entry.what]))),
    ],
  };
}

/** The score with everything unknown at its worst. */
function possibleScore(sandbox: Sandbox, evidence: readonly Evidence[], worst: readonly string[]): number {
  if (worst.length === 0) return 0;
  const origin = sandbox.unresolved[0]?.origin ?? { kind: 'explicit' as const, place: sandbox.place };
  const gains = [...new Set(worst)].map((outcome) => ({ outcome, certainty: 'direct' as const }));
  const assumed: Evidence = { rule: 'unresolved-value', message: 'what is not known', origin, gains };
  return scoreOf(worths(axesOf(sandbox, closure([...evidence, assumed]))));
}

function worths(axes: readonly AxisResult[]): Record<Axis, number> {
  const result: Record<Axis, number> = {
    host: 0,
    files: 0,
    credentials: 0,
    network: 0,
    limits: 0,
    persistence: 0,
  };
  for (const { axis, worth } of axes) result[axis] = worth;
  return result;
}
