/** Choices and conditions on them: what can hold together, and which ways lead to a value. */
import type { Choice, Condition } from './reading.ts';

/** Ways of going through the choices of one word that are tried to find its values. */
const MAX_COMBINATIONS = 128;

/** Arms that a condition names; a reader takes in no more. */
const NAMED_ARMS = 3;

/** One object for one condition: comparing them is most of what joining states costs. */
const CONDITIONS = new WeakMap<Choice, Map<string, Condition>>();

export function conditionOf(choice: Choice, arms: readonly number[]): Condition {
  const known = CONDITIONS.get(choice) ?? new Map<string, Condition>();
  CONDITIONS.set(choice, known);
  const key = arms.length === 1 ? String(arms[0]) : arms.join();
  const found = known.get(key) ?? newCondition(choice, arms);
  known.set(key, found);
  return found;
}

function newCondition(choice: Choice, arms: readonly number[]): Condition {
  const taken = arms.slice(0, NAMED_ARMS).flatMap((arm) => choice.arms[arm] ?? []);
  const first = taken[0];
  if (first === undefined) throw new RangeError('a condition needs an arm of its choice');
  const names = [...new Set(taken.map((arm) => arm.text))].join(' or ');
  const text = names + (arms.length > NAMED_ARMS ? ' or …' : '');
  return { ...first, text, choice, arms, guard: false };
}

export function holds(when: readonly Condition[], taken: ReadonlyMap<number, number>): boolean {
  return when.every((condition) => condition.arms.includes(taken.get(condition.choice.id) ?? -1));
}

const BOTH: readonly number[] = [0, 1];

/** Arms after which the script goes on. */
export function possibleArms(choice: Choice): readonly number[] {
  if (choice.leaving.size === 0 && choice.arms.length === 2) return BOTH;
  return choice.arms.map((_, arm) => arm).filter((arm) => !choice.leaving.has(arm));
}

/** Leaves out what holds anyway, because every other way leaves the script. */
export function openConditions(when: readonly Condition[]): readonly Condition[] {
  const open = when.filter(({ choice, arms }) => possibleArms(choice).some((arm) => !arms.includes(arm)));
  return open.length === when.length ? when : open;
}

/** More would make of one value as many copies. */
const MAX_COMPLEMENT = 6;

/**
 * Conjunctions that exclude each other and hold just where none of the given ones does; null where these begin
 * with different choices, or it takes too many.
 */
export function complement(
  conditions: readonly (readonly Condition[])[],
): readonly (readonly Condition[])[] | null {
  const [first] = conditions[0] ?? [];
  if (first === undefined) return [];
  const { choice } = first;
  if (conditions.some((when) => when.length > 0 && when[0]?.choice !== choice)) return null;
  const free: number[] = [];
  const found: (readonly Condition[])[] = [];
  for (const arm of possibleArms(choice)) {
    const taken = conditions.filter((when) => when.length === 0 || when[0]?.arms.includes(arm) === true);
    if (taken.length === 0) {
      free.push(arm);
      continue;
    }
    if (taken.some((when) => when.length < 2)) continue;
    const rest = complement(taken.map((when) => when.slice(1)));
    if (rest === null) return null;
    found.push(...rest.map((when) => [conditionOf(choice, [arm]), ...when]));
  }
  if (free.length > 0) found.unshift([conditionOf(choice, free)]);
  return found.length > MAX_COMPLEMENT ? null : found;
}

/** Arms of a choice that no condition tells apart, by the choice. */
type Classes = ReadonlyMap<Choice, readonly (readonly number[])[]>;

function classesOf(conditions: readonly (readonly Condition[])[]): Classes {
  const asked = new Map<Choice, Set<readonly number[]>>();
  for (const when of conditions) {
    for (const { choice, arms } of when) {
      const known = asked.get(choice);
      if (known === undefined) asked.set(choice, new Set([arms]));
      else known.add(arms);
    }
  }
  const found = new Map<Choice, readonly (readonly number[])[]>();
  for (const [choice, sets] of asked) found.set(choice, classesOfArms(possibleArms(choice), [...sets]));
  return found;
}

function classesOfArms(
  arms: readonly number[],
  sets: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  let classes: (readonly number[])[] = [arms];
  for (const set of sets) {
    classes = classes.flatMap((group) => {
      const inside = group.filter((arm) => set.includes(arm));
      if (inside.length === 0 || inside.length === group.length) return [group];
      return [inside, group.filter((arm) => !set.includes(arm))];
    });
  }
  return classes.filter((group) => group.length > 0);
}

/** Cheaper than telling the arms apart; a choice of which no condition asks anything is rare. */
function moreChoices(conditions: readonly (readonly Condition[])[], bound: number): boolean {
  const choices = new Set<Choice>();
  for (const when of conditions) {
    for (const { choice } of when) choices.add(choice);
    if (choices.size > bound) return true;
  }
  return false;
}

