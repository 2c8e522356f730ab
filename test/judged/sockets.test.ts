// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** A mounted control socket is found through every spelling that the formats allow. */
import { agent, devcontainer, type Judgement, judge, mounting, runArgs, SOURCE } from './judgement.ts';

const SOCKET = '/var/run/docker.sock';

function mounted(what: string, source: string, severity = 'critical'): Judgement {
  const volume = `${source}:/s`;
  return { what, format: 'compose', text: mounting(volume), fires: [['engine-socket', severity, volume]] };
}

judge('paths of a service', [
  mounted('usual', SOCKET),
  mounted('canonical', '/run/docker.sock'),
  mounted('two slashes', '//var/run/docker.sock'),
  mounted('climbing', '/var/run/../run/docker.sock'),
  mounted('climbing out of another tree', '/etc/../var/run/docker.sock'),
  mounted('dots and slashes', '/var/./run//docker.sock'),
  mounted('macOS', '/private/var/run/docker.sock'),
  mounted('Docker Desktop', '/host_mnt/var/run/docker.sock'),
  mounted('a default', '${SOCK:-/var/run/docker.sock}'),
  mounted('a default without a colon', '${SOCK-/var/run/docker.sock}'),
  mounted('a nested default', '${SOCK:-${OTHER:-/run/docker.sock}}'),
  mounted('a default for a directory', '${RUN_DIR:-/var/run}/docker.sock'),
  mounted('podman', '/run/podman/podman.sock'),
  mounted('containerd', '/run/containerd/containerd.sock'),
  mounted('CRI-O', '/var/run/crio/crio.sock'),
  mounted('rootless, by variable', '${XDG_RUNTIME_DIR}/docker.sock'),
  mounted('rootless, by number', '/run/user/1000/docker.sock'),
  mounted('rootless podman', '/run/user/1000/podman/podman.sock'),
  mounted('below the home', '${HOME}/.docker/run/docker.sock'),
  mounted('below the home of colima', '~/.colima/default/docker.sock'),
  mounted('its directory', '/var/run'),
  mounted('its directory with a slash', '/run/'),
  mounted('somewhere on the disk', '/', 'high'),
  mounted('somewhere below /var', '/var', 'high'),
  mounted('somewhere in the home', '$HOME', 'high'),
]);

