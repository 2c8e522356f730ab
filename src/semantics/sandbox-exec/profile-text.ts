/** The text of a profile that a script holds, with the way back from each rule to where it stands there. */
import { HOME_SYMBOL, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import {
  type MappedText,
  mappedBuilder,
  originalOffset,
  originalPlace,
  plainText,
} from '../../source/mapped.ts';
import { type Place, sliceOf } from '../../source/source.ts';
import type { AssumedPlaces } from '../seatbelt/parameters.ts';
import { assumedParameter } from '../seatbelt/parameters.ts';

/** A symbolic text as macOS would see it, and the names in it that stand for something unknown. */
export interface ConcreteText {
  readonly text: string;
  readonly unknown: readonly string[];
}

/** Below here stands what no file of the project tells; no table of assets names it. */
const NOWHERE = '/private/var/not-known';

const MARKS = new RegExp(`${HOME_SYMBOL}|${WORKSPACE_SYMBOL}|\uFDD2([^\uFDD3]*)\uFDD3`, 'g');

export function concreteText(symbolic: string, places: AssumedPlaces): ConcreteText {
  const unknown: string[] = [];
  const text = symbolic.replace(MARKS, (mark, name?: string) => {
    if (mark === HOME_SYMBOL) return places.home;
    if (mark === WORKSPACE_SYMBOL) return places.workspace;
    const assumed = assumedParameter(name ?? '', places);
    if (assumed !== null) return assumed.text;
    unknown.push(name ?? '');
    return `${NOWHERE}/${(name ?? '').replace(/\W+/g, '-')}`;
  });
  return { text, unknown };
}

/** A profile without the rules that a variable would bring, and the names of such variables. */
export interface KnownRules {
  readonly value: string;
  readonly left: readonly string[];
}

/** Inside a string an unknown value is a path of its own; between rules it may be any rule. */
export function knownRules(value: string): KnownRules {
  const left: string[] = [];
  let known = '';
  let inString = false;
  for (const part of value.match(/\uFDD2[^\uFDD3]*\uFDD3|\\[\s\S]|;[^\n]*|"|[^\uFDD2\\;"]+|[\s\S]/g) ?? []) {
    if (part === '"') inString = !inString;
    if (part.startsWith('\uFDD2') && !inString) left.push(part.slice(1, -1));
    else known += part;
  }
  return { value: known, left };
}

/** The text between the quotes of a word. */
export function quotedText(place: Place): MappedText {
  const text = sliceOf(place);
  const start = text.indexOf(text.includes('"') && !text.startsWith("'") ? '"' : "'");
  const quote = text[start];
  const isQuoted = start >= 0 && text.length > start + 1 && text.endsWith(quote ?? ' ');
  const from = place.span.start + (isQuoted ? start + 1 : 0);
  return plainText(place.source, from, place.span.end - (isQuoted ? 1 : 0));
}

const TOKEN = /\\[\s\S]|\$\{[^{}]{0,400}\}|\$\([^()]{0,400}\)|\$\w{1,100}|`[^`]{0,400}`|[^\\$`]+|[\s\S]/g;

/**
 * Sets what is written beside what it comes to: literal text stands where it stands, and the value of a
 * variable where the variable does. Where the two do not fit, all of the value stands for the whole.
 */
export function alignedText(written: MappedText, value: string, places: AssumedPlaces): MappedText {
  return fittingText(written, value, places) ?? wholeText(written, value, places);
}

/** Null where the text written there does not come to the value. */
export function fittingText(written: MappedText, value: string, places: AssumedPlaces): MappedText | null {
  const builder = mappedBuilder(written.source);
  const tokens = written.text.match(TOKEN) ?? [];
  const last = tokens.findLastIndex((token) => !isLiteral(token));
  let at = 0;
  let from = 0;
  for (const [index, token] of tokens.entries()) {
    const start = originalOffset(written, from);
    from += token.length;
    const end = originalOffset(written, from);
    const behind = { next: tokens[index + 1], tail: index === last ? tokens.slice(last + 1).join('') : null };
    const length = lengthOf(token, behind, value, at);
    if (length === null) return null;
    const part = value.slice(at, at + length);
    if (part === token && end - start === token.length) builder.copy(start, end);
    else builder.replace(resolved(concreteText(part, places).text), start, end);
    at += length;
  }
  return at === value.length ? builder.build() : null;
}

const CLIMB = /\/(?!\.\.?\/)[^/\s"']+\/\.\.(?=[/\s"']|$)/;
const MAX_CLIMBS = 50;

/** `$(cd "$(dirname "$0")/.." && pwd)` is a directory without `..`; what a script writes out itself stays. */
function resolved(text: string): string {
  let result = text;
  for (let count = 0; count < MAX_CLIMBS && CLIMB.test(result); count += 1)
    result = result.replace(CLIMB, '');
  return result;
}

/** What an assignment to the variable says, for a word that is nothing but the variable; nearest first. */
export function assignedTexts(place: Place): readonly MappedText[] {
  const name = /^"?\$\{?(\w{1,100})\}?"?$/.exec(sliceOf(place))?.[1];
  if (name === undefined) return [];
  const { text } = place.source;
  const found: MappedText[] = [];
  let at = text.lastIndexOf(`${name}=`, place.span.start);
  for (let count = 0; at >= 0 && count < MAX_CLIMBS; count += 1) {
    const start = at + name.length + 1;
    const quote = text[start];
    const isName = at > 0 && /\w/.test(text[at - 1] ?? '');
    const end = quote === '"' || quote === "'" ? closing(text, quote, start + 1) : -1;
    if (!isName && end > 0) found.push(plainText(place.source, start + 1, end));
    at = at === 0 ? -1 : text.lastIndexOf(`${name}=`, at - 1);
  }
  return found;
}

function closing(text: string, quote: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

const isLiteral = (token: string): boolean => !/^[\\$`]/.test(token);

interface Behind {
  readonly next: string | undefined;
  /** What follows, where it is literal text to the end. */
  readonly tail: string | null;
}

/** How much of the value the token stands for; null: the value goes on otherwise. */
function lengthOf(token: string, behind: Behind, value: string, at: number): number | null {
  const isThere = value.startsWith(token, at);
  if (isLiteral(token)) return isThere ? token.length : null;
  if (token.startsWith('\\')) return escapeLength(token, value, at);
  if (isThere && token.length === 1) return 1;
  return expansionLength(behind, value, at);
}

function escapeLength(token: string, value: string, at: number): number | null {
  if (token === '\\\n') return 0;
  const isBare = value[at] === token[1];
  if (isBare && value[at] !== '\\') return 1;
  if (value.startsWith(token, at)) return token.length;
  return isBare ? 1 : null;
}

/** The value of a variable ends where the text behind the variable begins. */
function expansionLength({ next, tail }: Behind, value: string, at: number): number | null {
  if (tail !== null) {
    const length = value.length - tail.length - at;
    return length >= 0 && value.endsWith(tail) ? length : null;
  }
  if (next === undefined) return value.length - at;
  const stop = value.indexOf(next.startsWith('\\') ? next.slice(1) : next, at);
  return stop < 0 ? null : stop - at;
}

function wholeText(written: MappedText, value: string, places: AssumedPlaces): MappedText {
  const { source, span } = originalPlace(written, 0, written.text.length);
  const builder = mappedBuilder(source);
  builder.replace(resolved(concreteText(value, places).text), span.start, span.end);
  return builder.build();
}
