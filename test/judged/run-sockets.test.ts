// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** A control socket is found through every spelling that a run line, and the script around it, allow. */
import { type Expected, type Judgement, judge, line } from './judgement.ts';

const SOCKET = '/var/run/docker.sock';

function fires(what: string, text: string, ...expected: Expected[]): Judgement {
  return { what, format: 'docker-run', text, fires: expected };
}

/** The flag, and its text as the finding shows it. */
function flag(words: string, severity = 'critical'): Judgement {
  return fires(words, line(words), ['engine-socket', severity, words]);
}

judge('paths of a run line', [
  ...[
    SOCKET,
    '/run/docker.sock',
    '//var/run/docker.sock',
    '/var/run/../run/docker.sock',
    '/etc/../var/run/docker.sock',
    '/var/./run//docker.sock',
    '/private/var/run/docker.sock',
    '/host_mnt/var/run/docker.sock',
    '/var/run',
    '/run/',
    '/var/run/docker',
    '/run/podman/podman.sock',
    '/run/containerd/containerd.sock',
    '/run/k3s/containerd/containerd.sock',
    '/var/run/crio/crio.sock',
    '/run/buildkit/buildkitd.sock',
    '/var/run/libvirt',
    '/run/lxd.socket',
    '/var/lib/lxd/unix.socket',
    '/run/incus/unix.socket',
    '/run/multipass_socket',
    '/run/user/1000/docker.sock',
    '/run/user/$(id -u)/podman/podman.sock',
    '/run/user/$UID/docker.sock',
    '~/.docker/run/docker.sock',
    '$HOME/.docker/desktop/docker.sock',
    '~/.colima/default/docker.sock',
    '~/.orbstack/run/docker.sock',
    '~/.rd/docker.sock',
    '~/.lima/docker/sock/docker.sock',
    '//./pipe/docker_engine',
  ].map((path) => flag(`-v ${path}:/s`)),
  ...['/', '/var', '$HOME', '~'].map((path) => flag(`-v ${path}:/h:ro`, 'high')),
  ...[
    '"${SOCK:-/var/run/docker.sock}":/s',
    '"${SOCK-/var/run/docker.sock}:/s"',
    '"${SOCK:=/var/run/docker.sock}:/s"',
    '"${XDG_RUNTIME_DIR}/docker.sock:/s"',
    '"${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/podman/podman.sock:/s"',
    '"$XDG_RUNTIME_DIR:/r"',
    `'\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine'`,
  ].map((value) => flag(`-v ${value}`)),
]);

judge('flags of a run line', [
  ...[
    `-v${SOCKET}:/s`,
    `-v=${SOCKET}:/s`,
    `-itv ${SOCKET}:/s`,
    `-itv${SOCKET}:/s`,
    `-itv=${SOCKET}:/s`,
    `-dv ${SOCKET}:/s:ro`,
    `--volume ${SOCKET}:/s`,
    `--volume=${SOCKET}:/s:ro,z`,
    `--mount type=bind,source=${SOCKET},target=/s`,
    `--mount=readonly,dst=/s,src=${SOCKET},type=bind`,
    `--mount TYPE=bind,SOURCE=${SOCKET},TARGET=/s`,
    `--mount 'type=bind,"source=${SOCKET}",target=/s'`,
    `--mount '"type=bind","src=${SOCKET}","destination=/s"'`,
    `--mount "type=bind,src=\${SOCK:-${SOCKET}},dst=/s"`,
    '--mount type=npipe,source=//./pipe/docker_engine,target=//./pipe/docker_engine',
    `--mount type=volume,dst=/s,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=${SOCKET}`,
    `--mount 'type=volume,dst=/s,volume-opt=type=none,"volume-opt=o=bind,rw",volume-opt=device=/run'`,
    '--use-api-socket',
    '--use-api-socket=true',
  ].map((words) => flag(words)),
  ...['/var/run/*.sock', '/run/*', '/var/run/docker.*', '$XDG_RUNTIME_DIR/podman/*'].map((pattern) => {
    const words = `--mount "type=glob,src=${pattern},dst=/s"`;
    return fires(`a pattern of podman: ${pattern}`, line(words, 'podman'), [
      'engine-socket',
      'critical',
      words,
    ]);
  }),
  fires('the file names of the home', line('--mount "type=glob,src=$HOME/.*,dst=/h"', 'podman'), [
    'engine-socket',
    'high',
    '--mount "type=glob,src=$HOME/.*,dst=/h"',
  ]),
  ...[
    'podman',
    'sudo podman',
    'nerdctl',
    'sudo docker',
    'docker container',
    'winpty docker',
    'docker --debug',
  ].map((engine) =>
    fires(`by ${engine}`, line(`-v ${SOCKET}:/s`, engine), ['engine-socket', 'critical', `-v ${SOCKET}:/s`]),
  ),
]);

