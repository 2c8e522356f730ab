// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** Definitions that look dangerous and are not: what a sensible reader would call a false alarm. */
import { agent, devcontainer, type Judgement, judge, mounting, runArgs, SOURCE } from './judgement.ts';

const HARMLESS = ['severe'] as const;

judge('words that are no flags', [
  {
    what: 'a flag in the command of the container',
    format: 'compose',
    text: agent(`${SOURCE}\ncommand: sh -c 'tool --privileged -v /:/h'`),
    silent: ['privileged-container', 'broad-host-read', 'host-system-mount', ...HARMLESS],
  },
  {
    what: 'a flag in a lifecycle command',
    format: 'devcontainer',
    text: devcontainer({ postCreateCommand: "echo 'docker run --privileged -v /:/h x'" }),
    silent: ['privileged-container', 'host-system-mount', ...HARMLESS],
  },
  {
    what: 'a flag in a comment of a devcontainer',
    format: 'devcontainer',
    text: '{\n  // "runArgs": ["--privileged", "-v", "/var/run/docker.sock:/s"],\n  "image": "node:22"\n}',
    silent: ['privileged-container', 'engine-socket', ...HARMLESS],
  },
  {
    what: 'a mount in a comment of a compose file',
    format: 'compose',
    text: agent(
      `volumes:\n  - .:/workspace\n  # - /var/run/docker.sock:/var/run/docker.sock\n# privileged: true`,
    ),
    silent: ['privileged-container', 'engine-socket', ...HARMLESS],
  },
  {
    what: 'builds and copies with flags that `run` reads otherwise',
    format: 'devcontainer',
    text: devcontainer({
      initializeCommand: 'docker build -v . && docker volume create -d x && docker cp a:/b c',
    }),
    silent: ['privileged-container', 'writable-host-path', 'engine-socket', ...HARMLESS],
  },
  {
    what: 'a fragment that no service uses',
    format: 'compose',
    text: `x-dev: &dev\n  privileged: true\n  volumes: ["/:/host"]\n${agent(SOURCE)}`,
    silent: ['privileged-container', 'host-system-mount', ...HARMLESS],
  },
]);

judge('switches that are off', [
  {
    what: '--privileged=false',
    format: 'devcontainer',
    text: runArgs('--privileged=false'),
    silent: ['privileged-container', ...HARMLESS],
  },
  {
    what: 'the last --privileged counts',
    format: 'devcontainer',
    text: runArgs('--privileged', '--privileged=false'),
    silent: ['privileged-container'],
  },
  {
    what: 'privileged: false',
    format: 'compose',
    text: agent(`${SOURCE}\nprivileged: false`),
    silent: ['privileged-container', ...HARMLESS],
  },
  {
    what: 'a variable whose default is false',
    format: 'compose',
    text: agent(`${SOURCE}\nprivileged: \${PRIV:-false}`),
    silent: ['privileged-container', ...HARMLESS],
  },
  {
    what: 'user namespaces of the host, where no others are set up',
    format: 'compose',
    text: agent(`${SOURCE}\nuserns_mode: host`),
    fires: [['host-user-namespace', 'low', 'userns_mode: host']],
    silent: HARMLESS,
  },
]);

judge('mounts that open nothing of the host', [
  {
    what: 'an anonymous volume by -v',
    format: 'devcontainer',
    text: runArgs('-v', '/data'),
    silent: ['writable-host-path', 'host-system-mount', 'shared-state', ...HARMLESS],
  },
  {
    what: 'an anonymous volume of a service',
    format: 'compose',
    text: mounting('/etc'),
    silent: ['writable-host-path', 'host-system-mount', ...HARMLESS],
  },
  {
    what: 'a named volume',
    format: 'compose',
    text: `${mounting('data:/etc')}volumes:\n  data:\n`,
    silent: ['writable-host-path', 'host-system-mount', 'shared-state', ...HARMLESS],
  },
  {
    what: 'a named volume by -v',
    format: 'devcontainer',
    text: runArgs('-v', 'etc:/etc'),
    silent: ['writable-host-path', 'host-system-mount', 'shared-state', ...HARMLESS],
  },
  {
    what: 'the clock’s zone and the certificates, read-only',
    format: 'compose',
    text: mounting(
      '/etc/localtime:/etc/localtime:ro',
      '/etc/timezone:/etc/timezone:ro',
      '/etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro',
    ),
    silent: ['host-system-mount', 'writable-host-path', 'broad-host-read', ...HARMLESS],
  },
  {
    what: 'the project by its full path',
    format: 'compose',
    text: agent('volumes: ["${PWD}:/w"]'),
    fires: [['writable-sandbox-config', 'low', '"${PWD}:/w"']],
    silent: ['writable-host-path', 'writable-home', ...HARMLESS],
  },
  {
    what: 'what ssh knows of other machines',
    format: 'compose',
    text: mounting('~/.ssh/known_hosts:/x:ro'),
    fires: [['credential-mount', 'info', '~/.ssh/known_hosts:/x:ro']],
    silent: HARMLESS,
  },
  {
    what: 'the clock’s zone of a devcontainer, read-only',
    format: 'devcontainer',
    text: devcontainer({ mounts: ['type=bind,source=/etc/localtime,target=/etc/localtime,readonly'] }),
    silent: ['host-system-mount', 'writable-host-path', ...HARMLESS],
  },
  {
    what: 'the project, which a devcontainer mounts by itself',
    format: 'devcontainer',
    text: devcontainer({}),
    fires: [['writable-sandbox-config', 'low', '{']],
    silent: ['writable-host-path', 'writable-home', ...HARMLESS],
  },
  {
    what: 'what ssh knows of other machines, in a devcontainer',
    format: 'devcontainer',
    text: runArgs('-v', '${localEnv:HOME}/.ssh/known_hosts:/x:ro'),
    fires: [['credential-mount', 'info', '"-v","${localEnv:HOME}/.ssh/known_hosts:/x:ro"']],
    silent: HARMLESS,
  },
  {
    what: 'the display of a devcontainer, with a runtime that lets no socket through',
    format: 'devcontainer',
    text: runArgs('--runtime=runsc', '-v', '/tmp/.X11-unix:/tmp/.X11-unix'),
    silent: ['session-socket', ...HARMLESS],
  },
  {
    what: 'a public key',
    format: 'devcontainer',
    text: runArgs('-v', '${localEnv:HOME}/.ssh/id_rsa.pub:/k.pub:ro'),
    silent: ['readable-home', ...HARMLESS],
  },
  {
    what: 'an agent’s settings in a volume of this devcontainer',
    format: 'devcontainer',
    text: devcontainer({
      mounts: ['source=claude-config-${devcontainerId},target=/home/node/.claude,type=volume'],
    }),
    silent: ['writable-home', 'shared-state', 'credential-mount', ...HARMLESS],
  },
  {
    what: 'a --mount without a type is no bind',
    format: 'devcontainer',
    text: runArgs('--mount', 'src=/,dst=/h'),
    silent: ['host-system-mount', 'broad-host-read', ...HARMLESS],
  },
  {
    what: 'the display, with a runtime that lets no socket through',
    format: 'compose',
    text: agent(`volumes: [".:/w", "/tmp/.X11-unix:/tmp/.X11-unix"]\nruntime: runsc`),
    silent: ['session-socket', ...HARMLESS],
  },
]);

