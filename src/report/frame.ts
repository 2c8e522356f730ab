/** One line of a file with a range of it marked: the only function that quotes what a file says. */
import { type Place, positionAt, type Source, type Span } from '../source/source.ts';
import { displayWidth, graphemes, graphemeWidth } from './paragraph.ts';
import { printable } from './printable.ts';
import { MASK, type Redaction } from './redaction.ts';

export interface Frame {
  /** From 1. */
  readonly line: number;
  /** The line, fit to be printed: cut around the range, secrets masked, tabs expanded. */
  readonly text: string;
  /** Columns before the mark, and the columns that it covers: at least one. */
  readonly before: number;
  readonly length: number;
  /** Where the range ends, if on another line. */
  readonly endLine: number | null;
}

/** A piece of the line and how it is shown. */
interface Cell extends Span {
  readonly text: string;
  readonly width: number;
}

const TAB_WIDTH = 4;
/** UTF-16 units that are looked at on either side of where the range begins: more than any terminal shows. */
const REACH = 400;
const NARROWEST = 20;

/** @param width columns for the line's text */
export function frameOf(place: Place, redaction: Redaction, width: number): Frame {
  const { source } = place;
  const { line } = positionAt(source, place.span.start);
  const extent = extentOf(source, line);
  const start = Math.min(place.span.start, extent.end);
  const mark = { start, end: Math.max(start, Math.min(place.span.end, extent.end)) };
  const window = windowAround(source.text, extent, mark);
  const cells = cellsOf(source.text, window, redaction.spans(source));
  const view = viewOf(cells, mark, Math.max(width, NARROWEST));
  const cut = {
    left: view.first > 0 || window.start > extent.start,
    right: view.right || window.end < extent.end,
  };
  const shown = cells.slice(view.first, view.last);
  const ellipsis = cut.left ? 1 : 0;
  const marked = shown.filter((cell) => isMarked(cell, mark));
  const leading = shown.slice(0, marked[0] === undefined ? shown.length : shown.indexOf(marked[0]));
  const last = positionAt(source, Math.max(place.span.start, place.span.end - 1));
  return {
    line,
    text: `${cut.left ? '…' : ''}${shown.map(({ text }) => text).join('')}${cut.right ? '…' : ''}`,
    before: ellipsis + widthOf(leading),
    length: Math.max(1, widthOf(marked)),
    endLine: last.line > line ? last.line : null,
  };
}

/** Offsets of a line without its end. */
function extentOf(source: Source, line: number): Span {
  const start = source.lineStarts[line - 1] ?? 0;
  let end = source.lineStarts[line] ?? source.text.length;
  while (end > start && /[\r\n]/.test(source.text[end - 1] ?? '')) end -= 1;
  return { start, end };
}

function windowAround(text: string, extent: Span, mark: Span): Span {
  let start = Math.max(extent.start, mark.start - REACH);
  let end = Math.min(extent.end, mark.start + REACH);
  if (start > extent.start && isLowSurrogate(text, start)) start += 1;
  if (end < extent.end && isLowSurrogate(text, end)) end -= 1;
  return { start, end };
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function cellsOf(text: string, window: Span, secrets: readonly Span[]): Cell[] {
  const cells: Cell[] = [];
  let at = window.start;
  let column = 0;
  const add = (cell: Cell): void => {
    cells.push(cell);
    column += cell.width;
  };
  const addPlain = (end: number): void => {
    for (const grapheme of graphemes(text.slice(at, end))) {
      const shown = grapheme === '\t' ? ' '.repeat(TAB_WIDTH - (column % TAB_WIDTH)) : printable(grapheme);
      const width = shown === grapheme ? graphemeWidth(shown) : displayWidth(shown);
      add({ start: at, end: at + grapheme.length, text: shown, width });
      at += grapheme.length;
    }
  };
  for (const secret of secrets) {
    if (secret.end <= at) continue;
    if (secret.start >= window.end) break;
    addPlain(Math.max(at, secret.start));
    const end = Math.min(secret.end, window.end);
    add({ start: at, end, text: MASK, width: MASK.length });
    at = end;
  }
  addPlain(window.end);
  return cells;
}

/** The cells that fit: all of them, or some before the mark and as many after it as there is room for. */
function viewOf(
  cells: readonly Cell[],
  mark: Span,
  width: number,
): { first: number; last: number; right: boolean } {
  if (widthOf(cells) <= width) return { first: 0, last: cells.length, right: false };
  const found = cells.findIndex((cell) => cell.end > mark.start);
  let first = found < 0 ? cells.length : found;
  const room = width - 2;
  for (let used = 0; first > 0; first -= 1) {
    used += cells[first - 1]?.width ?? 0;
    if (used > room / 3) break;
  }
  let last = first;
  for (let used = 0; last < cells.length; last += 1) {
    used += cells[last]?.width ?? 0;
    if (used > room) break;
  }
  return { first, last, right: last < cells.length };
}

function isMarked(cell: Cell, mark: Span): boolean {
  if (mark.start === mark.end) return cell.start <= mark.start && mark.start < cell.end;
  return cell.start < mark.end && cell.end > mark.start;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
