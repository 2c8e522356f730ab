/** Sandboxes made up at random, and their text in every format that can say all of them. */
import fc from 'fast-check';

export interface Volume {
  /** `~/…`, absolute, or `..`. */
  readonly source: string;
  readonly readOnly: boolean;
}

/** What containers can be granted or denied; everything absent is the engine's default. */
export interface GeneratedSandbox {
  readonly volumes: readonly Volume[];
  readonly capabilities: readonly string[];
  readonly devices: readonly string[];
  /** Names of the host's variables that are handed in. */
  readonly secrets: readonly string[];
  readonly unconfined: readonly string[];
  readonly network: 'none' | 'default' | 'host';
  readonly runtime: 'runsc' | 'kata-runtime' | 'sysbox-runc' | null;
  readonly privileged: boolean;
  readonly hostProcesses: boolean;
  readonly hostIpc: boolean;
  readonly ordinaryUser: boolean;
  readonly noNewPrivileges: boolean;
  readonly dropsAll: boolean;
  readonly readOnlyRoot: boolean;
  readonly memory: boolean;
  readonly processors: boolean;
  readonly processes: boolean;
}

const SOURCES = [
  '~',
  '~/.ssh',
  '~/.aws',
  '~/.claude',
  '~/.gitconfig',
  '~/.cache',
  '~/.npm',
  '~/Documents',
  '/',
  '/etc',
  '/opt/data',
  '/proc',
  '/run',
  '/run/user/1000',
  '/srv',
  '/tmp',
  '/usr',
  '/var/lib/docker',
  '/var/log',
  '/var/run/docker.sock',
];
const CAPABILITIES = [
  'BPF',
  'DAC_READ_SEARCH',
  'MKNOD',
  'NET_ADMIN',
  'NET_RAW',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_TIME',
];
const DEVICES = ['/dev/dri', '/dev/fuse', '/dev/input', '/dev/kvm', '/dev/mem', '/dev/sda', '/dev/video0'];
const SECRETS = ['ANTHROPIC_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'LANG', 'NPM_TOKEN'];
const UNCONFINED = ['apparmor=unconfined', 'seccomp=unconfined'];

/** Most of the time little is granted: sandboxes that hold host root at once show nothing else. */
const rarely = fc.integer({ min: 0, max: 11 }).map((value) => value === 0);
const often = fc.boolean();
const few = (values: readonly string[], maxLength: number) => fc.subarray([...values], { maxLength });

export const sandboxes: fc.Arbitrary<GeneratedSandbox> = fc.record({
  volumes: few(SOURCES, 3).chain((sources) =>
    fc.tuple(...sources.map((source) => fc.boolean().map((readOnly) => ({ source, readOnly })))),
  ),
  capabilities: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: few(CAPABILITIES, 2) },
  ),
  devices: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: few(DEVICES, 2) }),
  secrets: few(SECRETS, 2),
  unconfined: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: few(UNCONFINED, 2) },
  ),
  network: fc.constantFrom('none', 'default', 'default', 'host'),
  runtime: fc.constantFrom(null, null, null, 'runsc', 'kata-runtime', 'sysbox-runc'),
  privileged: rarely,
  hostProcesses: rarely,
  hostIpc: rarely,
  ordinaryUser: often,
  noNewPrivileges: often,
  dropsAll: often,
  readOnlyRoot: often,
  memory: often,
  processors: often,
  processes: often,
});

/** Every way to grant one thing more, or to take one restraint away. */
export function looser(sandbox: GeneratedSandbox): GeneratedSandbox[] {
  const listed = <K extends 'capabilities' | 'devices' | 'secrets' | 'unconfined'>(
    key: K,
    all: readonly string[],
  ) =>
    all
      .filter((item) => !sandbox[key].includes(item))
      .map((item) => ({ ...sandbox, [key]: [...sandbox[key], item] }));
  const mounted = new Set(sandbox.volumes.map(({ source }) => source));
  const moreVolumes = SOURCES.filter((source) => !mounted.has(source)).flatMap((source) =>
    [true, false].map((readOnly) => ({ ...sandbox, volumes: [...sandbox.volumes, { source, readOnly }] })),
  );
  const writable = sandbox.volumes
    .filter(({ readOnly }) => readOnly)
    .map((volume) => ({
      ...sandbox,
      volumes: sandbox.volumes.map((one) => (one === volume ? { ...volume, readOnly: false } : one)),
    }));
  return [
    ...moreVolumes,
    ...writable,
    ...listed('capabilities', CAPABILITIES),
    ...listed('devices', DEVICES),
    ...listed('secrets', SECRETS),
    ...listed('unconfined', UNCONFINED),
    ...(sandbox.network === 'none' ? [{ ...sandbox, network: 'default' as const }] : []),
    ...(sandbox.network === 'default' ? [{ ...sandbox, network: 'host' as const }] : []),
    ...(sandbox.runtime === null ? [] : [{ ...sandbox, runtime: null }]),
    ...switched(sandbox),
  ];
}

const GRANTS = ['privileged', 'hostProcesses', 'hostIpc'] as const;
const RESTRAINTS = [
  'ordinaryUser',
  'noNewPrivileges',
  'dropsAll',
  'readOnlyRoot',
  'memory',
  'processors',
  'processes',
] as const;

