/**
 * The flags of `run`, `create` and `exec`, and how many words each takes: docker/cli
 * cli/command/container/opts.go, run.go, create.go and exec.go; containers/podman cmd/podman/common/create.go,
 * netflags.go, containers/run.go, create.go and exec.go; containerd/nerdctl
 * cmd/nerdctl/container/container_run.go and container_exec.go.
 */
import type { Engine } from './spec.ts';

/** Command of an engine that takes flags of this kind. */
export type RunCommand = 'run' | 'create' | 'exec';

export interface FlagTable {
  readonly booleans: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  /** Flags whose value is a list parted by commas (pflag StringSlice). */
  readonly lists: ReadonlySet<string>;
  /** Long names by letter. */
  readonly shorts: ReadonlyMap<string, string>;
  /** Hidden and older spellings. */
  readonly synonyms: ReadonlyMap<string, string>;
}

const BOOLEAN =
  'disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged publish-all quiet ' +
  'read-only rm tty';
const VALUE =
  'add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile ' +
  'cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems device ' +
  'device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns dns-option ' +
  'dns-search entrypoint env env-file expose gpus group-add health-cmd health-interval health-retries ' +
  'health-start-period health-timeout hostname ip ip6 ipc kernel-memory label label-file log-driver log-opt ' +
  'mac-address memory memory-reservation memory-swap memory-swappiness mount name network network-alias ' +
  'oom-score-adj pid pids-limit platform publish pull restart runtime security-opt shm-size stop-signal ' +
  'stop-timeout storage-opt sysctl tmpfs ulimit user userns uts volume volumes-from workdir';

const DOCKER_BOOLEAN = 'use-api-socket';
const DOCKER_VALUE =
  'cpu-count cpu-percent domainname health-start-interval io-maxbandwidth io-maxiops isolation link ' +
  'link-local-ip volume-driver';

const PODMAN_BOOLEAN =
  'env-host http-proxy no-hostname no-hosts read-only-tmpfs replace rootfs tls-verify unsetenv-all';
const PODMAN_VALUE =
  'arch authfile cert-dir cgroup-conf cgroups chrootdirs conmon-pidfile creds decryption-key env-merge gidmap ' +
  'group-entry health-log-destination health-max-log-count health-max-log-size health-on-failure ' +
  'health-startup-cmd health-startup-interval health-startup-retries health-startup-success ' +
  'health-startup-timeout hosts-file hostuser image-volume init-path os passwd-entry personality pidfile pod ' +
  'pod-id-file rdt-class requires retry retry-delay sdnotify seccomp-policy secret shm-size-systemd ' +
  'signature-policy subgidname subuidname systemd timeout tz uidmap umask unsetenv variant';
/** Flags of podman itself that may stand behind the command as well (cmd/podman/root.go, persistent flags). */
const PODMAN_GLOBAL_BOOLEAN = 'help syslog trace transient-store';
const PODMAN_GLOBAL_VALUE =
  'cdi-spec-dir cgroup-manager conmon cpu-profile default-mounts-file events-backend hooks-dir imagestore ' +
  'log-level max-workers memory-profile namespace network-backend network-cmd-path network-config-dir ' +
  'pull-option registries-conf root runroot runtime runtime-flag storage-driver storage-opt tmpdir volumepath';

const NERDCTL_BOOLEAN = 'rootfs';
const NERDCTL_VALUE =
  'cgroup-conf cosign-certificate-identity cosign-certificate-identity-regexp cosign-certificate-oidc-issuer ' +
  'cosign-certificate-oidc-issuer-regexp cosign-key init-binary ipfs-address pidfile rdt-class systemd umask ' +
  'verify';

/** Only of a command that starts what it makes. */
const RUN_BOOLEAN = 'detach sig-proxy';
const RUN_VALUE = 'detach-keys';
const PODMAN_RUN_BOOLEAN = 'passwd rmi';
const PODMAN_RUN_VALUE = 'preserve-fd preserve-fds';
const PODMAN_CREATE_VALUE = 'init-ctr';

const EXEC_BOOLEAN = 'detach help interactive privileged tty';
const EXEC_VALUE = 'detach-keys env env-file user workdir';
const PODMAN_EXEC_BOOLEAN = 'latest no-session';
const PODMAN_EXEC_VALUE = 'cidfile preserve-fd preserve-fds wait';

/** podman 5 takes devices and files of variables one by one; no path of these holds a comma. */
const PODMAN_LISTS =
  'add-host attach cap-add cap-drop cgroup-conf device device-cgroup-rule dns dns-option dns-search env-file expose gidmap gpus ' +
  'group-add hostuser network-alias publish requires sysctl uidmap ulimit';
const NERDCTL_LISTS =
  'add-host attach cap-add cap-drop cgroup-conf device dns dns-option dns-search env-file expose group-add ' +
  'label-file network publish ulimit';

