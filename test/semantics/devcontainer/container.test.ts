// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of devcontainer.json and Dockerfiles hold variables
import { describe, expect, it } from 'vitest';
import { displayPath } from '../../../src/model/host-path.ts';
import { displayText } from '../../../src/model/symbolic.ts';
import type { Value } from '../../../src/model/value.ts';
import { type DevcontainerReading, readDevcontainer } from '../../../src/semantics/devcontainer/container.ts';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { type Place, sliceOf } from '../../../src/source/source.ts';
import { readJsonc } from '../../../src/syntax/jsonc.ts';
import { memoryProject } from '../../support/memory-project.ts';

const PATH = '.devcontainer/devcontainer.json';
const IMAGE = '"image": "registry.example/dev:1"';

/** @param body the properties, without the braces */
function reading(body: string, files: Readonly<Record<string, string>> = {}): DevcontainerReading {
  const project = memoryProject({ ...files, [PATH]: `{${body}}` });
  const source = project.source(PATH);
  const [root] = readJsonc(source).documents;
  if (root === undefined) throw new Error('the test is no JSON');
  return readDevcontainer(source, root, project);
}

function spec(body: string, files: Readonly<Record<string, string>> = {}): ContainerSpec {
  return reading(body, files).spec;
}

const withImage = (body: string, files: Readonly<Record<string, string>> = {}): ContainerSpec =>
  spec(`${IMAGE}, ${body}`, files);

function shown<T>(value: Value<T> | null): unknown {
  return value === null ? null : value.known ? value.value : `?${value.names.join()}`;
}

const texts = (list: readonly { readonly text: string }[]): string[] =>
  list.map(({ text }) => displayText(text));
const at = (place: Place | undefined): string => (place === undefined ? '' : sliceOf(place));

interface Slot {
  readonly body: string;
  readonly slot: (spec: ContainerSpec) => unknown;
  readonly expected: unknown;
  /** The text that the fact's origin covers. */
  readonly place?: readonly [origin: (spec: ContainerSpec) => Place | undefined, text: string];
}

