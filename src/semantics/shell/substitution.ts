/** `$(…)`, `<(…)` and subshells: what runs inside, and what its output is where the text tells. */
import { isResolved, soleUnknown, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import {
  type CommandExpansionPart,
  type ProcessSubstitutionPart,
  type Script,
  type ShellScript,
  scriptPlace,
} from '../../syntax/shell.ts';
import { withScript } from './expansion.ts';
import { conditionalPieces, type Field, fieldText } from './fields.ts';
import { joinStates } from './joining.ts';
import {
  fork,
  newId,
  OUTPUT,
  placeOf,
  type Run,
  report,
  type Status,
  sourceOf,
  variableOf,
} from './state.ts';
import { type Piece, piece, soleText, textOf, unknownPiece, withWhen } from './value.ts';

/** Scripts inside scripts that are followed; the parser package would read any number, slowly. */
export const MAX_NESTING = 16;

/** Runs something whose assignments are lost; `exit` in it ends only itself. */
export function inSubshell(
  run: Run,
  body: () => Status,
  capture = false,
): { status: Status; output: readonly Piece[] } {
  const before = run.state;
  const exits: Run['state'][] = [];
  run.state = fork(run, before);
  if (capture) run.state.variables.set(OUTPUT, { kind: 'scalar', pieces: [], exported: false });
  run.subshells.push(exits);
  const loops = run.loops.splice(0);
  const calls = run.calls.splice(0);
  const status = body();
  run.loops.push(...loops);
  run.calls.push(...calls);
  run.subshells.pop();
  const after = joinStates(run, [...exits, run.state]);
  run.state = before;
  const output = after.variables.get(OUTPUT);
  if (!capture && output !== undefined) before.variables.set(OUTPUT, output);
  return { status, output: output?.kind === 'scalar' ? output.pieces : [] };
}

/** Adds to the output that a command substitution or a pipe collects, if one does. */
export function write(run: Run, pieces: readonly Piece[]): void {
  const output = run.state.variables.get(OUTPUT);
  if (output?.kind !== 'scalar') return;
  const all = [...output.pieces, ...pieces.filter((part) => part.text !== '')];
  // Beyond this nobody reads a command's output as an argument.
  if (all.length <= 1000) run.state.variables.set(OUTPUT, { ...output, pieces: all });
}

export function substituteCommand(run: Run, part: CommandExpansionPart, home: Place): readonly Piece[] {
  const place = placeOf(run, part);
  const unknown = (): Piece[] => [{ ...unknownPiece(sourceOf(run, part), place), word: home }];
  const script = part.script;
  if (script === undefined || !enter(run, place)) return unknown();
  const { pipe, input } = run;
  run.pipe = null;
  run.input = null;
  const { output } = inSubshell(run, () => runNested(run, script, place), true);
  Object.assign(run, { pipe, input });
  run.nesting -= 1;
  const pieces = withoutFinalNewlines(output);
  if (soleUnknown(textOf(pieces)) !== null) return unknown();
  // What an echo prints is written there; whatever else came out of the commands belongs to this word.
  return pieces.map((found) =>
    isResolved(found.text) && found.exact ? found : { ...found, place, word: home, exact: false },
  );
}

function enter(run: Run, place: Place): boolean {
  if (run.nesting >= MAX_NESTING) {
    report(run, 'limit', `scripts are nested more than ${MAX_NESTING} deep`, place);
    return false;
  }
  run.nesting += 1;
  return true;
}

/** Runs a script node; one in backquotes with escapes has a text of its own, without exact positions. */
function runNested(run: Run, node: Script, place: Place): Status {
  if (node.source === undefined) return run.runStatements(run, node.commands);
  const text = node.source;
  const { start, end } = place.span;
  const mapped = { source: place.source, text, segments: [{ at: 0, offset: start, end }], end };
  const script: ShellScript = { mapped, text, statements: node.commands, problems: [] };
  return withScript(run, script, () => run.runStatements(run, node.commands));
}

function withoutFinalNewlines(pieces: readonly Piece[]): readonly Piece[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at -= 1) {
    const part = kept[at];
    if (part === undefined) break;
    const text = part.text.replace(/\n{1,1000}$/, '');
    kept[at] = text === part.text ? part : { ...part, text, exact: false };
    const previous = kept[at - 1];
    const exclusive = part.when.some((condition) =>
      previous?.when.some(
        (other) =>
          other.choice === condition.choice && !other.arms.some((arm) => condition.arms.includes(arm)),
      ),
    );
    if (text !== '' && !exclusive) break;
  }
  return kept.filter((part) => part.text !== '');
}

/** The commands of `<(…)` run beside the one that reads them. */
export function processSubstitution(
  run: Run,
  part: ProcessSubstitutionPart,
  home: Place,
  id = newId(run),
): Piece {
  const place = placeOf(run, part);
  const script = part.script;
  if (script !== undefined && enter(run, place)) {
    const { pipe, input } = run;
    run.pipe = { id, stage: part.operator === '<' ? 0 : 1, stages: 2 };
    run.input = null;
    inSubshell(run, () => runNested(run, script, place), true);
    Object.assign(run, { pipe, input });
    run.nesting -= 1;
  }
  return { ...unknownPiece(sourceOf(run, part), place), word: home };
}

