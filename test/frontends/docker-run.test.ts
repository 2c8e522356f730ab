// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
import { describe, expect, it } from 'vitest';
import { dockerRunFrontend } from '../../src/frontends/docker-run/index.ts';
import type { FrontendResult } from '../../src/frontends/frontend.ts';
import { homePath, hostPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { unknownsOf } from '../../src/model/unknowns.ts';
import { sliceOf } from '../../src/source/source.ts';
import { auditText } from '../support/audit-text.ts';
import { memoryProject } from '../support/memory-project.ts';

type Files = Readonly<Record<string, string>>;

function audit(text: string, files: Files = {}, path = 'run.sh'): FrontendResult {
  const project = memoryProject({ ...files, [path]: text });
  return dockerRunFrontend.audit(project.source(path), project);
}

function sandbox(text: string, files: Files = {}, path = 'run.sh'): Sandbox {
  const last = audit(text, files, path).sandboxes.at(-1);
  if (last === undefined) throw new Error('no sandbox');
  return last;
}

const names = (text: string, files: Files = {}, path = 'run.sh'): string[] =>
  audit(text, files, path).sandboxes.map(({ name }) => name);

const isPrivileged = ({ privilege: { privileged } }: Sandbox): boolean =>
  privileged?.known === true && privileged.value;

/** Findings of a script as `rule at text`. */
function found(text: string, files: Files = {}, path = 'run.sh'): string[] {
  const result = auditText('docker-run', text, new Map(Object.entries(files)), path);
  return result.findings.map(({ rule, at }) => `${rule.id} at ${sliceOf(at)}`);
}

const severities = (text: string, rule: string): string[] =>
  auditText('docker-run', text).findings.flatMap((one) => (one.rule.id === rule ? [one.severity] : []));

describe('recognises', () => {
  it.each([
    ['docker run x', true],
    ['$DOCKER run x', true],
    ['$(CONTAINER_RUNTIME) create x', true],
    ['podman --remote container exec x', true],
    ['docker-compose up', true],
    ['docker pull x', false],
    ['npm run build', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(dockerRunFrontend.recognises(text)).toBe(expected);
  });

  it('never hangs', () => {
    expect(dockerRunFrontend.recognises('$'.repeat(300_000) + '{'.repeat(300_000))).toBe(false);
  });
});

describe('what starts a container', () => {
  it.each([
    ['docker run x', 'docker run (line 1)'],
    ['docker container run x', 'docker run (line 1)'],
    ['docker create x', 'docker run (line 1)'],
    ['sudo -E docker --context x run y', 'docker run (line 1)'],
    ['/usr/bin/docker run x', 'docker run (line 1)'],
    ['podman --remote run x', 'podman run (line 1)'],
    ['nerdctl -n ns run x', 'nerdctl run (line 1)'],
    ['winpty docker run x', 'docker run (line 1)'],
    ['"${RUNTIME:-podman}" run x', 'podman run (line 1)'],
    ['$DOCKER_CMD run x', 'docker run (line 1)'],
    ['eval "docker run x"', 'docker run (line 1)'],
    ['timeout 5 docker run x', 'docker run (line 1)'],
    ['x=$(docker run -d y)', 'docker run (line 1)'],
    ['f() { docker run "$1"; }', 'docker run (line 1)'],
  ])('%s', (text, name) => {
    expect(names(text)).toEqual([name]);
  });

  it.each([
    'echo "docker run --privileged x"',
    'cat <<EOF\ndocker run --privileged x\nEOF',
    '# docker run --privileged x',
    'docker build -v .',
    'docker volume create -d x y',
    'docker cp a:/x -v',
    'docker run --help',
    'docker exec x ls',
    'docker compose up -d',
    "printf '%s' 'docker run --privileged x'",
    'command -v docker run',
    'run() { :; }; run --privileged x',
  ])('nothing: %s', (text) => {
    expect(audit(text)).toMatchObject({ ours: false, sandboxes: [], diagnostics: [] });
  });

  it('has a name of its own on a line with another, and when a function is called twice', () => {
    expect(audit('docker run a; docker run b').sandboxes.map(({ id }) => id)).toEqual([
      'run.sh#docker run:1:1',
      'run.sh#docker run:1:15',
    ]);
    expect(names('f() { docker run "$@"; }\nf a\nf a\nf -it b')).toEqual([
      'docker run (line 1)',
      'docker run (line 1, 2)',
    ]);
  });

  it('is found in other kinds of files', () => {
    expect(names('run:\n\t@docker run x\n', {}, 'Makefile')).toEqual(['docker run (line 2)']);
    expect(names('{"scripts": {"a": "docker run x"}}', {}, 'package.json')).toEqual(['docker run (line 1)']);
    const workflow = 'jobs:\n  a:\n    steps:\n      - run: docker run x\n';
    expect(names(workflow, {}, '.github/workflows/a.yml')).toEqual(['docker run (line 4)']);
    expect(audit('docker run x', {}, 'README').ours).toBe(false);
  });

  it('stands where it is used', () => {
    expect(sliceOf(sandbox('D=docker\n$D run x').place)).toBe('$D');
  });
});

describe('the judged lines', () => {
  it.each([
    ["docker run alpine sh -c 'x --privileged'", 'privileged-container'],
    ['docker run --privileged=false img', 'privileged-container'],
    ['docker run -v /data img', 'host-system-mount'],
    ['docker run -v data:/data img', 'writable-host-path'],
    ['docker run -v /etc/localtime:/etc/localtime:ro img', 'host-system-mount'],
    ['docker run --cap-drop ALL --cap-add CHOWN --cap-add SETUID img', 'dangerous-capability'],
    ['docker run --device /dev/null img', 'host-device'],
    ['docker run -p 127.0.0.1:3000:3000 img', 'published-port'],
    ['docker run --mount src=/,dst=/h img', 'host-system-mount'],
    ['docker run -v "~/.ssh:/x" img', 'credential-mount'],
  ])('%s is no %s', (text, rule) => {
    expect(severities(text, rule)).toEqual([]);
  });

  it.each([
    ['docker run --privileged false img', 'privileged-container', 'critical'],
    ['docker run -v /var/run/docker.sock:/var/run/docker.sock:ro img', 'engine-socket', 'critical'],
    ['docker run -v /run:/host/run:ro img', 'engine-socket', 'critical'],
    ['docker run -itv /:/h img', 'host-system-mount', 'critical'],
    [
      'docker run --privileged --cap-drop ALL --security-opt no-new-privileges img',
      'privileged-container',
      'critical',
    ],
    ['docker run --cap-drop ALL --cap-add SYS_ADMIN img', 'dangerous-capability', 'critical'],
    ['docker run --cap-add=sys_admin img', 'dangerous-capability', 'critical'],
    ["docker run --device-cgroup-rule 'b *:* rwm' img", 'host-device', 'critical'],
    ['docker run -e GITHUB_TOKEN -v "$PWD":/w img', 'host-secret-passthrough', 'high'],
    ['docker run --use-api-socket img', 'engine-socket', 'critical'],
    ['docker exec --privileged agent bash', 'privileged-container', 'high'],
    ['docker buildx build --allow security.insecure .', 'privileged-build', 'high'],
    ['docker run $OPTS img', 'unresolved-value', 'info'],
  ])('%s is a %s', (text, rule, severity) => {
    expect(severities(text, rule)).toContain(severity);
  });
});

describe('places', () => {
  it('are the flag with its value, in the line or in the array', () => {
    expect(found('docker run --rm \\\n  --pid host \\\n  img')).toContain('host-pid-namespace at --pid host');
    expect(found('a=(--rm)\na+=( -v ~/.ssh:/x )\ndocker run "${a[@]}" img')).toContain(
      'credential-mount at -v ~/.ssh:/x',
    );
    expect(found('A=("--cap-add=SYS_ADMIN")\ndocker run "${A[@]}" img')).toContain(
      'dangerous-capability at "--cap-add=SYS_ADMIN"',
    );
  });

  it('are the value, by way of the flag, when the two stand apart', () => {
    const { files } = sandbox('M=~/.ssh:/x\necho\ndocker run -v "$M" img');
    const [grant] = files.grants;
    expect(grant).toMatchObject({ path: homePath('.ssh') });
    expect(grant === undefined ? '' : sliceOf(grant.origin.place)).not.toContain('echo');
  });

  it('are the command word for what nobody wrote', () => {
    expect(found('sudo docker run img')).toContain('unlimited-memory at docker');
  });
});

describe('choices of the script', () => {
  const branch = 'a=(--rm)\nif [ -n "$X" ]; then a+=(-v ~/.ssh:/x); else a+=(--memory 2g); fi\n';

  it('make a grant of one branch a grant that rests on it', () => {
    const [grant] = sandbox(`${branch}docker run "\${a[@]}" img`).files.grants;
    expect(grant?.assumes).toEqual(['the branch "[ -n "$X" ]" is taken']);
  });

  it('make a limit of one branch no limit', () => {
    const { limits } = sandbox(`${branch}docker run "\${a[@]}" img`);
    expect(limits.memory).toMatchObject({ value: { amount: null } });
  });

  it('never combine what excludes each other', () => {
    const text = '[ "$N" = host ] && a=(--network host) || a=(--network none)\ndocker run "${a[@]}" img';
    const { network, privilege } = sandbox(text);
    expect(network.egress).toMatchObject({ value: { kind: 'host' } });
    expect(network.egress).toHaveProperty('assumes', ['the branch "[ "$N" = host ]" is taken']);
    expect(privilege.namespaces?.network).toMatchObject({ value: 'host' });
  });

  it('count what every branch sets', () => {
    const text = 'if x; then m=2g; else m=4g; fi\ndocker run --memory $m --network none img';
    const { limits, network } = sandbox(text);
    expect(limits.memory).toMatchObject({ known: true, value: { amount: expect.any(Number) } });
    expect(network.egress).toMatchObject({ value: { kind: 'none' } });
  });

  it('take the default of a variable, but hand in a variable that is named', () => {
    const { network, environment } = sandbox('docker run --network ${N:-none} -e T="${T:-}" img');
    expect(network.egress).toMatchObject({ value: { kind: 'none' } });
    expect(environment.variables).toMatchObject([{ name: 'T', from: 'host', hostNames: ['T'] }]);
  });

  it('note a function that nothing calls', () => {
    const [grant] = sandbox('f() { docker run -v ~/.ssh:/x img; }').files.grants;
    expect(grant?.assumes).toEqual(['the function f is called']);
  });
});

describe('words that are not known', () => {
  const open = (text: string): string[] =>
    unknownsOf(sandbox(text)).flatMap(({ what, mayHide }) => (mayHide === 'any-setting' ? [what] : []));

  it.each([
    ['docker run $OPTS img', ['$OPTS']],
    ['docker run "$@"', ['$@']],
    ['docker run --rm "$@" img sh', ['$@']],
    ['docker run $FOO bar baz', ['$FOO']],
    ['docker run --rm "${ARGS[@]}" img', ['$ARGS']],
    ['docker run --rm $IMAGE sh', []],
    ['docker run --rm "$1" sh', []],
    ['docker run --rm img "$@"', []],
  ])('%s', (text, expected) => {
    expect(open(text)).toEqual(expected);
  });

  it('leave what follows them readable', () => {
    expect(isPrivileged(sandbox('docker run $OPTS --privileged img'))).toBe(true);
  });

  it('are the ordinary user where they are the id of whoever starts the script', () => {
    const { effectiveRoot } = sandbox('docker run --user "$(id -u):$(id -g)" img').privilege;
    expect(effectiveRoot.verdict).toBe('no');
  });
});

describe('lines of one script', () => {
  it('a volume that hides a bind', () => {
    const text =
      'docker volume create --opt type=none --opt o=bind --opt device=/ all\ndocker run -v all:/h img';
    expect(sandbox(text).files.can('write', hostPath('/etc/passwd', '')).verdict).toBe('yes');
    const plain = 'docker volume create all\ndocker run -v all:/h img';
    expect(sandbox(plain).files.grants).toEqual([]);
  });

  it('an internal network', () => {
    const text = 'docker network create --internal box\ndocker run --network box img';
    expect(sandbox(text).network.egress).toMatchObject({ value: { kind: 'none' } });
    const open = 'docker network create box\ndocker run --network box img';
    expect(sandbox(open).network.egress).toMatchObject({ value: { kind: 'open' } });
  });

  it('a relay of the socket that it can reach, and none that it cannot', () => {
    const relay =
      'docker run -d --name r -v /var/run/docker.sock:/s alpine/socat tcp-listen:2375,fork unix-connect:/docker.sock';
    const apis = (words: string): unknown[] =>
      sandbox(`${relay}\ndocker run ${words} img`).network.engineApis.map(({ kind, power }) => [kind, power]);
    expect(apis('')).toEqual([['socket-proxy', 'full']]);
    expect(apis('--link r -e DOCKER_HOST=tcp://r:2375')).toEqual([['socket-proxy', 'full']]);
    expect(apis('--network none')).toEqual([]);
    expect(apis('--network other')).toEqual([]);
  });

  it('a network and volumes of another container', () => {
    const text =
      'docker run --name a --network none -v ~/.aws:/a x\ndocker run --network container:a --volumes-from a:ro y';
    const second = sandbox(text);
    expect(second.network.egress).toMatchObject({ value: { kind: 'none' } });
    expect(second.files.can('read', homePath('.aws/credentials')).verdict).toBe('yes');
    expect(second.files.can('write', homePath('.aws/credentials')).verdict).toBe('no');
  });

  it('volumes of a container that nobody starts are not known', () => {
    expect(unknownsOf(sandbox('docker run --volumes-from other img'))).toMatchObject([{ mayHide: 'mount' }]);
  });

  it('an image that is built before, with the user and the agent of its Dockerfile', () => {
    const text = 'docker build -t mine -f d/Dockerfile --ssh default .\ndocker run mine';
    const files = { 'd/Dockerfile': 'FROM node\nRUN npm i -g @anthropic-ai/claude-code\nUSER node\n' };
    const result = audit(text, files);
    expect(result.sandboxes).toHaveLength(1);
    expect(result.consulted).toEqual(['d/Dockerfile']);
    expect(result.sandboxes[0]).toMatchObject({
      agents: ['claude'],
      role: { kind: 'sandbox' },
      privilege: { effectiveRoot: { verdict: 'no' } },
      build: { privileges: [{ kind: 'ssh' }] },
    });
  });

  it('a command that is run in the container later', () => {
    const text = 'docker run -d --name a img\ndocker exec --privileged a sh\ndocker exec -it a claude';
    const result = audit(text);
    expect(result.sandboxes).toHaveLength(1);
    expect(result.sandboxes[0]).toMatchObject({
      agents: ['claude'],
      privilege: { escalations: [{ text: 'docker exec --privileged a' }] },
    });
  });

  it('a command in whatever container podman started last', () => {
    const result = audit('podman run -d --name sh img\npodman exec -l --privileged sh');
    expect(result.sandboxes.map(({ privilege }) => privilege?.escalations.length)).toEqual([0, 1]);
  });

  it.each([
    ['docker run -v /a:/b:RO img', 1],
    ['docker run -v /a:/b:U img', 1],
    ['podman run -v /a:/b:U img', 0],
    // Another engine may be meant.
    ['$CONTAINER_ENGINE run -v /a:/b:U img', 0],
    // Nobody knows the value.
    ['docker run --memory "$MEMORY" -v "/a:/b:$MODE" img', 0],
    // The line is refused in one of two cases alone.
    ['if x; then A="-v /a:/b:RO"; else A=; fi; docker run $A img', 0],
    ['docker run --network host --network none img', 1],
    ['if x; then N=host; else N=none; fi; docker run --network $N img', 0],
  ])('says what the engine refuses: %s', (text, count) => {
    expect(audit(text).diagnostics.filter(({ message }) => message.includes('refuses'))).toHaveLength(count);
  });

  it('keeps a mount of a line that is refused', () => {
    const { files } = sandbox('docker run -v /:/host:RO img');
    expect(files.grants.map(({ text }) => text)).toEqual(['/:/host:RO']);
  });

  it('says that create takes no flag of run alone', () => {
    expect(audit('docker create -d img').diagnostics).toMatchObject([
      { message: expect.stringContaining('unknown flag -d') },
    ]);
    expect(audit('docker run -d img').diagnostics).toEqual([]);
  });
});

describe('other files and machines', () => {
  it('env files', () => {
    const { environment } = sandbox('docker run --env-file e img', { e: 'API_TOKEN=tkn-0123456789abcdef\n' });
    expect(environment.files).toMatchObject([{ path: 'e', secrets: ['API_TOKEN'] }]);
  });

  it('scripts that are sourced', () => {
    const result = audit('. ./lib.sh\ndocker run $F img', { 'lib.sh': 'F=--privileged\n' });
    expect(result.sandboxes.map(isPrivileged)).toEqual([true]);
    expect(result.consulted).toEqual(['lib.sh']);
    expect(result.sandboxes[0]?.definition.map(({ path }) => path)).toEqual(['run.sh', 'lib.sh']);
  });

  it.each(['docker -H ssh://me@host run', 'docker --context=prod run', 'DOCKER_HOST=tcp://h:1 docker run'])(
    '%s names paths of another machine',
    (command) => {
      const [grant] = sandbox(`${command} -v /etc:/x img`).files.grants;
      expect(grant?.assumes).toMatchObject([expect.stringContaining('machine')]);
    },
  );

  it('relative paths begin where the line runs', () => {
    const grant = (text: string, path?: string) => sandbox(text, {}, path).files.grants[0]?.path;
    expect(grant('docker run -v ..:/x img')).toMatchObject({ root: 'workspace', path: '..' });
    expect(grant('cd sub; docker run -v ..:/x img')).toMatchObject({ root: 'workspace', path: '' });
    expect(grant('cd /tmp; docker run -v ./a:/x img')).toMatchObject({ root: 'absolute', path: '/tmp/a' });
    expect(grant('a:\n\tdocker run -v ..:/x img\n', 'sub/Makefile')).toMatchObject({ path: '' });
  });

  it('a service of a compose file with what the line adds', () => {
    const files = { 'c.yml': 'services: {app: {image: a, privileged: true}}' };
    const line = 'docker compose -f c.yml run --rm --no-deps -T -v ~/.ssh:/s --cap-add SYS_ADMIN app sh';
    const result = audit(line, files);
    expect(result.consulted).toContain('c.yml');
    expect(result.sandboxes).toMatchObject([{ name: 'docker compose run (line 1)' }]);
    const [one] = result.sandboxes;
    expect(one?.files.can('read', homePath('.ssh/id_rsa')).verdict).toBe('yes');
    expect(one === undefined ? false : isPrivileged(one)).toBe(true);
    expect(audit('docker compose -f c.yml run --rm app sh', files).sandboxes).toEqual([]);
  });

  it('a virtual machine for an agent', () => {
    const one = sandbox('docker sandbox run --name x claude . ~/docs:ro -- --resume');
    expect(one).toMatchObject({ boundary: 'vm', agents: ['claude'], role: { kind: 'sandbox' } });
    expect(one.files.can('write', hostPath('.', '')).verdict).toBe('yes');
    expect(one.files.can('read', homePath('docs/a')).verdict).toBe('yes');
    expect(one.files.can('write', homePath('docs/a')).verdict).toBe('no');
    const older = sandbox('docker sandbox run --mount-docker-socket -w . claude');
    expect(older.boundary).toBe('container');
    expect(older.files.can('connect', hostPath('/run/docker.sock', '')).verdict).toBe('yes');
  });
});

describe('role', () => {
  it.each([
    ['docker run img', 'service'],
    ['docker run -v "$PWD":/x img', 'sandbox'],
    ['docker run -v "$1":/workspace img', 'sandbox'],
    ['docker run -v "$1":/data img', 'service'],
    ['docker run -v ./data:/workspace img', 'sandbox'],
    ['docker run -v ./data:/data img', 'service'],
    ['docker run img claude', 'sandbox'],
  ])('%s: %s', (text, kind) => {
    expect(sandbox(text).role.kind).toBe(kind);
  });
});

it("an engine's own names are no paths of the host", () => {
  const text = 'docker run -v $(docker volume ls -q):/x --network $(docker network ls -q) img';
  const { files, network } = sandbox(text);
  expect(files.grants).toEqual([]);
  expect(network.egress).toMatchObject({ known: true, value: { kind: 'open' } });
});

describe('podman', () => {
  it('limits processes unasked, maps root, and splits lists', () => {
    const { limits, privilege } = sandbox('podman run --cap-add SYS_ADMIN,NET_ADMIN img');
    expect(limits.processes).toMatchObject({ value: { amount: 2048 } });
    expect(privilege.rootIsHostRoot.verdict).toBe('no');
    expect(privilege.capabilities?.added.map(({ name }) => name)).toEqual(['SYS_ADMIN', 'NET_ADMIN']);
  });
});

describe('diagnostics', () => {
  it('tell what the engine refuses, and go on', () => {
    const result = audit('docker run --colour red --privileged img');
    expect(result.diagnostics).toMatchObject([
      { severity: 'note', message: expect.stringContaining('--colour') },
    ]);
  });

  it('cut what no one wrote', () => {
    const result = audit('docker run -v ~/.ssh:/x img\n'.repeat(400));
    expect(result.sandboxes).toHaveLength(300);
    expect(result.diagnostics).toMatchObject([{ severity: 'limit' }]);
  });
});

describe('hostile scripts', () => {
  const script =
    'a=(--rm); [ -n "$X" ] && a+=(-v ~/.ssh:/x)\nf() { docker -H "$H" run "${a[@]}" $O "$@"; }\nf -it img "$(id)"\n' +
    'docker volume create -o device=/ v; docker compose -f c.yml run -v v:/x app; docker sandbox run -w . a:ro\n' +
    'docker exec --privileged "$C"; docker build --build-arg A=$B -t x -f D .; docker network create --internal n\n';

  it('of every length are read without an error thrown', () => {
    for (let end = 0; end <= script.length; end += 1) {
      expect(() => audit(script.slice(0, end)), String(end)).not.toThrow();
      expect(() => audit(`a:\n\t${script.slice(end)}`, {}, 'Makefile'), String(end)).not.toThrow();
    }
  });

  it.each([
    [
      'many choices',
      `${Array.from({ length: 200 }, (_, at) => `[ $A${at} ] && a+=(-e V${at})`).join('\n')}\ndocker run "\${a[@]}" x`,
    ],
    ['many words', `docker run ${'-e A '.repeat(20_000)}x`],
    ['many lines', 'docker run -v a:/b c\n'.repeat(3000)],
    [
      'chains of containers',
      Array.from(
        { length: 300 },
        (_, at) => `docker run --name c${at + 1} --volumes-from c${at} --network container:c${at} x`,
      ).join('\n'),
    ],
  ])('with %s are read to the end', (_, text) => {
    const { sandboxes } = audit(text);
    expect(sandboxes.length).toBeGreaterThan(0);
    expect(sandboxes.every(({ format }) => format === 'docker-run')).toBe(true);
  });
});
