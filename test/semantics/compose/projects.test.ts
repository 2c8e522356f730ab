// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of compose files, not of this one.
import { describe, expect, it } from 'vitest';
import { composeSandboxId } from '../../../src/semantics/compose/project.ts';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { positionAt, sliceOf } from '../../../src/source/source.ts';
import { app, compose, mounts, plain, specOf } from './reading.ts';

const service = (settings: string): string =>
  `services:\n  app:\n${settings
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;

function merged(base: string, over: string): ContainerSpec {
  const files = { 'compose.yml': service(base), 'compose.override.yml': service(over) };
  return specOf(compose(files, 'compose.yml', 'compose.override.yml'));
}

const texts = (items: readonly { readonly text: string }[]): string[] => items.map(({ text }) => text);
const names = (spec: ContainerSpec): string[] =>
  spec.variables.map(({ name, value }) => `${name}=${plain(value)}`);

describe('merging of files', () => {
  it('lets a later scalar win, at its own line', () => {
    const spec = merged('image: a\nprivileged: true', 'privileged: false');
    expect(plain(spec.privileged)).toBe(false);
    expect(spec.privileged.origin.place.source.path).toBe('compose.override.yml');
    expect(plain(spec.image.reference)).toBe('a');
  });

  it.each<[rule: string, base: string, over: string, get: (spec: ContainerSpec) => unknown, value: unknown]>([
    ['lists append', 'cap_add: [A]', 'cap_add: [B]', (s) => texts(s.capAdd), ['A', 'B']],
    [
      'contradictions stay',
      'security_opt: [seccomp=unconfined]',
      'security_opt: [no-new-privileges]',
      (s) => texts(s.securityOpt),
      ['seccomp=unconfined', 'no-new-privileges'],
    ],
    [
      'volumes by target',
      'volumes: ["/a:/x", "/b:/y"]',
      'volumes: ["/c:/x/:ro"]',
      mounts,
      ['/b -> /y rw', '/c -> /x/ ro'],
    ],
    [
      'devices by target',
      'devices: ["/dev/a:/dev/x"]',
      'devices: ["/dev/b:/dev/x"]',
      (s) => texts(s.devices),
      ['/dev/b:/dev/x'],
    ],
    [
      'ports are kept once',
      'ports: ["1:2"]',
      'ports: ["1:2", "3:4"]',
      (s) => s.ports.map((one) => one.published),
      ['1', '3'],
    ],
    ['environment by name', 'environment: [A=1, B=2]', 'environment: {A: "3"}', names, ['B=2', 'A=3']],
    ['a null is a value there', 'environment: {A: "1"}', 'environment: {A: }', names, ['A=?$A']],
    ['a null elsewhere is none', 'cap_add: [A]', 'cap_add:', (s) => texts(s.capAdd), ['A']],
    ['commands are replaced', 'command: [claude]\nimage: x', 'command: [sh]', (s) => s.agents, []],
    [
      'env_file lists',
      'env_file: a.env',
      'env_file: [b.env]',
      (s) => s.environmentFiles.map((one) => one.path),
      ['a.env', 'b.env'],
    ],
    [
      'deep',
      'deploy: {resources: {limits: {memory: 1g}}}',
      'deploy: {resources: {limits: {cpus: 1}}}',
      (s) => [plain(s.limits.memory), plain(s.limits.cpu)],
      [2 ** 30, 1],
    ],
    [
      'build text and mapping',
      'build: ..',
      'build: {network: host}',
      (s) => s.buildPrivileges.map((one) => one.kind),
      ['host-network', 'context'],
    ],
    [
      '!reset',
      'privileged: true\nvolumes: ["/:/h"]',
      'privileged: !reset null\nvolumes: !reset []',
      (s) => [plain(s.privileged), s.mounts],
      [false, []],
    ],
    ['!override', 'cap_add: [A, B]', 'cap_add: !override [C]', (s) => texts(s.capAdd), ['C']],
    [
      'networks of both forms',
      'networks: [a]',
      'networks: {b: {aliases: [x]}}',
      (s) => s.network.egress.known,
      true,
    ],
  ])('%s', (_, base, over, get, value) => {
    expect(get(merged(base, over))).toEqual(value);
  });

  it('has no lasting effect of a reset: a third file writes anew', () => {
    const files = {
      'a.yml': service('cap_add: [A]'),
      'b.yml': service('cap_add: !reset []'),
      'c.yml': service('cap_add: [C]'),
    };
    expect(texts(specOf(compose(files, 'a.yml', 'b.yml', 'c.yml')).capAdd)).toEqual(['C']);
  });

  it('starts relative paths from the first file, and substitutes with its .env', () => {
    const files = {
      'x/compose.yml': service('image: a'),
      'y/more.yml': service('volumes: ["./d:/d", "${W}:/w"]'),
      'x/.env': 'W=../w',
    };
    const project = compose(files, 'x/compose.yml', 'y/more.yml');
    expect(mounts(specOf(project))).toEqual(['./x/d -> /d rw', './w -> /w rw']);
    expect([...project.consulted]).toEqual(['x/.env']);
    expect(composeSandboxId(project, 'app')).toBe('x/compose.yml#app');
  });

  it('merges the documents of one file', () => {
    const spec = specOf(
      compose({ 'compose.yml': `${service('cap_add: [A]')}---\n${service('cap_add: [B]')}` }),
    );
    expect(texts(spec.capAdd)).toEqual(['A', 'B']);
  });
});

describe('anchors and fragments', () => {
  const text = [
    'x-base: &base',
    '  privileged: true',
    'services:',
    '  a: {<<: *base, image: a}',
    '  b:',
    '    <<: *base',
    '    privileged: false',
    '  c: {image: c}',
  ].join('\n');

  it('point at the anchor, by way of the service', () => {
    const spec = specOf(compose({ 'compose.yml': text }), 'a');
    expect(
      positionAt(spec.privileged.origin.place.source, spec.privileged.origin.place.span.start).line,
    ).toBe(2);
    expect(spec.privileged.origin.via?.map(sliceOf)).toEqual(['a']);
  });

  it('give way to the service, and do nothing where they are not used', () => {
    const project = compose({ 'compose.yml': text });
    expect(project.serviceNames).toEqual(['a', 'b', 'c']);
    expect(plain(specOf(project, 'b').privileged)).toBe(false);
    expect(plain(specOf(project, 'c').privileged)).toBe(false);
  });
});

describe('extends', () => {
  it('inherits what the base grants, of the same file', () => {
    const text = `services:
  base: {privileged: true, cap_add: [A], volumes: ["/a:/x"]}
  middle: {extends: base, cap_add: [B]}
  app: {extends: {service: middle}, image: x, cap_add: [C], volumes: ["/b:/x"]}
