/** From the pieces of an expanded word to the words that a command gets: splitting, conditions, places. */
import { soleUnknown, unknownPart } from '../../model/symbolic.ts';
import { type Place, samePlace } from '../../source/source.ts';
import {
  assignmentsOf,
  groupOutcomes,
  holds,
  narrowed,
  openConditions,
  possibleArms,
  sameCondition,
  sameConditions,
} from './choices.ts';
import { clustersOf } from './clusters.ts';
import type { Condition, ShellWord, WordAlternative } from './reading.ts';
import { plainFields, type Use } from './splitting.ts';
import {
  type Alternative,
  type Element,
  handedOn,
  MAX_ALTERNATIVES,
  type Piece,
  piece,
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
  /** Where the ways are too many to tell apart: what `pieces` was before. */
  readonly variants?: readonly Piece[];
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
  const { pieces, when } = element;
  const all = split ? pieces : [...emptyWord(pieces, place), ...pieces];
  return all.map((part) => ({
    kind: 'text',
    piece: withWhen(handedOn(part, place), when),
    quoted: !split,
    split,
    foreign: true,
    glob: false,
  }));
}

/** A word that stays when none of its pieces is there. */
function emptyWord(pieces: readonly Piece[], place: Place): readonly Piece[] {
  return pieces.some((part) => part.when.length === 0) ? [] : [piece('', place)];
}

function elementFields(element: Element, split: boolean, use: Use): Field[] {
  const chunks = elementChunks({ ...element, when: [] }, split, use.place);
  const fields = chunks.length === 0 && !split ? [emptyField(use.place)] : textFields(chunks, use);
  return fields.map((field) => ({
    ...withWhen(fieldOn(field, element.when) ?? field, element.when),
    many: field.many || element.many,
  }));
}

function emptyField(place: Place): Field {
  return { pieces: [], alternatives: null, when: [], quoted: true, many: false, place, via: [] };
}

/** Fields of text without array elements. */
function textFields(chunks: readonly TextChunk[], use: Use): Field[] {
  if (chunks.every(({ piece }) => piece.when.length === 0)) return plainFields(chunks, use);
  const clusters = clustersOf(chunks, use);
  const words = clusters.filter((cluster) => cluster.some(({ piece }) => /[^ \t\n]/.test(piece.text)));
  return clusters.flatMap((cluster) => {
    const when = sharedConditions(cluster);
    if (when === null) return enumerated(cluster, use, words.length < 2);
    const fields = plainFields(cluster.map(unconditional), use, words.length < 2);
    return when.length === 0 ? fields : fields.map((field) => withWhen(field, when));
  });
}

/** The conditions of chunks that are all there under the same ones; null where they differ. */
function sharedConditions([first, ...rest]: readonly TextChunk[]): readonly Condition[] | null {
  const when = first?.piece.when ?? [];
  return rest.every(({ piece }) => sameConditions(piece.when, when)) ? when : null;
}

