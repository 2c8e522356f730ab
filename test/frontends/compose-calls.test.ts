// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
/** Lines that start compose projects: what they start is what is audited, and it is told once. */
import { describe, expect, it } from 'vitest';
import { dockerRunFrontend } from '../../src/frontends/docker-run/index.ts';
import type { FrontendResult } from '../../src/frontends/frontend.ts';
import { displayPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { sliceOf } from '../../src/source/source.ts';
import { auditTree, tree } from '../engine/tree.ts';
import { memoryProject } from '../support/memory-project.ts';

type Files = Readonly<Record<string, string>>;

const BASE = 'services:\n  app:\n    image: a\n    command: claude\n  db:\n    image: postgres\n';
const OVER = 'services:\n  app:\n    privileged: true\n';
const FILES: Files = { 'base.yml': BASE, 'over.yml': OVER };

function audit(text: string, files: Files = FILES, path = 'run.sh'): FrontendResult {
  const project = memoryProject({ ...files, [path]: text });
  return dockerRunFrontend.audit(project.source(path), project);
}

function combined(text: string, files: Files = FILES, path = 'run.sh'): readonly Sandbox[] {
  return audit(text, files, path).combined ?? [];
}

const ids = (text: string, files: Files = FILES, path = 'run.sh'): string[] =>
  combined(text, files, path).map(({ id }) => id);

function service(text: string, name: string, files: Files = FILES, path = 'run.sh'): Sandbox {
  const found = combined(text, files, path).find(({ id }) => id.endsWith(`#${name}`));
  if (found === undefined) throw new Error(`${name} is not started`);
  return found;
}

function isPrivileged({ privilege: { privileged } }: Sandbox): boolean {
  return privileged?.known === true && privileged.value;
}

/** What is mounted from the host; the project itself is `.`. */
function mounts(sandbox: Sandbox): string[] {
  return sandbox.files.grants.map(({ path }) =>
    path.root === 'workspace' && path.path === '' ? '.' : displayPath(path),
  );
}

/** A whole tree, as the command line audits it: ids of sandboxes, and rules with the text that they are at. */
function whole(files: Files): { readonly ids: string[]; readonly found: string[] } {
  const report = auditTree(tree(files));
  return {
    ids: report.sandboxes.map(({ id }) => id),
    found: report.findings.map(
      ({ rule, at, sandboxes }) => `${rule.id} ${at.source.path} ${sliceOf(at)} ${sandboxes.length}`,
    ),
  };
}

describe('the files of a line', () => {
  it.each([
    'docker compose -f base.yml -f over.yml up -d',
    'docker compose -fbase.yml -fover.yml up',
    'docker compose -f=base.yml --file=over.yml up',
    'docker compose --file base.yml --file over.yml create',
    'docker-compose -f base.yml -f over.yml start',
    'podman-compose -f base.yml -f over.yml up',
    'podman compose -f base.yml -f over.yml up',
    'nerdctl compose -f base.yml -f over.yml up',
    'docker --context default compose --ansi never -f base.yml -p x -f over.yml restart app',
    'docker compose -f base.yml -f over.yml watch',
    'docker compose -f base.yml -f over.yml run --rm app sh',
    'docker compose -f base.yml -f over.yml "$@"',
    'f=(-f base.yml); f+=(-f over.yml); docker compose "${f[@]}" up',
    'COMPOSE="docker compose -f base.yml -f over.yml"; $COMPOSE up',
    'COMPOSE_FILE=base.yml:over.yml docker compose up',
    'export COMPOSE_FILE=base.yml:over.yml; docker-compose up',
    'COMPOSE_FILE="base.yml,over.yml" COMPOSE_PATH_SEPARATOR=, docker compose up',
    "COMPOSE_FILE='base.yml;over.yml' docker compose up",
    'sudo COMPOSE_FILE=base.yml:over.yml docker compose up',
    'cd sub; docker compose -f ../base.yml -f ../over.yml up',
  ])('%s', (text) => {
    const app = service(text, 'app');
    expect(isPrivileged(app)).toBe(true);
    expect(app.format).toBe('compose');
    expect(app.definition.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['base.yml', 'over.yml', 'run.sh']),
    );
    expect(sliceOf(app.privilege.privileged?.origin.place ?? app.place)).toBe('privileged: true');
  });

  it('are those of an .env beside the shell', () => {
    const files = { ...FILES, '.env': 'COMPOSE_FILE=base.yml:over.yml\n' };
    expect(isPrivileged(service('docker compose up', 'app', files))).toBe(true);
    expect(isPrivileged(service('docker compose -f base.yml up', 'app', files))).toBe(false);
    const named = { ...FILES, 'my.env': 'COMPOSE_FILE=base.yml:over.yml\n' };
    expect(isPrivileged(service('docker compose --env-file my.env up', 'app', named))).toBe(true);
  });

  it('are the usual ones, here or above, with the override', () => {
    const files = { 'compose.yml': BASE, 'compose.override.yml': OVER };
    expect(isPrivileged(service('cd a/b; docker compose up', 'app', files))).toBe(true);
    expect(isPrivileged(service('docker compose -f compose.yml up', 'app', files))).toBe(false);
  });

  it('are looked for where the script lies, when the root has none', () => {
    const files = { 'ops/compose.yml': BASE };
    expect(ids('docker compose up', files, 'ops/up.sh')).toContain('ops/compose.yml#app');
    expect(ids('cd "$(dirname "$0")"; docker compose up', files, 'ops/up.sh')).toContain(
      'ops/compose.yml#app',
    );
  });

  it.each([
    'docker compose -f base.yml -f over.yml down',
    'docker compose -f base.yml build',
    'docker compose -f none.yml up',
    'docker compose up',
    'cd /srv/x && docker compose -f c.yml up',
    'docker compose -f base.yml logs -f app',
  ])('nothing: %s', (text) => {
    expect(audit(text)).toMatchObject({ ours: false, sandboxes: [], combined: [] });
  });
});