`;
    const spec = specOf(compose({ 'compose.yml': text }));
    expect(plain(spec.privileged)).toBe(true);
    expect(spec.privileged.origin.via?.map(sliceOf)).toEqual(['app']);
    expect(texts(spec.capAdd)).toEqual(['A', 'B', 'C']);
    expect(mounts(spec)).toEqual(['/b -> /x rw']);
  });

  it('reads another file, whose paths are its own and whose variables are not', () => {
    const files = {
      'compose.yml': service('extends: {file: sub/base.yml, service: base}'),
      '.env': 'V=from-main',
      'sub/base.yml':
        'services: {base: {volumes: ["./d:/d"], environment: {A: $V}, extends: {file: deep/b.yml, service: b}}}',
      'sub/.env': 'V=from-sub',
      'sub/deep/b.yml': 'services: {b: {volumes: ["./e:/e"]}}',
    };
    const project = compose(files);
    const spec = specOf(project);
    expect(mounts(spec)).toEqual(['./sub/deep/e -> /e rw', './sub/d -> /d rw']);
    expect(names(spec)).toEqual(['A=from-main']);
    expect([...project.consulted].sort()).toEqual(['.env', 'sub/base.yml', 'sub/deep/b.yml']);
    expect(spec.definition.map(({ path }) => path)).toEqual([
      'compose.yml',
      'sub/deep/b.yml',
      'sub/base.yml',
    ]);
  });

  it('ends circles with a diagnostic', () => {
    const files = {
      'compose.yml': service('extends: {file: other.yml, service: b}\nprivileged: true'),
      'other.yml': 'services: {b: {extends: {file: compose.yml, service: app}, cap_add: [B]}}',
    };
    const project = compose(files);
    const spec = specOf(project);
    expect(plain(spec.privileged)).toBe(true);
    expect(texts(spec.capAdd)).toEqual(['B']);
    expect(project.diagnostics.map(({ severity }) => severity)).toEqual(['error']);
  });

  it.each([
    'extends: {file: ../../x.yml, service: b}',
    'extends: {file: /etc/x.yml, service: b}',
    'extends: {file: "https://example.com/x.yml", service: b}',
    'extends: {file: "${DIR}/x.yml", service: b}',
    'extends: nothing',
  ])('tells that %s hides any setting', (settings) => {
    const { unresolved } = app(`image: x\n${settings}`);
    expect(unresolved.filter(({ kind }) => kind === 'text')).toHaveLength(1);
  });
});

describe('include', () => {
  it('joins other projects, read in their own directories', () => {
    const files = {
      'compose.yml': 'include:\n  - sub/compose.yml\nservices: {app: {image: a}}',
      'sub/compose.yml': 'services: {db: {image: postgres, volumes: ["./d:/d", "$W:/w"]}}',
      'sub/.env': 'W=./from-env',
    };
    const project = compose(files);
    expect(project.serviceNames).toEqual(['db', 'app']);
    expect(mounts(specOf(project, 'db'))).toEqual(['./sub/d -> /d rw', './sub/from-env -> /w rw']);
    expect([...project.included]).toEqual([['db', 'sub/compose.yml']]);
    expect(specOf(project).network.neighbours.map(({ name, holds }) => [name, holds])).toEqual([
      ['db', 'database'],
    ]);
  });

  it('takes several paths, another directory and another env file', () => {
    const files = {
      'compose.yml': 'include: [{path: [a/x.yml, b/y.yml], project_directory: c, env_file: e.env}]',
      'a/x.yml': 'services: {s: {image: x, volumes: ["./d:/d"]}}',
      'b/y.yml': 'services: {s: {volumes: ["$W:/w"]}}',
      'e.env': 'W=./q',
    };
    expect(mounts(specOf(compose(files), 's'))).toEqual(['./c/d -> /d rw', './c/q -> /w rw']);
  });

  it('lets the including project win over the included .env', () => {
    const files = {
      'compose.yml': 'include: sub/compose.yml',
      '.env': 'W=/outer',
      'sub/compose.yml': 'services: {s: {image: x, volumes: ["$W:/w"]}}',
      'sub/.env': 'W=/inner',
    };
    expect(mounts(specOf(compose(files), 's'))).toEqual(['/outer -> /w rw']);
  });

  it('notes what is remote, and ends circles', () => {
    const files = {
      'compose.yml': 'include: ["oci://example.com/x", other.yml]\nservices: {app: {image: a}}',
      'other.yml': 'include: [compose.yml]\nservices: {o: {image: o}}',
    };
    const project = compose(files);
    expect(project.serviceNames).toEqual(['o', 'app']);
    expect(project.diagnostics.map(({ severity }) => severity)).toEqual(['note', 'error']);
    expect(specOf(project).unresolved.map(({ kind, names: of }) => [kind, ...of])).toEqual([
      ['ambient', 'oci://example.com/x'],
    ]);
  });
});

describe('volumes, secrets and files by name', () => {
  it('finds the bind that a named volume hides', () => {
    const rest = 'volumes:\n  v:\n    driver_opts: {type: none, o: "bind,ro", device: /}\n';
    const spec = app('image: x\nvolumes: ["v:/h"]', rest);
    expect(mounts(spec)).toEqual(['/ -> /h ro']);
    expect(spec.mounts.map(({ origin }) => sliceOf(origin.place))).toEqual(['device: /']);
  });

  it('takes a disk for a device', () => {
    const spec = app('volumes: ["v:/h"]', 'volumes: {v: {driver_opts: {type: ext4, device: /dev/sda2}}}');
    expect(texts(spec.devices)).toEqual(['/dev/sda2']);
  });

  it.each<[definition: string, shared: string[]]>([
    ['{}', []],
    ['{external: true}', ['v']],
    ['{name: common}', ['common']],
    ['{external: {name: old}}', ['old']],
    ['{name: "${COMPOSE_PROJECT_NAME}-v"}', []],
  ])('shares the volume %s', (definition, shared) => {
    const spec = app('volumes: ["v:/h"]', `volumes: {v: ${definition}}`);
    expect(spec.shared.map(({ name }) => name)).toEqual(shared);
  });

  it('mounts secrets and configs from files, and hands in those from the environment', () => {
    const rest = `secrets:
  key: {file: ~/.aws/credentials}
  token: {environment: GITHUB_TOKEN}