const WORDS = `-v ${SOCKET}:/s`;

judge(
  'what a script does with the words',
  [
    fires('an array', `A=(${WORDS})\ndocker run "\${A[@]}" img`, ['engine-socket', 'critical', WORDS]),
    fires('an array that grows', `A=(--rm)\nA+=(${WORDS})\ndocker run "\${A[@]}" img`, [
      'engine-socket',
      'critical',
      WORDS,
    ]),
    fires(
      'an array that grows under a condition',
      `A=()\nif [ -S ${SOCKET} ]; then A+=(${WORDS}); fi\ndocker run "\${A[@]}" img`,
      ['engine-socket', 'critical', WORDS],
    ),
    fires('a joined text', `O="--rm ${WORDS}"\ndocker run $O img`, ['engine-socket', 'critical', WORDS]),
    fires('a text that grows', `O=--rm\nO="$O ${WORDS}"\ndocker run $O img`, [
      'engine-socket',
      'critical',
      WORDS,
    ]),
    fires('a variable for the path', `S=${SOCKET}\ndocker run -v "$S:$S" img`, [
      'engine-socket',
      'critical',
      '-v "$S:$S"',
    ]),
    fires('a default that is assigned', `: "\${S:=${SOCKET}}"\ndocker run -v "$S:/s" img`, [
      'engine-socket',
      'critical',
      '-v "$S:/s"',
    ]),
    fires('a loop', `A=()\nfor s in ${SOCKET}; do A+=(-v "$s:$s"); done\ndocker run "\${A[@]}" img`, [
      'engine-socket',
      'critical',
      '-v "$s:$s"',
    ]),
    fires('a function', `box() { docker run -v "$1:/s" img; }\nbox ${SOCKET}`, [
      'engine-socket',
      'critical',
      '-v "$1:/s"',
    ]),
    fires('a command in an array', `C=(docker run)\nC+=(${WORDS})\n"\${C[@]}" img`, [
      'engine-socket',
      'critical',
      WORDS,
    ]),
    fires('text that is evaluated', `eval "docker run ${WORDS} img"`, ['engine-socket', 'critical', WORDS]),
    fires(
      'a volume of its own',
      `docker volume create -o type=none -o o=bind -o device=${SOCKET} s\n${line('-v s:/s')}`,
      ['engine-socket', 'critical', '-v s:/s'],
    ),
    fires('volumes of another container', `docker run --name a ${WORDS} x\n${line('--volumes-from a')}`, [
      'engine-socket',
      'critical',
      WORDS,
    ]),
    fires('a service', `docker compose run ${WORDS} app`, ['engine-socket', 'critical', WORDS]),
  ].map((one) => ({
    ...one,
    files: { 'compose.yml': 'services:\n  app:\n    image: node:22\n    volumes: [".:/w"]\n' },
  })),
);

const ORDINARY = `${WORDS} --user 1000`;

