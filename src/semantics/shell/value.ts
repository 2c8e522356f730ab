/**
 * Values of variables: sequences of pieces, each with the conditions under which it is there. An append in a
 * branch adds a conditional piece, an assignment in two branches gives pieces that exclude each other; so
 * forty optional flags need forty pieces, not 2^40 strings.
 */
import { unknownPart } from '../../model/symbolic.ts';
import { type Place, samePlace } from '../../source/source.ts';
import { assignmentsOf, conditionOf, groupOutcomes, holds, sameConditions } from './choices.ts';
import type { Condition } from './reading.ts';

export interface Piece {
  readonly text: string;
  readonly when: readonly Condition[];
  /** Where exactly this text is written. */
  readonly place: Place;
  /** True if the text at `place` is the same, unit for unit. */
  readonly exact: boolean;
  /** The word in which it is written. */
  readonly word: Place;
  /** Places through which it was handed on. */
  readonly via: readonly Place[];
  /** Stands for any number of words, each on a line of its own where it is printed so. */
  readonly many?: true;
  /** The pattern for files that this stands for. */
  readonly pattern?: string;
  /** A default that the script writes down for what may be set outside: `${X:-text}`. */
  readonly fallback?: true;
  /** The parameter whose default that is. */
  readonly defaultOf?: string;
}

export interface Element {
  readonly pieces: readonly Piece[];
  readonly when: readonly Condition[];
  /** Stands for any number of elements. */
  readonly many: boolean;
  /** Key in an associative array, or index as written. */
  readonly key: string | null;
}

export type Variable =
  | { readonly kind: 'scalar'; readonly pieces: readonly Piece[]; readonly exported: boolean }
  | {
      readonly kind: 'list' | 'map';
      readonly elements: readonly Element[];
      readonly exported: boolean;
    }
  | { readonly kind: 'unset'; readonly exported: boolean };

/** One value that a sequence of pieces can take. */
export interface Alternative {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly when: readonly Condition[];
}

/** Values that one word or variable may have before it counts as unknown. */
export const MAX_ALTERNATIVES = 16;
export function piece(text: string, place: Place, exact = false): Piece {
  return { text, when: [], place, exact, word: place, via: [] };
}

export function unknownPiece(name: string, place: Place): Piece {
  return piece(unknownPart(symbolName(name)), place);
}

/**
 * The engines' grammars split words at `:`, `,`, `=` and `/`; none of these may stand in a symbol's name.
 */
