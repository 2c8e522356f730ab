/** Named volumes that other projects see: the engine knows them by name, whoever mounts them. */
import type { SharedStorage } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { answer } from '../../model/value.ts';
import type { MountSpec } from './spec.ts';

/** What tools keep for all of a user's projects, by where it is mounted and by what people call it. */
const HOME_TARGET = /^\/(?:root|home\/[^/]+|Users\/[^/]+)(?:\/|$)/;
const COMMON_NAME = /cache|config|credential|history|home|login|packages?|registry|settings|state|store/i;

/**
 * A volume of one service's data belongs to that service; one of settings, caches or a home is taken along
 * from project to project, unless its name says which one it is for.
 * @param isOwn whether the name names one project alone
 */
export function sharedVolumes(
  mounts: readonly MountSpec[],
  isOwn: (name: string) => boolean,
): SharedStorage[] {
  return mounts.flatMap(({ type, volume, target, readOnly, origin }) => {
    if (type !== 'volume' || volume === null || target === null || isOwn(volume)) return [];
    if (!HOME_TARGET.test(target) && !COMMON_NAME.test(volume)) return [];
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
