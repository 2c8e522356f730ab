/** Short ways to evaluate a profile and to ask it, for tests. */
import { decide } from '../../src/semantics/seatbelt/decide.ts';
import { evaluateProfile } from '../../src/semantics/seatbelt/evaluation.ts';
import type { Importer } from '../../src/semantics/seatbelt/machine.ts';
import type { GivenParameter } from '../../src/semantics/seatbelt/parameters.ts';
import type { SeatbeltProfile } from '../../src/semantics/seatbelt/profile.ts';
import { plainText } from '../../src/source/mapped.ts';
import { createSource, type Place, positionAt, sliceOf } from '../../src/source/source.ts';
import { readSexpr } from '../../src/syntax/sexpr.ts';

export const HOME = '/Users/u';
export const WORKSPACE = '/Users/u/w';

export interface ProfileOptions {
  /** Parameters of a known launcher; left out, the launcher is not known. */
  readonly given?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
}

/** Evaluates text as it stands. */
export function evaluateText(text: string, options: ProfileOptions = {}): SeatbeltProfile {
  const source = createSource('profile.sb', text);
  const importer: Importer = (name) => {
    const found = options.imports?.[name];
    return found === undefined ? null : readSexpr(plainText(createSource(name, found)));
  };
  return evaluateProfile({
    parts: [{ syntax: readSexpr(plainText(source)), conditions: [] }],
    parameters: options.given === undefined ? 'unknown' : givenParameters(options.given),
    importer,
    home: HOME,
    workspace: WORKSPACE,
    source,
  });
}

export function givenParameters(given: Readonly<Record<string, string>>): Map<string, GivenParameter> {
  return new Map(Object.entries(given).map(([name, text]) => [name, { text, presence: null }]));
}

/** Evaluates rules behind `(version 1)`. */
export function profileOf(rules: string, options: ProfileOptions = {}): SeatbeltProfile {
  return evaluateText(`(version 1)\n${rules}`, options);
}

export function filePermission(profile: SeatbeltProfile, operation: string, path: string): string {
  return decide(profile.rules, operation, { kind: 'path', path, vnode: 'REGULAR-FILE' }).verdict;
}

export function readVerdict(profile: SeatbeltProfile, path: string): string {
  return filePermission(profile, 'file-read-data', path);
}

export function writeVerdict(profile: SeatbeltProfile, path: string): string {
  return filePermission(profile, 'file-write-create', path);
}

export function socketVerdict(profile: SeatbeltProfile, path: string): string {
  return decide(profile.rules, 'network-outbound', { kind: 'unix-socket', path }).verdict;
}

export function outboundVerdict(
  profile: SeatbeltProfile,
  host: 'localhost' | 'any-remote',
  port: number | null,
  protocol: 'tcp' | 'udp' = 'tcp',
): string {
  return decide(profile.rules, 'network-outbound', {
    kind: 'ip',
    direction: 'outbound',
    protocol,
    host,
    port,
  }).verdict;
}

export function machVerdict(profile: SeatbeltProfile, name: string): string {
  return decide(profile.rules, 'mach-lookup', { kind: 'mach', name }).verdict;
}

export function lineOf(place: Place | null | undefined): number | null {
  return place === null || place === undefined ? null : positionAt(place.source, place.span.start).line;
}

export function textAt(place: Place | null | undefined): string | null {
  return place === null || place === undefined ? null : sliceOf(place);
}
