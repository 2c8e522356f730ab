/** Entry of the shell reader: the commands that a script could run. */
import type { MappedText } from '../../source/mapped.ts';
import { parseShell, type ShellScript, scriptPlace, shellComments } from '../../syntax/shell.ts';
import { attempt, readRest } from './allowance.ts';
import { runFunction, withArguments } from './call.ts';
import { runStatements } from './interpreter.ts';
import { branch } from './joining.ts';
import { runText } from './nested.ts';
import { ARGUMENTS } from './parameter.ts';
import type { ShellOptions, ShellProblem, ShellReading } from './reading.ts';
import {
  type FunctionDefinition,
  fork,
  LimitReached,
  MAX_STEPS,
  type Run,
  report,
  type Status,
} from './state.ts';
import { inSubshell, wholePlace } from './substitution.ts';
import { type Element, piece, unknownPiece } from './value.ts';

const ANTICIPATION_STEPS = 200_000;
/** What the functions that nothing calls may spend in any case. */
const UNCALLED_STEPS = 200_000;

/**
 * Every simple command that the script could run, in the order in which it would run them. Builtins that
 * only change the shell's own state (`cd` and `echo` apart) are followed, not listed. Never throws; what
 * was not followed is in `problems`.
 */
export function shellCommands(text: MappedText, options: ShellOptions = {}): ShellReading {
  const script = parseShell(text);
  const run = newRun(script, options);
  const problems = script.problems.map(({ message, place, severity }): ShellProblem => {
    return { kind: severity === 'limit' ? 'limit' : 'syntax', message, place, severity };
  });
  followed(run, script, () => {
    runStatements(run, script.statements);
    return null;
  });
  run.limit = Math.max(run.limit, run.steps + UNCALLED_STEPS);
  followed(run, script, () => {
    runUncalled(run);
    return null;
  });
  return { commands: run.commands, problems: [...problems, ...run.problems], comments: commentsOf(script) };
}

function commentsOf(script: ShellScript): ShellReading['comments'] {
  try {
    return shellComments(script);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** Runs a part of the script; where nothing is left to spend, its commands are read by themselves. */
function followed(run: Run, script: ShellScript, body: () => Status): void {
  try {
    if (attempt(run, run.limit, body) !== null) return;
    report(run, 'limit', 'the script takes too many steps to follow to its end', scriptPlace(script, 0, 0));
    readRest(run, script);
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    report(run, 'limit', error.message, scriptPlace(script, 0, 0));
  }
}

function newRun(script: ShellScript, options: ShellOptions): Run {
  return {
    state: {
      variables: new Map([
        [ARGUMENTS, { kind: 'list', elements: givenArguments(script, options), exported: false }],
      ]),
      functions: new Map(),
      aliases: new Map(),
      path: [],
      ended: null,
      exported: null,
    },
    script,
    options,
    unknowns: [],
    commands: [],
    problems: [],
    loops: [],
    calls: [],
    active: [],
    subshells: [],
    calledFunctions: new Set(),
    visited: new Set(),
    questions: new Map(),
    definedFunctions: new Map(),
    definedAliases: new Map(),
    nesting: 0,
    trials: 0,
    asking: false,
    assigning: false,
    machine: [],
    substituted: true,
    steps: 0,
    limit: MAX_STEPS,
    nextId: 0,
    pipe: null,
    background: false,
    called: true,
    functionName: null,
    input: null,
    taken: new WeakSet(),
    runStatements,
  };
}

function unknownArguments(script: ShellScript): readonly Element[] {
  return [{ pieces: [unknownPiece('$@', scriptPlace(script, 0, 0))], when: [], many: true, key: null }];
}

function givenArguments(script: ShellScript, options: ShellOptions): readonly Element[] {
  if (options.arguments === undefined) return unknownArguments(script);
  const place = scriptPlace(script, 0, 0);
  return options.arguments.map((text) => ({
    pieces: [piece(text, place)],
    when: [],
    many: false,
    key: null,
  }));
}

/**
 * Functions and aliases that nothing in the script calls: a library's, a start-up file's. Whoever calls them
 * may call the others first, so what these leave behind is taken into account as a possibility. The last one
 * defined is the first one run, as the helpers that it calls stand before it.
 */
function runUncalled(run: Run): void {
  run.called = false;
  run.state.ended = null;
  run.state.path = [];
  const script = run.script;
  const called = new Set(run.calledFunctions);
  // Of a library that is read by the way, only what is called matters: as a file it is read for itself.
  const uncalled = [...run.definedFunctions].filter(
    ([, { node, script: home }]) => !called.has(node) && home.mapped.source === script.mapped.source,
  );
  if (uncalled.length > 1) anticipate(run, uncalled);
  for (const node of [...run.calledFunctions]) if (!called.has(node)) run.calledFunctions.delete(node);
  for (const [name, definition] of uncalled.reverse()) {
    if (run.calledFunctions.has(definition.node)) continue;
    inSubshell(run, () => {
      run.state.path = definition.path;
      return withArguments(run, unknownArguments(script), () => runFunction(run, name, definition));
    });
  }
  for (const [name, pieces] of run.definedAliases) {
    run.functionName = `alias ${name}`;
    inSubshell(run, () =>
      runText(run, pieces, pieces[0]?.word ?? wholePlace(script), unknownArguments(script), false),
    );
  }
}

/** What this costs is not taken from what the commands themselves may cost. */
function anticipate(run: Run, functions: readonly (readonly [string, FunctionDefinition])[]): void {
  const before = run.state;
  const { steps, limit, visited } = run;
  const reported = [run.commands.length, run.problems.length] as const;
  run.visited = new Set(visited);
  run.limit = steps + ANTICIPATION_STEPS;
  const followed = attempt(run, ANTICIPATION_STEPS, () => {
    for (const [name, definition] of functions) {
      run.state = fork(run, run.state);
      mayCall(run, name, definition);
      // A function that ends the script leaves nothing behind for the others.
      if (run.state.ended !== null) break;
    }
    return null;
  });
  if (followed === null || run.state.ended !== null) run.state = before;
  Object.assign(run, { steps, limit, visited });
  run.commands.length = reported[0];
  run.problems.length = reported[1];
}

function mayCall(run: Run, name: string, definition: FunctionDefinition): void {
  const { node, script } = definition;
  const label = { text: `${name} is called`, place: scriptPlace(script, node.name.pos, node.name.end) };
  const arms = [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
  const call = (): Status =>
    withArguments(run, unknownArguments(script), () => runFunction(run, name, definition));
  branch(run, 'event', arms, [call, () => null]);
}
