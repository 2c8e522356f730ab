/** What a profile comes to once it is evaluated: rules in order, and what could not be worked out. */
import type { Place } from '../../source/source.ts';
import type { Filter } from './filters.ts';

/** A fact outside the profile on which a rule's existence hangs. */
export interface Condition {
  /** Equal keys are the same fact. */
  readonly key: string;
  /** A clause for people: `the parameter NET is given`. */
  readonly text: string;
  readonly holds: boolean;
  /**
   * Set for a branch of what writes the profile, with the clauses for either way of it. What is open on one of
   * them is open, assuming that it is taken; of a parameter in contrast nobody knows what was passed.
   */
  readonly branch?: { readonly taken: string; readonly left: string };
}

export interface Modifier {
  /** `no-sandbox`, `no-log`, `message` … */
  readonly name: string;
  readonly place: Place;
}

export interface SeatbeltRule {
  readonly action: 'allow' | 'deny';
  readonly operations: readonly string[];
  /** Null: the rule is unfiltered. */
  readonly filter: Filter | null;
  readonly modifiers: readonly Modifier[];
  /** `implied`: granted by a profile of macOS that this one imports. */
  readonly origin: 'written' | 'implied';
  /** The `(allow …)` form; for an implied rule the import or call that brought it. */
  readonly place: Place;
  /** The calls that led into the function that holds the rule, outermost first. */
  readonly callSites: readonly Place[];
  /** The rule exists only when all of these hold. */
  readonly conditions: readonly Condition[];
  /** Position among the profile's rules. */
  readonly index: number;
}

/**
 * `rejected`: macOS refuses the profile, so that nothing runs under it. `partial`: something in it could not
 * be known. `limit`: evaluation was cut short. `note`: read all the same.
 */
export interface ProfileDiagnostic {
  readonly kind: 'rejected' | 'partial' | 'limit' | 'note';
  readonly code:
    | 'no-version'
    | 'wrong-version'
    | 'unbound-variable'
    | 'no-such-feature'
    | 'type-error'
    | 'parameter-missing'
    | 'host-name'
    | 'error-called'
    | 'placeholder'
    | 'unknown-helper'
    | 'unknown-import'
    | 'unknown-parameter'
    | 'unknown-pattern'
    | 'not-understood'
    | 'syntax'
    | 'limit'
    | 'trace';
  readonly message: string;
  readonly place: Place;
}

export interface ParameterUse {
  readonly name: string;
  readonly place: Place;
  /** `given`: the launcher sets it; `missing`: it does not; `assumed`: a well-known name; `unknown`: neither. */
  readonly state: 'given' | 'missing' | 'assumed' | 'unknown';
}

export interface SeatbeltProfile {
  readonly rules: readonly SeatbeltRule[];
  readonly diagnostics: readonly ProfileDiagnostic[];
  /** The first diagnostic of kind `rejected`. */
  readonly rejected: ProfileDiagnostic | null;
  /** False when a limit or unreadable text cut the evaluation short: rules may be missing. */
  readonly complete: boolean;
  /** The `(version 1)` form, where what nobody wrote is anchored. */
  readonly version: Place | null;
  /** Each parameter once, where it is first asked for. */
  readonly parameters: readonly ParameterUse[];
}

/** Rules, and neither a version nor a word about what no rule names: the other half stands elsewhere. */
export function isFragment({ version, rules }: SeatbeltProfile): boolean {
  return version === null && !rules.some((rule) => rule.operations.includes('default'));
}