describe('what a line says besides', () => {
  const files: Files = {
    'ops/base.yml':
      'services:\n  app:\n    image: a\n    command: claude\n    volumes: ["./d:/d", "${DATA:-./data}:/data", "${PWD}:/w"]\n',
    'ops/over.yml': OVER,
    'ops/.env': 'DATA=/srv/own\n',
    '.env': 'DATA=/srv/here\n',
    'p.env': 'DATA=/srv/given\n',
    'q.env': 'DATA=/srv/last\n',
  };
  const F = '-f ops/base.yml -f ops/over.yml';

  it.each([
    [`docker compose ${F} up`, './ops/d', '/srv/own', '.'],
    [`cd ops; docker compose -f base.yml -f over.yml up`, './ops/d', '/srv/own', './ops'],
    [`docker compose --project-directory . ${F} up`, './d', '/srv/here', '.'],
    [`docker compose --env-file p.env ${F} up`, './ops/d', '/srv/given', '.'],
    [`docker compose --env-file p.env --env-file q.env ${F} up`, './ops/d', '/srv/last', '.'],
    [`COMPOSE_ENV_FILES=q.env,p.env docker compose ${F} up`, './ops/d', '/srv/given', '.'],
    [`COMPOSE_DISABLE_ENV_FILE=1 docker compose ${F} up`, './ops/d', './ops/data', '.'],
    [`export DATA=/srv/shell; docker compose --env-file p.env ${F} up`, './ops/d', '/srv/shell', '.'],
    [`DATA=/srv/shell sudo docker compose ${F} up`, './ops/d', '/srv/shell', '.'],
    [`export DATA=/srv/shell; sudo docker compose ${F} up`, './ops/d', '/srv/own', '.'],
    [`export DATA=/srv/shell; sudo -E docker compose ${F} up`, './ops/d', '/srv/shell', '.'],
    [`COMPOSE_FILE=ops/base.yml:ops/over.yml docker compose up`, './ops/d', '/srv/here', '.'],
  ])('%s', (text, relative, data, working) => {
    expect(mounts(service(text, 'app', files))).toEqual(expect.arrayContaining([relative, data, working]));
  });

  it('tells projects apart that only their variables make different', () => {
    const text = `docker compose ${F} up\nDATA=/ docker compose ${F} up\nDATA=/ docker compose ${F} up -d\n`;
    expect(ids(text, files)).toEqual([
      'ops/base.yml+ops/over.yml by run.sh:1#app',
      'ops/base.yml+ops/over.yml by run.sh:2#app',
    ]);
  });
});

