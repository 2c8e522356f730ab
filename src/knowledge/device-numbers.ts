/**
 * Numbers of device-cgroup rules, by the path that such a device has: what it gives is in `devices.ts`.
 * All from https://www.kernel.org/doc/html/latest/admin-guide/devices.html; numbers from 234 on are mostly
 * given out at boot and name no fixed device.
 */
interface DeviceNumber {
  readonly major: number;
  /** Null: every minor number. */
  readonly minor: number | null;
  readonly path: string;
}

const number = (major: number, minor: number | null, path: string): DeviceNumber => ({ major, minor, path });

/** Character devices. Where single minors are named, they come before the whole major. */
const CHARACTER: readonly DeviceNumber[] = [
  number(1, 3, '/dev/null'),
  number(1, 5, '/dev/zero'),
  number(1, 7, '/dev/full'),
  number(1, 8, '/dev/random'),
  number(1, 9, '/dev/urandom'),
  number(1, 11, '/dev/kmsg'),
  number(1, null, '/dev/mem'),
  number(4, null, '/dev/tty1'),
  number(5, 0, '/dev/tty'),
  number(5, 1, '/dev/console'),
  number(5, 2, '/dev/ptmx'),
  number(7, null, '/dev/vcs1'),
  number(10, 200, '/dev/net/tun'),
  number(10, 223, '/dev/uinput'),
  number(10, 229, '/dev/fuse'),
  number(10, 232, '/dev/kvm'),
  number(10, 237, '/dev/loop-control'),
  number(10, null, '/dev/uinput'),
  number(13, null, '/dev/input/event0'),
  number(14, null, '/dev/dsp'),
  number(21, null, '/dev/sg0'),
  number(29, null, '/dev/fb0'),
  number(81, null, '/dev/video0'),
  number(89, null, '/dev/i2c-0'),
  number(116, null, '/dev/snd/controlC0'),
  number(136, null, '/dev/ptmx'),
  number(166, null, '/dev/ttyACM0'),
  number(180, null, '/dev/usb/hiddev0'),
  number(188, null, '/dev/ttyUSB0'),
  number(189, null, '/dev/bus/usb/001/001'),
  number(195, null, '/dev/nvidia0'),
  number(226, null, '/dev/dri/card0'),
];

/**
 * A path that stands for the devices of a rule.
 * @param major a number, or `*`; `minor` likewise
 * @returns null for numbers that name no fixed device
 */
export function deviceOfNumbers(type: string, major: string, minor: string): string | null {
  if (type === 'a') return '/dev';
  if (type === 'b') return '/dev/sda';
  if (major === '*') return '/dev/mem';
  const rows = CHARACTER.filter((row) => row.major === Number(major));
  const exact = rows.find((row) => row.minor === Number(minor));
  return (exact ?? rows.find((row) => row.minor === null))?.path ?? null;
}