/**
 * Every way the choices among `conditions` can go, each with one arm for all that these conditions do not tell
 * apart; null if there are more than the bound.
 */
export function assignmentsOf(
  conditions: readonly (readonly Condition[])[],
  bound = MAX_COMBINATIONS,
): ReadonlyMap<number, number>[] | null {
  if (moreChoices(conditions, Math.log2(bound) + 2)) return null;
  let found: Map<number, number>[] = [new Map()];
  for (const [choice, classes] of classesOf(conditions)) {
    if (found.length * classes.length > bound) return null;
    found = found.flatMap((taken) =>
      classes.map(([arm = 0]) => new Map<number, number>([...taken, [choice.id, arm]])),
    );
  }
  return found;
}

type Taken = ReadonlyMap<number, number>;

/**
 * Gathers equal outcomes of several ways to go. The conditions of what is returned exclude each other and
 * cover every way, so one value may be there more than once.
 * @param assignments made from the same conditions
 */
export function groupOutcomes<T>(
  assignments: readonly Taken[],
  conditions: readonly (readonly Condition[])[],
  outcome: (taken: Taken) => { key: string; value: T },
): { value: T; when: Condition[] }[] {
  const groups = new Map<string, { value: T; ways: Taken[] }>();
  for (const taken of assignments) {
    const { key, value } = outcome(taken);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { value, ways: [taken] });
    else group.ways.push(taken);
  }
  const order = [...classesOf(conditions)];
  return [...groups.values()].flatMap(({ value, ways }) =>
    conjunctions(ways, order).map((when) => ({ value, when })),
  );
}

function armsOf(
  ways: readonly Taken[],
  choice: Choice,
  classes: readonly (readonly number[])[],
): Condition[] {
  const arms = classes.filter(([arm]) => ways.some((way) => way.get(choice.id) === arm)).flat();
  if (arms.length === possibleArms(choice).length) return [];
  return [
    conditionOf(
      choice,
      arms.toSorted((a, b) => a - b),
    ),
  ];
}

/** A set of ways as conjunctions that exclude each other. */
function conjunctions(
  ways: readonly Taken[],
  choices: readonly (readonly [Choice, readonly (readonly number[])[]])[],
): Condition[][] {
  const [first, ...rest] = choices;
  if (first === undefined) return [[]];
  const [choice, classes] = first;
  if (rest.length === 0) return [armsOf(ways, choice, classes)];
  const byArm = new Map<number, Taken[]>();
  for (const way of ways) {
    const arm = way.get(choice.id) ?? 0;
    byArm.set(arm, [...(byArm.get(arm) ?? []), way]);
  }
  // Arms that leave the same ways open behind them belong together.
  const alike = new Map<string, { arms: number[]; ways: Taken[] }>();
  for (const [arm, own] of byArm) {
    const all = classes.find((arms) => arms[0] === arm) ?? [arm];
    const key = own.map((way) => rest.map(([{ id }]) => way.get(id)).join()).join(';');
    const group = alike.get(key);
    if (group === undefined) alike.set(key, { arms: [...all], ways: own });
    else group.arms.push(...all);
  }
  return [...alike.values()].flatMap(({ arms, ways: own }) => {
    const any = arms.length === possibleArms(choice).length;
    const sorted = arms.toSorted((a, b) => a - b);
    return conjunctions(own, rest).map((when) => (any ? when : [conditionOf(choice, sorted), ...when]));
  });
}

export function sameConditions(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => sameCondition(item, b[index])));
}

export function sameCondition(a: Condition, b: Condition | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.choice !== b.choice || a.arms.length !== b.arms.length) return false;
  return a.arms === b.arms || a.arms.every((arm, at) => arm === b.arms[at]);
}

/** What is left of conditional items where all of `path` holds. */
export function narrowed<T extends { readonly when: readonly Condition[] }>(
  items: readonly T[],
  path: readonly Condition[],
): readonly T[] {
  if (path.length === 0 || items.every(({ when }) => when.length === 0)) return items;
  return items.flatMap((item) => {
    const open = item.when.filter((condition) => answered(condition, path) !== true);
    if (open.some((condition) => answered(condition, path) === false)) return [];
    return [open.length === item.when.length ? item : { ...item, when: open }];
  });
}

/** Whether a condition holds where all of `path` does; null if that leaves it open. */
export function answered({ choice, arms }: Condition, path: readonly Condition[]): boolean | null {
  for (const given of path) {
    if (given.choice !== choice) continue;
    if (given.arms.every((arm) => arms.includes(arm))) return true;
    if (!given.arms.some((arm) => arms.includes(arm))) return false;
  }
  return null;
}
