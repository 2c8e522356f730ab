/** What the evaluator knows at one point of a script. */
import { HOME_SYMBOL, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type * as Syntax from '../../syntax/shell.ts';
import { scriptPlace } from '../../syntax/shell.ts';
import type { Field } from './fields.ts';
import type { Choice, Condition, PipePart, ShellCommand, ShellOptions, ShellProblem } from './reading.ts';
import { type Piece, piece, soleText, textOf, unknownPiece, type Variable } from './value.ts';

/** A question that the script asks and the text leaves open: what holds if the answer is yes, and if it is no. */
export interface Question {
  readonly holds: Condition;
  readonly fails: Condition;
}

/** Exit status: true is success; null cannot be told. */
export type Status = boolean | null | Question;

export function isQuestion(status: Status): status is Question {
  return typeof status === 'object' && status !== null;
}

export interface FunctionDefinition {
  readonly node: Syntax.Function;
  readonly script: Syntax.ShellScript;
  /** What holds where it is defined: nobody can call it elsewhere. */
  readonly path: readonly Condition[];
}

export interface State {
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, FunctionDefinition>;
  readonly aliases: Map<string, readonly Piece[]>;
  path: readonly Condition[];
  /** `exit`: nothing follows; `jump`: goes on behind a loop, a function, a subshell. */
  ended: 'exit' | 'jump' | null;
  exported: ReadonlyMap<string, string> | null;
}

/** One run of the evaluator over one script and all that it includes. */
export interface Run {
  state: State;
  script: Syntax.ShellScript;
  /** Unknown parts of texts that are read as scripts, by the number of their stand-in. */
  readonly unknowns: string[];
  readonly options: ShellOptions;
  readonly commands: ShellCommand[];
  readonly problems: ShellProblem[];
  readonly loops: { readonly breaks: State[]; readonly continues: State[] }[];
  /** Open function calls of the present subshell. */
  readonly calls: {
    readonly returns: State[];
    readonly statuses: Status[];
    readonly saved: Map<string, Variable | undefined>;
  }[];
  /** Names of all functions being run. */
  readonly active: string[];
  /** Open subshells: what `exit` left. */
  readonly subshells: { readonly state: State; readonly status: Status }[][];
  readonly calledFunctions: Set<Syntax.Function>;
  /** Simple commands that were met on some way and reported. */
  visited: Set<Syntax.Command>;
  /** Every function and alias that was ever defined, also in a branch or a subshell. */
  readonly definedFunctions: Map<string, FunctionDefinition>;
  readonly definedAliases: Map<string, readonly Piece[]>;
  nesting: number;
  /** Passes under way that only look at what changes. */
  trials: number;
  /** Questions about variables from outside, by what they ask: asked again they have the same answer. */
  readonly questions: Map<
    string,
    { readonly choice: Choice /** The arm of the answer yes. */; readonly yes: number }
  >;
  /** A variable gets a new value: it keeps the conditions of what it is made of, so that states can meet again. */
  assigning: boolean;
  /** Words of a test or of `case` are being expanded. */
  asking: boolean;
  /** Words that hand what is being run to another machine. */
  machine: readonly (readonly Field[])[];
  /** Status of the last `$(…)`. */
  substituted: Status;
  steps: number;
  /** Steps at which what is being run is given up. */
  limit: number;
  nextId: number;
  pipe: PipePart | null;
  background: boolean;
  called: boolean;
  functionName: string | null;
  /** What a command would read from its standard input, where the script says it. */
  input: readonly Piece[] | null;
  /** Inputs of which a command has taken something. */
  readonly taken: WeakSet<readonly Piece[]>;
  readonly runStatements: (run: Run, statements: readonly Syntax.Statement[]) => Status;
}

/** Ends what went over its limits; never leaves `shellCommands`. */
export class LimitReached extends Error {
  /** Nothing more can be taken up, whatever is given up. */
  readonly final: boolean;

  constructor(message: string, final = false) {
    super(message);
    this.final = final;
  }
}

export const MAX_STEPS = 500_000;
const MAX_PIECES = 512;
const MAX_VALUE = 65_536;
/** Name under which the output of a command substitution is collected; no variable can be called so. */
export const OUTPUT = '$(';

export function step(run: Run, cost = 1): void {
  run.steps += cost;
  if (run.steps > run.limit) throw new LimitReached('the script takes too many steps to read');
}

export function report(run: Run, kind: ShellProblem['kind'], message: string, place: Place): void {
  const known = run.problems.some(
    (problem) => problem.message === message && problem.place.span.start === place.span.start,
  );
  if (known || run.problems.length >= 200) return;
  const severity = kind === 'limit' ? 'limit' : kind === 'syntax' ? 'error' : 'note';
  run.problems.push({ kind, message, place, severity });
}

export function placeOf(run: Run, node: { readonly pos: number; readonly end: number }): Place {
  return scriptPlace(run.script, node.pos, node.end);
}

export function sourceOf(run: Run, node: { readonly pos: number; readonly end: number }): string {
  const text = run.script.text.slice(node.pos, node.end).replace(/\\\n/g, ' ');
  return restoreUnknowns(run, text).replace(/\s+/g, ' ').trim();
}

/** Stand-in for a text that must pass through the parser as one opaque character sequence. */
export function standIn(run: Run, text: string): string {
  run.unknowns.push(text);
  return `\uFDD4${run.unknowns.length - 1}\uFDD5`;
}

export function restoreUnknowns(run: Run, text: string): string {
  if (!text.includes('\uFDD4')) return text;
  return text.replace(/\uFDD4(\d+)\uFDD5/g, (_, index: string) => run.unknowns[Number(index)] ?? '');
}

/** Expands the words of a question: an empty default there asks whether the caller gives anything. */
export function asking<T>(run: Run, expand: () => T): T {
  const outer = run.asking;
  run.asking = true;
  const found = expand();
  run.asking = outer;
  return found;
}

export function newId(run: Run): number {
  run.nextId += 1;
  return run.nextId;
}

export function fork(run: Run, state: State, ...conditions: readonly Condition[]): State {
  step(run, 1 + (state.variables.size >> 3));
  return {
    variables: new Map(state.variables),
    functions: new Map(state.functions),
    aliases: new Map(state.aliases),
    path: [...state.path, ...conditions],
    ended: null,
    exported: state.exported,
  };
}

/** A value that grows beyond the bounds (`X=$X$X` in a loop) becomes unknown. */
export function bounded(run: Run, name: string, variable: Variable): Variable {
  if (variable.kind === 'unset') return variable;
  const { count, size } = extent(variable);
  step(run, count >> 2);
  if (count <= MAX_PIECES * (variable.kind === 'scalar' ? 1 : 8) && size <= MAX_VALUE) return variable;
  const place = firstPlace(variable) ?? nowhere(run);
  // A table that scripts keep of what they have seen fills up with keys that are not known; that is no loss.
  if (variable.kind !== 'map') report(run, 'unknown', `the value of ${name} is too long to follow`, place);
  if (variable.kind === 'scalar') return { ...variable, pieces: [unknownPiece(name, place)] };
  return {
    ...variable,
    elements: [{ pieces: [unknownPiece(name, place)], when: [], many: true, key: null }],
  };
}

export function extent(variable: Exclude<Variable, { kind: 'unset' }>): { count: number; size: number } {
  let count = 0;
  let size = 0;
  const add = (pieces: readonly Piece[]): void => {
    count += pieces.length;
    for (const part of pieces) size += part.text.length;
  };
  if (variable.kind === 'scalar') add(variable.pieces);
  else for (const element of variable.elements) add(element.pieces);
  return { count, size };
}

function firstPlace(variable: Exclude<Variable, { kind: 'unset' }>): Place | undefined {
  return (variable.kind === 'scalar' ? variable.pieces[0] : variable.elements[0]?.pieces[0])?.place;
}

export function nowhere(run: Run): Place {
  return scriptPlace(run.script, 0, 0);
}

/**
 * Variables that a script finds set. Home and workspace are places with a name of their own; PWD is the
 * workspace because that is where a project's script is started from. All others are unknown.
 */
export function outsideVariable(run: Run, name: string, place: Place): Variable {
  const given = run.options.environment?.get(name);
  if (given !== undefined) return { kind: 'scalar', pieces: [piece(given, place)], exported: true };
  const known: Readonly<Record<string, string>> = {
    HOME: HOME_SYMBOL,
    PWD: WORKSPACE_SYMBOL,
    IFS: ' \t\n',
    [OUTPUT]: '',
  };
  const text = Object.hasOwn(known, name) ? known[name] : undefined;
  if (text !== undefined) return { kind: 'scalar', pieces: [piece(text, place)], exported: name !== 'IFS' };
  if (isUnset(run, name)) return { kind: 'unset', exported: false };
  return { kind: 'scalar', pieces: [unknownPiece(name, place)], exported: false };
}

/** Variables of the shell itself, and of every session; bash(1), "Shell Variables". */
const SESSION =
  /^(?:PATH|USER|LOGNAME|HOSTNAME|SHELL|TERM|LANG|LC_\w+|TZ|OLDPWD|SHLVL|E?UID|PPID|RANDOM|SRANDOM|SECONDS|EPOCH\w+|LINENO|BASH\w*|ZSH\w*|OSTYPE|HOSTTYPE|MACHTYPE|OPT\w+|FUNCNAME|PIPESTATUS|DIRSTACK|GROUPS|REPLY|COLUMNS|LINES|_)$/;

/** True where the whole environment is given, and this is not in it. */
export function isUnset({ options }: Pick<Run, 'options'>, name: string): boolean {
  return options.closed === true && options.environment?.has(name) !== true && !SESSION.test(name);
}

/** True when nothing in the script or the given environment sets the variable, and something else may. */
export function isOutside(run: Run, name: string): boolean {
  return (
    !run.state.variables.has(name) &&
    run.options.environment?.has(name) !== true &&
    !isUnset(run, name) &&
    !['HOME', 'PWD', 'IFS', OUTPUT].includes(name)
  );
}

export function variableOf(run: Run, name: string, place: Place): Variable {
  return run.state.variables.get(name) ?? outsideVariable(run, name, place);
}

export function setVariable(run: Run, name: string, variable: Variable): void {
  run.state.variables.set(name, bounded(run, name, variable));
  run.state.exported = null;
}

export function setScalar(run: Run, name: string, pieces: readonly Piece[]): void {
  const exported = run.state.variables.get(name)?.exported ?? run.options.environment?.has(name) ?? false;
  setVariable(run, name, { kind: 'scalar', pieces, exported });
}

/** Names and values of what the script has exported so far; kept until something is assigned. */
export function exportedValues(run: Run): ReadonlyMap<string, string> {
  if (run.state.exported !== null) return run.state.exported;
  const values = new Map<string, string>();
  for (const [name, variable] of run.state.variables) {
    if (!variable.exported || variable.kind !== 'scalar' || name === '0') continue;
    const text = soleText(variable.pieces);
    values.set(name, text ?? textOf([unknownPiece(name, nowhere(run))]));
  }
  run.state.exported = values;
  return values;
}
