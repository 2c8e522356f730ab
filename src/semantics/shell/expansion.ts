/** Words into fields: quotes, tildes, braces, and what stands for something else. */
import { HOME_SYMBOL, unknownPart } from '../../model/symbolic.ts';
import { mappedBuilder, sliceMapped } from '../../source/mapped.ts';
import { type Place, sliceOf } from '../../source/source.ts';
import {
  type ArithmeticExpression,
  parseWord,
  scriptPlace,
  type Word,
  type WordPart,
} from '../../syntax/shell.ts';
import { calculate, type Numbers, parseInteger } from './arithmetic.ts';
import { expandBraces } from './brace.ts';
import { type Chunk, elementChunks, type Field, fieldOn, fieldsOf, type TextChunk } from './fields.ts';
import { expandParameter } from './parameter.ts';
import {
  placeOf,
  type Run,
  report,
  restoreUnknowns,
  setScalar,
  sourceOf,
  standIn,
  step,
  variableOf,
} from './state.ts';
import { processSubstitution, substituteCommand } from './substitution.ts';
import { type Piece, piece, soleText, unknownPiece } from './value.ts';

/** How a part is read: in double quotes; in an assignment (a tilde also after `:`); in a here-document. */
export interface Reading {
  readonly quoted: boolean;
  readonly assignment: boolean;
  readonly heredoc: boolean;
  /** The word in which it stands. */
  readonly home: Place;
}

/** The words that one written word becomes. */
export function expandFields(run: Run, word: Word): Field[] {
  step(run);
  if (hasBraces(word)) {
    const results = expandBraces(sliceMapped(run.script.mapped, word.pos, word.end));
    if (results === null) report(run, 'limit', 'a brace expansion has too many results', placeOf(run, word));
    else return results.flatMap((result) => bracedFields(run, result));
  }
  return plainWordFields(run, word);
}

function plainWordFields(run: Run, word: Word): Field[] {
  const home = placeOf(run, word);
  const chunks = chunksOf(run, word, { quoted: false, assignment: false, heredoc: false, home });
  const fields = fieldsOf(chunks, { place: home, separators: separatorsOf(run, home) });
  return fields.flatMap((field) => fieldOn(field, run.state.path) ?? []);
}

function separatorsOf(run: Run, place: Place): string {
  const variable = variableOf(run, 'IFS', place);
  return variable.kind === 'scalar' ? (soleText(variable.pieces) ?? ' \t\n') : ' \t\n';
}

function bracedFields(run: Run, mapped: Parameters<typeof parseWord>[0]): Field[] {
  const parsed = parseWord(mapped);
  if (parsed === null) return [];
  return withScript(run, parsed.script, () => plainWordFields(run, parsed.word));
}

/** Reads positions against another script for a while. */
export function withScript<T>(run: Run, script: Run['script'], read: () => T): T {
  const outer = run.script;
  run.script = script;
  try {
    return read();
  } finally {
    run.script = outer;
  }
}

function hasBraces(word: Word): boolean {
  return word.parts?.some((part) => part.type === 'BraceExpansion') ?? false;
}

/** The value of a word where the shell neither splits nor matches files: assignments, `case`, `[[`. */
export function expandPieces(run: Run, word: Word, assignment = false): readonly Piece[] {
  step(run);
  const home = placeOf(run, word);
  const chunks = chunksOf(run, word, { quoted: false, assignment, heredoc: false, home });
  const pieces = piecesOf(chunks, home);
  return pieces.length < 2 ? pieces : pieces.filter(({ text }) => text !== '');
}

/** Joins chunks to one value; array elements are separated by spaces. */
export function piecesOf(chunks: readonly Chunk[], home: Place): readonly Piece[] {
  const pieces: Piece[] = [];
  chunks.forEach((chunk, index) => {
    if (chunk.kind === 'text') {
      pieces.push(chunk.piece);
      return;
    }
    if (index > 0 && chunks[index - 1]?.kind === 'element') {
      pieces.push({ ...piece(' ', home), when: chunk.element.when });
    }
    pieces.push(...elementChunks(chunk.element, false, home).map((part) => part.piece));
  });
  return pieces;
}

/** The value of a word, null unless there is just one. */
export function expandText(run: Run, word: Word): string | null {
  return soleText(expandPieces(run, word));
}

export function chunksOf(run: Run, word: Word, reading: Reading): Chunk[] {
  if (word.parts === undefined) return literalChunks(run, word.pos, word.end, reading, true);
  return word.parts.flatMap((part, index) => partChunks(run, part, reading, index === 0));
}