const SLOTS: readonly Slot[] = [
  {
    body: '"privileged": true',
    slot: ({ privileged }) => shown(privileged),
    expected: true,
    place: [({ privileged }) => privileged.origin.place, '"privileged": true'],
  },
  { body: '"privileged": false', slot: ({ privileged }) => shown(privileged), expected: false },
  { body: '"privileged": "true"', slot: ({ privileged }) => shown(privileged), expected: true },
  {
    body: '"capAdd": ["NET_ADMIN", "SYS_PTRACE"]',
    slot: ({ capAdd }) => texts(capAdd),
    expected: ['NET_ADMIN', 'SYS_PTRACE'],
    place: [({ capAdd }) => capAdd[1]?.origin.place, '"SYS_PTRACE"'],
  },
  {
    body: '"securityOpt": ["seccomp=unconfined"]',
    slot: ({ securityOpt }) => texts(securityOpt),
    expected: ['seccomp=unconfined'],
    place: [({ securityOpt }) => securityOpt[0]?.origin.place, '"seccomp=unconfined"'],
  },
  {
    body: '"runArgs": ["--cap-add=A", "--cap-add", "B"]',
    slot: ({ capAdd }) => texts(capAdd),
    expected: ['A', 'B'],
    place: [({ capAdd }) => capAdd[1]?.origin.place, '"--cap-add", "B"'],
  },
  {
    body: '"runArgs": ["--network=host"]',
    slot: ({ network }) => shown(network.egress),
    expected: { kind: 'host' },
  },
  { body: '"runArgs": ["-v", "/:/h"]', slot: ({ mounts }) => mounts.at(-1)?.text, expected: '/:/h' },
  {
    body: '"runArgs": ["--env-file", ".env"]',
    slot: ({ environmentFiles }) => environmentFiles.length,
    expected: 1,
  },
  { body: '"runArgs": ["--rm"]', slot: ({ kept }) => shown(kept), expected: false },
  { body: '"init": true', slot: ({ kept }) => shown(kept), expected: true },
  { body: '"remoteUser": "dev"', slot: ({ user }) => shown(user), expected: 'dev' },
  { body: '"containerUser": "dev"', slot: ({ user }) => shown(user), expected: 'dev' },
  { body: '"containerUser": "a", "remoteUser": "b"', slot: ({ user }) => shown(user), expected: 'b' },
  { body: '"containerUser": "a", "runArgs": ["-u", "c"]', slot: ({ user }) => shown(user), expected: 'c' },
  { body: '"remoteUser": "b", "runArgs": ["-u", "c"]', slot: ({ user }) => shown(user), expected: 'b' },
  { body: '"remoteUser": "${localEnv:USER}"', slot: ({ user }) => shown(user), expected: '?USER' },
  { body: '"shutdownAction": "none"', slot: ({ user }) => user, expected: null },
  {
    body: '"appPort": 3000',
    slot: ({ ports }) => ports.map(({ hostIp }) => hostIp),
    expected: ['127.0.0.1'],
  },
  {
    body: '"appPort": [3000, "4000:4000"]',
    slot: ({ ports }) => ports.map(({ hostIp, target }) => [hostIp, target]),
    expected: [
      ['127.0.0.1', '3000'],
      [null, '4000'],
    ],
    place: [({ ports }) => ports[1]?.origin.place, '"4000:4000"'],
  },
  { body: '"forwardPorts": [3000]', slot: ({ ports }) => ports, expected: [] },
  {
    body: '"containerEnv": {"A": "1", "T": "${localEnv:GITHUB_TOKEN}"}',
    slot: ({ variables }) => variables.map(({ name, from, hostNames }) => [name, from, ...hostNames]),
    expected: [
      ['A', 'literal'],
      ['T', 'host', 'GITHUB_TOKEN'],
    ],
    place: [({ variables }) => variables[1]?.origin.place, '"T": "${localEnv:GITHUB_TOKEN}"'],
  },
  {
    body: '"remoteEnv": {"A": null, "P": "${containerEnv:PATH}:/x"}',
    slot: ({ variables }) => variables.map(({ name, from, hostNames }) => [name, from, ...hostNames]),
    expected: [['P', 'literal']],
  },
  {
    body: '"containerEnv": {"A": "1"}, "remoteEnv": {"A": "2"}',
    slot: ({ variables }) => variables.map(({ value }) => shown(value)),
    expected: ['2'],
  },
  {
    body: '"postCreateCommand": "curl -H ${localEnv:API_TOKEN} x"',
    slot: ({ variables }) => variables.map(({ from, hostNames }) => [from, ...hostNames]),
    expected: [['host', 'API_TOKEN']],
  },
  { body: '"hostRequirements": {"gpu": true}', slot: ({ gpus }) => texts(gpus), expected: ['all'] },
  { body: '"hostRequirements": {"gpu": "optional"}', slot: ({ gpus }) => texts(gpus), expected: ['all'] },
  { body: '"hostRequirements": {"gpu": {"cores": 1}}', slot: ({ gpus }) => texts(gpus), expected: ['all'] },
  { body: '"hostRequirements": {"gpu": false}', slot: ({ gpus }) => gpus, expected: [] },
  {
    body: '"secrets": {"API_KEY": {"description": "x"}}',
    slot: ({ unresolved }) => unresolved.map(({ kind, names }) => [kind, ...names]),
    expected: [['ambient', 'API_KEY']],
  },
  {
    body: '"customizations": {"vscode": {"extensions": ["anthropic.claude-code"]}}',
    slot: ({ agents }) => agents,
    expected: ['claude'],
  },
  {
    body: '"postCreateCommand": "npm install -g @openai/codex"',
    slot: ({ agents }) => agents,
    expected: ['codex'],
  },
  {
    body: '"initializeCommand": "bash .devcontainer/init.sh"',
    slot: ({ hostCommands }) => hostCommands.map(({ executes }) => executes.map(displayPath)),
    expected: [['./.devcontainer/init.sh']],
    place: [
      ({ hostCommands }) => hostCommands[0]?.origin.place,
      '"initializeCommand": "bash .devcontainer/init.sh"',
    ],
  },
  {
    body: '"initializeCommand": ["node", "init.js"]',
    slot: ({ hostCommands }) =>
      hostCommands.map(({ command, executes }) => [command, ...executes.map(displayPath)]),
    expected: [['node init.js', './init.js']],
  },
  {
    body: '"initializeCommand": {"a": "./a.sh", "b": ["./b.sh"]}',
    slot: ({ hostCommands }) => hostCommands.map(({ executes }) => executes.map(displayPath)),
    expected: [['./a.sh'], ['./b.sh']],
    place: [({ hostCommands }) => hostCommands[0]?.origin.place, '"./a.sh"'],
  },
  { body: '"initializeCommand": null', slot: ({ hostCommands }) => hostCommands, expected: [] },
];

