/** `source` and `.`: other files of the project are read; what others may set is taken into account. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { elementOf } from './assignment.ts';
import { conditionOf } from './choices.ts';
import { type Call, emit } from './command.ts';
import { conditionalPieces, type Field } from './fields.ts';
import { branch, goWays } from './joining.ts';
import { listed } from './listing.ts';
import { runMapped, runText } from './nested.ts';
import { ARGUMENTS } from './parameter.ts';
import type { Choice, Condition } from './reading.ts';
import { newId, type Run, report, type Status, setVariable } from './state.ts';
import { write } from './substitution.ts';
import { alternativesOf, type Element, type Piece, textOf, unknownPiece, type Variable } from './value.ts';
import { writtenScript } from './written.ts';

/** Files with a name of their own that a path may mean; more is a folder of many kinds of things. */
const MAX_CANDIDATES = 8;

export function sourceFile(run: Run, rest: readonly Field[], call: Call): Status {
  const [file, ...args] = rest;
  emit(run, call, false);
  if (file === undefined) return null;
  const alternatives = file.many ? null : alternativesOf(conditionalPieces(file));
  const given = args.length === 0 ? null : args.map(elementOf);
  const written = writtenScript(run, file, 'read', call.place);
  if (written !== null) return runText(run, written, call.place, given, false);
  const read = (path: string) => (): Status => readFile(run, path, file.place, given);
  if (alternatives === null) return unread(run, textOf(file.pieces), file.place);
  const [only, ...others] = alternatives;
  if (only === undefined || others.length === 0) {
    const written = writtenFor(run, file, only?.text ?? '', call.place);
    return written === null ? read(only?.text ?? '')() : runText(run, written, call.place, given, false);
  }
  const conditions = alternatives.map(({ when }) => when[0]);
  const single = alternatives.every(({ when }) => when.length === 1);
  if (!single || conditions.includes(undefined)) return unread(run, textOf(file.pieces), file.place);
  return goWays(
    run,
    conditions.flatMap((condition) => condition ?? []),
    alternatives.map(({ text }) => read(text)),
  );
}

/** What the script itself wrote to the file before, where the project has none of that name. */
function writtenFor(run: Run, file: Field, path: string, place: Place): readonly Piece[] | null {
  const known = isResolved(path) ? (run.options.files?.(path) ?? null) : null;
  return known === null ? writtenScript(run, file, 'read', place) : null;
}

function readFile(run: Run, path: string, place: Place, args: readonly Element[] | null): Status {
  const text = isResolved(path) ? (run.options.files?.(path) ?? null) : null;
  if (text !== null) return runMapped(run, text, place, args, false);
  const candidates = candidatesOf(run, path);
  if (candidates.length === 0 || candidates.length > MAX_CANDIDATES) return unread(run, path, place);
  const label = (one: string): Condition['text'] => `${displayText(path)} is ${displayText(one)}`;
  const labels = candidates.map((one) => ({ text: label(one), place, negated: false }));
  const other = { text: candidates.map(label).join(' or '), place, negated: true };
  const bodies = candidates.map((one) => (): Status => readFile(run, one, place, args));
  return branch(run, 'case', [...labels, other], [...bodies, () => unread(run, path, place)]);
}

/** Files that a path may mean of which some part is not known, in a folder that is. */
function candidatesOf(run: Run, path: string): readonly string[] {
  if (isResolved(path) || !/^[^\uFDD2]+\//.test(path)) return [];
  return listed(run, path.replace(/\uFDD2[^\uFDD3]*\uFDD3/g, '*')) ?? [];
}

/** They print and colour what is said. */
const MESSAGES =
  /(?:^|[/._-])(?:colou?rs?|ansi|log(?:s|ger|ging)?|messages?|print(?:ing)?|spinner)\.(?:ba|z)?sh$/;
/** Start-up files and what they bring: they set the prompt, the path, functions of their own; os-release(5). */
const ORDINARY =
  /(?:^|\/)(?:os-release|lsb-release|profile|(?:\.?bash|\.?zsh)(?:rc|_profile|_aliases|_completion|env)?|\.profile|\.zprofile|bash\.bashrc|nvm\.sh|activate|conda\.sh|asdf\.sh|sdkman-init\.sh|rvm|git-(?:completion|prompt)\.\w+|\.fzf\.\w+|\.cargo\/env|\.ghcup\/env)$|completion/;

/**
 * A file that is not read may set anything. Values that the script writes down count as what the author means, as
 * a default does; lists of options are there to be added to, and so is a text that is empty or made of options.
 */
function unread(run: Run, path: string, place: Place): Status {
  const shown = displayText(path);
  report(run, 'unknown', `the sourced file ${shown} could not be read`, place);
  write(run, [{ ...unknownPiece(`$(. ${shown})`, place), many: true }]);
  if (ORDINARY.test(path) || MESSAGES.test(path)) return null;
  const label = { text: `${shown} adds options`, place };
  const arms = [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
  const choice: Choice = { id: newId(run), kind: 'event', arms, leaving: new Set() };
  const when = [conditionOf(choice, [0])];
  for (const [name, variable] of [...run.state.variables]) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name === ARGUMENTS) continue;
    const more = lengthened(variable, name, when, place);
    if (more !== null) setVariable(run, name, more);
  }
  return null;
}

function lengthened(
  variable: Variable,
  name: string,
  when: readonly Condition[],
  place: Place,
): Variable | null {
  if (variable.kind === 'list') {
    const last = variable.elements.at(-1);
    if (last?.many === true && last.when.some(({ choice }) => choice.kind === 'event')) return null;
    const more: Element = { pieces: [unknownPiece(name, place)], when, many: true, key: null };
    return { ...variable, elements: [...variable.elements, more] };
  }
  if (variable.kind !== 'scalar' || !isOptions(variable)) return null;
  const unknown = unknownPiece(name, place);
  const space = textOf(variable.pieces) === '' ? '' : ' ';
  return { ...variable, pieces: [...variable.pieces, { ...unknown, text: space + unknown.text, when }] };
}

function isOptions({ pieces }: Extract<Variable, { kind: 'scalar' }>): boolean {
  const text = textOf(pieces);
  return text === '' || (/^-/.test(text) && pieces.every((part) => part.when.length === 0));
}
