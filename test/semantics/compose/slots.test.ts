// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of compose files, not of this one.
import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../src/model/value.ts';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { app, mounts, plain } from './reading.ts';

interface Found {
  readonly value: unknown;
  readonly origin: Origin | undefined;
}

const located = (item: { text: string; origin: Origin } | undefined): Found => ({
  value: item?.text,
  origin: item?.origin,
});

type Row = readonly [
  key: string,
  settings: string,
  slot: (spec: ContainerSpec) => Found,
  value: unknown,
  slice: string,
];

const mount = (spec: ContainerSpec): Found => ({ value: mounts(spec)[0], origin: spec.mounts[0]?.origin });
const port = ({ ports: [one] }: ContainerSpec): Found => ({
  value: `${one?.hostIp ?? '*'} ${one?.published ?? '-'} ${one?.target ?? ''} ${one?.protocol ?? ''}`,
  origin: one?.origin,
});
const variable = ({ variables: [one] }: ContainerSpec): Found => ({
  value: `${one?.name} ${one?.from} ${one === undefined ? '' : plain(one.value)} ${one?.phase}`,
  origin: one?.origin,
});
const imageVariable = (spec: ContainerSpec): Found => variable({ ...spec, variables: spec.image.variables });
const egress = ({ network }: ContainerSpec): Found => ({
  value: network.egress.known ? network.egress.value.kind : network.egress.why,
  origin: network.egress.origin,
});
const build = ({ buildPrivileges: [one] }: ContainerSpec): Found => ({
  value: `${one?.kind} ${one?.text}`,
  origin: one?.origin,
});
const scalar =
  (
    slot: (
      spec: ContainerSpec,
    ) => ContainerSpec['pid'] | ContainerSpec['privileged'] | ContainerSpec['limits']['memory'],
  ) =>
  (spec: ContainerSpec): Found => {
    const value = slot(spec);
    return { value: plain<unknown>(value), origin: value?.origin };
  };
const file = ({ environmentFiles: [one] }: ContainerSpec): Found => ({
  value: `${one?.path} ${one?.names?.join() ?? one?.why}`,
  origin: one?.origin,
});

