/** A call of a function of the language, with where each argument stands. */
import type { Place } from '../../source/source.ts';
import type { Machine } from './machine.ts';
import { UNSPECIFIED, type Value } from './values.ts';

export interface Call {
  readonly values: readonly Value[];
  /** Place of each argument; shorter than `values` where the arguments come out of a list. */
  readonly places: readonly Place[];
  readonly place: Place;
}

export type Builtin = (machine: Machine, call: Call) => Value;

export function argument(call: Call, index: number): Value {
  return call.values[index] ?? UNSPECIFIED;
}

export function argumentPlace(call: Call, index: number): Place {
  return call.places[index] ?? call.place;
}
