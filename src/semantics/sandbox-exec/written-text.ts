/** What a word of a script comes to, beside where each part of it is written; all of it symbolic. */
import {
  type MappedText,
  originalOffset,
  originalPlace,
  plainText,
  sliceMapped,
} from '../../source/mapped.ts';
import { type Place, type Source, sliceOf } from '../../source/source.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { literalAt } from './profile-script.ts';

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
export function alignedText(written: MappedText, value: string): MappedText {
  return fittingText(written, value) ?? wholeText(written, value);
}

/** Null where the text written there does not come to the value. */
export function fittingText(written: MappedText, value: string): MappedText | null {
  const { source } = written;
  const parts: MappedText[] = [];
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
    const place = { source, span: { start, end } };
    if (part === token && end - start === token.length) parts.push(plainText(source, start, end));
    else
      parts.push((part.includes('(') ? assignedText(place, part) : null) ?? literalAt(resolved(part), place));
    at += length;
  }
  if (at < value.length) return null;
  const shown = parts.filter(({ text }) => text !== '');
  return shown.length === 0 ? sliceMapped(written, 0, 0) : joinMapped(shown);
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

/** One assignment to a variable in quotes, `+=` among them. */
interface Assigned {
  readonly append: boolean;
  readonly text: MappedText;
}

const MAX_ASSIGNMENTS = 200;

/**
 * The value of a word that is nothing but a variable, put together from the assignments that stand before it,
 * nearest first; null where they do not come to it.
 */
export function assignedText(place: Place, value: string): MappedText | null {
  const name = /^"?\$\{?(\w{1,100})\}?"?$/.exec(sliceOf(place))?.[1];
  if (name === undefined) return null;
  const written = assignmentsBefore(place.source, name, place.span.start);
  const parts = tiles(value, written, name, { left: MAX_ASSIGNMENTS });
  return parts === null ? null : joinMapped(parts);
}

function assignmentsBefore(source: Source, name: string, before: number): Assigned[] {
  const { text } = source;
  const found: Assigned[] = [];
  const pattern = new RegExp(`(?<!\\w)${name}(\\+?)=(["'])`, 'g');
  for (const match of text.slice(0, before).matchAll(pattern)) {
    const [whole, plus, quote = ''] = match;
    const start = match.index + whole.length;
    const end = closing(text, quote, start);
    if (end > 0) found.push({ append: plus !== '', text: plainText(source, start, end) });
  }
  return found.slice(-MAX_ASSIGNMENTS).reverse();
}

/**
 * @param written assignments, nearest first: what is put behind stands nearer
 * @param budget tries that are left
 */
function tiles(
  value: string,
  written: readonly Assigned[],
  name: string,
  budget: { left: number },
): readonly MappedText[] | null {
  for (const [index, { append, text }] of written.entries()) {
    budget.left -= 1;
    if (budget.left < 0) return null;
    const own = append ? text : withoutItself(text, name);
    if (own === null) {
      const whole = fittingText(text, value);
      if (whole !== null) return [whole];
      continue;
    }
    const tail = fittingEnd(own, value);
    if (tail === null) continue;
    const rest = value.slice(0, value.length - tail.length);
    // A loop puts the same text behind again and again.
    const before = rest === '' ? [] : tiles(rest, written.slice(append ? index : index + 1), name, budget);
    if (before !== null) return [...before, tail.text];
  }
  return null;
}

/** `P="$P …"`: the text behind its own value; null where it does not begin with that. */
function withoutItself(text: MappedText, name: string): MappedText | null {
  const own = new RegExp(`^\\$(?:${name}(?!\\w)|\\{${name}\\})`).exec(text.text)?.[0];
  if (own === undefined) return null;
  return plainText(text.source, originalOffset(text, own.length), text.end);
}

const MAX_TRIES = 20;

/** The end of the value that the text comes to. */
function fittingEnd(text: MappedText, value: string): { text: MappedText; length: number } | null {
  const [first = ''] = text.text.match(TOKEN) ?? [];
  const start = isLiteral(first) ? first : (first[1] ?? '');
  let at = value.lastIndexOf(start);
  for (let tries = 0; at >= 0 && tries < MAX_TRIES; tries += 1) {
    const found = fittingText(text, value.slice(at));
    if (found !== null) return { text: found, length: value.length - at };
    at = at === 0 ? -1 : value.lastIndexOf(start, at - 1);
  }
  return null;
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

function wholeText(written: MappedText, value: string): MappedText {
  return literalAt(resolved(value), originalPlace(written, 0, written.text.length));
}
