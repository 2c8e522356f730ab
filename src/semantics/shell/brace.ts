/** Brace expansion, done on the text before anything else, as the shell does it; positions stay. */
import { type MappedText, sliceMapped } from '../../source/mapped.ts';
import { joinMapped } from '../../syntax/shell.ts';

const MAX_RESULTS = 256;
const MAX_DEPTH = 32;

/** The words that `{a,b}` and `{1..3}` in a word make; null when there are more than the bound. */
export function expandBraces(word: MappedText, depth = 0): readonly MappedText[] | null {
  if (depth > MAX_DEPTH) return null;
  const group = firstGroup(word.text);
  if (group === null) return [word];
  const before = sliceMapped(word, 0, group.start);
  const rests = expandBraces(sliceMapped(word, group.end, word.text.length), depth + 1);
  if (rests === null) return null;
  const results: MappedText[] = [];
  for (const middle of alternativesIn(word, group)) {
    const inner =
      typeof middle === 'string' ? [literal(word, group, middle)] : expandBraces(middle, depth + 1);
    if (inner === null || results.length + inner.length * rests.length > MAX_RESULTS) return null;
    for (const part of inner) for (const rest of rests) results.push(join(word, [before, part, rest]));
  }
  return results;
}

interface Group {
  readonly start: number;
  readonly end: number;
  /** Positions of the commas; none in a sequence. */
  readonly commas: readonly number[];
  readonly sequence: readonly string[];
}

function join(word: MappedText, parts: readonly MappedText[]): MappedText {
  const filled = parts.filter((part) => part.text !== '');
  return filled.length === 0 ? { ...word, text: '', segments: [] } : joinMapped(filled);
}

function literal(word: MappedText, group: Group, text: string): MappedText {
  const from = sliceMapped(word, group.start, group.end);
  const offset = from.segments[0]?.offset ?? 0;
  return { source: word.source, text, segments: [{ at: 0, offset, end: from.end }], end: from.end };
}

function alternativesIn(word: MappedText, group: Group): (MappedText | string)[] {
  if (group.commas.length === 0) return [...group.sequence];
  const cuts = [group.start, ...group.commas, group.end - 1];
  return cuts.slice(1).map((cut, index) => sliceMapped(word, (cuts[index] ?? 0) + 1, cut));
}

function firstGroup(text: string): Group | null {
  for (let at = 0; at < text.length; at += 1) {
    const skipped = skipQuoted(text, at);
    if (skipped !== at) at = skipped - 1;
    else if (text[at] === '{') {
      const group = groupAt(text, at);
      if (group !== null) return group;
    }
  }
  return null;
}

function groupAt(text: string, start: number): Group | null {
  let depth = 0;
  const commas: number[] = [];
  for (let at = start; at < text.length; at += 1) {
    const skipped = skipQuoted(text, at);
    if (skipped !== at) {
      at = skipped - 1;
      continue;
    }
    const unit = text[at];
    if (unit === '{') depth += 1;
    else if (unit === ',' && depth === 1) commas.push(at);
    else if (unit === '}') {
      depth -= 1;
      if (depth > 0) continue;
      const sequence = commas.length === 0 ? sequenceOf(text.slice(start + 1, at)) : [];
      return commas.length === 0 && sequence.length === 0 ? null : { start, end: at + 1, commas, sequence };
    }
  }
  return null;
}

function sequenceOf(inner: string): readonly string[] {
  const numbers = /^(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(-?\d{1,9}))?$/.exec(inner);
  if (numbers !== null) {
    const [, first = '', last = '', increment = '1'] = numbers;
    const padded = /^-?0\d/.test(first) || /^-?0\d/.test(last) ? Math.max(first.length, last.length) : 0;
    const values = range(Number(first), Number(last), Math.abs(Number(increment)) || 1);
    return values.map((value) => (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(padded, '0'));
  }
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])$/.exec(inner);
  if (letters === null) return [];
  const [, first = '', last = ''] = letters;
  return range(first.charCodeAt(0), last.charCodeAt(0), 1).map((code) => String.fromCharCode(code));
}

function range(first: number, last: number, increment: number): number[] {
  const count = Math.min(Math.floor(Math.abs(last - first) / increment) + 1, MAX_RESULTS + 1);
  const sign = last < first ? -1 : 1;
  return Array.from({ length: count }, (_, index) => first + sign * index * increment);
}

/** Behind a quoted text, an escape or an expansion that begins at `at`; `at` itself where none begins. */
function skipQuoted(text: string, at: number): number {
  const unit = text[at];
  if (unit === '\\') return Math.min(at + 2, text.length);
  if (unit === "'") return behind(text, "'", at + 1);
  if (unit === '`') return behind(text, '`', at + 1);
  if (unit === '"') return skipDouble(text, at + 1);
  if (unit !== '$') return at;
  if (text[at + 1] === '{') return skipNested(text, at + 1, '{', '}');
  return text[at + 1] === '(' ? skipNested(text, at + 1, '(', ')') : at;
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + 1;
}

function skipDouble(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function skipNested(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === open) depth += 1;
    else if (text[at] === close) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
