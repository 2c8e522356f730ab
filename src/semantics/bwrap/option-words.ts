/** The words of an option: the values that they can have, and where they stand together. */
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { type Place, placeAt, samePlace, sliceOf } from '../../source/source.ts';
import type { Spelling } from '../process/spellings.ts';
import type { Condition, ShellWord } from '../shell/reading.ts';
import type { Setting } from './call.ts';

/** A setting and the place of the word that says what it is about, for settings that a loop repeats. */
export interface Found {
  readonly setting: Setting;
  readonly subject: Place;
  readonly name: string;
  readonly when: readonly Condition[];
}

export function foundSetting(
  option: Spelling,
  given: readonly Spelling[],
  when: readonly Condition[],
): Found {
  const name = option.value.slice(2);
  const words = given.map(({ word }) => word);
  const values = given.map(({ value }) => value);
  const { place, direct } = extent(option.word, words);
  const elsewhere = words.map((word) => word.place).filter((one) => !direct.has(one));
  const text = [option.value, ...values.map(displayText)].join(' ');
  const subject = words.find((word) => !direct.has(word.place))?.place ?? place;
  return {
    setting: { name, words: values, origin: explicit(place, elsewhere), when, text },
    subject,
    name,
    when,
  };
}

/** Where a word stands on the command line or in the array: the innermost place but for the array's own use. */
function candidates(word: ShellWord): readonly Place[] {
  return [word.place, ...(word.via ?? [])];
}

export function usedAt(word: ShellWord): Place {
  return word.place.span.end > word.place.span.start ? word.place : (word.via?.at(-1) ?? word.place);
}

/** From the option to its last word, as far as they stand side by side. */
function extent(
  option: ShellWord,
  words: readonly ShellWord[],
): { place: Place; direct: ReadonlySet<Place> } {
  let place = option.place;
  const direct = new Set<Place>();
  for (const word of words) {
    const next = candidates(word).find((one) => isBehind(place, one));
    if (next === undefined) break;
    place = placeAt(place.source, place.span.start, next.span.end);
    direct.add(next);
    direct.add(samePlace(next, word.place) ? word.place : next);
  }
  return { place, direct };
}

function isBehind(before: Place, next: Place): boolean {
  if (before.source !== next.source || next.span.start < before.span.end) return false;
  const between = before.source.text.slice(before.span.end, next.span.start);
  return between.length < 400 && /^(?:[\s"',]|\\\r?\n)*$/.test(between);
}

/** Of options that a loop repeats, each is told by the word that it is about. */
export function withLoopPlaces(found: readonly Found[]): readonly Found[] {
  const counts = new Map<string, Set<string>>();
  const keyOf = ({ setting }: Found): string => placeKey(setting.origin.place);
  for (const one of found) {
    const subjects = counts.get(keyOf(one)) ?? new Set();
    subjects.add(placeKey(one.subject));
    counts.set(keyOf(one), subjects);
  }
  return found.map((one) => {
    if ((counts.get(keyOf(one))?.size ?? 0) < 2 || isComputed(one.subject)) return one;
    const origin: Origin = explicit(one.subject, [one.setting.origin.place]);
    return { ...one, setting: { ...one.setting, origin } };
  });
}

/** `$(readlink -f "$1")` is about whatever it was called with, and says no more than the option. */
function isComputed(place: Place): boolean {
  return /^["']?(?:\$\(|`)/.test(sliceOf(place));
}

function placeKey({ source, span }: Place): string {
  return `${source.path}:${span.start}:${span.end}`;
}
