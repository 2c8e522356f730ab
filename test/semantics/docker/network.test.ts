/** What a container can reach over the network, beside the internet. */
import { describe, expect, it } from 'vitest';
import type { Egress } from '../../../src/model/network.ts';
import { answer, known, unknown } from '../../../src/model/value.ts';
import { channelNeighbours, containerNetwork } from '../../../src/semantics/docker/network.ts';
import type { ContainerSpec, NetworkSpec } from '../../../src/semantics/docker/spec.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { at, container, located } from './container.ts';

const NEIGHBOUR = { name: 'db', holds: 'database', origin: at('db'), sandbox: null };

function spec(network: Partial<NetworkSpec>): ContainerSpec {
  const empty = container();
  return { ...empty, network: { ...empty.network, neighbours: [NEIGHBOUR], ...network } };
}

const HOST: Partial<NetworkSpec> = {
  egress: known({ kind: 'host' }, at('host')),
  namespace: known('host', at('host')),
};
const network = (settings: Partial<NetworkSpec>) => containerNetwork(spec(settings), []);
const LIMITED: Egress = {
  kind: 'limited',
  control: {
    by: 'proxy',
    text: 'proxy',
    origin: at('proxy'),
    removable: answer('no', []),
    hosts: [],
    holes: [],
  },
};

describe('the metadata address', () => {
  it.each([
    ['open', { kind: 'open' }, 'yes'],
    ['host', { kind: 'host' }, 'yes'],
    ['limited', LIMITED, 'no'],
    ['none', { kind: 'none' }, 'no'],
  ] as const)('%s: %s', (_, egress, expected) => {
    expect(network({ egress: known(egress, at('network')) }).metadata.verdict).toBe(expected);
  });

  it('is unknown where the network is', () => {
    const egress = unknown('$NET', '$NET is not set', ['NET'], at('$NET'));
    expect(network({ egress }).metadata.verdict).toBe('unknown');
  });
});

describe('the host’s loopback', () => {
  it('is its own on the host’s network', () => {
    expect(network(HOST).hostLoopback.verdict).toBe('yes');
  });

  it('is reached by a name for the host', () => {
    const { hostLoopback } = network({ hostNames: located('host.docker.internal', 'gw') });
    expect(hostLoopback.verdict).toBe('yes');
    expect(hostLoopback.because.map(({ place }) => sliceOf(place))).toEqual(['host.docker.internal', 'gw']);
  });

  it('is as the gateway is, without one', () => {
    expect(network({}).hostLoopback.verdict).toBe('unknown');
    expect(network({ hostGateway: answer('no', [at('none')]) }).hostLoopback.verdict).toBe('no');
  });
});

describe('what is published', () => {
  const port = { target: '80', published: '80', hostIp: null, protocol: 'tcp', origin: at('80:80') };
  const OTHER: Partial<NetworkSpec> = { namespace: known('other', at('container:x')) };
  const NONE: Partial<NetworkSpec> = {
    egress: known({ kind: 'none' }, at('none')),
    hostGateway: answer('no', [at('none')]),
  };

  it.each([
    ['a bridge', {}, 1],
    ['the network of the host', HOST, 0],
    ['none', NONE, 0],
    ['that of another container', OTHER, 0],
  ] as const)('on %s', (_, settings, count) => {
    expect(containerNetwork({ ...spec(settings), ports: [port] }, []).published).toHaveLength(count);
  });
});

describe('abstract sockets', () => {
  it('belong to the host’s network alone', () => {
    expect(network(HOST).abstractSockets.verdict).toBe('yes');
    expect(network({}).abstractSockets.verdict).toBe('no');
  });
});

describe('neighbours', () => {
  it('are those of its networks', () => {
    expect(channelNeighbours(spec({}))).toEqual([NEIGHBOUR]);
  });

  it('are not told apart on the host’s network', () => {
    expect(channelNeighbours(spec(HOST))).toEqual([]);
  });
});
