/** The host's files as a container sees them: the union of its bind mounts, what is mounted over them aside. */
import type { DefeatedProtection, FileAnswer, FileMode, HostFiles, HostGrant } from '../../model/files.ts';
import { below, covers, displayPath, type HostPath, hostPath, samePath } from '../../model/host-path.ts';
import type { Origin, Verdict } from '../../model/value.ts';
import { cleanTarget } from './container-path.ts';
import type { MountSpec } from './spec.ts';

export interface FileContext {
  /** A runtime that does not let sockets of the host through: gVisor's default, virtual machines. */
  readonly socketsClosed: boolean;
  /** All devices may be opened: privileged. */
  readonly devices: boolean;
}

/** One list of mounts is asked again for every change that leaves it alone, and gives the same answers. */
const ANSWERED = new WeakMap<readonly MountSpec[], Map<string, HostFiles>>();

export function containerFiles(mounts: readonly MountSpec[], context: FileContext): HostFiles {
  const answered = ANSWERED.get(mounts) ?? new Map<string, HostFiles>();
  const key = `${context.socketsClosed} ${context.devices}`;
  const files = answered.get(key) ?? filesOf(mounts, context);
  answered.set(key, files);
  ANSWERED.set(mounts, answered);
  return files;
}

function filesOf(mounts: readonly MountSpec[], context: FileContext): HostFiles {
  const effective = lastByTarget(mounts);
  const binds = effective.filter((mount) => mount.type === 'bind' && mount.host !== null);
  const grants = binds.map((mount) => grantOf(mount, context));
  const shallow = new Set(grants.filter((_, index) => binds[index]?.recursiveReadOnly === false));
  const masks = effective.flatMap(({ target, conditional }) =>
    target === null || conditional === true ? [] : [cleanTarget(target)],
  );
  return {
    grants,
    can: (mode, path) => decide({ grants, masks, shallow }, mode, path),
    defeated: defeatedProtections(effective),
    openByDefault: null,
  };
}

/**
 * Of several mounts at one target the last is the one that shows (compose merges so; Docker refuses). What a
 * script mounts in some of its ways only hides nothing in the others.
 */
function lastByTarget(mounts: readonly MountSpec[]): MountSpec[] {
  const settled = new Set<string>();
  return mounts
    .toReversed()
    .filter(({ target, conditional }) => {
      if (target === null) return true;
      const key = cleanTarget(target);
      if (settled.has(key)) return false;
      if (conditional !== true) settled.add(key);
      return true;
    })
    .reverse();
}

function grantOf(mount: MountSpec, context: FileContext): HostGrant {
  const host: HostPath = mount.host ?? { root: 'unknown', raw: mount.text, names: [] };
  const grant: HostGrant = {
    path: host,
    tree: true,
    read: 'yes',
    write: writeVerdict(mount),
    connect: context.socketsClosed ? 'no' : 'yes',
    devices: context.devices ? 'yes' : 'no',
    text: mount.text,
    target: mount.target,
    propagation: mount.propagation,
    kind: 'mount',
    origin: mount.origin,
  };
  return {
    ...grant,
    ...(mount.opened === undefined ? {} : { opened: mount.opened }),
    ...(mount.assumes === undefined ? {} : { assumes: mount.assumes }),
  };
}

/**
 * What is mounted read-only counts as such. A container that could remount it (privileged, CAP_SYS_ADMIN
 * without AppArmor) holds the host anyway, and the line to change is the one that gives it that.
 */
function writeVerdict(mount: MountSpec): Verdict {
  if (!mount.readOnly.known) return 'unknown';
  return mount.readOnly.value ? 'no' : 'yes';
}

const MODE_FIELD = { read: 'read', write: 'write', connect: 'connect' } as const;

interface Mounted {
  readonly grants: readonly HostGrant[];
  readonly masks: readonly string[];
  /** Read-only ones that leave what is mounted below them writable. */
  readonly shallow: ReadonlySet<HostGrant>;
}

function decide({ grants, masks, shallow }: Mounted, mode: FileMode, path: HostPath): FileAnswer {
  let best: FileAnswer = { verdict: 'no', because: [], grant: null };
  for (const grant of grants) {
    const covered = covers(grant.path, path);
    if (covered === 'no' || (covered === 'yes' && isMasked(grant, path, masks))) continue;
    const verdict =
      covered === 'unknown' && grant[MODE_FIELD[mode]] !== 'no' ? 'unknown' : grant[MODE_FIELD[mode]];
    const isShallow = mode === 'write' && verdict === 'no' && shallow.has(grant);
    if (isShallow && best.verdict !== 'yes' && isInFileSystemBelow(grant, path)) {
      const assumes = ['the host has file systems of their own mounted below it'];
      best = { verdict: 'yes', because: [grant.origin], grant, assumes };
    } else if (isBetter(verdict, grant, best)) best = { verdict, because: [grant.origin], grant };
  }
  return best;
}