const ROWS: readonly Row[] = [
  ['image', 'image: a/b:1', scalar(({ image }) => image.reference), 'a/b:1', 'image: a/b:1'],
  ['privileged', 'privileged: true', scalar((s) => s.privileged), true, 'privileged: true'],
  ['privileged text', 'privileged: "true"', scalar((s) => s.privileged), true, 'privileged: "true"'],
  ['privileged false', 'privileged: false', scalar((s) => s.privileged), false, 'privileged: false'],
  [
    'privileged default',
    'privileged: ${P:-false}',
    scalar((s) => s.privileged),
    false,
    'privileged: ${P:-false}',
  ],
  ['privileged unknown', 'privileged: ${P}', scalar((s) => s.privileged), '?$P', 'privileged: ${P}'],
  ['cap_add', 'cap_add:\n  - SYS_ADMIN # why', (s) => located(s.capAdd[0]), 'SYS_ADMIN', 'SYS_ADMIN'],
  ['cap_drop', 'cap_drop: [ALL]', (s) => located(s.capDrop[0]), 'ALL', 'ALL'],
  [
    'security_opt',
    'security_opt: ["seccomp:unconfined"]',
    (s) => located(s.securityOpt[0]),
    'seccomp:unconfined',
    '"seccomp:unconfined"',
  ],
  ['user', 'user: "1000:1000"', scalar((s) => s.user), '1000:1000', 'user: "1000:1000"'],
  ['user number', 'user: 0', scalar((s) => s.user), '0', 'user: 0'],
  ['pid', 'pid: host', scalar((s) => s.pid), 'host', 'pid: host'],
  ['ipc', 'ipc: host', scalar((s) => s.ipc), 'host', 'ipc: host'],
  ['uts', 'uts: host', scalar((s) => s.uts), 'host', 'uts: host'],
  ['userns_mode', 'userns_mode: host', scalar((s) => s.userns), 'host', 'userns_mode: host'],
  ['cgroup', 'cgroup: host', scalar((s) => s.cgroupns), 'host', 'cgroup: host'],
  ['runtime', 'runtime: runsc', scalar((s) => s.runtime), 'runsc', 'runtime: runsc'],
  ['read_only', 'read_only: yes', scalar((s) => s.readOnlyRoot), true, 'read_only: yes'],
  ['use_api_socket', 'use_api_socket: true', scalar((s) => s.apiSocket), true, 'use_api_socket: true'],
  ['group_add', 'group_add:\n  - 999', (s) => located(s.groups[0]), '999', '999'],
  [
    'devices',
    'devices:\n  - /dev/sda:/dev/x:r',
    (s) => located(s.devices[0]),
    '/dev/sda:/dev/x:r',
    '/dev/sda:/dev/x:r',
  ],
  [
    'devices long',
    'devices:\n  - {source: /dev/sda, target: /dev/x, permissions: r}',
    (s) => located(s.devices[0]),
    '/dev/sda:/dev/x:r',
    '{source: /dev/sda, target: /dev/x, permissions: r}',
  ],
  [
    'device_cgroup_rules',
    "device_cgroup_rules: ['b *:* rwm']",
    (s) => located(s.deviceRules[0]),
    'b *:* rwm',
    "'b *:* rwm'",
  ],
  ['gpus', 'gpus: all', (s) => located(s.gpus[0]), 'all', 'gpus: all'],
  [
    'deploy devices',
    'deploy: {resources: {reservations: {devices: [{driver: nvidia, capabilities: [gpu]}]}}}',
    (s) => located(s.gpus[0]),
    'nvidia gpu',
    '{driver: nvidia, capabilities: [gpu]}',
  ],
  [
    'volumes short',
    'volumes:\n  - /var/run/docker.sock:/s:ro',
    mount,
    '/run/docker.sock -> /s ro',
    '/var/run/docker.sock:/s:ro',
  ],
  ['volumes home', 'volumes: ["~/.ssh:/s"]', mount, '~/.ssh -> /s rw', '"~/.ssh:/s"'],
  ['volumes default', 'volumes: ["${W:-.}:/w"]', mount, 'the project directory -> /w rw', '"${W:-.}:/w"'],
  ['volumes unknown', 'volumes: ["${W}:/w"]', mount, '$W -> /w rw', '"${W}:/w"'],
  ['volumes anonymous', 'volumes: [/data]', mount, 'volume: -> /data rw', '/data'],
  [
    'volumes long',
    'volumes:\n  - type: bind\n    source: ~/.aws\n    target: /a\n    read_only: "true"',
    mount,
    '~/.aws -> /a ro',
    'type: bind\n        source: ~/.aws\n        target: /a\n        read_only: "true"',
  ],
  [
    'tmpfs',
    'tmpfs: /tmp:size=64m',
    (s) => ({ value: s.mounts[0]?.size, origin: s.mounts[0]?.origin }),
    64 * 2 ** 20,
    'tmpfs: /tmp:size=64m',
  ],
  [
    'tmpfs long',
    'volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1k}}]',
    (s) => ({ value: s.mounts[0]?.size, origin: s.mounts[0]?.origin }),
    1024,
    '{type: tmpfs, target: /t, tmpfs: {size: 1k}}',
  ],
  ['mem_limit', 'mem_limit: 1.5g', scalar((s) => s.limits.memory), 1.5 * 2 ** 30, 'mem_limit: 1.5g'],
  ['mem_limit number', 'mem_limit: 1048576', scalar((s) => s.limits.memory), 1048576, 'mem_limit: 1048576'],
  ['cpus', 'cpus: "0.5"', scalar((s) => s.limits.cpu), 0.5, 'cpus: "0.5"'],
  ['cpu_quota', 'cpu_quota: 50ms', scalar((s) => s.limits.cpu), 0.5, 'cpu_quota: 50ms'],
  ['pids_limit', 'pids_limit: 100', scalar((s) => s.limits.processes), 100, 'pids_limit: 100'],
  ['pids_limit off', 'pids_limit: -1', scalar((s) => s.limits.processes), null, 'pids_limit: -1'],
  [
    'deploy memory',
    'deploy: {resources: {limits: {memory: 1G, cpus: "2", pids: 9}}}',
    scalar((s) => s.limits.memory),
    2 ** 30,
    'memory: 1G',
  ],
  [
    'deploy cpus',
    'deploy: {resources: {limits: {memory: 1G, cpus: "2", pids: 9}}}',
    scalar((s) => s.limits.cpu),
    2,
    'cpus: "2"',
  ],
  [
    'deploy pids',
    'deploy: {resources: {limits: {memory: 1G, cpus: "2", pids: 9}}}',
    scalar((s) => s.limits.processes),
    9,
    'pids: 9',
  ],
  ['environment map', 'environment:\n  A: b', variable, 'A literal b run', 'A: b'],
  ['environment list', 'environment:\n  - A=b=c', variable, 'A literal b=c run', 'A=b=c'],
  [
    'environment passed',
    'environment:\n  - GITHUB_TOKEN',
    variable,
    'GITHUB_TOKEN host ?$GITHUB_TOKEN run',
    'GITHUB_TOKEN',
  ],
  [
    'environment null',
    'environment:\n  GITHUB_TOKEN:',
    variable,
    'GITHUB_TOKEN host ?$GITHUB_TOKEN run',
    'GITHUB_TOKEN:',
  ],
  ['environment host', 'environment: {A: "${B}"}', variable, 'A host ?$B run', 'A: "${B}"'],
  ['environment default', 'environment: {A: "${B:-x}"}', variable, 'A host x run', 'A: "${B:-x}"'],
  ['build args', 'build: {context: ., args: [TOKEN=x]}', imageVariable, 'TOKEN literal x build', 'TOKEN=x'],
  ['env_file', 'env_file: nowhere.env', file, 'nowhere.env there is no such file', 'env_file: nowhere.env'],
  ['env_file outside', 'env_file: [~/x.env]', file, '~/x.env it lies outside the project', '~/x.env'],
  ['ports int', 'ports: [8080]', port, '* - 8080 tcp', '8080'],
  [
    'ports short',
    'ports: ["127.0.0.1:3000:80/udp"]',
    port,
    '127.0.0.1 3000 80 udp',
    '"127.0.0.1:3000:80/udp"',
  ],
  ['ports all', 'ports: ["5432:5432"]', port, '* 5432 5432 tcp', '"5432:5432"'],
  ['ports ipv6', 'ports: ["[::1]:1:2"]', port, '::1 1 2 tcp', '"[::1]:1:2"'],
  [
    'ports long',
    'ports: [{target: 80, published: "81", host_ip: 127.0.0.1}]',
    port,
    '127.0.0.1 81 80 tcp',
    '{target: 80, published: "81", host_ip: 127.0.0.1}',
  ],
  ['ports address', 'ports: ["${IP:-127.0.0.1}:1:2"]', port, '127.0.0.1 1 2 tcp', '"${IP:-127.0.0.1}:1:2"'],
  [
    'extra_hosts list',
    'extra_hosts: ["h:host-gateway"]',
    (s) => located(s.network.hostNames[0]),
    'h:host-gateway',
    '"h:host-gateway"',
  ],
  [
    'extra_hosts map',
    'extra_hosts: {h: host-gateway}',
    (s) => located(s.network.hostNames[0]),
    'h:host-gateway',
    'h: host-gateway',
  ],
  ['network_mode none', 'network_mode: none', egress, 'none', 'network_mode: none'],
  ['network_mode host', 'network_mode: "host"', egress, 'host', 'network_mode: "host"'],
  [
    'network_mode container',
    'network_mode: container:x',
    egress,
    'the container x is not defined here',
    'network_mode: container:x',
  ],
  ['network default', 'image: x', egress, 'open', 'app'],
  [
    'build privileged',
    'build: {context: ., privileged: true}',
    build,
    'privileged privileged build',
    'privileged: true',
  ],
  [
    'build entitlements',
    'build: {entitlements: [security.insecure]}',
    build,
    'entitlement security.insecure',
    'security.insecure',
  ],
  ['build network', 'build: {network: host}', build, 'host-network network: host', 'network: host'],
  ['build ssh', 'build: {ssh: [default]}', build, 'ssh ssh: default', 'default'],
  ['build home', 'build: ~/', build, 'context ~/', 'build: ~/'],
  ['build above', 'build: {context: ..}', build, 'context ..', 'context: ..'],
  [
    'additional_contexts',
    'build: {context: ., additional_contexts: {k: /etc}}',
    build,
    'context /etc',
    'k: /etc',
  ],
  [
    'provider',
    'provider: {type: ./run.sh}',
    ({ hostCommands: [one] }) => ({ value: one?.command, origin: one?.origin }),
    './run.sh',
    'provider: {type: ./run.sh}',
  ],
  [
    'post_start',
    'post_start: [{command: [a, b], privileged: true}]',
    (s) => located(s.escalations[0]),
    'post_start: a b',
    '{command: [a, b], privileged: true}',
  ],
  ['restart', 'restart: always', scalar((s) => s.kept), true, 'restart: always'],
  [
    'volumes_from',
    'volumes_from: ["container:x:ro"]',
    (s) => located(s.volumesFrom[0]),
    'container:x:ro',
    '"container:x:ro"',
  ],
  [
    'proxy',
    'environment: {https_proxy: "http://p:1"}',
    (s) => ({ value: s.proxyVariables[0]?.name, origin: s.proxyVariables[0]?.origin }),
    'https_proxy',
    'https_proxy: "http://p:1"',
  ],
  [
    'DOCKER_HOST',
    'environment: {DOCKER_HOST: "tcp://d:2375"}',
    (s) => located(s.network.engineApis[0]),
    'DOCKER_HOST=tcp://d:2375',
    'DOCKER_HOST: "tcp://d:2375"',
  ],
  [
    'develop.watch',
    'develop: {watch: [{action: sync, path: ~/x, target: /x}]}',
    mount,
    '~/x -> /x ro',
    'path: ~/x',
  ],
];

