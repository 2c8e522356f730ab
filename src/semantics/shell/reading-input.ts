/** `read`, `mapfile` and loops over `read`: variables from lines of text, where the script says what the text is. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { elementOf } from './assignment.ts';
import type { Call } from './command.ts';
import { type Field, fieldsOf } from './fields.ts';
import { linesOf, sliced } from './lines.ts';
import { isSpace } from './splitting.ts';
import { type Run, type Status, setScalar, setVariable, variableOf } from './state.ts';
import {
  alternativesOf,
  type Element,
  type Piece,
  piece,
  soleText,
  textOf,
  unknownPiece,
  withWhen,
} from './value.ts';

/** Options that take a value (bash(1)), and those with which something else is read than the lines of the input. */
const VALUED = { read: /^-[a-zA-Z]*[dinNptu]$/, mapfile: /^-[a-zA-Z]*[dnOsuCc]$/ };
const ELSEWHERE = { read: /^-[a-zA-Z]*[unNi]/, mapfile: /^-[a-zA-Z]*[unOsCc]/ };
const NAME = /^[A-Za-z_]\w*$/;

export interface Reading {
  readonly names: readonly string[];
  readonly array: boolean;
  /** Backslashes stand for themselves. */
  readonly raw: boolean;
  readonly delimiter: string;
  /** The newline at the end of a line goes (`mapfile -t`). */
  readonly trimmed: boolean;
  /** It reads from somewhere else, or not by lines. */
  readonly elsewhere: boolean;
}

export function readingOf(rest: readonly Field[], builtin: 'read' | 'mapfile' = 'read'): Reading {
  const options: string[] = [];
  const names: string[] = [];
  let delimiter = '\n';
  for (let at = 0; at < rest.length; at += 1) {
    const text = textOf(rest[at]?.pieces ?? []);
    if (!text.startsWith('-')) {
      if (NAME.test(text)) names.push(text);
      continue;
    }
    options.push(text);
    const given = /^-[a-zA-Z]*d(.*)$/s.exec(text)?.[1];
    if (VALUED[builtin].test(text)) {
      at += 1;
      if (/d$/.test(text)) delimiter = textOf(rest[at]?.pieces ?? []);
    } else if (given !== undefined && given !== '') delimiter = given;
  }
  const has = (letter: string): boolean => options.some((option) => option.includes(letter));
  return {
    names,
    array: has('a'),
    raw: has('r'),
    // An empty delimiter is the null character.
    delimiter: delimiter.slice(0, 1) === '' ? '\0' : delimiter.slice(0, 1),
    trimmed: has('t'),
    elsewhere: options.some((option) => ELSEWHERE[builtin].test(option)),
  };
}

export function readVariables(run: Run, rest: readonly Field[], call: Call): Status {
  const reading = readingOf(rest);
  const input = inputOf(run, call, reading);
  const [name, ...others] = reading.names;
  // `read -r -d '' TEXT <<EOF`: all of the input, but for the white space around it.
  if (
    input !== null &&
    reading.delimiter === '\0' &&
    !reading.array &&
    name !== undefined &&
    others.length === 0
  ) {
    setScalar(run, name, input);
    return null;
  }
  const line = input === null ? null : firstLine(input, reading.delimiter);
  if (line === null) {
    forgetNames(run, reading, call.place);
    return null;
  }
  assignLine(run, reading, line.pieces, call.place);
  return line.ended;
}

/** The text of each input is taken once: what a second `read` gets, depends on the way to it. */
function inputOf(run: Run, call: Call, { elsewhere }: Reading): readonly Piece[] | null {
  if (elsewhere) return null;
  const own = call.redirections.input;
  if (own !== null) return own;
  if (run.input === null || run.taken.has(run.input)) return null;
  run.taken.add(run.input);
  return run.input;
}

/** The first line of every value that the text can have; null where they are too many. */
function firstLine(
  input: readonly Piece[],
  delimiter: string,
): { pieces: readonly Piece[]; ended: Status } | null {
  const end = input.find(({ text }) => text.includes(delimiter));
  if (end === undefined) return { pieces: input, ended: isResolved(textOf(input)) ? false : null };
  if (end.when.length === 0) return { pieces: upTo(input, delimiter), ended: true };
  const alternatives = alternativesOf(input);
  if (alternatives === null) return null;
  // Text that is not known may hold the end of the line.
  const ends = new Set(
    alternatives.map(({ text }) => (text.includes(delimiter) ? true : isResolved(text) ? false : null)),
  );
  const pieces = alternatives.flatMap((one) =>
    upTo(one.pieces, delimiter).map((part) => withWhen(part, one.when)),
  );
  const [only = null] = ends;
  return { pieces, ended: ends.size === 1 ? only : null };
}

function upTo(pieces: readonly Piece[], delimiter: string): readonly Piece[] {
  const at = pieces.findIndex(({ text }) => text.includes(delimiter));
  const last = pieces[at];
  if (last === undefined) return pieces;
  const end = last.text.indexOf(delimiter);
  return end === 0 ? pieces.slice(0, at) : [...pieces.slice(0, at), sliced(last, 0, end)];
}

export function forgetNames(run: Run, { names, array }: Reading, place: Place): void {
  for (const name of names) {
    if (array) setUnknownArray(run, name, place);
    else setScalar(run, name, [unknownPiece(name, place)]);
  }
}

