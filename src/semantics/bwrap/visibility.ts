/**
 * Where a path of the host can be seen inside. Operations run in order, and what is mounted last over a
 * place is what shows there (bwrap(1), FILESYSTEM OPTIONS); sources are always the host's own.
 */
import { below, covers, displayPath, type HostPath, samePath } from '../../model/host-path.ts';
import type { Verdict } from '../../model/value.ts';
import { assumption, implies, told, waysOf } from '../process/conditions.ts';
import { isIdentity, type Operation, type Shown } from './operations.ts';

/** A way by which a path of the host is reached. */
export interface View {
  readonly operation: Operation;
  readonly shown: Shown;
  readonly verdict: Exclude<Verdict, 'no'>;
  readonly assumes: readonly string[];
}

export type ViewMode = 'read' | 'write' | 'connect' | 'device';

/** A question about one path, with what was found of it on the way. */
interface Query {
  readonly operations: readonly Operation[];
  readonly mode: ViewMode;
  readonly path: HostPath;
  /** What has to hold for a part to stay in view. */
  readonly known: Map<Shown, readonly string[] | null>;
}

/** All of them, the last operation's first. */
export function viewsOf(operations: readonly Operation[], mode: ViewMode, path: HostPath): readonly View[] {
  const query: Query = { operations, mode, path, known: new Map() };
  return operations
    .toReversed()
    .flatMap((operation) => operation.shows.flatMap((shown) => viewIn(query, operation, shown) ?? []));
}

/** @returns null where the operation shows the path nowhere, or not in this mode */
export function viewThrough(
  operations: readonly Operation[],
  operation: Operation,
  shown: Shown,
  mode: ViewMode,
  path: HostPath,
): View | null {
  return viewIn({ operations, mode, path, known: new Map() }, operation, shown);
}

function viewIn(query: Query, operation: Operation, shown: Shown): View | null {
  const covered = covers(shown.source, query.path);
  if (covered === 'no' || !isOpenFor(query.mode, operation, shown)) return null;
  const assumes = remains(query, operation, shown);
  if (assumes === null) return null;
  const own = assumption(operation.when, true);
  return {
    operation,
    shown,
    verdict: covered === 'unknown' ? 'unknown' : 'yes',
    assumes: told([...own, ...assumes]),
  };
}

function isOpenFor(mode: ViewMode, { devices }: Operation, { writable, overlaid }: Shown): boolean {
  if (mode === 'write') return writable;
  if (mode === 'connect') return !overlaid;
  return mode !== 'device' || devices;
}

/** What has to hold so that nothing later covers the path where the operation shows it; null: something does. */
function remains(query: Query, operation: Operation, shown: Shown): readonly string[] | null {
  const before = query.known.get(shown);
  if (before !== undefined) return before;
  const found = uncovered(query, operation, shown);
  query.known.set(shown, found);
  return found;
}

/** Where it covers the path under its conditions, it shows the path itself: nothing is lost by them. */
function showsInstead(query: Query, later: Operation): boolean {
  return later.shows.some(
    (shown) =>
      covers(shown.source, query.path) === 'yes' &&
      isOpenFor(query.mode, later, shown) &&
      remains(query, later, shown)?.length === 0,
  );
}

function uncovered(query: Query, operation: Operation, shown: Shown): readonly string[] | null {
  const { operations, mode, path } = query;
  const inside = placeInside(operation, shown, path);
  const ways = waysOf(operation.when);
  const assumes: string[] = [];
  for (const later of operations) {
    if (later.index <= operation.index) continue;
    if (!closes(later, { operation, mode, inside, path })) continue;
    if (implies(operation.when, later.when)) {
      if (later.needs === null) return null;
      const missing = whenMissing(later.needs, mode, path);
      if (missing === null) return null;
      assumes.push(missing);
      continue;
    }
    if (showsInstead(query, later)) continue;
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
