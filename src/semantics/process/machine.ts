/** What virtual machines have in common: a kernel of their own, and of the host what is handed in. */
import type { HostFiles } from '../../model/files.ts';
import type { Egress, Network } from '../../model/network.ts';
import type { DeviceGrant, Privilege } from '../../model/privilege.ts';
import type { Limit, Limits } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';

/** @param root where root of the host starts the monitor, so that shared files are touched as root; or null */
export function machinePrivilege(
  place: Place,
  root: Origin | null,
  devices: Privilege['devices'],
): Privilege {
  const origin = root ?? byDefault(place, 'the machine is a process of whoever starts it');
  const none = new Set<string>();
  return {
    user: known({ name: root === null ? 'the caller' : 'root', root: root !== null }, origin),
    effectiveRoot:
      root === null
        ? answer('no', [origin], 'files of the host are touched as whoever starts the machine')
        : answer('yes', [root], 'root starts the machine, and files of the host are touched as root'),
    sudo: answer('no', [origin]),
    privileged: null,
    capabilities: { added: [], dropsAll: null, bounding: none, usable: none, origin },
    noNewPrivileges: null,
    confinement: null,
    namespaces: null,
    devices,
    deviceRules: [],
    // The monitor opens the disk before the machine starts: one that may not does not start it.
    groups: devices.map(({ origin: disk }) => ({ name: 'disk', origin: disk })),
    runtime: known('vm', byDefault(place, 'a virtual machine has a kernel of its own')),
    rootIsHostRoot: answer('no', [byDefault(place, 'root of a virtual machine is none of the host')]),
    terminal: null,
    escalations: [],
  };
}

/** Disks and partitions of the host, and the volumes that it runs from; any other volume is as good as an image. */
const HOST_DISK =
  /^\/dev\/(?:(?:sd|hd|vd|xvd|nvme|mmcblk|md|dm-)[\w-]*|disk\/.*|root|mapper\/.*(?:root|crypt|luks|home|swap).*)$/;

/** A disk of the host in the place of an image; null where it is none. */
export function hostDisk(
  path: string,
  { writable, text, origin }: { readonly writable: boolean; readonly text: string; readonly origin: Origin },
): DeviceGrant | null {
  if (!HOST_DISK.test(path)) return null;
  return { device: displayText(path), access: { read: true, write: writable }, text, origin };
}

export interface MachineSize {
  /** Bytes. */
  readonly memory: Value<Limit>;
  readonly cpu: Value<Limit>;
}

/** Its processes are threads of one, and its disks as large as they were made. */
export function machineLimits(place: Place, { memory, cpu }: MachineSize): Limits {
  return {
    expressible: true,
    memory,
    cpu,
    processes: known({ amount: 1 }, byDefault(place, 'its processes are none of the host')),
    disk: unknown('disk images', 'the size of the images bounds it', [], byDefault(place, 'disk images')),
  };
}

/** @param loopback the way to the host's own loopback, where there is one */
export function machineNetwork(egress: Value<Egress>, loopback: Origin | null): Network {
  const open = egress.known && (egress.value.kind === 'open' || egress.value.kind === 'host');
  return {
    egress,
    hostLoopback:
      loopback === null
        ? answer('no', [egress.origin])
        : answer('yes', [loopback], "the machine's gateway leads to the host's loopback"),
    metadata: egress.known
      ? answer(open ? 'yes' : 'no', [egress.origin], 'nothing filters 169.254.169.254')
      : answer('unknown', [egress.origin]),
    neighbours: [],
    published: [],
    proxyVariables: [],
    engineApis: [],
    abstractSockets: answer('no', [egress.origin]),
  };
}

export const NO_FILES: HostFiles = {
  grants: [],
  can: () => ({ verdict: 'no', because: [], grant: null }),
  defeated: [],
  openByDefault: null,
};