judge('words of compose', [
  {
    what: 'the long syntax',
    format: 'compose',
    text: agent(
      `volumes:\n  - .:/w\n  - type: bind\n    source: ${SOCKET}\n    target: /s\n    read_only: true`,
    ),
    fires: [
      [
        'engine-socket',
        'critical',
        `type: bind\n        source: ${SOCKET}\n        target: /s\n        read_only: true`,
      ],
    ],
  },
  {
    what: 'a list in flow style',
    format: 'compose',
    text: agent(`volumes: ['.:/w', '${SOCKET}:/s']`),
    fires: [['engine-socket', 'critical', `'${SOCKET}:/s'`]],
  },
  {
    what: 'an alias for a list',
    format: 'compose',
    text: `x-mounts: &mounts\n  - .:/w\n  - ${SOCKET}:/s\n${agent('volumes: *mounts')}`,
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'a merge key',
    format: 'compose',
    text: `x-base: &base\n  volumes:\n    - .:/w\n    - ${SOCKET}:/s\n${agent('<<: *base')}`,
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'a merge key with a list',
    format: 'compose',
    text: `x-a: &a\n  init: true\nx-b: &b\n  volumes:\n    - ${SOCKET}:/s\n${agent('<<: [*a, *b]')}`,
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'extends in the same file',
    format: 'compose',
    text: agent('extends: base', `  base:\n    image: node:22\n    volumes:\n      - ${SOCKET}:/s\n`),
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'extends from another file',
    format: 'compose',
    text: agent('extends:\n  file: base.yml\n  service: base'),
    files: { 'base.yml': `services:\n  base:\n    volumes:\n      - ${SOCKET}:/s\n` },
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'an override file',
    format: 'compose',
    text: agent(SOURCE),
    files: { 'compose.override.yml': `services:\n  agent:\n    volumes:\n      - ${SOCKET}:/s\n` },
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'an included file',
    format: 'compose',
    text: 'include: [tools.yml]\n',
    files: { 'tools.yml': mounting(`${SOCKET}:/s`) },
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'a variable of the .env file',
    format: 'compose',
    text: mounting('$SOCK:/s'),
    files: { '.env': `SOCK=${SOCKET}\n` },
    fires: [['engine-socket', 'critical', '$SOCK:/s']],
  },
  {
    what: 'a volume that binds it',
    format: 'compose',
    text: `${mounting('sock:/s')}volumes:\n  sock:\n    driver_opts:\n      type: none\n      o: bind\n      device: ${SOCKET}\n`,
    fires: [['engine-socket', 'critical', `device: ${SOCKET}`]],
  },
  {
    what: 'a secret that is a file',
    format: 'compose',
    text: agent(`${SOURCE}\nsecrets: [engine]`, `secrets:\n  engine:\n    file: ${SOCKET}\n`),
    fires: [['engine-socket', 'critical', `file: ${SOCKET}`]],
  },
  {
    what: 'a config that is a file',
    format: 'compose',
    text: agent(
      `${SOURCE}\nconfigs:\n  - source: engine\n    target: /s`,
      `configs:\n  engine:\n    file: ${SOCKET}\n`,
    ),
    fires: [['engine-socket', 'critical', `file: ${SOCKET}`]],
  },
  {
    what: 'volumes of another service',
    format: 'compose',
    text: agent(
      `${SOURCE}\nvolumes_from: [tools]`,
      `  tools:\n    image: alpine:3\n    volumes:\n      - ${SOCKET}:/s\n`,
    ),
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'use_api_socket',
    format: 'compose',
    text: agent(`${SOURCE}\nuse_api_socket: true`),
    fires: [['engine-socket', 'critical', 'use_api_socket: true']],
  },
  {
    what: 'an address in DOCKER_HOST',
    format: 'compose',
    text: agent(`${SOURCE}\nenvironment:\n  DOCKER_HOST: tcp://host.docker.internal:2375`),
    fires: [['engine-socket', 'high', 'DOCKER_HOST: tcp://host.docker.internal:2375']],
  },
  {
    what: 'a proxy before it that lets everything through',
    format: 'compose',
    text: agent(
      SOURCE,
      `  proxy:\n    image: tecnativa/docker-socket-proxy:0.3\n    environment: { CONTAINERS: 1, POST: 1 }\n    volumes: ["${SOCKET}:${SOCKET}:ro"]\n`,
    ),
    fires: [
      ['engine-socket', 'critical', 'proxy'],
      ['engine-socket', 'critical', `"${SOCKET}:${SOCKET}:ro"`],
    ],
  },
]);

judge('what hands an engine to a service', [
  ...['/run/lxd.socket', '/run/incus/', '/run/libvirt/libvirt-sock', '/run/multipass_socket'].map((path) =>
    mounted(`machines by ${path}`, path),
  ),
  {
    what: 'a pipe by its Windows name',
    format: 'compose',
    text: agent(
      'volumes:\n  - .:/w\n  - type: npipe\n    source: \\\\.\\pipe\\docker_engine\n    target: \\\\.\\pipe\\docker_engine',
    ),
    fires: [
      [
        'engine-socket',
        'critical',
        'type: npipe\n        source: \\\\.\\pipe\\docker_engine\n        target: \\\\.\\pipe\\docker_engine',
      ],
    ],
  },
  ...['"${DOCKER_GID}"', '"${DOCKER_GROUP_ID:-998}"', 'docker'].map(
    (group): Judgement => ({
      what: `an ordinary user with the group ${group}`,
      format: 'compose',
      text: agent(`user: "1000"\ngroup_add: [${group}]\nvolumes:\n  - .:/workspace\n  - ${SOCKET}:/s`),
      fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
    }),
  ),
  {
    what: 'an ordinary user without a group',
    format: 'compose',
    text: agent(`user: "1000"\nvolumes:\n  - .:/workspace\n  - ${SOCKET}:/s`),
    fires: [['engine-socket', 'high', `${SOCKET}:/s`]],
  },
  {
    what: 'an address in an env file',
    format: 'compose',
    text: agent(`${SOURCE}\nenv_file: engine.env`),
    files: { 'engine.env': 'DOCKER_HOST=tcp://172.17.0.1:2375\n' },
    fires: [['engine-socket', 'high', 'DOCKER_HOST']],
  },
  {
    what: 'an address that only the caller knows',
    format: 'compose',
    text: agent(`${SOURCE}\nenvironment: [DOCKER_HOST]`),
    fires: [['unresolved-value', 'info', 'DOCKER_HOST']],
  },
  ...[
    ['a relay', 'alpine/socat', `tcp-listen:2375,fork unix-connect:${SOCKET}`],
    ['a proxy that its command opens', 'wollomatic/socket-proxy:1', '["-allowPOST=.*"]'],
  ].map(
    ([what = '', image, command]): Judgement => ({
      what,
      format: 'compose',
      text: agent(
        SOURCE,
        `  relay:\n    image: ${image}\n    command: ${command}\n    volumes: ["${SOCKET}:${SOCKET}"]\n`,
      ),
      fires: [
        ['engine-socket', 'critical', 'relay'],
        ['engine-socket', 'critical', `"${SOCKET}:${SOCKET}"`],
      ],
    }),
  ),
]);

