// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of compose files, not of this one.
/**
 * What a line puts together, beside what docker-compose 1.29 makes of the same line (`config` needs no engine).
 * Its schema is the older one, so the cases keep to what both know.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { HostPath } from '../../../src/model/host-path.ts';
import { combinedProject } from '../../../src/semantics/compose/combination.ts';
import { projectChoices } from '../../../src/semantics/compose/command-line.ts';
import { serviceSpec } from '../../../src/semantics/compose/service.ts';
import { engineCall } from '../../../src/semantics/docker/run-command.ts';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { scriptCommands } from '../../../src/semantics/scripts/script-commands.ts';
import { memoryProject } from '../../support/memory-project.ts';

function composeWorks(): boolean {
  try {
    return /docker-compose version 1\.29/.test(
      execFileSync('docker-compose', ['version'], { encoding: 'utf8' }),
    );
  } catch {
    return false;
  }
}

const available = composeWorks();
let root = '';
let home = '';

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'compose-')));
  home = join(root, 'home');
  mkdirSync(home);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** Between the program and the verb. */
  readonly line: string;
  readonly before?: string;
}

const APP = 'version: "3.8"\nservices:\n  app:\n    image: a\n';
const app = (settings: string): string => `${APP}${settings.replace(/^/gm, '    ')}\n`;
const over = (settings: string, rest = ''): string =>
  `version: "3.8"\nservices:\n  app:\n${settings.replace(/^/gm, '    ')}\n${rest}`;
const two = (what: string, base: string, above: string, rest = ''): Case => ({
  what,
  files: { 'a.yml': app(base), 'b.yml': over(above, rest) },
  line: '-f a.yml -f b.yml',
});

const CASES: readonly Case[] = [
  two('scalars', 'privileged: true\nuser: root\nread_only: true', 'privileged: false\nuser: node'),
  two(
    'lists',
    'cap_add: [NET_ADMIN]\ncap_drop: [ALL]\nsecurity_opt: ["seccomp:unconfined"]',
    'cap_add: [SYS_PTRACE, NET_ADMIN]\nsecurity_opt: ["no-new-privileges:true"]',
  ),
  two('environment in both forms', 'environment: [A=1, B=2, C]', 'environment: {B: "3", D: "4"}'),
  two(
    'mounts of one target',
    'volumes: ["./x:/x", "data:/d", "/etc:/e:ro"]',
    'volumes: ["./y:/x:ro", "/var:/d", "~/z:/z"]',
    'volumes: {data: {}}',
  ),
  two('long mounts', 'volumes: [{type: bind, source: ./x, target: /x}]', 'volumes: ["./y:/x"]\ntmpfs: /t'),
  two('devices of one target', 'devices: ["/dev/a:/dev/x", "/dev/b"]', 'devices: ["/dev/c:/dev/x:r"]'),
  two('ports', 'ports: ["127.0.0.1:1:1", "2:2"]', 'ports: ["2:2", "3:3"]'),
  two('limits', 'mem_limit: 1g\npids_limit: 5', 'mem_limit: 2g'),
  two('command and entrypoint', 'command: [a, b]\nentrypoint: /x.sh', 'command: c'),
  two('namespaces', 'pid: host\nipc: host', 'ipc: private'),
  two('networks', 'networks: [one]', 'networks: [two]', 'networks: {one: {}, two: {internal: true}}'),
  two('host names', 'extra_hosts: ["h:host-gateway"]', 'extra_hosts: {i: 10.0.0.1}'),
  {
    what: 'three files, the last of which wins',
    files: {
      'a.yml': APP,
      'b.yml': over('user: b\nenvironment: [X=b]'),
      'c.yml': over('user: c\nenvironment: [X=c]'),
    },
    line: '-f a.yml --file=b.yml -fc.yml',
  },
  {
    what: 'paths from the directory of the first file',
    files: {
      'x/a.yml': app('volumes: ["./p:/p"]'),
      'y/b.yml': over('volumes: ["./q:/q", "${D:-./r}:/r"]'),
      'x/.env': 'D=/own\n',
      '.env': 'D=/here\n',
    },
    line: '--project-directory x -f x/a.yml -f y/b.yml',
  },
  {
    what: 'paths from the project directory',
    files: { 'x/a.yml': app('volumes: ["./p:/p", "${D:-./r}:/r"]'), '.env': 'D=/here\n' },
    line: '--project-directory . -f x/a.yml',
  },
  {
    what: 'an env file',
    files: {
      'a.yml': app('user: "${W}"\nenvironment: {T: "${T:-t}"}'),
      '.env': 'W=wrong\n',
      'e.env': 'W=right\n',
    },
    line: '--env-file e.env -f a.yml',
  },
  {
    what: 'variables of the shell, which win',
    files: { 'a.yml': app('user: "${W}"'), '.env': 'W=wrong\n' },
    line: '-f a.yml',
    before: 'W=right',
  },
  {
    what: 'COMPOSE_FILE',
    files: { 'a.yml': APP, 'b.yml': over('privileged: true') },
    line: '',
    before: 'COMPOSE_FILE=a.yml:b.yml',
  },
  {
    what: 'COMPOSE_FILE of an .env',
    files: {
      'a.yml': APP,
      'b.yml': over('privileged: true'),
      '.env': 'COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=a.yml,b.yml\n',
    },
    line: '',
  },
  {
    what: 'the override, unasked',
    files: { 'docker-compose.yml': APP, 'docker-compose.override.yml': over('privileged: true') },
    line: '',
  },
];

