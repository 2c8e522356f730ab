/** The host's files as the ordered operations of bwrap show them. */
import type { DefeatedProtection, FileAnswer, FileMode, HostFiles, HostGrant } from '../../model/files.ts';
import { breadthOf, covers, type HostPath, hostPath, samePath } from '../../model/host-path.ts';
import type { InertSetting } from '../../model/sandbox.ts';
import type { Origin } from '../../model/value.ts';
import { implies } from '../process/conditions.ts';
import { isIdentity, type Operation, type Shown } from './operations.ts';
import { beneath, relativeTo, type View, viewsOf, viewThrough } from './visibility.ts';

interface Grants {
  readonly list: readonly HostGrant[];
  of(view: View): HostGrant | null;
}

export function bwrapFiles(operations: readonly Operation[]): HostFiles {
  const grants = grantsOf(operations);
  const answers = new Map<string, FileAnswer>();
  return {
    grants: grants.list,
    can(mode, path) {
      const key = `${mode} ${path.root} ${path.root === 'unknown' ? path.raw : path.path}`;
      const found = answers.get(key) ?? decide(operations, grants, mode, path);
      answers.set(key, found);
      return found;
    },
    defeated: defeatedProtections(operations),
    openByDefault: wholeDisk(operations),
  };
}

function grantsOf(operations: readonly Operation[]): Grants {
  const found = new Map<Shown, HostGrant>();
  for (const operation of operations) {
    for (const shown of operation.shows) {
      const grant = grantOf(operations, operation, shown);
      if (grant !== null) found.set(shown, grant);
    }
  }
  return { list: [...found.values()], of: ({ shown }) => found.get(shown) ?? null };
}

const DEVICES = hostPath('/dev', '');

/** Null where a later operation covers all of it. */
function grantOf(operations: readonly Operation[], operation: Operation, shown: Shown): HostGrant | null {
  const { source } = shown;
  const view = viewThrough(operations, operation, shown, 'read', source);
  if (view === null) return null;
  const write = viewThrough(operations, operation, shown, 'write', source);
  const devices = covers(source, DEVICES) === 'yes' ? DEVICES : source;
  const assumes = [...new Set([...view.assumes, ...(write?.assumes ?? [])])];
  const grant: HostGrant = {
    path: source,
    tree: true,
    read: 'yes',
    write: write === null ? 'no' : 'yes',
    connect: shown.overlaid ? 'no' : 'yes',
    devices: viewThrough(operations, operation, shown, 'device', devices) === null ? 'no' : 'yes',
    text: operation.text,
    target: isIdentity(operation, shown) ? null : operation.target,
    // bwrap makes every mount a slave of the host's before it begins (bubblewrap.c, MS_SLAVE).
    propagation: 'slave',
    kind: operation.name === 'tmp-overlay' ? 'copy' : 'mount',
    origin: operation.origin,
  };
  return assumes.length === 0 ? grant : { ...grant, assumes };
}

/** bwrap runs on Linux: what macOS and Windows keep there is not on its host. */
function isOfAnotherSystem(path: HostPath): boolean {
  if (path.root === 'home') return /^(?:Library|AppData)(?:\/|$)/.test(path.path);
  return path.root === 'absolute' && /^\/(?:pipe|Library|System|Applications)(?:\/|$)/.test(path.path);
}

const RANK = { unknown: 1, yes: 2 } as const;

/** Of several ways the surest counts, then the narrowest, then the last. */
function decide(
  operations: readonly Operation[],
  grants: Grants,
  mode: FileMode,
  path: HostPath,
): FileAnswer {
  let best: View | null = null;
  if (isOfAnotherSystem(path)) return { verdict: 'no', because: [], grant: null };
  for (const view of viewsOf(operations, mode, path)) {
    if (best === null || isBetter(view, best)) best = view;
  }
  if (best === null) return { verdict: 'no', because: [], grant: null };
  const view = opener(operations, grants, mode, path, best);
  const { operation, assumes, verdict } = view;
  const found = { verdict, because: [operation.origin], grant: grants.of(view) };
  return assumes.length === 0 ? found : { ...found, assumes };
}

/**
 * The view that opens the path. A narrow mount of what a wider one shows anyway opens nothing: without it, the
 * wider one would be what shows there. A socket that is mounted by itself says that something listens on it.
 */
