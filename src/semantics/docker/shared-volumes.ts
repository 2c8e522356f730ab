/** Named volumes that more than one run sees. */
import type { SharedStorage } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { answer } from '../../model/value.ts';
import type { MountSpec } from './spec.ts';

/**
 * The engine keeps one volume a name, for whatever mounts it.
 * @param isOwn whether a name is made for one project or run alone
 */
export function sharedVolumes(
  mounts: readonly MountSpec[],
  isOwn: (volume: string) => boolean,
): SharedStorage[] {
  return mounts.flatMap(({ type, volume, target, readOnly, origin }) => {
    if (type !== 'volume' || volume === null || target === null || isOwn(volume)) return [];
    const written = readOnly.known ? (readOnly.value ? 'no' : 'yes') : 'unknown';
    return [
      {
        name: displayText(volume),
        sharedWith: 'every container that mounts a volume of this name',
        target: displayText(target),
        writable: answer(written, [readOnly.origin]),
        origin,
      },
    ];
  });
}