interface Facts {
  readonly privileged: boolean;
  readonly user: string | null;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOpt: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly string[];
  readonly devices: readonly string[];
  readonly ports: readonly string[];
  readonly memory: number | null;
  readonly processes: number | null;
  readonly pid: string | null;
  readonly ipc: string | null;
}

type Key =
  | 'privileged'
  | 'user'
  | 'read_only'
  | 'cap_add'
  | 'cap_drop'
  | 'security_opt'
  | 'environment'
  | 'volumes'
  | 'devices'
  | 'ports'
  | 'mem_limit'
  | 'pids_limit'
  | 'pid'
  | 'ipc';
/** A service of `config`, as far as it is compared. */
type Service = Readonly<Partial<Record<Key, unknown>>>;

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function bytes(value: unknown): number | null {
  const [, amount = '', unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(String(value)) ?? [];
  return amount === '' ? null : Number(amount) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

/** From `docker-compose config`, whose mounts are short or long as they were written. */
function theirFacts(service: Service): Facts {
  const mounts = (Array.isArray(service.volumes) ? service.volumes : []).map((one: unknown) => {
    if (typeof one !== 'string') {
      const { source, target, read_only: readOnly } = one as Record<string, unknown>;
      return `${String(source)} ${String(target)} ${readOnly === true ? 'ro' : 'rw'}`;
    }
    const [source = '', target = '', mode = 'rw'] = one.split(':');
    return `${source} ${target} ${mode}`;
  });
  const ports = (Array.isArray(service.ports) ? service.ports : []).map((one: unknown) => {
    if (typeof one === 'string') return one.replace(/\/tcp$/, '');
    const { published, target } = one as Record<string, unknown>;
    return `${String(published)}:${String(target)}`;
  });
  return {
    privileged: service.privileged === true,
    user: typeof service.user === 'string' ? service.user : null,
    readOnly: service.read_only === true,
    capAdd: list(service.cap_add).sort(),
    capDrop: list(service.cap_drop).sort(),
    securityOpt: list(service.security_opt).sort(),
    environment: Object.fromEntries(
      Object.entries((service.environment ?? {}) as Record<string, string | null>).flatMap(([name, value]) =>
        value === null ? [] : [[name, value]],
      ),
    ),
    mounts: mounts.sort(),
    devices: list(service.devices)
      .map((one) => one.replace(/:rwm$/, ''))
      .sort(),
    ports: ports.sort(),
    memory: bytes(service.mem_limit),
    processes: typeof service.pids_limit === 'number' ? service.pids_limit : null,
    pid: typeof service.pid === 'string' ? service.pid : null,
    ipc: typeof service.ipc === 'string' ? service.ipc : null,
  };
}

function pathOf(host: HostPath | null, directory: string): string {
  if (host === null || host.root === 'unknown') return '?';
  if (host.root === 'absolute') return host.path;
  return join(host.root === 'home' ? home : directory, host.path);
}

function ourFacts(spec: ContainerSpec, directory: string): Facts {
  const text = (value: { readonly known: boolean; readonly value?: string } | null): string | null =>
    value?.known === true ? (value.value ?? null) : null;
  const texts = (items: readonly { readonly text: string }[]): string[] =>
    [...new Set(items.map((one) => one.text))].sort();
  return {
    privileged: spec.privileged.known && spec.privileged.value,
    user: text(spec.user),
    readOnly: spec.readOnlyRoot.known && spec.readOnlyRoot.value,
    capAdd: texts(spec.capAdd),
    capDrop: texts(spec.capDrop),
    securityOpt: texts(spec.securityOpt),
    environment: Object.fromEntries(
      spec.variables.flatMap(({ name, value }) => (value.known ? [[name, value.value]] : [])),
    ),
    mounts: spec.mounts
      .filter(({ type }) => type !== 'tmpfs')
      .map(({ type, host, volume, target, readOnly }) => {
        const source = type === 'bind' ? pathOf(host, directory) : (volume ?? '');
        return `${source} ${target ?? ''} ${readOnly.known && readOnly.value ? 'ro' : 'rw'}`;
      })
      .sort(),
    devices: spec.devices.map(({ text }) => text).sort(),
    ports: spec.ports
      .map(({ hostIp, published, target }) =>
        [hostIp, published, target].filter((part) => part !== null).join(':'),
      )
      .sort(),
    memory: spec.limits.memory?.known === true ? spec.limits.memory.value : null,
    processes: spec.limits.processes?.known === true ? spec.limits.processes.value : null,
    pid: text(spec.pid),
    ipc: text(spec.ipc),
  };
}

function predicted({ files, line, before = '' }: Case, directory: string): Facts {
  const script = `${before} docker-compose ${line} up`;
  const project = memoryProject({ ...files, 'up.sh': script });
  const { commands, folder } = scriptCommands(project.source('up.sh'), project);
  const calls = commands.flatMap((command) => engineCall(command) ?? []);
  const [call] = calls;
  if (call === undefined) throw new Error(`no call in ${script}`);
  const [choice] = projectChoices(call, { project, folder, calls });
  if (choice === undefined) throw new Error(`no files for ${script}`);
  const compose = combinedProject(choice, project, { engine: call.engine, where: 'up.sh:1' });
  const spec = serviceSpec(compose, 'app');
  if (spec === null) throw new Error('there is no service app');
  return ourFacts(spec, directory);
}

function observed({ files, line, before }: Case, directory: string): Facts {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const variables = before === undefined ? [] : [before];
  const words = line.split(' ').filter((word) => word !== '');
  const output = execFileSync(
    'env',
    [
      '-i',
      `PATH=${process.env.PATH ?? ''}`,
      `HOME=${home}`,
      ...variables,
      'docker-compose',
      ...words,
      'config',
    ],
    {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const { services } = parse(output) as { readonly services: Readonly<Record<string, Service>> };
  return theirFacts(services.app ?? {});
}

describe.skipIf(!available)('docker-compose 1.29 reads the same of', () => {
  it.each(CASES.map((one, index) => [one.what, one, index] as const))('%s', (_, one, index) => {
    const directory = join(root, String(index));
    mkdirSync(directory);
    expect(predicted(one, directory)).toEqual(observed(one, directory));
  });
});

it.runIf(!available)('docker-compose 1.29 is not here: nothing was compared', () => {
  expect(available).toBe(false);
});
