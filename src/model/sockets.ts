/** Whether the user inside can open a socket that is visible there. */
import type { AssetGain } from '../knowledge/asset.ts';
import { socketProxyPower } from '../knowledge/socket-proxy.ts';
import type { Exposure } from './exposure.ts';
import { below, type HostPath, samePath } from './host-path.ts';
import type { Certainty } from './outcome.ts';
import type { Sandbox } from './sandbox.ts';

export interface OpenableSocket {
  readonly gain: AssetGain;
  readonly path: HostPath;
  readonly certainty: Certainty;
  readonly assumes: readonly string[];
}

/** Groups whose members may open an engine's socket, by its usual mode 0660 root:docker. */
const SOCKET_GROUPS = /^(?:docker|root|0|998|999|\$?\{?DOCKER_(?:GID|GROUP)\w*\}?)$/i;

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
    certainty = 'assumed';
    assumes.push('the user inside may open the socket, which its mode and group decide on the host');
  } else if (isReadingProxy(sandbox)) {
    certainty = 'assumed';
    assumes.push('hostile code gets into the proxy itself');
  }
  return { gain, path, certainty, assumes };
}

/** A service that stands before the socket and lets reads through alone: the socket is there for others' good. */
export function isReadingProxy({ role, image, environment }: Sandbox): boolean {
  if (role.kind !== 'service' || image === null || !image.reference.known) return false;
  const switches = environment.variables.map(({ name, value }): [string, string] => [
    name,
    value.known ? value.value : value.raw,
  ]);
  return socketProxyPower(image.reference.value, new Map(switches)) === 'read';
}

/** Further above than the directory that the socket lies in. */
function isFarAbove(grant: HostPath, socket: HostPath): boolean {
  return !samePath(grant, socket) && !samePath(below(socket, '..'), grant);
}

function userMayOpen(sandbox: Sandbox): boolean {
  const { effectiveRoot, groups } = sandbox.privilege;
  if (sandbox.boundary !== 'container') return true;
  return effectiveRoot.verdict !== 'no' || groups.some((group) => SOCKET_GROUPS.test(group.name));
}
