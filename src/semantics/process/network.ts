/** The network inside: the host's own, or none. */
import { METADATA_ADDRESSES } from '../../knowledge/system-hosts.ts';
import type { Environment } from '../../model/environment.ts';
import type { Egress, Network } from '../../model/network.ts';
import type { Sharing } from '../../model/privilege.ts';
import { type Answer, answer, known, type Value } from '../../model/value.ts';
import { engineApisOf, proxyVariablesOf } from '../docker/run-spec-environment.ts';

/** A network namespace of its own has a loopback of its own and no other interface (network_namespaces(7)). */
export function processNetwork(namespace: Value<Sharing>, environment: Environment): Network {
  const isHost = namespace.known && namespace.value === 'host';
  const whether = (reason: string): Answer => {
    const found = isHost ? answer('yes', [namespace.origin], reason) : answer('no', [namespace.origin]);
    return namespace.known && namespace.assumes !== undefined
      ? { ...found, assumes: namespace.assumes }
      : found;
  };
  const [address = ''] = METADATA_ADDRESSES;
  return {
    egress: egressOf(namespace),
    hostLoopback: whether("the host's loopback is its own"),
    metadata: whether(`nothing filters ${address}`),
    neighbours: [],
    published: [],
    proxyVariables: proxyVariablesOf(environment.variables),
    engineApis: engineApisOf(environment.variables),
    abstractSockets: whether("abstract sockets are part of the host's network"),
  };
}

function egressOf(namespace: Value<Sharing>): Value<Egress> {
  if (!namespace.known) return namespace;
  const { origin, assumes } = namespace;
  return namespace.value === 'host'
    ? known({ kind: 'host' }, origin, assumes)
    : known({ kind: 'none' }, origin, assumes);
}
