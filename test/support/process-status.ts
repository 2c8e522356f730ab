/** What a process inside a container can tell of itself: /proc/self/status (proc(5)), and what it may write. */

/** By their numbers (include/uapi/linux/capability.h). */
const NAMES =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT ' +
  'SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL ' +
  'SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE';

function capabilities(mask: string): string {
  const bits = BigInt(`0x${mask}`);
  const names = NAMES.split(' ').filter((_, number) => (bits >> BigInt(number)) % 2n === 1n);
  return names.sort().join(' ');
}

/** For a shell that is busybox's; `/bind` is a directory of the host. */
export const STATUS_SCRIPT =
  'while read -r line; do echo "$line"; done < /proc/self/status; ' +
  'for place in / /bind; do (: > $place/written) 2> /dev/null && echo "wrote: $place"; done; exit 0';

/** Facts in the words of `container-facts.ts`. */
export function statusFacts(output: string): Readonly<Record<string, string>> {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(output)?.[1] ?? '';
  return {
    usable: capabilities(field('CapEff')),
    bounding: capabilities(field('CapBnd')),
    noNewPrivileges: String(field('NoNewPrivs') === '1'),
    seccomp: field('Seccomp') === '0' ? 'unconfined' : 'default',
    readOnlyRoot: String(!/^wrote: \/$/m.test(output)),
    bindReadOnly: String(!/^wrote: \/bind$/m.test(output)),
  };
}
