/** Firecracker's configuration file (its swagger/firecracker.yaml, FullVmConfiguration). */
import type { Network } from '../../model/network.ts';
import type { DeviceGrant, Privilege } from '../../model/privilege.ts';
import type { Lifetime, Limit, Unresolved } from '../../model/sandbox.ts';
import { byDefault, explicit, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place, Source } from '../../source/source.ts';
import { readJsonc } from '../../syntax/jsonc.ts';
import {
  childOf,
  entryOf,
  entryPlace,
  itemsOf,
  type Node,
  placeOf,
  type SyntaxProblem,
} from '../../syntax/node.ts';
import { hostDisk, machineLimits, machineNetwork, machinePrivilege } from '../process/machine.ts';

export interface MachineConfiguration {
  /** Null where it is no configuration. */
  readonly root: Node | null;
  readonly source: Source;
  /** The opening brace. */
  readonly place: Place;
  readonly problems: readonly SyntaxProblem[];
}

/** Cheap: what there is always, and one of what tells a machine's shape (src/vmm/src/resources.rs, VmmConfig). */
export function looksLikeMachine(text: string): boolean {
  return text.includes('"boot-source"') && /"(?:machine-config|drives)"/.test(text);
}

export function readMachine(source: Source): MachineConfiguration {
  const { documents, problems } = readJsonc(source);
  const [document] = documents;
  const isMachine = childOf(document, 'boot-source') !== undefined;
  const start = document?.span.start ?? 0;
  return {
    root: document !== undefined && isMachine ? document : null,
    source,
    place: { source, span: { start, end: start + 1 } },
    problems,
  };
}

function textOf(node: Node | undefined): string | null {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.text : null;
}

function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true;
}

/** Null where it is written as something else than a number. */
function numberOf(node: Node | undefined): number | null {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : null;
}

export function machineFacts(
  { root, place }: MachineConfiguration,
  caller: Origin | null,
): {
  readonly network: Network;
  readonly privilege: Privilege;
  readonly limits: ReturnType<typeof machineLimits>;
  readonly lifetime: Lifetime;
} {
  const size = childOf(root ?? undefined, 'machine-config');
  const drives = [
    ...itemsOf(childOf(root ?? undefined, 'drives')),
    ...itemsOf(childOf(root ?? undefined, 'pmem')),
  ];
  const kept = drives.find(isWritable);
  return {
    network: networkOf(root, place),
    privilege: machinePrivilege(place, caller, drives.flatMap(diskOf)),
    limits: machineLimits(place, {
      memory: amount(size, 'mem_size_mib', place, { unit: 2 ** 20, usual: 128 }),
      cpu: amount(size, 'vcpu_count', place, { unit: 1, usual: 1 }),
    }),
    lifetime: {
      kept:
        kept === undefined
          ? known(false, byDefault(place, 'no drive is writable'))
          : known(true, explicit(placeOf(childOf(kept, 'path_on_host') ?? kept))),
      readOnlyRoot: null,
      shared: [],
    },
  };
}

/** Without a machine-config there is a default of both; in one both have to be (src/vmm/src/vmm_config/machine_config.rs). */
function amount(
  size: Node | undefined,
  key: string,
  place: Place,
  { unit, usual }: { readonly unit: number; readonly usual: number },
): Value<Limit> {
  if (size === undefined) return known({ amount: usual * unit }, byDefault(place, "Firecracker's default"));
  const entry = entryOf(size, key);
  if (entry === undefined) return unknown(key, 'it is not given', [], byDefault(place, 'Firecracker'));
  const origin = explicit(entryPlace(entry));
  const value = numberOf(entry.value);
  return value === null
    ? unknown(textOf(entry.value) ?? key, 'it is no number', [], origin)
    : known({ amount: value * unit }, origin);
}

/** A drive says `is_read_only`, persistent memory `read_only`; without it they are written to. */
function isWritable(drive: Node): boolean {
  return !isTrue(childOf(drive, 'is_read_only')) && !isTrue(childOf(drive, 'read_only'));
}

/** A drive is a file that is the machine's own, unless it is a disk of the host. */
function diskOf(drive: Node): readonly DeviceGrant[] {
  const entry = entryOf(drive, 'path_on_host');
  const path = textOf(entry?.value);
  if (entry === undefined || path === null) return [];
  const writable = isWritable(drive);
  const origin = explicit(entryPlace(entry));
  return [hostDisk(path, { writable, text: `path_on_host: ${path}`, origin }) ?? []].flat();
}

/** The tap device leads wherever the host forwards it; Firecracker itself filters nothing (docs/network-setup.md). */
function networkOf(root: Node | null, place: Place): Network {
  const entry = entryOf(root ?? undefined, 'network-interfaces');
  const [first] = itemsOf(entry?.value);
  const vsock = entryOf(root ?? undefined, 'vsock');
  const neighbours =
    vsock === undefined
      ? []
      : [
          {
            name: textOf(childOf(vsock.value, 'uds_path')) ?? 'vsock',
            holds: null,
            origin: explicit(entryPlace(vsock)),
            sandbox: null,
          },
        ];
  if (first === undefined) {
    const origin =
      entry === undefined ? byDefault(place, 'no interface is given') : explicit(entryPlace(entry));
    return { ...machineNetwork(known({ kind: 'none' }, origin), null), neighbours };
  }
  const device = entryOf(first, 'host_dev_name');
  const tap = textOf(device?.value) ?? 'its tap device';
  const origin = explicit(device === undefined ? placeOf(first) : entryPlace(device));
  const egress = known({ kind: 'open' as const }, origin, [`the host forwards what comes from ${tap}`]);
  return { ...machineNetwork(egress, null), neighbours };
}

/** What no longer is JSON after a template was filled in. */
export function unresolvedParts({ source, problems, place }: MachineConfiguration): readonly Unresolved[] {
  if (!problems.some(({ severity }) => severity !== 'note')) return [];
  return [
    {
      what: source.path,
      why: 'it is not JSON throughout',
      names: [source.path],
      mayHide: 'any-setting',
      origin: explicit(place),
      kind: 'text',
    },
  ];
}
