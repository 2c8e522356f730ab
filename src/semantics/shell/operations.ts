/** What `#`, `%`, `/`, `:` and `^` in `${NAME…}` do to a value. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { ParameterOperation, Word } from '../../syntax/shell.ts';
import { parseInteger } from './arithmetic.ts';
import { chunksOf, expandText, numbersOf } from './expansion.ts';
import { literalPattern, type Pattern, parsePattern, removeMatch, replaceMatch } from './pattern.ts';
import { placeOf, type Run } from './state.ts';
import { alternativesOf, type Piece, piece, textOf, withWhen } from './value.ts';

type Change = (text: string) => string | null;

/** Applies a change to every value; null as soon as one cannot be worked out. */
export function transform(pieces: readonly Piece[], change: Change): readonly Piece[] | null {
  const alternatives = alternativesOf(pieces);
  if (alternatives === null) return null;
  const changed: Piece[] = [];
  for (const { text, pieces: parts, when } of alternatives) {
    const result = isResolved(text) ? change(text) : null;
    const first = parts[0];
    if (result === null) return null;
    if (result === '' || first === undefined) continue;
    if (result === text) changed.push(...parts.map((item) => withWhen(item, when)));
    else changed.push({ ...first, text: result, exact: false, place: first.word, when });
  }
  return changed;
}

export function transformer(run: Run, operation: ParameterOperation): Change | null {
  switch (operation.type) {
    case 'Remove': {
      const pattern = patternOf(run, operation.operand);
      return pattern === null ? null : (text) => removeMatch(text, pattern, operation.operator);
    }
    case 'Replace': {
      const pattern = patternOf(run, operation.pattern);
      const replacement = expandText(run, operation.replacement);
      if (pattern === null || replacement === null) return null;
      return (text) => replaceMatch(text, pattern, replacement, operation.operator);
    }
    case 'Slice': {
      const offset = sliceNumber(run, operation.offset);
      const length = operation.length === undefined ? undefined : sliceNumber(run, operation.length);
      if (offset === null || length === null) return null;
      return (text) => (/[\uFDD0\uFDD1]/.test(text) ? null : sliced([...text], offset, length).join(''));
    }
    case 'CaseModification': {
      if (operation.operand !== undefined) return null;
      return (text) => changeCase(text, operation.operator);
    }
    default:
      return null;
  }
}

/** `${X@Q}`: the value as a shell would have to write it. */
export function isQuoting(operation: ParameterOperation): boolean {
  return operation.type === 'Transform' && operation.operand.text === 'Q';
}

export function quotedPieces(pieces: readonly Piece[], place: Place): readonly Piece[] {
  const written = pieces.filter(({ text }) => text !== '');
  const [first] = written;
  if (first === undefined) return [piece("''", place)];
  if (written.some(({ when }) => when.length > 0))
    return written.map((part) => ({ ...part, text: inQuotes(part.text), exact: false }));
  return [{ ...first, text: inQuotes(textOf(written)), exact: false }];
}

/** In single quotes; a part that is not known in double ones, where it stays one word. */
function inQuotes(text: string): string {
  const parts = text.match(/\uFDD2[^\uFDD3]*\uFDD3|[^\uFDD2]+/g) ?? [];
  return parts
    .map((part) => (part.startsWith('\uFDD2') ? `"${part}"` : `'${part.replaceAll("'", "'\\''")}'`))
    .join('');
}

function changeCase(text: string, operator: '^' | '^^' | ',' | ',,'): string {
  const upper = operator.startsWith('^');
  const change = (part: string): string => (upper ? part.toUpperCase() : part.toLowerCase());
  return operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
}

export function sliceNumber(run: Run, word: Word): number | null {
  const text = expandText(run, word)?.trim() ?? null;
  if (text === null || !isResolved(text)) return null;
  return /^[A-Za-z_]\w*$/.test(text)
    ? numbersOf(run, placeOf(run, word)).read(text)
    : parseInteger(text.replace(/^\((.*)\)$/, '$1'));
}

export function sliced<T>(items: readonly T[], offset: number, length: number | undefined): readonly T[] {
  const start = offset < 0 ? items.length + offset : offset;
  if (start < 0 || start > items.length) return [];
  const end = length === undefined ? items.length : length < 0 ? items.length + length : start + length;
  return items.slice(start, Math.max(start, end));
}

/** A pattern word: quoted text stands for itself, unquoted `*`, `?` and `[…]` match. */
export function patternOf(run: Run, word: Word): Pattern {
  const home = placeOf(run, word);
  const units: Exclude<Pattern, null>[number][] = [];
  if (word.parts?.some((part) => part.type === 'ExtendedGlob')) return null;
  for (const chunk of chunksOf(run, word, { quoted: false, assignment: false, heredoc: false, home })) {
    if (chunk.kind === 'element' || chunk.piece.when.length > 0 || !isResolved(chunk.piece.text)) return null;
    if (chunk.quoted) {
      units.push(...literalPattern(chunk.piece.text));
      continue;
    }
    const parsed = parsePattern(chunk.piece.text);
    if (parsed === null) return null;
    units.push(...parsed);
  }
  return units;
}
