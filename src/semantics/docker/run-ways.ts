/**
 * The ways that the choices of a script can go for one line: few enough to read the line in each of them, and
 * such that every part of it is there in one and missing in another.
 */
import { conditionOf, possibleArms } from '../shell/choices.ts';
import type { Choice, Condition } from '../shell/reading.ts';

/** One way: the arm that each choice takes. Choices that are not named go as `armOf` says. */
export type World = ReadonlyMap<Choice, number>;

export type Conjunction = readonly Condition[];

export interface Worlds {
  /** The plainest first. */
  readonly worlds: readonly World[];
  /** True if some of the conjunctions hold in none of them. */
  readonly cut: boolean;
}

/** Conjunctions that get a world of their own. */
const MAX_SINGLE = 64;
/** Worlds that the others share. */
const MAX_SHARED = 64;

/**
 * For each conjunction a world in which it holds. Far from the first ones, several share a world, as far as
 * they can hold together: what each of them adds is still seen.
 * @param fixed holds in all of them
 */
export function worldsFor(conjunctions: Iterable<Conjunction>, fixed: Conjunction): Worlds {
  const start: World = new Map(
    fixed.flatMap(({ choice, arms }) => arms.slice(0, 1).map((arm) => [choice, arm])),
  );
  const distinct = new Map([...conjunctions].map((conditions) => [keyOf(conditions), conditions]));
  const worlds: World[] = [start];
  const shared: World[] = [];
  let cut = false;
  const add = (conditions: Conjunction): void => {
    const world = consistent(start, conditions);
    if (world === null) return;
    if (worlds.length <= MAX_SINGLE) worlds.push(world);
    else if (!share(shared, conditions, world)) cut = true;
  };
  for (const conditions of distinct.values()) add(conditions);
  for (const condition of untaken([...distinct.values()], [...worlds, ...shared])) add([condition]);
  return { worlds: [...worlds, ...shared], cut };
}

function keyOf(conditions: Conjunction): string {
  return conditions.map(({ choice, arms }) => `${choice.id}:${arms.join()}`).join(';');
}

/** @returns false where there is no room */
function share(shared: World[], conditions: Conjunction, alone: World): boolean {
  for (const [at, world] of shared.entries()) {
    const both = consistent(world, conditions);
    if (both === null) continue;
    shared[at] = both;
    return true;
  }
  if (shared.length >= MAX_SHARED) return false;
  shared.push(alone);
  return true;
}

/**
 * Ways that no world goes yet, though a part of the line may be missing there: of a `case`, a pattern under
 * which nothing is added. A written default is not asked for what it is not.
 */
function untaken(conjunctions: readonly Conjunction[], worlds: readonly World[]): Condition[] {
  const asked = new Map<Choice, Set<string>>();
  for (const { choice, arms } of conjunctions.flat()) {
    if (choice.kind === 'default') continue;
    asked.set(choice, (asked.get(choice) ?? new Set()).add(arms.join()));
  }
  return [...asked].flatMap(([choice, texts]) => {
    const sets = [...texts].map((text) => new Set(text.split(',').map(Number)));
    const alike = (arm: number): string => sets.map((set) => Number(set.has(arm))).join('');
    const taken = new Set(worlds.map((world) => alike(armOf(choice, world))));
    const open = new Map(possibleArms(choice).map((arm) => [alike(arm), arm]));
    return [...open].flatMap(([key, arm]) => (taken.has(key) ? [] : [conditionOf(choice, [arm])]));
  });
}

/** The world in which all conditions hold; null where they exclude each other, or what is fixed. */
function consistent(start: World, conditions: Conjunction): World | null {
  const world = new Map(start);
  const allowed = new Map<Choice, readonly number[]>();
  for (const { choice, arms } of conditions) {
    const before = allowed.get(choice) ?? arms;
    const both = before.filter((arm) => arms.includes(arm));
    const [first] = both;
    if (first === undefined) return null;
    allowed.set(choice, both);
    const given = start.get(choice);
    if (given !== undefined && !both.includes(given)) return null;
    world.set(choice, given ?? first);
  }
  return world;
}

/** A choice that nothing asks for goes the way in which its text does not hold, or its last. */
export function armOf(choice: Choice, world: World): number {
  const given = world.get(choice);
  if (given !== undefined) return given;
  if (choice.kind === 'default' && !choice.leaving.has(0)) return 0;
  const open = choice.arms.findIndex(({ negated }, arm) => negated && !choice.leaving.has(arm));
  if (open !== -1) return open;
  const staying = choice.arms.findLastIndex((_, arm) => !choice.leaving.has(arm));
  return Math.max(0, staying);
}

export function holds(conditions: Conjunction, world: World): boolean {
  return conditions.every(({ choice, arms }) => arms.includes(armOf(choice, world)));
}

/** The run that the author describes: every written default is what it is, save where the line itself says no. */
export function isDescribed(world: World, fixed: Conjunction): boolean {
  return [...world].every(
    ([choice, arm]) =>
      choice.kind !== 'default' ||
      arm === 0 ||
      choice.leaving.has(0) ||
      fixed.some((condition) => condition.choice === choice),
  );
}
