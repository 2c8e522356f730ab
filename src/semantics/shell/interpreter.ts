/** Control flow: which commands run, in which order, under which conditions. */
import type * as Syntax from '../../syntax/shell.ts';
import { withinShare } from './allowance.ts';
import { calculate } from './arithmetic.ts';
import { runCase } from './case.ts';
import { runCommand } from './command.ts';
import { numbersOf } from './expansion.ts';
import { branch, goWays } from './joining.ts';
import { runArithmeticFor, runFor, runWhile } from './loops.ts';
import type { ConditionArm } from './reading.ts';
import { redirectionsOf } from './redirection.ts';
import { isQuestion, newId, OUTPUT, placeOf, type Run, type Status, sourceOf, step } from './state.ts';
import { inSubshell, write } from './substitution.ts';
import { decideExpression, negate } from './tests.ts';
import type { Variable } from './value.ts';

export function runStatements(run: Run, statements: readonly Syntax.Statement[]): Status {
  let status: Status = true;
  for (const statement of statements) {
    if (run.state.ended !== null) return status;
    status = runStatement(run, statement);
  }
  return status;
}

function runStatement(run: Run, statement: Syntax.Statement): Status {
  step(run);
  if (statement.background !== true)
    return withinShare(run, statement, () => runNode(run, statement.command));
  const outer = run.background;
  run.background = true;
  inSubshell(run, () => runNode(run, statement.command));
  run.background = outer;
  return true;
}

function runNode(run: Run, node: Syntax.PipelineNode | Syntax.AndOr): Status {
  step(run);
  switch (node.type) {
    case 'AndOr':
      return runAndOr(run, node);
    case 'Pipeline':
      return runPipeline(run, node);
    case 'Command':
      return runCommand(run, node);
    case 'Function':
      return define(run, node);
    case 'Coproc':
      return inSubshell(run, () => runBody(run, node.body)).status;
    default:
      return runBody(run, node);
  }
}

/** Runs a compound command, such as the body of a function. */
export function runBody(
  run: Run,
  node: Syntax.CompoundCommand | Syntax.Redirected | Syntax.CompoundList | Syntax.Command,
): Status {
  switch (node.type) {
    case 'CompoundList':
      return runStatements(run, node.commands);
    case 'Command':
      return runCommand(run, node);
    case 'Redirected':
      return runRedirected(run, node);
    case 'BraceGroup':
      return runStatements(run, node.body.commands);
    case 'Subshell':
      return inSubshell(run, () => runStatements(run, node.body.commands)).status;
    case 'If':
      return runIf(run, node.clause, node.then, node.elif, node.else);
    case 'Case':
      return runCase(run, node);
    case 'For':
    case 'Select':
      return runFor(run, node);
    case 'While':
      return runWhile(run, node);
    case 'ArithmeticFor':
      return runArithmeticFor(run, node);
    case 'TestCommand':
      return decideExpression(run, node.expression);
    case 'ArithmeticCommand': {
      const value = calculate(node.expression, numbersOf(run, placeOf(run, node)));
      return value === null ? null : value !== 0;
    }
  }
}

function define(run: Run, node: Syntax.Function): Status {
  const definition = { node, script: run.script, path: run.state.path };
  run.state.functions.set(node.name.value, definition);
  run.definedFunctions.set(node.name.value, definition);
  return true;
}

function runRedirected(run: Run, node: Syntax.Redirected): Status {
  const redirections = redirectionsOf(run, node.redirects);
  const captured = run.state.variables.get(OUTPUT);
  const away = redirections.list.some(
    ({ operator, descriptor }) => /^&?>/.test(operator) && (descriptor ?? 1) === 1,
  );
  if (away) run.state.variables.delete(OUTPUT);
  const { input } = run;
  if (redirections.input !== null) run.input = redirections.input;
  const status = runBody(run, node.command);
  run.input = input;
  if (away && captured !== undefined) run.state.variables.set(OUTPUT, captured);
  return status;
}

function arms(run: Run, node: { readonly pos: number; readonly end: number }): [ConditionArm, ConditionArm] {
  const label = { text: sourceOf(run, node), place: placeOf(run, node) };
  return [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
}

function runAndOr(run: Run, node: Syntax.AndOr): Status {
  const first = node.commands[0];
  let printed = run.state.variables.get(OUTPUT);
  let status: Status = first === undefined ? true : runNode(run, first);
  for (const [index, operator] of node.operators.entries()) {
    const previous = node.commands[index];
    const next = node.commands[index + 1];
    if (previous === undefined || next === undefined || run.state.ended !== null) return status;
    const wanted = operator === '&&';
    if (status === wanted) status = runNode(run, next);
    else if (status === null || isQuestion(status)) {
      const ways = [going(run, next, wanted ? undefined : printed), () => !wanted];
      status = isQuestion(status)
        ? goWays(run, wanted ? [status.holds, status.fails] : [status.fails, status.holds], ways)
        : branch(run, 'test', labelsOf(run, node, previous.end, wanted), ways);
    }
    if (wanted) printed = run.state.variables.get(OUTPUT);
  }
  return status;
}

function labelsOf(run: Run, node: Syntax.AndOr, end: number, wanted: boolean): ConditionArm[] {
  const [holds, fails] = arms(run, { pos: node.pos, end });
  return wanted ? [holds, fails] : [fails, holds];
}

/** In `$(a || echo b)` a command that fails is taken to print nothing. */
function going(run: Run, next: Syntax.PipelineNode, printed: Variable | undefined): () => Status {
  return () => {
    if (printed !== undefined) run.state.variables.set(OUTPUT, printed);
    return runNode(run, next);
  };
}

function runPipeline(run: Run, node: Syntax.Pipeline): Status {
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const only = node.commands.length === 1 ? node.commands[0] : undefined;
  const status = only !== undefined ? runNode(run, only) : runStages(run, node);
  return negated ? negate(status) : status;
}

function runStages(run: Run, node: Syntax.Pipeline): Status {
  const outer = { pipe: run.pipe, input: run.input };
  const id = newId(run);
  let status: Status = null;
  for (const [stage, command] of node.commands.entries()) {
    const last = stage === node.commands.length - 1;
    run.pipe = { id, stage, stages: node.commands.length };
    const result = inSubshell(run, () => runNode(run, command), true);
    status = result.status;
    run.input = result.output;
    if (last && run.state.variables.has(OUTPUT)) write(run, result.output);
  }
  Object.assign(run, outer);
  return status;
}

function runIf(
  run: Run,
  clause: Syntax.CompoundList,
  then: Syntax.CompoundList,
  elifs: readonly Syntax.Elif[],
  otherwise: Syntax.CompoundList | undefined,
): Status {
  const [next, ...more] = elifs;
  const rest = (): Status => {
    if (next !== undefined) return runIf(run, next.clause, next.then, more, otherwise);
    return otherwise === undefined ? true : runStatements(run, otherwise.commands);
  };
  const status = runStatements(run, clause.commands);
  if (run.state.ended !== null) return status;
  if (status === true) return runStatements(run, then.commands);
  if (status === false) return rest();
  const ways = [() => runStatements(run, then.commands), rest];
  if (isQuestion(status)) return goWays(run, [status.holds, status.fails], ways);
  return branch(run, 'test', arms(run, clause), ways);
}
