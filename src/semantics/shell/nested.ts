/** Text that is run as a script: `eval`, `sh -c`, what is piped into a shell, aliases, sourced files. */
import type { MappedText } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import { parseShell } from '../../syntax/shell.ts';
import { elementOf } from './assignment.ts';
import { withArguments } from './call.ts';
import { type Call, restore } from './command.ts';
import { expandFields, mappedOfPieces, withScript } from './expansion.ts';
import { conditionalPieces, type Field, fieldText } from './fields.ts';
import { joinStates } from './joining.ts';
import { ARGUMENTS } from './parameter.ts';
import { fork, OUTPUT, type Run, report, type Status, setVariable } from './state.ts';
import { inSubshell, MAX_NESTING } from './substitution.ts';
import { alternativesOf, type Element, type Piece, piece, textOf } from './value.ts';

export interface CommandString {
  readonly pieces: readonly Piece[];
  /** `$0` of the script. */
  readonly name: readonly Piece[];
  /** Positional parameters of the script; null leaves those of the caller. */
  readonly arguments: readonly Element[] | null;
  /** Runs in a process of its own: sees exported variables only. */
  readonly own: boolean;
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'mksh', 'busybox']);

/** The script that a command hands to a shell as text, if it does. */
export function commandString(run: Run, call: Call): CommandString | null {
  const name = baseName(call.fields[0]);
  const rest = call.fields.slice(1);
  if (name === null) return null;
  if (name === 'busybox' && baseName(rest[0]) !== 'sh') return null;
  if (SHELLS.has(name)) return shellScript(run, call, name === 'busybox' ? rest.slice(1) : rest);
  if (name === 'tmux') return tmuxCommand(rest, call.place);
  if (name === 'watch') return ownScript(joinFields(rest.slice(firstOperand(rest, 'nq')), call.place));
  if (name === 'nix-shell') return optionValue(rest, ['--run', '--command']);
  if (name === 'script' || name === 'runuser' || name === 'su' || name === 'sg') {
    return optionValue(rest, ['--command', '-c', '--session-command']);
  }
  return null;
}

function ownScript(pieces: readonly Piece[]): CommandString | null {
  return pieces.length === 0 ? null : { pieces, name: [], arguments: [], own: true };
}

