/** Programs outside that a profile lets the code act through, and its declared ways out. */
import { APPLE_SERVICES, type AppleServiceRow } from '../../knowledge/apple-services.ts';
import type { Bypass } from '../../model/sandbox.ts';
import type { ServiceGrant, Services } from '../../model/services.ts';
import { answer, byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { type Decision, decide } from './decide.ts';
import { executionReach, noSandboxGrants } from './execution.ts';
import { machServices } from './grants.ts';
import type { SeatbeltObject } from './match.ts';
import { originOf, quoted } from './model-origins.ts';
import { isLeftOpen } from './operations.ts';
import type { SeatbeltRule } from './profile.ts';

export function seatbeltServices(rules: readonly SeatbeltRule[], anchor: Place): Services {
  const names = writtenNames(rules);
  const grants = APPLE_SERVICES.flatMap((row) => serviceGrant(rules, row, names));
  const keychain = grants.filter(({ service }) => service === 'keychain').map(({ origin }) => origin);
  return {
    grants,
    execution: execution(rules, anchor),
    keychain:
      keychain.length > 0
        ? answer('yes', keychain)
        : answer('no', [byDefault(anchor, 'no rule allows its services')]),
  };
}

/** Names of services that rules write out: a family of the table is asked for by its members. */
function writtenNames(rules: readonly SeatbeltRule[]): readonly string[] {
  return [...new Set(machServices(rules).flatMap(({ test, name }) => (test === 'exact' ? [name] : [])))];
}

/** What each operation is done to when it is about something that no rule names. */
const OBJECTS: Readonly<Record<string, SeatbeltObject>> = {
  'mach-priv-task-port': { kind: 'target', target: 'others' },
  'process-info*': { kind: 'target', target: 'others' },
  signal: { kind: 'target', target: 'others' },
  'user-preference-write': { kind: 'name', of: 'preference-domain', name: 'com.apple.unnamed' },
  'file-mount': { kind: 'path', path: '/unnamed-directory', vnode: 'DIRECTORY' },
  'iokit-open': { kind: 'name', of: 'iokit-user-client-class', name: 'IOHIDLibUserClient' },
};

/** A member of a family, where the family's own rule is asked. */
const MEMBERS: Readonly<Record<string, string>> = { 'process-info*': 'process-info-pidinfo' };

/**
 * What `(deny default)` does not reach is reported where a rule names it, and not where `(allow process*)` brings
 * it along: it would be open without that rule as well, and hardly any profile closes it.
 */
function serviceGrant(
  rules: readonly SeatbeltRule[],
  row: AppleServiceRow,
  names: readonly string[],
): ServiceGrant[] {
  const operations = row.operations.map((name) =>
    decide(rules, MEMBERS[name] ?? name, OBJECTS[name] ?? null),
  );
  const services = row.machServices
    .flatMap((pattern) => candidates(pattern, names))
    .map((name) => decide(rules, 'mach-lookup', { kind: 'mach', name }))
    .filter(isGranted);
  if (
    !operations.every(isGranted) ||
    !row.operations.every((name, at) => isNamed(name, operations[at])) ||
    (row.machServices.length > 0 && services.length === 0)
  )
    return [];
  const [first, ...others] = [...operations, ...services.slice(0, 1)].flatMap(locate);
  if (first === undefined) return [];
  const assumes = [...operations, ...services.slice(0, 1)].flatMap(({ assumptions }) => assumptions);
  return [
    {
      service: row.id,
      text: first.text,
      origin: first.origin,
      related: others.map(({ origin }) => origin),
      ...(assumes.length > 0 ? { assumes } : {}),
    },
  ];
}

function candidates(pattern: string, names: readonly string[]): string[] {
  if (!pattern.endsWith('*')) return [pattern];
  const beginning = pattern.slice(0, -1);
  return names.filter((name) => name.startsWith(beginning));
}

function isGranted({ verdict, by }: Decision): boolean {
  return verdict === 'allow' && by === 'rule';
}

function isNamed(operation: string, decision: Decision | undefined): boolean {
  if (!isLeftOpen(operation)) return true;
  return decision?.rule?.operations.some(isLeftOpen) ?? false;
}

function locate({ rule, at }: Decision): { text: string; origin: Origin }[] {
  if (rule === null) return [];
  const place = at ?? rule.place;
  return [{ text: quoted(rule, place), origin: originOf(rule, place) }];
}

function execution(rules: readonly SeatbeltRule[], anchor: Place): Services['execution'] {
  const { level, decision } = executionReach(rules);
  const origin = locate(decision)[0]?.origin ?? byDefault(anchor, 'no rule allows it');
  const found = (value: 'any' | 'limited' | 'none'): Value<'any' | 'limited' | 'none'> =>
    known(value, origin, decision.assumptions);
  switch (level) {
    case 'unknown':
      return unknown('process-exec', decision.reasons.join('; ') || 'it cannot be told', [], origin);
    case 'any':
    case 'writable':
      return found('any');
    case 'listed':
      return found('limited');
    case 'none':
      return found('none');
  }
}

/**
 * Programs of the system that only print, such as `/bin/ps`, are no way out: they do what their author wrote,
 * and the rule is there because setuid programs do not run under a profile at all.
 */
export function seatbeltBypasses(rules: readonly SeatbeltRule[]): Bypass[] {
  return noSandboxGrants(rules).flatMap(({ rule, place, path, full }): Bypass[] => {
    if (full === 'no') return [];
    const what = path === null ? 'any program' : `\`${path}\``;
    const consequence =
      full === 'yes'
        ? `Code inside starts ${what} outside the sandbox, and has it run what it likes.`
        : `Code inside starts ${what} outside the sandbox; what that program can be told to do is bound by nothing.`;
    return [{ kind: 'no-sandbox', text: quoted(rule, place), consequence, origin: originOf(rule, place) }];
  });
}
