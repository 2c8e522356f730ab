/** The flags of runsc, in the manner of Go's flag package: `-flag`, `--flag=value`, `--flag value`. */
import {
  certain,
  type OptionReading,
  optionTable,
  type ProcessOption,
  readOptions,
} from '../process/option-words.ts';
import type { ShellWord } from '../shell/reading.ts';

/** runsc/config/flags.go and runsc/cli at 3c5eee1; switches take a value behind `=` alone. */
const FLAGS = optionTable(`
  root= log= log-format= debug? systemd-cgroup? debug-log= debug-command= panic-log= coverage-report= log-packets?
  pcap-log= debug-log-format= debug-to-user-log? alsologtostderr? allow-flag-override? traceback= metric-server=
  final-metrics-log= profiling-metrics= profiling-metrics-log= profiling-metrics-rate-us= strace? strace-syscalls=
  strace-log-size= strace-event? platform= platform_device_path= watchdog-action= panic-signal= profile?
  profile-block= profile-cpu= profile-gc-interval= profile-heap= profile-mutex= trace= rootless? ref-leak-mode=
  cpu-num-from-quota? oci-seccomp? enable-core-tags? pod-init-config= host-settings= allow-suid? shared-root=
  app-huge-pages? file-access= file-access-mounts= overlay? overlay2= host-uds= host-fifo=
  character-device-policy= gvisor-marker-file? override-procs= ignore-cgroups? mount-cgroup-v2? fdlimit= dcache=
  iouring? directfs? network= gofer-network-namespace= net-raw? allow-packet-socket-write? gso? software-gso?
  gvisor-gro? tx-checksum-offload? rx-checksum-offload? qdisc= num-network-channels=
  network-processors-per-channel= EXPERIMENTAL-xdp= reproduce-nat? reproduce-nftables? net-disconnect-ok?
  allow-connected-on-save? nvproxy? nvproxy-docker? nvproxy-driver-version= nvproxy-allow-unsupported-driver?
  nvproxy-allowed-driver-capabilities= rdmaproxy? tpuproxy? TESTONLY-unsafe-nonroot? help? version?
`);

/** runsc/cmd/do.go. */
const DO = optionTable('root= cwd= erofs= ip= quiet? force-overlay? uid-map= gid-map= volume= help?');
/** runsc/cmd/run.go and create.go. */
const RUN = optionTable(`
  bundle= console-socket= pid-file= user-log= detach? pass-fd= exec-fd= fs-restore-image-path= fs-restore-direct?
  help?
`);

export interface RunscCall {
  readonly verb: 'do' | 'run';
  readonly flags: OptionReading['options'];
  readonly options: OptionReading['options'];
  readonly unresolved: OptionReading['unresolved'];
  /** Behind the options: the command, or the container's id. */
  readonly rest: readonly ShellWord[];
}

/** Null for calls that start nothing. */
export function runscCall(words: readonly ShellWord[]): RunscCall | null {
  const outer = readOptions(words.map(withTwoDashes), FLAGS);
  const [verb, ...others] = outer.rest;
  const kind = verb?.value === 'do' ? 'do' : /^(?:run|create)$/.test(verb?.value ?? '') ? 'run' : null;
  if (kind === null) return null;
  const inner = readOptions(others.map(withTwoDashes), kind === 'do' ? DO : RUN);
  return {
    verb: kind,
    flags: outer.options,
    options: inner.options,
    unresolved: [...outer.unresolved, ...inner.unresolved],
    rest: others.slice(others.length - inner.rest.length),
  };
}

/** One dash and two are the same there, and there are no clusters. */
function withTwoDashes(word: ShellWord): ShellWord {
  return /^-[A-Za-z]/.test(word.value) && word.alternatives === undefined
    ? { ...word, value: `-${word.value}` }
    : word;
}

/** The switch, where it is on in any case. */
export function switchOf(options: readonly ProcessOption[], name: string): ProcessOption | null {
  const found = certain(options, name);
  return found !== null && /^(?:1|t|true|)$/i.test(found.value ?? '') ? found : null;
}