const SHORTS: ReadonlyMap<string, string> = new Map([
  ['d', 'detach'],
  ['i', 'interactive'],
  ['P', 'publish-all'],
  ['q', 'quiet'],
  ['t', 'tty'],
  ['c', 'cpu-shares'],
  ['h', 'hostname'],
  ['m', 'memory'],
  ['u', 'user'],
  ['w', 'workdir'],
  ['a', 'attach'],
  ['e', 'env'],
  ['l', 'label'],
  ['p', 'publish'],
  ['v', 'volume'],
]);

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['net', 'network'],
  ['dns-opt', 'dns-option'],
]);
const DOCKER_SYNONYMS: ReadonlyMap<string, string> = new Map([...SYNONYMS, ['net-alias', 'network-alias']]);
/** cmd/podman/utils/alias.go. */
const PODMAN_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ...SYNONYMS,
  ['healthcheck-command', 'health-cmd'],
  ['healthcheck-interval', 'health-interval'],
  ['healthcheck-retries', 'health-retries'],
  ['healthcheck-start-period', 'health-start-period'],
  ['healthcheck-timeout', 'health-timeout'],
  ['override-arch', 'arch'],
  ['override-os', 'os'],
  ['override-variant', 'variant'],
]);

function words(...texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => text.split(' ')));
}

/** A letter is there only with the flag that it is short for. */
function table(
  booleans: ReadonlySet<string>,
  values: ReadonlySet<string>,
  rest: Pick<FlagTable, 'lists' | 'synonyms'> & { readonly shorts?: FlagTable['shorts'] },
): FlagTable {
  const letters = [...(rest.shorts ?? SHORTS)].filter(([, flag]) => booleans.has(flag) || values.has(flag));
  return { booleans, values, lists: rest.lists, synonyms: rest.synonyms, shorts: new Map(letters) };
}

const NO_LISTS: ReadonlySet<string> = new Set();
const DOCKER = { lists: NO_LISTS, synonyms: DOCKER_SYNONYMS };
const PODMAN = { lists: words(PODMAN_LISTS), synonyms: PODMAN_SYNONYMS };
const PODMAN_EXEC = { ...PODMAN, shorts: new Map([...SHORTS, ['l', 'latest']]) };
const NERDCTL = { lists: words(NERDCTL_LISTS), synonyms: SYNONYMS };

const TABLES: Readonly<Record<Engine, Readonly<Record<RunCommand, FlagTable>>>> = {
  docker: {
    run: table(words(BOOLEAN, DOCKER_BOOLEAN, RUN_BOOLEAN), words(VALUE, DOCKER_VALUE, RUN_VALUE), DOCKER),
    create: table(words(BOOLEAN, DOCKER_BOOLEAN), words(VALUE, DOCKER_VALUE), DOCKER),
    exec: table(words(EXEC_BOOLEAN), words(EXEC_VALUE), DOCKER),
  },
  podman: {
    run: table(
      words(BOOLEAN, PODMAN_BOOLEAN, PODMAN_GLOBAL_BOOLEAN, RUN_BOOLEAN, PODMAN_RUN_BOOLEAN),
      words(VALUE, PODMAN_VALUE, PODMAN_GLOBAL_VALUE, RUN_VALUE, PODMAN_RUN_VALUE),
      PODMAN,
    ),
    create: table(
      words(BOOLEAN, PODMAN_BOOLEAN, PODMAN_GLOBAL_BOOLEAN),
      words(VALUE, PODMAN_VALUE, PODMAN_GLOBAL_VALUE, PODMAN_CREATE_VALUE),
      PODMAN,
    ),
    exec: table(
      words(EXEC_BOOLEAN, PODMAN_EXEC_BOOLEAN, PODMAN_GLOBAL_BOOLEAN),
      words(EXEC_VALUE, PODMAN_EXEC_VALUE, PODMAN_GLOBAL_VALUE),
      PODMAN_EXEC,
    ),
  },
  nerdctl: {
    run: table(
      words(BOOLEAN, DOCKER_BOOLEAN, NERDCTL_BOOLEAN, RUN_BOOLEAN),
      words(VALUE, DOCKER_VALUE, NERDCTL_VALUE, RUN_VALUE),
      NERDCTL,
    ),
    create: table(
      words(BOOLEAN, DOCKER_BOOLEAN, NERDCTL_BOOLEAN, RUN_BOOLEAN),
      words(VALUE, DOCKER_VALUE, NERDCTL_VALUE, RUN_VALUE),
      NERDCTL,
    ),
    exec: table(words(EXEC_BOOLEAN), words(EXEC_VALUE), NERDCTL),
  },
};

export function flagTable(engine: Engine, command: RunCommand): FlagTable {
  return TABLES[engine][command];
}
