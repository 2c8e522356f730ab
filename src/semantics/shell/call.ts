/** Calls of the script's own functions: arguments, local variables, `return`. */

import { scriptPlace } from '../../syntax/shell.ts';
import { elementOf } from './assignment.ts';
import { restore } from './command.ts';
import { withScript } from './expansion.ts';
import type { Field } from './fields.ts';
import { runBody } from './interpreter.ts';
import { joinStates } from './joining.ts';
import { statusOfEnds } from './outcomes.ts';
import { ARGUMENTS } from './parameter.ts';
import type { Redirections } from './redirection.ts';
import {
  type FunctionDefinition,
  type Run,
  report,
  type State,
  type Status,
  setVariable,
  step,
} from './state.ts';
import type { Element, Variable } from './value.ts';

const MAX_CALLS = 24;
const MAX_RECURSION = 2;

export function callFunction(
  run: Run,
  name: string,
  definition: FunctionDefinition,
  fields: readonly Field[],
  redirections: Redirections,
): Status {
  run.calledFunctions.add(definition.node);
  const depth = run.active.filter((active) => active === name).length;
  if (depth >= MAX_RECURSION || run.active.length >= MAX_CALLS) {
    const place = scriptPlace(definition.script, definition.node.name.pos, definition.node.name.end);
    report(run, 'unknown', `the function ${name} calls itself too often to follow`, place);
    return null;
  }
  const input = run.input;
  if (redirections.input !== null) run.input = redirections.input;
  run.active.push(name);
  const status = withArguments(run, fields.map(elementOf), () => runFunction(run, name, definition));
  run.active.pop();
  run.input = input;
  return status;
}

/** Runs something with other positional parameters. */
export function withArguments<T>(run: Run, elements: readonly Element[], body: () => T): T {
  const before = run.state.variables.get(ARGUMENTS);
  setVariable(run, ARGUMENTS, { kind: 'list', elements, exported: false });
  const result = body();
  restore(run, ARGUMENTS, before);
  return result;
}

/** Runs a function's body with the arguments that are in place. */
export function runFunction(run: Run, name: string, definition: FunctionDefinition): Status {
  step(run, 4);
  const from = run.state.path.length;
  const frame = {
    returns: [] as State[],
    statuses: [] as Status[],
    saved: new Map<string, Variable | undefined>(),
  };
  const loops = run.loops.splice(0);
  const outer = run.functionName;
  run.calls.push(frame);
  run.functionName = name;
  const status = withScript(run, definition.script, () => runBody(run, definition.node.body));
  run.functionName = outer;
  run.calls.pop();
  run.loops.push(...loops);
  const own = run.state.ended === null ? [{ state: run.state, status }] : [];
  const ends = [...own, ...frame.returns.map((state, at) => ({ state, status: frame.statuses[at] ?? null }))];
  const all = statusOfEnds(run, ends, from);
  run.state = joinStates(run, [run.state, ...frame.returns]);
  for (const [variable, value] of frame.saved) restore(run, variable, value);
  return all;
}
