/** What of the host's files a machine of QEMU gets: disks, shared directories, single files. */
import type { DeviceGrant } from '../../model/privilege.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { programOf } from '../process/command.ts';
import type { Layer } from '../process/host-view.ts';
import { hostDisk } from '../process/machine.ts';
import { certain, optionTable, type ProcessOption, readMixedOptions } from '../process/option-words.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { type QemuReading, suboptions } from './options.ts';

export interface Drive {
  readonly file: string;
  readonly writable: boolean;
  readonly text: string;
  readonly origin: Origin;
}

const IMAGES = /^(?:image|hd[abcd]|sd|mtdblock|pflash|fd[ab])$/;

/** Writable unless told otherwise; with `-snapshot` writes go to a temporary file (qemu(1)). */
export function drivesOf({ options, images }: QemuReading): readonly Drive[] {
  const snapshot = certain(options, 'snapshot') !== null;
  return [...options, ...images].flatMap(({ name, value, text, origin }): Drive[] => {
    if (value === null) return [];
    if (IMAGES.test(name)) return [{ file: value, writable: !snapshot, text, origin }];
    if (name !== 'drive' && name !== 'blockdev') return [];
    const sub = suboptions(value);
    const file = sub.get('file') ?? sub.get('filename') ?? sub.get('file.filename');
    if (file === undefined || sub.get('media') === 'cdrom') return [];
    const readOnly = sub.isOn('readonly') || sub.isOn('read-only') || sub.isOn('snapshot');
    return [{ file, writable: !readOnly && !snapshot, text, origin }];
  });
}

/** Devices of the host that the machine gets as they are. */
export function devicesOf(
  { options }: QemuReading,
  drives: readonly Drive[],
): { readonly disks: readonly DeviceGrant[]; readonly others: readonly DeviceGrant[] } {
  const access = { read: true, write: true };
  return {
    disks: drives.flatMap((drive) => hostDisk(drive.file, drive) ?? []),
    others: options.flatMap(({ name, value, text, origin }): DeviceGrant[] => {
      const { kind } = suboptions(value ?? '');
      if (name === 'device' && /^vfio-pci/.test(kind)) {
        return [{ device: '/dev/vfio/vfio', access, text, origin }];
      }
      const isUsb =
        (name === 'device' && kind === 'usb-host') || (name === 'usbdevice' && /^host:/.test(kind));
      return isUsb ? [{ device: '/dev/bus/usb', access, text, origin }] : [];
    }),
  };
}

/** Directories and files of the host; directories are writable unless told otherwise (qemu(1), -virtfs and -fsdev). */
export function sharesOf(
  { options, images }: QemuReading,
  commands: readonly ShellCommand[],
): readonly Layer[] {
  return [
    ...options.flatMap(sharedDirectory),
    ...[...options, ...images].flatMap(directoryDrive),
    ...options.flatMap(servedDirectory),
    ...options.flatMap(handedFile),
    ...(options.some(isDaemonShare) ? commands.flatMap(daemonShare) : []),
  ];
}

function sharedDirectory({ name, value, text, origin, when }: ProcessOption): readonly Layer[] {
  if ((name !== 'virtfs' && name !== 'fsdev') || value === null) return [];
  const sub = suboptions(value);
  const path = sub.get('path');
  if (path === undefined || sub.kind === 'proxy' || sub.kind === 'synth') return [];
  const tag = sub.get('mount_tag') ?? sub.get('id') ?? 'share';
  const target = `/mnt/${displayText(tag)}`;
  return [{ target, source: path, writable: !sub.isOn('readonly'), text, origin, when }];
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

/** `-fw_cfg name=opt/key,file=FILE`: the machine reads it from its firmware. */
function handedFile({ name, value, text, origin, when }: ProcessOption): readonly Layer[] {
  const file = name === 'fw_cfg' ? suboptions(value ?? '').get('file') : undefined;
  return file === undefined || file === ''
    ? []
    : [{ target: '/sys/firmware/qemu_fw_cfg', source: file, writable: false, text, origin, when }];
}

/** `-device vhost-user-fs-pci`: virtiofsd, a program beside it, serves the directory. */
function isDaemonShare({ name, value }: ProcessOption): boolean {
  return name === 'device' && /^vhost-user-fs/.test(suboptions(value ?? '').kind);
}

/** virtiofsd 1.13, and the older one in C with its `-o source=DIRECTORY`. */
const VIRTIOFSD = optionTable(`
  shared-dir= tag= socket-group= socket-path= fd= thread-pool-size= xattr posix-acl xattrmap= sandbox= seccomp=
  announce-submounts inode-file-handles= cache= no-readdirplus writeback allow-direct-io print-capabilities
  modcaps= log-level= syslog rlimit-nofile= killpriv-v2 no-killpriv-v2 security-label readonly o= d f
  allow-mmap migration-mode= translate-uid= translate-gid= uid-map= gid-map= help h version V
`);

function daemonShare({ words, conditions }: ShellCommand): readonly Layer[] {
  const [word, ...others] = words;
  if (word === undefined || programOf(word) !== 'virtiofsd') return [];
  const { options } = readMixedOptions(others, VIRTIOFSD);
  const old = options.flatMap(({ name, value }) =>
    name === 'o' ? [suboptions(value ?? '').get('source')] : [],
  );
  const shared = options.findLast(({ name }) => name === 'shared-dir');
  const source = shared?.value ?? old.at(-1);
  if (source === undefined || source === null) return [];
  const origin = shared?.origin ?? explicit(word.place);
  const text = shared?.text ?? 'virtiofsd';
  const writable = !options.some(({ name }) => name === 'readonly');
  return [{ target: '/mnt/virtiofs', source, writable, text, origin, when: conditions }];
}

/** What stands outside of the command line and the script. */
export function unreadParts(
  { options }: QemuReading,
  commands: readonly ShellCommand[],
): readonly Unresolved[] {
  return options.flatMap(({ name, value, text, origin }): Unresolved[] => {
    const what = displayText(text);
    const names = [displayText(value ?? '')];
    if (name === 'readconfig') {
      const why = 'the file that it names is not read here';
      return [{ what, why, names, mayHide: 'any-setting', origin, kind: 'text' }];
    }
    const option = { name, value, text, origin, when: [] };
    if (!isDaemonShare(option) || commands.some((command) => daemonShare(command).length > 0)) return [];
    const why = 'which directory virtiofsd shares is not in the script';
    return [{ what, why, names: ['virtiofsd'], mayHide: 'mount', origin, kind: 'text' }];
  });
}
