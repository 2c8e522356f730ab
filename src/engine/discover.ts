/** Which files to audit: the given paths, walked by name. */
import { join, relative, resolve, sep } from 'node:path';
import { isInside, kindOf, listInside } from './file-reader.ts';

/**
 * Directories that hold what others wrote, or what a build made. `.gitignore` is not asked: one line in it
 * could hide a tracked file from the audit.
 */
export const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set([
  '.git',
  'node_modules',
  'vendor',
  '.venv',
  'venv',
  'target',
  'dist',
]);

/** A walk beyond this many entries is cut, and says so. */
const MAX_ENTRIES = 1_000_000;

export interface Target {
  /** Absolute. */
  readonly path: string;
  /** Absolute; nothing outside is read for this file. */
  readonly root: string;
  /** Named on the command line, and so read whatever its name. */
  readonly named: boolean;
}

export interface Discovery {
  readonly targets: readonly Target[];
  /** Directories skipped by name, relative to the working directory. */
  readonly skipped: readonly string[];
  readonly truncated: boolean;
}

export class MissingPathError extends Error {
  override readonly name = 'MissingPathError';
}

type Wanted = (path: string) => boolean;

/**
 * @param paths as given, relative to `cwd`
 * @param wanted whether a file met while walking is worth a look, by its path relative to the root
 * @throws MissingPathError when a given path does not exist
 */
export function discover(paths: readonly string[], cwd: string, wanted: Wanted): Discovery {
  const targets = new Map<string, Target>();
  const walk: Walk = { cwd, wanted, targets, skipped: [], entries: 0 };
  for (const given of paths) {
    const path = resolve(cwd, given);
    const kind = kindOf(path);
    if (kind === null) throw new MissingPathError(`${given}: no such file or directory`);
    const root = rootOf(path, kind === 'directory', cwd);
    if (kind === 'directory') walkTree(path, root, walk);
    else targets.set(path, { path, root, named: true });
  }
  const ordered = [...targets.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { targets: ordered, skipped: walk.skipped, truncated: walk.entries >= MAX_ENTRIES };
}

interface Walk {
  readonly cwd: string;
  readonly wanted: Wanted;
  readonly targets: Map<string, Target>;
  readonly skipped: string[];
  entries: number;
}

function walkTree(start: string, root: string, walk: Walk): void {
  const pending = [start];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of listInside(root, directory)) {
      walk.entries += 1;
      if (walk.entries >= MAX_ENTRIES) return;
      const path = join(directory, entry.name);
      if (entry.kind === 'file') meet(path, root, walk);
      else if (entry.kind === 'directory' && !SKIPPED_DIRECTORIES.has(entry.name)) pending.push(path);
      else if (entry.kind === 'directory') walk.skipped.push(toSlash(relative(walk.cwd, path)));
    }
  }
}

function meet(path: string, root: string, { targets, wanted }: Walk): void {
  if (targets.has(path) || !wanted(toSlash(relative(root, path)))) return;
  targets.set(path, { path, root, named: false });
}

/** The working directory bounds what may be read, or the given path where that lies elsewhere. */
function rootOf(path: string, directory: boolean, cwd: string): string {
  if (isInside(cwd, path)) return cwd;
  return directory ? path : resolve(path, '..');
}

export function toSlash(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
