/** Loops: followed round by round where the text says how many there are, else as a possibility. */
import { soleUnknown } from '../../model/symbolic.ts';
import { samePlace } from '../../source/source.ts';
import type * as Syntax from '../../syntax/shell.ts';
import { calculate } from './arithmetic.ts';
import { conditionOf } from './choices.ts';
import { expandFields, numbersOf } from './expansion.ts';
import { conditionalPieces, type Field } from './fields.ts';
import { runStatements } from './interpreter.ts';
import { branch, joinStates } from './joining.ts';
import { sourcedFields } from './listing.ts';
import { ARGUMENTS } from './parameter.ts';
import { readLoopOf, runReadLoop } from './read-loop.ts';
import type { Choice, ConditionArm } from './reading.ts';
import {
  fork,
  newId,
  OUTPUT,
  placeOf,
  type Run,
  report,
  type State,
  type Status,
  setScalar,
  sourceOf,
  variableOf,
} from './state.ts';
import { alternativesOf, elementsOf, type Piece, textOf, unknownPiece, withWhen } from './value.ts';

const MAX_ITERATIONS = 256;

/** Runs one pass of a loop's body; `break` and `continue` in it have been followed. */
export function pass(run: Run, body: () => void): { broken: readonly State[] } {
  const frame = { breaks: [] as State[], continues: [] as State[] };
  run.loops.push(frame);
  body();
  run.loops.pop();
  run.state = joinStates(run, [run.state, ...frame.continues]);
  return { broken: frame.breaks };
}

export function runFor(run: Run, node: Syntax.For | Syntax.Select): Status {
  const name = node.name.value;
  const words = node.wordlist?.flatMap((word) => expandFields(run, word)) ?? argumentFields(run, node);
  const fields = sourcedFields(run, words, node.body);
  const body = (): void => {
    runStatements(run, node.body.commands);
  };
  const certain =
    node.type === 'For' && fields.length <= MAX_ITERATIONS && fields.every((field) => !field.many);
  if (!certain) {
    if (fields.length > MAX_ITERATIONS)
      report(run, 'unknown', 'a loop has too many rounds to follow', placeOf(run, node));
    const only = fields.length === 1 && node.type === 'For' ? fields[0] : undefined;
    const pieces = only?.pieces ?? [unknownPiece(name, placeOf(run, node.name))];
    return runOpenLoop(run, node, () => setScalar(run, name, pieces), body);
  }
  const broken: State[] = [];
  for (const field of fields) {
    if (run.state.ended !== null) break;
    const before = run.state;
    if (field.when.length > 0) run.state = fork(run, before, ...field.when);
    setScalar(run, name, conditionalPieces(field));
    broken.push(...pass(run, body).broken);
    if (field.when.length > 0) run.state = joinStates(run, [run.state, before]);
  }
  run.state = joinStates(run, [run.state, ...broken]);
  return null;
}

function argumentFields(run: Run, node: Syntax.For | Syntax.Select): Field[] {
  const place = placeOf(run, node.name);
  return elementsOf(variableOf(run, ARGUMENTS, place)).map((element) => ({
    pieces: element.pieces,
    alternatives: null,
    when: element.when,
    quoted: true,
    many: element.many,
    place: element.pieces[0]?.word ?? place,
    via: [],
  }));
}

export function runWhile(run: Run, node: Syntax.While): Status {
  const reads = readLoopOf(run, node);
  if (reads !== null) return runReadLoop(run, node, reads);
  const wanted = node.kind === 'while';
  return runTested(
    run,
    node,
    () => {
      const status = runStatements(run, node.clause.commands);
      return typeof status === 'boolean' ? status === wanted : null;
    },
    () => {
      runStatements(run, node.body.commands);
    },
  );
}

export function runArithmeticFor(run: Run, node: Syntax.ArithmeticFor): Status {
  const numbers = numbersOf(run, placeOf(run, node));
  calculate(node.initialize, numbers);
  return runTested(
    run,
    node,
    () => {
      const value = node.test === undefined ? 1 : calculate(node.test, numbers);
      return value === null ? null : value !== 0;
    },
    () => {
      runStatements(run, node.body.commands);
      calculate(node.update, numbers);
    },
  );
}

/** A loop with a test: round by round while the test is decided, then once more as a possibility. */
function runTested(
  run: Run,
  node: Syntax.While | Syntax.ArithmeticFor,
  test: () => Status,
  body: () => void,
): Status {
  const broken: State[] = [];
  let rounds = 0;
  let status = test();
  while (status === true && run.state.ended === null && rounds < MAX_ITERATIONS) {
    const commands = run.commands.length;
    const before = run.state.variables;
    const snapshot = new Map(before);
    broken.push(...pass(run, body).broken);
    rounds += 1;
    // A round that changes nothing (`while true`) would only be repeated.
    if (broken.length > 0 || unchanged(snapshot, run.state) || run.commands.length - commands > 500) break;
    if (run.state.ended === null) status = test();
  }
  if (rounds >= MAX_ITERATIONS)
    report(run, 'unknown', 'a loop has too many rounds to follow', placeOf(run, node));
  run.state = joinStates(run, [run.state, ...broken]);
  if (status === null && run.state.ended === null) runOpenLoop(run, node, () => undefined, body);
  return null;
}

function unchanged(before: ReadonlyMap<string, unknown>, after: State): boolean {
  return (
    before.size === after.variables.size &&
    [...before].every(([name, value]) => after.variables.get(name) === value)
  );
}

