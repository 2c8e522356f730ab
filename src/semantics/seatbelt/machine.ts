/** The state of one evaluation: budget, conditions in force, rules emitted, and what went wrong. */
import { unknownNames, unknownPart } from '../../model/symbolic.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { Sexpr, SexprList } from '../../syntax/sexpr.ts';
import type { Builtin } from './call.ts';
import { compound, type Filter, filterSize, unknownFilter } from './filters.ts';
import type { AssumedPlaces, GivenParameter } from './parameters.ts';
import type { Condition, Modifier, ParameterUse, ProfileDiagnostic, SeatbeltRule } from './profile.ts';
import type { Environment, ListValue, TextValue, Value } from './values.ts';
import { describeValue, EMPTY_LIST, textValue, unknownValue } from './values.ts';

export interface ImportedForms {
  readonly forms: readonly Sexpr[];
}

/** A form whose parts are not all evaluated, or not always. */
export type SpecialForm = (machine: Machine, environment: Environment, form: SexprList) => Value;

/** Forms of the profile that `(import name)` reads, or null where the file is not at hand. */
export type Importer = (name: string) => ImportedForms | null;

export interface Machine {
  readonly parameters: ReadonlyMap<string, GivenParameter> | null;
  readonly importer: Importer;
  readonly places: AssumedPlaces;
  readonly forms: ReadonlyMap<string, SpecialForm>;
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly globals: Environment;
  readonly rules: SeatbeltRule[];
  readonly diagnostics: ProfileDiagnostic[];
  readonly parameterUses: Map<string, ParameterUse>;
  /** Names of the profiles being imported, outermost first. */
  readonly imports: string[];
  readonly conditions: Condition[];
  readonly callSites: Place[];
  /** Filters of the `with-filter` forms around. */
  readonly filters: Filter[];
  /** Set while a profile of macOS is summarised: rules are implied by this place. */
  implied: Place | null;
  version: Place | null;
  versionSeen: boolean;
  steps: number;
  depth: number;
  leaves: number;
  patternStates: number;
  /** A limit was hit: nothing is evaluated any more. */
  halted: boolean;
  /** Something unread may have defined names, so that an unknown name proves nothing. */
  gaps: boolean;
}

export const LIMITS = {
  steps: 200_000,
  depth: 300,
  text: 65_536,
  list: 20_000,
  listDepth: 250,
  rules: 20_000,
  leaves: 100_000,
  patternStates: 40_000,
  diagnostics: 500,
  imports: 8,
} as const;

export function halt(machine: Machine, what: string, place: Place): void {
  if (machine.halted) return;
  machine.halted = true;
  diagnose(machine, 'limit', 'limit', `evaluation stopped: ${what}`, place);
}

/** Takes from the budget; false when nothing is left. */
export function charge(machine: Machine, cost: number, place: Place): boolean {
  machine.steps += cost;
  if (machine.steps > LIMITS.steps) halt(machine, `more than ${LIMITS.steps} steps`, place);
  return !machine.halted;
}

export function diagnose(
  machine: Machine,
  kind: ProfileDiagnostic['kind'],
  code: ProfileDiagnostic['code'],
  message: string,
  place: Place,
): void {
  if (machine.diagnostics.length >= LIMITS.diagnostics && kind !== 'limit') return;
  const last = machine.diagnostics.at(-1);
  if (last !== undefined && last.code === code && last.message === message && samePlace(last.place, place))
    return;
  machine.diagnostics.push({ kind, code, message, place });
}

/** Reports an error of the profile: certain only where nothing unread and no condition could change it. */
export function reject(
  machine: Machine,
  code: ProfileDiagnostic['code'],
  message: string,
  place: Place,
): void {
  const certain = machine.conditions.length === 0 && !machine.gaps && machine.implied === null;
  if (certain) diagnose(machine, 'rejected', code, message, place);
  else diagnose(machine, 'partial', code, `${message} (if this is evaluated as it stands)`, place);
}

export function partial(
  machine: Machine,
  code: ProfileDiagnostic['code'],
  message: string,
  place: Place,
): void {
  diagnose(machine, 'partial', code, message, place);
}

