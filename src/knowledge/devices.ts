/** Host devices by path. What a row gives holds for root inside, or a member of the device's group. */
import type { Certainty } from '../model/outcome.ts';

export interface DeviceRowData {
  /** Path with `*` for anything but a slash; `/**` at the end for everything below. */
  readonly pattern: string;
  /** Null: harmless. */
  readonly outcome: string | null;
  readonly certainty: Certainty;
  /** Clause that follows "code inside can". */
  readonly lets: string;
  /** What reading alone gives, where that is less; absent: the same. */
  readonly readOutcome?: string;
  readonly reason: string;
  readonly reference: string;
}

const LINUX = 'https://www.kernel.org/doc/html/latest/admin-guide/devices.html';

function rows(
  patterns: readonly string[],
  outcome: string | null,
  certainty: Certainty,
  lets: string,
  reason: string,
  reference = LINUX,
  readOutcome?: string,
): DeviceRowData[] {
  return patterns.map((pattern) => ({
    pattern,
    outcome,
    certainty,
    lets,
    ...(readOutcome === undefined ? {} : { readOutcome }),
    reason,
    reference,
  }));
}

export const DEVICES: readonly DeviceRowData[] = [
  ...rows(
    [
      ...['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'stdin', 'stdout', 'stderr', 'console'],
      // Directories without device nodes in them: mounted, their files are those of system-paths.
      ...['shm', 'mqueue'],
    ].map((name) => `/dev/${name}`),
    null,
    'direct',
    'use devices that every container has',
    'Containers have these anyway.',
    'https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices',
  ),
  ...rows(
    [
      ...[
        '/dev/sd*',
        '/dev/hd*',
        '/dev/vd*',
        '/dev/xvd*',
        '/dev/nvme*',
        '/dev/mmcblk*',
        '/dev/dm-*',
        '/dev/mapper/**',
      ],
      ...[
        '/dev/md*',
        '/dev/loop*',
        '/dev/disk/**',
        '/dev/block/**',
        '/dev/zd*',
        '/dev/nbd*',
        '/dev/rbd*',
        '/dev/sr*',
      ],
      ...['/dev/sg*', '/dev/disk*', '/dev/rdisk*'],
    ],
    'host-root',
    'direct',
    'read and rewrite the disk of the host below its file system',
    'A block device needs no capability: whoever opens it changes any file of the host.',
    'https://github.com/cdk-team/CDK/blob/main/pkg/exploit/escaping/mount_device.go',
    'disk-read',
  ),
  ...rows(
    ['/dev/loop-control'],
    'kernel-surface',
    'direct',
    'create loop devices',
    'It creates devices, which device rules have to allow before they open.',
  ),
  ...rows(
    ['/dev/mem', '/dev/kmem', '/dev/port'],
    'host-memory',
    'direct',
    'read and write physical memory',
    'It also needs SYS_RAWIO, and a kernel that is not locked down.',
    'https://man7.org/linux/man-pages/man4/mem.4.html',
  ),
  ...rows(
    [
      '/dev/input',
      '/dev/input/**',
      '/dev/uinput',
      '/dev/uhid',
      '/dev/hidraw*',
      '/dev/bus/usb',
      '/dev/bus/usb/**',
      '/dev/usb/**',
      '/dev/vhci',
    ],
    'host-input',
    'direct',
    'read your keystrokes, type for you, and talk to security keys',
    'Input and USB devices are shared with the desktop.',
    'https://www.kernel.org/doc/html/latest/input/input_uapi.html',
  ),
  ...rows(
    ['/dev/snd', '/dev/snd/**', '/dev/video*', '/dev/v4l/**', '/dev/media*', '/dev/dsp*'],
    'sensors',
    'direct',
    'use microphone and camera',
    'Nobody is asked before a recording.',
  ),
  ...rows(
    [
      '/dev/kvm',
      '/dev/vhost-*',
      '/dev/vsock',
      '/dev/vfio/**',
      '/dev/vboxdrv',
      '/dev/vboxnetctl',
      '/dev/nitro_enclaves',
      '/dev/sev',
    ],
    'kernel-surface',
    'direct',
    'attack the hypervisor part of the kernel',
    'It starts virtual machines, which is no way out, through code that is usually closed.',
    'https://www.kernel.org/doc/html/latest/virt/kvm/api.html',
  ),
  ...rows(
    [
      '/dev/dri',
      '/dev/dri/**',
      '/dev/kfd',
      '/dev/nvidia*',
      '/dev/nvidia-caps/**',
      '/dev/mali*',
      '/dev/accel/**',
      '/dev/dxg',
      'gpu',
      'nvidia.com/**',
      'amd.com/**',
      'intel.com/**',
    ],
    'kernel-surface',
    'direct',
    'attack the graphics driver and read what others left in graphics memory',
    'Graphics drivers take complex orders from programs, and the display can be grabbed through a card node.',
    'https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/',
  ),
  ...rows(
    ['/dev/fuse'],
    'kernel-surface',
    'direct',
    'offer file systems to the kernel',
    'Mounting them needs SYS_ADMIN or a user namespace.',
    'https://www.kernel.org/doc/html/latest/filesystems/fuse/fuse.html',
  ),
  ...rows(
    ['/dev/net/tun', '/dev/net/**', '/dev/tap*', '/dev/ppp'],
    'kernel-surface',
    'direct',
    'create tunnels, which go round rules on addresses',
    'Configuring a tunnel also needs NET_ADMIN.',
    'https://www.kernel.org/doc/html/latest/networking/tuntap.html',
  ),
  ...rows(
    [
      '/dev/ttyUSB*',
      '/dev/ttyACM*',
      '/dev/ttyS*',
      '/dev/ttyAMA*',
      '/dev/serial/**',
      '/dev/i2c*',
      '/dev/spidev*',
      '/dev/gpiochip*',
      '/dev/gpiomem*',
      '/dev/can*',
      '/dev/parport*',
      '/dev/lp*',
    ],
    'host-control',
    'assumed',
    'give orders to hardware that is connected, its firmware included',
    'What it can do depends on the hardware.',
  ),
  ...rows(
    ['/dev/tpm*', '/dev/tpmrm*'],
    'credential:tpm',
    'assumed',
    'use keys that are sealed in the security chip',
    'The chip serves whoever talks to it, within the policy of each key.',
    'https://trustedcomputinggroup.org/resource/tpm-library-specification/',
  ),
  ...rows(
    ['/dev/kmsg'],
    'host-data',
    'direct',
    'read the kernel log and write into it',
    'The log is that of the whole host.',
    'https://www.kernel.org/doc/Documentation/ABI/testing/dev-kmsg',
  ),
  ...rows(
    ['/dev/tty*', '/dev/pts/**', '/dev/vcs*', '/dev/fb*'],
    'host-control',
    'direct',
    'read and write terminals and the screen of the host',
    'Terminals of the host belong to sessions of the host.',
    'https://man7.org/linux/man-pages/man4/vcs.4.html',
  ),
  ...rows(
    ['/dev/watchdog*', '/dev/rtc*', '/dev/cpu_dma_latency'],
    'denial-of-service',
    'direct',
    'reset the host or its clock',
    'A watchdog that is opened and left resets the machine.',
    'https://www.kernel.org/doc/html/latest/watchdog/watchdog-api.html',
  ),
  ...rows(
    ['/dev/cpu/**', '/dev/msr*'],
    'host-memory',
    'assumed',
    'write registers of the processor',
    'Model-specific registers reach into the kernel; writing also needs SYS_RAWIO.',
    'https://man7.org/linux/man-pages/man4/msr.4.html',
  ),
  ...rows(
    ['/dev'],
    'host-root',
    'direct',
    'open every device of the host',
    'All of /dev as devices includes the disks.',
  ),
];

const EXACT = new Map(DEVICES.map((device) => [device.pattern, device]));

/** Patterns with a star, the longest first, so that `/dev/ttyUSB*` comes before `/dev/tty*`. */
const GLOBS = DEVICES.filter((device) => device.pattern.includes('*')).toSorted(
  (a, b) => b.pattern.length - a.pattern.length,
);

function matches(pattern: string, path: string): boolean {
  const prefix = pattern.slice(0, pattern.indexOf('*'));
  if (!path.startsWith(prefix)) return false;
  if (pattern.endsWith('/**')) return true;
  const rest = path.slice(prefix.length);
  return rest !== '' && !rest.includes('/');
}

/**
 * The row of a device by its path on the host, by a CDI name (`nvidia.com/gpu=all`), or `gpu`.
 * @returns null for one that is in no table, of which nothing is known
 */
export function deviceRow(path: string): DeviceRowData | null {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return EXACT.get(bare) ?? GLOBS.find((device) => matches(device.pattern, bare)) ?? null;
}
