/**
 * The command line of `run` and `create`: flags of docker/cli cli/command/container/opts.go and run.go,
 * containers/podman cmd/podman/common/create.go, and containerd/nerdctl docs/command-reference.md.
 */
import {
  type FlagTable,
  type RunArguments,
  type RunContext,
  type RunToken,
  readFlags,
} from './flag-grammar.ts';
import type { Engine } from './spec.ts';

export type { RunArguments, RunContext, RunError, RunSetting, RunToken } from './flag-grammar.ts';
export { spanning } from './flag-grammar.ts';

const BOOLEAN =
  'detach disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged publish-all ' +
  'quiet read-only rm sig-proxy tty use-api-socket';
const VALUE =
  'add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile ' +
  'cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus ' +
  'cpuset-mems detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps ' +
  'device-write-iops dns dns-option dns-search domainname entrypoint env env-file expose gpus group-add ' +
  'health-cmd health-interval health-retries health-start-interval health-start-period health-timeout hostname ' +
  'io-maxbandwidth io-maxiops ip ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver ' +
  'log-opt mac-address memory memory-reservation memory-swap memory-swappiness mount name network ' +
  'network-alias oom-score-adj pid pids-limit platform publish pull restart runtime security-opt shm-size ' +
  'stop-signal stop-timeout storage-opt sysctl tmpfs ulimit user userns uts volume volume-driver volumes-from ' +
  'workdir';
const PODMAN_BOOLEAN =
  'env-host http-proxy infra no-hostname no-hosts read-only-tmpfs replace rmi rootfs tls-verify unsetenv-all';
const PODMAN_VALUE =
  'arch authfile cert-dir cgroup-conf cgroups chrootdirs conmon-pidfile creds decryption-key env-merge gidmap ' +
  'group-entry health-log-destination health-max-log-count health-max-log-size health-on-failure ' +
  'health-startup-cmd health-startup-interval health-startup-retries health-startup-success ' +
  'health-startup-timeout hosts-file hostuser image-volume init-ctr init-path os passwd-entry personality pidfile ' +
  'pod pod-id-file preserve-fd preserve-fds requires retry retry-delay rdt-class sdnotify seccomp-policy secret ' +
  'shm-size-systemd subgidname subuidname systemd timeout tz uidmap umask unsetenv variant';
const NERDCTL_BOOLEAN = 'rootfs';
const NERDCTL_VALUE =
  'cgroup-conf cosign-certificate-identity cosign-key init-binary ipfs-address pidfile rdt-class systemd umask ' +
  'verify';

const words = (text: string): string[] => text.split(' ');

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

/** Hidden and older spellings. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['net', 'network'],
  ['net-alias', 'network-alias'],
  ['dns-opt', 'dns-option'],
]);

const SPELLING = { shorts: SHORTS, synonyms: SYNONYMS };

const TABLES: Readonly<Record<Engine, FlagTable>> = {
  docker: { booleans: new Set(words(BOOLEAN)), values: new Set(words(VALUE)), lists: new Set(), ...SPELLING },
  podman: {
    booleans: new Set(words(`${BOOLEAN} ${PODMAN_BOOLEAN}`)),
    values: new Set(words(`${VALUE} ${PODMAN_VALUE}`)),
    lists: new Set(['cap-add', 'cap-drop']),
    ...SPELLING,
  },
  nerdctl: {
    booleans: new Set(words(`${BOOLEAN} ${NERDCTL_BOOLEAN}`)),
    values: new Set(words(`${VALUE} ${NERDCTL_VALUE}`)),
    lists: new Set(['cap-add', 'cap-drop', 'device', 'network']),
    ...SPELLING,
  },
};

/** Reads the words after `run` or `create`; interspersed flags are off. */
export function parseRunArguments(
  input: readonly RunToken[],
  engine: Engine,
  context: RunContext,
): RunArguments {
  return readFlags(input, TABLES[engine], context);
}
