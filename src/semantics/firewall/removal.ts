/** Whether code inside can take the rules of a firewall back, or have others set. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import { type Answer, answer, explicit, type Origin } from '../../model/value.ts';
import { sliceOf } from '../../source/source.ts';
import { containerCapabilities } from '../docker/capabilities.ts';
import { securityOptions } from '../docker/confinement.ts';
import { containerSudo, containerUser, effectiveRoot } from '../docker/identity.ts';
import type { FileOwner } from '../docker/image-files.ts';
import type { ContainerSpec, MountSpec } from '../docker/spec.ts';
import type { LaterUser } from './later-user.ts';

/** NET_ADMIN is what setting rules takes (capabilities(7)): whether root in the container has it. */
export function mayFilter(spec: ContainerSpec): Answer {
  const root = answer('yes', []);
  const { bounding, origin } = containerCapabilities(spec, root);
  if (bounding.has('NET_ADMIN')) return answer('yes', [origin]);
  const open = spec.capAdd.find(({ text }) => text !== displayText(text));
  return open === undefined ? answer('no', [origin]) : answer('unknown', [open.origin]);
}

export interface Rewritable {
  /** Path inside the container. */
  readonly path: string;
  readonly origin: Origin;
  /** Who can change it beside root, by the Dockerfile. */
  readonly owner: FileOwner | null;
}

/** Programs that set rules; sudo for one of them is sudo for the firewall. */
const FILTERS = /\b(?:ip6?tables|nft|ipset|ufw)\b/;

/**
 * @param later the user as whom the start script goes on, if it changes
 * @param files what the firewall is made from: its script, and lists that the script reads
 */
export function removableBy(
  spec: ContainerSpec,
  later: LaterUser | null,
  files: readonly Rewritable[],
): Answer {
  const sudo = laterSudo(spec, later);
  const root = later === null ? effectiveRoot(containerUser(spec), sudo) : asLater(spec, later, sudo);
  const able = mayFilter(spec);
  if (able.verdict === 'no') return answer('no', able.because, 'the container has no NET_ADMIN');
  if (later?.admin === 'loses' && !(spec.privileged.known && spec.privileged.value)) {
    return answer('no', [explicit(later.place)], 'the start script takes NET_ADMIN away');
  }
  if (later?.admin === 'keeps') {
    return answer('yes', [explicit(later.place)], 'the start script leaves NET_ADMIN to it');
  }
  if (later === null && isUnread(spec, sudo)) {
    return answer('unknown', [spec.image.origin], 'the Dockerfile that names the user cannot be read');
  }
  if (root.verdict === 'yes') return root;
  // podman gives what is added to users other than root as well (podman-run(1), --cap-add).
  if (later === null && containerCapabilities(spec, root).usable.has('NET_ADMIN') && root.verdict === 'no') {
    return answer('yes', able.because, 'it holds NET_ADMIN, root or not');
  }
  const granted = sudo.because.find(({ place }) => /NOPASSWD/.test(sliceOf(place)));
  if (granted !== undefined && sudo.verdict === 'unknown' && FILTERS.test(rights(granted))) {
    return answer('yes', [granted], 'sudo runs the program that sets the rules');
  }
  if (root.verdict === 'unknown') return root;
  const user = later?.user ?? userName(spec);
  const rewriting = files.flatMap((file) => rewritableBy(file, user, spec.mounts) ?? []);
  return rewriting.find(({ verdict }) => verdict === 'yes') ?? rewriting[0] ?? root;
}

function userName(spec: ContainerSpec): string | null {
  const user = containerUser(spec);
  return user.known ? user.value.name : null;
}

/** Whether a user who is not root can change what the rules are made from; null: no. */
function rewritableBy(
  { path, origin, owner }: Rewritable,
  user: string | null,
  mounts: readonly MountSpec[],
): Answer | null {
  const mount = nearestMount(path, mounts);
  const isFixed = mount?.readOnly.known === true && mount.readOnly.value;
  if (mount !== null && !isFixed) {
    return answer('yes', [origin, mount.origin], `it can rewrite ${path}, by which the rules are set`);
  }
  // A mount point itself cannot be moved, but the directory of the user's that holds it can.
  if (isFixed && /^\/home\/[^/]+\/[^/]+$/.test(path)) return null;
  if (/^\/(?:home|tmp|var\/tmp)\//.test(path)) {
    return answer('yes', [origin], `${path} lies where an ordinary user can replace it`);
  }
  if (isFixed || owner === null) return null;
  if (owner.user === null || owner.user === user) {
    return answer('yes', [origin, owner.origin], `it can rewrite ${path}, by which the rules are set`);
  }
  // A number and a name may be one user's, and so may anything that only the build knows.
  const comparable =
    isResolved(owner.user) && user !== null && /^\d+$/.test(owner.user) === /^\d+$/.test(user);
  if (comparable) return null;
  const shown = displayText(owner.user);
  return answer('unknown', [origin, owner.origin], `${path} belongs to ${shown}, who may be the user inside`);
}

function laterSudo(spec: ContainerSpec, later: LaterUser | null): Answer {
  const { noNewPrivileges } = securityOptions(spec);
  const sudo = containerSudo(spec, noNewPrivileges);
  if (later === null || !later.noNewPrivileges || sudo.verdict === 'no') return sudo;
  return answer('no', [explicit(later.place)], 'the start script makes sudo powerless');
}

/** A user that only a Dockerfile could name: to take root for it would be a guess. */
function isUnread({ user, image }: ContainerSpec, sudo: Answer): boolean {
  return user === null && image.user === null && image.built && sudo.verdict === 'unknown';
}

function rights({ place }: Origin): string {
  return sliceOf(place)
    .replace(/^[\s\S]*NOPASSWD/, '')
    .replace(/\S*\.sh\b/g, '');
}

function asLater(spec: ContainerSpec, later: LaterUser, sudo: Answer): Answer {
  const { user, place, assumes } = later;
  if (user === null) return effectiveRoot(containerUser(spec), sudo);
  if (sudo.verdict !== 'no') return sudo;
  const stays = answer('no', [explicit(place)], `the start script goes on as ${user}`);
  return assumes.length === 0 ? stays : { ...stays, assumes };
}

/** The mount that holds the file; the one nearest to it counts. */
function nearestMount(path: string, mounts: readonly MountSpec[]): MountSpec | null {
  const around = mounts.filter(
    ({ target }) => target !== null && (path === target || path.startsWith(`${target.replace(/\/$/, '')}/`)),
  );
  return around.sort((a, b) => (b.target?.length ?? 0) - (a.target?.length ?? 0))[0] ?? null;
}

/**
 * Whether the script can set rules at all: as root, by sudo, or not. Without sudo the user inside is told
 * "Operation not permitted", and the network stays as it was.
 * @param asRoot the engine starts it, as another user than the one inside
 */
export function canSet(spec: ContainerSpec, asRoot: boolean): Answer {
  const able = mayFilter(spec);
  if (able.verdict !== 'yes' || asRoot) return able;
  const { noNewPrivileges } = securityOptions(spec);
  const sudo = containerSudo(spec, noNewPrivileges);
  const root = effectiveRoot(containerUser(spec), sudo);
  const scripts = sudo.because.some(({ place }) => /NOPASSWD/.test(sliceOf(place)));
  if (root.verdict !== 'no' || scripts || spec.engine === 'podman') return answer('yes', []);
  return sudo.assumes === undefined ? root : answer('unknown', root.because);
}