function flags(what: string, words: readonly string[], at: string): Judgement {
  return {
    what,
    format: 'devcontainer',
    text: runArgs(...words),
    fires: [['engine-socket', 'critical', at]],
  };
}

const LONG = `type=bind,source=${SOCKET},target=/s`;

judge('words of a devcontainer', [
  {
    what: 'a mount as text',
    format: 'devcontainer',
    text: devcontainer({ mounts: [LONG] }),
    fires: [['engine-socket', 'critical', `"${LONG}"`]],
  },
  {
    what: 'a mount as text, in other words',
    format: 'devcontainer',
    text: devcontainer({ mounts: [`readonly,dst=/s,src=${SOCKET},type=bind,consistency=cached`] }),
    fires: [['engine-socket', 'critical', `"readonly,dst=/s,src=${SOCKET},type=bind,consistency=cached"`]],
  },
  {
    what: 'a mount as an object',
    format: 'devcontainer',
    text: `{ "image": "node:22", "mounts": [{"type": "bind", "source": "${SOCKET}", "target": "/s"}] }`,
    fires: [['engine-socket', 'critical', `{"type": "bind", "source": "${SOCKET}", "target": "/s"}`]],
  },
  {
    what: 'a mount of the home',
    format: 'devcontainer',
    text: devcontainer({ mounts: ['source=${localEnv:HOME}/.docker/run/docker.sock,target=/s,type=bind'] }),
    fires: [
      ['engine-socket', 'critical', '"source=${localEnv:HOME}/.docker/run/docker.sock,target=/s,type=bind"'],
    ],
  },
  {
    what: 'a mount with a default',
    format: 'devcontainer',
    text: devcontainer({ mounts: ['source=${localEnv:SOCK:/var/run/docker.sock},target=/s,type=bind'] }),
    fires: [
      ['engine-socket', 'critical', '"source=${localEnv:SOCK:/var/run/docker.sock},target=/s,type=bind"'],
    ],
  },
  {
    what: 'the mount of the workspace',
    format: 'devcontainer',
    text: devcontainer({ workspaceMount: LONG, workspaceFolder: '/s' }),
    fires: [['engine-socket', 'critical', `"${LONG}"`]],
  },
  flags('-v and a word', ['-v', `${SOCKET}:/s`], `"-v","${SOCKET}:/s"`),
  flags('-v in one word', [`-v${SOCKET}:/s`], `"-v${SOCKET}:/s"`),
  flags('-v=', [`-v=${SOCKET}:/s`], `"-v=${SOCKET}:/s"`),
  flags('--volume', ['--volume', `${SOCKET}:/s`], `"--volume","${SOCKET}:/s"`),
  flags('--volume=', [`--volume=${SOCKET}:/s:ro`], `"--volume=${SOCKET}:/s:ro"`),
  flags('--mount', ['--mount', LONG], `"--mount","${LONG}"`),
  flags('--mount=', [`--mount=${LONG}`], `"--mount=${LONG}"`),
  flags('a cluster of short flags', ['-itv', `${SOCKET}:/s`], `"-itv","${SOCKET}:/s"`),
  flags('a cluster with its value', [`-itv${SOCKET}:/s`], `"-itv${SOCKET}:/s"`),
  flags('--use-api-socket', ['--use-api-socket'], '"--use-api-socket"'),
  {
    what: 'a mount with quotes in it',
    format: 'devcontainer',
    text: `{ "image": "node:22", "mounts": ["type=bind,\\"source=${SOCKET}\\",target=/s"] }`,
    fires: [['engine-socket', 'critical', `"type=bind,\\"source=${SOCKET}\\",target=/s"`]],
  },
  {
    what: 'a mount of the runtime directory',
    format: 'devcontainer',
    text: devcontainer({ mounts: ['source=${localEnv:XDG_RUNTIME_DIR}/docker.sock,target=/s,type=bind'] }),
    fires: [
      ['engine-socket', 'critical', '"source=${localEnv:XDG_RUNTIME_DIR}/docker.sock,target=/s,type=bind"'],
    ],
  },
  {
    what: 'a volume that is a bind',
    format: 'devcontainer',
    text: devcontainer({
      mounts: [`type=volume,target=/s,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=${SOCKET}`],
    }),
    fires: [
      [
        'engine-socket',
        'critical',
        `"type=volume,target=/s,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=${SOCKET}"`,
      ],
    ],
  },
  {
    what: 'an address in an env file',
    format: 'devcontainer',
    text: runArgs('--env-file', 'engine.env'),
    files: { 'engine.env': 'DOCKER_HOST=tcp://172.17.0.1:2375\n' },
    fires: [['engine-socket', 'high', 'DOCKER_HOST']],
  },
  {
    what: 'an address that only the caller knows',
    format: 'devcontainer',
    text: devcontainer({ remoteEnv: { DOCKER_HOST: '${localEnv:DOCKER_HOST}' } }),
    fires: [['unresolved-value', 'info', '"DOCKER_HOST": "${localEnv:DOCKER_HOST}"']],
  },
  {
    what: 'a Feature that opens it to an ordinary user',
    format: 'devcontainer',
    text: devcontainer({
      remoteUser: 'vscode',
      features: { 'ghcr.io/devcontainers/features/docker-outside-of-docker:1': {} },
    }),
    fires: [['engine-socket', 'critical', '"ghcr.io/devcontainers/features/docker-outside-of-docker:1"']],
  },
  {
    what: 'a Feature of the project that mounts it',
    format: 'devcontainer',
    text: devcontainer({ features: { './tools': {} } }),
    files: {
      '.devcontainer/tools/devcontainer-feature.json': JSON.stringify({
        id: 'tools',
        version: '1.0.0',
        mounts: [LONG],
      }),
    },
    fires: [['engine-socket', 'critical', `"${LONG}"`]],
  },
  {
    what: 'a service of a compose file',
    format: 'devcontainer',
    text: '{ "dockerComposeFile": "../compose.yml", "service": "agent" }',
    files: { 'compose.yml': mounting(`${SOCKET}:/s`) },
    fires: [['engine-socket', 'critical', `${SOCKET}:/s`]],
  },
  {
    what: 'a mount beside a compose file',
    format: 'devcontainer',
    text: `{ "dockerComposeFile": "../compose.yml", "service": "agent", "mounts": ["${LONG}"] }`,
    files: { 'compose.yml': agent(SOURCE) },
    fires: [['engine-socket', 'critical', `"${LONG}"`]],
  },
  {
    what: 'an address in DOCKER_HOST',
    format: 'devcontainer',
    text: '{ "image": "node:22", "containerEnv": {"DOCKER_HOST": "tcp://172.17.0.1:2375"} }',
    fires: [['engine-socket', 'high', '"DOCKER_HOST": "tcp://172.17.0.1:2375"']],
  },
]);

