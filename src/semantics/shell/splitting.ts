/** Word splitting, and what a split word is made of. */
import { soleUnknown, unknownPart } from '../../model/symbolic.ts';
import { type Place, placeAt, samePlace } from '../../source/source.ts';
import type { Field, TextChunk } from './fields.ts';
import type { Piece } from './value.ts';

interface Draft {
  readonly chunks: TextChunk[];
  quoted: boolean;
}

/** What a field is made in: the word as used, and the separators. */
export interface Use {
  readonly place: Place;
  readonly separators: string;
}

export function isSpace(unit: string): boolean {
  return unit === ' ' || unit === '\t' || unit === '\n';
}

/** Cuts a chunk that is split so that each part is white space or holds none. */
export function cutAtSpaces(chunk: TextChunk, separators: string): TextChunk[] {
  const { piece } = chunk;
  if (!chunk.split || !/[ \t\n]/.test(piece.text)) return [chunk];
  const cut: TextChunk[] = [];
  let start = 0;
  const upTo = (end: number): void => {
    if (end > start) cut.push({ ...chunk, piece: slicePiece(piece, start, end) });
    start = end;
  };
  for (const part of splitText(piece.text, separators)) {
    if (part.kind !== 'space') continue;
    upTo(part.start);
    upTo(part.end);
  }
  upTo(piece.text.length);
  return cut;
}

/**
 * Splits unconditional text at the separators.
 * @param alone false where more words come from the same text
 */
export function plainFields(chunks: readonly TextChunk[], use: Use, alone = true): Field[] {
  const drafts: Draft[] = [];
  let current: Draft | null = null;
  const open = (): Draft => {
    current ??= { chunks: [], quoted: false };
    return current;
  };
  const close = (): void => {
    if (current !== null) drafts.push(current);
    current = null;
  };
  for (const chunk of chunks) {
    if (!chunk.split) {
      const draft = open();
      draft.quoted ||= chunk.quoted;
      draft.chunks.push(chunk);
      continue;
    }
    for (const part of splitText(chunk.piece.text, use.separators)) {
      if (part.kind === 'space') close();
      else if (part.kind === 'delimiter') {
        open();
        close();
      } else open().chunks.push({ ...chunk, piece: slicePiece(chunk.piece, part.start, part.end) });
    }
  }
  close();
  const whole = alone && drafts.length === 1;
  return drafts
    .filter((draft) => draft.quoted || draft.chunks.some((chunk) => chunk.piece.text !== ''))
    .map((draft) => fieldOf(draft, whole, use));
}

interface TextPart {
  readonly kind: 'word' | 'space' | 'delimiter';
  readonly start: number;
  readonly end: number;
}

/** The parts of a text between separators; an unknown part is never cut. */
function splitText(text: string, separators: string): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  let inside = false;
  const close = (at: number): void => {
    if (at > start) parts.push({ kind: 'word', start, end: at });
  };
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at] ?? '';
    if (unit === '\uFDD2') inside = true;
    else if (unit === '\uFDD3') inside = false;
    if (inside || !separators.includes(unit)) continue;
    close(at);
    parts.push({ kind: isSpace(unit) ? 'space' : 'delimiter', start: at, end: at + 1 });
    start = at + 1;
  }
  close(text.length);
  return parts;
}

export function slicePiece(part: Piece, start: number, end: number): Piece {
  if (start === 0 && end === part.text.length) return part;
  const text = part.text.slice(start, end);
  if (!part.exact) return { ...part, text };
  const from = part.place.span.start;
  return { ...part, text, place: placeAt(part.place.source, from + start, from + end) };
}

function fieldOf(draft: Draft, whole: boolean, use: Use): Field {
  const { place, via } = origin(draft.chunks, whole, use.place);
  const pieces = globbed(draft);
  const only = draft.chunks.length === 1 ? draft.chunks[0] : undefined;
  const unknown = only?.split === true && soleUnknown(only.piece.text) !== null;
  const many = unknown || pieces !== null;
  return {
    pieces: pieces ?? draft.chunks.map((chunk) => chunk.piece),
    alternatives: null,
    when: [],
    quoted: draft.quoted,
    many,
    place,
    via,
  };
}

function origin(
  chunks: readonly TextChunk[],
  whole: boolean,
  use: Place,
): { place: Place; via: readonly Place[] } {
  const filled = chunks.filter((chunk) => chunk.piece.text !== '');
  const first = filled[0]?.piece;
  if (first === undefined) return { place: use, via: [] };
  const same = filled.every((chunk) => chunk.foreign && samePlace(chunk.piece.word, first.word));
  if (!same) return { place: use, via: [] };
  if (whole) return { place: first.word, via: first.via };
  const start = Math.min(...filled.map((chunk) => chunk.piece.place.span.start));
  const end = Math.max(...filled.map((chunk) => chunk.piece.place.span.end));
  return { place: placeAt(first.word.source, start, end), via: first.via };
}

/**
 * A pattern stands for the files that it matches, which are not known. Where it is part of an option or of
 * `a:b` no file can have such a name, and the shell leaves it as it is.
 */
function globbed(draft: Draft): Piece[] | null {
  const at = draft.chunks.findIndex((chunk) => chunk.glob);
  const glob = draft.chunks[at];
  if (glob === undefined) return null;
  const text = draft.chunks.map((chunk) => chunk.piece.text).join('');
  if (text.startsWith('-') || /[:=]/.test(text)) return null;
  const before = draft.chunks
    .slice(0, at)
    .map((chunk) => chunk.piece.text)
    .join('');
  const folder = before.slice(0, before.lastIndexOf('/') + 1);
  const name = unknownPart(text.slice(folder.length).replace(/[/,]/g, '_'));
  return [{ ...glob.piece, text: folder + name, exact: false, pattern: text }];
}
