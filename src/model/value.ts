/** Facts with their whereabouts: every fact of the model is a `Value` with an `Origin`. */
import type { Place } from '../source/source.ts';

/**
 * Where a fact is written.
 * - `explicit`: someone wrote it there.
 * - `default`: nobody did; the engine's own default, anchored on the node that could have said otherwise.
 * - `implied`: a Feature, an image label or another flag brings it along.
 */
export interface Origin {
  readonly kind: 'explicit' | 'default' | 'implied';
  readonly place: Place;
  /** Other places on the way: where an anchor is used, the service that extends this one. */
  readonly via?: readonly Place[];
  /** Assumptions that the fact itself rests on: the branch of a script that writes it. Any lowers confidence. */
  readonly assumes?: readonly string[];
  /** For `default` and `implied`: who says so, e.g. `Docker's default`, `the Feature docker-in-docker`. */
  readonly note?: string;
}

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  readonly origin: Origin;
  /** Assumptions that the value rests on, as clauses: `$PRIVILEGED is unset`. Any of them lowers confidence. */
  readonly assumes?: readonly string[];
}

export interface Unknown {
  readonly known: false;
  /** What is written, fit to be shown. */
  readonly raw: string;
  /** Why it cannot be known, as a clause: `$OPTS is not set in any scanned file`. */
  readonly why: string;
  /** The variables, files or images that would settle it. */
  readonly names: readonly string[];
  readonly origin: Origin;
}

export type Value<T> = Known<T> | Unknown;

export function known<T>(value: T, origin: Origin, assumes?: readonly string[]): Known<T> {
  return assumes === undefined || assumes.length === 0
    ? { known: true, value, origin }
    : { known: true, value, origin, assumes };
}

export function unknown(raw: string, why: string, names: readonly string[], origin: Origin): Unknown {
  return { known: false, raw, why, names, origin };
}

export function explicit(place: Place, via?: readonly Place[]): Origin {
  return via === undefined || via.length === 0
    ? { kind: 'explicit', place }
    : { kind: 'explicit', place, via };
}

export function byDefault(place: Place, note: string): Origin {
  return { kind: 'default', place, note };
}

export function implied(place: Place, note: string): Origin {
  return { kind: 'implied', place, note };
}

/** True only when the value is known and passes: unknown is never `surely` anything. */
export function surely<T>(value: Value<T>, predicate: (value: T) => boolean): value is Known<T> {
  return value.known && predicate(value.value);
}

/** True when the value passes, or could. */
export function possibly<T>(value: Value<T>, predicate: (value: T) => boolean): boolean {
  return !value.known || predicate(value.value);
}

export function mapValue<T, U>(value: Value<T>, convert: (value: T) => U): Value<U> {
  return value.known ? known(convert(value.value), value.origin, value.assumes) : value;
}

export function valueOr<T>(value: Value<T>, fallback: T): T {
  return value.known ? value.value : fallback;
}

/** Three-valued answer to a question that the model asks of a sandbox. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** An answer and the facts that decide it. */
export interface Answer {
  readonly verdict: Verdict;
  readonly because: readonly Origin[];
  /** The reason in words, when the origins do not speak for themselves. */
  readonly reason?: string;
  readonly assumes?: readonly string[];
}

export function answer(verdict: Verdict, because: readonly Origin[], reason?: string): Answer {
  return reason === undefined ? { verdict, because } : { verdict, because, reason };
}