configs:
  conf: {file: ./c.conf}
  text: {content: "pw=$\{PW}"}
`;
    const spec = app(
      'secrets: [key, {source: token, target: t}]\nconfigs: [conf, {source: text, target: /etc/t}]',
      rest,
    );
    expect(mounts(spec)).toEqual(['~/.aws/credentials -> /run/secrets/key ro', './c.conf -> /conf ro']);
    expect(spec.variables.map(({ name, from, hostNames }) => [name, from, ...hostNames])).toEqual([
      ['GITHUB_TOKEN', 'host', 'GITHUB_TOKEN'],
      ['text', 'host', 'PW'],
    ]);
  });

  it('takes volumes over from another service', () => {
    const files = {
      'compose.yml': `services:
  data: {image: x, volumes: ["/etc:/e"]}
  app: {image: y, volumes_from: ["data:ro"]}
`,
    };
    expect(mounts(specOf(compose(files)))).toEqual(['/etc -> /e ro']);
  });

  it('reads env files, in order and below the environment', () => {
    const env = { 'a.env': 'A=1\nTOKEN=ghs_abcdef\n', 'b.env': 'A=2\nFROM_HOST\n' };
    const spec = app('env_file: [a.env, {path: b.env, required: false}]\nenvironment: {A: "3"}', '', env);
    expect(names(spec)).toEqual(['A=3', 'TOKEN=ghs_abcdef', 'FROM_HOST=?$FROM_HOST']);
    expect(spec.environmentFiles.map(({ path, names: all, secrets }) => [path, all, secrets])).toEqual([
      ['a.env', ['A', 'TOKEN'], ['TOKEN']],
      ['b.env', ['A', 'FROM_HOST'], []],
    ]);
    expect(spec.variables.map(({ origin }) => sliceOf(origin.place))).not.toContain('TOKEN=ghs_abcdef');
  });
});

describe('build', () => {
  const dockerfile = 'FROM node:22\nARG TOKEN\nENV A=1\nUSER node\n';

  it.each([
    'build: .',
    'build: {context: ., dockerfile: Dockerfile}',
    'build: {dockerfile: ./Dockerfile}',
    'build: $PWD',
  ])('follows %s', (settings) => {
    const spec = app(settings, '', { Dockerfile: dockerfile });
    expect(plain(spec.image.user)).toBe('node');
    expect(spec.image.user?.origin.place.source.path).toBe('Dockerfile');
    expect(spec.definition.map(({ path }) => path)).toEqual(['compose.yml', 'Dockerfile']);
  });

  it('takes the target stage', () => {
    const text = 'FROM alpine AS dev\nUSER dev\nFROM dev AS prod\nUSER prod\n';
    expect(plain(app('build: {context: ., target: dev}', '', { Dockerfile: text }).image.user)).toBe('dev');
  });

  it('reads an inline Dockerfile at its own lines', () => {
    const spec = app('build:\n  dockerfile_inline: |\n    FROM alpine\n    USER me');
    const { user } = spec.image;
    expect(plain(user)).toBe('me');
    expect(user === null ? '' : sliceOf(user.origin.place)).toContain('me');
  });

  it('says what an unread Dockerfile may hide', () => {
    expect(app('build: "https://example.com/x.git"').unresolved).toMatchObject([{ kind: 'ambient' }]);
    expect(app('build: ./gone').unresolved).toMatchObject([{ what: 'the Dockerfile ./gone/Dockerfile' }]);
  });
});

describe('hostile files', () => {
  /** Reads every service; what does not end is cut off by the test's own time limit. */
  const readAll = (files: Record<string, string>): ContainerSpec[] => {
    const project = compose(files, ...Object.keys(files));
    return project.serviceNames.map((name) => specOf(project, name));
  };
  const bomb = [
    'x0: &x0 {a: 1}',
    ...Array.from({ length: 20 }, (_, i) => `x${i + 1}: &x${i + 1} {a: *x${i}, b: *x${i}}`),
  ];

  it.each<[what: string, files: Record<string, string>]>([
    [
      'bombs over one another',
      {
        'compose.yml': `${bomb.join('\n')}\nservices: {app: *x20}`,
        'compose.b.yml': `${bomb.join('\n')}\nservices: {app: *x20}`,
      },
    ],
    [
      'many services of one big anchor',
      {
        'compose.yml': `x: &x {image: a, volumes: [${'"/a:/b",'.repeat(3000)}]}\nservices:\n${Array.from({ length: 2000 }, (_, i) => `  s${i}: *x`).join('\n')}`,
      },
    ],
    [
      'a long chain of extends',
      {
        'compose.yml': `services:\n${Array.from({ length: 3000 }, (_, i) => `  s${i}: {extends: s${i + 1}}`).join('\n')}`,
      },
    ],
    [
      'services that share networks in a circle',
      {
        'compose.yml':
          'services: {a: {network_mode: "service:b", volumes_from: [b]}, b: {network_mode: "service:a", volumes_from: [a]}}',
      },
    ],
    [
      'doubling volumes_from',
      {
        'compose.yml': `services:\n${Array.from({ length: 40 }, (_, i) => `  s${i}: {image: a, volumes: ["/a${i}:/b${i}"], volumes_from: [s${i + 1}, s${i + 2}]}`).join('\n')}`,
      },
    ],
    [
      'settings of the wrong shape',
      {
        'compose.yml':
          'services: {a: [1], b: 3, c: {volumes: {a: 1}, cap_add: {b: 2}, environment: [[1]], networks: 3, build: [1], ports: {a: 1}, deploy: [], extends: [1], secrets: 1}}',
      },
    ],
    [
      'prototypes',
      {
        'compose.yml':
          'services: {__proto__: {image: x, environment: {__proto__: a, constructor: b}}}\nnetworks: {toString: {}}',
      },
    ],
  ])('%s come to an end', { timeout: 20_000 }, (_, files) => {
    expect(readAll(files)).not.toEqual([]);
  });

  it('reads no more list items than a project may have', () => {
    const volumes = Array.from({ length: 1000 }, (_, i) => `/a${i}:/b${i}`);
    const services = Array.from({ length: 60 }, (_, i) => `  s${i}: *x`);
    const text = `x: &x {image: a, volumes: ${JSON.stringify(volumes)}}\nservices:\n${services.join('\n')}`;
    const project = compose({ 'compose.yml': text });
    const read = project.serviceNames.map((name) => specOf(project, name).mounts.length);
    expect(read.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(50_000);
    expect(project.diagnostics).toMatchObject([{ severity: 'limit' }]);
  });

  it('tells that not everything was read', () => {
    const many = Array.from({ length: 600 }, (_, i) => `  s${i}: {image: a}`).join('\n');
    const project = compose({ 'compose.yml': `services:\n${many}` });
    expect(project.diagnostics).toMatchObject([{ severity: 'limit' }]);
  });
});
