/** The lines of a text that a command reads, each a field of its own. */
import { soleUnknown } from '../../model/symbolic.ts';
import { type Place, placeAt } from '../../source/source.ts';
import { conditionalPieces, type Field, fieldsOf } from './fields.ts';
import { type Piece, textOf } from './value.ts';

/** More is a file, and no list of arguments. */
const MAX_LINES = 512;

/**
 * The texts between delimiters; the last one counts also without. Null where there are too many. Lines that are
 * there on some ways only are told apart at the newline, and none of them is empty.
 * @param delimiter one character
 */
export function linesOf(pieces: readonly Piece[], delimiter: string, place: Place): readonly Field[] | null {
  if (pieces.length > MAX_LINES * 2) return null;
  const conditional = pieces.some(({ when }) => when.length > 0);
  const lines = conditional
    ? conditionalLines(pieces, delimiter, place)
    : plainLines(pieces, delimiter, place);
  return lines.length > MAX_LINES ? null : lines.map(uncertain);
}

/** What a command prints may be any number of lines; the value of a variable is taken for one. */
function uncertain(line: Field): Field {
  const output = soleUnknown(textOf(line.pieces))?.startsWith('$(') === true;
  const several = output || conditionalPieces(line).some(({ many }) => many === true);
  return several === line.many ? line : { ...line, many: several };
}

function conditionalLines(pieces: readonly Piece[], delimiter: string, place: Place): Field[] {
  const chunks = pieces.map((part) => ({
    kind: 'text' as const,
    piece: delimiter === '\n' ? part : { ...part, text: part.text.replaceAll(delimiter, '\n') },
    quoted: false,
    split: true,
    foreign: true,
    glob: false,
  }));
  return fieldsOf(chunks, { place, separators: '\n' });
}

function plainLines(pieces: readonly Piece[], delimiter: string, place: Place): Field[] {
  const lines: Piece[][] = [];
  let line: Piece[] = [];
  for (const part of pieces) {
    let from = 0;
    for (let at = part.text.indexOf(delimiter); at !== -1; at = part.text.indexOf(delimiter, from)) {
      lines.push([...line, sliced(part, from, at)]);
      line = [];
      from = at + 1;
    }
    if (from < part.text.length) line.push(sliced(part, from, part.text.length));
  }
  if (line.length > 0) lines.push(line);
  return lines.map((own) => lineField(own, place));
}

/** A part of a piece, which stays where it is written. */
export function sliced(part: Piece, from: number, to: number): Piece {
  if (from === 0 && to === part.text.length) return part;
  const text = part.text.slice(from, to);
  if (!part.exact) return { ...part, text };
  const { start } = part.place.span;
  const own = placeAt(part.place.source, start + from, start + to);
  return { ...part, text, place: own };
}

/** A line that is written as it is, is a word of its own. */
function ownWord(part: Piece): Piece {
  return part.exact ? { ...part, word: part.place } : part;
}

function lineField(pieces: readonly Piece[], place: Place): Field {
  const written = pieces.filter(({ text }) => text !== '').map(ownWord);
  const [first] = written;
  const whole = first !== undefined && written.every(({ word }) => word === first.word);
  return {
    pieces: written,
    alternatives: null,
    when: [],
    quoted: true,
    many: false,
    place: whole ? first.word : place,
    via: whole ? first.via : [],
  };
}
