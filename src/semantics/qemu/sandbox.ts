/** A command line of QEMU as a sandbox. */
import type { Limit } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { parseSize } from '../docker/limits.ts';
import { callerOf } from '../process/caller.ts';
import { programOf } from '../process/command.ts';
import { layeredFiles } from '../process/host-view.ts';
import type { Launch, LaunchIdentity, ScriptContext } from '../process/launches.ts';
import { machineLimits, machinePrivilege } from '../process/machine.ts';
import { certain, given, type ProcessOption } from '../process/option-words.ts';
import { processSandbox } from '../process/sandbox.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { forwardedCommands, qemuNetwork } from './network.ts';
import { type QemuReading, qemuOptions, suboptions } from './options.ts';
import { monitorBypasses } from './ports.ts';
import { devicesOf, drivesOf, sharesOf, unreadParts } from './shares.ts';

/** The architecture may stand in a variable. */
const PROGRAM = /^(?:qemu-system-.+|qemu-kvm|kvm)$/s;

/** Null for other programs, and for a call that only asks. */
export function qemuLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || !PROGRAM.test(programOf(word))) return null;
  const reading = qemuOptions(words);
  const asks = reading.options.some(
    ({ name, value }) => /^(?:h|help|version)$/.test(name) || value === 'help' || value === '?',
  );
  if (asks) return null;
  const { root } = callerOf(command, context.before);
  const { commands } = context;
  return {
    place: word.place,
    build: (identity) => qemuSandbox(reading, { place: word.place, root, commands }, identity),
  };
}

interface Surroundings {
  readonly place: Place;
  readonly root: Origin | null;
  readonly commands: readonly ShellCommand[];
}

function qemuSandbox(
  reading: QemuReading,
  { place, root, commands }: Surroundings,
  identity: LaunchIdentity,
) {
  const { options, unresolved } = reading;
  const network = qemuNetwork(options, place);
  const drives = drivesOf(reading);
  const devices = devicesOf(reading, drives);
  const kept = drives.find(({ writable }) => writable);
  const privilege = machinePrivilege(place, droppedRoot(options, root), devices.disks);
  return processSandbox(identity, {
    format: 'qemu',
    boundary: 'vm',
    place,
    reason: 'a virtual machine holds what it runs',
    files: layeredFiles(sharesOf(reading, commands).map((layer) => ({ ...layer, remote: true }))),
    network,
    privilege: { ...privilege, devices: [...privilege.devices, ...devices.others] },
    environment: { variables: [], files: [], inheritsAll: null },
    limits: machineLimits(place, {
      // Of either there is a default (qemu(1), -m and -smp).
      memory: amountOf(given(options, 'm'), 128 * 2 ** 20, place, memoryOf),
      cpu: amountOf(given(options, 'smp'), 1, place, processorsOf),
    }),
    lifetime: {
      kept:
        kept === undefined
          ? known(false, byDefault(place, 'nothing is written to a disk image'))
          : known(true, kept.origin),
      readOnlyRoot: null,
      shared: [],
    },
    agents: [],
    hostCommands: forwardedCommands(options),
    bypasses: monitorBypasses(options, network),
    unresolved: [...unresolved, ...unreadParts(reading, commands)],
  });
}

/** `-runas`, and since QEMU 9.1 `-run-with user=`. */
function droppedRoot(options: readonly ProcessOption[], root: Origin | null): Origin | null {
  const dropped =
    certain(options, 'runas') !== null || certain(options, 'run-with')?.value?.includes('user=');
  return dropped === true ? null : root;
}

function amountOf(
  option: ProcessOption | null,
  usual: number,
  place: Place,
  amount: (text: string) => number | null,
): Value<Limit> {
  if (option === null || option.value === null)
    return known({ amount: usual }, byDefault(place, "QEMU's default"));
  if (isResolved(option.value)) return known({ amount: amount(option.value) ?? usual }, option.origin);
  // Whatever it is set to is a limit; how much, only the run tells.
  return unknown(displayText(option.value), 'its value is set outside the files', [], option.origin);
}

/** `4G`, `size=4G,slots=2`, a number of MiB. */
function memoryOf(text: string): number | null {
  const sub = suboptions(text);
  const size = sub.get('size') ?? sub.kind;
  return /^\d+$/.test(size) ? Number(size) * 2 ** 20 : parseSize(size);
}

/** `4`, `cpus=4`, or the product of what makes them up (qemu(1), -smp). */
function processorsOf(text: string): number | null {
  const sub = suboptions(text);
  const total = count(sub.get('cpus') ?? sub.kind);
  if (total !== null) return total;
  const parts = ['sockets', 'dies', 'clusters', 'cores', 'threads'].flatMap(
    (key) => count(sub.get(key) ?? '') ?? [],
  );
  return parts.length === 0 ? null : parts.reduce((product, part) => product * part, 1);
}

function count(text: string): number | null {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}