describe('properties', () => {
  it.each(SLOTS)('$body', ({ body, slot, expected, place }) => {
    const read = withImage(body);
    expect(slot(read)).toEqual(expected);
    if (place !== undefined) expect(at(place[0](read))).toBe(place[1]);
  });

  it('has a name, and an anchor at the opening brace', () => {
    expect(reading(`${IMAGE}, "name": "api"`).name).toBe('api');
    expect(reading(IMAGE).name).toBe('workspace');
    expect(at(reading(IMAGE).anchor)).toBe('{');
    expect(at(spec(IMAGE).privileged.origin.place)).toBe('{');
  });

  it('says where it knows of an editor from', () => {
    expect(reading(IMAGE).editor).toMatchObject({ value: true, origin: { kind: 'default' } });
    const { editor } = reading(`${IMAGE}, "customizations": {"vscode": {}}`);
    expect(editor).toMatchObject({ value: true, origin: { kind: 'explicit' } });
  });

  it('tells what runArgs hold that is no flag', () => {
    const { problems } = reading(`${IMAGE}, "runArgs": ["--privileged", "false"]`);
    expect(problems.map(({ message }) => message).join()).toContain('false');
    expect(reading(`${IMAGE}, "runArgs": ["--rm"]`).problems).toEqual([]);
  });
});

describe('mounts', () => {
  const mount = (body: string): string[] =>
    withImage(body).mounts.map(
      ({ type, host, volume, target, readOnly }) =>
        `${type} ${host === null ? volume : displayPath(host)} ${displayText(target ?? '')} ${shown(readOnly) === true ? 'ro' : 'rw'}`,
    );
  const PROJECT = 'bind the project directory /workspaces/workspace rw';

  it.each<readonly [body: string, expected: readonly string[]]>([
    ['"x": 1', [PROJECT]],
    ['"workspaceMount": ""', []],
    [
      '"workspaceMount": "source=${localWorkspaceFolder},target=/w,type=bind,readonly"',
      ['bind the project directory /w ro'],
    ],
    ['"workspaceMount": "source=vol,target=/w,type=volume"', ['volume vol /w rw']],
    ['"workspaceMount": "type=bind,source=${localWorkspaceFolder}/..,target=/w"', ['bind .. /w rw']],
    [
      '"mounts": ["type=bind,source=${localEnv:HOME}/.aws,target=/a,readonly"]',
      [PROJECT, 'bind ~/.aws /a ro'],
    ],
    [
      '"mounts": [{"type": "bind", "source": "${localEnv:HOME}/.aws", "target": "/a"}]',
      [PROJECT, 'bind ~/.aws /a rw'],
    ],
    ['"mounts": [{"source": "v", "target": "/a", "type": "volume"}]', [PROJECT, 'volume v /a rw']],
    ['"mounts": ["source=a,target=/t", "source=b,target=/t"]', [PROJECT, 'volume b /t rw']],
    ['"mounts": ["type=bind,source=/a,b,target=/t"]', [PROJECT]],
    ['"mounts": [{"type": "bind", "source": "/a,b", "target": "/t"}]', [PROJECT, 'bind /a,b /t rw']],
  ])('%s', (body, expected) => {
    expect(mount(body)).toEqual(expected);
  });

  it.each([
    '"mounts": ["${localEnv:MOUNT}"]',
    '"workspaceMount": "${localEnv:MOUNT}"',
    '"runArgs": ["${localEnv:MOUNT}"]',
    '"mounts": ["type=bind,source=${localEnv:MOUNT},target=/x"]',
    '"mounts": [{"type": "bind", "source": "${localEnv:MOUNT}", "target": "/x"}]',
    '"workspaceMount": "type=bind,source=${localEnv:MOUNT},target=/x"',
    '"runArgs": ["-v", "${localEnv:MOUNT}:/x"]',
    '"runArgs": ["--network=${localEnv:MOUNT}"]',
    '"runArgs": ["--privileged=${localEnv:MOUNT}"]',
    '"capAdd": ["${localEnv:MOUNT}"]',
  ])('does not lose %s', (body) => {
    expect(withImage(body).unresolved).toMatchObject([{ names: ['MOUNT'], kind: 'text' }]);
  });

  it('has a read-only key without effect in an object', () => {
    const { inert } = withImage(
      '"mounts": [{"type": "bind", "source": "/a", "target": "/b", "readonly": true}]',
    );
    expect(inert.map(({ setting }) => setting)).toEqual(['"readonly" in a mount object']);
    expect(at(inert[0]?.origin.place)).toBe('"readonly": true');
    expect(withImage('"mounts": [{"type": "bind", "source": "/a", "target": "/b"}]').inert).toEqual([]);
  });

  it('anchors the default mount at the opening brace, and a written one at its text', () => {
    const [implicit] = withImage('"x": 1').mounts;
    expect([implicit?.origin.kind, at(implicit?.origin.place)]).toEqual(['default', '{']);
    const [written] = withImage('"workspaceMount": "type=bind,source=.,target=/w"').mounts;
    expect(at(written?.origin.place)).toBe('"type=bind,source=.,target=/w"');
  });

  it('shares volumes whose name is the same everywhere', () => {
    const shared = (body: string) =>
      withImage(body).shared.map(({ name, writable }) => [name, writable.verdict]);
    expect(shared('"mounts": ["source=claude-config,target=/c,type=volume"]')).toEqual([
      ['claude-config', 'yes'],
    ]);
    expect(shared('"mounts": ["source=cache,target=/c,type=volume,readonly"]')).toEqual([['cache', 'no']]);
    expect(shared('"mounts": ["source=c,target=/home/node/.claude,type=volume"]')).toEqual([['c', 'yes']]);
    expect(shared('"mounts": ["source=data,target=/data,type=volume"]')).toEqual([]);
    expect(shared('"mounts": ["source=c-${devcontainerId},target=/c,type=volume"]')).toEqual([]);
    expect(shared('"mounts": ["source=c-${localWorkspaceFolderBasename},target=/c,type=volume"]')).toEqual(
      [],
    );
    expect(shared('"mounts": ["target=/c,type=volume"]')).toEqual([]);
    expect(shared('"runArgs": ["-v", "cache:/c"]')).toEqual([['cache', 'yes']]);
  });
});

