/** `$NAME` and `${NAME…}`: what a parameter expands to. */
import { isResolved, soleUnknown, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type {
  ParameterExpansionPart,
  ParameterOperation,
  SimpleExpansionPart,
  Word,
} from '../../syntax/shell.ts';
import { parseInteger } from './arithmetic.ts';
import { conditionOf, narrowed } from './choices.ts';
import { firstIndex, isZsh } from './dialect.ts';
import { chunksOf, expandText, numbersOf, piecesOf, type Reading, textChunk } from './expansion.ts';
import { type Chunk, elementChunks } from './fields.ts';
import { isQuoting, quotedPieces, sliced, sliceNumber, transform, transformer } from './operations.ts';
import type { Choice, Condition } from './reading.ts';
import { isOutside, isUnset, newId, placeOf, type Run, setScalar, sourceOf, variableOf } from './state.ts';
import {
  alternativesOf,
  type Element,
  elementsOf,
  handedOn,
  type Piece,
  piece,
  soleText,
  textOf,
  unknownPiece,
  type Variable,
  withWhen,
} from './value.ts';

type Expansion = SimpleExpansionPart | ParameterExpansionPart;

/** Name under which a script's or function's arguments are kept. */
export const ARGUMENTS = '@';

export function expandParameter(run: Run, part: Expansion, reading: Reading): Chunk[] {
  if (part.type === 'SimpleExpansion') return plainValue(run, part.text.slice(1), null, part, reading);
  const { parameter, prefix, index, operation } = part;
  if (prefix === '!') return indirect(run, part, reading);
  if (prefix === '#') return [textChunk(lengthPiece(run, part, reading), reading)];
  if (operation === undefined) return plainValue(run, parameter, index ?? null, part, reading);
  return operate(run, part, operation, reading);
}

function unknownChunk(run: Run, part: Expansion, reading: Reading, name?: string): Chunk {
  const place = placeOf(run, part);
  const found = unknownPiece(name ?? sourceOf(run, part), place);
  return textChunk({ ...found, word: reading.home }, reading, false, true);
}

function wholeList(name: string, index: Word | null): '@' | '*' | null {
  const key = index?.text ?? (name === '@' || name === '*' ? name : null);
  return key === '@' || key === '*' ? key : null;
}

function plainValue(run: Run, name: string, index: Word | null, part: Expansion, reading: Reading): Chunk[] {
  const list = wholeList(name, index);
  if (list !== null) return listChunks(run, listElements(run, name, part), list, reading);
  if (isWholeArray(run, name, index)) return wholeArray(run, listElements(run, name, part), reading);
  return scalarChunks(run, parameterPieces(run, name, index, part), reading, part);
}

function isWholeArray(run: Run, name: string, index: Word | null): boolean {
  return index === null && run.state.variables.get(name)?.kind === 'list' && isZsh(run);
}

/** `$A` in zsh: the elements that are not empty, each a word; in quotes one word. */
function wholeArray(run: Run, elements: readonly Element[], reading: Reading): Chunk[] {
  if (reading.quoted) return listChunks(run, elements, '*', reading);
  const filled = elements.filter(({ pieces }) => textOf(pieces) !== '');
  return filled.map((element) => ({ kind: 'element', element, split: false, glob: false }));
}

function scalarChunks(run: Run, pieces: readonly Piece[], reading: Reading, part: Expansion): Chunk[] {
  if (pieces.length === 0) {
    return [textChunk({ ...piece('', placeOf(run, part)), word: reading.home }, reading, false, true)];
  }
  return pieces.map((found) =>
    within(found.place, reading.home)
      ? textChunk({ ...found, word: reading.home }, reading, false, true)
      : textChunk(handedOn(found, reading.home), reading, true, true),
  );
}

function within(place: Place, outer: Place): boolean {
  const { start, end } = place.span;
  return place.source === outer.source && start >= outer.span.start && end <= outer.span.end;
}

function isVariable(name: string): boolean {
  return /^\w+$/.test(name);
}

/** Pieces of a parameter that is not a whole list; unknown where the text does not tell. */
function parameterPieces(run: Run, name: string, index: Word | null, part: Expansion): readonly Piece[] {
  const place = placeOf(run, part);
  if (/^\d+$/.test(name)) return argumentPieces(run, Number(name), part);
  if (name === '#') return [countPiece(run, listElements(run, '@', part), part)];
  if (!isVariable(name)) return [unknownPiece(`$${name}`, place)];
  // The script's own file, as its directory name is what scripts build paths from.
  if (name === 'BASH_SOURCE') return argumentPieces(run, 0, part);
  const variable = variableOf(run, name, place);
  if (variable.kind === 'unset') return [];
  if (variable.kind === 'scalar') {
    if (index !== null && index.text !== '0') return [unknownPiece(name, place)];
    return narrowed(variable.pieces, pathOf(run));
  }
  return elementPieces(run, name, variable, index, part);
}

/** The way that the script has gone; a value that is assigned is to hold on every way. */
function pathOf(run: Run): readonly Condition[] {
  return run.assigning ? [] : run.state.path;
}

function elementPieces(
  run: Run,
  name: string,
  variable: Extract<Variable, { elements: unknown }>,
  index: Word | null,
  part: Expansion,
): readonly Piece[] {
  const place = placeOf(run, part);
  const elements = narrowed(variable.elements, pathOf(run));
  if (variable.kind === 'map') {
    const key = index === null ? '0' : expandText(run, index);
    if (key === null || !isResolved(key)) return [unknownPiece(name, place)];
    const found = elements.filter((element) => element.key === key);
    if (found.length === 0)
      return elements.some((element) => element.many) ? [unknownPiece(name, place)] : [];
    return found.flatMap((element) => element.pieces.map((item) => withWhen(item, element.when)));
  }
  const at = index === null ? 0 : positionOf(run, index);
  if (Number.isNaN(at)) return [];
  const certain = at === null ? -1 : at < 0 ? elements.length + at : at;
  const before = at !== null && at < 0 ? elements : elements.slice(0, certain + 1);
  if (
    at === null ||
    before.some((element) => element.many || element.when.length > 0 || element.key !== null)
  ) {
    return [unknownPiece(name, place)];
  }
  return elements[certain]?.pieces ?? [];
}

/** Where an index points in the list, from the end where it is negative; NaN before the first element. */
function positionOf(run: Run, index: Word): number | null {
  const written = indexNumber(run, index);
  if (written === null || written < 0) return written;
  return written < firstIndex(run) ? Number.NaN : written - firstIndex(run);
}

function indexNumber(run: Run, index: Word): number | null {
  const text = expandText(run, index);
  if (text === null || !isResolved(text)) return null;
  return /^[A-Za-z_]\w*$/.test(text) ? numbersOf(run, placeOf(run, index)).read(text) : parseInteger(text);
}

/** `$0` is the script's own path: `$(dirname "$0")/..` then leads to where it really leads. */
function argumentPieces(run: Run, number: number, part: Expansion): readonly Piece[] {
  const place = placeOf(run, part);
  if (number === 0) {
    const given = run.state.variables.get('0');
    if (given?.kind === 'scalar' && given.pieces.length > 0) return given.pieces;
    const named = run.options.environment?.get('0');
    if (named !== undefined) return [piece(named, place)];
    const { path } = run.script.mapped.source;
    const inside = !path.startsWith('/') && !path.startsWith('..') && !/^[A-Za-z]:/.test(path);
    return [
      piece(
        inside ? `${WORKSPACE_SYMBOL}/${path.replace(/^\.\//, '')}` : `${WORKSPACE_SYMBOL}/script`,
        place,
      ),
    ];
  }
  const elements = listElements(run, '@', part);
  const before = elements.slice(0, number);
  if (before.some((element) => element.many || element.when.length > 0)) {
    return [{ ...unknownPiece(String(number), place) }];
  }
  return elements[number - 1]?.pieces ?? [];
}

function listElements(run: Run, name: string, part: Expansion): readonly Element[] {
  const place = placeOf(run, part);
  const list = name === '*' ? ARGUMENTS : name;
  if (list === ARGUMENTS || !isOutside(run, list))
    return narrowed(elementsOf(variableOf(run, list, place)), pathOf(run));
  return [{ pieces: [unknownPiece(name, place)], when: [], many: true, key: null }];
}

function listChunks(run: Run, elements: readonly Element[], kind: '@' | '*', reading: Reading): Chunk[] {
  if (kind === '@' || !reading.quoted) {
    return elements.map((element) => ({ kind: 'element', element, split: !reading.quoted, glob: false }));
  }
  const ifs = variableOf(run, 'IFS', reading.home);
  const separator = (ifs.kind === 'scalar' ? soleText(ifs.pieces) : null)?.[0] ?? ' ';
  const chunks = elements.flatMap((element, index): Chunk[] => {
    const glue = { ...piece(separator, reading.home), when: element.when };
    const own = elementChunks(element, false, reading.home);
    return index === 0 ? own : [textChunk(glue, reading, true), ...own];
  });
  return chunks.length === 0 ? [textChunk(piece('', reading.home), reading)] : chunks;
}

function countPiece(run: Run, elements: readonly Element[], part: Expansion): Piece {
  const place = placeOf(run, part);
  const certain = elements.every((element) => !element.many && element.when.length === 0);
  return certain ? piece(String(elements.length), place) : unknownPiece(sourceOf(run, part), place);
}

function lengthPiece(run: Run, part: ParameterExpansionPart, reading: Reading): Piece {
  const { parameter, index } = part;
  const place = placeOf(run, part);
  const unknown = { ...unknownPiece(sourceOf(run, part), place), word: reading.home };
  if (wholeList(parameter, index ?? null) !== null || parameter === '') {
    return countPiece(run, listElements(run, parameter === '' ? '@' : parameter, part), part);
  }
  if (isWholeArray(run, parameter, index ?? null))
    return countPiece(run, listElements(run, parameter, part), part);
  const text = soleText(parameterPieces(run, parameter, index ?? null, part));
  return text === null || !isResolved(text) || /[\uFDD0\uFDD1]/.test(text)
    ? unknown
    : { ...piece(String([...text].length), place), word: reading.home };
}

function indirect(run: Run, part: ParameterExpansionPart, reading: Reading): Chunk[] {
  const { parameter, index, operation } = part;
  const variable = run.state.variables.get(parameter);
  const list = wholeList(parameter, index ?? null);
  if (list !== null && variable !== undefined && (variable.kind === 'list' || variable.kind === 'map')) {
    const keys = variable.elements.map((element, at): Element => {
      const key = element.key ?? String(at);
      return { ...element, pieces: [piece(key, element.pieces[0]?.place ?? placeOf(run, part))], key: null };
    });
    return listChunks(run, keys, list, reading);
  }
  if (list === null && index === undefined && operation === undefined && variable?.kind === 'scalar') {
    const name = soleText(variable.pieces);
    if (name !== null && /^[A-Za-z_]\w*$/.test(name)) return plainValue(run, name, null, part, reading);
  }
  return [unknownChunk(run, part, reading)];
}

function operate(
  run: Run,
  part: ParameterExpansionPart,
  operation: ParameterOperation,
  reading: Reading,
): Chunk[] {
  const { parameter } = part;
  const list = wholeList(parameter, part.index ?? null);
  if (operation.type === 'Default') return defaulted(run, part, operation, reading);
  if (list !== null) {
    if (operation.type === 'Slice') return sliceList(run, part, operation, list, reading);
    if (isQuoting(operation)) {
      const quoted = listElements(run, parameter, part).map((element) => ({
        ...element,
        pieces: element.many ? element.pieces : quotedPieces(element.pieces, placeOf(run, part)),
      }));
      return listChunks(run, quoted, list, reading);
    }
    const change = transformer(run, operation);
    if (change === null) return [unknownChunk(run, part, reading)];
    const elements = listElements(run, parameter, part).map((element) => ({
      ...element,
      pieces: transform(element.pieces, change) ?? [unknownPiece(parameter, placeOf(run, part))],
    }));
    return listChunks(run, elements, list, reading);
  }
  if (isQuoting(operation)) {
    const own = parameterPieces(run, parameter, part.index ?? null, part);
    return scalarChunks(run, quotedPieces(own, placeOf(run, part)), reading, part);
  }
  const change = transformer(run, operation);
  const pieces =
    change === null ? null : transform(parameterPieces(run, parameter, part.index ?? null, part), change);
  if (pieces === null)
    return [unknownChunk(run, part, reading, /^\w+$/.test(parameter) ? parameter : undefined)];
  return scalarChunks(run, pieces, reading, part);
}

function sliceList(
  run: Run,
  part: ParameterExpansionPart,
  operation: Extract<ParameterOperation, { type: 'Slice' }>,
  list: '@' | '*',
  reading: Reading,
): Chunk[] {
  const elements = listElements(run, part.parameter, part);
  const offset = sliceNumber(run, operation.offset);
  const length = operation.length === undefined ? undefined : sliceNumber(run, operation.length);
  const place = placeOf(run, part);
  const uncertain = elements.some((element) => element.many || element.when.length > 0);
  if (offset === null || length === null || uncertain) {
    const unknown: Element = {
      pieces: [unknownPiece(part.parameter, place)],
      when: [],
      many: true,
      key: null,
    };
    return listChunks(run, [unknown], list, reading);
  }
  // "$@" counts from $0: ${@:1} is every argument.
  const own = part.parameter === '@' || part.parameter === '*';
  const shift = own && offset > 0 ? offset - 1 : offset;
  return listChunks(run, sliced(elements, shift, length), list, reading);
}

/** Whether a variable holds text: yes, no, or under these conditions. */
interface Presence {
  readonly set: readonly Condition[][];
  readonly unset: readonly Condition[][];
  /** True if the conditions are new, and not those that the value carries itself. */
  readonly open?: true;
  /** True if it is taken to be unset, though whoever starts the script may set it. */
  readonly assumed?: true;
}

function defaulted(
  run: Run,
  part: ParameterExpansionPart,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
  reading: Reading,
): Chunk[] {
  const { parameter } = part;
  const list = wholeList(parameter, part.index ?? null);
  const word = (): Chunk[] => chunksOf(run, operation.operand, { ...reading, home: reading.home });
  const value = (): Chunk[] => plainValue(run, parameter, part.index ?? null, part, reading);
  const presence = list !== null ? listPresence(run, part) : scalarPresence(run, part, operation);
  const kind = operation.operator.at(-1);
  if (kind === '?') return value();
  const chosen = kind === '+' ? presence.set : presence.unset;
  const other = kind === '+' ? [] : presence.set;
  const chunks: Chunk[] = [];
  if (other.length > 0) {
    chunks.push(...(presence.open === true ? value().flatMap((chunk) => under(chunk, other)) : value()));
  }
  if (chosen.length > 0) {
    const substitute = word();
    const taken =
      presence.assumed === true ? substitute.map((chunk) => asFallback(chunk, parameter)) : substitute;
    chunks.push(...taken.flatMap((chunk) => under(splitting(chunk, reading), chosen)));
    if (kind === '=') setScalar(run, parameter, piecesOf(chunks, reading.home));
  }
  if (chunks.length > 0) return chunks;
  const empty = textChunk({ ...piece('', placeOf(run, part)), word: reading.home }, reading, false, true);
  return presence.assumed === true ? [asFallback(empty, parameter)] : [empty];
}

function asFallback(chunk: Chunk, defaultOf: string): Chunk {
  if (chunk.kind === 'element') return chunk;
  return { ...chunk, piece: { ...chunk.piece, fallback: true, defaultOf } };
}

/** Unquoted text of a default is split like the value would be. */
function splitting(chunk: Chunk, reading: Reading): Chunk {
  if (chunk.kind === 'element' || chunk.quoted || reading.quoted) return chunk;
  return { ...chunk, split: true };
}

function under(chunk: Chunk, conditions: readonly Condition[][]): Chunk[] {
  return conditions.map((when) =>
    chunk.kind === 'element'
      ? { ...chunk, element: withWhen(chunk.element, when) }
      : { ...chunk, piece: withWhen(chunk.piece, when) },
  );
}

const ALWAYS: readonly Condition[][] = [[]];

function openPresence(run: Run, part: ParameterExpansionPart): Presence {
  const place = placeOf(run, part);
  const text = `$${part.parameter} is set`;
  const choice: Choice = {
    id: newId(run),
    kind: 'set',
    arms: [
      { text, place, negated: false },
      { text, place, negated: true },
    ],
    leaving: new Set(),
  };
  return { set: [[conditionOf(choice, [0])]], unset: [[conditionOf(choice, [1])]], open: true };
}

function listPresence(run: Run, part: ParameterExpansionPart): Presence {
  const elements = listElements(run, part.parameter, part);
  if (elements.length === 0) return { set: [], unset: ALWAYS };
  if (elements.some((element) => !element.many && element.when.length === 0))
    return { set: ALWAYS, unset: [] };
  // Each element carries its own conditions; only one that may stand for none needs the question.
  return elements.some((element) => element.many) ? openPresence(run, part) : { set: ALWAYS, unset: [] };
}

/**
 * A parameter from outside counts as unset for `:-`, save where a test asks with an empty default, because the default is what the author wrote down for
 * the run that he describes; for `:+` both are possible.
 */
function scalarPresence(
  run: Run,
  part: ParameterExpansionPart,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
): Presence {
  const { parameter } = part;
  const alternate = operation.operator.endsWith('+');
  const onlyUnset = operation.pos + 1 === operation.operatorEnd;
  const variable = run.state.variables.get(parameter);
  const argument = /^[1-9]\d*$/.test(parameter);
  if (variable?.kind === 'unset') return { set: [], unset: ALWAYS };
  if (onlyUnset && variable !== undefined) return { set: ALWAYS, unset: [] };
  const pieces = parameterPieces(run, parameter, part.index ?? null, part);
  const own = argument && soleUnknown(textOf(pieces)) === parameter;
  if ((isOutside(run, parameter) && !argument && /^[A-Za-z_]/.test(parameter)) || own) {
    // `[ -z "${1:-}" ]` describes no run: it asks, and both answers are possible.
    const asked = run.asking && operation.operand.text === '';
    return alternate || asked ? openPresence(run, part) : { set: [], unset: ALWAYS, assumed: true };
  }
  const alternatives = alternativesOf(pieces);
  if (alternatives === null) return openPresence(run, part);
  if (alternatives.some(({ text }) => text !== '' && maybeEmpty(text))) return openPresence(run, part);
  return {
    set: alternatives.filter(({ text }) => text !== '').map(({ when }) => [...when]),
    unset: alternatives.filter(({ text }) => text === '').map(({ when }) => [...when]),
  };
}

function maybeEmpty(text: string): boolean {
  return !isResolved(text) && text.replace(/\uFDD2[^\uFDD3]*\uFDD3/g, '') === '';
}

/** `[ -v NAME ]`: known only for what the script itself sets or removes. */
export function parameterIsSet(run: Run, name: string): boolean | null {
  const variable = run.state.variables.get(name);
  if (variable === undefined) {
    if (run.options.environment?.has(name) === true) return true;
    return isUnset(run, name) ? false : null;
  }
  if (variable.kind === 'unset') return false;
  return variable.kind === 'scalar' ? true : null;
}