describe('each key lands in its slot, at its place', () => {
  it.each(ROWS)('%s', (_, settings, slot, value, slice) => {
    const found = slot(app(settings));
    expect(found.value).toEqual(value);
    expect(found.origin === undefined ? '' : sliceOf(found.origin.place)).toBe(slice);
  });
});

describe('what is not known is told', () => {
  it.each<[settings: string, what: string, mayHide: string]>([
    ['volumes: ["${W}:/w"]', '$W:/w', 'mount'],
    ['volumes: ["/a:/b:${MODE}"]', '/a:/b:$MODE', 'mount'],
    ['privileged: ${P}', '$P', 'privileges'],
    ['cap_add: ["$CAP"]', '$CAP', 'capability'],
    ['security_opt: ["${S}"]', '$S', 'confinement'],
    ['network_mode: ${N}', '$N', 'network'],
    ['pid: ${N}', '$N', 'namespace'],
    ['devices: ["${D}"]', '$D', 'device'],
    ['volumes_from: ["container:x"]', 'container:x', 'mount'],
    ['secrets: [gone]', 'gone', 'credential'],
    ['extends: {file: gone.yml, service: x}', 'app extends x of gone.yml', 'any-setting'],
  ])('%s', (settings, what, mayHide) => {
    const { unresolved } = app(settings);
    expect(unresolved.map((one) => [one.what, one.mayHide])).toEqual([[what, mayHide]]);
  });

  it('says nothing about a default, but what it assumes', () => {
    const spec = app('image: x\nvolumes: ["${W:-.}:/w"]\nprivileged: ${P:-false}');
    expect(spec.unresolved).toEqual([]);
    expect(spec.mounts[0]?.assumes).toEqual(['$W is unset']);
    expect(spec.privileged).toMatchObject({ assumes: ['$P is unset'] });
  });
});