describe('merging', () => {
  const DIND = '"features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}}';

  it('lets one true win, and says that a false has no effect', () => {
    const { privileged, inert } = withImage(`${DIND}, "privileged": false`);
    expect(privileged).toMatchObject({
      value: true,
      origin: { kind: 'implied', note: 'the Feature docker-in-docker' },
    });
    expect(at(privileged.origin.place)).toBe('"ghcr.io/devcontainers/features/docker-in-docker:2"');
    expect(inert.map(({ origin }) => at(origin.place))).toEqual(['"privileged": false']);
    expect(withImage('"privileged": false').inert).toEqual([]);
  });

  it('lets no runArgs take back what metadata asks for', () => {
    expect(shown(withImage(`${DIND}, "runArgs": ["--privileged=false"]`).privileged)).toBe(true);
    expect(shown(withImage('"privileged": false, "runArgs": ["--privileged"]').privileged)).toBe(true);
  });

  it('unites capabilities and security options', () => {
    const body =
      '"features": {"go": "latest"}, "capAdd": ["SYS_PTRACE", "A"], "securityOpt": ["no-new-privileges"]';
    const { capAdd, securityOpt } = withImage(body);
    expect(texts(capAdd)).toEqual(['SYS_PTRACE', 'A']);
    expect(texts(securityOpt)).toEqual(['seccomp=unconfined', 'no-new-privileges']);
    expect(at(capAdd[0]?.origin.place)).toBe('"SYS_PTRACE"');
  });

  it('takes the label of a known image first', () => {
    const read = spec('"image": "mcr.microsoft.com/devcontainers/rust:1"');
    expect(texts(read.capAdd)).toEqual(['SYS_PTRACE']);
    expect(shown(read.user)).toBe('vscode');
    expect(read.image.sudo.verdict).toBe('yes');
    expect(shown(spec('"image": "mcr.microsoft.com/devcontainers/rust:1", "remoteUser": "root"').user)).toBe(
      'root',
    );
    expect(shown(spec('"image": "mcr.microsoft.com/devcontainers/rust:1", "containerUser": "x"').user)).toBe(
      'vscode',
    );
    const universal = spec('"image": "mcr.microsoft.com/devcontainers/universal:2"');
    expect(universal.privileged).toMatchObject({ value: true, origin: { kind: 'implied' } });
    expect(universal.shared.map(({ name }) => name)).toEqual(['minikube-config']);
  });

  it('replaces a mount of a Feature at the same target', () => {
    const body =
      '"features": {"ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}}, "mounts": ["source=x,target=/var/run/docker-host.sock,type=volume"]';
    expect(withImage(body).mounts.map(({ type, volume }) => volume ?? type)).toEqual(['bind', 'x']);
  });
});