function baseName(field: Field | undefined): string | null {
  if (field === undefined) return null;
  return fieldText(field)?.replace(/^.*\//s, '') ?? null;
}

/** `-c` may stand in a cluster (`-lc`, `-euxc`); `-o` and `-O` take a value. */
function shellScript(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  let at = 0;
  let asked = false;
  for (; at < rest.length; at += 1) {
    const text = fieldText(rest[at] ?? emptyField(call.place)) ?? '';
    if (!/^[-+]./.test(text)) break;
    if (/^-[a-zA-Z]*c/.test(text)) asked = true;
    if (/^[-+][a-zA-Z]*[oO]$/.test(text) || text === '--rcfile' || text === '--init-file') at += 1;
    if (text === '-s') return inputScript(run, call, rest.slice(at + 1));
  }
  const script = rest[at];
  if (!asked) return script === undefined ? inputScript(run, call, []) : null;
  if (script === undefined) return null;
  // The first operand behind the text is $0.
  const name = conditionalPieces(rest[at + 1] ?? call.fields[0] ?? script);
  return { pieces: conditionalPieces(script), name, arguments: rest.slice(at + 2).map(elementOf), own: true };
}

function emptyField(place: Place): Field {
  return { pieces: [], alternatives: null, when: [], quoted: true, many: false, place, via: [] };
}

function inputScript(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const input = call.redirections.input ?? run.input;
  if (input === null || input.length === 0) return null;
  const operands = rest[0] !== undefined && fieldText(rest[0]) === '--' ? rest.slice(1) : rest;
  return { pieces: input, name: call.fields[0]?.pieces ?? [], arguments: operands.map(elementOf), own: true };
}

/** The value of an option, in the next word or (`-qec`) at the end of a cluster. */
function optionValue(rest: readonly Field[], names: readonly string[]): CommandString | null {
  const at = rest.findIndex((field) => {
    const text = fieldText(field) ?? '';
    return names.includes(text) || (names.includes('-c') && /^-[a-zA-Z]{0,8}c$/.test(text));
  });
  const value = at === -1 ? undefined : rest[at + 1];
  return value === undefined ? null : ownScript(conditionalPieces(value));
}

function firstOperand(rest: readonly Field[], valued: string): number {
  let at = 0;
  while (at < rest.length) {
    const text = textOf(rest[at]?.pieces ?? []);
    if (!text.startsWith('-')) break;
    at += valued.includes(text.slice(-1)) && text.length === 2 ? 2 : 1;
  }
  return at;
}

/** tmux(1): one word is a shell command, several are an argument list; keys are typed into a shell. */
function tmuxCommand(rest: readonly Field[], place: Place): CommandString | null {
  const from = firstOperand(rest, 'LSfcT');
  const verb = fieldText(rest[from] ?? emptyField(place)) ?? '';
  const own = rest.slice(from + 1);
  if (/^(?:new|new-session|neww|new-window|splitw|split-window|respawn-pane|respawnp)$/.test(verb)) {
    return ownScript(joinFields(own.slice(firstOperand(own, 'cefFnstxylp')), place));
  }
  if (!/^(?:send|send-keys)$/.test(verb)) return null;
  const keys = own
    .slice(firstOperand(own, 'tNc'))
    .filter((field) => !/^(?:Enter|C-m|KPEnter)$/.test(textOf(field.pieces)));
  return ownScript(joinFields(keys, place));
}

export function joinFields(fields: readonly Field[], place: Place): readonly Piece[] {
  return fields.flatMap((field, index) => {
    const own = conditionalPieces(field).map((part) => ({ ...part, when: [...field.when, ...part.when] }));
    return index === 0 ? own : [{ ...piece(' ', place), when: field.when }, ...own];
  });
}

/** Runs what a command hands to a shell. */
export function runCommandString(run: Run, script: CommandString, place: Place): Status {
  const before = run.state.variables.get('0');
  if (script.own) setVariable(run, '0', { kind: 'scalar', pieces: script.name, exported: true });
  const status = runText(run, script.pieces, place, script.arguments, script.own);
  restore(run, '0', before);
  return status;
}

/** Runs text as a script, once for each value that it can have. */
export function runText(
  run: Run,
  pieces: readonly Piece[],
  place: Place,
  args: readonly Element[] | null,
  own: boolean,
): Status {
  const alternatives = alternativesOf(pieces);
  if (alternatives === null) {
    report(run, 'limit', 'a script that is put together from text has too many forms to follow', place);
    return null;
  }
  const before = run.state;
  const statuses: Status[] = [];
  const after = alternatives.map((alternative) => {
    run.state = alternatives.length === 1 ? before : fork(run, before, ...alternative.when);
    statuses.push(runMapped(run, mappedOfPieces(run, alternative.pieces, place), place, args, own));
    return run.state;
  });
  run.state = joinStates(run, after);
  return statuses.length === 1 ? (statuses[0] ?? null) : null;
}

export function runMapped(
  run: Run,
  mapped: MappedText,
  place: Place,
  args: readonly Element[] | null,
  own: boolean,
): Status {
  if (run.nesting >= MAX_NESTING) {
    report(run, 'limit', `scripts are nested more than ${MAX_NESTING} deep`, place);
    return null;
  }
  run.nesting += 1;
  const script = parseShell(mapped);
  // What is read again may be text for another program; only the file itself has syntax errors of its own.
  const only = (): Status => withScript(run, script, () => run.runStatements(run, script.statements));
  const body = (): Status => (args === null ? only() : withArguments(run, args, only));
  const { input } = run;
  if (own) run.input = null;
  const status = own ? inSubshell(run, () => inOwnProcess(run, body)).status : body();
  run.input = input;
  run.nesting -= 1;
  return status;
}

function inOwnProcess(run: Run, body: () => Status): Status {
  for (const [name, variable] of run.state.variables) {
    if (!variable.exported && name !== OUTPUT && name !== 'PWD' && name !== ARGUMENTS)
      run.state.variables.delete(name);
  }
  run.state.functions.clear();
  return body();
}

/** The words that an alias puts in the place of its name; null where there is none. */
export function expandAlias(run: Run, name: string, place: Place): readonly Field[] | null {
  const pieces = run.state.aliases.get(name);
  if (pieces === undefined) return null;
  const script = parseShell(mappedOfPieces(run, pieces, place));
  const command = script.statements.length === 1 ? script.statements[0]?.command : undefined;
  if (command?.type !== 'Command' || command.name === undefined || command.prefix.length > 0) return null;
  const words = [command.name, ...command.args].filter((word) => word.type === 'Word');
  return withScript(run, script, () => words.flatMap((word) => expandFields(run, word)));
}