judge('what only looks alike', [
  {
    what: 'a file of the project with the socket’s name',
    format: 'compose',
    text: mounting('./var/run/docker.sock:/var/run/docker.sock'),
    silent: ['engine-socket'],
  },
  {
    what: 'a volume with its name',
    format: 'compose',
    text: `${mounting('docker.sock:/var/run/docker.sock')}volumes:\n  docker.sock:\n`,
    silent: ['engine-socket'],
  },
  {
    what: 'the same path inside, of another socket',
    format: 'compose',
    text: mounting('/srv/app/app.sock:/var/run/docker.sock'),
    silent: ['engine-socket'],
  },
  {
    what: 'an engine inside the container',
    format: 'devcontainer',
    text: devcontainer({ containerEnv: { DOCKER_HOST: 'unix:///run/inner.sock' } }),
    silent: ['engine-socket'],
  },
  {
    what: 'a proxy before it that lets reads through alone',
    format: 'compose',
    text: agent(
      SOURCE,
      `  proxy:\n    image: tecnativa/docker-socket-proxy:0.3\n    environment: { CONTAINERS: 1, POST: 0 }\n    volumes: ["${SOCKET}:${SOCKET}:ro"]\n`,
    ),
    fires: [['engine-socket', 'low', `"${SOCKET}:${SOCKET}:ro"`]],
    silent: ['severe'],
  },
]);