function opener(
  operations: readonly Operation[],
  grants: Grants,
  mode: FileMode,
  path: HostPath,
  best: View,
): View {
  const { operation, shown, assumes } = best;
  const isWider = (source: HostPath): boolean =>
    covers(source, shown.source) === 'yes' && !samePath(source, shown.source);
  const wider = operations.filter(
    ({ index, shows }) => index < operation.index && shows.some(({ source }) => isWider(source)),
  );
  if (best.verdict !== 'yes' || mode === 'connect' || wider.length === 0) return best;
  const others = operations.filter((one) => one !== operation);
  const found = wider.toReversed().flatMap((one) => {
    return one.shows.flatMap((part) =>
      isWider(part.source) ? (viewThrough(others, one, part, mode, path) ?? []) : [],
    );
  });
  const surer = found.find(
    (view) => view.verdict === 'yes' && view.assumes.length <= assumes.length && grants.of(view) !== null,
  );
  return surer ?? best;
}

function isBetter(view: View, best: View): boolean {
  if (view.verdict !== best.verdict) return RANK[view.verdict] > RANK[best.verdict];
  if (view.assumes.length !== best.assumes.length) return view.assumes.length < best.assumes.length;
  const [narrow, wide] = [view.shown.source, best.shown.source];
  return covers(wide, narrow) === 'yes' && !samePath(wide, narrow);
}

/** `--bind / /`: what no later operation covers is the host itself. */
function wholeDisk(operations: readonly Operation[]): Origin | null {
  for (const operation of operations) {
    for (const shown of operation.shows) {
      if (breadthOf(shown.source) !== 'disk' || !isIdentity(operation, shown)) continue;
      if (viewThrough(operations, operation, shown, 'write', shown.source) !== null) return operation.origin;
    }
  }
  return null;
}

/**
 * A mount point cannot be renamed (EBUSY), but a directory between it and the writable mount above can be,
 * and a new tree put in its place (rename(2); a mount moves along with its directory).
 */
function defeatedProtections(operations: readonly Operation[]): DefeatedProtection[] {
  return operations.flatMap((inner) => {
    const [shown] = inner.shows;
    if (shown === undefined || shown.writable || shown.overlaid || inner.kind !== 'mount') return [];
    const outer = mountAbove(operations, inner);
    const [tree] = outer?.shows ?? [];
    if (outer === undefined || tree === undefined || !tree.writable) return [];
    const [first, ...deeper] = relativeTo(outer.destination, inner.destination)?.split('/') ?? [];
    if (first === undefined || first === '' || deeper.length === 0) return [];
    const own = beneath(tree.source, [first, ...deeper].join('/'));
    if (!samePath(own, shown.source) || viewThrough(operations, outer, tree, 'write', tree.source) === null) {
      return [];
    }
    const found: DefeatedProtection = {
      path: shown.source,
      through: beneath(tree.source, first),
      text: inner.text,
      origin: inner.origin,
      related: [outer.origin],
    };
    return [found];
  });
}

/** What the directory above the destination belongs to when the operation takes place. */
function mountAbove(operations: readonly Operation[], inner: Operation): Operation | undefined {
  return operations
    .slice(0, inner.index)
    .filter(
      ({ kind, destination, when }) =>
        kind === 'mount' &&
        implies(inner.when, when) &&
        covers(destination, inner.destination) === 'yes' &&
        !samePath(destination, inner.destination),
    )
    .at(-1);
}

/** Protections that a later operation mounts over, so that they have no effect. */
export function inertOperations(operations: readonly Operation[]): InertSetting[] {
  return operations.flatMap((operation) => {
    const cover = operations
      .slice(operation.index + 1)
      .find((later) => later.kind === 'mount' && covers(later.destination, operation.destination) === 'yes');
    if (cover === undefined || cover.needs !== null || !implies(operation.when, cover.when)) return [];
    if (!opensAgain(operation, cover)) return [];
    return [
      {
        setting: operation.text,
        why: `\`${cover.text}\` comes later and is mounted over it`,
        instead: `Move it behind \`${cover.text}\``,
        origin: operation.origin,
      },
    ];
  });
}

/** What was hidden, or read-only, is open in what covers it. */
function opensAgain(operation: Operation, cover: Operation): boolean {
  if (operation.kind !== 'mount') return false;
  const [before] = operation.shows;
  const hid = before === undefined || !isIdentity(operation, before);
  return cover.shows.some(
    (after) => isIdentity(cover, after) && (hid || (before?.writable === false && after.writable)),
  );
}