function partChunks(run: Run, part: WordPart, reading: Reading, first: boolean): Chunk[] {
  step(run);
  switch (part.type) {
    case 'Literal':
      return literalChunks(run, part.pos, part.end, reading, first);
    case 'SingleQuoted':
      return quotedText(run, part.value, part.pos + 1, part.pos + 1 + part.value.length, reading);
    case 'AnsiCQuoted':
      return quotedText(run, part.value, part.pos, part.end, reading);
    case 'DoubleQuoted':
    case 'LocaleString': {
      const inner = { ...reading, quoted: true };
      const chunks = part.parts.flatMap((child) => partChunks(run, child, inner, false));
      // "" is a word, and so is "$X" of an X that may be empty; "${A[@]}" of an empty array is none.
      return onlyElements(part.parts) || chunks.some(isCertain)
        ? chunks
        : [...quotedText(run, '', part.pos, part.pos, reading), ...chunks];
    }
    case 'SimpleExpansion':
    case 'ParameterExpansion':
      return expandParameter(run, part, reading);
    case 'CommandExpansion':
      return substitutionChunks(run, substituteCommand(run, part, reading.home), reading);
    case 'ArithmeticExpansion':
      return [textChunk(arithmeticPiece(run, part, reading.home), reading)];
    case 'ProcessSubstitution':
      return [textChunk(processSubstitution(run, part, reading.home).piece, { ...reading, quoted: true })];
    case 'Glob':
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return literalChunks(run, part.pos, part.end, reading, false).map((chunk) => ({
        ...chunk,
        glob: part.type !== 'BraceExpansion',
      }));
  }
}

function isCertain(chunk: Chunk): boolean {
  return chunk.kind === 'text' && chunk.piece.when.length === 0;
}

function onlyElements(parts: readonly WordPart[]): boolean {
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) return false;
  if (only.type === 'SimpleExpansion') return only.text === '$@';
  return only.type === 'ParameterExpansion' && (only.parameter === '@' || only.index?.text === '@');
}

export function textChunk(part: Piece, reading: Reading, foreign = false, split = false): TextChunk {
  return {
    kind: 'text',
    piece: part,
    quoted: reading.quoted,
    split: split && !reading.quoted,
    foreign,
    glob: false,
  };
}

function substitutionChunks(run: Run, pieces: readonly Piece[], reading: Reading): Chunk[] {
  step(run, pieces.length);
  if (pieces.length === 0) {
    return [textChunk({ ...piece('', reading.home), word: reading.home }, reading, false, true)];
  }
  return pieces.map((part) => textChunk(part, reading, part.word !== reading.home, true));
}

function quotedText(run: Run, value: string, pos: number, end: number, reading: Reading): TextChunk[] {
  return piecesAt(run, pos, end, value, reading.home).map((part) => ({
    ...textChunk(part, reading),
    quoted: true,
  }));
}

/**
 * Pieces for the text at `pos..end` that decodes to `decoded`. Text that stands there unit for unit but is
 * scattered in the file (line ends, escapes of a JSON string) is cut where the file's text is.
 */
function piecesAt(run: Run, pos: number, end: number, decoded: string, home: Place): Piece[] {
  const place = scriptPlace(run.script, pos, end);
  const text = restoreUnknowns(run, decoded);
  const exact = sliceOf(place) === text;
  const { mapped } = run.script;
  const verbatim = text === decoded && run.script.text.slice(pos, end) === decoded;
  if (exact || !verbatim || mapped.segments.length > 2000)
    return [{ ...piece(text, place, exact), word: home }];
  const part = sliceMapped(mapped, pos, end);
  return part.segments.map((segment, index) => {
    const next = part.segments[index + 1]?.at ?? text.length;
    const own = scriptPlace(run.script, pos + segment.at, pos + next);
    const slice = text.slice(segment.at, next);
    return { ...piece(slice, own, sliceOf(own) === slice), word: home };
  });
}

const ESCAPABLE = { plain: null, double: '$`"\\\n', heredoc: '$`\\\n' } as const;

/** Literal text with its escapes resolved, in pieces that each know where they stand. */
function literalChunks(run: Run, pos: number, end: number, reading: Reading, first: boolean): Chunk[] {
  const chunks: TextChunk[] = [];
  const text = run.script.text;
  const style = reading.heredoc ? 'heredoc' : reading.quoted ? 'double' : 'plain';
  const escapable = ESCAPABLE[style];
  const add = (from: number, to: number, decoded: string, quoted: boolean): void => {
    if (decoded === '' && !quoted) return;
    for (const part of piecesAt(run, from, to, decoded, reading.home)) {
      chunks.push({ ...textChunk(part, reading), quoted: quoted || reading.quoted });
    }
  };
  const addPlain = (from: number, to: number): void => {
    const plain = text.slice(from, to);
    if (style !== 'plain' || !plain.includes('\uFDD4')) add(from, to, plain, false);
    else chunks.push(...unknownChunks(run, from, plain, reading));
  };
  let start = pos;
  for (let at = text.indexOf('\\', pos); at !== -1 && at < end - 1; at = text.indexOf('\\', at)) {
    const next = text[at + 1] ?? '';
    if (escapable !== null && !escapable.includes(next)) {
      at += 2;
      continue;
    }
    addPlain(start, at);
    if (next !== '\n') add(at, at + 2, next, true);
    start = at + 2;
    at = start;
  }
  addPlain(start, end);
  return reading.quoted || reading.heredoc ? chunks : withTildes(run, chunks, reading, first);
}

