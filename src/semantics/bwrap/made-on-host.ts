/**
 * Directories, files and links are made in what is mounted at their place so far (bubblewrap.c,
 * setup_newroot): below a writable bind they are made on the host, before the command runs.
 */
import { covers, type HostPath } from '../../model/host-path.ts';
import type { Place } from '../../source/source.ts';
import { implies } from '../process/conditions.ts';
import type { BwrapCall, Setting } from './call.ts';
import { boundedOperations, destinationsOf, type Operation } from './operations.ts';

export interface MadeOnHost {
  readonly message: string;
  readonly place: Place;
}

/** What each option does there, and which of its words names the place. */
const MAKERS: ReadonlyMap<string, readonly [word: number, does: string]> = new Map([
  ['dir', [0, 'makes that directory on the host']],
  ['file', [1, 'overwrites that file of the host']],
  ['symlink', [1, 'makes that link on the host']],
  ['chmod', [1, 'changes the mode of that file on the host']],
]);

/** Every one is compared with every mount before it; real scripts have a dozen. */
const MAX_MAKERS = 100;

export function madeOnHost(call: BwrapCall): readonly MadeOnHost[] {
  const { list: operations } = boundedOperations(call);
  const destination = destinationsOf(call);
  return call.settings
    .flatMap((setting, position) => {
      const [word, does] = MAKERS.get(setting.name) ?? [];
      return word === undefined
        ? []
        : [{ setting, position, does, at: destination(setting.words[word] ?? '') }];
    })
    .slice(0, MAX_MAKERS)
    .flatMap(({ setting, position, does, at }) => {
      const there = mountedAt(at, position, setting, operations);
      if (there === null) return [];
      const message = `\`${setting.text}\` ${does} before the command runs, because \`${there.text}\` is writable there`;
      return [{ message, place: setting.origin.place }];
    });
}

/** The writable bind in which the place lies at that moment; null: it lies in something else. */
function mountedAt(
  at: HostPath,
  position: number,
  { when }: Setting,
  operations: readonly Operation[],
): Operation | null {
  const covering = operations.filter(
    (one) => one.position < position && implies(when, one.when) && covers(one.destination, at) === 'yes',
  );
  const last = covering.at(-1);
  return last?.shows.some(({ writable }) => writable) ? last : null;
}
