// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of compose files, not of this one.
import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { compose, plain, specOf } from './reading.ts';

const read = (text: string): ContainerSpec => specOf(compose({ 'compose.yml': text }));

/** Kind of egress, the text that decides it, and whether the host answers. */
function shape(text: string): string {
  const { egress, hostGateway } = read(text).network;
  const kind = egress.known ? egress.value.kind : 'unknown';
  return `${kind} | ${sliceOf(egress.origin.place)} | ${hostGateway.verdict}`;
}

const INTERNAL = 'networks: {in: {internal: true}, out: {}}';
const app = (settings: string, others = '', networks = INTERNAL): string =>
  `services:\n  app: {image: a, ${settings}}\n${others}\n${networks}\n`;

describe('egress by the shape of the network', () => {
  it.each<[text: string, shape: string]>([
    [app(''), 'open | app | unknown'],
    [app('network_mode: none'), 'none | network_mode: none | no'],
    [app('network_mode: bridge'), 'open | network_mode: bridge | unknown'],
    [app('network_mode: host'), 'host | network_mode: host | unknown'],
    [app('networks: [in]'), 'none | internal: true | yes'],
    [app('networks: [in, out]'), 'open | out | unknown'],
    [app('networks: [in, default]'), 'open | default | unknown'],
    [app('networks: {in: , out: {priority: 1}}'), 'open | out: {priority: 1} | unknown'],
    [app('networks: []'), 'open | app | unknown'],
    [app('', '', 'networks: {default: {internal: true}}'), 'none | internal: true | yes'],
    [app('networks: [in]', '', 'networks: {in: {internal: "true"}}'), 'none | internal: "true" | yes'],
    [app('networks: [in]', '', 'networks: {in: {internal: "${I}"}}'), 'unknown | in | unknown'],
    [
      app('networks: [in]', '', 'networks: {in: {internal: "${I:-true}"}}'),
      'none | internal: "${I:-true}" | yes',
    ],
    [app('networks: [n]', '', 'networks: {n: {external: true, name: host}}'), 'host | n | unknown'],
    [app('networks: [n]', '', 'networks: {n: {driver: macvlan}}'), 'open | n | unknown'],
    [app('network_mode: "service:vpn"', '  vpn: {image: v}'), 'open | vpn | unknown'],
    [app('network_mode: "service:vpn"', '  vpn: {image: v, networks: [in]}'), 'none | internal: true | yes'],
    [app('network_mode: "service:gone"'), 'unknown | network_mode: "service:gone" | unknown'],
    [app('network_mode: "service:app"'), 'unknown | network_mode: "service:app" | unknown'],
  ])('%s', (text, expected) => {
    expect(shape(text)).toBe(expected);
  });

  it('keeps the host off an isolated bridge', () => {
    const options = 'driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: isolated}';
    expect(shape(app('networks: [in]', '', `networks: {in: {internal: true, ${options}}}`))).toMatch(
      /\| no$/,
    );
  });

  it('does not when one of two bridges is not isolated', () => {
    const options = 'driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: isolated}';
    const networks = `networks: {a: {internal: true, ${options}}, b: {internal: true}}`;
    expect(shape(app('networks: [a, b]', '', networks))).toMatch(/\| yes$/);
  });

  it('assumes that a network made elsewhere is not internal', () => {
    const { egress } = read(app('networks: [n]', '', 'networks: {n: {external: true}}')).network;
    expect(egress).toMatchObject({ assumes: ['the network n is not internal'] });
  });

  it('names the line that shares a network', () => {
    const { network } = read(app('network_mode: "service:vpn"', '  vpn: {image: v}'));
    expect(network.egress.origin.via?.map(sliceOf)).toEqual(['network_mode: "service:vpn"']);
    expect(plain(network.namespace)).toBe('other');
    expect(network.neighbours.map(({ name }) => name)).toEqual(['vpn']);
  });
});

