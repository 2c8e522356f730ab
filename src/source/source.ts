/** A file's text with the arithmetic between offsets and line/column positions. */

/** Half-open range of UTF-16 offsets into one text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One file as it was read. `path` is relative to the working directory, with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Offset at which each line begins; the first is always 0. */
  readonly lineStarts: readonly number[];
}

/** A range inside one file: what every fact of the model points at. */
export interface Place {
  readonly source: Source;
  readonly span: Span;
}

/** Line and column, both counted from 1; columns in UTF-16 units, as SARIF and editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The Unicode noncharacters U+FDD0..U+FDEF are reserved for internal use (Unicode 16, section 23.7), and
 * `model/symbolic.ts` marks symbols with them; a file that holds one could otherwise forge a symbol.
 */
const NONCHARACTERS = /[\uFDD0-\uFDEF]/g;

export function createSource(path: string, text: string): Source {
  const clean = text.replace(NONCHARACTERS, '\uFFFD');
  return { path, text: clean, lineStarts: lineStarts(clean) };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 10) starts.push(index + 1);
    else if (unit === 13 && text.charCodeAt(index + 1) !== 10) starts.push(index + 1);
  }
  return starts;
}

export function positionAt(source: Source, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: clamped - (source.lineStarts[low] ?? 0) + 1 };
}

/** The text of line `line` (from 1) without its line end; empty beyond the last line. */
export function lineText(source: Source, line: number): string {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return '';
  const end = source.lineStarts[line] ?? source.text.length;
  return source.text.slice(start, end).replace(/[\r\n]+$/, '');
}

export function sliceOf(place: Place): string {
  return place.source.text.slice(place.span.start, place.span.end);
}

export function placeAt(source: Source, start: number, end: number): Place {
  const from = Math.max(0, Math.min(start, source.text.length));
  return { source, span: { start: from, end: Math.max(from, Math.min(end, source.text.length)) } };
}

/** Orders places by file, then by position; the order of every report. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.source.path !== b.source.path) return a.source.path < b.source.path ? -1 : 1;
  return a.span.start - b.span.start || a.span.end - b.span.end;
}

export function samePlace(a: Place, b: Place): boolean {
  return a.source.path === b.source.path && a.span.start === b.span.start && a.span.end === b.span.end;
}
