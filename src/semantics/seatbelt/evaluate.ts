/** The interpreter's core: expressions, variables, calls. Bounded in steps and depth. */
import { unknownPart } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { Sexpr, SexprList, SexprText } from '../../syntax/sexpr.ts';
import type { Call } from './call.ts';
import { charge, halt, LIMITS, type Machine, partial, reject } from './machine.ts';
import { assumedParameter } from './parameters.ts';
import {
  booleanValue,
  type ClosureValue,
  type Environment,
  type TextValue,
  textValue,
  UNSPECIFIED,
  unknownValue,
  type Value,
} from './values.ts';

/** A statement of its own: a name that nothing defines is an error here. */
export function evaluateTop(machine: Machine, form: Sexpr): Value {
  const value = evaluate(machine, machine.globals, form);
  if (value.kind === 'symbol' && !value.quoted) {
    reject(machine, 'unbound-variable', `\`${value.name.slice(0, 60)}\` is not defined`, value.place);
  }
  return value;
}

export function evaluate(machine: Machine, environment: Environment, form: Sexpr): Value {
  if (machine.halted || !charge(machine, 1, form.place)) return UNSPECIFIED;
  switch (form.kind) {
    case 'number':
      return { kind: 'number', value: form.value };
    case 'boolean':
      return booleanValue(form.value);
    case 'string':
      return literalText(machine, form);
    case 'placeholder':
      return placeholderValue(machine, form.name, form.place);
    case 'symbol':
      return variable(machine, environment, form.name, form.place);
    case 'list':
      return evaluateList(machine, environment, form);
  }
}

function variable(machine: Machine, environment: Environment, name: string, place: Place): Value {
  const bound = lookUp(environment, name);
  if (bound !== undefined) return bound;
  if (machine.globals !== environment && machine.globals.bindings.has(name)) {
    return machine.globals.bindings.get(name) ?? UNSPECIFIED;
  }
  if (machine.builtins.has(name)) return { kind: 'builtin', name };
  return { kind: 'symbol', name, quoted: false, place };
}

