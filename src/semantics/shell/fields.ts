/** From the pieces of an expanded word to the words that a command gets: splitting, conditions, places. */
import { unknownPart } from '../../model/symbolic.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { Condition, ShellWord, WordAlternative } from './reading.ts';
import { isSpace, plainFields, type Use } from './splitting.ts';
import {
  type Alternative,
  assignmentsOf,
  type Element,
  groupOutcomes,
  handedOn,
  holds,
  MAX_ALTERNATIVES,
  openConditions,
  type Piece,
  sameCondition,
  soleText,
  textOf,
  withWhen,
} from './value.ts';

/** A part of a word after expansion. */
export type Chunk =
  | {
      readonly kind: 'text';
      readonly piece: Piece;
      readonly quoted: boolean;
      /** Subject to word splitting: it came from an unquoted expansion. */
      readonly split: boolean;
      /** Written somewhere else than in this word. */
      readonly foreign: boolean;
      /** An unquoted pattern. */
      readonly glob: boolean;
    }
  | {
      readonly kind: 'element';
      readonly element: Element;
      readonly split: boolean;
      readonly glob: boolean;
    };
export type TextChunk = Extract<Chunk, { kind: 'text' }>;

/** One word of a command. */
export interface Field {
  /** The text, of the first alternative if there are several; its pieces carry no conditions. */
  readonly pieces: readonly Piece[];
  readonly alternatives: readonly Alternative[] | null;
  readonly when: readonly Condition[];
  readonly quoted: boolean;
  readonly many: boolean;
  readonly place: Place;
  readonly via: readonly Place[];
}

export function fieldsOf(chunks: readonly Chunk[], use: Use): Field[] {
  const fields: Field[] = [];
  let run: TextChunk[] = [];
  const flush = (): void => {
    if (run.length > 0) fields.push(...textFields(run, use));
    run = [];
  };
  chunks.forEach((chunk, index) => {
    if (chunk.kind === 'text') {
      run.push(chunk);
      return;
    }
    const glued = run.length > 0 && chunks[index - 1]?.kind === 'text';
    if (glued || chunks[index + 1]?.kind === 'text') {
      if (!glued) flush();
      run.push(...elementChunks(chunk.element, chunk.split, use.place));
      if (chunks[index + 1]?.kind !== 'text') flush();
      return;
    }
    flush();
    fields.push(...elementFields(chunk.element, chunk.split, use));
  });
  flush();
  return fields;
}

export function elementChunks(element: Element, split: boolean, place: Place): TextChunk[] {
  return element.pieces.map((part) => ({
    kind: 'text',
    piece: withWhen(handedOn(part, place), element.when),
    quoted: !split,
    split,
    foreign: true,
    glob: false,
  }));
}

function elementFields(element: Element, split: boolean, use: Use): Field[] {
  const chunks = elementChunks({ ...element, when: [] }, split, use.place);
  const fields = chunks.length === 0 && !split ? [emptyField(use.place)] : textFields(chunks, use);
  return fields.map((field) => ({
    ...withWhen(field, element.when),
    many: field.many || element.many,
  }));
}

function emptyField(place: Place): Field {
  return { pieces: [], alternatives: null, when: [], quoted: true, many: false, place, via: [] };
}

/** Fields of text without array elements. */
function textFields(chunks: readonly TextChunk[], use: Use): Field[] {
  const runs = runsOf(chunks);
  const detached = runs.every((run, index) => run.when.length === 0 || detachable(runs, index, use));
  if (!detached) return enumerated(chunks, use);
  const fields: Field[] = [];
  let plain: TextChunk[] = [];
  const flush = (): void => {
    if (plain.length > 0) fields.push(...plainFields(plain, use));
    plain = [];
  };
  for (const run of runs) {
    if (run.when.length === 0) {
      plain.push(...run.chunks);
      continue;
    }
    flush();
    fields.push(...plainFields(run.chunks, use).map((field) => withWhen(field, run.when)));
  }
  flush();
  return fields;
}

interface Run {
  readonly when: readonly Condition[];
  readonly chunks: TextChunk[];
}

function runsOf(chunks: readonly TextChunk[]): Run[] {
  const runs: Run[] = [];
  for (const chunk of chunks) {
    const last = runs.at(-1);
    const when = chunk.piece.when;
    const bare: TextChunk = when.length === 0 ? chunk : { ...chunk, piece: { ...chunk.piece, when: [] } };
    const same =
      last !== undefined &&
      last.when.length === when.length &&
      last.when.every((condition, at) => condition === when[at]);
    if (same) last.chunks.push(bare);
    else runs.push({ when, chunks: [bare] });
  }
  return runs;
}

