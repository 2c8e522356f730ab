/** Devices of the host that a sandbox may open, by whatever grants them: by name, by number, by a bound directory. */
import { deviceOfNumbers } from '../knowledge/device-numbers.ts';
import { rootForKernel } from './authority.ts';
import type { Sandbox } from './sandbox.ts';
import { type Origin, surely } from './value.ts';

export interface OpenDevice {
  /** On the host, or a CDI name, or `gpu`; null: numbers that name no fixed device. */
  readonly path: string | null;
  readonly read: boolean;
  readonly write: boolean;
  /** A rule admits numbers; the file for them has to be made, which takes CAP_MKNOD (mknod(2)). */
  readonly made: boolean;
  readonly text: string;
  readonly origin: Origin;
}

function isMachine({ privilege }: Sandbox): boolean {
  return surely(privilege.runtime, (kind) => kind === 'vm');
}

/**
 * None for a privileged container, which opens all of them by one switch; in a machine of its own that switch
 * opens the machine's, and the host's are those that are handed in.
 */
export function openDevices(sandbox: Sandbox): OpenDevice[] {
  const { privilege, files, boundary } = sandbox;
  const privileged = privilege.privileged !== null && surely(privilege.privileged, (on) => on);
  if (privileged && !isMachine(sandbox)) return [];
  const named = privilege.devices.map(
    ({ device, access, text, origin }): OpenDevice => ({
      path: device,
      ...access,
      made: false,
      text,
      origin,
    }),
  );
  const ruled = privilege.deviceRules.map(
    ({ type, major, minor, access, text, origin }): OpenDevice => ({
      path: deviceOfNumbers(type, major, minor),
      read: access.includes('r'),
      write: access.includes('w'),
      made: true,
      text,
      origin,
    }),
  );
  const bound = boundary === 'namespaces' ? files.grants : [];
  const opened = bound.flatMap(({ path, devices, text, origin }): OpenDevice[] => {
    if (devices !== 'yes' || path.root !== 'absolute' || !/^\/(?:dev(?:\/|$)|$)/.test(path.path)) return [];
    const device = path.path === '/' ? '/dev' : path.path;
    return [{ path: device, read: true, write: true, made: false, text, origin }];
  });
  return [...named, ...ruled, ...opened].filter((device) => device.read || device.write);
}

/** Outcomes of devices that only root and a group may open; the others are open to everyone on most hosts. */
const GUARDED: ReadonlySet<string> = new Set(['host-root', 'host-memory', 'disk-read']);

/** Groups by name, or by their usual number (root, disk, kmem: Debian's base-passwd). */
const GUARDS = /^(?:root|disk|kmem|0|6|9|15)$/;

/** What has to hold besides before a device can be used, as a clause; null: nothing. */
export function obstacleTo(sandbox: Sandbox, { made }: OpenDevice, outcome: string): string | null {
  const { capabilities, effectiveRoot, groups } = sandbox.privilege;
  if (made && !(capabilities?.usable.has('MKNOD') ?? false))
    return 'the device file is there, or can be made';
  if (!GUARDED.has(outcome)) return null;
  // A device that is passed through is the machine's own: its root opens it.
  const root = isMachine(sandbox) ? effectiveRoot : rootForKernel(sandbox);
  if (root.verdict !== 'no' || groups.some(({ name }) => GUARDS.test(name))) return null;
  return 'the user inside may open it, which its owner and group on the host decide';
}