/** Works out the fields for every way the choices in the word can go. */
function enumerated(chunks: readonly TextChunk[], use: Use, alone: boolean): Field[] {
  const conditions = chunks.map((chunk) => chunk.piece.when);
  const assignments = assignmentsOf(conditions);
  if (assignments === null) return givenUp(chunks, use, alone);
  const outcomes = groupOutcomes(assignments, conditions, (taken) => {
    const present = chunks.filter((chunk) => holds(chunk.piece.when, taken));
    const value = plainFields(present.map(unconditional), use, alone);
    return { key: JSON.stringify(value.map((field) => textOf(field.pieces))), value };
  });
  const [only] = outcomes;
  const distinct = new Set(outcomes.map(({ value }) => value)).size;
  if (distinct === 1 && only !== undefined) return only.value;
  if (distinct > MAX_ALTERNATIVES) return givenUp(chunks, use, alone);
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
function givenUp(chunks: readonly TextChunk[], use: Use, alone: boolean): Field[] {
  const plain = chunks.flatMap((chunk, at): TextChunk[] => {
    if (chunk.piece.when.length === 0) return [chunk];
    if ((chunks[at - 1]?.piece.when.length ?? 0) > 0) return [];
    const piece = { ...chunk.piece, when: [], text: unknownPart('…'), exact: false };
    return [{ ...chunk, piece }];
  });
  const fields = plainFields(plain, use, alone);
  const [only] = fields;
  if (only === undefined || fields.length > 1) return fields;
  return [{ ...only, variants: chunks.map(({ piece }) => piece) }];
}

/** The pieces of a field with the conditions under which they are there. */
export function conditionalPieces(field: Field): readonly Piece[] {
  if (field.variants !== undefined) return field.variants;
  if (field.alternatives === null) return field.pieces;
  return field.alternatives.flatMap(({ pieces, when }) => pieces.map((part) => withWhen(part, when)));
}

function isUnknown(text: string): boolean {
  return soleUnknown(text) !== null;
}

/**
 * Values that one choice decides, so that one of them is there whatever it does: ways that lead elsewhere count to
 * the first. Else a value that is handed on from here could seem to be missing.
 */
function covering(alternatives: readonly Alternative[]): readonly Alternative[] {
  const [first, ...others] = alternatives;
  const [condition, ...more] = first?.when ?? [];
  if (first === undefined || condition === undefined || more.length > 0 || others.length === 0)
    return alternatives;
  const { choice } = condition;
  if (others.some(({ when }) => when[0]?.choice !== choice)) return alternatives;
  const taken = new Set(alternatives.flatMap(({ when }) => when[0]?.arms ?? []));
  const left = possibleArms(choice).filter((arm) => !taken.has(arm));
  if (left.length === 0) return alternatives;
  return [{ ...first, when: [{ ...condition, arms: [...condition.arms, ...left] }] }, ...others];
}

/** What is left of a field on a way of the script; null where it is not there. */
export function fieldOn(field: Field, path: readonly Condition[]): Field | null {
  if (path.length === 0 || (field.when.length === 0 && field.alternatives === null)) return field;
  const [kept] = narrowed([field], path);
  if (kept === undefined || kept.alternatives === null) return kept ?? null;
  const alternatives = covering(narrowed(kept.alternatives, path));
  const [only, ...others] = alternatives;
  if (only === undefined) return kept;
  if (others.length > 0) return { ...kept, pieces: only.pieces, alternatives };
  return { ...kept, pieces: only.pieces, alternatives: null, many: field.many && isUnknown(only.text) };
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
    ...(alternatives !== undefined ? { alternatives } : defaultsIn(field.pieces)),
  };
}

function defaultsIn(pieces: readonly Piece[], before: readonly string[] = []): Pick<ShellWord, 'defaults'> {
  const defaults = [...new Set([...before, ...pieces.flatMap(({ defaultOf }) => defaultOf ?? [])])];
  return defaults.length === 0 ? {} : { defaults };
}

/** One entry a value; its conditions are those that every way to it has in common. */
function wordAlternatives(alternatives: readonly Alternative[]): WordAlternative[] {
  const values = new Map<string, WordAlternative>();
  for (const { text, when, pieces } of alternatives) {
    const known = values.get(text);
    const shared = known?.conditions.filter((condition) =>
      when.some((other) => sameCondition(condition, other)),
    );
    const conditions = shared ?? openConditions(when);
    values.set(text, { value: text, conditions, ...defaultsIn(pieces, known?.defaults) });
  }
  return [...values.values()];
}

/** One field from a value that is not split: an assignment, a redirection's target. */
export function scalarField(pieces: readonly Piece[], place: Place): Field {
  const chunks = [...emptyWord(pieces, place), ...pieces].map((part): TextChunk => {
    const foreign = !samePlace(part.word, place);
    return { kind: 'text', piece: part, quoted: true, split: false, foreign, glob: false };
  });
  const [field] = textFields(chunks, { place, separators: '' });
  return field ?? emptyField(place);
}

/** The field's text where it is the same whatever happens, else null. */
export function fieldText(field: Field): string | null {
  return field.alternatives === null ? soleText(field.pieces) : null;
}
