// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** Run lines in scripts: what looks dangerous and is not, and what looks harmless and is not. */
import { type Expected, type Judgement, judge, line } from './judgement.ts';

/** No finding of these rules, and none that is high. */
function harmless(what: string, text: string, silent: readonly string[], ...fires: Expected[]): Judgement {
  return { what, format: 'docker-run', text, silent: [...silent, 'severe'], fires };
}

judge(
  'run lines that open nothing',
  [
    harmless('a flag behind the image', `docker run -v "$PWD":/work img sh -c 'x --privileged'`, [
      'privileged-container',
    ]),
    harmless('--privileged=false', line('--privileged=false'), ['privileged-container']),
    harmless('the last --privileged counts', line('--privileged --privileged=0'), ['privileged-container']),
    harmless('an anonymous volume', line('-v /data'), ['writable-host-path', 'host-system-mount']),
    harmless('a named volume', line('-v data:/etc'), [
      'writable-host-path',
      'host-system-mount',
      'shared-state',
    ]),
    harmless(
      'the clock’s zone and the certificates, read-only',
      line(
        '-v /etc/localtime:/etc/localtime:ro -v /etc/timezone:/etc/timezone:ro -v /etc/ssl/certs/ca-certificates.crt:/c.crt:ro',
      ),
      ['host-system-mount', 'writable-host-path', 'broad-host-read'],
    ),
    ...['"$PWD"', '"$(pwd)"', '.', '"${PWD}"', './'].map((directory) =>
      harmless(
        `the project as ${directory}`,
        `docker run -v ${directory}:/work img`,
        ['writable-host-path', 'writable-home'],
        ['writable-sandbox-config', 'low', `-v ${directory}:/work`],
      ),
    ),
    harmless(
      'what ssh knows of other machines, and public keys',
      line('-v ~/.ssh/known_hosts:/x:ro -v ~/.ssh/id_ed25519.pub:/k:ro'),
      ['readable-home'],
      ['credential-mount', 'info', '-v ~/.ssh/known_hosts:/x:ro'],
    ),
    harmless(
      'some of the default capabilities in place of all',
      line('--cap-drop ALL --cap-add CHOWN --cap-add SETUID --cap-add SETGID'),
      ['dangerous-capability', 'default-capabilities'],
    ),
    harmless('a capability that is there anyway', line('--cap-add NET_RAW'), ['dangerous-capability']),
    harmless(
      'the processes of a container of the same script',
      `docker run --name app node:22\n${line('--pid container:app')}`,
      ['host-pid-namespace'],
      ['missing-namespace', 'low', '--pid container:app'],
    ),
    harmless(
      'the display, with a runtime that lets no socket through',
      line('--runtime=runsc -v /tmp/.X11-unix:/tmp/.X11-unix'),
      ['session-socket'],
    ),
    harmless('a variable that is no secret', line('-e TZ="${TZ:-Europe/Vienna}"'), [
      'host-secret-passthrough',
      'secret-in-config',
      'unresolved-value',
    ]),
    harmless('devices that hold nothing', line('--device /dev/null --device=/dev/urandom'), ['host-device']),
    harmless(
      'user namespaces of the host, where no others are set up',
      line('--userns=host'),
      [],
      ['host-user-namespace', 'low', '--userns=host'],
    ),
    harmless('podman as root, which asks for no user namespace', line('', 'sudo podman'), [
      'host-user-namespace',
    ]),
    harmless('a port on loopback', line('-p 127.0.0.1:3000:3000'), ['published-port']),
    harmless('a variable whose default is false', line('--privileged=${PRIV:-false}'), [
      'privileged-container',
    ]),
    harmless(
      'the settings of an agent in a volume of this project',
      line('-v "claude-$(basename "$PWD")":/home/node/.claude'),
      ['shared-state'],
    ),
    harmless(
      'a database beside it with a volume of its own',
      `docker network create n\ndocker run -d --name db --network n -v pg:/var/lib/postgresql/data postgres:17\n${line('--network n')}`,
      ['shared-state'],
      ['neighbour-reach', 'info', '--network n'],
    ),
    harmless('a pattern of variables, which docker has not', line("-e 'AWS_*'"), ['host-secret-passthrough']),
    harmless('a development password in an env file', line('--env-file dev.env'), [
      'secret-env-file',
      'secret-in-config',
    ]),
    harmless('a mount without a type, which is no bind', line('--mount src=/,dst=/h'), [
      'host-system-mount',
      'broad-host-read',
    ]),
    harmless(
      'an image whose label counts for a devcontainer alone',
      line('').replace('img', 'mcr.microsoft.com/devcontainers/universal:2'),
      ['privileged-container'],
    ),
    harmless(
      'a container on an internal network alone',
      `docker network create --internal inside\n${line('--network inside')}`,
      ['open-egress'],
    ),
  ].map((judgement) => ({ ...judgement, files: { 'dev.env': 'POSTGRES_PASSWORD=postgres\n' } })),
);

