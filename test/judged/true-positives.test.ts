// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** Definitions that look harmless, or hardened, and are not. */
import { agent, devcontainer, type Judgement, judge, mounting, runArgs, SOURCE } from './judgement.ts';

judge('read-only that does not help', [
  {
    what: 'the engine’s socket of a service',
    format: 'compose',
    text: mounting('/var/run/docker.sock:/var/run/docker.sock:ro'),
    fires: [['engine-socket', 'critical', '/var/run/docker.sock:/var/run/docker.sock:ro']],
  },
  {
    what: 'the directory of sockets, in a devcontainer',
    format: 'devcontainer',
    text: devcontainer({ mounts: ['type=bind,source=/run,target=/host/run,readonly'] }),
    fires: [['engine-socket', 'critical', '"type=bind,source=/run,target=/host/run,readonly"']],
  },
  {
    what: 'hooks below the project of a devcontainer',
    format: 'devcontainer',
    text: devcontainer({
      workspaceMount: 'type=bind,source=${localWorkspaceFolder},target=/w',
      workspaceFolder: '/w',
      mounts: ['type=bind,source=${localWorkspaceFolder}/.git/hooks,target=/w/.git/hooks,readonly'],
    }),
    fires: [
      [
        'writable-sandbox-config',
        'medium',
        '"type=bind,source=${localWorkspaceFolder}/.git/hooks,target=/w/.git/hooks,readonly"',
      ],
    ],
  },
  {
    what: 'the engine’s socket',
    format: 'devcontainer',
    text: runArgs('-v', '/var/run/docker.sock:/var/run/docker.sock:ro'),
    fires: [['engine-socket', 'critical', '"-v","/var/run/docker.sock:/var/run/docker.sock:ro"']],
  },
  {
    what: 'the directory of sockets',
    format: 'compose',
    text: mounting('/run:/host/run:ro'),
    fires: [['engine-socket', 'critical', '/run:/host/run:ro']],
  },
  {
    what: 'the same by its older name',
    format: 'compose',
    text: mounting('/var/run:/x'),
    fires: [['engine-socket', 'critical', '/var/run:/x']],
  },
  {
    what: 'an object mount knows no readonly',
    format: 'devcontainer',
    text: devcontainer({
      mounts: [{ source: '${localEnv:HOME}/.aws', target: '/home/node/.aws', type: 'bind', readonly: true }],
    }),
    fires: [['inert-setting', 'medium', '"readonly": true']],
  },
  {
    what: 'hooks below a writable project',
    format: 'compose',
    text: mounting('./.git/hooks:/workspace/.git/hooks:ro'),
    fires: [['writable-sandbox-config', 'medium', './.git/hooks:/workspace/.git/hooks:ro']],
  },
]);

judge('the disk by other words', [
  {
    what: 'a volume of a devcontainer that hides a bind',
    format: 'devcontainer',
    text: devcontainer({
      mounts: ['type=volume,target=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/'],
    }),
    fires: [
      [
        'host-system-mount',
        'critical',
        '"type=volume,target=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/"',
      ],
    ],
  },
  {
    what: 'a cluster of short flags',
    format: 'devcontainer',
    text: runArgs('-itv', '/:/h'),
    fires: [['host-system-mount', 'critical', '"-itv","/:/h"']],
  },
  {
    what: 'a named volume that hides a bind',
    format: 'compose',
    text: `${mounting('h:/h')}volumes:\n  h:\n    driver_opts:\n      type: none\n      o: bind\n      device: /\n`,
    fires: [['host-system-mount', 'critical', 'device: /']],
  },
  {
    what: 'every block device by number, with the default MKNOD',
    format: 'devcontainer',
    text: runArgs('--device-cgroup-rule', 'b *:* rwm'),
    fires: [['host-device', 'critical', '"--device-cgroup-rule","b *:* rwm"']],
  },
  {
    what: 'the same in a service',
    format: 'compose',
    text: agent(`${SOURCE}\ndevice_cgroup_rules:\n  - "a *:* rwm"`),
    fires: [['host-device', 'critical', '"a *:* rwm"']],
  },
]);

const OWN_SPELLINGS: readonly (readonly [what: string, flag: string, word: string])[] = [
  ['in lower case', '--cap-add=sys_admin', '"--cap-add=sys_admin"'],
  ['with its prefix', '--cap-add=CAP_SYS_ADMIN', '"--cap-add=CAP_SYS_ADMIN"'],
  ['all of them', '--cap-add=all', '"--cap-add=all"'],
];

