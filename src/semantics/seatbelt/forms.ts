/** The special forms: those whose parts are not all evaluated, or not always. */
import { samePlace } from '../../source/source.ts';
import type { Sexpr, SexprList, SexprSymbol } from '../../syntax/sexpr.ts';
import {
  caseForm,
  condForm,
  connective,
  ifForm,
  malformed,
  merged,
  opaqueForm,
  quoted,
  whenForm,
} from './branches.ts';
import { applyValue, evaluate, evaluateBody, lookUp } from './evaluate.ts';
import { filterOf } from './filter-functions.ts';
import { type Machine, makeList, reject, type SpecialForm } from './machine.ts';
import { type Environment, UNSPECIFIED, type Value } from './values.ts';

export const FORMS: ReadonlyMap<string, SpecialForm> = new Map<string, SpecialForm>([
  [
    'quote',
    (machine, _, form) => (form.items[1] === undefined ? UNSPECIFIED : quoted(machine, form.items[1])),
  ],
  ['quasiquote', (machine, environment, form) => quasiquoted(machine, environment, form)],
  ['define', (machine, environment, form) => define(machine, environment, form, false)],
  ['define-once', (machine, environment, form) => define(machine, environment, form, true)],
  ['set!', (machine, environment, form) => assign(machine, environment, form)],
  ['lambda', (machine, environment, form) => lambda(machine, environment, form)],
  ['let', (machine, environment, form) => letForm(machine, environment, form)],
  ['let*', (machine, environment, form) => letSequence(machine, environment, form)],
  ['letrec', (machine, environment, form) => letSequence(machine, environment, form)],
  ['letrec*', (machine, environment, form) => letSequence(machine, environment, form)],
  ['begin', (machine, environment, form) => evaluateBody(machine, environment, form.items.slice(1))],
  ['if', ifForm],
  ['when', (machine, environment, form) => whenForm(machine, environment, form, true)],
  ['unless', (machine, environment, form) => whenForm(machine, environment, form, false)],
  ['cond', (machine, environment, form) => condForm(machine, environment, form.items.slice(1))],
  ['case', caseForm],
  ['and', (machine, environment, form) => connective(machine, environment, form.items.slice(1), true)],
  ['or', (machine, environment, form) => connective(machine, environment, form.items.slice(1), false)],
  ['with', withForm],
  ['with-filter', withFilterForm],
  ['macro', opaqueForm],
  ['define-macro', opaqueForm],
  ['do', opaqueForm],
]);

function isCallOf(form: Sexpr, name: string): form is SexprList {
  if (form.kind !== 'list' || form.items.length !== 2) return false;
  const head = form.items[0];
  return head?.kind === 'symbol' && head.name === name;
}

function quasiquoted(machine: Machine, environment: Environment, form: SexprList): Value {
  const template = form.items[1];
  return template === undefined ? UNSPECIFIED : fillTemplate(machine, environment, template);
}

function fillTemplate(machine: Machine, environment: Environment, form: Sexpr): Value {
  if (form.kind !== 'list') return quoted(machine, form);
  const inserted = form.items[1];
  if (isCallOf(form, 'unquote') && inserted !== undefined) return evaluate(machine, environment, inserted);
  const items: Value[] = [];
  for (const item of form.items) {
    const spliced = isCallOf(item, 'unquote-splicing') ? item.items[1] : undefined;
    if (spliced === undefined) {
      items.push(fillTemplate(machine, environment, item));
      continue;
    }
    const value = evaluate(machine, environment, spliced);
    if (value.kind === 'list') items.push(...value.items);
    else if (value.kind === 'unknown') return value;
    else return malformed(machine, item, 'unquote-splicing');
  }
  return makeList(machine, items, form.place);
}

function define(machine: Machine, environment: Environment, form: SexprList, once: boolean): Value {
  const target = form.items[1];
  if (target?.kind === 'symbol') {
    if (once && lookUp(environment, target.name) !== undefined) return UNSPECIFIED;
    const expression = form.items[2];
    const value = expression === undefined ? UNSPECIFIED : evaluate(machine, environment, expression);
    bind(machine, environment, target.name, named(value, target.name));
    return UNSPECIFIED;
  }
  const name = target?.kind === 'list' ? target.items[0] : undefined;
  if (target?.kind !== 'list' || name?.kind !== 'symbol') return malformed(machine, form, 'define');
  if (once && lookUp(environment, name.name) !== undefined) return UNSPECIFIED;
  const signature = parametersOf(target.items.slice(1), target.tail);
  if (signature === null) return malformed(machine, form, 'define');
  bind(machine, environment, name.name, {
    kind: 'closure',
    name: name.name,
    ...signature,
    body: form.items.slice(2),
    environment,
  });
  return UNSPECIFIED;
}

function named(value: Value, name: string): Value {
  return value.kind === 'closure' && value.name === 'lambda' ? { ...value, name } : value;
}

