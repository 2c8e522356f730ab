/** A simple command: its words, what it is called with, and what becomes of it. */
import { soleUnknown } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type * as Syntax from '../../syntax/shell.ts';
import { assign, assignmentField, declarations, isDeclaration } from './assignment.ts';
import { BUILTINS } from './builtins.ts';
import { callFunction } from './call.ts';
import { assignmentsOf, groupOutcomes, holds, openConditions } from './choices.ts';
import { commandString } from './command-text.ts';
import { expandFields } from './expansion.ts';
import { type Field, fieldOn, fieldText, shellWord } from './fields.ts';
import { joinStates } from './joining.ts';
import { knownOutput } from './known-output.ts';
import { onMachine, runOnMachine } from './machines.ts';
import { expandAlias, runCommandString } from './nested.ts';
import { combined, type Outcome } from './outcomes.ts';
import type { Condition, ShellAssignment, ShellCommand } from './reading.ts';
import { type Redirections, redirectionsOf } from './redirection.ts';
import {
  asking,
  exportedValues,
  fork,
  LimitReached,
  OUTPUT,
  placeOf,
  type Run,
  type Status,
  setVariable,
  sourceOf,
  step,
} from './state.ts';
import { write } from './substitution.ts';
import { noteUnfollowed } from './unfollowed.ts';
import { behindPrefix, behindProgram } from './unknown-commands.ts';
import { type Piece, textOf, unknownPiece, type Variable } from './value.ts';
import { dispatchFind, dispatchPeeled } from './wrapped.ts';
import { peel } from './wrappers.ts';
import { noteWritten } from './written.ts';

/** A command on its way to being run: its words, and what was found around them. */
export interface Call {
  readonly fields: readonly Field[];
  readonly place: Place;
  /** As written, for messages and names of unknown output. */
  readonly text: string;
  readonly label: { readonly pos: number; readonly end: number; readonly text: string };
  readonly assignments: readonly ShellAssignment[];
  readonly redirections: Redirections;
  readonly wrappers: readonly (readonly Field[])[];
}

const MAX_COMMANDS = 5000;

export function runCommand(run: Run, node: Syntax.Command): Status {
  if (run.trials === 0) run.visited.add(node);
  const outer = run.assigning;
  run.assigning = false;
  const status = runSimple(run, node);
  run.assigning = outer;
  return status;
}

function runSimple(run: Run, node: Syntax.Command): Status {
  const prefixes = node.prefix.filter((item) => item.type === 'Assignment');
  if (node.name === undefined) {
    // An assignment succeeds as the last command does whose output it takes.
    run.substituted = true;
    for (const item of prefixes) assign(run, item);
    const status = run.substituted;
    redirectionsOf(run, node.redirects);
    return status;
  }
  const name = node.name.parts === undefined ? node.name.text : null;
  const redirections = redirectionsOf(run, node.redirects);
  if (name !== null && isDeclaration(name)) return declarations(run, name, node);
  const words = (): Field[] =>
    node.args.flatMap((item) => (item.type === 'Word' ? expandFields(run, item) : assignmentWord(run, item)));
  const args = name === '[' || name === 'test' ? asking(run, words) : words();
  const alias = name === null ? null : expandAlias(run, name, placeOf(run, node.name));
  const fields = [...(alias ?? expandFields(run, node.name)), ...args];
  const text = sourceOf(run, node);
  const label = { pos: node.pos, end: node.end, text };
  const call = { fields, place: placeOf(run, node), text, label, redirections, wrappers: [] };
  if (fields.length === 0) {
    for (const item of prefixes) assign(run, item);
    return null;
  }
  const own = prefixes.map((item) => ({
    name: item.name,
    value: shellWord(assignmentField(run, item)),
    place: placeOf(run, item),
  }));
  return withVariables(run, prefixes, () => dispatch(run, { ...call, assignments: own }));
}

