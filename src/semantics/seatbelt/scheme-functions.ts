/** Functions of Scheme on strings, numbers and truth, as far as profiles use them. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { argument, argumentPlace, type Builtin, type Call } from './call.ts';
import { charge, type Machine, makeText, reject, textOf } from './machine.ts';
import {
  booleanValue,
  describeValue,
  EMPTY_LIST,
  FALSE,
  spelled,
  truthOf,
  UNSPECIFIED,
  unknownValue,
  type Value,
} from './values.ts';

/** True for a value that the run alone decides, or that was only assumed. */
export function isOpen(value: Value): boolean {
  if (value.kind === 'unknown') return true;
  return (
    value.kind === 'string' &&
    (!isResolved(value.text) || value.assumptions.length > 0 || value.presence !== null)
  );
}

/** The answer of `name` where an argument is open: one fact, the same wherever the same is asked. */
export function openAnswer(name: string, call: Call): Value {
  const shown = call.values.map((value) => {
    if (value.kind === 'string' && value.presence !== null) return `(${value.presence.text})`;
    return value.kind === 'string' ? JSON.stringify(value.text) : describeValue(value);
  });
  const text = `(${name} ${shown.join(' ')})`.slice(0, 160);
  const key = `${name} ${call.values.map((value) => `${value.kind}:${spelled(value)}`).join(' ')}`;
  return unknownValue(text, { key, text: `${text} is true`, holds: true });
}

function predicate(
  name: string,
  answer: (machine: Machine, call: Call) => boolean,
): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      if (call.values.some(isOpen)) return openAnswer(name, call);
      return booleanValue(answer(machine, call));
    },
  ];
}

/** A question about a value's type: a parameter that may be missing is a string or `#f`. */
function typeTest(name: string, kinds: readonly Value['kind'][]): readonly [string, Builtin] {
  return [
    name,
    (_, call) => {
      const value = argument(call, 0);
      if (value.kind === 'unknown') return openAnswer(name, call);
      if (value.kind === 'string' && value.presence !== null) {
        if (kinds.includes('string')) return unknownValue(value.presence.text, value.presence);
        if (!kinds.includes('boolean')) return FALSE;
        return unknownValue(value.presence.text, { ...value.presence, holds: !value.presence.holds });
      }
      return booleanValue(kinds.includes(value.kind));
    },
  ];
}

function negate(_: Machine, call: Call): Value {
  const truth = truthOf(argument(call, 0), argumentPlace(call, 0));
  if (typeof truth === 'boolean') return booleanValue(!truth);
  return unknownValue(truth.text, { ...truth, holds: !truth.holds });
}

/** Same value; lists part by part. Lists are bounded in size and depth, and the budget pays for them. */
export function sameValue(machine: Machine, a: Value, b: Value, place: Place): boolean {
  if (!charge(machine, 1, place) || a.kind !== b.kind) return false;
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.items.length !== b.items.length) return false;
    return a.items.every((item, index) => sameValue(machine, item, b.items[index] ?? UNSPECIFIED, place));
  }
  if (a.kind === 'boolean' && b.kind === 'boolean') return a.value === b.value;
  if (a.kind === 'number' || a.kind === 'string' || a.kind === 'symbol') return spelled(a) === spelled(b);
  return a === b;
}

/** The text of every argument where all are known strings. */
function texts(machine: Machine, call: Call, name: string): string[] {
  return call.values.map(
    (value, index) => textOf(machine, value, argumentPlace(call, index), `\`${name}\``).text,
  );
}

function comparison(name: string, test: (a: string, b: string) => boolean): readonly [string, Builtin] {
  return predicate(name, (machine, call) => {
    const all = texts(machine, call, name);
    return all.every((text, index) => index === 0 || test(all[index - 1] ?? '', text));
  });
}

function numberOf(machine: Machine, call: Call, index: number, name: string): number {
  const value = argument(call, index);
  if (value.kind === 'number') return value.value;
  if (value.kind !== 'unknown') {
    reject(
      machine,
      'type-error',
      `\`${name}\` needs a number, not ${describeValue(value)}`,
      argumentPlace(call, index),
    );
  }
  return Number.NaN;
}

function ordering(name: string, test: (a: number, b: number) => boolean): readonly [string, Builtin] {
  return predicate(name, (machine, call) => {
    const all = call.values.map((_, index) => numberOf(machine, call, index, name));
    return all.every((value, index) => index === 0 || test(all[index - 1] ?? Number.NaN, value));
  });
}

