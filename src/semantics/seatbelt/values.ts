/** Values of the Scheme that profiles are written in. */
import { displayText, unknownPart } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { Sexpr } from '../../syntax/sexpr.ts';
import type { Filter } from './filters.ts';
import type { Condition, Modifier } from './profile.ts';

export interface Environment {
  readonly bindings: Map<string, Value>;
  readonly parent: Environment | null;
}

export interface TextValue {
  readonly kind: 'string';
  /** May hold unknown parts (`model/symbolic.ts`). */
  readonly text: string;
  /** What had to be assumed to know the text. */
  readonly assumptions: readonly string[];
  /** Set where the value may as well be `#f`: a parameter whose launcher is not known. */
  readonly presence: Condition | null;
}

export interface SymbolValue {
  readonly kind: 'symbol';
  readonly name: string;
  /** False for a name that nothing defines: an operation, a constant such as `REGULAR-FILE`, or a mistake. */
  readonly quoted: boolean;
  readonly place: Place;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly tail: Value | null;
  readonly size: number;
  readonly depth: number;
}

export interface UnknownValue {
  readonly kind: 'unknown';
  /** What the user would recognise: a parameter, a placeholder, a call. */
  readonly name: string;
  /** The fact on which a truth value hangs, when it is one fact. */
  readonly condition: Condition | null;
}

export interface ClosureValue {
  readonly kind: 'closure';
  readonly name: string;
  readonly parameters: readonly string[];
  /** Name that takes the arguments left over. */
  readonly rest: string | null;
  readonly body: readonly Sexpr[];
  readonly environment: Environment;
}

/** Name of a function of the language itself; `builtins.ts` holds what it does. */
export interface BuiltinValue {
  readonly kind: 'builtin';
  readonly name: string;
}

export type Value =
  | TextValue
  | SymbolValue
  | ListValue
  | UnknownValue
  | ClosureValue
  | BuiltinValue
  | { readonly kind: 'boolean'; readonly value: boolean; readonly missing?: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'modifier'; readonly modifier: Modifier }
  | { readonly kind: 'unspecified' };

export const TRUE: Value = { kind: 'boolean', value: true };
export const FALSE: Value = { kind: 'boolean', value: false };
export const UNSPECIFIED: Value = { kind: 'unspecified' };
export const EMPTY_LIST: ListValue = { kind: 'list', items: [], tail: null, size: 1, depth: 1 };

export function booleanValue(value: boolean): Value {
  return value ? TRUE : FALSE;
}

export function textValue(text: string, assumptions: readonly string[] = []): TextValue {
  return { kind: 'string', text, assumptions, presence: null };
}

export function unknownValue(name: string, condition: Condition | null = null): UnknownValue {
  return { kind: 'unknown', name, condition };
}

/** Whether a value counts as true: every value but `#f` does. */
export function truthOf(value: Value, place: Place): boolean | Condition {
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'string') return value.presence ?? true;
  if (value.kind !== 'unknown') return true;
  const key = `${value.name} at ${place.source.path}:${place.span.start}`;
  return value.condition ?? { key, text: `${value.name} is true`, holds: true };
}

/** The text of a value inside a larger string; what is unknown keeps its name. */
export function spelled(value: Value): string {
  if (value.kind === 'string') return value.text;
  if (value.kind === 'number') return String(value.value);
  if (value.kind === 'symbol') return value.name;
  if (value.kind === 'boolean') return value.value ? '#t' : '#f';
  return unknownPart(value.kind === 'unknown' ? value.name : value.kind);
}

/** A short name of a value for messages. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'string':
      return `the string "${displayText(value.text).slice(0, 60)}"`;
    case 'boolean':
      return value.missing === undefined
        ? value.value
          ? '#t'
          : '#f'
        : `#f (the parameter ${value.missing} is not given)`;
    case 'symbol':
      return `\`${value.name.slice(0, 60)}\``;
    case 'closure':
    case 'builtin':
      return `the function ${value.name}`;
    case 'list':
      return 'a list';
    case 'filter':
      return 'a filter';
    case 'modifier':
      return 'a modifier';
    case 'number':
      return `the number ${value.value}`;
    case 'unknown':
      return value.name;
    case 'unspecified':
      return 'no value';
  }
}