/** Evaluates something that happens only if `condition` does. */
export function underCondition<T>(machine: Machine, condition: Condition, evaluate: () => T): T {
  machine.conditions.push(condition);
  const result = evaluate();
  machine.conditions.pop();
  return result;
}

/** What the conditions in force already say about a fact. */
export function settled(machine: Machine, condition: Condition): boolean | Condition {
  const known = machine.conditions.find((one) => one.key === condition.key);
  return known === undefined ? condition : known.holds === condition.holds;
}

export function makeList(
  machine: Machine,
  items: readonly Value[],
  place: Place,
  tail: Value | null = null,
): Value {
  if (items.length === 0 && tail === null) return EMPTY_LIST;
  let size = 1;
  let depth = 0;
  for (const item of tail === null ? items : [...items, tail]) {
    if (item.kind === 'list') {
      size += item.size;
      depth = Math.max(depth, item.depth);
    } else size += 1;
  }
  if (!charge(machine, 1 + items.length, place)) return unknownValue('a list');
  if (size > LIMITS.list || depth >= LIMITS.listDepth) {
    halt(machine, 'a list grew too large', place);
    return unknownValue('a list');
  }
  return { kind: 'list', items, tail, size, depth: depth + 1 } satisfies ListValue;
}

export function makeText(
  machine: Machine,
  text: string,
  assumptions: readonly string[],
  place: Place,
): Value {
  if (!charge(machine, 1 + Math.floor(text.length / 16), place)) return unknownValue('a string');
  if (text.length > LIMITS.text) {
    halt(machine, 'a string grew too long', place);
    return unknownValue('a string');
  }
  return textValue(text, assumptions);
}

/** Joins filters; past the limits the result is unknown, never smaller. */
export function joinFilters(
  machine: Machine,
  kind: 'all' | 'any' | 'not',
  parts: readonly Filter[],
  place: Place,
): Filter {
  charge(machine, 1 + parts.length, place);
  const joined = compound(kind, parts, place);
  if (joined !== null) return joined;
  halt(machine, 'a filter grew too large', place);
  return unknownFilter('filter', 'it is too large', place);
}

export interface RuleParts {
  readonly action: 'allow' | 'deny';
  readonly operations: readonly string[];
  readonly filter: Filter | null;
  readonly modifiers: readonly Modifier[];
  readonly place: Place;
}

export function emitRule(machine: Machine, parts: RuleParts): void {
  const around = machine.filters;
  let filter = parts.filter;
  if (around.length > 0) {
    const all = filter === null ? around : [...around, filter];
    filter = all.length === 1 ? (all[0] ?? null) : joinFilters(machine, 'all', all, parts.place);
  }
  machine.leaves += filter === null ? 1 : filterSize(filter);
  if (machine.leaves > LIMITS.leaves) halt(machine, `more than ${LIMITS.leaves} filters`, parts.place);
  if (machine.rules.length >= LIMITS.rules) halt(machine, `more than ${LIMITS.rules} rules`, parts.place);
  if (machine.halted) return;
  machine.rules.push({
    ...parts,
    filter,
    place: machine.implied ?? parts.place,
    origin: machine.implied === null ? 'written' : 'implied',
    callSites: machine.implied === null ? [...machine.callSites] : [],
    conditions: [...machine.conditions],
    index: machine.rules.length,
  });
}

/**
 * The text of an argument that has to be a string. A value that macOS would refuse is reported; what it
 * stands for is then unknown.
 */
export function textOf(machine: Machine, value: Value, place: Place, wanted: string): TextValue {
  if (value.kind === 'string') return value;
  if (value.kind === 'unknown') return textValue(unknownPart(value.name));
  if (value.kind === 'boolean' && value.missing !== undefined) {
    reject(
      machine,
      'parameter-missing',
      `${wanted} needs the parameter ${value.missing}, which is not given`,
      place,
    );
  } else if (value.kind === 'symbol' && !value.quoted) {
    reject(machine, 'unbound-variable', `${describeValue(value)} is not defined`, value.place);
  } else {
    reject(machine, 'type-error', `${wanted} needs a string, not ${describeValue(value)}`, place);
  }
  return textValue(unknownPart(describeValue(value)));
}

/** Says which unknown names a string rests on, for messages. */
export function unknownNote(text: string): string {
  return `${unknownNames(text).join(', ')} cannot be known from the files`;
}
