/**
 * Linux capabilities: what the engines leave, and what an added one gives. A row counts only while root
 * inside is root outside (no user namespace, shared kernel) and the code inside can use the capability.
 */
import type { Certainty } from '../model/outcome.ts';

/** Docker's set for a container without flags: moby/moby daemon/pkg/oci/caps/defaults.go. */
export const DEFAULT_CAPABILITIES_DOCKER: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Podman's set: containers/common pkg/config/default.go (`DefaultCapabilities`). */
export const DEFAULT_CAPABILITIES_PODMAN: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Every capability of Linux 6.x: capabilities(7). */
export const ALL_CAPABILITIES: readonly string[] = [
  ...DEFAULT_CAPABILITIES_DOCKER,
  'AUDIT_CONTROL',
  'AUDIT_READ',
  'BLOCK_SUSPEND',
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'IPC_LOCK',
  'IPC_OWNER',
  'LEASE',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'NET_BROADCAST',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'SYSLOG',
  'WAKE_ALARM',
];

/** Something else about the sandbox that makes a capability worth more. */
export type CapabilityCondition =
  | 'pid-host'
  | 'network-host'
  | 'apparmor-unconfined'
  | 'device-memory'
  | 'capability-PERFMON';

export interface CapabilityGain {
  readonly outcome: string;
  readonly certainty: Certainty;
  /** Clause that follows "code inside can". */
  readonly lets: string;
}

export interface CapabilityRow {
  readonly name: string;
  /** What it gives alone; null: nothing that crosses the boundary. */
  readonly alone: CapabilityGain | null;
  /** What it gives together with something else, the worst first. */
  readonly together: readonly ({ readonly with: CapabilityCondition } & CapabilityGain)[];
  readonly reason: string;
  readonly reference: string;
}

const MAN = 'https://man7.org/linux/man-pages/man7/capabilities.7.html';

const gain = (outcome: string, certainty: Certainty, lets: string): CapabilityGain => ({
  outcome,
  certainty,
  lets,
});

const row = (
  name: string,
  alone: CapabilityGain | null,
  reason: string,
  reference: string = MAN,
  together: CapabilityRow['together'] = [],
): CapabilityRow => ({ name, alone, together, reason, reference });

const PTRACE_HOST = gain('host-root', 'direct', 'inject code into a root process of the host');
const MOUNT = 'mount the disk of the host or a cgroup release agent and run commands as root on the host';
const HOST_FIREWALL = 'rewrite firewall, routes and addresses of the host';

