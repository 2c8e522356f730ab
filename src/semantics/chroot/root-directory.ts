/** chroot(1): another root directory, what is mounted below it, and the way out that root has. */
import type { Bypass } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { programOf } from '../process/command.ts';
import type { Layer } from '../process/host-view.ts';
import { joined, type OptionReading, optionTable, readOptions } from '../process/option-words.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

export interface RootDirectory {
  readonly layers: readonly Layer[];
  readonly origin: Origin;
  readonly text: string;
  readonly reading: OptionReading;
  /** The directory as written; symbolic. */
  readonly directory: string;
  /** The command behind the directory. */
  readonly inside: readonly ShellWord[];
}

/** chroot(1) of GNU coreutils. */
const OPTIONS = optionTable('userspec= groups= skip-chdir help version');

/**
 * @param words a command line; null where it is none of chroot
 * @param before what the script mounted earlier
 */
export function rootLayers(
  words: readonly ShellWord[],
  before: readonly ShellCommand[],
): RootDirectory | null {
  const [word, ...others] = words;
  if (word === undefined || programOf(word) !== 'chroot') return null;
  const reading = readOptions(others, OPTIONS);
  const [directory, ...inside] = reading.rest;
  if (directory === undefined || reading.options.some(({ name }) => name === 'help' || name === 'version')) {
    return null;
  }
  const text = `chroot ${displayText(directory.value)}`;
  const origin = explicit(directory.place);
  const base: Layer = { target: '/', source: directory.value, writable: true, devices: true, text, origin };
  return {
    layers: [base, ...before.flatMap((command) => mountedBelow(command, directory.value) ?? [])],
    origin: explicit(joined(word, directory)),
    text,
    reading,
    directory: directory.value,
    inside,
  };
}

/** `mount --bind SOURCE DIRECTORY/place` (mount(8)). */
function mountedBelow({ words }: ShellCommand, directory: string): Layer | null {
  const [word, ...others] = words;
  if (word === undefined || programOf(word) !== 'mount') return null;
  const binds = others.some(({ value }) => /^(?:--r?bind|-B|-R|-o=?r?bind.*|r?bind(?:,.*)?)$/.test(value));
  const [source, target] = others
    .filter(({ value }, at) => !value.startsWith('-') && !/^-[ot]$/.test(others[at - 1]?.value ?? ''))
    .map(({ value }) => value);
  if (!binds || source === undefined || target === undefined) return null;
  const root = directory.replace(/\/+$/, '');
  if (root !== '' && !target.startsWith(`${root}/`)) return null;
  return {
    target: target.slice(root.length),
    source,
    writable: !others.some(({ value }) => /(?:^|,)ro(?:,|$)/.test(value)),
    devices: true,
    text: `mount --bind ${displayText(source)} ${displayText(target)}`,
    origin: explicit(word.place),
  };
}

/**
 * Root makes a second root directory below the first, stays outside of it with an open directory, and walks up
 * (chroot(2), NOTES). The call needs CAP_SYS_CHROOT, which a user namespace gives too.
 */
export function chrootBypass({ text, origin }: RootDirectory): Bypass {
  return {
    kind: 'root-in-chroot',
    text,
    consequence: 'Root inside calls chroot a second time, and walks up from there to all files of the host.',
    origin,
  };
}
