/** The forms that choose: `if`, `cond`, `and` and their like, over facts that may not be known. */
import type { Place } from '../../source/source.ts';
import type { Sexpr, SexprList } from '../../syntax/sexpr.ts';
import { applyValue, evaluate, evaluateBody, literalText } from './evaluate.ts';
import { charge, type Machine, makeList, partial, reject, settled, underCondition } from './machine.ts';
import type { Condition } from './profile.ts';
import {
  booleanValue,
  type Environment,
  FALSE,
  spelled,
  TRUE,
  truthOf,
  UNSPECIFIED,
  unknownValue,
  type Value,
} from './values.ts';

/** A form that exists in Scheme and is not worth evaluating: what it would define or allow is not known. */
export function opaqueForm(machine: Machine, _: Environment, form: SexprList): Value {
  machine.gaps = true;
  partial(machine, 'not-understood', 'this form is not evaluated', form.place);
  return unknownValue('a form that is not evaluated');
}

export function malformed(machine: Machine, form: Sexpr, what: string): Value {
  reject(machine, 'type-error', `malformed \`${what}\``, form.place);
  return unknownValue(what);
}

/** A form as data. */
export function quoted(machine: Machine, form: Sexpr): Value {
  charge(machine, 1, form.place);
  switch (form.kind) {
    case 'list': {
      const items = form.items.map((item) => quoted(machine, item));
      return makeList(machine, items, form.place, form.tail === null ? null : quoted(machine, form.tail));
    }
    case 'symbol':
      return { kind: 'symbol', name: form.name, quoted: true, place: form.place };
    case 'string':
      return literalText(machine, form);
    case 'number':
      return { kind: 'number', value: form.value };
    case 'boolean':
      return booleanValue(form.value);
    case 'placeholder':
      machine.gaps = true;
      return unknownValue(form.name);
  }
}

/** A value that is one of two; the same value where they agree. */
export function merged(a: Value, b: Value, name: string): Value {
  if (a === b) return a;
  if (a.kind === 'boolean' && b.kind === 'boolean' && a.value === b.value) return a;
  if (a.kind === 'string' && b.kind === 'string' && a.text === b.text && a.presence === b.presence) return a;
  return unknownValue(name);
}

/** One of two branches, or both where the test hangs on something unknown. */
function choose(
  machine: Machine,
  test: Value,
  place: Place,
  whenTrue: () => Value,
  whenFalse: () => Value,
): Value {
  if (machine.halted) return UNSPECIFIED;
  const truth = truthOf(test, place);
  const outcome = typeof truth === 'boolean' ? truth : settled(machine, truth);
  if (typeof outcome === 'boolean') return outcome ? whenTrue() : whenFalse();
  const first = underCondition(machine, outcome, whenTrue);
  const second = underCondition(machine, { ...outcome, holds: !outcome.holds }, whenFalse);
  const both = merged(first, second, outcome.text);
  if (both.kind !== 'unknown' || first.kind !== 'boolean' || second.kind !== 'boolean') return both;
  return unknownValue(outcome.text, { ...outcome, holds: first.value ? outcome.holds : !outcome.holds });
}

export function ifForm(machine: Machine, environment: Environment, form: SexprList): Value {
  const [, test, then, otherwise] = form.items;
  if (test === undefined || then === undefined) return malformed(machine, form, 'if');
  return choose(
    machine,
    evaluate(machine, environment, test),
    test.place,
    () => evaluate(machine, environment, then),
    () => (otherwise === undefined ? UNSPECIFIED : evaluate(machine, environment, otherwise)),
  );
}

export function whenForm(
  machine: Machine,
  environment: Environment,
  form: SexprList,
  wanted: boolean,
): Value {
  const test = form.items[1];
  if (test === undefined) return malformed(machine, form, wanted ? 'when' : 'unless');
  const body = (): Value => evaluateBody(machine, environment, form.items.slice(2));
  const nothing = (): Value => UNSPECIFIED;
  const value = evaluate(machine, environment, test);
  return wanted
    ? choose(machine, value, test.place, body, nothing)
    : choose(machine, value, test.place, nothing, body);
}

