/**
 * Decodes YAML scalars a second time, piece by piece, to know where in the file each decoded character
 * stands. Rules: YAML 1.2.2 chapters 7.3 (flow scalars) and 8.1 (block scalars), https://yaml.org/spec/1.2.2/
 */
import type { MappedBuilder } from './scalar.ts';

const BLANK = /[ \t]/;

interface Line {
  readonly start: number;
  readonly end: number;
}

function linesBetween(text: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  let at = start;
  while (at <= end) {
    const feed = text.indexOf('\n', at);
    const stop = feed === -1 || feed >= end ? end : feed;
    const carriage = stop < end && stop > at && text[stop - 1] === '\r';
    lines.push({ start: at, end: carriage ? stop - 1 : stop });
    at = stop + 1;
  }
  return lines;
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && BLANK.test(text[at] ?? '')) at += 1;
  return at;
}

function trimBlanks(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && BLANK.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

/** Content lines of a plain or single-quoted scalar, folded: one break is a space, n breaks are n-1. */
function decodeFolded(
  text: string,
  start: number,
  end: number,
  builder: MappedBuilder,
  copy: (from: number, to: number) => void,
): void {
  const lines = linesBetween(text, start, end);
  let pendingFrom = start;
  let breaks = 0;
  for (const [index, line] of lines.entries()) {
    const first = index === 0;
    const last = index === lines.length - 1;
    const from = first ? line.start : skipBlanks(text, line.start, line.end);
    const to = last ? line.end : trimBlanks(text, from, line.end);
    if (!first) {
      breaks += 1;
      if (from < to || last) {
        builder.replace(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), pendingFrom, from);
        breaks = 0;
      }
    }
    if (from < to) copy(from, to);
    if (breaks === 0) pendingFrom = to;
  }
}

export function decodePlain(text: string, start: number, end: number, builder: MappedBuilder): void {
  decodeFolded(text, start, end, builder, (from, to) => builder.copy(from, to));
}

/** `start`/`end` are those of the content, quotes excluded. */
export function decodeSingleQuoted(text: string, start: number, end: number, builder: MappedBuilder): void {
  decodeFolded(text, start, end, builder, (from, to) => {
    let run = from;
    for (let at = from; at < to; at += 1) {
      if (text[at] !== "'" || text[at + 1] !== "'") continue;
      builder.copy(run, at);
      builder.replace("'", at, at + 2);
      at += 1;
      run = at + 1;
    }
    builder.copy(run, to);
  });
}

/** YAML 1.2.2 section 5.7, but for `\x`, `\u`, `\U` and the escaped line break. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const HEX_LENGTH: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** Decodes the escape at `at`; gives the offset behind it. */
function decodeEscape(text: string, at: number, end: number, builder: MappedBuilder): number {
  const letter = text[at + 1] ?? '';
  const simple = ESCAPES.get(letter);
  if (simple !== undefined) {
    builder.replace(simple, at, at + 2);
    return at + 2;
  }
  if (letter === '\n') return skipBlanks(text, at + 2, end);
  if (letter === '\r' && text[at + 2] === '\n') return skipBlanks(text, at + 3, end);
  const length = HEX_LENGTH.get(letter) ?? 0;
  const digits = text.slice(at + 2, at + 2 + length);
  const code = /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
  if (length === 0 || digits.length < length || code < 0 || code > 0x10ffff) {
    builder.copy(at, at + 2 + length);
    return at + 2 + length;
  }
  builder.replace(String.fromCodePoint(code), at, at + 2 + length);
  return at + 2 + length;
}

/** Folds the run of blanks and line breaks at `at`; gives the offset behind it, or `at` where there is no break. */
function decodeBreaks(text: string, at: number, end: number, builder: MappedBuilder): number {
  let stop = at;
  let breaks = 0;
  while (stop < end) {
    const unit = text[stop] ?? '';
    if (unit === '\n') breaks += 1;
    else if (!BLANK.test(unit) && !(unit === '\r' && text[stop + 1] === '\n')) break;
    stop += 1;
  }
  if (breaks > 0) builder.replace(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), at, stop);
  else builder.copy(at, stop);
  return stop;
}

/** `start`/`end` are those of the content, quotes excluded. */
export function decodeDoubleQuoted(text: string, start: number, end: number, builder: MappedBuilder): void {
  let at = start;
  let run = start;
  while (at < end) {
    const unit = text[at] ?? '';
    if (unit !== '\\' && unit !== '\n' && unit !== '\r' && !BLANK.test(unit)) {
      at += 1;
      continue;
    }
    builder.copy(run, at);
    if (unit === '\\') at = decodeEscape(text, at, end, builder);
    else {
      const stop = decodeBreaks(text, at, end, builder);
      if (stop === at) builder.copy(at, at + 1);
      at = Math.max(stop, at + 1);
    }
    run = at;
  }
  builder.copy(run, end);
}