export function lookUp(environment: Environment, name: string): Value | undefined {
  for (let at: Environment | null = environment; at !== null; at = at.parent) {
    const value = at.bindings.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function evaluateList(machine: Machine, environment: Environment, form: SexprList): Value {
  const head = form.items[0];
  if (head === undefined) {
    reject(machine, 'type-error', 'an empty list is not an expression', form.place);
    return unknownValue('()');
  }
  if (machine.depth >= LIMITS.depth) {
    halt(machine, `calls are nested deeper than ${LIMITS.depth}`, form.place);
    return UNSPECIFIED;
  }
  machine.depth += 1;
  const special =
    head.kind === 'symbol' && lookUp(environment, head.name) === undefined
      ? machine.forms.get(head.name)
      : undefined;
  const value =
    special === undefined
      ? evaluateCall(machine, environment, form, head)
      : special(machine, environment, form);
  machine.depth -= 1;
  return value;
}

function evaluateCall(machine: Machine, environment: Environment, form: SexprList, head: Sexpr): Value {
  const called = evaluate(machine, environment, head);
  if (called.kind === 'symbol') return callUnbound(machine, environment, form, called.name);
  if (called.kind === 'unknown') return callUnknown(machine, environment, form, called.name);
  return applyValue(machine, called, argumentsOf(machine, environment, form));
}

function argumentsOf(machine: Machine, environment: Environment, form: SexprList): Call {
  const rest = form.items.slice(1);
  return {
    values: rest.map((item) => evaluate(machine, environment, item)),
    places: rest.map((item) => item.place),
    place: form.place,
  };
}

/** Names that a profile cannot have although people write them (ZaxbyHub/opencode-swarm#2590). */
const NO_SUCH_FEATURE: ReadonlySet<string> = new Set([
  'setenv',
  'unsetenv',
  'rlimit',
  'setrlimit',
  'set-rlimit',
  'limit',
  'ulimit',
  'chdir',
  'exec',
  'env',
]);

function callUnbound(machine: Machine, environment: Environment, form: SexprList, name: string): Value {
  const short = name.slice(0, 60);
  if (NO_SUCH_FEATURE.has(name)) {
    reject(machine, 'no-such-feature', `Seatbelt has no \`${short}\`: the variable is unbound`, form.place);
    return unknownValue(short);
  }
  partial(
    machine,
    'unknown-helper',
    `\`${short}\` is not defined here; macOS refuses a profile with an unbound name`,
    form.place,
  );
  machine.gaps = true;
  return callUnknown(machine, environment, form, short);
}

/** Arguments of a function that is not known may or may not be evaluated. */
function callUnknown(machine: Machine, environment: Environment, form: SexprList, name: string): Value {
  const key = `call of ${name} at ${form.place.source.path}:${form.place.span.start}`;
  machine.conditions.push({ key, text: `\`${name}\` evaluates its arguments`, holds: true });
  argumentsOf(machine, environment, form);
  machine.conditions.pop();
  return unknownValue(`(${name} …)`);
}

export function applyValue(machine: Machine, called: Value, call: Call): Value {
  if (machine.halted || !charge(machine, 1, call.place)) return UNSPECIFIED;
  if (called.kind === 'builtin') return machine.builtins.get(called.name)?.(machine, call) ?? UNSPECIFIED;
  if (called.kind === 'closure') return applyClosure(machine, called, call);
  if (called.kind === 'unknown') return unknownValue(`(${called.name} …)`);
  reject(machine, 'type-error', 'only a function can be called', call.place);
  return unknownValue('a call');
}

function applyClosure(machine: Machine, closure: ClosureValue, call: Call): Value {
  const { parameters, rest } = closure;
  const given = call.values.length;
  if (given < parameters.length || (rest === null && given > parameters.length)) {
    reject(machine, 'type-error', `${closure.name} is called with ${given} arguments`, call.place);
    return unknownValue(`(${closure.name} …)`);
  }
  if (machine.depth >= LIMITS.depth) {
    halt(machine, `calls are nested deeper than ${LIMITS.depth}`, call.place);
    return UNSPECIFIED;
  }
  const bindings = new Map<string, Value>();
  parameters.forEach((name, index) => {
    bindings.set(name, call.values[index] ?? UNSPECIFIED);
  });
  if (rest !== null) {
    const items = call.values.slice(parameters.length);
    bindings.set(rest, machine.builtins.get('list')?.(machine, { ...call, values: items }) ?? UNSPECIFIED);
  }
  machine.depth += 1;
  machine.callSites.push(call.place);
  const value = evaluateBody(machine, { bindings, parent: closure.environment }, closure.body);
  machine.callSites.pop();
  machine.depth -= 1;
  return value;
}

export function evaluateBody(machine: Machine, environment: Environment, body: readonly Sexpr[]): Value {
  let value: Value = UNSPECIFIED;
  for (const form of body) value = evaluate(machine, environment, form);
  return value;
}

/**
 * Placeholders inside a string. Braces and brackets are not read as such in a raw string, where they belong
 * to the expression, except for brackets round a word in capitals.
 */
const PLACEHOLDERS =
  /__([A-Za-z]\w{0,60})__|@([A-Za-z]\w{0,60})@|\$\{([^}\n]{1,80})\}|<%=?([^%\n]{1,80})%>|\[([A-Z][A-Z0-9]{2,40}(?:_[A-Z0-9]{1,40}){0,8})\]/g;
const BRACED = /\{([A-Za-z_]\w{0,60})\}/g;

/** A string with its placeholders filled by what they usually stand for, or by unknown parts. */
export function literalText(machine: Machine, form: SexprText): Value {
  const { text, place } = form;
  if (!/__|@|\$\{|<%|\[[A-Z]|\{/.test(text)) return textValue(text);
  const assumptions: string[] = [];
  const fill = (raw: string, name: string): string => {
    const filled = placeholderText(machine, name.trim() === '' ? raw : name.trim(), place);
    assumptions.push(...filled.assumptions);
    return filled.text;
  };
  let filled = text.replace(PLACEHOLDERS, (raw, ...groups) =>
    fill(raw, groups.slice(0, 5).find((one) => one !== undefined) ?? raw),
  );
  if (!form.raw) filled = filled.replace(BRACED, (raw, name: string) => fill(raw, name));
  return textValue(filled, assumptions);
}

function placeholderText(machine: Machine, name: string, place: Place): TextValue {
  const assumed = assumedParameter(name, machine.places);
  partial(machine, 'placeholder', `the placeholder ${name} is filled in before the profile is loaded`, place);
  if (assumed === null) return textValue(unknownPart(name));
  return textValue(assumed.text, [assumed.assumption]);
}

function placeholderValue(machine: Machine, name: string, place: Place): Value {
  partial(machine, 'placeholder', `the placeholder ${name} is filled in before the profile is loaded`, place);
  machine.gaps = true;
  const assumed = assumedParameter(name, machine.places);
  return assumed === null ? unknownValue(name) : textValue(assumed.text, [assumed.assumption]);
}