export function setUnknownArray(run: Run, name: string, place: Place): void {
  const unknown = { pieces: [unknownPiece(name, place)], when: [], many: true, key: null };
  setVariable(run, name, { kind: 'list', elements: [unknown], exported: false });
}

function separatorsOf(run: Run, place: Place): string {
  const variable = variableOf(run, 'IFS', place);
  return variable.kind === 'scalar' ? (soleText(variable.pieces) ?? ' \t\n') : ' \t\n';
}

/** Cuts a line at the separators: one part for each name, the last one takes the rest. */
export function assignLine(run: Run, reading: Reading, line: readonly Piece[], place: Place): void {
  const { names, array, raw } = reading;
  const separators = separatorsOf(run, place);
  if (!raw && line.some(({ text }) => text.includes('\\'))) {
    forgetNames(run, reading, place);
    return;
  }
  const [first = 'REPLY'] = names;
  if (array) {
    setVariable(run, first, { kind: 'list', elements: wordsOf(line, separators, place), exported: false });
    return;
  }
  if (names.length < 2) {
    const trimmed = names.length === 0 || separators === '' ? line : trimmedPieces(line, separators);
    setScalar(run, first, trimmed);
    return;
  }
  const alternatives = alternativesOf(line);
  if (alternatives === null) {
    forgetNames(run, reading, place);
    return;
  }
  const parts = names.map((): Piece[] => []);
  for (const { text, pieces, when } of alternatives) {
    const cut = partsOf(text, separators, names.length);
    for (const [at, part] of cut.entries()) {
      const base = pieces[0] ?? piece('', place);
      const value = part ?? textOf([unknownPiece(names[at] ?? '', place)]);
      if (value !== '') parts[at]?.push({ ...base, text: value, exact: false, place: base.word, when });
    }
  }
  for (const [at, name] of names.entries()) setScalar(run, name, parts[at] ?? []);
}

function wordsOf(line: readonly Piece[], separators: string, place: Place): readonly Element[] {
  const text = textOf(line);
  const kept = [...separators].some((unit) => !isSpace(unit));
  // Between two separators that are no white space lies an empty word.
  if (kept && isResolved(text) && line.every(({ when }) => when.length === 0)) {
    const parts = cut(text, separators, Number.POSITIVE_INFINITY);
    if (parts.at(-1) === '') parts.pop();
    return parts.map((part) => {
      return { pieces: [piece(part, line[0]?.word ?? place)], when: [], many: false, key: null };
    });
  }
  const chunks = line.map((part) => ({
    kind: 'text' as const,
    piece: part,
    quoted: false,
    split: true,
    foreign: true,
    glob: false,
  }));
  return fieldsOf(chunks, { place, separators }).map(elementOf);
}

/** White space at both ends is no part of the value. */
function trimmedPieces(line: readonly Piece[], separators: string): readonly Piece[] {
  const spaces = whiteSpace(separators);
  const [first, ...others] = line;
  if (spaces === '' || first === undefined || line.some(({ when }) => when.length > 0)) return line;
  const start = first.text.length - first.text.replace(new RegExp(`^[${spaces}]{1,999}`), '').length;
  const begun = [sliced(first, start, first.text.length), ...others];
  const last = begun.at(-1) ?? first;
  const end = last.text.replace(new RegExp(`[${spaces}]{1,999}$`), '').length;
  return [...begun.slice(0, -1), sliced(last, 0, end)];
}

function whiteSpace(separators: string): string {
  return [...separators].filter(isSpace).join('');
}

/** The parts of a line, null for one that is not known: an unknown text may hold separators of its own. */
function partsOf(line: string, separators: string, count: number): (string | null)[] {
  const parts = cut(line, separators, count);
  const open = parts.length < count && !isResolved(line);
  return Array.from({ length: count }, (_, at) => (open ? null : (parts[at] ?? '')));
}

/** The texts between separators, the last of at most `count` with all that is left. */
function cut(line: string, separators: string, count: number): string[] {
  const spaces = whiteSpace(separators);
  const edges = spaces === '' ? null : new RegExp(`^[${spaces}]{1,999}|[${spaces}]{1,999}$`, 'g');
  const parts: string[] = [];
  let rest = edges === null ? line : line.replace(edges, '');
  for (let at = separatorIn(rest, separators); at !== -1 && parts.length < count - 1; ) {
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
    if (spaces !== '') rest = rest.replace(new RegExp(`^[${spaces}]{1,999}`), '');
    at = separatorIn(rest, separators);
  }
  return [...parts, rest];
}

/** The first separator outside the name of an unknown part. */
function separatorIn(text: string, separators: string): number {
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at] ?? '';
    if (unit === '\uFDD2') inside = true;
    else if (unit === '\uFDD3') inside = false;
    else if (!inside && separators.includes(unit)) return at;
  }
  return -1;
}

export function readArray(run: Run, rest: readonly Field[], call: Call): Status {
  const reading = readingOf(rest, 'mapfile');
  const name = reading.names.at(-1) ?? 'MAPFILE';
  const input = inputOf(run, call, reading);
  const lines = input === null ? null : linesOf(input, reading.delimiter, call.place);
  if (lines === null) {
    setUnknownArray(run, name, call.place);
    return null;
  }
  const end = reading.trimmed ? [] : [piece(reading.delimiter, call.place)];
  const elements = lines.map(elementOf).map((line) => ({ ...line, pieces: [...line.pieces, ...end] }));
  setVariable(run, name, { kind: 'list', elements, exported: false });
  return true;
}