/** True if a conditional run makes whole words of its own, whether its neighbours are there or not. */
function detachable(runs: readonly Run[], index: number, use: Use): boolean {
  const run = runs[index];
  const previous = runs[index - 1];
  const next = runs[index + 1];
  if (run === undefined || run.chunks.some((chunk) => !chunk.split)) return false;
  const startsApart =
    previous === undefined || separated(run, 'start', use) || separated(previous, 'end', use);
  const endsApart = next === undefined || separated(run, 'end', use) || separated(next, 'start', use);
  const apartWithout =
    previous === undefined ||
    next === undefined ||
    separated(previous, 'end', use) ||
    separated(next, 'start', use);
  return startsApart && endsApart && apartWithout;
}

function separated(run: Run, side: 'start' | 'end', use: Use): boolean {
  const chunk = run.chunks.at(side === 'start' ? 0 : -1);
  const unit = chunk?.piece.text.at(side === 'start' ? 0 : -1);
  return chunk?.split === true && unit !== undefined && isSpace(unit) && use.separators.includes(unit);
}

/** Works out the fields for every way the choices in the word can go. */
function enumerated(chunks: readonly TextChunk[], use: Use): Field[] {
  const conditions = chunks.map((chunk) => chunk.piece.when);
  const assignments = assignmentsOf(conditions);
  if (assignments === null) return plainFields(withoutConditions(chunks), use);
  const outcomes = groupOutcomes(assignments, conditions, (taken) => {
    const present = chunks.filter((chunk) => holds(chunk.piece.when, taken));
    const value = plainFields(present.map(unconditional), use);
    return { key: JSON.stringify(value.map((field) => textOf(field.pieces))), value };
  });
  const [only] = outcomes;
  const distinct = new Set(outcomes.map(({ value }) => value)).size;
  if (distinct === 1 && only !== undefined) return only.value;
  if (distinct > MAX_ALTERNATIVES) return plainFields(withoutConditions(chunks), use);
  if (!outcomes.every(({ value }) => value.length === 1)) {
    return outcomes.flatMap(({ value, when }) => value.map((field) => withWhen(field, when)));
  }
  const alternatives = outcomes.flatMap(({ value, when }) =>
    value.map((field) => ({ text: textOf(field.pieces), pieces: field.pieces, when, field })),
  );
  const first = alternatives[0];
  if (first === undefined) return [];
  const elsewhere = alternatives.every(({ field }) => samePlace(field.place, first.field.place));
  return [
    {
      ...first.field,
      place: elsewhere ? first.field.place : use.place,
      via: elsewhere ? first.field.via : [],
      many: alternatives.some(({ field }) => field.many),
      alternatives: alternatives.map(({ text, pieces, when }) => ({ text, pieces, when })),
    },
  ];
}

function unconditional(chunk: TextChunk): TextChunk {
  return { ...chunk, piece: { ...chunk.piece, when: [] } };
}

/** Too many combinations: what depends on a choice becomes an unknown part. */
function withoutConditions(chunks: readonly TextChunk[]): TextChunk[] {
  return chunks.map((chunk) =>
    chunk.piece.when.length === 0
      ? chunk
      : {
          ...unconditional(chunk),
          piece: { ...chunk.piece, when: [], text: unknownPart('…'), exact: false },
        },
  );
}

/** The word as it is handed out. */
export function shellWord(field: Field): ShellWord {
  const base = {
    value: textOf(field.pieces),
    place: field.place,
    quoted: field.quoted,
    many: field.many,
    conditions: openConditions(field.when),
  };
  const alternatives = field.alternatives === null ? undefined : wordAlternatives(field.alternatives);
  return {
    ...base,
    ...(field.via.length > 0 ? { via: field.via } : {}),
    ...(alternatives !== undefined ? { alternatives } : {}),
  };
}

/** One entry a value; its conditions are those that every way to it has in common. */
function wordAlternatives(alternatives: readonly Alternative[]): WordAlternative[] {
  const values = new Map<string, readonly Condition[]>();
  for (const { text, when } of alternatives) {
    const known = values.get(text);
    const shared = known?.filter((condition) => when.some((other) => sameCondition(condition, other)));
    values.set(text, shared ?? openConditions(when));
  }
  return [...values].map(([value, conditions]) => ({ value, conditions }));
}

/** One field from a value that is not split: an assignment, a redirection's target. */
export function scalarField(pieces: readonly Piece[], place: Place): Field {
  const chunks = pieces.map((part): TextChunk => {
    return {
      kind: 'text',
      piece: part,
      quoted: true,
      split: false,
      foreign: !samePlace(part.word, place),
      glob: false,
    };
  });
  const [field] = chunks.length === 0 ? [] : textFields(chunks, { place, separators: '' });
  return field ?? emptyField(place);
}

/** The field's text where it is the same whatever happens, else null. */
export function fieldText(field: Field): string | null {
  return field.alternatives === null ? soleText(field.pieces) : null;
}
