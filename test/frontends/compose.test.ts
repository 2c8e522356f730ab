// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of compose files, not of this one.
import { describe, expect, it } from 'vitest';
import { composeFrontend } from '../../src/frontends/compose/index.ts';
import type { FrontendResult } from '../../src/frontends/frontend.ts';
import { homePath, hostPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { unknownsOf } from '../../src/model/unknowns.ts';
import { sliceOf } from '../../src/source/source.ts';
import { memoryProject } from '../support/memory-project.ts';

function audit(files: Readonly<Record<string, string>>, path = 'compose.yml'): FrontendResult {
  const project = memoryProject(files);
  return composeFrontend.audit(project.source(path), project);
}

/** The sandbox of the service `app` with these settings, in flow style. */
function sandbox(settings: string, rest = ''): Sandbox {
  const [found] = audit({ 'compose.yml': `services:\n  app: {${settings}}\n${rest}` }).sandboxes;
  if (found === undefined) throw new Error('no sandbox');
  return found;
}

describe('claims', () => {
  it.each([
    ['compose.yml', 'yes'],
    ['a/compose.yaml', 'yes'],
    ['docker-compose.yml', 'yes'],
    ['docker-compose.prod.yaml', 'yes'],
    ['docker-compose-dev.yml', 'yes'],
    ['compose.override.yml', 'yes'],
    ['Docker-Compose.yml', 'yes'],
    ['test-compose.yml', 'maybe'],
    ['my.compose.dev.yaml', 'maybe'],
    ['compose.json', 'no'],
    ['compose/values.yml', 'no'],
    ['decompose.txt', 'no'],
  ])('%s: %s', (path, claim) => {
    expect(composeFrontend.claims(path)).toBe(claim);
  });
});

describe('recognises', () => {
  it.each<[what: string, text: string, ours: boolean]>([
    ['a service', 'services:\n  web:\n    image: x\n', true],
    ['comments and CRLF', '# x\r\nservices: # all\r\n\r\n  # web\r\n  web:\r\n    build: .\r\n', true],
    ['JSON', '{"services": {"web": {"image": "x"}}}', true],
    ['a fragment first', 'x-a: &a {}\nservices:\n  web:\n    <<: *a\n    ports: [80]\n', true],
    ['a list of services', 'services:\n  - docker:dind\nbuild:\n  image: x\n', false],
    ['nested services', 'jobs:\n  a:\n    services:\n      db:\n        image: x\n', false],
    ['other settings', 'services:\n  web:\n    kind: x\n', false],
    ['nothing', '', false],
    ['a long hostile line', `services:${' '.repeat(500_000)}`, false],
  ])('%s', (_, text, ours) => {
    expect(composeFrontend.recognises(text)).toBe(ours);
  });
});

describe('which files are read together', () => {
  const base = 'services: {app: {image: a}, db: {image: postgres}}';
  const over = 'services: {app: {privileged: true}}';
  const shown = (result: FrontendResult): string[] =>
    result.sandboxes.map(({ id, name, privilege }) => {
      const { privileged } = privilege;
      return `${id} ${name} ${privileged?.known === true && privileged.value}`;
    });

  it('a base with its override, whichever of the two is audited', () => {
    const files = { 'compose.yml': base, 'docker-compose.override.yml': over };
    const expected = ['compose.yml#app app true', 'compose.yml#db db false'];
    expect(shown(audit(files))).toEqual(expected);
    expect(shown(audit(files, 'docker-compose.override.yml'))).toEqual(expected);
    expect(audit(files).consulted).toEqual(['docker-compose.override.yml']);
  });

  it('a second base by itself', () => {
    const files = { 'compose.yaml': base, 'docker-compose.yml': base, 'compose.override.yml': over };
    expect(shown(audit(files, 'docker-compose.yml'))[0]).toBe('docker-compose.yml#app app false');
  });

  it('a variant over its base, with its own services alone', () => {
    const files = {
      'compose.yml': base,
      'compose.dev.yml': 'services: {app: {build: {args: [A]}, privileged: true}}',
    };
    expect(shown(audit(files, 'compose.dev.yml'))).toEqual([
      'compose.dev.yml#app app (compose.dev.yml) true',
    ]);
    expect(shown(audit(files))[0]).toBe('compose.yml#app app false');
  });

  it('a file whose services are complete by itself', () => {
    const files = { 'compose.yml': base, 'compose.dev.yml': 'services: {app: {image: other}}' };
    expect(shown(audit(files, 'compose.dev.yml'))).toEqual(['compose.dev.yml#app app false']);
  });

  it('the override of a named variant', () => {
    const files = {
      'compose.yml': base,
      'compose.t.yml': 'services: {t: {image: t}}',
      'compose.t.override.yml': 'services: {t: {privileged: true}}',
    };
    expect(shown(audit(files, 'compose.t.override.yml'))).toEqual([
      'compose.t.override.yml#t t (compose.t.override.yml) true',
    ]);
  });

  it('an included project, whose sandboxes these stand for', () => {
    const files = { 'compose.yml': 'include: [sub/compose.yml]', 'sub/compose.yml': base };
    const result = audit(files);
    expect(result.absorbs).toEqual(['sub/compose.yml#app', 'sub/compose.yml#db']);
    expect(result.consulted).toEqual(['sub/compose.yml']);
    expect(result.ours).toBe(true);
  });

  it.each([
    ['COMPOSE_FILE=compose.yml:x/dev.yml', 'compose.yml'],
    ['COMPOSE_FILE="compose.yml:x/dev.yml"', 'x/dev.yml'],
    ['COMPOSE_FILE=./compose.yml;x/dev.yml', 'compose.yml'],
    ['COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=compose.yml,x/dev.yml', 'compose.yml'],
  ])('those that an .env names: %j, of %s', (env, path) => {
    const files = {
      'compose.yml': base,
      'compose.override.yml': 'nonsense: 1',
      'x/dev.yml': over,
      '.env': env,
    };
    expect(shown(audit(files, path))).toEqual(['compose.yml#app app true', 'compose.yml#db db false']);
    expect(audit(files, path).diagnostics).toEqual([]);
  });

  it('what an .env names and cannot be read is not known', () => {
    const [app] = audit({ 'compose.yml': base, '.env': 'COMPOSE_FILE=compose.yml:local.yml' }).sandboxes;
    expect(app?.unresolved).toMatchObject([
      { what: 'the compose file local.yml', mayHide: 'any-setting', kind: 'text' },
    ]);
    expect(app?.unresolved.map(({ origin }) => origin.place.source.path)).toEqual(['.env']);
  });

  it('a file that the .env beside it does not name by itself, which is noted', () => {
    const { diagnostics } = audit({
      'compose.yml': base,
      'x/dev.yml': base,
      '.env': 'COMPOSE_FILE=x/dev.yml',
    });
    expect(diagnostics).toMatchObject([{ severity: 'note', message: expect.stringContaining('x/dev.yml') }]);
  });
});

describe('diagnostics', () => {
  it('note keys that look like a control', () => {
    const { diagnostics } = audit({
      'compose.yml': 'services: {app: {image: a, priviledged: true, colour: red, x-sec: 1}}',
    });
    expect(
      diagnostics.map(({ severity, place }) => [severity, place === null ? '' : sliceOf(place)]),
    ).toEqual([['note', 'priviledged']]);
  });

  it('tell of a shared fragment once', () => {
    const text = 'x: &x {image: a, priviledged: true}\nservices: {a: *x, b: *x}';
    expect(audit({ 'compose.yml': text }).diagnostics).toHaveLength(1);
  });

  it('place an error, and read what can be read', () => {
    const text = 'services:\n  app:\n    image: a\n    privileged: true\n  b: {image: "x\n';
    const result = audit({ 'compose.yml': text });
    expect(result.diagnostics.some(({ severity, place }) => severity === 'error' && place !== null)).toBe(
      true,
    );
    expect(result.sandboxes[0]).toMatchObject({ name: 'app', privilege: { privileged: { value: true } } });
    expect(result.failed).toBeUndefined();
  });

  it('place a substitution that Compose refuses', () => {
    const { diagnostics } = audit({ 'compose.yml': 'services: {app: {image: "a${"}}' });
    expect(diagnostics.map(({ place }) => (place === null ? '' : sliceOf(place)))).toEqual(['"a${"']);
  });

  it('leave other files alone', () => {
    expect(audit({ 'my-compose.yml': 'a: 1' }, 'my-compose.yml')).toMatchObject({
      ours: false,
      sandboxes: [],
      diagnostics: [],
    });
    expect(audit({ 'compose.yml': '' })).toMatchObject({ ours: false, sandboxes: [] });
    expect(audit({ 'compose.yml': 'services: [a]' }).diagnostics).toMatchObject([{ severity: 'error' }]);
  });
});

describe('a service as a sandbox', () => {
  it('stands at its key and tells its role', () => {
    const found = sandbox('image: a, volumes: [".:/w"]');
    expect(sliceOf(found.place)).toBe('app');
    expect(found).toMatchObject({ id: 'compose.yml#app', format: 'compose', role: { kind: 'sandbox' } });
    expect(sandbox('image: postgres').role.kind).toBe('service');
    expect(sandbox('image: a, command: claude --dangerously-skip-permissions').role.kind).toBe('sandbox');
  });

  it.each<[judged: string, settings: string, rest: string, ask: (found: Sandbox) => unknown, value: unknown]>(
    [
      ['an anonymous volume is none of the host', 'volumes: [/data]', '', (s) => s.files.grants.length, 0],
      ['nor is a named one', 'volumes: ["data:/data"]', 'volumes: {data: }', (s) => s.files.grants.length, 0],
      [
        'an unused fragment grants nothing',
        'image: a',
        'x-dev: {privileged: true}',
        (s) => s.privilege.privileged,
        expect.objectContaining({ value: false }),
      ],
      [
        'dropping all and adding defaults',
        'cap_drop: [ALL], cap_add: [CHOWN, SETUID]',
        '',
        (s) => [...(s.privilege.capabilities?.bounding ?? [])].sort(),
        ['CHOWN', 'SETUID'],
      ],
      [
        'a loopback port',
        'ports: ["127.0.0.1:3000:3000"]',
        '',
        (s) => s.network.published[0]?.hostIp,
        '127.0.0.1',
      ],
      [
        'privileged by default false',
        'privileged: "${PRIV:-false}"',
        '',
        (s) => s.privilege.privileged,
        expect.objectContaining({ value: false, assumes: ['$PRIV is unset'] }),
      ],
      [
        'a read-only socket is a socket',
        'volumes: ["/var/run/docker.sock:/s:ro"]',
        '',
        (s) => s.files.can('connect', hostPath('/run/docker.sock', '')).verdict,
        'yes',
      ],
      [
        'so is a directory that holds it',
        'volumes: ["/var/run:/x:ro"]',
        '',
        (s) => s.files.can('connect', hostPath('/run/docker.sock', '')).verdict,
        'yes',
      ],
      [
        'privileged ignores drops',
        'privileged: true, cap_drop: [ALL]',
        '',
        (s) => s.privilege.capabilities?.bounding.has('SYS_ADMIN'),
        true,
      ],
      [
        'a colon works',
        'security_opt: ["seccomp:unconfined"]',
        '',
        (s) => s.privilege.confinement?.seccomp,
        expect.objectContaining({ value: 'unconfined' }),
      ],
      [
        'a bind behind a name',
        'volumes: ["h:/h"]',
        'volumes: {h: {driver_opts: {type: none, o: bind, device: /}}}',
        (s) => s.files.can('write', homePath('.ssh')).verdict,
        'yes',
      ],
      [
        'a device rule',
        "device_cgroup_rules: ['b *:* rwm']",
        '',
        (s) => s.privilege.deviceRules[0]?.type,
        'b',
      ],
      [
        'a token by its name',
        'environment: [AWS_SECRET_ACCESS_KEY]',
        '',
        (s) => s.environment.variables[0]?.from,
        'host',
      ],
      [
        'the default network beside an internal one',
        'networks: [in, default]',
        'networks: {in: {internal: true}}',
        (s) => s.network.egress,
        expect.objectContaining({ value: { kind: 'open' } }),
      ],
      [
        'the temp directory',
        'volumes: ["/tmp:/tmp"]',
        '',
        (s) => s.files.can('connect', hostPath('/tmp/.X11-unix/X0', '')).verdict,
        'yes',
      ],
      [
        'an insecure build',
        'build: {context: ., entitlements: [security.insecure]}',
        '',
        (s) => s.build?.privileges[0]?.kind,
        'entitlement',
      ],
      [
        'use_api_socket',
        'use_api_socket: true',
        '',
        (s) => s.files.can('connect', hostPath('/run/docker.sock', '')).verdict,
        'yes',
      ],
      [
        'a reservation is no limit',
        'deploy: {resources: {reservations: {memory: 1g}}}',
        '',
        (s) => s.limits.memory,
        expect.objectContaining({ value: { amount: null } }),
      ],
      [
        'a pid namespace of the host',
        'pid: host',
        '',
        (s) => s.privilege.namespaces?.pid,
        expect.objectContaining({ value: 'host' }),
      ],
    ],
  )('%s', (_, settings, rest, ask, value) => {
    expect(ask(sandbox(settings, rest))).toEqual(value);
  });
});

describe('the agent inside', () => {
  it.each<[service: string, agents: string[]]>([
    ['app: {image: a, command: [claude, -p, x]}', ['claude']],
    ['app: {build: {dockerfile_inline: "FROM node\\nRUN npm i -g @anthropic-ai/claude-code"}}', ['claude']],
    ['claude-code: {build: .}', ['claude']],
    ['app: {image: a, container_name: claude-code}', ['claude']],
    ['app: {image: a, environment: {NOTE: claude}}', []],
    ['web: {image: nginx}', []],
  ])('%s', (service, agents) => {
    const [found] = audit({ 'compose.yml': `services:\n  ${service}\n` }).sandboxes;
    expect(found?.agents).toEqual(agents);
  });
});

describe('an unknown source of a mount', () => {
  it.each([
    ['in short form', '"${DATA}:/data"'],
    ['in long form', '{type: bind, source: "${DATA}", target: /data}'],
  ])('is told once, %s', (_, volume) => {
    expect(unknownsOf(sandbox(`image: a, volumes: [${volume}]`)).map(({ names }) => names)).toEqual([
      ['DATA'],
    ]);
  });
});
