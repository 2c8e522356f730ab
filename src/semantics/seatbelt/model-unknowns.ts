/** What a profile does not say by itself, in the model's words. */

import type { Unresolved } from '../../model/sandbox.ts';
import { unknownNames } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { sliceOf } from '../../source/source.ts';
import { leavesOf } from './filters.ts';
import { shortened } from './model-origins.ts';
import { type AssumedPlaces, assumedParameter } from './parameters.ts';
import type { ParameterUse, ProfileDiagnostic, SeatbeltProfile, SeatbeltRule } from './profile.ts';

export function seatbeltUnknowns(profile: SeatbeltProfile, places: AssumedPlaces): Unresolved[] {
  const opening = namesIn(profile, 'allow');
  const denying = namesIn(profile, 'deny');
  const parameters = profile.parameters
    .filter(({ state, name }) => state === 'unknown' && (opening.has(name) || !denying.has(name)))
    .map((use) => unknownParameter(use, opening.get(use.name) ?? []));
  return [...parameters, ...unreadParts(profile, places)];
}

/** What of an unread part is the file's trouble, and not only a value that nobody knows. */
export function hides({ kind, code }: ProfileDiagnostic): boolean {
  return kind === 'partial' && code !== 'syntax' && code !== 'no-version';
}

const MOST_OPERATIONS = 50;

/**
 * Names on which it hangs what rules with this action are about, with the operations of those rules. One that only denials use hides nothing: the
 * answers already assume that such a denial is of no file that matters.
 */
function namesIn(
  { rules }: SeatbeltProfile,
  of: SeatbeltRule['action'],
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const { action, filter, conditions, operations } of rules) {
    if (action !== of) continue;
    const add = (name: string): void => {
      names.set(name, [...(names.get(name) ?? []), ...operations].slice(0, MOST_OPERATIONS));
    };
    for (const { key } of conditions) add(key.replace(/^parameter /, ''));
    for (const { leaf } of filter === null ? [] : leavesOf(filter)) {
      const text = leaf.kind === 'pattern' ? leaf.source : 'text' in leaf ? leaf.text : '';
      for (const name of unknownNames(text)) add(name);
    }
  }
  return names;
}

/** The kind of thing that rules on these operations can open. */
function hidden(operations: readonly string[]): Unresolved['mayHide'] {
  const all = (prefix: string): boolean => operations.every((name) => name.startsWith(prefix));
  if (operations.length === 0) return 'any-setting';
  if (all('file')) return 'mount';
  if (all('network') || all('system-socket')) return 'network';
  return all('mach') || all('ipc') ? 'services' : 'any-setting';
}

function unknownParameter({ name, place }: ParameterUse, operations: readonly string[]): Unresolved {
  return {
    what: shortened(sliceOf(place)),
    why: `no launcher that passes ${name} was read`,
    names: [name],
    mayHide: hidden(operations),
    origin: explicit(place),
    kind: 'text',
  };
}

/** The name of a template's placeholder; null for other parts that were not read. */
function placeholderOf({ code, message }: ProfileDiagnostic): string | null {
  return code === 'placeholder' ? (/^the placeholder (\S+)/.exec(message)?.[1] ?? null) : null;
}

/** A placeholder that says by its name what it holds is an assumption of the answers, and each one is noted once. */
function unreadParts({ diagnostics }: SeatbeltProfile, places: AssumedPlaces): Unresolved[] {
  const seen = new Set<string>();
  return diagnostics.filter(hides).flatMap((diagnostic) => {
    const name = placeholderOf(diagnostic);
    if (name !== null && (seen.has(name) || assumedParameter(name, places) !== null)) return [];
    if (name !== null) seen.add(name);
    return [unread(diagnostic, name)];
  });
}

function unread({ code, message, place }: ProfileDiagnostic, name: string | null): Unresolved {
  return {
    what: shortened(sliceOf(place)),
    why: message,
    names: name === null ? [] : [name],
    mayHide: code === 'placeholder' || code === 'unknown-pattern' ? 'mount' : 'any-setting',
    origin: explicit(place),
    kind: 'text',
  };
}
