/** What is known of success where several ways lead on: it belongs to the choice that told the ways apart. */
import { conditionOf } from './choices.ts';
import type { Choice, Condition, ConditionArm } from './reading.ts';
import { newId, OUTPUT, type Run, type State, type Status } from './state.ts';

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

/** A state in which a function or a subshell ends. */
export interface End {
  readonly state: State;
  readonly status: Status;
}

/** Ends that are told apart; a list that is searched has fewer entries. */
const MAX_ENDS = 16;

/**
 * The status of all ends, before their states are brought together. Where output is collected and success takes
 * more than one choice to tell (`for d in a b; do [ -d $d ] && { echo $d; return 0; }; done; return 1`), one choice
 * of the ends stands for them all.
 */
export function statusOfEnds(run: Run, ends: readonly End[], from: number): Status {
  const outcomes = ends.map(({ state, status }) => ({ when: state.path.slice(from), status }));
  const status = combined(outcomes);
  const mixed = outcomes.every((outcome) => typeof outcome.status === 'boolean');
  if (status !== null || !mixed || ends.length > MAX_ENDS) return status;
  if (!ends.some(({ state }) => state.variables.has(OUTPUT))) return null;
  const arms = outcomes.map(({ when }) => labelOf(when));
  const [label] = arms.flatMap((arm) => arm ?? []);
  if (label === undefined) return null;
  const choice: Choice = {
    id: newId(run),
    kind: 'test',
    arms: arms.map((arm) => arm ?? { ...label, negated: !label.negated }),
    leaving: new Set(),
  };
  for (const [arm, { state }] of ends.entries()) {
    state.path = [...state.path.slice(0, from), conditionOf(choice, [arm])];
  }
  return combined(ends.map((end, arm) => ({ when: [conditionOf(choice, [arm])], status: end.status })));
}

function labelOf(when: readonly Condition[]): ConditionArm | null {
  const last = when.at(-1);
  return last === undefined ? null : { text: last.text, place: last.place, negated: last.negated };
}
