/** xargs(1): the words that it puts behind its command, or in the place of a mark. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { type Field, fieldText } from './fields.ts';
import { slicePiece } from './splitting.ts';
import { type Piece, piece, soleText, textOf, unknownPiece } from './value.ts';

/** Command lines that are followed one by one. */
const MAX_LINES = 32;

/** The command lines that xargs makes of its own words and the input, as far as that is known. */
export function xargsCommands(
  wrapper: readonly Field[],
  rest: readonly Field[],
  input: readonly Piece[] | null,
  place: Place,
): readonly (readonly Field[])[] {
  const options = wrapper.slice(1).map((field) => fieldText(field) ?? '');
  const mark = markOf(options);
  const known = input === null || options.some(changesInput) ? null : soleText(input);
  const text = known !== null && isResolved(known) && !/["'\\]/.test(known) ? known : null;
  if (mark !== null) {
    const lines = text?.split('\n').flatMap((line) => line.trim() || []) ?? null;
    const each = lines === null || lines.length > MAX_LINES ? [null] : lines;
    return each.map((line) => rest.map((field) => replaced(field, mark, line, place)));
  }
  const words = text?.split(/[ \t\n]+/).filter((word) => word !== '') ?? null;
  const single = options.some((option, at) => /^-[nL]1$/.test(option) || isOne(option, options[at + 1]));
  const several = !single && options.some((option) => /^-[nLlsP]|^--max/.test(option));
  if (words === null || several || words.length > MAX_LINES) return [[...rest, unknownWords(place)]];
  if (single) return words.map((word) => [...rest, wordOf(word, place)]);
  return [[...rest, ...words.map((word) => wordOf(word, place))]];
}

function isOne(option: string, value: string | undefined): boolean {
  return /^-[nL]$|^--max-(?:args|lines)$/.test(option) && value === '1';
}

/** Other separators, or another file than the input. */
function changesInput(option: string): boolean {
  return /^-[0adE]|^--(?:null|arg-file|delimiter|eof)/.test(option);
}

function markOf(options: readonly string[]): string | null {
  for (const [at, option] of options.entries()) {
    if (option === '-I' || option === '-J') return options[at + 1] ?? '{}';
    const joined = /^-[Ii](.+)$|^--replace=(.+)$/.exec(option);
    if (joined !== null) return joined[1] ?? joined[2] ?? '{}';
    if (option === '-i' || option === '--replace') return '{}';
  }
  return null;
}

function replaced(field: Field, mark: string, line: string | null, place: Place): Field {
  if (field.alternatives !== null || !textOf(field.pieces).includes(mark)) return field;
  const value = line === null ? unknownPiece(mark, place) : piece(line, field.place);
  return { ...field, pieces: field.pieces.flatMap((part) => filled(part, mark, value)) };
}

function filled(part: Piece, mark: string, value: Piece): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (let at = part.text.indexOf(mark); at !== -1; at = part.text.indexOf(mark, from)) {
    if (at > from) found.push(slicePiece(part, from, at));
    found.push(value);
    from = at + mark.length;
  }
  if (from < part.text.length) found.push(slicePiece(part, from, part.text.length));
  return found;
}

function wordOf(text: string, place: Place): Field {
  const base = { alternatives: null, when: [], quoted: true, many: false, place, via: [] };
  return { ...base, pieces: [piece(text, place)] };
}

function unknownWords(place: Place): Field {
  const base = { alternatives: null, when: [], quoted: false, many: true, place, via: [] };
  return { ...base, pieces: [unknownPiece('xargs', place)] };
}