describe('Features', () => {
  it('opens the socket of the host to the user', () => {
    const read = withImage('"features": {"ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}}');
    const socket = read.mounts.find(({ opened }) => opened !== undefined);
    expect(socket?.host && displayPath(socket.host)).toBe('/run/docker.sock');
    expect(texts(read.securityOpt)).toEqual(['label=disable']);
  });

  it('gives sudo with common-utils', () => {
    const { sudo } = withImage('"features": {"ghcr.io/devcontainers/features/common-utils:2": {}}');
    expect(sudo?.verdict).toBe('yes');
  });

  it.each([
    ['ghcr.io/devcontainers/features/node:1', 'version', true],
    ['ghcr.io/devcontainers/features/node:1.6.1', 'version', true],
    ['ghcr.io/devcontainers/features/node', 'moving', true],
    ['ghcr.io/devcontainers/features/node:latest', 'moving', true],
    ['ghcr.io/devcontainers/features/node@sha256:abc', 'digest', true],
    ['ghcr.io/someone/features/thing:1', 'version', false],
    ['https://example.com/feature.tgz', 'moving', false],
    ['./missing', 'local', false],
  ])('%s is pinned by %s and known: %s', (reference, pinned, known) => {
    const read = withImage(`"features": {"${reference}": {}}`);
    expect(read.additions).toMatchObject([{ reference, pinned, known }]);
    expect(read.unresolved.map(({ kind }) => kind)).toEqual(known ? [] : ['ambient']);
    expect(at(read.additions[0]?.origin.place)).toBe(`"${reference}"`);
  });

  const LOCAL = {
    '.devcontainer/mine/devcontainer-feature.json':
      '{"id": "mine", "privileged": true, "capAdd": ["X"], "mounts": ["type=bind,source=/etc,target=/e"], "dependsOn": {"./other": {}}, "postCreateCommand": "claude --version"}',
    '.devcontainer/mine/install.sh': 'echo "$U ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/x',
    '.devcontainer/mine/other/devcontainer-feature.json':
      '{"id": "other", "capAdd": ["Y"], "dependsOn": {"./../../mine": {}}}',
  };

  it('reads a local one with its script and what it depends on', () => {
    const read = withImage('"features": {"./mine": {}}', LOCAL);
    expect(read.privileged).toMatchObject({ value: true });
    expect(read.privileged.origin.place.source.path).toBe('.devcontainer/mine/devcontainer-feature.json');
    expect(read.privileged.origin.via?.map(at)).toEqual(['"./mine"']);
    expect(texts(read.capAdd)).toEqual(expect.arrayContaining(['X', 'Y']));
    expect(read.mounts.map(({ target }) => target)).toContain('/e');
    expect(read.sudo?.verdict).toBe('yes');
    expect(read.agents).toEqual(['claude']);
    expect(read.definition.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        PATH,
        '.devcontainer/mine/install.sh',
        '.devcontainer/mine/other/devcontainer-feature.json',
      ]),
    );
  });

  it('reads Features that depend on each other without end', () => {
    const files = Object.fromEntries(
      ['a', 'b'].map((name) => [
        `.devcontainer/${name}/devcontainer-feature.json`,
        '{"dependsOn": {"../a": {}, "../b": {}, "./x": {}}}',
      ]),
    );
    expect(withImage('"features": {"./a": {}}', files).additions.length).toBeLessThan(250);
  });

  it('reads on past a broken one', () => {
    const read = reading(`${IMAGE}, "features": {"./mine": {}}`, {
      '.devcontainer/mine/devcontainer-feature.json': '[',
    });
    expect(read.problems.length).toBeGreaterThan(0);
  });
});