judge('grants that are none', [
  {
    what: 'a capability of a service that is there anyway',
    format: 'compose',
    text: agent(`${SOURCE}\ncap_add: [NET_RAW]`),
    silent: ['dangerous-capability', ...HARMLESS],
  },
  {
    what: 'some of the default capabilities of a devcontainer',
    format: 'devcontainer',
    text: devcontainer({ runArgs: ['--cap-drop=ALL'], capAdd: ['CHOWN', 'SETUID', 'SETGID'] }),
    silent: ['dangerous-capability', 'default-capabilities', ...HARMLESS],
  },
  {
    what: 'devices of a service that hold nothing',
    format: 'compose',
    text: agent(`${SOURCE}\ndevices: ["/dev/null", "/dev/urandom:/dev/urandom"]`),
    silent: ['host-device', ...HARMLESS],
  },
  {
    what: 'the processes of a container beside a devcontainer',
    format: 'devcontainer',
    text: runArgs('--pid', 'container:app'),
    fires: [['missing-namespace', 'low', '"--pid","container:app"']],
    silent: ['host-pid-namespace', ...HARMLESS],
  },
  {
    what: 'user namespaces of the host for a devcontainer',
    format: 'devcontainer',
    text: runArgs('--userns=host'),
    fires: [['host-user-namespace', 'low', '"--userns=host"']],
    silent: HARMLESS,
  },
  ...[3000, '127.0.0.1:3000:3000'].map(
    (port): Judgement => ({
      what: `a port of a devcontainer: ${port}`,
      format: 'devcontainer',
      text: devcontainer({ appPort: [port] }),
      silent: ['published-port', ...HARMLESS],
    }),
  ),
  {
    what: 'a variable of the host for a service that is no secret',
    format: 'compose',
    text: agent(`${SOURCE}\nenvironment: ["TZ=\${TZ:-Europe/Vienna}", "LANG"]`),
    silent: ['host-secret-passthrough', 'secret-in-config', 'unresolved-value', ...HARMLESS],
  },
  {
    what: 'some of the default capabilities in place of all',
    format: 'compose',
    text: agent(`${SOURCE}\ncap_drop: [ALL]\ncap_add: [CHOWN, SETUID, SETGID]`),
    silent: ['dangerous-capability', 'default-capabilities', ...HARMLESS],
  },
  {
    what: 'a capability that is there anyway',
    format: 'devcontainer',
    text: runArgs('--cap-add', 'NET_RAW'),
    silent: ['dangerous-capability', ...HARMLESS],
  },
  {
    what: 'the processes of a service beside it',
    format: 'compose',
    text: agent(`${SOURCE}\npid: "service:app"`, '  app:\n    image: node:22\n'),
    fires: [['missing-namespace', 'low', 'pid: "service:app"']],
    silent: ['host-pid-namespace', ...HARMLESS],
  },
  {
    what: 'devices that hold nothing',
    format: 'devcontainer',
    text: runArgs('--device', '/dev/null', '--device=/dev/urandom'),
    silent: ['host-device', ...HARMLESS],
  },
  {
    what: 'a port on loopback',
    format: 'compose',
    text: agent(`${SOURCE}\nports: ["127.0.0.1:3000:3000"]`),
    silent: ['published-port', ...HARMLESS],
  },
  {
    what: 'a variable of the host that is no secret',
    format: 'devcontainer',
    text: devcontainer({ containerEnv: { TZ: '${localEnv:TZ:America/Los_Angeles}' } }),
    silent: ['host-secret-passthrough', 'secret-in-config', 'unresolved-value', ...HARMLESS],
  },
  {
    what: 'a database beside it with a volume of its own',
    format: 'compose',
    text: agent(
      SOURCE,
      '  db:\n    image: postgres:17\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes:\n  pg:\n',
    ),
    fires: [['neighbour-reach', 'info', 'db']],
    silent: ['shared-state', ...HARMLESS],
  },
]);
