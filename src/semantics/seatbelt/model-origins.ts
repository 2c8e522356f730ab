/** Where in a profile a fact stands, and how it is quoted. */
import { displayText } from '../../model/symbolic.ts';
import { explicit, implied, type Origin } from '../../model/value.ts';
import { type Place, samePlace, sliceOf } from '../../source/source.ts';
import type { SeatbeltRule } from './profile.ts';

/** @param place a part of the rule, or the rule itself */
export function originOf(rule: SeatbeltRule, place: Place): Origin {
  if (rule.origin === 'implied') return implied(place, 'a profile of macOS that is imported');
  return explicit(place, rule.callSites);
}

const LONGEST = 110;

export function shortened(text: string): string {
  const line = displayText(text).replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

/** A rule reduced to the part that counts: `(allow file-read* (subpath "/"))`, whatever else the rule lists. */
export function quoted(rule: SeatbeltRule, place: Place): string {
  const text = sliceOf(place);
  if (samePlace(place, rule.place) || rule.origin === 'implied') return shortened(text);
  const [first = '', ...more] = rule.operations;
  const all = `(${rule.action} ${rule.operations.join(' ')} ${text})`;
  return shortened(more.length > 0 && all.length > LONGEST ? `(${rule.action} ${first} … ${text})` : all);
}