describe('the Dockerfile shape', () => {
  const DOCKERFILE =
    'ARG TAG=20\nFROM node:$TAG AS dev\nRUN echo "node ALL=(root) NOPASSWD: /usr/local/bin/fw.sh" > /etc/sudoers.d/n\nUSER node\nFROM dev AS prod\nUSER root\n';

  it('takes the user, sudo and variables from it', () => {
    const read = spec('"build": {"dockerfile": "Dockerfile", "target": "dev"}', {
      '.devcontainer/Dockerfile': DOCKERFILE,
    });
    expect([shown(read.image.user), read.image.sudo.verdict, read.image.built]).toEqual(['node', 'no', true]);
    expect(read.user).toBeNull();
    const last = spec('"build": {"dockerfile": "Dockerfile"}', { '.devcontainer/Dockerfile': DOCKERFILE });
    expect(shown(last.image.user)).toBe('root');
  });

  it('reads the older form, and paths from the file on', () => {
    const files = { 'docker/Dockerfile': 'FROM x\nUSER dev' };
    expect(shown(spec('"dockerFile": "../docker/Dockerfile"', files).image.user)).toBe('dev');
  });

  it('keeps the label of the image that it is built on', () => {
    const files = { '.devcontainer/Dockerfile': 'FROM mcr.microsoft.com/devcontainers/cpp:1\nUSER root' };
    const read = spec('"build": {"dockerfile": "Dockerfile"}', files);
    expect(texts(read.capAdd)).toEqual(['SYS_PTRACE']);
    expect(shown(read.user)).toBe('vscode');
  });

  it('says that it cannot be read', () => {
    const read = spec('"build": {"dockerfile": "Dockerfile"}');
    expect(read.unresolved).toMatchObject([
      {
        kind: 'ambient',
        what: 'the Dockerfile ./.devcontainer/Dockerfile',
        names: ['./.devcontainer/Dockerfile'],
        why: 'there is no such file',
      },
    ]);
    expect(read.image.sudo.verdict).toBe('unknown');
    expect(spec('"build": {"dockerfile": "/etc/Dockerfile"}').unresolved[0]?.why).toBe(
      'it lies outside the project',
    );
  });

  it('reads arguments of the build', () => {
    const body =
      '"build": {"dockerfile": "Dockerfile", "args": {"TOKEN": "${localEnv:NPM_TOKEN}", "TAG": "18"}}';
    const { variables } = spec(body, { '.devcontainer/Dockerfile': DOCKERFILE });
    expect(variables.map(({ name, phase, from }) => [name, phase, from])).toEqual([
      ['TOKEN', 'build', 'host'],
      ['TAG', 'build', 'literal'],
    ]);
  });

  it.each([
    ['"options": ["--network=host"]', [['host-network', '--network=host']]],
    ['"options": ["--network", "host"]', [['host-network', '--network host']]],
    ['"options": ["--allow=security.insecure"]', [['entitlement', '--allow=security.insecure']]],
    ['"options": ["--allow", "security.insecure"]', [['entitlement', '--allow security.insecure']]],
    ['"options": ["--ssh=default"]', [['ssh', '--ssh=default']]],
    ['"options": ["--pull", "--progress=plain"]', []],
    ['"context": ".."', []],
    ['"context": "../.."', [['context', '../..']]],
    ['"context": "${localEnv:HOME}"', [['context', '~']]],
    ['"context": "https://example.com/x.git"', []],
  ])('%s', (body, expected) => {
    const { buildPrivileges } = spec(`"build": {"dockerfile": "Dockerfile", ${body}}`);
    expect(buildPrivileges.map(({ kind, text }) => [kind, text])).toEqual(expected);
  });

  it('has an unknown image where nothing is given', () => {
    const read = spec('"name": "x"');
    expect(shown(read.image.reference)).toBe('?');
    expect(read.unresolved).toMatchObject([{ what: 'the image' }]);
  });
});

