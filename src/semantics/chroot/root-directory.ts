/** chroot(1): another root directory, what is mounted below it, and the way out that root has. */
import type { Bypass } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { programOf } from '../process/command.ts';
import type { Layer } from '../process/host-view.ts';
import {
  joined,
  type OptionReading,
  optionTable,
  readMixedOptions,
  readOptions,
} from '../process/option-words.ts';
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
  return {
    layers: directoryLayers({ value: directory.value, text, origin: explicit(directory.place) }, before),
    origin: explicit(joined(word, directory)),
    text,
    reading,
    directory: directory.value,
    inside,
  };
}

/** A directory as the root, with what was mounted below it. */
export function directoryLayers(
  { value, text, origin }: Pick<Layer, 'text' | 'origin'> & { readonly value: string },
  before: readonly ShellCommand[],
): readonly Layer[] {
  const base: Layer = { target: '/', source: value, writable: true, devices: true, text, origin };
  return [base, ...mountsBelow(before, value)];
}

/** mount(8) of util-linux 2.41. */
const MOUNT = optionTable(`
  a:all B:bind c:no-canonicalize f:fake F:fork h:help i:internal-only L:label= l:show-labels M:move m:mkdir?
  N:namespace= n:no-mtab O:test-opts= o:options= onlyonce options-mode= options-source= options-source-force
  R:rbind r:read-only rw:w:read-write s source= T:fstab= t:types= target= target-prefix= U:uuid= v:verbose
  V:version make-shared make-slave make-private make-unbindable make-rshared make-rslave make-rprivate
  make-runbindable map-groups= map-users= beneath exclusive
`);

/** `mount --bind SOURCE DIRECTORY/place`, and what a later `mount -o remount,ro` makes of it. */
function mountsBelow(commands: readonly ShellCommand[], directory: string): readonly Layer[] {
  const root = directory.replace(/\/+$/, '');
  const layers: Layer[] = [];
  for (const { words, conditions } of commands) {
    const [word, ...others] = words;
    if (word === undefined || programOf(word) !== 'mount') continue;
    const { options, rest } = readMixedOptions(others, MOUNT);
    const flags = options.flatMap(({ name, value }) =>
      name === 'options' ? (value ?? '').split(',') : [name],
    );
    const operands = rest.map(({ value }) => value);
    const target = operands.at(-1);
    if (target === undefined || (root !== '' && !target.startsWith(`${root}/`))) continue;
    const inside = target.slice(root.length);
    const writable = !flags.some((flag) => flag === 'ro' || flag === 'read-only');
    const origin = explicit(word.place);
    const text = `mount ${words
      .slice(1)
      .map(({ value }) => displayText(value))
      .join(' ')}`;
    const [source] = operands;
    if (flags.includes('remount')) {
      const mounted = layers.findLast((layer) => layer.target === inside);
      if (mounted !== undefined) layers.push({ ...mounted, writable, text, origin, when: conditions });
    } else if (flags.some((flag) => flag === 'bind' || flag === 'rbind') && operands.length > 1) {
      layers.push({
        target: inside,
        source: source ?? '',
        writable,
        devices: true,
        text,
        origin,
        when: conditions,
      });
    }
  }
  return layers;
}

/**
 * Root makes a second root directory below the first, stays outside of it with an open directory, and walks up
 * (chroot(2), NOTES). The call needs CAP_SYS_CHROOT, which a user namespace gives too.
 */
export function chrootBypass({ text, origin }: Pick<RootDirectory, 'text' | 'origin'>): Bypass {
  return {
    kind: 'root-in-chroot',
    text,
    consequence: 'Root inside calls chroot a second time, and walks up from there to all files of the host.',
    origin,
  };
}