judge('privileges', [
  {
    what: 'full privileges of a service with hardening that they void',
    format: 'compose',
    text: agent(`${SOURCE}\nprivileged: true\ncap_drop: [ALL]\nsecurity_opt: ["no-new-privileges:true"]`),
    fires: [['privileged-container', 'critical', 'privileged: true']],
    silent: ['privilege-escalation'],
  },
  ...['SYS_ADMIN', 'sys_admin', 'CAP_SYS_ADMIN', 'all'].map(
    (name): Judgement => ({
      what: `a capability of a service as ${name}`,
      format: 'compose',
      text: agent(`${SOURCE}\ncap_drop: [CHOWN]\ncap_add: [${name}]`),
      fires: [['dangerous-capability', 'critical', name]],
    }),
  ),
  {
    what: 'seccomp of a service off, with a colon',
    format: 'compose',
    text: agent(`${SOURCE}\nsecurity_opt: ["seccomp:unconfined"]`),
    fires: [['unconfined-seccomp', 'medium', '"seccomp:unconfined"']],
  },
  {
    what: 'the processes of the host for an ordinary user of a service',
    format: 'compose',
    text: agent(`${SOURCE}\npid: host\nuser: "1000"`),
    fires: [['host-pid-namespace', 'high', 'pid: host']],
  },
  {
    what: 'a build of a devcontainer that may do what the container may not',
    format: 'devcontainer',
    text: '{ "build": { "dockerfile": "Dockerfile", "options": ["--allow=security.insecure"] } }',
    files: { '.devcontainer/Dockerfile': 'FROM node:22\n' },
    fires: [['privileged-build', 'high', '"--allow=security.insecure"']],
  },
  {
    what: 'full privileges with hardening that they void',
    format: 'devcontainer',
    text: runArgs('--privileged', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'),
    fires: [['privileged-container', 'critical', '"--privileged"']],
    silent: ['privilege-escalation'],
  },
  {
    what: 'the worst capability alone',
    format: 'devcontainer',
    text: runArgs('--cap-drop', 'ALL', '--cap-add', 'SYS_ADMIN'),
    fires: [['dangerous-capability', 'critical', '"--cap-add","SYS_ADMIN"']],
    silent: ['default-capabilities'],
  },
  ...OWN_SPELLINGS.map(
    ([what, flag, word]): Judgement => ({
      what: `a capability ${what}`,
      format: 'devcontainer',
      text: runArgs(flag),
      fires: [['dangerous-capability', 'critical', word]],
    }),
  ),
  {
    what: 'seccomp off, with a colon',
    format: 'devcontainer',
    text: runArgs('--security-opt', 'seccomp:unconfined'),
    fires: [['unconfined-seccomp', 'medium', '"--security-opt","seccomp:unconfined"']],
  },
  {
    what: 'the processes of the host for an ordinary user',
    format: 'devcontainer',
    text: devcontainer({ remoteUser: 'node', runArgs: ['--pid=host', '--user=1000'] }),
    fires: [['host-pid-namespace', 'high', '"--pid=host"']],
  },
  {
    what: 'an image whose label brings full privileges',
    format: 'devcontainer',
    text: '{ "image": "mcr.microsoft.com/devcontainers/universal:2" }',
    fires: [['privileged-container', 'critical', '"mcr.microsoft.com/devcontainers/universal:2"']],
  },
  {
    what: 'the same image in a service, where no label counts',
    format: 'compose',
    text: 'services:\n  agent:\n    image: mcr.microsoft.com/devcontainers/universal:2\n    volumes: [".:/w"]\n',
    silent: ['privileged-container'],
  },
  {
    what: 'an image whose label is for debuggers',
    format: 'devcontainer',
    text: '{ "image": "mcr.microsoft.com/devcontainers/rust:1" }',
    fires: [['unconfined-seccomp', 'medium', '"mcr.microsoft.com/devcontainers/rust:1"']],
  },
  {
    what: 'a Feature for debuggers',
    format: 'devcontainer',
    text: devcontainer({ features: { 'ghcr.io/devcontainers/features/go:1': {} } }),
    fires: [['unconfined-seccomp', 'medium', '"ghcr.io/devcontainers/features/go:1"']],
  },
  {
    what: 'a command that is run with full privileges after the start',
    format: 'compose',
    text: agent(`${SOURCE}\npost_start:\n  - { command: /setup.sh, privileged: true }`),
    fires: [['privileged-container', 'high', '{ command: /setup.sh, privileged: true }']],
  },
  {
    what: 'a build that may do what the container may not',
    format: 'compose',
    text: agent(`${SOURCE}\nbuild:\n  context: .\n  entitlements: [security.insecure]`),
    fires: [['privileged-build', 'high', 'security.insecure']],
  },
]);

judge('secrets', [
  {
    what: 'the settings of an agent of a devcontainer, writable',
    format: 'devcontainer',
    text: devcontainer({ mounts: ['source=${localEnv:HOME}/.claude,target=/home/node/.claude,type=bind'] }),
    fires: [
      ['writable-home', 'critical', '"source=${localEnv:HOME}/.claude,target=/home/node/.claude,type=bind"'],
    ],
  },
  {
    what: 'the settings of git of a devcontainer, writable',
    format: 'devcontainer',
    text: runArgs('-v', '${localEnv:HOME}/.gitconfig:/root/.gitconfig'),
    fires: [['writable-home', 'critical', '"-v","${localEnv:HOME}/.gitconfig:/root/.gitconfig"']],
  },
  {
    what: 'the temp directory of the host for a service',
    format: 'compose',
    text: mounting('/tmp:/tmp'),
    fires: [['session-socket', 'high', '/tmp:/tmp']],
    silent: ['writable-host-path'],
  },
  {
    what: 'a variable by name alone',
    format: 'devcontainer',
    text: runArgs('-e', 'GITHUB_TOKEN'),
    fires: [['host-secret-passthrough', 'high', '"-e","GITHUB_TOKEN"']],
  },
  {
    what: 'a variable by name alone in a list',
    format: 'compose',
    text: agent(`${SOURCE}\nenvironment:\n  - AWS_SECRET_ACCESS_KEY`),
    fires: [['host-secret-passthrough', 'high', 'AWS_SECRET_ACCESS_KEY']],
  },
  {
    what: 'a variable for the editor’s terminals',
    format: 'devcontainer',
    text: devcontainer({ remoteEnv: { NPM_TOKEN: '${localEnv:NPM_TOKEN}' } }),
    fires: [['host-secret-passthrough', 'high', '"NPM_TOKEN": "${localEnv:NPM_TOKEN}"']],
  },
  {
    what: 'the settings of an agent, writable',
    format: 'compose',
    text: mounting('$HOME/.claude:/home/node/.claude'),
    fires: [['writable-home', 'critical', '$HOME/.claude:/home/node/.claude']],
  },
  {
    what: 'the settings of git, writable',
    format: 'compose',
    text: mounting('~/.gitconfig:/root/.gitconfig'),
    fires: [['writable-home', 'critical', '~/.gitconfig:/root/.gitconfig']],
  },
  {
    what: 'the settings of git, for reading',
    format: 'compose',
    text: mounting('~/.gitconfig:/root/.gitconfig:ro'),
    fires: [['credential-mount', 'low', '~/.gitconfig:/root/.gitconfig:ro']],
    silent: ['writable-home', 'severe'],
  },
  {
    what: 'the temp directory of the host',
    format: 'devcontainer',
    text: runArgs('-v', '/tmp:/tmp'),
    fires: [['session-socket', 'high', '"-v","/tmp:/tmp"']],
    silent: ['writable-host-path'],
  },
]);

const INTERNAL = 'networks:\n  inside:\n    internal: true\n';

judge('the way out', [
  {
    what: 'an internal network beside the default one',
    format: 'compose',
    text: agent(`${SOURCE}\nnetworks: [inside, default]`, INTERNAL),
    fires: [['open-egress', 'medium', 'default']],
  },
  {
    what: 'an internal network alone',
    format: 'compose',
    text: agent(`${SOURCE}\nnetworks: [inside]`, INTERNAL),
    silent: ['open-egress'],
  },
  {
    what: 'a proxy that nothing enforces',
    format: 'compose',
    text: agent(`${SOURCE}\nenvironment:\n  HTTP_PROXY: http://proxy:3128`),
    fires: [
      ['unenforced-proxy', 'low', 'HTTP_PROXY: http://proxy:3128'],
      ['open-egress', 'medium', 'agent'],
    ],
  },
  {
    what: 'the network of a service that is itself open',
    format: 'compose',
    text: agent(`${SOURCE}\nnetwork_mode: "service:vpn"`, '  vpn:\n    image: alpine:3\n'),
    fires: [['open-egress', 'medium', 'vpn']],
  },
  {
    what: 'the network of a service that has none',
    format: 'compose',
    text: agent(
      `${SOURCE}\nnetwork_mode: "service:shut"`,
      '  shut:\n    image: alpine:3\n    network_mode: none\n',
    ),
    silent: ['open-egress'],
  },
]);

judge('settings that do nothing', [
  {
    what: 'memory of a devcontainer that is reserved is no limit',
    format: 'devcontainer',
    text: runArgs('--memory-reservation', '1g'),
    fires: [['unlimited-memory', 'medium', '{']],
  },
  {
    what: 'a proxy of a devcontainer that nothing enforces',
    format: 'devcontainer',
    text: devcontainer({ containerEnv: { HTTP_PROXY: 'http://proxy:3128' } }),
    fires: [
      ['unenforced-proxy', 'low', '"HTTP_PROXY": "http://proxy:3128"'],
      ['open-egress', 'medium', '{'],
    ],
  },
  {
    what: 'files that the next start may read instead, in a writable project',
    format: 'compose',
    text: agent(SOURCE),
    files: { '.env': 'COMPOSE_FILE=evil.yml\n', 'evil.yml': agent('privileged: true') },
    fires: [['writable-sandbox-config', 'low', '".:/workspace"']],
  },
  {
    what: 'flags beside a compose file',
    format: 'devcontainer',
    text: '{ "dockerComposeFile": "c.yml", "service": "agent", "runArgs": ["--cap-drop=ALL", "--network=none"] }',
    files: { '.devcontainer/c.yml': agent('') },
    fires: [
      ['inert-setting', 'medium', '"runArgs": ["--cap-drop=ALL", "--network=none"]'],
      ['open-egress', 'medium', 'agent'],
    ],
  },
  {
    what: 'memory that is reserved is no limit',
    format: 'compose',
    text: agent(`${SOURCE}\ndeploy:\n  resources:\n    reservations:\n      memory: 1g`),
    fires: [['unlimited-memory', 'medium', 'agent']],
  },
  {
    what: 'a folder of a larger repository mounts all of it',
    format: 'devcontainer',
    text: '{ "image": "node:22" }',
    path: 'packages/web/.devcontainer/devcontainer.json',
    files: { '.git/HEAD': 'ref: refs/heads/main\n' },
    fires: [['writable-sandbox-config', 'low', '{']],
  },
]);

judge('commands of the host', [
  {
    what: 'a script of the project',
    format: 'devcontainer',
    text: devcontainer({ initializeCommand: 'bash .devcontainer/init.sh' }),
    fires: [['host-command', 'high', '"initializeCommand": "bash .devcontainer/init.sh"']],
  },
  {
    what: 'a provider of a service',
    format: 'compose',
    text: agent(`${SOURCE}`, '  cloud:\n    provider:\n      type: ./tools/provide\n'),
    fires: [['host-command', 'medium', 'provider:\n      type: ./tools/provide']],
  },
]);

const UNKNOWN_LISTS = ['cap_add', 'security_opt', 'devices', 'device_cgroup_rules', 'group_add'] as const;

judge('what is not known', [
  {
    what: 'flags from a variable',
    format: 'devcontainer',
    text: runArgs('${localEnv:OPTS}'),
    fires: [['unresolved-value', 'info', '"${localEnv:OPTS}"']],
  },
  {
    what: 'a switch from a variable',
    format: 'compose',
    text: agent(`${SOURCE}\nprivileged: \${PRIV}`),
    fires: [['unresolved-value', 'info', 'privileged: ${PRIV}']],
    silent: ['privileged-container'],
  },
  ...UNKNOWN_LISTS.map(
    (key): Judgement => ({
      what: `an item of ${key} from a variable`,
      format: 'compose',
      text: agent(`${SOURCE}\n${key}:\n  - $ITEM`),
      fires: [['unresolved-value', 'info', '$ITEM']],
      silent: ['severe'],
    }),
  ),
  {
    what: 'a network from a variable is not none',
    format: 'compose',
    text: agent(`${SOURCE}\nnetwork_mode: $MODE`),
    fires: [['unresolved-value', 'info', 'network_mode: $MODE']],
  },
]);