function found(what: string, text: string, ...fires: Expected[]): Judgement {
  return { what, format: 'docker-run', text, fires };
}

judge('run lines that open much', [
  found(
    'the settings of an agent in a volume of every project',
    line('-v claude-config:/home/node/.claude'),
    ['shared-state', 'medium', '-v claude-config:/home/node/.claude'],
  ),
  found('a socket, read-only', line('-v /var/run/docker.sock:/var/run/docker.sock:ro'), [
    'engine-socket',
    'critical',
    '-v /var/run/docker.sock:/var/run/docker.sock:ro',
  ]),
  found('the directory of sockets', line('-v /run:/host/run:ro'), [
    'engine-socket',
    'critical',
    '-v /run:/host/run:ro',
  ]),
  found('the same by its older name', line('-v /var/run:/x'), [
    'engine-socket',
    'critical',
    '-v /var/run:/x',
  ]),
  found('a cluster of short flags', line('-itv /:/h'), ['host-system-mount', 'critical', '-itv /:/h']),
  {
    ...found(
      'full privileges with hardening that they void',
      line('--privileged --cap-drop ALL --security-opt no-new-privileges'),
      ['privileged-container', 'critical', '--privileged'],
    ),
    silent: ['privilege-escalation'],
  },
  found('a word behind --privileged', 'docker run --privileged false img', [
    'privileged-container',
    'critical',
    '--privileged',
  ]),
  {
    ...found('the worst capability alone', line('--cap-drop ALL --cap-add SYS_ADMIN'), [
      'dangerous-capability',
      'critical',
      '--cap-add SYS_ADMIN',
    ]),
    silent: ['default-capabilities'],
  },
  ...['--cap-add=sys_admin', '--cap-add CAP_SYS_ADMIN', '--cap-add all', '--cap-add=Sys_Admin'].map((flag) =>
    found(`a capability as ${flag}`, line(flag), ['dangerous-capability', 'critical', flag]),
  ),
  found('two capabilities in one word of podman', line('--cap-add SYS_ADMIN,NET_ADMIN', 'sudo podman'), [
    'dangerous-capability',
    'critical',
    '--cap-add SYS_ADMIN,NET_ADMIN',
  ]),
  found('two capabilities in one word of nerdctl', line('--cap-add SYS_ADMIN,NET_ADMIN', 'sudo nerdctl'), [
    'dangerous-capability',
    'critical',
    '--cap-add SYS_ADMIN,NET_ADMIN',
  ]),
  found('seccomp off, with a colon', line('--security-opt seccomp:unconfined'), [
    'unconfined-seccomp',
    'medium',
    '--security-opt seccomp:unconfined',
  ]),
  found(
    'a volume that an earlier line makes a bind',
    `docker volume create -o type=none -o o=bind -o device=/ h\n${line('-v h:/h')}`,
    ['host-system-mount', 'critical', '-v h:/h'],
  ),
  found(
    'a volume that is a bind by its own options',
    line('--mount type=volume,dst=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/'),
    [
      'host-system-mount',
      'critical',
      '--mount type=volume,dst=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/',
    ],
  ),
  found(
    'a volume on a disk of the host',
    line('--mount type=volume,dst=/h,volume-opt=type=ext4,volume-opt=device=/dev/sda2'),
    [
      'host-system-mount',
      'critical',
      '--mount type=volume,dst=/h,volume-opt=type=ext4,volume-opt=device=/dev/sda2',
    ],
  ),
  found('every block device by number', line(`--device-cgroup-rule 'b *:* rwm'`), [
    'host-device',
    'critical',
    `--device-cgroup-rule 'b *:* rwm'`,
  ]),
  found('a variable by name alone', line('-e GITHUB_TOKEN'), [
    'host-secret-passthrough',
    'high',
    '-e GITHUB_TOKEN',
  ]),
  found('a pattern of variables', line(`-e 'AWS_*'`, 'podman'), [
    'host-secret-passthrough',
    'high',
    `-e 'AWS_*'`,
  ]),
  found('the whole environment', line('--env-host', 'podman'), [
    'inherited-environment',
    'medium',
    '--env-host',
  ]),
  found('credentials for reading', line('-v ~/.aws:/root/.aws:ro'), [
    'credential-mount',
    'high',
    '-v ~/.aws:/root/.aws:ro',
  ]),
  found('hooks below a writable project', line('-v "$PWD/.git/hooks":/work/.git/hooks:ro'), [
    'writable-sandbox-config',
    'medium',
    '-v "$PWD/.git/hooks":/work/.git/hooks:ro',
  ]),
  found(
    'an internal network beside another one',
    `docker network create --internal inside\ndocker network create out\n${line('--network inside --network out')}`,
    ['open-egress', 'medium', '--network out'],
  ),
  found(
    'an internal network, and another one later',
    `docker network create --internal inside\n${line('--name a --network inside')}docker network connect bridge a`,
    ['open-egress', 'medium', 'bridge'],
  ),
  found(
    'a proxy that nothing enforces',
    line('-e HTTP_PROXY=http://proxy:3128'),
    ['unenforced-proxy', 'low', '-e HTTP_PROXY=http://proxy:3128'],
    ['open-egress', 'medium', 'docker'],
  ),
  found(
    'the network of a container that is itself open',
    `docker run --name vpn x\n${line('--network container:vpn')}`,
    ['open-egress', 'medium', '--network container:vpn'],
  ),
  {
    ...found('the temp directory of the host', line('-v /tmp:/tmp'), [
      'session-socket',
      'high',
      '-v /tmp:/tmp',
    ]),
    silent: ['writable-host-path'],
  },
  found('the settings of an agent, writable', line('-v $HOME/.claude:/home/node/.claude'), [
    'writable-home',
    'critical',
    '-v $HOME/.claude:/home/node/.claude',
  ]),
  found('the settings of git, writable', line('-v ~/.gitconfig:/root/.gitconfig'), [
    'writable-home',
    'critical',
    '-v ~/.gitconfig:/root/.gitconfig',
  ]),
  {
    ...found('the settings of git, for reading', line('-v ~/.gitconfig:/root/.gitconfig:ro'), [
      'credential-mount',
      'low',
      '-v ~/.gitconfig:/root/.gitconfig:ro',
    ]),
    silent: ['writable-home', 'severe'],
  },
  found(
    'full rights in a container that runs',
    'docker run -d --name agent img\ndocker exec --privileged agent sh',
    ['privileged-container', 'high', '--privileged'],
  ),
  {
    ...found('full rights in a service that runs', 'docker compose exec -T --privileged agent sh', [
      'privileged-container',
      'high',
      '--privileged',
    ]),
    files: { 'compose.yml': 'services:\n  agent:\n    image: node:22\n    volumes: [".:/work"]\n' },
  },
  found(
    'full rights in a service of another file',
    'docker-compose -f other.yml exec --privileged agent sh',
    ['privileged-container', 'high', '--privileged'],
  ),
  found('a build that may do more', 'docker buildx build --allow security.insecure .', [
    'privileged-build',
    'high',
    '--allow security.insecure',
  ]),
  found('a bake that may do more', 'docker buildx bake --print --allow=security.insecure app', [
    'privileged-build',
    'high',
    '--allow=security.insecure',
  ]),
  found('a bake that reads the host', 'docker buildx bake --allow fs.read=/home', [
    'privileged-build',
    'medium',
    '--allow fs.read=/home',
  ]),
  found('the API socket', line('--use-api-socket'), ['engine-socket', 'critical', '--use-api-socket']),
  found('memory that is reserved is no limit', line('--memory-reservation 1g'), [
    'unlimited-memory',
    'medium',
    'docker',
  ]),
  ...['1000', '"$(id -u)"'].map((user) =>
    found(`the processes of the host for the user ${user}`, line(`--pid=host --user ${user}`), [
      'host-pid-namespace',
      'high',
      '--pid=host',
    ]),
  ),
  found('the network of the host', line('--network name=host'), [
    'host-network',
    'high',
    '--network name=host',
  ]),
  found('flags from a variable', line('$OPTS'), ['unresolved-value', 'info', '$OPTS']),
]);
