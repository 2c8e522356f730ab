/** Paths as `realpath`, `dirname` and their kin print them, for every value that a word can have. */
import { displayText, isResolved, unknownPart } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { conjunction } from './conjunctions.ts';
import { conditionalPieces, type Field } from './fields.ts';
import { type Run, variableOf } from './state.ts';
import { type Alternative, alternativesOf, type Piece, piece, textOf, withWhen } from './value.ts';

type Change = (text: string) => string | null;

/** What a path command prints, with the newline; null where an operand or an option leaves it open. */
export function pathOutput(
  run: Run,
  name: string,
  rest: readonly Field[],
  place: Place,
): readonly Piece[] | null {
  const options = rest.filter((field) => !field.quoted && textOf(field.pieces).startsWith('-'));
  const operands = rest.filter((field) => !options.includes(field));
  const [only, suffix] = operands;
  if (only === undefined || only.many || only.when.length > 0) return null;
  if (operands.length > (name === 'basename' ? 2 : 1)) return null;
  const paths = pathsOf(run, name, options, only, suffix, place);
  return paths === null ? null : [...paths, piece('\n', place)];
}

function pathsOf(
  run: Run,
  name: string,
  options: readonly Field[],
  operand: Field,
  suffix: Field | undefined,
  place: Place,
): readonly Piece[] | null {
  const pieces = conditionalPieces(operand);
  const change = (how: Change): readonly Piece[] | null =>
    mapAlternatives(alternativesOf(pieces), how, place);
  if (name === 'dirname') return change(directoryOf);
  if (name === 'basename') {
    const end = textOf(suffix?.pieces ?? []);
    return change((text) => baseOf(text, end) ?? unknownPart(`$(basename "${displayText(text)}")`));
  }
  const letters = options.map((field) => textOf(field.pieces));
  return resolves(name, letters) ? absolutePaths(run, pieces, place) : null;
}

/** `readlink` without `-f` prints where a link leads; `--relative-to` and the like print other paths. */
function resolves(name: string, options: readonly string[]): boolean {
  if (options.some((option) => /^--relative/.test(option))) return false;
  return name === 'realpath' || options.some((option) => /^-[a-z]*[fem]|^--canonicalize/.test(option));
}

function mapAlternatives(
  alternatives: readonly Alternative[] | null,
  change: Change,
  place: Place,
): readonly Piece[] | null {
  if (alternatives === null) return null;
  const found: Piece[] = [];
  for (const { text, pieces, when } of alternatives) {
    const result = change(text);
    const [first = piece('', place)] = pieces;
    if (result === null) return null;
    if (result === textOf(pieces)) found.push(...pieces.map((part) => withWhen(part, when)));
    else if (result !== '') found.push({ ...first, text: result, exact: false, place: first.word, when });
  }
  return found;
}

/**
 * Paths below the current directory, without `.` and `..`; null where that cannot be worked out. A part that is
 * not known stays where it stands.
 */
export function absolutePaths(run: Run, pieces: readonly Piece[], place: Place): readonly Piece[] | null {
  const alternatives = alternativesOf(pieces);
  if (alternatives === null) return null;
  const settled = alternatives.filter(({ text }) => !isRelative(text));
  const relative = alternatives.filter(({ text }) => isRelative(text));
  const below = relative.length === 0 ? [] : belowCurrent(run, relative, place);
  const known = settled.length === 0 ? [] : mapAlternatives(settled, normalised, place);
  return below === null || known === null ? null : [...known, ...below];
}

function belowCurrent(run: Run, relative: readonly Alternative[], place: Place): readonly Piece[] | null {
  const variable = variableOf(run, 'PWD', place);
  const current = variable.kind === 'scalar' ? alternativesOf(variable.pieces) : null;
  if (current === null || current.some(({ text }) => text === '' || isRelative(text))) return null;
  const joined = relative.flatMap(({ text, pieces, when }) =>
    current.flatMap((folder): Alternative[] => {
      const both = conjunction(folder.when, when);
      return both === null ? [] : [{ text: `${folder.text}/${text}`, pieces, when: both }];
    }),
  );
  return mapAlternatives(joined, normalised, place);
}

/** An unknown part at the beginning may be a whole path. */
function isRelative(text: string): boolean {
  return !/^[/\uFDD0-\uFDD2]/.test(text);
}

function normalised(text: string): string | null {
  const parts: string[] = [];
  for (const part of segmentsOf(text)) {
    if (part === '' || part === '.') continue;
    const last = parts.at(-1) ?? '';
    if (part !== '..') parts.push(part);
    else if (isRoot(last) || last === '..' || !isResolved(last)) parts.push('..');
    else parts.pop();
  }
  return (/^[\uFDD0-\uFDD2]/.test(parts[0] ?? '') ? '' : '/') + parts.join('/');
}

function isRoot(part: string): boolean {
  return /^[\uFDD0\uFDD1]$/.test(part);
}

/** The parts between slashes; the name of an unknown part is never cut. */
function segmentsOf(text: string): string[] {
  return text.match(/(?:\uFDD2[^\uFDD3]*\uFDD3|[^/])+/g) ?? [];
}

function directoryOf(text: string): string | null {
  const path = text.length > 1 ? text.replace(/\/{1,99}$/, '') : text;
  const parts = segmentsOf(path);
  const last = parts.at(-1);
  if (last === undefined) return text.startsWith('/') ? '/' : '.';
  // Above the home, the workspace or a place that is not known lies one without a name of its own.
  if (isRoot(last) || (!isResolved(last) && parts.length === 1)) return `${path}/..`;
  const rest = path.slice(0, path.length - last.length).replace(/\/{1,99}$/, '');
  if (!isResolved(last)) return isWhole(last) ? `${path}/..` : rest === '' ? null : rest;
  return rest === '' ? (path.startsWith('/') ? '/' : '.') : rest;
}

/** A part that is wholly unknown may hold slashes of its own. */
function isWhole(part: string): boolean {
  return /^\uFDD2[^\uFDD3]*\uFDD3$/.test(part);
}

function baseOf(text: string, suffix: string): string | null {
  const base = segmentsOf(text).at(-1) ?? '/';
  if (!isResolved(base) || isRoot(base) || !isResolved(suffix)) return null;
  return base !== suffix && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base;
}