/** Text that is read again with parts that are not known: each of these may be any number of words. */
function unknownChunks(run: Run, from: number, text: string, reading: Reading): TextChunk[] {
  return [...text.matchAll(/\uFDD4\d+\uFDD5|[^\uFDD4]+/g)].flatMap(({ 0: part, index }) =>
    piecesAt(run, from + index, from + index + part.length, part, reading.home).map((found) =>
      textChunk(found, reading, false, part.startsWith('\uFDD4')),
    ),
  );
}

/** `~` and `~name` at the start of a word, and in an assignment after each `:`. */
function withTildes(run: Run, chunks: readonly TextChunk[], reading: Reading, first: boolean): TextChunk[] {
  return chunks.flatMap((chunk, index) => {
    if (chunk.quoted || !chunk.piece.text.includes('~')) return [chunk];
    const text = chunk.piece.text;
    const pattern = reading.assignment ? /(^|:)(~[\w.+-]*)(?=[/:]|$)/g : /(^)(~[\w.+-]*)(?=[/:]|$)/g;
    const replaced = text.replace(pattern, (whole, before: string, tilde: string, offset: number) => {
      if (offset === 0 && before === '' && !(first && index === 0)) return whole;
      return before + tildeText(run, tilde, reading.home);
    });
    return replaced === text
      ? [chunk]
      : [{ ...chunk, piece: { ...chunk.piece, text: replaced, exact: false } }];
  });
}

function tildeText(run: Run, tilde: string, place: Place): string {
  const name = tilde === '~' ? 'HOME' : tilde === '~+' ? 'PWD' : null;
  if (name === null) return namedHome(tilde);
  const variable = variableOf(run, name, place);
  const text = variable.kind === 'scalar' ? soleText(variable.pieces) : HOME_SYMBOL;
  return text ?? unknownPart(name);
}

/** `~root`, `~me`: the home of an account, which is where accounts have it on nearly every host. */
function namedHome(tilde: string): string {
  const account = tilde.slice(1);
  if (!/^[a-z_]/i.test(account)) return unknownPart(tilde);
  return account === 'root' ? '/root' : `/home/${account}`;
}

function arithmeticPiece(
  run: Run,
  part: { readonly pos: number; readonly end: number; readonly expression: ArithmeticExpression | undefined },
  home: Place,
): Piece {
  const value = calculate(part.expression, numbersOf(run, placeOf(run, part)));
  const place = placeOf(run, part);
  const found = value === null ? unknownPiece(sourceOf(run, part), place) : piece(String(value), place);
  return { ...found, word: home };
}

/** Reads and sets the script's variables as numbers. */
export function numbersOf(run: Run, place: Place): Numbers {
  return {
    read(name) {
      const variable = variableOf(run, name, place);
      if (variable.kind === 'unset') return 0;
      const text = variable.kind === 'scalar' ? soleText(variable.pieces) : null;
      return text === null ? null : parseInteger(text);
    },
    write(name, value) {
      setScalar(run, name, [value === null ? unknownPiece(name, place) : piece(String(value), place)]);
    },
    word(node) {
      const reading = { quoted: true, assignment: false, heredoc: false, home: place };
      const text = soleText(
        node.parts === undefined
          ? reparsedPieces(run, node)
          : piecesOf(
              node.parts.flatMap((part) => partChunks(run, part, reading, false)),
              place,
            ),
      );
      return text === null || text === '' ? null : parseInteger(text);
    },
  };
}

/** The parser leaves a lone `$x` in arithmetic as text. */
function reparsedPieces(run: Run, node: { readonly pos: number; readonly end: number }): readonly Piece[] {
  const parsed = parseWord(sliceMapped(run.script.mapped, node.pos, node.end));
  return parsed === null ? [] : withScript(run, parsed.script, () => expandPieces(run, parsed.word));
}

/** The body of a here-document after expansion. */
export function expandHereDocument(
  run: Run,
  body: { pos: number; end: number; parts: readonly WordPart[] | undefined },
  raw: boolean,
): readonly Piece[] {
  const home = placeOf(run, body);
  const reading = { quoted: true, assignment: false, heredoc: true, home };
  if (raw) {
    const text = run.script.text.slice(body.pos, body.end);
    return quotedText(run, text, body.pos, body.end, reading).map((chunk) => chunk.piece);
  }
  const chunks =
    body.parts === undefined
      ? literalChunks(run, body.pos, body.end, reading, false)
      : body.parts.flatMap((part) => partChunks(run, part, reading, false));
  return piecesOf(chunks, home);
}

/** Text put together from pieces as a script to be read again, unknown parts as stand-ins. */
export function mappedOfPieces(
  run: Run,
  pieces: readonly Piece[],
  home: Place,
): Parameters<typeof parseWord>[0] {
  const builder = mappedBuilder(home.source);
  for (const part of pieces) {
    const elsewhere = part.place.source !== home.source;
    const { start, end } = elsewhere ? home.span : part.place.span;
    const text = part.text.replace(/\uFDD2[^\uFDD3]*\uFDD3/g, (mark) => standIn(run, mark));
    if (part.exact && !elsewhere) builder.copy(start, end);
    else builder.replace(text, start, end);
  }
  return builder.build();
}
