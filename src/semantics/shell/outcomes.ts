/** What is known of success where several ways lead on: it belongs to the choice that told the ways apart. */
import { conditionOf } from './choices.ts';
import type { Choice, Condition } from './reading.ts';
import type { Status } from './state.ts';

export interface Outcome {
  /** What holds on the way. */
  readonly when: readonly Condition[];
  readonly status: Status;
}

/** The status of all ways; where they differ and one choice decides, a question that its arms answer. */
export function combined(outcomes: readonly Outcome[]): Status {
  const [first, ...others] = outcomes;
  if (first === undefined) return null;
  if (others.every(({ status }) => status === first.status)) return first.status;
  const [choice, ...more] = new Set(
    outcomes.flatMap(({ when }) => when.map((condition) => condition.choice)),
  );
  if (choice === undefined || more.length > 0) return null;
  const arms = { yes: [] as number[], no: [] as number[] };
  for (const { when, status } of outcomes) {
    const own = armsOf(choice, when);
    if (typeof status !== 'boolean' || own.length === 0) return null;
    arms[status ? 'yes' : 'no'].push(...own);
  }
  if (arms.yes.some((arm) => arms.no.includes(arm))) return null;
  return { holds: conditionOf(choice, arms.yes), fails: conditionOf(choice, arms.no) };
}

/** Arms that all conditions on the choice leave; none where nothing is asked. */
function armsOf(choice: Choice, when: readonly Condition[]): readonly number[] {
  const [first, ...others] = when.filter((condition) => condition.choice === choice);
  return first?.arms.filter((arm) => others.every((condition) => condition.arms.includes(arm))) ?? [];
}
