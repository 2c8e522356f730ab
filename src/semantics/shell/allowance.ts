/**
 * How far a script is followed. Every statement may spend three quarters of what is left. One that costs more
 * is given up: what it may have changed becomes unknown, its commands are read one by one without what surrounds them,
 * and the script goes on behind it. So a costly part never hides the commands of the rest.
 */
import { positionAt } from '../../source/source.ts';
import { type Command, type Statement, scriptPlace } from '../../syntax/shell.ts';
import { changesOf, commandsOf } from './changes.ts';
import { conditionOf } from './choices.ts';
import { runCommand } from './command.ts';
import { withScript } from './expansion.ts';
import { ARGUMENTS } from './parameter.ts';
import type { Choice, Condition } from './reading.ts';
import {
  fork,
  LimitReached,
  newId,
  placeOf,
  type Run,
  report,
  type Status,
  setVariable,
  variableOf,
} from './state.ts';
import { inSubshell } from './substitution.ts';
import { type Element, elementsOf, unknownPiece, type Variable, withWhen } from './value.ts';

const SHARE = 0.75;
/** A statement that may not spend as much as this is not worth giving up by itself: what surrounds it is. */
const MIN_SHARE = 30_000;
/** For one command that is read by itself. */
const COMMAND_STEPS = 2_000;
/** For all commands that are read by themselves where nothing else was left to spend. */
const RESERVE = 200_000;

/** Runs a statement within its share of what is left; null if it was given up. */
export function withinShare(run: Run, statement: Statement, body: () => Status): Status {
  const share = (run.limit - run.steps) * SHARE;
  if (share < MIN_SHARE) return body();
  const followed = attempt(run, share, body);
  if (followed !== null) return followed.status;
  giveUp(run, statement);
  return null;
}

/** Runs something that may spend so much; null, with everything as before, where that is not enough. */
export function attempt(run: Run, steps: number, body: () => Status): { readonly status: Status } | null {
  const context = contextOf(run);
  const { limit } = run;
  run.limit = Math.min(limit, run.steps + steps);
  try {
    return { status: body() };
  } catch (error) {
    if (!isLimit(error)) throw error;
    context();
    return null;
  } finally {
    run.limit = limit;
  }
}

/** A stack that overflows is one more limit: the parser package reads parts of the tree on first access. */
function isLimit(error: unknown): boolean {
  return (error instanceof LimitReached && !error.final) || error instanceof RangeError;
}

/** Remembers where the run stands; what is returned goes back there. States are never changed once they are forked. */
function contextOf(run: Run): () => void {
  const {
    state,
    pipe,
    input,
    background,
    called,
    functionName,
    nesting,
    trials,
    asking,
    assigning,
    machine,
  } = run;
  const { path } = state;
  const values = {
    pipe,
    input,
    background,
    called,
    functionName,
    nesting,
    trials,
    asking,
    assigning,
    machine,
  };
  const stacks = [run.loops, run.calls, run.active, run.subshells].map((stack) => ({
    stack: stack as unknown[],
    items: [...stack],
  }));
  const kept = [ARGUMENTS, '0'].map((name) => [name, state.variables.get(name)] as const);
  return () => {
    Object.assign(run, values, { state });
    Object.assign(state, { path, ended: null, exported: null });
    for (const { stack, items } of stacks) stack.splice(0, stack.length, ...items);
    for (const [name, variable] of kept) {
      if (variable === undefined) state.variables.delete(name);
      else state.variables.set(name, variable);
    }
  };
}

function giveUp(run: Run, statement: Statement): void {
  const { pos } = statement;
  const line = run.script.text.indexOf('\n', pos);
  const head = { pos, end: line === -1 ? statement.end : Math.min(line, statement.end) };
  const place = placeOf(run, head);
  report(
    run,
    'limit',
    'this part takes too many steps to follow; its commands are read by themselves',
    place,
  );
  const changes = changesOf(run, statement);
  const known = possible(run, head);
  for (const [name, change] of changes) {
    setVariable(run, name, forgotten(variableOf(run, name, place), name, change, known));
  }
  readAlone(run, commandsOf(run, statement), known);
}

/** Both ways of an open question: was the part reached, and did it run to its end? */
function possible(run: Run, span: { readonly pos: number; readonly end: number }): [Condition, Condition] {
  const place = placeOf(run, span);
  const { line } = positionAt(place.source, place.span.start);
  const label = { text: `line ${line} is reached`, place };
  const arms = [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
  const choice: Choice = { id: newId(run), kind: 'event', arms, leaving: new Set() };
  return [conditionOf(choice, [0]), conditionOf(choice, [1])];
}

function forgotten(
  old: Variable,
  name: string,
  change: 'lengthened' | 'list' | 'set',
  [changed, unchanged]: readonly [Condition, Condition],
): Variable {
  const { place } = changed;
  const piece = unknownPiece(name, place);
  if (old.kind === 'list' || old.kind === 'map' || change === 'list') {
    const more: Element = { pieces: [piece], when: [], many: true, key: null };
    const kind = old.kind === 'map' ? 'map' : 'list';
    const before = change === 'list' && old.kind === 'scalar' ? [] : elementsOf(old);
    return { kind, elements: [...before, more], exported: old.exported };
  }
  const before = old.kind === 'scalar' ? old.pieces : [];
  const pieces =
    change === 'lengthened'
      ? [...before, piece]
      : [...before.map((part) => withWhen(part, [unchanged])), withWhen(piece, [changed])];
  return { kind: 'scalar', pieces, exported: old.exported };
}

/** Commands that were not met on any way, each with what is known where the part begins. */
function readAlone(
  run: Run,
  commands: readonly { readonly node: Command; readonly script: Run['script'] }[],
  [reached]: readonly [Condition, Condition],
): void {
  for (const { node, script } of commands) {
    if (run.visited.has(node)) continue;
    attempt(
      run,
      COMMAND_STEPS,
      () =>
        inSubshell(run, () => {
          run.state = fork(run, run.state, reached);
          return withScript(run, script, () => runCommand(run, node));
        }).status,
    );
  }
}

/** Reads what is left of a script whose steps are all spent: no command of it stays unseen. */
export function readRest(run: Run, script: Run['script']): void {
  run.limit = run.steps + RESERVE;
  run.state.ended = null;
  run.state.path = [];
  const [first] = script.statements;
  if (first === undefined) return;
  const place = scriptPlace(script, first.pos, first.pos);
  const label = { text: 'the script goes on', place };
  const choice: Choice = {
    id: newId(run),
    kind: 'event',
    arms: [
      { ...label, negated: false },
      { ...label, negated: true },
    ],
    leaving: new Set(),
  };
  const ways = [conditionOf(choice, [0]), conditionOf(choice, [1])] as const;
  for (const statement of script.statements) readAlone(run, commandsOf(run, statement), ways);
}