describe('the compose shape', () => {
  const COMPOSE = [
    'services:',
    '  app:',
    '    image: mcr.microsoft.com/devcontainers/base:ubuntu',
    '    user: dev',
    '    cap_add: [NET_RAW]',
    '    volumes: ["..:/workspace"]',
    '  db:',
    '    image: postgres',
  ].join('\n');
  const FILES = { '.devcontainer/compose.yml': COMPOSE };
  const SHAPE = '"dockerComposeFile": "compose.yml", "service": "app"';
  const composed = (body = '"x": 1', files: Readonly<Record<string, string>> = FILES): DevcontainerReading =>
    reading(`${SHAPE}, ${body}`, files);

  it('takes the service, and stands for it', () => {
    const read = composed();
    expect(read.absorbs).toEqual(['.devcontainer/compose.yml#app']);
    expect(read.consulted).toEqual(['.devcontainer/compose.yml']);
    expect(texts(read.spec.capAdd)).toEqual(['NET_RAW']);
    expect(read.spec.mounts.map(({ target }) => target)).toEqual(['/workspace']);
    expect(at(read.spec.capAdd[0]?.origin.place)).toBe('NET_RAW');
  });

  it('takes the remote user of the label before the user of the service', () => {
    expect(shown(composed().spec.user)).toBe('vscode');
    expect(shown(composed('"remoteUser": "root"').spec.user)).toBe('root');
    const plain = {
      '.devcontainer/compose.yml': 'services:\n  app:\n    image: x.example/y\n    user: dev\n',
    };
    expect(shown(composed('"x": 1', plain).spec.user)).toBe('dev');
    expect(shown(composed('"containerUser": "c"', plain).spec.user)).toBe('c');
  });

  it('adds what the file asks for', () => {
    const { spec: read } = composed(
      '"capAdd": ["X"], "privileged": true, "containerEnv": {"A": "1"}, "mounts": ["type=bind,source=/a,target=/b"], "features": {"go": "1"}, "initializeCommand": "./x.sh"',
    );
    expect(texts(read.capAdd)).toEqual(['NET_RAW', 'SYS_PTRACE', 'X']);
    expect(shown(read.privileged)).toBe(true);
    expect(read.mounts.map(({ target }) => target)).toEqual(['/workspace', '/b']);
    expect(read.variables.map(({ name }) => name)).toEqual(['A']);
    expect([read.additions.length, read.hostCommands.length]).toEqual([1, 1]);
  });

  it('keeps what the service asks for, whatever the file says', () => {
    const files = { '.devcontainer/compose.yml': 'services:\n  app:\n    image: x\n    privileged: true\n' };
    expect(shown(composed('"privileged": false', files).spec.privileged)).toBe(true);
  });

  it.each([
    ['"runArgs": ["--cap-drop=ALL", "--network=none"]', ['"runArgs"']],
    ['"workspaceMount": "type=bind,source=.,target=/w"', ['"workspaceMount"']],
    ['"appPort": 3000', ['"appPort"']],
    ['"build": {"dockerfile": "Dockerfile"}', ['"build"']],
    ['"runArgs": []', []],
    ['"mounts": ["type=bind,source=/a,target=/b,readonly"]', ['readonly in "mounts"']],
    ['"workspaceFolder": "/workspace"', []],
  ])('%s has no effect: %j', (body, settings) => {
    const { spec: read } = composed(body);
    expect(read.inert.map(({ setting }) => setting)).toEqual(settings);
    expect(texts(read.capDrop)).toEqual([]);
    expect(shown(read.network.egress)).toEqual({ kind: 'open' });
    expect(read.ports).toEqual([]);
  });

  it('mounts writable what the string form says is read-only', () => {
    const { spec: read } = composed('"mounts": ["type=bind,source=/a,target=/b,readonly"]');
    expect(shown(read.mounts.at(-1)?.readOnly ?? null)).toBe(false);
  });

  it('merges several files', () => {
    const files = { ...FILES, '.devcontainer/dev.yml': 'services:\n  app:\n    privileged: true\n' };
    const read = reading('"dockerComposeFile": ["compose.yml", "dev.yml"], "service": "app"', files);
    expect(shown(read.spec.privileged)).toBe(true);
    expect(read.spec.definition.map(({ path }) => path)).toEqual([
      PATH,
      '.devcontainer/compose.yml',
      '.devcontainer/dev.yml',
    ]);
  });

  it('says which file or service is missing', () => {
    const missing = reading('"dockerComposeFile": "none.yml", "service": "app"').spec.unresolved;
    expect(missing).toMatchObject([{ kind: 'text', names: ['none.yml'] }]);
    const service = reading('"dockerComposeFile": "compose.yml", "service": "web"', FILES).spec.unresolved;
    expect(service).toMatchObject([{ kind: 'text', names: ['web'] }]);
    expect(at(service[0]?.origin.place)).toBe('"web"');
    const outside = reading('"dockerComposeFile": "/etc/compose.yml", "service": "app"').spec.unresolved;
    expect(outside).toMatchObject([{ why: 'it lies outside the project' }]);
  });

  it('takes the label of the image that the service is built on', () => {
    const files = {
      '.devcontainer/compose.yml':
        'services:\n  app:\n    build: {context: .., dockerfile: dev/Dockerfile}\n',
      'dev/Dockerfile': 'FROM mcr.microsoft.com/devcontainers/go:1\n',
    };
    expect(texts(composed('"x": 1', files).spec.capAdd)).toEqual(['SYS_PTRACE']);
  });
});