function switched(sandbox: GeneratedSandbox): GeneratedSandbox[] {
  return [
    ...GRANTS.filter((key) => !sandbox[key]).map((key) => ({ ...sandbox, [key]: true })),
    ...RESTRAINTS.filter((key) => sandbox[key]).map((key) => ({ ...sandbox, [key]: false })),
  ];
}

/** One key of a compose service with the lines below it. */
export type Block = readonly [key: string, ...lines: readonly string[]];

/** The service's keys; any order of them, and of the items of a list, means the same. */
export function composeBlocks(sandbox: GeneratedSandbox): Block[] {
  const list = (key: string, items: readonly string[]): Block[] =>
    items.length === 0 ? [] : [[`${key}:`, ...items.map((item) => `- ${item}`)]];
  const mounts = sandbox.volumes.map(
    ({ source, readOnly }, index) => `${source}:${targetOf(index)}${readOnly ? ':ro' : ''}`,
  );
  const single = (on: boolean, line: string): Block[] => (on ? [[line]] : []);
  return [
    ['image: node:22'],
    ...list('volumes', ['.:/workspaces/app', ...mounts]),
    ...list('cap_add', sandbox.capabilities),
    ...list('devices', sandbox.devices),
    ...list('environment', sandbox.secrets),
    ...list('security_opt', securityOf(sandbox)),
    ...list('cap_drop', sandbox.dropsAll ? ['ALL'] : []),
    ...single(sandbox.network !== 'default', `network_mode: ${sandbox.network}`),
    ...single(sandbox.runtime !== null, `runtime: ${sandbox.runtime}`),
    ...single(sandbox.privileged, 'privileged: true'),
    ...single(sandbox.hostProcesses, 'pid: host'),
    ...single(sandbox.hostIpc, 'ipc: host'),
    ...single(sandbox.ordinaryUser, 'user: node'),
    ...single(sandbox.readOnlyRoot, 'read_only: true'),
    ...single(sandbox.memory, 'mem_limit: 2g'),
    ...single(sandbox.processors, 'cpus: 2'),
    ...single(sandbox.processes, 'pids_limit: 512'),
  ];
}

/** Targets that do not follow the order of the mounts would cover each other; these never do. */
const targetOf = (index: number): string => `/mnt/granted-${index}`;

function securityOf({ noNewPrivileges, unconfined }: GeneratedSandbox): string[] {
  return [...(noNewPrivileges ? ['no-new-privileges:true'] : []), ...unconfined];
}

export function composeService(name: string, blocks: readonly Block[]): string {
  const lines = blocks.flatMap(([key, ...items]) => [`    ${key}`, ...items.map((item) => `      ${item}`)]);
  return [`  ${name}:`, ...lines, ''].join('\n');
}

export function composeText(sandbox: GeneratedSandbox): string {
  return `services:\n${composeService('agent', composeBlocks(sandbox))}`;
}

/** The flags of `docker run`; `home` is how the home directory is written there. */
function runFlags(sandbox: GeneratedSandbox, home: string): string[] {
  const many = (flag: string, items: readonly string[]) => items.map((item) => `--${flag}=${item}`);
  const mounts = sandbox.volumes.map(
    ({ source, readOnly }, index) =>
      `${source.replace(/^~/, home)}:${targetOf(index)}${readOnly ? ':ro' : ''}`,
  );
  return [
    ...many('volume', mounts),
    ...many('cap-add', sandbox.capabilities),
    ...many('cap-drop', sandbox.dropsAll ? ['ALL'] : []),
    ...many('device', sandbox.devices),
    ...many('security-opt', securityOf(sandbox)),
    ...many('network', sandbox.network === 'default' ? [] : [sandbox.network]),
    ...many('runtime', sandbox.runtime === null ? [] : [sandbox.runtime]),
    ...(sandbox.privileged ? ['--privileged'] : []),
    ...many('pid', sandbox.hostProcesses ? ['host'] : []),
    ...many('ipc', sandbox.hostIpc ? ['host'] : []),
    ...(sandbox.readOnlyRoot ? ['--read-only'] : []),
    ...many('memory', sandbox.memory ? ['2g'] : []),
    ...many('cpus', sandbox.processors ? ['2'] : []),
    ...many('pids-limit', sandbox.processes ? ['512'] : []),
  ];
}

export function devcontainerText(sandbox: GeneratedSandbox): string {
  const [folder, home] = [
    'source=${localWorkspaceFolder},target=/workspaces/app,type=bind',
    '${localEnv:HOME}',
  ];
  const variables = sandbox.secrets.map((name) => [name, `\${localEnv:${name}}`]);
  return JSON.stringify({
    name: 'agent',
    image: 'node:22',
    workspaceMount: folder,
    workspaceFolder: '/workspaces/app',
    containerEnv: Object.fromEntries(variables),
    ...(sandbox.ordinaryUser ? { containerUser: 'node', remoteUser: 'node' } : {}),
    runArgs: runFlags(sandbox, home),
  });
}

export function runText(sandbox: GeneratedSandbox): string {
  const flags = [
    '--volume="$PWD":/workspaces/app',
    ...runFlags(sandbox, '$HOME').map((flag) => `"${flag}"`),
    ...sandbox.secrets.map((name) => `--env=${name}`),
    ...(sandbox.ordinaryUser ? ['--user=node'] : []),
  ];
  return `docker run ${flags.join(' ')} node:22 bash\n`;
}