/** Clauses nest (each is evaluated under the failure of those before), so depth is counted. */
export function condForm(machine: Machine, environment: Environment, clauses: readonly Sexpr[]): Value {
  const clause = clauses[0];
  if (clause === undefined || machine.halted) return UNSPECIFIED;
  const test = clause.kind === 'list' ? clause.items[0] : undefined;
  if (clause.kind !== 'list' || test === undefined) return malformed(machine, clause, 'cond');
  const body = clause.items.slice(1);
  if (test.kind === 'symbol' && test.name === 'else') return evaluateBody(machine, environment, body);
  const value = evaluate(machine, environment, test);
  return choose(
    machine,
    value,
    test.place,
    () => condBody(machine, environment, body, value, test.place),
    () => condRest(machine, environment, clauses.slice(1), clause.place),
  );
}

function condRest(
  machine: Machine,
  environment: Environment,
  clauses: readonly Sexpr[],
  place: Place,
): Value {
  return evaluate(machine, environment, {
    kind: 'list',
    items: [{ kind: 'symbol', name: 'cond', place }, ...clauses],
    tail: null,
    place,
  });
}

function condBody(
  machine: Machine,
  environment: Environment,
  body: readonly Sexpr[],
  test: Value,
  place: Place,
): Value {
  const [arrow, receiver] = body;
  if (arrow === undefined) return test;
  if (arrow.kind !== 'symbol' || arrow.name !== '=>' || receiver === undefined) {
    return evaluateBody(machine, environment, body);
  }
  const called = evaluate(machine, environment, receiver);
  return applyValue(machine, called, { values: [test], places: [place], place });
}

export function caseForm(machine: Machine, environment: Environment, form: SexprList): Value {
  const subject = form.items[1];
  if (subject === undefined) return malformed(machine, form, 'case');
  const value = evaluate(machine, environment, subject);
  if (value.kind === 'unknown' || (value.kind === 'string' && value.presence !== null)) {
    return opaqueForm(machine, environment, form);
  }
  for (const clause of form.items.slice(2)) {
    const data = clause.kind === 'list' ? clause.items[0] : undefined;
    if (clause.kind !== 'list' || data === undefined) return malformed(machine, clause, 'case');
    const isElse = data.kind === 'symbol' && data.name === 'else';
    const hit = data.kind === 'list' && data.items.some((item) => sameDatum(quoted(machine, item), value));
    if (isElse || hit) return evaluateBody(machine, environment, clause.items.slice(1));
  }
  return UNSPECIFIED;
}

function sameDatum(a: Value, b: Value): boolean {
  return a.kind === b.kind && a.kind !== 'list' && spelled(a) === spelled(b);
}

/** `and` (`all`) and `or`: the value of the part that decides. */
export function connective(
  machine: Machine,
  environment: Environment,
  parts: readonly Sexpr[],
  all: boolean,
): Value {
  let pushed = 0;
  let first: Condition | null = null;
  let value: Value = all ? TRUE : FALSE;
  for (const [index, part] of parts.entries()) {
    value = evaluate(machine, environment, part);
    if (machine.halted) break;
    const truth = truthOf(value, part.place);
    const outcome = typeof truth === 'boolean' ? truth : settled(machine, truth);
    if (typeof outcome === 'boolean') {
      if (outcome === all) continue;
      break;
    }
    first ??= outcome;
    if (index === parts.length - 1) break;
    machine.conditions.push(all ? outcome : { ...outcome, holds: !outcome.holds });
    pushed += 1;
  }
  machine.conditions.length -= pushed;
  return pushed === 0 ? value : undecided(value, first, pushed, parts, all);
}

/** The truth of a connective that hangs on unknown facts: on the one, or on the expression as a whole. */
function undecided(
  last: Value,
  first: Condition | null,
  count: number,
  parts: readonly Sexpr[],
  all: boolean,
): Value {
  const place = parts[0]?.place;
  const constant = last.kind === 'boolean' ? last.value : null;
  if (first !== null && count === 1 && constant === all) return unknownValue(first.text, first);
  const plain =
    last.kind !== 'unknown' && last.kind !== 'boolean' && !(last.kind === 'string' && last.presence !== null);
  if (first !== null && count === 1 && all && plain) return unknownValue(first.text, first);
  if (!all && plain) return unknownValue('the value of `or`');
  const where = place === undefined ? '' : `${place.source.path}:${place.span.start}`;
  const text = first === null ? 'a condition' : `${first.text}${all ? ' and more' : ' or more'}`;
  return unknownValue(text, { key: `${all ? 'and' : 'or'} at ${where}`, text, holds: true });
}
