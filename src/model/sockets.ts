/** Whether the user inside can open a socket that is visible there. */
import type { AssetGain } from '../knowledge/asset.ts';
import type { Exposure } from './exposure.ts';
import { below, type HostPath, samePath } from './host-path.ts';
import type { Certainty } from './outcome.ts';
import type { Sandbox } from './sandbox.ts';
import { displayText } from './symbolic.ts';

export interface OpenableSocket {
  readonly gain: AssetGain;
  readonly path: HostPath;
  readonly certainty: Certainty;
  readonly assumes: readonly string[];
}

/** Groups whose members may open an engine's socket, by its usual mode 0660 root:docker. */
const SOCKET_GROUPS = /^(?:docker|root|0|998|999)$/i;
/** `$DOCKER_GID`, `$(stat -c %g /var/run/docker.sock)`, `$(getent group docker | cut -d: -f3)`: what it is for. */
const OPENING_GROUP = /^\$\{?\w*(?:DOCKER|PODMAN|SOCK(?:ET)?)_?(?:GID|GROUP)|^\$\(.*(?:docker|podman)/is;

/**
 * A named socket, or the directory that holds it, is there to be used. Through a directory further above
 * (`/`, a home) it is visible when the host has one. A user inside who is not root and has no group for it may
 * meet its mode.
 */
export function openableSocket(sandbox: Sandbox, exposure: Exposure): OpenableSocket {
  const { grant, gain, path } = exposure;
  const assumes = [...exposure.assumes];
  let certainty: Certainty = gain.certainty;
  if (isFarAbove(grant.path, path)) {
    certainty = 'assumed';
    assumes.push('the host runs the engine whose socket lies there');
  } else if (grant.opened === undefined && !userMayOpen(sandbox)) {
    const isGiven = hasOpeningGroup(sandbox);
    if (!isGiven) certainty = 'assumed';
    assumes.push(
      isGiven
        ? 'the group that the user is given is the one of the socket'
        : 'the user inside may open the socket, which its mode and group decide on the host',
    );
  } else if (isReadingProxy(sandbox)) {
    certainty = 'assumed';
    assumes.push('hostile code gets into the proxy itself');
  }
  return { gain, path, certainty, assumes };
}

/** A service that stands before the socket and lets reads through alone: the socket is there for others' good. */
export function isReadingProxy({ role, relay }: Sandbox): boolean {
  return role.kind === 'service' && relay === 'read';
}

/** Further above than the directory that the socket lies in. */
function isFarAbove(grant: HostPath, socket: HostPath): boolean {
  return !samePath(grant, socket) && !samePath(below(socket, '..'), grant);
}

/** A group whose number the script asks for, so that the user inside may open the socket. */
function hasOpeningGroup({ privilege }: Sandbox): boolean {
  return privilege.groups.some(({ name }) => OPENING_GROUP.test(displayText(name).slice(0, 300)));
}

function userMayOpen(sandbox: Sandbox): boolean {
  const { effectiveRoot, groups } = sandbox.privilege;
  if (sandbox.boundary !== 'container') return true;
  return effectiveRoot.verdict !== 'no' || groups.some((group) => SOCKET_GROUPS.test(group.name));
}
