/** Which rules can be about a path: a table by directories, so that a long profile is not read for each path. */
import { leavesOf } from './filters.ts';
import { literalBeginning } from './grants.ts';
import type { SeatbeltRule } from './profile.ts';

/** Deeper directories share the entry of their third ancestor. */
const DEPTH = 3;

/** @returns the rules that may match a path, in no order; `decide` goes by their own */
export function rulesByPath(rules: readonly SeatbeltRule[]): (path: string) => readonly SeatbeltRule[] {
  const everywhere: SeatbeltRule[] = [];
  const tables = new Map<string, Set<SeatbeltRule>>();
  for (const rule of rules) {
    const directories = directoriesOf(rule);
    if (directories === null) everywhere.push(rule);
    for (const directory of directories ?? []) {
      const table = tables.get(directory);
      if (table === undefined) tables.set(directory, new Set([rule]));
      else table.add(rule);
    }
  }
  return (path) => {
    const found = new Set<SeatbeltRule>();
    for (const key of keysOf(path)) for (const rule of tables.get(key) ?? []) found.add(rule);
    return [...everywhere, ...found];
  };
}

/** Whether a rule may be about a path of these keys. */
export function mayConcern(rule: SeatbeltRule, keys: readonly string[]): boolean {
  const directories = directoriesOf(rule);
  return directories === null || keys.some((key) => directories.has(key));
}

const DIRECTORIES = new WeakMap<SeatbeltRule, ReadonlySet<string> | 'any'>();

/** Null for a rule that may be about any path. */
function directoriesOf(rule: SeatbeltRule): ReadonlySet<string> | null {
  const before = DIRECTORIES.get(rule);
  if (before !== undefined) return before === 'any' ? null : before;
  const directories = readDirectories(rule);
  DIRECTORIES.set(rule, directories ?? 'any');
  return directories;
}

function readDirectories({ filter }: SeatbeltRule): ReadonlySet<string> | null {
  if (filter === null) return null;
  const directories = new Set<string>();
  for (const { leaf, negated } of leavesOf(filter)) {
    if (negated) return null;
    let beginning: string;
    if (leaf.kind === 'path' && leaf.test !== 'ancestors') beginning = leaf.text;
    else if (leaf.kind === 'pattern' && leaf.of === 'path') beginning = literalBeginning(leaf.source);
    else if (leaf.kind === 'endpoint' || leaf.kind === 'name') continue;
    else return null;
    if (!beginning.startsWith('/') || beginning.startsWith('/System/Volumes')) return null;
    const whole = leaf.kind === 'path' && leaf.test !== 'prefix';
    directories.add(keysOf(certainPart(beginning, whole)).at(-1) ?? '/');
  }
  return directories;
}

/** The part of a beginning that every matching path has as whole names; unknown parts end it. */
function certainPart(beginning: string, whole: boolean): string {
  const known = beginning.split('\uFDD2', 1)[0] ?? '';
  return whole && known === beginning ? known : known.slice(0, known.lastIndexOf('/'));
}

/** `/`, `/Users`, `/Users/u`, `/Users/u/w`: the path and the directories above it, down to the deepest entry. */
export function keysOf(path: string): string[] {
  const keys = ['/'];
  let key = '';
  for (const name of path.split('/', DEPTH + 1).slice(1)) {
    key += `/${name}`;
    if (name !== '') keys.push(key);
  }
  return keys;
}