describe('limits', () => {
  it('tells when it reads no further Features or scripts', () => {
    const features = Array.from({ length: 300 }, (_, at) => `"ghcr.io/x/y/f${at}": {}`).join();
    const { spec: read, problems } = reading(`${IMAGE}, "features": {${features}}`);
    expect(read.additions).toHaveLength(200);
    expect(problems.filter(({ severity }) => severity === 'limit')).toHaveLength(1);
    const commands = Array.from({ length: 80 }, (_, at) => `"c${at}": "./s${at}.sh"`).join();
    const scripts = reading(`${IMAGE}, "postCreateCommand": {${commands}}`);
    expect(scripts.problems.map(({ severity }) => severity)).toEqual(['limit']);
  });

  it('reads one large script that many commands run in time', () => {
    const commands = Array.from(
      { length: 5000 },
      (_, at) => `"c${at}": "./${'./'.repeat(at % 40)}s.sh"`,
    ).join();
    const files = { 's.sh': 'nft '.repeat(200_000) };
    const body = `${IMAGE}, "capAdd": ["NET_ADMIN"], "postCreateCommand": {${commands}}`;
    expect(reading(body, files).spec.network.egress).toMatchObject({ value: { kind: 'limited' } });
  }, 5000);

  it('does not let a long folder grow every text', () => {
    const body = `${IMAGE}, "workspaceFolder": "/${'a'.repeat(200_000)}", "name": "${'${containerWorkspaceFolder}'.repeat(10_000)}"`;
    expect(reading(body).name.length).toBeLessThan(1_000_000);
  });
});

describe('firewalls', () => {
  const egress = (body: string, files: Readonly<Record<string, string>> = {}): unknown => {
    const { egress: found } = withImage(body, files).network;
    if (!found.known || found.value.kind !== 'limited') return found.known ? found.value.kind : found.names;
    return `limited, removable: ${found.value.control.removable.verdict}`;
  };
  const USER = '"remoteUser": "node", "securityOpt": ["no-new-privileges"]';
  const NET = '"runArgs": ["--cap-add=NET_ADMIN"]';

  it('takes back by root what a script that cannot be read lets through', () => {
    expect(egress(`${NET}, "postStartCommand": "sudo /usr/local/bin/init-firewall.sh"`)).toBe(
      'limited, removable: yes',
    );
    expect(egress(`${NET}, ${USER}, "postStartCommand": "sudo /usr/local/bin/init-firewall.sh"`)).toEqual([
      '/usr/local/bin/init-firewall.sh',
    ]);
    const { network } = withImage(`"capAdd": ["cap_net_admin"], "postCreateCommand": {"f": "./firewall.sh"}`);
    expect(at(network.egress.origin.place)).toBe('"./firewall.sh"');
  });

  it('needs the capability, a script, and a network', () => {
    expect(egress('"postStartCommand": "sudo /usr/local/bin/init-firewall.sh"')).toBe('open');
    expect(egress(`${NET}, "postStartCommand": "npm ci"`)).toBe('open');
    expect(
      egress('"runArgs": ["--cap-add=NET_ADMIN", "--network=none"], "postStartCommand": "./firewall.sh"'),
    ).toBe('none');
  });

  it('reads scripts of the project, also under their path inside', () => {
    const files = { '.devcontainer/start.sh': '#!/bin/sh\niptables -P OUTPUT DROP\n' };
    const limited = 'limited, removable: yes';
    expect(egress(`${NET}, "postStartCommand": "bash .devcontainer/start.sh"`, files)).toBe(limited);
    const inside = '"postStartCommand": "/workspaces/workspace/.devcontainer/start.sh"';
    expect(egress(`${NET}, ${inside}`, files)).toBe(limited);
    expect(egress(`${NET}, "postStartCommand": "bash other.sh"`, { 'other.sh': 'npm ci' })).toBe('open');
  });

  it('reads a script that the Dockerfile copies', () => {
    const files = {
      '.devcontainer/Dockerfile': 'FROM x\nCOPY start.sh /usr/local/bin/\n',
      '.devcontainer/start.sh': 'iptables -P OUTPUT DROP\n',
    };
    const read = spec(
      `"build": {"dockerfile": "Dockerfile"}, ${NET}, "postStartCommand": "sudo /usr/local/bin/start.sh"`,
      files,
    );
    expect(read.network.egress).toMatchObject({ value: { kind: 'limited', control: { hosts: [] } } });
  });
});