describe('a proxy between an internal network and the outside', () => {
  it.each<[who: string, settings: string, proxy: string, kind: string]>([
    ['by its image', 'networks: [in]', 'p: {image: ubuntu/squid, networks: [in, out]}', 'limited'],
    ['by its name', 'networks: [in]', 'egress-proxy: {build: ., networks: [in, out]}', 'limited'],
    [
      'by the variables that name it',
      'networks: [in], environment: {HTTPS_PROXY: "http://gw:3128"}',
      'gw: {build: ., networks: [in, out]}',
      'limited',
    ],
    ['not on the inside alone', 'networks: [in]', 'p: {image: ubuntu/squid, networks: [in]}', 'none'],
    ['not on the outside alone', 'networks: [in]', 'p: {image: ubuntu/squid, networks: [out]}', 'none'],
    ['not by an ordinary service', 'networks: [in]', 'web: {image: x/web, networks: [in, out]}', 'none'],
    [
      'not when another way is open',
      'networks: [in, out]',
      'p: {image: ubuntu/squid, networks: [in, out]}',
      'open',
    ],
    [
      'not by variables on an open network',
      'environment: {HTTP_PROXY: "http://p:1"}',
      'p: {image: ubuntu/squid}',
      'open',
    ],
  ])('is told %s', (_, settings, proxy, kind) => {
    const { egress } = read(app(settings, `  ${proxy}`)).network;
    expect(egress.known ? egress.value.kind : 'unknown').toBe(kind);
  });

  it.each<[mount: string, verdict: string]>([
    ['.:/w', 'yes'],
    ['.:/w:ro', 'no'],
    ['./src:/w', 'no'],
  ])('is worth little when %s lets its rules be rewritten', (mount, verdict) => {
    const proxy = '  p: {image: ubuntu/squid, networks: [in, out], volumes: ["./squid.conf:/c:ro"]}';
    const { egress } = read(app(`networks: [in], volumes: ["${mount}"]`, proxy)).network;
    const control = egress.known && egress.value.kind === 'limited' ? egress.value.control : null;
    expect(control?.removable.verdict).toBe(verdict);
    expect(control?.hosts).toBeNull();
  });
});

describe('neighbours', () => {
  it('are those on a network of the service', () => {
    const others = `  db: {image: "postgres:16", networks: [in]}
  far: {image: redis, networks: [out]}
  inside: {image: x, network_mode: "service:app"}`;
    const { neighbours } = read(app('networks: [in]', others)).network;
    expect(neighbours.map(({ name, holds, sandbox }) => [name, holds, sandbox])).toEqual([
      ['db', 'database', 'compose.yml#db'],
      ['inside', null, 'compose.yml#inside'],
    ]);
  });

  it.each<[environment: string, power: string]>([
    ['{POST: 1, CONTAINERS: 1}', 'full'],
    ['{CONTAINERS: 1}', 'read'],
  ])('that pass on the engine with %s give %s power', (environment, power) => {
    const proxy = `  sock: {image: tecnativa/docker-socket-proxy, environment: ${environment}}`;
    const { engineApis } = read(app('environment: {DOCKER_HOST: "tcp://sock:2375"}', proxy)).network;
    expect(engineApis.map((api) => [api.kind, api.power]).at(-1)).toEqual(['socket-proxy', power]);
  });
});

describe('a firewall of the start command', () => {
  it.each<[settings: string, kind: string]>([
    ['cap_add: [NET_ADMIN], command: "sh -c \'sudo /usr/local/bin/init-firewall.sh && claude\'"', 'limited'],
    ['cap_add: [NET_ADMIN], user: "${WHO}", command: "sh -c /init-firewall.sh"', 'unknown'],
    ['privileged: true, entrypoint: [sh, -c, "iptables -P OUTPUT DROP; exec sh"]', 'limited'],
    ['command: "sh -c /init-firewall.sh"', 'open'],
    ['cap_add: [NET_ADMIN], command: "echo no wall"', 'open'],
  ])('%s', (settings, kind) => {
    const { egress } = read(app(settings)).network;
    expect(egress.known ? egress.value.kind : 'unknown').toBe(kind);
  });
});