/** Graded additions. A capability without a row here is in the engine's default set and gives nothing new. */
export const CAPABILITIES: readonly CapabilityRow[] = [
  row(
    'ALL',
    gain('host-root', 'direct', 'use any of several ways to become root on the host'),
    'Every capability at once is what a privileged container has, devices aside.',
    'https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities',
  ),
  row(
    'SYS_ADMIN',
    gain('host-root', 'direct', MOUNT),
    'It allows mount, namespaces and most administration; the default seccomp profile opens with it. AppArmor, where the host has it, still denies mounts.',
    'https://github.com/cdk-team/CDK/blob/main/pkg/exploit/escaping/mount_cgroup.go',
    [{ with: 'apparmor-unconfined', ...gain('host-root', 'direct', MOUNT) }],
  ),
  row(
    'SYS_MODULE',
    gain('host-root', 'direct', 'load code into the kernel of the host'),
    'Kernel modules run with all rights of the host, unless signing or lockdown stops them.',
  ),
  row(
    'DAC_READ_SEARCH',
    gain('disk-read', 'direct', 'open any file of the disk that holds a mounted file, by its handle'),
    'open_by_handle_at reaches every inode of a file system of which one file is mounted, /etc/hosts of the container included.',
    'https://github.com/cdk-team/CDK/blob/main/pkg/exploit/escaping/cap_dac_read_search.go',
  ),
  row(
    'SYS_PTRACE',
    null,
    'It traces processes of other users, which are only those inside as long as the process namespace is private.',
    'https://man7.org/linux/man-pages/man2/ptrace.2.html',
    [{ with: 'pid-host', ...PTRACE_HOST }],
  ),
  row(
    'SYS_RAWIO',
    gain('host-memory', 'assumed', 'reach hardware ports and physical memory'),
    'It allows iopl and raw memory devices; lockdown and STRICT_DEVMEM may limit it.',
    MAN,
    [{ with: 'device-memory', ...gain('host-memory', 'direct', 'read and write physical memory') }],
  ),
  row(
    'BPF',
    gain('kernel-surface', 'direct', 'load BPF programs into the kernel of the host'),
    'The BPF verifier is a large part of the kernel, and has had many errors.',
    MAN,
    [
      {
        with: 'capability-PERFMON',
        ...gain('host-memory', 'direct', 'trace and read every process of the host'),
      },
    ],
  ),
  row(
    'PERFMON',
    gain('kernel-surface', 'direct', 'profile the whole host'),
    'Performance events are not separated by container, and leak what others do.',
  ),
  row(
    'CHECKPOINT_RESTORE',
    gain('kernel-surface', 'direct', 'choose process ids and follow memory maps of others'),
    'It widens what the kernel accepts, and makes races easier.',
  ),
  row(
    'NET_ADMIN',
    gain(
      'kernel-surface',
      'direct',
      'change firewall and routes of its own network and reach nftables in the kernel',
    ),
    'In a network of its own it removes any firewall inside; on the host network it edits that of the host.',
    MAN,
    [{ with: 'network-host', ...gain('host-control', 'direct', HOST_FIREWALL) }],
  ),
  row(
    'NET_RAW',
    null,
    'Raw sockets spoof addresses on a shared bridge; Docker grants it anyway, Podman does not.',
    MAN,
    [{ with: 'network-host', ...gain('host-control', 'direct', 'capture and forge packets of the host') }],
  ),
  row(
    'MAC_ADMIN',
    gain('host-control', 'assumed', 'loosen the policy of the security module of the host'),
    'Security modules that are not separated by namespace take their policy from whoever holds it.',
  ),
  row(
    'MAC_OVERRIDE',
    gain('host-control', 'assumed', 'step over the policy of the security module of the host'),
    'Smack honours it.',
  ),
  row(
    'SYS_TIME',
    gain('host-control', 'direct', 'set the clock of the host'),
    'The real-time clock has no namespace: certificates, logs and tokens of the host follow it.',
  ),
  row(
    'SYS_BOOT',
    gain('denial-of-service', 'direct', 'reboot or replace the kernel of the host'),
    'Within a process namespace reboot only ends its first process; kexec needs more, but asks for this.',
  ),
  row(
    'SYSLOG',
    gain('kernel-surface', 'direct', 'read the kernel log and kernel addresses'),
    'Addresses from the log help to exploit a kernel error.',
  ),
  row(
    'SYS_TTY_CONFIG',
    gain('denial-of-service', 'direct', 'hang up or reconfigure terminals of the host'),
    'vhangup and virtual terminal controls are for the whole host.',
  ),
  row(
    'LINUX_IMMUTABLE',
    gain('denial-of-service', 'direct', 'make mounted files impossible to change or delete'),
    'The immutable flag on a file of the host stays until root there removes it.',
  ),
  row(
    'AUDIT_CONTROL',
    gain('host-control', 'direct', 'switch off the audit log of the host'),
    'The kernel has one audit log.',
  ),
  row(
    'AUDIT_READ',
    gain('host-data', 'direct', 'read the audit log of the host'),
    'The kernel has one audit log.',
  ),
  row(
    'IPC_OWNER',
    null,
    'It steps over permissions of System V shared memory, which is only its own while that namespace is private.',
  ),
  row(
    'SYS_RESOURCE',
    gain('denial-of-service', 'direct', 'step over quotas and resource limits'),
    'It overrides disk quotas, process limits and kernel memory limits.',
  ),
  row(
    'SYS_NICE',
    gain('denial-of-service', 'direct', 'take processor time with real-time priority'),
    'Real-time priority starves everything else on its processors.',
  ),
  row(
    'IPC_LOCK',
    gain('denial-of-service', 'direct', 'lock memory so that the host cannot swap it out'),
    'Locked memory counts against the host.',
  ),
  row(
    'SYS_PACCT',
    gain('denial-of-service', 'direct', 'switch process accounting of the host'),
    'Accounting is switched for the process namespace, whose writes go where it says.',
  ),
  row('LEASE', null, 'It places leases on files of others, which only delays who opens them.'),
  row(
    'WAKE_ALARM',
    gain('denial-of-service', 'direct', 'wake the host from sleep'),
    'Wake-up timers are for the whole machine.',
  ),
  row(
    'BLOCK_SUSPEND',
    gain('denial-of-service', 'direct', 'keep the host from going to sleep'),
    'Wake locks are for the whole machine.',
  ),
  row('NET_BROADCAST', null, 'The kernel does not use it.'),
];

const BY_NAME = new Map(CAPABILITIES.map((capability) => [capability.name, capability]));

/** The graded row of a capability in normal form (`SYS_ADMIN`, `ALL`), or null when it gives nothing. */
export function capabilityRow(name: string): CapabilityRow | null {
  return BY_NAME.get(name) ?? null;
}

/**
 * Upper case without `CAP_`, as engines compare names (moby/moby daemon/pkg/oci/caps/utils.go). A name that no
 * kernel knows passes too: the engine refuses it.
 */
export function normaliseCapability(text: string): string {
  const upper = text.trim().toUpperCase();
  return upper.startsWith('CAP_') ? upper.slice(4) : upper;
}
