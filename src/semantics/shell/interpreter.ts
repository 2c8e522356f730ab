/** Control flow: which commands run, in which order, under which conditions. */
import { isResolved } from '../../model/symbolic.ts';
import type * as Syntax from '../../syntax/shell.ts';
import { withinShare } from './allowance.ts';
import { calculate } from './arithmetic.ts';
import { runCommand } from './command.ts';
import { expandPieces, numbersOf } from './expansion.ts';
import { branch } from './joining.ts';
import { runArithmeticFor, runFor, runWhile } from './loops.ts';
import { patternOf } from './operations.ts';
import { matchesPattern } from './pattern.ts';
import type { ConditionArm } from './reading.ts';
import { redirectionsOf } from './redirection.ts';
import { asking, newId, OUTPUT, placeOf, type Run, type Status, sourceOf, step } from './state.ts';
import { inSubshell, write } from './substitution.ts';
import { decideExpression } from './tests.ts';
import { type Alternative, alternativesOf, type Variable } from './value.ts';

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
  const definition = { node, script: run.script };
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
    else if (status === null) {
      const [holds, fails] = arms(run, { pos: node.pos, end: previous.end });
      const labels = wanted ? [holds, fails] : [fails, holds];
      status = branch(run, 'test', labels, [going(run, next, wanted ? undefined : printed), () => !wanted]);
    }
    if (wanted) printed = run.state.variables.get(OUTPUT);
  }
  return status;
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
  return status === null || !negated ? status : !status;
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
  return branch(run, 'test', arms(run, clause), [() => runStatements(run, then.commands), rest]);
}

function runCase(run: Run, node: Syntax.Case): Status {
  const alternatives = alternativesOf(asking(run, () => expandPieces(run, node.word))) ?? [];
  const subject = sourceOf(run, node.word);
  const open: { item: number; label: ConditionArm }[] = [];
  let decided = false;
  for (const [item, { pattern }] of node.items.entries()) {
    const status = matchesCase(run, alternatives, pattern);
    if (status === false) continue;
    const text = `${subject} is ${pattern.map((word) => sourceOf(run, word)).join('|')}`;
    const [first, last] = [pattern[0], pattern.at(-1)];
    const span = { pos: first?.pos ?? node.pos, end: last?.end ?? node.end };
    open.push({ item, label: { text, place: placeOf(run, span), negated: false } });
    decided = status === true;
    if (decided) break;
  }
  const bodies = open.map(
    ({ item }) =>
      () =>
        runItems(run, node, item),
  );
  const only = bodies[0];
  if (only === undefined) return true;
  if (decided && bodies.length === 1) return only();
  const labels = open.map(({ label }) => label);
  if (!decided) {
    labels.push({
      text: `${subject} is ${open.map(({ label }) => label.text.slice(subject.length + 4)).join('|')}`,
      place: placeOf(run, node.word),
      negated: true,
    });
    bodies.push(() => true);
  }
  return branch(run, 'case', labels, bodies);
}

function matchesCase(
  run: Run,
  alternatives: readonly Alternative[],
  patterns: readonly Syntax.Word[],
): Status {
  const found = new Set<Status>();
  for (const word of patterns) {
    const pattern = patternOf(run, word);
    if (pattern?.length === 1 && pattern[0]?.kind === 'any') return true;
    for (const { text } of alternatives) {
      const known = pattern !== null && isResolved(text) && !/[\uFDD0\uFDD1]/.test(text);
      found.add(known ? matchesPattern(pattern, [...text]) : null);
    }
    if (found.size === 1 && found.has(true)) return true;
  }
  return found.size === 1 && found.has(false) ? false : null;
}

/** A body that ends with `;&` runs into the next one. */
function runItems(run: Run, node: Syntax.Case, from: number): Status {
  let status: Status = true;
  for (const item of node.items.slice(from)) {
    status = runStatements(run, item.body.commands);
    if (item.terminator !== ';&' || run.state.ended !== null) break;
  }
  return status;
}
