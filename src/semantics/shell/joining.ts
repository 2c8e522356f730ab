import { complement, conditionOf, openConditions, sameCondition } from './choices.ts';
import { combined, type Outcome } from './outcomes.ts';
import type { Choice, Condition, ConditionArm } from './reading.ts';
import {
  bounded,
  extent,
  fork,
  newId,
  nowhere,
  outsideVariable,
  type Run,
  type State,
  type Status,
  step,
} from './state.ts';
import { type Element, elementsOf, joinSequences, sameElement, samePiece, type Variable } from './value.ts';
import { widenElements, widenPieces } from './widening.ts';

/** Goes every way of an open choice, one after the other from the same state, and brings the states together. */
export function branch(
  run: Run,
  kind: Choice['kind'],
  labels: readonly ConditionArm[],
  arms: readonly (() => Status)[],
): Status {
  const choice: Choice = { id: newId(run), kind, arms: labels, leaving: new Set() };
  return goWays(
    run,
    arms.map((_, index) => conditionOf(choice, [index])),
    arms,
    true,
  );
}

/**
 * Goes one way under each of the conditions, which exclude each other and leave no other way.
 * @param fresh nothing else depends on their choice
 */
export function goWays(
  run: Run,
  conditions: readonly Condition[],
  arms: readonly (() => Status)[],
  fresh = false,
): Status {
  const before = run.state;
  const certain = fresh || openConditions(before.path).length === 0;
  const outcomes: Outcome[] = [];
  const after = arms.map((arm, index) => {
    const condition = conditions[index];
    run.state = condition === undefined ? fork(run, before) : fork(run, before, condition);
    const status = arm();
    if (run.state.ended === 'exit' && condition !== undefined && certain) leave(condition);
    if (run.state.ended === null) outcomes.push({ when: condition === undefined ? [] : [condition], status });
    return run.state;
  });
  run.state = joinStates(run, after);
  return combined(outcomes);
}

/** Behind an arm that ends the script, nothing depends on the choice any more. */
function leave({ choice, arms }: Condition): void {
  const leaving = choice.leaving as Set<number>;
  for (const arm of arms) leaving.add(arm);
}

export function joinStates(run: Run, states: readonly State[]): State {
  const first = states[0];
  if (first === undefined) throw new TypeError('no states to join');
  const shared = sharedPath(states);
  const alive = states.filter((state) => state.ended === null);
  const only = alive[0];
  if (only === undefined) {
    const ended = states.some((state) => state.ended === 'jump') ? 'jump' : 'exit';
    return { ...first, ended, path: first.path.slice(0, shared) };
  }
  if (alive.length === 1) {
    if (states.length === 1) return only;
    only.path = only.path.map((condition, at) => (at < shared ? condition : { ...condition, guard: true }));
    return only;
  }
  return meet(run, alive, shared);
}

function sharedPath(states: readonly State[]): number {
  const first = states[0]?.path ?? [];
  let shared = 0;
  while (
    shared < first.length &&
    states.every((state) => {
      const condition = first[shared];
      return condition !== undefined && sameCondition(condition, state.path[shared]);
    })
  ) {
    shared += 1;
  }
  return shared;
}

function meet(run: Run, states: readonly State[], shared: number): State {
  const first = states[0];
  if (first === undefined) throw new TypeError('no states to join');
  const joined = fork(run, first);
  joined.path = first.path.slice(0, shared);
  joined.exported = null;
  const ways = waysTo(states, shared);
  const names = new Set(states.flatMap((state) => [...state.variables.keys()]));
  step(run, names.size >> 2);
  for (const name of names) {
    const variable = first.variables.get(name);
    if (states.every((state) => state.variables.get(name) === variable)) continue;
    joined.variables.set(name, meetVariables(run, name, ways));
  }
  for (const state of states) {
    for (const [name, value] of state.functions) joined.functions.set(name, value);
    for (const [name, value] of state.aliases) joined.aliases.set(name, value);
  }
  return joined;
}

/** A state, and what holds on the way to it since the states parted. */
interface Way {
  readonly state: State;
  readonly when: readonly Condition[];
}

/**
 * What tells the states apart. One that went no way of its own (several ways have met in it already) is there
 * whenever none of the others is.
 */
function waysTo(states: readonly State[], shared: number): Way[] {
  const ways = states.map((state) => ({ state, when: state.path.slice(shared) }));
  const plain = ways.filter(({ when }) => when.length === 0);
  const [only] = plain;
  if (only === undefined || plain.length > 1 || ways.length === 1) return ways;
  const rest = complement(ways.flatMap(({ when }) => (when.length === 0 ? [] : [when])));
  if (rest === null || rest.length === 0) return ways;
  return ways.flatMap((way) => (way === only ? rest.map((when) => ({ state: only.state, when })) : [way]));
}

function meetVariables(run: Run, name: string, ways: readonly Way[]): Variable {
  const arms = ways.map(({ state, when }) => ({
    variable:
      state.variables.get(name) ?? outsideVariable(run, name, state.path.at(-1)?.place ?? nowhere(run)),
    when,
  }));
  const exported = arms.some(({ variable }) => variable.exported);
  step(
    run,
    arms.reduce((sum, { variable }) => sum + (variable.kind === 'unset' ? 0 : extent(variable).count), 0) >>
      1,
  );
  const list = arms.find(({ variable }) => variable.kind === 'list' || variable.kind === 'map');
  if (list === undefined) {
    const sequences = arms.map(({ variable, when }) => ({
      items: variable.kind === 'scalar' ? variable.pieces.filter((part) => part.text !== '') : [],
      when,
    }));
    const gone = arms.map(({ when }) => when);
    const pieces = widenPieces(run, joinSequences(sequences, samePiece), gone);
    return bounded(run, name, { kind: 'scalar', pieces, exported });
  }
  const sequences = arms.map(({ variable, when }) => ({ items: elementsOf(variable), when }));
  const elements = widenElements(run, joinSequences<Element>(sequences, sameElement));
  const kind = list.variable.kind === 'map' ? 'map' : 'list';
  return bounded(run, name, { kind, elements, exported });
}