function symbolName(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 57)}...` : name;
  return short.replace(/\s+/g, ' ').replace(/[:,=/]/g, '_');
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((part) => part.text).join('');
}

export function withWhen<T extends { readonly when: readonly Condition[] }>(
  item: T,
  when: readonly Condition[],
): T {
  return when.length === 0 ? item : { ...item, when: [...when, ...item.when] };
}

/**
 * All values of a sequence of pieces, under conditions that exclude each other; null when there are too many to
 * tell apart.
 * @param ways one of these holds; without any, every way of the choices can be gone
 */
export function alternativesOf(
  pieces: readonly Piece[],
  ways: readonly (readonly Condition[])[] = [],
): readonly Alternative[] | null {
  if (pieces.every((part) => part.when.length === 0)) return [{ text: textOf(pieces), pieces, when: [] }];
  const conditions = [...pieces.map((part) => part.when), ...ways];
  const all = assignmentsOf(conditions);
  if (all === null) return null;
  const assignments =
    ways.length === 0 ? all : all.filter((taken) => ways.some((when) => holds(when, taken)));
  const found = groupOutcomes(assignments, conditions, (taken) => {
    const present = pieces.filter((part) => holds(part.when, taken)).map((part) => ({ ...part, when: [] }));
    return { key: textOf(present), value: present };
  });
  if (new Set(found.map(({ value }) => textOf(value))).size > MAX_ALTERNATIVES) return null;
  return found.map(({ value, when }) => ({ text: textOf(value), pieces: value, when }));
}

/** The only value, or null where several are possible. */
export function soleText(pieces: readonly Piece[]): string | null {
  if (pieces.every((part) => part.when.length === 0)) return textOf(pieces);
  const found = alternativesOf(pieces);
  const first = found?.[0]?.text;
  return first !== undefined && found?.every(({ text }) => text === first) === true ? first : null;
}

export function elementsOf(variable: Variable): readonly Element[] {
  if (variable.kind === 'unset') return [];
  if (variable.kind !== 'scalar') return variable.elements;
  return [{ pieces: variable.pieces, when: [], many: false, key: null }];
}

/** One of several states that meet again, with the conditions that told them apart. */
interface Arm<T> {
  readonly items: readonly T[];
  readonly when: readonly Condition[];
}

/**
 * Brings together what a variable holds after each arm of a choice: what all have at the start and at the
 * end stays as it is, what lies between is there under its arm's conditions.
 */
export function joinSequences<T extends { readonly when: readonly Condition[] }>(
  arms: readonly Arm<T>[],
  same: (a: T, b: T) => boolean,
): readonly T[] {
  const first = arms[0]?.items ?? [];
  const shortest = Math.min(...arms.map((arm) => arm.items.length));
  const alike = (pick: (items: readonly T[]) => T | undefined): boolean => {
    const model = pick(first);
    return model !== undefined && arms.every(({ items }) => sameItem(pick(items), model, same));
  };
  let head = 0;
  while (head < shortest && alike((items) => items[head])) head += 1;
  let tail = 0;
  while (tail < shortest - head && alike((items) => items[items.length - 1 - tail])) tail += 1;
  const middles = arms.map(({ items, when }) => ({ items: items.slice(head, items.length - tail), when }));
  const merged = mergeEqual(middles, same).flatMap(({ items, when }) =>
    items.map((item) => withWhen(item, when)),
  );
  return [...first.slice(0, head), ...merged, ...first.slice(first.length - tail)];
}

function sameItem<T>(a: T | undefined, b: T, same: (a: T, b: T) => boolean): boolean {
  return a === b || (a !== undefined && same(a, b));
}

/** Arms of one choice that leave the same behind count as one. */
function mergeEqual<T>(arms: readonly Arm<T>[], same: (a: T, b: T) => boolean): Arm<T>[] {
  const merged: Arm<T>[] = [];
  for (const arm of arms) {
    const at = merged.findIndex(
      (other) =>
        other.items.length === arm.items.length &&
        other.items.every((item, index) => sameItem(arm.items[index], item, same)) &&
        sameChoice(other.when, arm.when),
    );
    const found = merged[at];
    const condition = found?.when[0];
    const added = arm.when[0];
    if (found === undefined || condition === undefined || added === undefined) merged.push(arm);
    else {
      const arms = [...new Set([...condition.arms, ...added.arms])];
      merged[at] = { items: found.items, when: [conditionOf(condition.choice, arms)] };
    }
  }
  return merged;
}

function sameChoice(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === 1 && b.length === 1 && a[0]?.choice === b[0]?.choice;
}

export function samePiece(a: Piece, b: Piece): boolean {
  return a.text === b.text && sameConditions(a.when, b.when);
}

export function sameElement(a: Element, b: Element): boolean {
  return (
    a.key === b.key &&
    a.many === b.many &&
    sameConditions(a.when, b.when) &&
    a.pieces.length === b.pieces.length &&
    a.pieces.every((part, index) => sameItem(b.pieces[index], part, samePiece))
  );
}

/** Notes that a value was handed on at `place` (bounded: the first and the last steps are what is shown). */
export function handedOn(part: Piece, place: Place): Piece {
  const last = part.via.at(-1);
  if (last !== undefined && samePlace(last, place)) return part;
  return { ...part, via: part.via.length < 8 ? [...part.via, place] : [...part.via.slice(0, 7), place] };
}
