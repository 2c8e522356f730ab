/** Functions of Scheme on lists, and those that call another function for each item. */
import type { Place } from '../../source/source.ts';
import { argument, argumentPlace, type Builtin, type Call } from './call.ts';
import { applyValue } from './evaluate.ts';
import { charge, type Machine, makeList, reject } from './machine.ts';
import { isOpen, openAnswer, sameValue } from './scheme-functions.ts';
import {
  describeValue,
  EMPTY_LIST,
  FALSE,
  type ListValue,
  truthOf,
  UNSPECIFIED,
  unknownValue,
  type Value,
} from './values.ts';

/** The list that an argument has to be; null, and reported where certain, when it is not one. */
function listOf(machine: Machine, call: Call, index: number, name: string): ListValue | null {
  const value = argument(call, index);
  if (value.kind === 'list') return value;
  if (value.kind !== 'unknown') {
    reject(
      machine,
      'type-error',
      `\`${name}\` needs a list, not ${describeValue(value)}`,
      argumentPlace(call, index),
    );
  }
  return null;
}

function listPart(
  name: string,
  part: (list: ListValue, machine: Machine, place: Place) => Value | undefined,
): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      const list = listOf(machine, call, 0, name);
      const value = list === null ? undefined : part(list, machine, call.place);
      if (value !== undefined) return value;
      if (list !== null) reject(machine, 'type-error', `\`${name}\` of a list that is too short`, call.place);
      return unknownValue(`(${name} …)`);
    },
  ];
}

function rest(count: number) {
  return (list: ListValue, machine: Machine, place: Place): Value | undefined => {
    if (list.items.length < count) return undefined;
    if (list.items.length === count && list.tail !== null) return list.tail;
    return makeList(machine, list.items.slice(count), place, list.tail);
  };
}

function cons(machine: Machine, call: Call): Value {
  const head = argument(call, 0);
  const tail = argument(call, 1);
  if (tail.kind === 'list') return makeList(machine, [head, ...tail.items], call.place, tail.tail);
  return makeList(machine, [head], call.place, tail);
}

function append(machine: Machine, call: Call): Value {
  const items: Value[] = [];
  for (const [index] of call.values.entries()) {
    const list = listOf(machine, call, index, 'append');
    if (list === null || machine.halted) return unknownValue('(append …)');
    if (!charge(machine, list.items.length, call.place)) return EMPTY_LIST;
    items.push(...list.items);
  }
  return makeList(machine, items, call.place);
}

/** `map` and `for-each`: the function once for each place in the lists, as far as the shortest goes. */
function eachItem(machine: Machine, call: Call, name: string): Value[] | null {
  const called = argument(call, 0);
  const lists = call.values.slice(1).map((_, index) => listOf(machine, call, index + 1, name));
  const results: Value[] = [];
  const length = Math.min(...lists.map((list) => list?.items.length ?? 0));
  if (lists.length === 0 || lists.some((list) => list === null)) return null;
  for (let index = 0; index < length && !machine.halted; index += 1) {
    const values = lists.map((list) => list?.items[index] ?? UNSPECIFIED);
    results.push(applyValue(machine, called, { values, places: [], place: call.place }));
  }
  return results;
}

function applyFunction(machine: Machine, call: Call): Value {
  const called = argument(call, 0);
  const last = call.values.length - 1;
  const list = last < 1 ? EMPTY_LIST : listOf(machine, call, last, 'apply');
  if (list === null) return unknownValue('(apply …)');
  const values = [...call.values.slice(1, last), ...list.items];
  return applyValue(machine, called, { values, places: [], place: call.place });
}

function filterItems(machine: Machine, call: Call): Value {
  const list = listOf(machine, call, 1, 'filter');
  const kept = eachItem(machine, call, 'filter');
  if (list === null || kept === null || kept.some(isOpen)) return unknownValue('(filter …)');
  return makeList(
    machine,
    list.items.filter((_, index) => truthOf(kept[index] ?? FALSE, call.place) === true),
    call.place,
  );
}

function member(name: string): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      const list = listOf(machine, call, 1, name);
      const wanted = argument(call, 0);
      if (list === null || isOpen(wanted) || list.items.some(isOpen)) return openAnswer(name, call);
      const index = list.items.findIndex((item) => sameValue(machine, item, wanted, call.place));
      return index < 0 ? FALSE : makeList(machine, list.items.slice(index), call.place);
    },
  ];
}

function associated(name: string): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      const list = listOf(machine, call, 1, name);
      const wanted = argument(call, 0);
      if (list === null || isOpen(wanted)) return openAnswer(name, call);
      const isPair = (item: Value): boolean =>
        item.kind === 'list' && sameValue(machine, item.items[0] ?? UNSPECIFIED, wanted, call.place);
      return list.items.find(isPair) ?? FALSE;
    },
  ];
}

export const LIST_FUNCTIONS: readonly (readonly [string, Builtin])[] = [
  ['list', (machine, call) => makeList(machine, call.values, call.place)],
  ['cons', cons],
  listPart('car', (list) => list.items[0]),
  listPart('cdr', rest(1)),
  listPart('cadr', (list) => list.items[1]),
  listPart('cddr', rest(2)),
  listPart('caddr', (list) => list.items[2]),
  listPart('length', (list) => ({ kind: 'number', value: list.items.length })),
  listPart('reverse', (list, machine, place) => makeList(machine, [...list.items].reverse(), place)),
  ['append', append],
  ['apply', applyFunction],
  ['filter', filterItems],
  [
    'for-each',
    (machine, call) =>
      eachItem(machine, call, 'for-each') === null ? unknownValue('(for-each …)') : UNSPECIFIED,
  ],
  [
    'map',
    (machine, call) => {
      const results = eachItem(machine, call, 'map');
      return results === null ? unknownValue('(map …)') : makeList(machine, results, call.place);
    },
  ],
  member('member'),
  member('memq'),
  member('memv'),
  associated('assoc'),
  associated('assq'),
  associated('assv'),
];
