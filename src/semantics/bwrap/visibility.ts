/**
 * Where a path of the host can be seen inside. Operations run in order, and what is mounted last over a
 * place is what shows there (bwrap(1), FILESYSTEM OPTIONS); sources are always the host's own.
 */
import { below, covers, displayPath, type HostPath, samePath } from '../../model/host-path.ts';
import type { Verdict } from '../../model/value.ts';
import { assumption, implies, waysOf } from '../process/conditions.ts';
import { isIdentity, type Operation, type Shown } from './operations.ts';

/** A way by which a path of the host is reached. */
export interface View {
  readonly operation: Operation;
  readonly shown: Shown;
  readonly verdict: Exclude<Verdict, 'no'>;
  readonly assumes: readonly string[];
}

export type ViewMode = 'read' | 'write' | 'connect' | 'device';

/** All of them, the last operation's first. */
export function viewsOf(operations: readonly Operation[], mode: ViewMode, path: HostPath): readonly View[] {
  return operations
    .toReversed()
    .flatMap((operation) =>
      operation.shows.flatMap((shown) => viewThrough(operations, operation, shown, mode, path) ?? []),
    );
}

/** @returns null where the operation shows the path nowhere, or not in this mode */
export function viewThrough(
  operations: readonly Operation[],
  operation: Operation,
  shown: Shown,
  mode: ViewMode,
  path: HostPath,
): View | null {
  const covered = covers(shown.source, path);
  if (covered === 'no') return null;
  if (mode === 'write' && !shown.writable) return null;
  if (mode === 'connect' && shown.overlaid) return null;
  if (mode === 'device' && !operation.devices) return null;
  const assumes = remains(operations, operation, shown, mode, path);
  if (assumes === null) return null;
  const own = assumption(operation.when, true);
  return {
    operation,
    shown,
    verdict: covered === 'unknown' ? 'unknown' : 'yes',
    assumes: [...new Set([...own, ...assumes])],
  };
}

/** What has to hold so that nothing later covers the path where the operation shows it; null: something does. */
function remains(
  operations: readonly Operation[],
  operation: Operation,
  shown: Shown,
  mode: ViewMode,
  path: HostPath,
): readonly string[] | null {
  const inside = placeInside(operation, shown, path);
  const ways = waysOf(operation.when);
  const assumes: string[] = [];
  for (const later of operations.slice(operation.index + 1)) {
    if (!closes(later, { operation, mode, inside, path })) continue;
    if (implies(operation.when, later.when)) {
      if (later.needs === null) return null;
      const missing = whenMissing(later.needs, mode, path);
      if (missing === null) return null;
      assumes.push(missing);
      continue;
    }
    if (!ways.exclude(later.when)) return null;
    assumes.push(...assumption(later.when, false).slice(0, 1));
  }
  return assumes;
}

/**
 * Without the path that it needs, the later operation does not take place. What it would protect is then not
 * there to be read, but can be made.
 */
function whenMissing(needs: HostPath, mode: ViewMode, path: HostPath): string | null {
  if (mode !== 'write' && covers(needs, path) === 'yes') return null;
  return `\`${displayPath(needs)}\` does not exist`;
}

interface Seen {
  readonly operation: Operation;
  readonly mode: ViewMode;
  readonly inside: InsidePlace;
  readonly path: HostPath;
}

function closes(later: Operation, { operation, mode, inside, path }: Seen): boolean {
  if (later.kind === 'mount') return isOver(later.destination, inside);
  if (mode !== 'write' || !samePath(later.destination, operation.destination)) return false;
  return !isMountOfItsOwn(operation.destination, path);
}

/**
 * `--remount-ro` changes one mount and none below it (bwrap(1)); these are file systems of their own on
 * nearly every host.
 */
function isMountOfItsOwn(root: HostPath, path: HostPath): boolean {
  if (root.root !== 'absolute' || root.path !== '/' || path.root !== 'absolute') return false;
  return /^\/(?:dev|proc|run|sys|tmp)(?:\/|$)/.test(path.path);
}

/** Where a path of the host shows: below the destination, or at an exact place. */
interface InsidePlace {
  readonly destination: HostPath;
  readonly exact: HostPath | null;
}

function placeInside(operation: Operation, shown: Shown, path: HostPath): InsidePlace {
  const { destination } = operation;
  if (isIdentity(operation, shown)) return { destination, exact: path };
  const rest = relativeTo(shown.source, path);
  return { destination, exact: rest === null ? null : beneath(destination, rest) };
}

function isOver(cover: HostPath, { destination, exact }: InsidePlace): boolean {
  return covers(cover, destination) === 'yes' || (exact !== null && covers(cover, exact) === 'yes');
}

/** `inner` relative to `outer`, when both are written from the same root; null otherwise. */
export function relativeTo(outer: HostPath, inner: HostPath): string | null {
  if (outer.root === 'unknown' || inner.root === 'unknown' || outer.root !== inner.root) return null;
  if (outer.path === inner.path) return '';
  const prefix = outer.path === '' || outer.path === '/' ? outer.path : `${outer.path}/`;
  return inner.path.startsWith(prefix) ? inner.path.slice(prefix.length) : null;
}

/** Inside, `/home/sandbox` may be no home of the host's, which `below` would make of it. */
export function beneath(directory: HostPath, rest: string): HostPath {
  if (rest === '' || directory.root !== 'absolute') return below(directory, rest);
  return { root: 'absolute', path: directory.path === '/' ? `/${rest}` : `${directory.path}/${rest}` };
}
