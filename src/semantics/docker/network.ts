/** What a container can reach over the network. */
import { METADATA_ADDRESSES } from '../../knowledge/system-hosts.ts';
import type { Neighbour, Network } from '../../model/network.ts';
import { type Answer, answer, type Origin } from '../../model/value.ts';
import type { ContainerSpec } from './spec.ts';

export function containerNetwork(spec: ContainerSpec, neighbours: readonly Neighbour[]): Network {
  return {
    egress: spec.network.egress,
    hostLoopback: hostLoopback(spec),
    metadata: metadata(spec),
    neighbours,
    published: publishesNothing(spec) ? [] : spec.ports,
    proxyVariables: spec.proxyVariables,
    engineApis: spec.network.engineApis,
    abstractSockets: abstractSockets(spec),
  };
}

/**
 * On the network of the host or of another container, and without any, the engines discard what is to be published: a port of the container
 * is then one of the host, or of nothing (moby daemon/daemon_unix.go, verifyPlatformContainerSettings).
 */
function publishesNothing({ network }: ContainerSpec): boolean {
  const { egress, namespace, hostGateway } = network;
  if (namespace.known && namespace.value !== 'own') return true;
  return egress.known && egress.value.kind === 'none' && hostGateway.verdict === 'no';
}

/** Neighbours count only on a network of its own: on the host's network everything is one. */
export function channelNeighbours(spec: ContainerSpec): readonly Neighbour[] {
  return spec.network.namespace.known && spec.network.namespace.value === 'host'
    ? []
    : spec.network.neighbours;
}

function isHostNetwork(spec: ContainerSpec): Origin | null {
  const { namespace } = spec.network;
  return namespace.known && namespace.value === 'host' ? namespace.origin : null;
}

/**
 * On the host's network its loopback is the container's own. On a bridge the host answers on the gateway
 * address with whatever listens on all interfaces; a `host-gateway` name is the sign that something does.
 */
function hostLoopback(spec: ContainerSpec): Answer {
  const host = isHostNetwork(spec);
  if (host !== null) return answer('yes', [host], "the host's loopback is its own");
  const [named] = spec.network.hostNames;
  if (named !== undefined) {
    const origins = spec.network.hostNames.map((name) => name.origin);
    return answer('yes', origins, `\`${named.text}\` names the host`);
  }
  return spec.network.hostGateway;
}

/** Nothing between a bridge and a link-local address filters it (moby, integration/network/bridge docs). */
function metadata(spec: ContainerSpec): Answer {
  const { egress } = spec.network;
  const [address = ''] = METADATA_ADDRESSES;
  if (!egress.known) return answer('unknown', [egress.origin]);
  if (egress.value.kind === 'none') return answer('no', [egress.origin]);
  if (egress.value.kind === 'limited')
    return answer('no', [egress.origin], 'the egress control does not list it');
  return answer('yes', [egress.origin], `nothing filters ${address}`);
}

/** Abstract unix sockets belong to the network namespace and know no permissions (unix(7)). */
function abstractSockets(spec: ContainerSpec): Answer {
  const host = isHostNetwork(spec);
  return host === null
    ? answer('no', [spec.network.namespace.origin])
    : answer('yes', [host], "abstract sockets are part of the host's network");
}