describe('the services of a line', () => {
  const files: Files = {
    'c.yml':
      'services:\n  web: {image: w, depends_on: [db], links: ["cache:c"]}\n  db: {image: d}\n  cache: {image: c}\n' +
      '  net: {image: n, network_mode: "service:gate"}\n  gate: {image: g, depends_on: {db: {condition: service_started}}}\n' +
      '  tool: {image: t, profiles: [tools]}\n  odd: {image: o, profiles: ["${P}"]}\n',
    'o.yml': 'services: {}\n',
  };
  const names = (text: string, more: Files = {}): string[] =>
    ids(text, { ...files, ...more }).map((id) => id.replace(/^.*#/, ''));

  it.each([
    ['docker compose -f c.yml up', 'web db cache net gate odd'],
    ['docker compose -f c.yml up web', 'web db cache'],
    ['docker compose -f c.yml up --no-deps web -d', 'web'],
    ['docker compose -f c.yml up -d --scale web=2 -t 5 db', 'db'],
    ['docker compose -f c.yml run --rm net sh', 'db net gate'],
    ['docker compose -f c.yml run --no-deps net sh -c web', 'net'],
    ['docker compose -f c.yml up tool', 'tool'],
    ['docker compose -f c.yml --profile tools up', 'web db cache net gate tool odd'],
    ['docker compose --profile "*" -f c.yml up', 'web db cache net gate tool odd'],
    ['COMPOSE_PROFILES=x,tools docker compose -f c.yml up', 'web db cache net gate tool odd'],
    ['docker compose -f c.yml --profile "$W" up', 'web db cache net gate tool odd'],
    ['docker compose -f c.yml up $SERVICES', 'web db cache net gate odd'],
    ['docker compose -f c.yml up "$@"', 'web db cache net gate odd'],
    ['docker compose -f c.yml up nothing', ''],
  ])('%s: %s', (text, expected) => {
    expect(names(text).join(' ')).toBe(expected);
  });

  it('hang on the profiles of an .env', () => {
    expect(names('docker compose -f c.yml up', { '.env': 'COMPOSE_PROFILES=tools' })).toContain('tool');
  });
});

describe('what is told', () => {
  it('once, where a line adds nothing to the files', () => {
    const files = { 'compose.yml': BASE, 'compose.override.yml': OVER, 'other.yml': 'services: {app: {}}\n' };
    const plain = whole(files);
    const lines =
      'docker compose up\ndocker compose -f compose.yml -f compose.override.yml up -d\ndocker compose run app\ndocker-compose start db\n';
    const started = whole({ ...files, 'up.sh': lines, Makefile: 'up:\n\tdocker compose up\n' });
    expect(started).toEqual(plain);
    expect(plain.ids).toEqual(['compose.yml#app', 'compose.yml#db']);
  });

  it('beside the file by itself, where both are possible', () => {
    const over = 'services: {app: {image: b, privileged: true}}\n';
    const files = {
      'compose.yml': BASE,
      'compose.prod.yml': over,
      'up.sh': 'docker compose -f compose.yml -f compose.prod.yml up',
    };
    const { ids: all, found } = whole(files);
    expect(all).toEqual([
      'compose.prod.yml#app',
      'compose.yml#app',
      'compose.yml#db',
      'compose.yml+compose.prod.yml#app',
    ]);
    // One line, one finding, whoever runs it.
    expect(found).toContain('privileged-container compose.prod.yml privileged: true 2');
    expect(found.filter((one) => one.startsWith('unlimited-memory compose.yml app'))).toEqual([
      'unlimited-memory compose.yml app 2',
    ]);
  });

  it('in place of a file that makes no project by itself', () => {
    const files: Files = {
      'ops/compose.yml': BASE,
      'ops/compose.gpu.yml': OVER,
      'ops/compose.dev.yml': 'services: {app: {read_only: true}}\n',
    };
    expect(whole(files).ids).toEqual([
      'ops/compose.dev.yml#app',
      'ops/compose.gpu.yml#app',
      'ops/compose.yml#app',
      'ops/compose.yml#db',
    ]);
    const text = 'docker compose -f ops/compose.yml -f ops/compose.dev.yml -f ops/compose.gpu.yml up\n';
    expect(whole({ ...files, 'up.sh': text }).ids).toEqual([
      'ops/compose.yml#app',
      'ops/compose.yml#db',
      'ops/compose.yml+ops/compose.dev.yml+ops/compose.gpu.yml#app',
    ]);
    // What no line starts stays as it was.
    const other = 'docker compose -f ops/compose.yml -f ops/compose.gpu.yml up db\n';
    expect(whole({ ...files, 'up.sh': other }).ids).toContain('ops/compose.gpu.yml#app');
  });

  it('of files that are found by the line alone', () => {
    const files = { 'ops/base.yml': BASE, 'up.sh': 'docker compose -f ops/base.yml up' };
    expect(whole(files).ids).toEqual(['ops/base.yml#app', 'ops/base.yml#db']);
    expect(ids('docker compose -f ops/base.yml up', files)).toEqual(['ops/base.yml#app', 'ops/base.yml#db']);
  });

  it('under the condition under which a file is read', () => {
    const text =
      'f="-f base.yml"\n[ -n "$GPU" ] && f="$f -f over.yml"\n[ -f none.yml ] && f="$f -f none.yml"\ndocker compose $f up app\n';
    expect(ids(text)).toEqual(['base.yml#app', 'base.yml+over.yml#app']);
    const app = combined(text)[1];
    expect(app?.privilege.privileged).toMatchObject({ assumes: [expect.stringContaining('$GPU')] });
    expect(app?.unresolved).toEqual([]);
  });

  it('with the neighbours that the line starts', () => {
    const both = combined('docker compose -f base.yml -f over.yml up');
    const neighbour = both.find(({ id }) => id === 'base.yml#db')?.network.neighbours[0];
    expect(neighbour?.sandbox).toBe('base.yml+over.yml#app');
    expect(service('docker compose -f base.yml -f over.yml up', 'app').network.neighbours[0]?.sandbox).toBe(
      'base.yml#db',
    );
  });

  it('with the assumptions of the line', () => {
    const remote = service('docker -H ssh://far compose -f base.yml -f v.yml up', 'app', {
      ...FILES,
      'v.yml': 'services: {app: {volumes: ["/etc:/e"]}}',
    });
    expect(remote.files.grants[0]?.assumes?.join()).toContain('ssh://far');
  });
});

describe('what cannot be read is said', () => {
  const unknown = (text: string): string[] =>
    [...audit(text).sandboxes, ...combined(text)].flatMap(({ id, unresolved }) =>
      unresolved.map(({ what, why }) => `${id}: ${what}: ${why}`),
    );

  it.each([
    ['docker compose -f - up', 'the compose file -', 'standard input'],
    ['cat x | docker compose -f base.yml -f - up', 'the compose file -', 'standard input'],
    ['docker compose -f https://example.com/c.yml up', 'example.com', 'nothing is fetched'],
    ['docker compose -f base.yml -f oci://example.com/c up', 'oci://example.com/c', 'nothing is fetched'],
    ['docker compose -f base.yml -f "$EXTRA" up', '$EXTRA', 'set outside the files'],
    ['docker compose -f base.yml -f local.yml up', 'local.yml', 'no such file'],
    ['docker compose -f base.yml -f ./local.yml up', 'the compose file local.yml', 'no such file'],
    ['docker compose -f base.yml $OPTS up', '$OPTS', 'set outside the files'],
    ['COMPOSE_FILE=base.yml:$EXTRA docker compose up', '$EXTRA', 'set outside the files'],
  ])('%s', (text, what, why) => {
    expect(unknown(text).filter((one) => one.includes(what) && one.includes(why))).toHaveLength(1);
  });

  it('and makes a sandbox of its own of what holds hostile code', () => {
    expect(ids('docker compose -f base.yml -f "$EXTRA" up')).toEqual(['base.yml+$EXTRA#app', 'base.yml#db']);
  });
});

describe('exec and run', () => {
  const only = (text: string, files: Files = FILES): Sandbox => {
    const { sandboxes } = audit(text, files);
    const [first] = sandboxes;
    if (first === undefined || sandboxes.length > 1) throw new Error(`${sandboxes.length} sandboxes`);
    return first;
  };

  it('exec --privileged is told of the service, and where none is known', () => {
    const one = only('docker compose -f base.yml exec -T --index 1 --privileged -u root app sh');
    expect(one).toMatchObject({ name: 'docker compose exec (line 1)', agents: ['claude'] });
    expect(one.privilege.escalations.map(({ origin }) => sliceOf(origin.place))).toEqual(['--privileged']);
    expect(only('docker compose exec --privileged app sh').privilege.escalations).toHaveLength(1);
    for (const text of [
      'docker compose -f base.yml exec app sh --privileged',
      'docker compose -f base.yml exec --privileged=false app sh',
    ])
      expect(audit(text).sandboxes).toEqual([]);
  });

  it.each<[flags: string, holds: (one: Sandbox) => boolean]>([
    ['-v ~/.ssh:/s', (one) => one.files.grants.some(({ text }) => text.includes('.ssh'))],
    ['-v/etc:/s', (one) => mounts(one).includes('/etc')],
    [
      '-Te TOKEN',
      (one) => one.environment.variables.some(({ name, from }) => name === 'TOKEN' && from === 'host'),
    ],
    ['--env-from-file e.env', (one) => one.environment.files.some(({ path }) => path === 'e.env')],
    ['-u node', (one) => one.privilege.user.known && one.privilege.user.value?.name === 'node'],
    ['--cap-add SYS_ADMIN', (one) => one.privilege.capabilities?.bounding.has('SYS_ADMIN') === true],
    ['-p 80:80', (one) => one.network.published.map(({ target }) => target).join() === '80'],
    ['--no-deps -TP -u node', (one) => one.network.published.length === 1],
  ])('run %s', (flags, holds) => {
    const files = { 'c.yml': 'services: {app: {image: a, ports: ["1:1"]}}', 'e.env': 'A=1' };
    const one = only(`docker compose -f c.yml run --rm ${flags} app sh`, files);
    expect(holds(one)).toBe(true);
    expect(one.lifetime.kept).toMatchObject({ known: true, value: false });
  });

  it('run has no --privileged', () => {
    const files = { 'c.yml': 'services: {app: {image: a}}' };
    expect(audit('docker compose -f c.yml run --privileged app', files).sandboxes).toEqual([]);
  });

  it('run stands for a service whose file makes no project', () => {
    const { absorbs, sandboxes } = audit('docker compose -f base.yml -f over.yml run -v /:/h app');
    expect(absorbs).toEqual(['over.yml#app']);
    expect(sandboxes.map(isPrivileged)).toEqual([true]);
  });

  it('run says which of its words are not known', () => {
    const one = only('docker compose -f base.yml run $OPTS --rm app sh');
    expect(one.unresolved.map(({ what }) => what)).toEqual(['$OPTS']);
  });
});

describe('hostile lines', () => {
  const script =
    'export COMPOSE_FILE=a:b COMPOSE_PROFILES=x\ncd "$X"; f=(-f base.yml); [ -n "$G" ] && f+=(-f over.yml -f -)\n' +
    'docker compose --env-file e --project-directory .. "${f[@]}" $O up -d app "$@"; docker compose run -v a:/b app; podman-compose exec --privileged "$S" x\n';

  it('of every length are read without an error thrown', () => {
    for (let end = 0; end <= script.length; end += 1) expect(() => audit(script.slice(0, end))).not.toThrow();
  });

  it.each([
    ['many lines', `${'docker compose -f base.yml -f over.yml up\n'.repeat(2000)}`],
    [
      'many choices',
      `${Array.from({ length: 100 }, (_, at) => `[ $A${at} ] && f+=(-f over.yml)`).join('\n')}\ndocker compose -f base.yml "\${f[@]}" up`,
    ],
    ['many files', `docker compose ${'-f base.yml -f over.yml '.repeat(500)} up`],
  ])('with %s are read to the end', (_, text) => {
    expect(combined(text).length).toBeGreaterThan(0);
  });
});