export interface BlockShape {
  /** `|` or `>`. */
  readonly folded: boolean;
  readonly chomp: 'strip' | 'clip' | 'keep';
  /** Columns removed from every line. */
  readonly indent: number;
}

/** Reads a block scalar's header and finds the indentation of its content. */
export function blockShape(text: string, start: number, end: number, parentIndent: number): BlockShape {
  const line = text.indexOf('\n', start);
  const contentStart = line === -1 || line >= end ? end : line + 1;
  const header = text.slice(start, contentStart).split(/[\s#]/, 1)[0] ?? '';
  const digit = /[1-9]/.exec(header)?.[0];
  return {
    folded: header.startsWith('>'),
    chomp: header.includes('-') ? 'strip' : header.includes('+') ? 'keep' : 'clip',
    indent: digit === undefined ? contentIndent(text, contentStart, end) : parentIndent + Number(digit),
  };
}

/** Indentation of the first line with content; of the widest where all are blank. */
function contentIndent(text: string, start: number, end: number): number {
  let widest = 0;
  for (const line of linesBetween(text, start, end)) {
    let at = line.start;
    while (at < line.end && text[at] === ' ') at += 1;
    if (at < line.end) return at - line.start;
    widest = Math.max(widest, at - line.start);
  }
  return widest;
}

interface BlockLine extends Line {
  readonly empty: boolean;
  /** Indented deeper than the block: never folded. */
  readonly more: boolean;
}

function blockLines(text: string, start: number, end: number, indent: number): BlockLine[] {
  return linesBetween(text, start, end).map((line) => {
    let at = line.start;
    while (at < line.end && at - line.start < indent && text[at] === ' ') at += 1;
    return {
      start: at,
      end: line.end,
      empty: at >= line.end,
      more: BLANK.test(text[at] ?? '') && at < line.end,
    };
  });
}

interface BlockContent {
  readonly lines: readonly BlockLine[];
  /** Index of the last line that is not empty; -1 where there is none. */
  readonly last: number;
}

function blockContent(text: string, start: number, end: number, shape: BlockShape): BlockContent {
  const header = text.indexOf('\n', start);
  if (header === -1 || header + 1 >= end) return { lines: [], last: -1 };
  const lines = blockLines(text, header + 1, end, shape.indent);
  if (text[end - 1] === '\n') lines.pop();
  let last = lines.length - 1;
  while (last >= 0 && lines[last]?.empty) last -= 1;
  return { lines, last };
}

/**
 * Where a block scalar's content ends, its last line break left out; blank lines behind it count only where
 * `+` keeps them. Undefined for one without content.
 */
export function blockEnd(text: string, start: number, end: number, shape: BlockShape): number | undefined {
  const { lines, last } = blockContent(text, start, end, shape);
  return lines[shape.chomp === 'keep' ? lines.length - 1 : last]?.end;
}

/** `start` is at the header; `end` behind the last line break that belongs to the scalar. */
export function decodeBlock(
  text: string,
  start: number,
  end: number,
  shape: BlockShape,
  builder: MappedBuilder,
): void {
  const { lines, last } = blockContent(text, start, end, shape);
  let previous: BlockLine | undefined;
  let breakFrom = text.indexOf('\n', start) + 1;
  let breaks = 0;
  for (const line of lines.slice(0, last + 1)) {
    breaks += 1;
    if (line.empty) continue;
    builder.replace(joint(previous, line, breaks, shape.folded), breakFrom, line.start);
    builder.copy(line.start, line.end);
    previous = line;
    breakFrom = line.end;
    breaks = 0;
  }
  const trailing = lines.length - 1 - last;
  if (shape.chomp === 'keep') builder.replace('\n'.repeat(trailing + (previous ? 1 : 0)), breakFrom, end);
  else if (shape.chomp === 'clip' && previous !== undefined)
    builder.replace('\n', breakFrom, Math.min(breakFrom + 1, text.length));
}

/** What stands between two content lines that are `breaks` lines apart; the first has nothing before it. */
function joint(previous: BlockLine | undefined, line: BlockLine, breaks: number, folded: boolean): string {
  if (previous === undefined) return '\n'.repeat(breaks - 1);
  if (!folded || previous.more || line.more) return '\n'.repeat(breaks);
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}