function arithmetic(
  name: string,
  start: number,
  step: (a: number, b: number) => number,
): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      const all = call.values.map((_, index) => numberOf(machine, call, index, name));
      const [first, ...rest] = all;
      const result =
        first === undefined
          ? start
          : rest.length === 0 && name !== '+' && name !== '*'
            ? step(start, first)
            : rest.reduce(step, first);
      return Number.isFinite(result) ? { kind: 'number', value: result } : unknownValue(`(${name} …)`);
    },
  ];
}

function stringAppend(machine: Machine, call: Call): Value {
  const parts = call.values.map((value, index) =>
    textOf(machine, value, argumentPlace(call, index), '`string-append`'),
  );
  const assumptions = [...new Set(parts.flatMap((part) => part.assumptions))].slice(0, 20);
  let length = 0;
  for (const part of parts) length += part.text.length;
  if (!charge(machine, 1 + Math.floor(length / 16), call.place)) return unknownValue('a string');
  return makeText(machine, parts.map((part) => part.text).join(''), assumptions, call.place);
}

function substring(machine: Machine, call: Call): Value {
  const given = textOf(machine, argument(call, 0), argumentPlace(call, 0), '`substring`');
  if (!isResolved(given.text) || call.values.slice(1).some(isOpen)) return unknownValue('(substring …)');
  const start = numberOf(machine, call, 1, 'substring');
  const end = call.values[2] === undefined ? given.text.length : numberOf(machine, call, 2, 'substring');
  if (!(start >= 0 && start <= end && end <= given.text.length)) {
    reject(machine, 'type-error', '`substring` is out of range', call.place);
    return unknownValue('(substring …)');
  }
  return makeText(machine, given.text.slice(start, end), given.assumptions, call.place);
}

function stringLength(machine: Machine, call: Call): Value {
  const given = argument(call, 0);
  const text = textOf(machine, given, argumentPlace(call, 0), '`string-length`');
  return isOpen(text) ? unknownValue('(string-length …)') : { kind: 'number', value: text.text.length };
}

function stringToNumber(machine: Machine, call: Call): Value {
  const text = textOf(machine, argument(call, 0), argumentPlace(call, 0), '`string->number`');
  if (isOpen(text)) return unknownValue('(string->number …)');
  return /^[+-]?\d{1,15}$/.test(text.text) ? { kind: 'number', value: Number(text.text) } : FALSE;
}

/** Every character that means something in an expression gets a backslash; unknown parts stay whole. */
function regexQuote(machine: Machine, call: Call): Value {
  const given = textOf(machine, argument(call, 0), argumentPlace(call, 0), '`regex-quote`');
  const quoted = isResolved(given.text) ? given.text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&') : given.text;
  return makeText(machine, quoted, given.assumptions, call.place);
}

export const VALUE_FUNCTIONS: readonly (readonly [string, Builtin])[] = [
  ['not', negate],
  typeTest('string?', ['string']),
  typeTest('symbol?', ['symbol']),
  typeTest('number?', ['number']),
  typeTest('integer?', ['number']),
  typeTest('boolean?', ['boolean']),
  typeTest('procedure?', ['closure', 'builtin']),
  typeTest('list?', ['list']),
  predicate('null?', (_, call) => argument(call, 0) === EMPTY_LIST),
  predicate('pair?', (_, call) => argument(call, 0).kind === 'list' && argument(call, 0) !== EMPTY_LIST),
  predicate('eq?', (machine, call) => sameValue(machine, argument(call, 0), argument(call, 1), call.place)),
  predicate('eqv?', (machine, call) => sameValue(machine, argument(call, 0), argument(call, 1), call.place)),
  predicate('equal?', (machine, call) =>
    sameValue(machine, argument(call, 0), argument(call, 1), call.place),
  ),
  comparison('string=?', (a, b) => a === b),
  comparison('string<?', (a, b) => a < b),
  comparison('string>?', (a, b) => a > b),
  ordering('=', (a, b) => a === b),
  ordering('<', (a, b) => a < b),
  ordering('>', (a, b) => a > b),
  ordering('<=', (a, b) => a <= b),
  ordering('>=', (a, b) => a >= b),
  arithmetic('+', 0, (a, b) => a + b),
  arithmetic('-', 0, (a, b) => a - b),
  arithmetic('*', 1, (a, b) => a * b),
  ['string-append', stringAppend],
  ['substring', substring],
  ['string-length', stringLength],
  ['string->number', stringToNumber],
  ['number->string', (machine, call) => makeText(machine, spelled(argument(call, 0)), [], call.place)],
  ['symbol->string', (machine, call) => makeText(machine, spelled(argument(call, 0)), [], call.place)],
  [
    'string->symbol',
    (_, call) => ({ kind: 'symbol', name: spelled(argument(call, 0)), quoted: true, place: call.place }),
  ],
  ['regex-quote', regexQuote],
];