/** Where nearly every host has something mounted. */
const FILE_SYSTEMS = [
  '/boot',
  '/dev',
  '/proc',
  '/run',
  '/run/user',
  '/sys',
  '/sys/fs/cgroup',
  '/sys/kernel/debug',
  '/sys/kernel/tracing',
  '/tmp',
].map((path) => hostPath(path, ''));

/** Does the path lie in a file system of its own, below the grant's directory? */
function isInFileSystemBelow({ path: own }: HostGrant, path: HostPath): boolean {
  return FILE_SYSTEMS.some(
    (one) => covers(one, path) === 'yes' && covers(own, one) === 'yes' && !samePath(own, one),
  );
}

const RANK: Readonly<Record<Verdict, number>> = { no: 0, unknown: 1, yes: 2 };

/** Of two grants that both open a path, the narrower one is the line to change first. */
function isBetter(verdict: Verdict, grant: HostGrant, best: FileAnswer): boolean {
  if (RANK[verdict] !== RANK[best.verdict]) return RANK[verdict] > RANK[best.verdict];
  if (verdict === 'no' || best.grant === null) return false;
  return covers(best.grant.path, grant.path) === 'yes' && !samePath(best.grant.path, grant.path);
}

/** True when something else is mounted, deeper than the grant itself, over where the path would appear. */
function isMasked(grant: HostGrant, path: HostPath, masks: readonly string[]): boolean {
  const rest = relativePath(grant.path, path);
  if (rest === null || rest === '' || grant.target === null) return false;
  const target = cleanTarget(grant.target);
  const inside = target === '/' ? `/${rest}` : `${target}/${rest}`;
  return masks.some(
    (mask) =>
      mask.length > target.length && (inside === mask || inside.startsWith(`${mask}/`)) && mask !== target,
  );
}

/** `inner` relative to `outer`, when both are written from the same root; null otherwise. */
function relativePath(outer: HostPath, inner: HostPath): string | null {
  if (outer.root === 'unknown' || inner.root === 'unknown' || outer.root !== inner.root) return null;
  if (outer.path === inner.path) return '';
  const prefix = outer.path === '' || outer.path === '/' ? outer.path : `${outer.path}/`;
  return inner.path.startsWith(prefix) ? inner.path.slice(prefix.length) : null;
}

/**
 * A mount point cannot be renamed (EBUSY), but a directory between it and the writable mount above can be,
 * and a new tree put in its place: a read-only `.git/hooks` inside a writable project protects nothing.
 */
function defeatedProtections(mounts: readonly MountSpec[]): DefeatedProtection[] {
  const found: DefeatedProtection[] = [];
  for (const inner of mounts) {
    if (inner.target === null || !inner.readOnly.known || !inner.readOnly.value || inner.type !== 'bind')
      continue;
    const outer = closestAbove(mounts, inner);
    if (outer?.host === null || outer?.target === null || outer === undefined || inner.host === null)
      continue;
    if (!outer.readOnly.known || outer.readOnly.value || outer.type !== 'bind') continue;
    const rest = cleanTarget(inner.target).slice(cleanTarget(outer.target).length).replace(/^\//, '');
    const [first, ...deeper] = rest.split('/');
    if (first === undefined || deeper.length === 0) continue;
    if (!samePath(below(outer.host, rest), inner.host)) continue;
    found.push({
      path: inner.host,
      through: below(outer.host, first),
      text: `${displayPath(inner.host)} is mounted read-only`,
      origin: inner.origin,
      related: [outer.origin] satisfies Origin[],
    });
  }
  return found;
}

function closestAbove(mounts: readonly MountSpec[], inner: MountSpec): MountSpec | undefined {
  const target = cleanTarget(inner.target ?? '');
  return mounts
    .filter(
      (mount) =>
        mount !== inner && mount.target !== null && target.startsWith(`${cleanTarget(mount.target)}/`),
    )
    .sort((a, b) => cleanTarget(b.target ?? '').length - cleanTarget(a.target ?? '').length)[0];
}
