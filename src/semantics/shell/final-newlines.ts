/** The newlines that `$(…)` takes off the end of what was printed, whichever way that was. */
import { sameConditions } from './choices.ts';
import { conjunction, excludes } from './conjunctions.ts';
import type { Condition } from './reading.ts';
import type { Piece } from './value.ts';

/**
 * Of several lines that are there on some ways only it is not told which one is the last: what is left at their
 * ends separates words like any white space.
 */
export function withoutFinalNewlines(pieces: readonly Piece[]): readonly Piece[] {
  const kept: Piece[] = [];
  for (const part of beginningWithNewlines(pieces).toReversed()) {
    const text = part.text.replace(/\n{1,1000}$/, '');
    const end = text === part.text ? null : followed(part, kept);
    if (end === null) kept.unshift(part);
    else {
      const newlines = { ...part, text: part.text.slice(text.length), exact: false };
      kept.unshift(...end.map((when) => ({ ...newlines, when })));
      if (text !== '') kept.unshift({ ...part, text, exact: false });
    }
  }
  return kept;
}

/** When something follows a piece: never, or under these conditions; null where that takes more than one look. */
function followed({ when }: Piece, later: readonly Piece[]): readonly (readonly Condition[])[] | null {
  const first = later.find((other) => !excludes(other.when, when));
  if (first === undefined) return [];
  const others = later.some(
    (other) => !sameConditions(other.when, first.when) && !excludes(other.when, when),
  );
  const both = others ? null : conjunction(when, first.when);
  return both === null ? null : [both];
}

/** `echo a; x && echo b; y && echo c` as `a`, and each further line with the newline in front of it. */
function beginningWithNewlines(pieces: readonly Piece[]): readonly Piece[] {
  const base = pieces.findLastIndex(({ text, when }) => when.length === 0 && text.endsWith('\n'));
  const first = pieces[base];
  if (first === undefined || base === pieces.length - 1 || first.text.endsWith('\n\n')) return pieces;
  const turned = [...pieces.slice(0, base), withoutNewline(first)];
  let line: Piece[] = [];
  for (const part of pieces.slice(base + 1)) {
    if (part.text.endsWith('\n\n')) return pieces;
    line.push(part.text.endsWith('\n') ? withoutNewline(part) : part);
    if (!part.text.endsWith('\n')) continue;
    turned.push({ ...part, text: '\n', exact: false }, ...line);
    line = [];
  }
  return line.length > 0 ? pieces : turned.filter(({ text }) => text !== '');
}

function withoutNewline(part: Piece): Piece {
  return { ...part, text: part.text.slice(0, -1), exact: false };
}