function assignmentWord(run: Run, item: Syntax.Assignment): Field[] {
  const field = assignmentField(run, item);
  const name: Piece = {
    ...unknownPiece('', placeOf(run, item)),
    text: item.text.slice(0, item.value.pos - item.pos),
  };
  return [{ ...field, pieces: [name, ...field.pieces], place: placeOf(run, item) }];
}

/** `A=b command`: the variable is set while the command runs. */
function withVariables(run: Run, prefixes: readonly Syntax.Assignment[], body: () => Status): Status {
  const saved = prefixes.map((item) => [item.name, run.state.variables.get(item.name)] as const);
  for (const item of prefixes) assign(run, item, true);
  const status = body();
  for (const [name, variable] of saved) restore(run, name, variable);
  return status;
}

export function restore(run: Run, name: string, variable: Variable | undefined): void {
  if (variable === undefined) run.state.variables.delete(name);
  else setVariable(run, name, variable);
  run.state.exported = null;
}

/** Decides what a command is. Where its first words depend on a choice, every way is followed by itself. */
export function dispatch(run: Run, call: Call): Status {
  step(run, 1 + call.fields.length);
  const leading = leadingChoices(call.fields);
  if (leading.length === 0) return dispatchKnown(run, call);
  const conditions = [...leading, ...laterConditions(call.fields, leading)];
  const assignments = assignmentsOf(conditions);
  if (assignments === null) return emit(run, call);
  const outcomes = groupOutcomes(assignments, conditions, (taken) => {
    const value = projectFields(call.fields, taken);
    const end = value.findIndex((field) => field.when.length === 0 && field.alternatives === null);
    return {
      key: JSON.stringify(value.slice(0, end + 1).map((field) => textOf(field.pieces))) + value.length,
      value,
    };
  });
  const before = run.state;
  const ends: Outcome[] = [];
  const after = outcomes.map(({ value, when }) => {
    run.state = fork(run, before, ...when);
    const status = value.length > 0 ? dispatchKnown(run, { ...call, fields: value }) : true;
    if (run.state.ended === null) ends.push({ when, status });
    return run.state;
  });
  run.state = joinStates(run, after);
  return combined(ends);
}

/** Conditions of the words up to the first that is there in any case. */
function leadingChoices(fields: readonly Field[]): (readonly Condition[])[] {
  const found: (readonly Condition[])[] = [];
  for (const field of fields) {
    const when = openConditions(field.when);
    if (when.length > 0) found.push(when);
    if (field.alternatives !== null) found.push(...field.alternatives.map((alternative) => alternative.when));
    if (when.length === 0) break;
  }
  return found;
}

/** What later words ask of the choices that decide about the first ones. */
function laterConditions(
  fields: readonly Field[],
  leading: readonly (readonly Condition[])[],
): (readonly Condition[])[] {
  const choices = new Set(leading.flat().map(({ choice }) => choice));
  return fields
    .flatMap(({ when, alternatives }) => [when, ...(alternatives ?? []).map((one) => one.when)])
    .map((when) => when.filter(({ choice }) => choices.has(choice)))
    .filter((when) => when.length > 0);
}

/** The words that are there when the choices go this way; other choices stay open. */
function projectFields(fields: readonly Field[], taken: ReadonlyMap<number, number>): Field[] {
  return fields.flatMap((field) => {
    const decided = (condition: Condition): boolean => taken.has(condition.choice.id);
    if (!holds(field.when.filter(decided), taken)) return [];
    const when = field.when.filter((condition) => !decided(condition));
    if (field.alternatives === null) return [{ ...field, when }];
    const left = field.alternatives.filter((item) => holds(item.when.filter(decided), taken));
    const [first] = left;
    if (first === undefined) return [];
    const open = left.map((item) => ({
      ...item,
      when: item.when.filter((condition) => !decided(condition)),
    }));
    const single = left.length === 1;
    const many = field.many && (!single || soleUnknown(first.text) !== null);
    return [{ ...field, when, many, pieces: first.pieces, alternatives: single ? null : open }];
  });
}