judge('who may open it', [
  fires('an ordinary user', line(ORDINARY), ['engine-socket', 'high', WORDS]),
  ...[
    'docker',
    '999',
    '"$(stat -c %g /var/run/docker.sock)"',
    '"$(getent group docker | cut -d: -f3)"',
    '"$DOCKER_GID"',
  ].map((group) =>
    fires(`an ordinary user of the group ${group}`, line(`${ORDINARY} --group-add ${group}`), [
      'engine-socket',
      'critical',
      WORDS,
    ]),
  ),
  fires('an ordinary user of some other group', line(`${ORDINARY} --group-add "$GROUP"`), [
    'engine-socket',
    'high',
    WORDS,
  ]),
]);

judge('engines over the network', [
  ...[
    '-e DOCKER_HOST=tcp://172.17.0.1:2375',
    '-eDOCKER_HOST=tcp://h:2375',
    '--env=CONTAINER_HOST=tcp://h:8080',
  ].map((words) => flag(words, 'high')),
  {
    ...fires('an env file', line('--env-file e'), ['engine-socket', 'high', 'DOCKER_HOST']),
    files: { e: '# engine\nDOCKER_HOST=tcp://172.17.0.1:2375\n' },
  },
  fires('what the script exports', `export DOCKER_HOST=tcp://h:2375\n${line('-e DOCKER_HOST')}`, [
    'engine-socket',
    'high',
    '-e DOCKER_HOST',
  ]),
  fires('what only the caller knows', line('-e DOCKER_HOST'), ['unresolved-value', 'info', '-e DOCKER_HOST']),
  fires('another machine, whose paths these are', `docker context use prod\n${line(WORDS)}`, [
    'engine-socket',
    'critical',
    WORDS,
  ]),
]);

const PROXY = `docker run -d --name proxy -v ${SOCKET}:${SOCKET}:ro`;

judge('a proxy or relay beside it', [
  fires(
    'on a network of both',
    `docker network create n\n${PROXY} --network n -e POST=1 -e CONTAINERS=1 tecnativa/docker-socket-proxy\n${line('--network n')}`,
    ['engine-socket', 'critical', 'docker'],
  ),
  fires(
    'in one network namespace',
    `${PROXY} alpine/socat tcp-listen:2375,fork unix-connect:${SOCKET}\n${line('--network container:proxy')}`,
    ['engine-socket', 'critical', 'docker'],
  ),
  fires(
    'by a link',
    `${PROXY} --network x wollomatic/socket-proxy:1 -allowPOST=.*\n${line('--link proxy')}`,
    ['engine-socket', 'critical', 'docker'],
  ),
  fires(
    'side by side',
    `${PROXY} alpine sh -c "socat TCP-LISTEN:2375,fork UNIX-CONNECT:${SOCKET}"\n${line('')}`,
    ['engine-socket', 'critical', 'docker'],
  ),
  {
    ...fires(
      'that lets reads through alone',
      `${PROXY} -e CONTAINERS=1 tecnativa/docker-socket-proxy\n${line('')}`,
      ['engine-socket', 'low', `-v ${SOCKET}:${SOCKET}:ro`],
    ),
    silent: ['severe'],
  },
]);

judge('what only looks alike', [
  ...[
    '-v ./var/run/docker.sock:/var/run/docker.sock',
    '-v docker.sock:/var/run/docker.sock',
    '-v /srv/app/app.sock:/var/run/docker.sock',
    '-v /var/run/docker.sock',
    '-e DOCKER_HOST=unix:///run/inner.sock',
    '-e DOCKER_HOST=unix:///var/run/docker.sock',
    '--use-api-socket=false',
    `--mount 'type=tmpfs,dst=${SOCKET}'`,
    `--label mount=${SOCKET}:/s`,
  ].map(
    (words): Judgement => ({
      what: words,
      format: 'docker-run',
      text: line(words),
      silent: ['engine-socket', 'severe'],
    }),
  ),
]);
