/** A command line of QEMU as a sandbox. */
import type { DeviceGrant } from '../../model/privilege.ts';
import type { Limit } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { parseSize } from '../docker/limits.ts';
import { callerOf } from '../process/caller.ts';
import { programOf } from '../process/command.ts';
import { type Layer, layeredFiles } from '../process/host-view.ts';
import type { Launch, LaunchIdentity, ScriptContext } from '../process/launches.ts';
import { machineLimits, machinePrivilege } from '../process/machine.ts';
import { certain, given, type ProcessOption } from '../process/option-words.ts';
import { processSandbox } from '../process/sandbox.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { forwardedCommands, monitorBypasses, qemuNetwork } from './network.ts';
import { type QemuReading, qemuOptions, suboptions } from './options.ts';

/** Null for other programs, and for a call that only asks. */
export function qemuLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || !/^qemu-(?:system-\w+|kvm)$/.test(programOf(word))) return null;
  const reading = qemuOptions(words);
  const asks = reading.options.some(
    ({ name, value }) => /^(?:h|help|version)$/.test(name) || value === 'help' || value === '?',
  );
  if (asks) return null;
  const { root } = callerOf(command, context.before);
  return { place: word.place, build: (identity) => qemuSandbox(reading, word.place, root, identity) };
}

function qemuSandbox(reading: QemuReading, place: Place, root: Origin | null, identity: LaunchIdentity) {
  const { options, unresolved } = reading;
  const network = qemuNetwork(options, place);
  const drives = drivesOf(reading);
  const kept = drives.find(({ writable }) => writable);
  return processSandbox(identity, {
    format: 'qemu',
    boundary: 'vm',
    place,
    reason: 'a virtual machine holds what it runs',
    files: layeredFiles(sharesOf(reading).map((layer) => ({ ...layer, remote: true }))),
    network,
    privilege: machinePrivilege(place, droppedRoot(options, root), drives.flatMap(hostDisk)),
    environment: { variables: [], files: [], inheritsAll: null },
    limits: machineLimits(place, {
      // Of either there is a default (qemu(1), -m and -smp).
      memory: amountOf(given(options, 'm'), 128 * 2 ** 20, place, memoryOf),
      cpu: amountOf(given(options, 'smp'), 1, place, (text) => count(firstOf(text, 'cpus'))),
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
    unresolved,
  });
}

/** `-runas`, and since QEMU 9.1 `-run-with user=`. */
function droppedRoot(options: readonly ProcessOption[], root: Origin | null): Origin | null {
  const dropped =
    certain(options, 'runas') !== null || certain(options, 'run-with')?.value?.includes('user=');
  return dropped === true ? null : root;
}

interface Drive {
  readonly file: string;
  readonly writable: boolean;
  readonly text: string;
  readonly origin: Origin;
}

const IMAGES = /^(?:image|hd[abcd]|sd|mtdblock|pflash|fd[ab])$/;

/** Writable unless told otherwise; with `-snapshot` writes go to a temporary file (qemu(1)). */
function drivesOf({ options, images }: QemuReading): readonly Drive[] {
  const snapshot = certain(options, 'snapshot') !== null;
  return [...options, ...images].flatMap(({ name, value, text, origin }): Drive[] => {
    if (value === null) return [];
    if (IMAGES.test(name)) return [{ file: value, writable: !snapshot, text, origin }];
    if (name !== 'drive' && name !== 'blockdev') return [];
    const sub = suboptions(value);
    const file = sub.get('file') ?? sub.get('filename') ?? sub.get('file.filename');
    if (file === undefined || sub.has('media', 'cdrom')) return [];
    const readOnly = sub.has('readonly', 'on') || sub.has('read-only', 'on') || sub.has('snapshot', 'on');
    return [{ file, writable: !readOnly && !snapshot, text, origin }];
  });
}

/** A disk of the host itself, in the place of an image. */
function hostDisk({ file, writable, text, origin }: Drive): readonly DeviceGrant[] {
  if (!/^\/dev\/(?!null|zero)/.test(file)) return [];
  return [{ device: displayText(file), access: { read: true, write: writable }, text, origin }];
}

/** Directories of the host, writable unless told otherwise (qemu(1), -virtfs and -fsdev). */
function sharesOf({ options, images }: QemuReading): readonly Layer[] {
  const shares = options.flatMap(({ name, value, text, origin, when }): Layer[] => {
    if ((name !== 'virtfs' && name !== 'fsdev') || value === null) return [];
    const sub = suboptions(value);
    const path = sub.get('path');
    if (path === undefined || sub.kind === 'proxy' || sub.kind === 'synth') return [];
    const tag = sub.get('mount_tag') ?? sub.get('id') ?? 'share';
    const writable = !(sub.has('readonly', 'on') || sub.has('readonly', ''));
    return [{ target: `/mnt/${displayText(tag)}`, source: path, writable, text, origin, when }];
  });
  return [...shares, ...[...options, ...images].flatMap(directoryDrive), ...options.flatMap(servedDirectory)];
}

/** `file=fat:rw:DIRECTORY`: a directory in the guise of a disk. */
function directoryDrive({ name, value, text, origin, when }: ProcessOption): readonly Layer[] {
  if (name !== 'drive' && !IMAGES.test(name)) return [];
  const file = name === 'drive' ? suboptions(value ?? '').get('file') : value;
  const match = /^fat:((?:rw:|floppy:|\d+:)*)(.+)$/s.exec(file ?? '');
  if (match === null) return [];
  const writable = match[1]?.includes('rw') === true;
  return [{ target: '/mnt/fat', source: match[2] ?? '', writable, text, origin, when }];
}

/** `-netdev user,smb=DIRECTORY` and `tftp=DIRECTORY` serve files of the host. */
function servedDirectory({ name, value, text, origin, when }: ProcessOption): readonly Layer[] {
  if (!/^(?:netdev|nic|net)$/.test(name) || value === null) return [];
  const sub = suboptions(value);
  return (['smb', 'tftp'] as const).flatMap((key): Layer[] => {
    const source = sub.get(key);
    if (source === undefined || source === '') return [];
    return [{ target: `/mnt/${key}`, source, writable: key === 'smb', text, origin, when }];
  });
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
  const size = firstOf(text, 'size');
  return /^\d+$/.test(size) ? Number(size) * 2 ** 20 : parseSize(size);
}

function firstOf(text: string, key: string): string {
  const sub = suboptions(text);
  return sub.get(key) ?? sub.kind;
}

function count(text: string): number | null {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}
