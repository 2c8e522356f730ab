/**
 * Keeps what a variable may hold small. Loops and branches that rebuild a value bring the same written text
 * back again and again, each time under other conditions; beyond a bound it is kept once.
 */

import { conditionOf, possibleArms, sameCondition, sameConditions } from './choices.ts';
import { excludes } from './conjunctions.ts';
import type { Choice, Condition, ConditionArm } from './reading.ts';
import { newId, type Run } from './state.ts';
import { type Alternative, alternativesOf, type Element, type Piece, withWhen } from './value.ts';

/** Values of this many parts are rebuilt; people write shorter ones. */
const BOUND = 48;
/** Parts of a value that is looked at as a whole. */
const FEW = 16;

/**
 * One choice between the values where there are few of them; of many every written part once.
 * @param ways one of these was gone
 */
export function widenPieces(
  run: Run,
  pieces: readonly Piece[],
  ways: readonly (readonly Condition[])[],
): readonly Piece[] {
  const [first] = pieces;
  if (first === undefined || pieces.length < 3) return pieces;
  if (pieces.length > BOUND) return onceEach(run, pieces, pieceKey);
  const repeats = new Set(pieces.map(({ text }) => text)).size < pieces.length;
  const alternatives = pieces.length > FEW || !repeats ? null : alternativesOf(pieces, ways);
  if (alternatives === null) return pieces;
  const values = new Map<string, Alternative[]>();
  for (const one of alternatives) values.set(one.text, [...(values.get(one.text) ?? []), one]);
  if (values.size === alternatives.length) return pieces;
  const arms = [...values.values()].map((same) => labelOf(same, first));
  const choice: Choice = { id: newId(run), kind: 'event', arms, leaving: new Set() };
  return [...values.values()].flatMap(([same], arm) =>
    (same?.pieces ?? []).map((part) => withWhen(part, [conditionOf(choice, [arm])])),
  );
}

export function widenElements(run: Run, elements: readonly Element[]): readonly Element[] {
  if (elements.length <= BOUND) return elements;
  const keyOf = ({ pieces, many, key }: Element): string => [many, key, ...pieces.map(pieceKey)].join('\0');
  return onceEach(run, elements, keyOf);
}

function pieceKey({ text, place: { source, span } }: Piece): string {
  return `${text}\0${source.path}:${span.start}:${span.end}`;
}

/** What several ways lead to needs no saying; one way is named by the last of its conditions. */
function labelOf([only, ...others]: readonly Alternative[], { place, text }: Piece): ConditionArm {
  const condition = only?.when.at(-1);
  if (condition === undefined || others.length > 0) return { text, place, negated: true };
  return { text: condition.text, place: condition.place, negated: condition.negated };
}

/** Parts in a row that are there under the same conditions: an option with its value, an appended text. */
interface Group<T> {
  readonly items: T[];
  readonly when: readonly Condition[];
}

function grouped<T extends { readonly when: readonly Condition[] }>(items: readonly T[]): Group<T>[] {
  const groups: Group<T>[] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last !== undefined && sameConditions(last.when, item.when)) last.items.push(item);
    else groups.push({ items: [item], when: item.when });
  }
  return groups;
}

/**
 * Copies of one written group that exclude each other become one, which is there whenever one of them was; it
 * stands where the first one stood.
 */
function onceEach<T extends { readonly when: readonly Condition[] }>(
  run: Run,
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const copies = new Map<string, Group<T>[][]>();
  const kept: Group<T>[][] = [];
  for (const group of grouped(items)) {
    const key = group.items.map(keyOf).join('\u0001');
    const known = copies.get(key) ?? [];
    const same = known.find((others) => others.every(({ when }) => excludes(when, group.when)));
    if (same !== undefined) same.push(group);
    else {
      const fresh = [group];
      known.push(fresh);
      kept.push(fresh);
    }
    copies.set(key, known);
  }
  return kept.flatMap((same) => {
    const first = same[0]?.items ?? [];
    if (same.length === 1) return first;
    const when = oneOf(
      run,
      same.map((group) => group.when),
    );
    return first.map((item) => ({ ...item, when }));
  });
}

/** Conditions that hold whenever those of one copy do, and say no more than is known of the rest. */
function oneOf(run: Run, copies: readonly (readonly Condition[])[]): readonly Condition[] {
  const [first = []] = copies;
  const shared = first.filter((condition) =>
    copies.every((when) => when.some((other) => sameCondition(condition, other))),
  );
  const rest = copies.map((when) => when.filter((one) => !shared.some((other) => sameCondition(one, other))));
  if (rest.some((when) => when.length === 0)) return shared;
  const [only] = rest[0] ?? [];
  if (only === undefined) return shared;
  if (rest.every((when) => when.length === 1 && when[0]?.choice === only.choice)) {
    const arms = [...new Set(rest.flatMap((when) => when[0]?.arms ?? []))];
    const any = possibleArms(only.choice).every((arm) => arms.includes(arm));
    return any ? shared : [...shared, conditionOf(only.choice, arms)];
  }
  const label: ConditionArm = { text: only.text, place: only.place, negated: only.negated };
  const arms = [label, { ...label, negated: !label.negated }];
  const choice: Choice = { id: newId(run), kind: 'event', arms, leaving: new Set() };
  return [...shared, conditionOf(choice, [0])];
}