/**
 * A loop that runs no one knows how often. Passes that report nothing show which variables change from round
 * to round; in the one that reports, these have all their values, or are unknown if there is no end of them.
 */
export function runOpenLoop(
  run: Run,
  node: { readonly pos: number; readonly end: number; readonly body: Syntax.CompoundList },
  prepare: () => void,
  body: () => void,
): Status {
  const [runs, never] = loopArms(run, node);
  const before = run.state;
  const once = (start: State): State => {
    run.state = start;
    const round = (): Status => {
      prepare();
      const { broken } = pass(run, body);
      run.state = joinStates(run, [run.state, ...broken]);
      return null;
    };
    branch(run, 'loop', [runs, never], [round, () => null]);
    return run.state;
  };
  // Loops inside a loop that is only tried out are tried out once, or the cost would triple with each level.
  if (run.trials > 0) {
    once(fork(run, before));
    return null;
  }
  const trial = unreported(run, () => once(fork(run, before)));
  const start = fork(run, before);
  const changing = changingVariables(before, trial);
  const unstable: string[] = [];
  if (changing.length > 0) {
    for (const name of changing) collapse(run, start, name, trial, runs);
    const second = unreported(run, () => once(fork(run, start)));
    unstable.push(...changing.filter((name) => !settled(name, trial, second)));
  }
  const unknown = (name: string): void => setScalar(run, name, [unknownPiece(name, runs.place)]);
  run.state = start;
  unstable.forEach(unknown);
  once(run.state);
  for (const name of changing) {
    const value = trial.variables.get(name);
    if (unstable.includes(name)) unknown(name);
    else if (value?.kind === 'scalar') setScalar(run, name, value.pieces);
  }
  repeatUnknown(run, before);
  return null;
}

/** An array to which each round adds words that are not known holds any number of them. */
function repeatUnknown(run: Run, before: State): void {
  for (const [name, variable] of run.state.variables) {
    const old = before.variables.get(name);
    if (variable.kind !== 'list' || old === variable) continue;
    const kept = new Set(old === undefined ? [] : elementsOf(old));
    const added = variable.elements.filter((element) => !kept.has(element));
    if (added.length === 0 || !added.every(({ pieces }) => soleUnknown(textOf(pieces)) !== null)) continue;
    const elements = variable.elements.map((one) => (added.includes(one) ? { ...one, many: true } : one));
    run.state.variables.set(name, { ...variable, elements });
  }
}

function loopArms(
  run: Run,
  node: { readonly pos: number; readonly end: number; readonly body: Syntax.CompoundList },
): [ConditionArm, ConditionArm] {
  const head = { pos: node.pos, end: Math.max(node.pos, node.body.pos) };
  const text = sourceOf(run, head)
    .replace(/ ?\bdo$/, '')
    .replace(/ ?;$/, '');
  const label = { text, place: placeOf(run, head) };
  return [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
}

function unreported(run: Run, body: () => State): State {
  const reported = [run.commands.length, run.problems.length] as const;
  run.trials += 1;
  try {
    return body();
  } finally {
    run.trials -= 1;
    run.commands.length = reported[0];
    run.problems.length = reported[1];
  }
}

/** Variables that a round assigns anew; what only grows (`A+=(…)`, `X="$X y"`) needs no second look. */
function changingVariables(before: State, after: State): string[] {
  return [...after.variables].flatMap(([name, variable]) => {
    const old = before.variables.get(name);
    if (old === undefined || old === variable || variable.kind !== 'scalar' || name === OUTPUT) return [];
    if (old.kind !== 'scalar') return [name];
    const kept = old.pieces.every((part) => part.text === '' || variable.pieces.includes(part));
    return kept || isLengthened(old.pieces, variable.pieces) ? [] : [name];
  });
}

/** `X="$X y"`: the old text, handed on, and something behind it that is not empty. */
function isLengthened(old: readonly Piece[], now: readonly Piece[]): boolean {
  const written = old.filter(({ text }) => text !== '');
  const begins = written.every(({ text, place }, at) => {
    const part = now.filter((one) => one.text !== '')[at];
    return part !== undefined && part.text === text && samePlace(part.place, place);
  });
  return written.length > 0 && begins && now.slice(written.length).some(({ text }) => text !== '');
}

/** At the start of a round a variable has any of the values found so far: one choice, not those behind it. */
function collapse(run: Run, start: State, name: string, trial: State, label: ConditionArm): void {
  const variable = trial.variables.get(name);
  const alternatives = variable?.kind === 'scalar' ? alternativesOf(variable.pieces) : null;
  if (variable?.kind !== 'scalar' || alternatives === null) return;
  const choice: Choice = {
    id: newId(run),
    kind: 'loop',
    arms: alternatives.map(() => label),
    leaving: new Set(),
  };
  const pieces = alternatives.flatMap(({ pieces: own }, arm) =>
    own.map((part) => withWhen(part, [conditionOf(choice, [arm])])),
  );
  start.variables.set(name, { ...variable, pieces });
}

/** True if another round gives a variable no value that it could not have before. */
function settled(name: string, first: State, second: State): boolean {
  const [known, later] = [first, second].map((state) => {
    const variable = state.variables.get(name);
    return variable?.kind === 'scalar' ? alternativesOf(variable.pieces) : null;
  });
  if (known === undefined || known === null || later === undefined || later === null) return false;
  const texts = new Set(known.map(({ text }) => text));
  return later.every(({ text }) => texts.has(text));
}