/** Under a condition an earlier value may still hold. */
function bind(machine: Machine, environment: Environment, name: string, value: Value): void {
  const before = environment.bindings.get(name);
  const uncertain = machine.conditions.length > 0 && before !== undefined;
  environment.bindings.set(name, uncertain ? merged(before, value, name) : value);
}

function parametersOf(
  forms: readonly Sexpr[],
  tail: Sexpr | null,
): { parameters: readonly string[]; rest: string | null } | null {
  const parameters: string[] = [];
  for (const form of forms) {
    if (form.kind !== 'symbol') return null;
    parameters.push(form.name);
  }
  if (tail !== null && tail.kind !== 'symbol') return null;
  return { parameters, rest: tail === null ? null : tail.name };
}

function assign(machine: Machine, environment: Environment, form: SexprList): Value {
  const [, target, expression] = form.items;
  if (target?.kind !== 'symbol' || expression === undefined) return malformed(machine, form, 'set!');
  const value = evaluate(machine, environment, expression);
  for (let at: Environment | null = environment; at !== null; at = at.parent) {
    if (!at.bindings.has(target.name)) continue;
    bind(machine, at, target.name, value);
    return UNSPECIFIED;
  }
  reject(machine, 'unbound-variable', `\`${target.name.slice(0, 60)}\` is not defined`, target.place);
  return UNSPECIFIED;
}

function lambda(machine: Machine, environment: Environment, form: SexprList): Value {
  const list = form.items[1];
  const signature =
    list?.kind === 'symbol'
      ? { parameters: [], rest: list.name }
      : list?.kind === 'list'
        ? parametersOf(list.items, list.tail)
        : null;
  if (signature === null) return malformed(machine, form, 'lambda');
  return { kind: 'closure', name: 'lambda', ...signature, body: form.items.slice(2), environment };
}

interface Binding {
  readonly name: SexprSymbol;
  readonly expression: Sexpr | null;
}

function bindingsOf(form: Sexpr | undefined): readonly Binding[] | null {
  if (form?.kind !== 'list') return null;
  const bindings: Binding[] = [];
  for (const item of form.items) {
    if (item.kind === 'symbol') {
      bindings.push({ name: item, expression: null });
      continue;
    }
    const name = item.kind === 'list' ? item.items[0] : undefined;
    if (item.kind !== 'list' || name?.kind !== 'symbol') return null;
    bindings.push({ name, expression: item.items[1] ?? null });
  }
  return bindings;
}

function letForm(machine: Machine, environment: Environment, form: SexprList): Value {
  const second = form.items[1];
  const loop = second?.kind === 'symbol' ? second.name : null;
  const bindings = bindingsOf(form.items[loop === null ? 1 : 2]);
  if (bindings === null) return malformed(machine, form, 'let');
  const body = form.items.slice(loop === null ? 2 : 3);
  const values = bindings.map((one) =>
    one.expression === null ? UNSPECIFIED : evaluate(machine, environment, one.expression),
  );
  const names = bindings.map((one) => one.name.name);
  if (loop === null) {
    const inner = new Map(names.map((name, index) => [name, values[index] ?? UNSPECIFIED]));
    return evaluateBody(machine, { bindings: inner, parent: environment }, body);
  }
  const scope: Environment = { bindings: new Map(), parent: environment };
  const closure: Value = {
    kind: 'closure',
    name: loop,
    parameters: names,
    rest: null,
    body,
    environment: scope,
  };
  scope.bindings.set(loop, closure);
  return applyValue(machine, closure, {
    values,
    places: bindings.map((one) => one.name.place),
    place: form.place,
  });
}

/** `let*` and `letrec`: each expression sees the names before it, and functions see them all. */
function letSequence(machine: Machine, environment: Environment, form: SexprList): Value {
  const bindings = bindingsOf(form.items[1]);
  if (bindings === null) return malformed(machine, form, 'let');
  const scope: Environment = { bindings: new Map(), parent: environment };
  for (const { name, expression } of bindings) {
    const value = expression === null ? UNSPECIFIED : evaluate(machine, scope, expression);
    scope.bindings.set(name.name, named(value, name.name));
  }
  return evaluateBody(machine, scope, form.items.slice(2));
}

function withForm(machine: Machine, environment: Environment, form: SexprList): Value {
  const name = form.items[1];
  if (name?.kind !== 'symbol') return malformed(machine, form, 'with');
  for (const item of form.items.slice(2)) evaluate(machine, environment, item);
  return { kind: 'modifier', modifier: { name: name.name, place: form.place } };
}

function withFilterForm(machine: Machine, environment: Environment, form: SexprList): Value {
  const condition = form.items[1];
  if (condition === undefined) return malformed(machine, form, 'with-filter');
  const value = evaluate(machine, environment, condition);
  const filter = filterOf(machine, value, condition.place);
  machine.filters.push(
    samePlace(filter.place, condition.place) ? filter : { ...filter, place: condition.place },
  );
  const result = evaluateBody(machine, environment, form.items.slice(2));
  machine.filters.pop();
  return result;
}