/**
 * What well-known commands print: the symbolic folders that scripts build their paths from.
 *
 * | command | prints |
 * |---|---|
 * | `pwd` | the current directory, at first the workspace |
 * | `git rev-parse --show-toplevel` | the workspace |
 * | `dirname P`, `basename P` | by text |
 * | `realpath P`, `readlink -f P` | P below the current directory; symlinks are not known |
 * | `echo`, `printf` with `%s` | their arguments |
 * | `cat` of a here-document | its body |
 */
export function knownOutput(run: Run, fields: readonly Field[], place: Place): readonly Piece[] | null {
  const name = fields[0] === undefined ? null : fieldText(fields[0]);
  const rest = fields.slice(1);
  switch (name) {
    case 'echo':
      return echoed(rest, place);
    case 'printf':
      return printed(rest, place);
    case 'pwd':
      return workingDirectory(run, place);
    case 'git':
      return rest.map(fieldText).join(' ') === 'rev-parse --show-toplevel'
        ? [piece(`${WORKSPACE_SYMBOL}\n`, place)]
        : null;
    case 'dirname':
    case 'basename':
    case 'realpath':
    case 'readlink':
    case 'greadlink':
      return pathOutput(run, name, rest, place);
    default:
      return null;
  }
}

function workingDirectory(run: Run, place: Place): readonly Piece[] {
  const variable = variableOf(run, 'PWD', place);
  return variable.kind === 'scalar' ? [...variable.pieces, piece('\n', place)] : [piece('\n', place)];
}

function pathOutput(run: Run, name: string, rest: readonly Field[], place: Place): readonly Piece[] | null {
  const operands = rest.filter((field) => !textOf(field.pieces).startsWith('-') || field.quoted);
  const [only] = operands;
  const path = only === undefined || operands.length !== 1 ? null : fieldText(only);
  if (path === null || !isResolved(path) || only?.when.length !== 0) return null;
  if (name === 'dirname') return [piece(`${directoryOf(path)}\n`, place)];
  if (name === 'basename') {
    const base = path.replace(/\/{1,99}$/, '').replace(/^.*\//s, '');
    return base === '' || /[\uFDD0\uFDD1]/.test(base) ? null : [piece(`${base}\n`, place)];
  }
  if (name === 'readlink' && !rest.some((field) => /^-[a-z]*[fem]/.test(textOf(field.pieces)))) return null;
  const resolved = absolutePath(run, path, place);
  return resolved === null ? null : [piece(`${resolved}\n`, place)];
}

function directoryOf(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/{1,99}$/, '') : path;
  const slash = trimmed.lastIndexOf('/');
  // Above the home or the workspace lies a place without a name of its own.
  if (/^[\uFDD0\uFDD1]$/.test(trimmed)) return `${trimmed}/..`;
  if (slash === -1) return '.';
  return slash === 0 ? '/' : trimmed.slice(0, slash);
}

/** `path` below the current directory, without `.` and `..`; null where that cannot be worked out. */
export function absolutePath(run: Run, path: string, place: Place): string | null {
  const variable = variableOf(run, 'PWD', place);
  const current = variable.kind === 'scalar' ? soleText(variable.pieces) : null;
  const absolute = /^[/\uFDD0\uFDD1]/.test(path);
  if (!isResolved(path) || (!absolute && (current === null || !isResolved(current)))) return null;
  const parts: string[] = [];
  for (const part of (absolute ? path : `${current}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else {
      if (/^[\uFDD0\uFDD1]$/.test(parts.at(-1) ?? '') || parts.at(-1) === '..') parts.push('..');
      else parts.pop();
    }
  }
  const rooted = /^[\uFDD0\uFDD1]/.test(parts[0] ?? '');
  return (rooted ? '' : '/') + parts.join('/');
}

function joined(fields: readonly Field[], place: Place): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [index, field] of fields.entries()) {
    if (index > 0) pieces.push({ ...piece(' ', place), when: field.when });
    pieces.push(...conditionalPieces(field).map((part) => withWhen(part, field.when)));
  }
  return pieces;
}

function echoed(fields: readonly Field[], place: Place): readonly Piece[] {
  let rest = fields;
  let newline = true;
  while (/^-[neE]{1,3}$/.test(textOf(rest[0]?.pieces ?? []))) {
    const option = textOf(rest[0]?.pieces ?? []);
    if (option.includes('n')) newline = false;
    rest = rest.slice(1);
  }
  const pieces = joined(rest, place);
  return newline ? [...pieces, piece('\n', place)] : pieces;
}

/** `printf` whose format holds nothing but `%s` and plain text. */
function printed(fields: readonly Field[], place: Place): readonly Piece[] | null {
  const [format, ...rest] =
    fields[0] !== undefined && textOf(fields[0].pieces) === '--' ? fields.slice(1) : fields;
  const text = format === undefined ? null : fieldText(format);
  if (text === null || rest.some((field) => field.when.length > 0 || field.many)) return null;
  const parts = text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/%q/g, '%s').split('%s');
  if (parts.some((part) => /[%\\]/.test(part))) return null;
  if (parts.length === 1) return [piece(text.replace(/\\n/g, '\n'), place)];
  const slots = parts.length - 1;
  const rounds = Math.max(1, Math.ceil(rest.length / slots));
  const pieces: Piece[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, part] of parts.entries()) {
      if (part !== '') pieces.push(piece(part, place));
      const argument = rest[round * slots + index];
      if (index < slots && argument !== undefined) pieces.push(...conditionalPieces(argument));
    }
  }
  return pieces;
}

/** The place of the whole text of a script. */
export function wholePlace(script: ShellScript): Place {
  return scriptPlace(script, 0, script.text.length);
}
