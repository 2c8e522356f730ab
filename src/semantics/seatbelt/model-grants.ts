/** The grants of a profile: one entry for each part of a rule that opens something of the host's files. */
import type { HostPath } from '../../model/host-path.ts';
import { type Place, samePlace } from '../../source/source.ts';
import { decide } from './decide.ts';
import { type GrantRoot, grantRoots } from './grants.ts';
import { fromProfile, UNNAMED } from './model-paths.ts';
import type { AssumedPlaces } from './parameters.ts';
import { isInside } from './paths.ts';
import type { SeatbeltRule } from './profile.ts';

/** What a rule names, before it is asked what of it the other rules leave. */
export interface NamedRoot {
  readonly rule: SeatbeltRule;
  readonly place: Place;
  /** Path as rules see it; for an expression its literal beginning. */
  readonly text: string;
  readonly path: HostPath;
  /** What lies below counts too. */
  readonly tree: boolean;
  readonly test: GrantRoot['test'];
  readonly read: boolean;
  readonly write: boolean;
  readonly connect: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** More than any profile has that a person wrote; each is asked about several times. */
export const MAX_GRANTS = 1_000;

/** A rule says the same whatever stands beside it. */
const ROOTS = new WeakMap<SeatbeltRule, readonly NamedRoot[]>();

/** In the order of the rules. Dead roots and those that cannot be known are no grants. */
export function namedRoots(rules: readonly SeatbeltRule[], places: AssumedPlaces): readonly NamedRoot[] {
  const found: NamedRoot[] = [];
  for (const rule of rules) {
    if (rule.action === 'deny') continue;
    const roots = ROOTS.get(rule) ?? rootsOfRule(rule, places);
    ROOTS.set(rule, roots);
    found.push(...roots.slice(0, MAX_GRANTS - found.length));
    if (found.length >= MAX_GRANTS) break;
  }
  return found;
}

function rootsOfRule(rule: SeatbeltRule, places: AssumedPlaces): NamedRoot[] {
  const found = new Map<string, Mutable<NamedRoot>>();
  const roots = grantRoots([rule]);
  for (const mode of ['read', 'write', 'connect'] as const) {
    for (const root of roots[mode]) {
      if (root.dead !== null || root.test === 'unknown') continue;
      const key = `${root.place.span.start}:${root.place.span.end}:${root.test}:${root.path ?? ''}`;
      const seen = found.get(key);
      if (seen !== undefined) seen[mode] = true;
      else if (found.size < MAX_GRANTS) found.set(key, { ...namedRoot(root, places), [mode]: true });
    }
  }
  return [...found.values()];
}

function namedRoot(root: GrantRoot, places: AssumedPlaces): NamedRoot {
  const { rule, place, test } = root;
  const none = { read: false, write: false, connect: false };
  if (test === 'pattern') return { rule, place, test, tree: true, ...none, ...patternRoot(root, places) };
  const text = test === 'everything' ? '/' : withoutSlash(root.path ?? '/');
  const tree = test !== 'literal' && test !== 'ancestors';
  return { rule, place, test, tree, text, path: fromProfile(text, places), ...none };
}

/**
 * `^/Users/[^/]+/\.ssh/` begins like every home and names none. Unless an expression holds for anything in
 * the directory that it begins with, nobody shall take it for all of that directory.
 */
function patternRoot(root: GrantRoot, places: AssumedPlaces): Pick<NamedRoot, 'text' | 'path'> {
  const beginning = root.path ?? '';
  const at = beginning.lastIndexOf('/') + 1;
  if (isWide(beginning, places) && holdsFor(root, `${beginning}/${UNNAMED}`)) {
    return { text: beginning, path: fromProfile(beginning, places) };
  }
  const directory = withoutSlash(beginning.slice(0, at)) || '/';
  if (!isWide(directory, places) || holdsFor(root, `${directory === '/' ? '' : directory}/${UNNAMED}`)) {
    return { text: directory, path: fromProfile(directory, places) };
  }
  const some = directory === '/' ? `/${beginning.slice(at)}*` : `${directory}/${beginning.slice(at) || '*'}`;
  // Read as a path, `/Users/*` would be somebody's home.
  const path: HostPath =
    directory === '/Users' ? { root: 'absolute', path: some } : fromProfile(some, places);
  return { text: beginning, path };
}

function isWide(directory: string, places: AssumedPlaces): boolean {
  return directory !== '' && isInside(places.workspace, directory);
}

function holdsFor({ rule, place }: GrantRoot, path: string): boolean {
  return (['file-read-data', 'file-write-data'] as const).some((operation) => {
    const { verdict, at } = decide([rule], operation, { kind: 'path', path, vnode: 'REGULAR-FILE' });
    return verdict === 'allow' && at !== null && samePlace(at, place);
  });
}

function withoutSlash(text: string): string {
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
}
