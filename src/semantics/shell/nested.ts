/** Text that is run as a script: what is evaluated, handed to a shell or sourced, and aliases. */
import type { MappedText } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import { parseShell } from '../../syntax/shell.ts';
import { withArguments } from './call.ts';
import { restore } from './command.ts';
import type { CommandString } from './command-text.ts';
import { expandFields, mappedOfPieces, withScript } from './expansion.ts';
import type { Field } from './fields.ts';
import { joinStates } from './joining.ts';
import { ARGUMENTS } from './parameter.ts';
import { fork, OUTPUT, type Run, report, type Status, setVariable } from './state.ts';
import { inSubshell, MAX_NESTING } from './substitution.ts';
import { alternativesOf, type Element, type Piece } from './value.ts';
import { isWritten } from './written.ts';

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
    if (!variable.exported && name !== OUTPUT && name !== 'PWD' && name !== ARGUMENTS && !isWritten(name))
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
