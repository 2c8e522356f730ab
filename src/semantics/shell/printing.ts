/** What `echo` and `printf` print. */
import type { Place } from '../../source/source.ts';
import { conditionalPieces, type Field, fieldText } from './fields.ts';
import { alternativesOf, type Piece, piece, textOf, withWhen } from './value.ts';

export function echoed(fields: readonly Field[], place: Place): readonly Piece[] {
  let rest = fields;
  let newline = true;
  let escapes = false;
  while (/^-[neE]{1,3}$/.test(textOf(rest[0]?.pieces ?? []))) {
    const option = textOf(rest[0]?.pieces ?? []);
    if (option.includes('n')) newline = false;
    escapes = option.includes('e');
    rest = rest.slice(1);
  }
  const pieces = joined(rest, place);
  const text = escapes ? pieces.map((part) => rewritten(part, unescaped(part.text))) : pieces;
  return newline ? [...text, piece('\n', place)] : text;
}

function joined(fields: readonly Field[], place: Place): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [index, field] of fields.entries()) {
    if (index > 0) pieces.push({ ...piece(' ', place), when: field.when });
    pieces.push(...conditionalPieces(field).map((part) => withWhen(part, field.when)));
  }
  return pieces;
}

function rewritten(part: Piece, text: string): Piece {
  return text === part.text ? part : { ...part, text, exact: false };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  '0': '\0',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Escapes of echo -e and of a format, as far as they have no digits. */
function unescaped(text: string): string {
  return text.replace(/\\([ntra\\"']|0(?![0-7]))/g, (whole, unit: string) => ESCAPES[unit] ?? whole);
}

/** One argument of a format: the text in front of it, and how it is written. */
interface Slot {
  readonly before: string;
  readonly quotes: boolean;
}

/** A format of `%s`, `%q` and plain text; null for any other. */
function slotsOf(format: string): { slots: readonly Slot[]; end: string } | null {
  const slots: Slot[] = [];
  let before = '';
  for (const part of format.match(/%.?|[^%]+/gs) ?? []) {
    if (part === '%%') before += '%';
    else if (part === '%s' || part === '%q') {
      slots.push({ before, quotes: part === '%q' });
      before = '';
    } else if (part.startsWith('%')) return null;
    else before += unescaped(part);
  }
  return /\\/.test(format.replace(/\\([ntra\\"']|0(?![0-7]))/g, '')) ? null : { slots, end: before };
}

/** The format is used again until all arguments are printed. */
export function printed(fields: readonly Field[], place: Place): readonly Piece[] | null {
  const [format, ...rest] =
    fields[0] !== undefined && textOf(fields[0].pieces) === '--' ? fields.slice(1) : fields;
  const text = format === undefined ? null : fieldText(format);
  const read = text === null ? null : slotsOf(text);
  if (read === null) return null;
  const { slots, end } = read;
  const fixed = (literal: string): Piece[] => (literal === '' ? [] : [piece(literal, place)]);
  const [first] = slots;
  if (first === undefined) return fixed(end);
  if (slots.length === 1 && rest.length > 0) {
    return rest.flatMap((field) =>
      [...fixed(first.before), ...argument(field, first, place), ...fixed(end)].map((part) =>
        withWhen(part, field.when),
      ),
    );
  }
  if (rest.some((field) => field.when.length > 0 || field.many)) return null;
  const rounds = Math.max(1, Math.ceil(rest.length / slots.length));
  return Array.from({ length: rounds }, (_, round) => [
    ...slots.flatMap((slot, at) => {
      const field = rest[round * slots.length + at];
      return [...fixed(slot.before), ...(field === undefined ? [] : argument(field, slot, place))];
    }),
    ...fixed(end),
  ]).flat();
}

function argument(field: Field, slot: Slot, place: Place): readonly Piece[] {
  const pieces = conditionalPieces(field);
  // Of words whose number is not known each is quoted by itself, and so no text stands for them.
  if (field.many) return pieces.map((part) => ({ ...part, many: true as const }));
  if (!slot.quotes) return pieces;
  const alternatives = alternativesOf(pieces) ?? [];
  if (alternatives.length === 0) return pieces.map((part) => rewritten(part, quoted(part.text)));
  return alternatives.flatMap((one) =>
    one.text === ''
      ? [withWhen(piece("''", place), one.when)]
      : one.pieces.map((part) => withWhen(rewritten(part, quoted(part.text)), one.when)),
  );
}

/** A text so that a shell reads it as one word; the parts that are not known are in quotes. */
function quoted(text: string): string {
  return text.replace(/\uFDD2[^\uFDD3]*\uFDD3|[^\w@%+=:,./\-\u0080-\uFFFF]/g, (unit) => {
    if (unit.length > 1) return `"${unit}"`;
    return unit === '\n' ? "$'\\n'" : `\\${unit}`;
  });
}