function dispatchKnown(run: Run, call: Call): Status {
  const [first, ...rest] = call.fields;
  if (first === undefined) return true;
  const name = fieldText(first);
  if (name === null || first.many) {
    const status = emit(run, call);
    if (first.many && rest.length > 0) behindPrefix(run, call, (word) => isOwn(run, word));
    return status;
  }
  // `${DRY_RUN:-false} && …` asks whoever starts the script.
  const asks = first.pieces.some(({ fallback }) => fallback === true);
  if (asks && (name === 'true' || name === 'false')) return null;
  const definition = call.wrappers.some(([head]) => head !== undefined && textOf(head.pieces) === 'command')
    ? undefined
    : run.state.functions.get(name);
  if (definition !== undefined) return callFunction(run, name, definition, rest, call.redirections);
  const builtin = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
  if (builtin !== undefined) {
    const status = builtin(run, rest, call);
    if (status !== 'emit') return status;
    return emit(run, call);
  }
  if (name === 'exec' && rest.length === 0) return true;
  const peeled = peel(call.fields);
  if (peeled !== null) return dispatchPeeled(run, call, peeled);
  if (name === 'find') return dispatchFind(run, call);
  const script = commandString(run, call);
  if (script !== null) {
    // A shell is reported too: with text that could not be read it is all there is to see.
    emit(run, call, false);
    return runCommandString(run, script, call.place);
  }
  const status = emit(run, call);
  const machine = onMachine(call.fields);
  if (machine !== null) return runOnMachine(run, call, machine);
  if (!behindProgram(run, call)) noteUnfollowed(run, call);
  return status;
}

/** Whether the shell itself knows a word as a command. */
function isOwn(run: Run, name: string): boolean {
  const special = name === 'exec' || name === 'command' || name === 'builtin';
  return special || run.state.functions.has(name) || Object.hasOwn(BUILTINS, name);
}

/** `exit`: the script ends here, or the subshell that surrounds the command. */
export function leave(run: Run, status: Status = null): void {
  const exits = run.subshells.at(-1);
  if (exits === undefined) run.state.ended = 'exit';
  else {
    exits.push({ state: fork(run, run.state), status });
    run.state.ended = 'jump';
  }
}

/** Reports a command, and adds what it prints to the output being collected. */
export function emit(run: Run, call: Call, prints = true): Status {
  if (run.commands.length >= MAX_COMMANDS)
    throw new LimitReached(`the script runs more than ${MAX_COMMANDS} commands`, true);
  const { path } = run.state;
  const command: ShellCommand = {
    words: call.fields.flatMap((field) => fieldOn(field, path) ?? []).map(shellWord),
    place: call.place,
    wrappers: [...run.machine, ...call.wrappers].map((words) => words.map(shellWord)),
    assignments: call.assignments,
    exported: exportedValues(run),
    redirections: call.redirections.list,
    conditions: openConditions(path.filter((condition) => !condition.guard)),
    guards: path.filter((condition) => condition.guard),
    pipe: run.pipe,
    function: run.functionName,
    called: run.called,
    background: run.background,
  };
  run.commands.push(command);
  noteWritten(run, call);
  return prints ? print(run, call) : null;
}

/** What the text tells of a command's output is added to what is collected, and decides whether it succeeds. */
function print(run: Run, call: Call): Status {
  if (!run.state.variables.has(OUTPUT)) return null;
  const away = call.redirections.list.some(
    ({ operator, descriptor }) => /^&?>/.test(operator) && (descriptor ?? 1) === 1,
  );
  if (away) return null;
  const name = call.fields[0] === undefined ? null : fieldText(call.fields[0]);
  const input = call.redirections.input ?? run.input;
  const copies = (name === 'cat' && call.fields.length === 1) || name === 'tee';
  const known =
    copies && input !== null ? { pieces: input, status: true } : knownOutput(run, call.fields, call.place);
  const unknown = { ...unknownPiece(`$(${call.text})`, call.place), many: true as const };
  write(run, known?.pieces ?? [unknown]);
  return known?.status ?? null;
}
