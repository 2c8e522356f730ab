/** `volumes_from`: all mounts of another service or container. */
import { displayText } from '../../model/symbolic.ts';
import { known } from '../../model/value.ts';
import type { Node } from '../../syntax/node.ts';
import type { LocatedText, MountSpec } from '../docker/spec.ts';
import { ANY_MOUNT, readVolumes } from './mounts.ts';
import { field, noteUnknown, type Reading, readList, startReading, type Text } from './reading.ts';

export interface InheritedVolumes {
  readonly mounts: readonly MountSpec[];
  /** Containers that no file here defines. */
  readonly unknown: readonly LocatedText[];
}

const MAX_CHAIN = 16;

/** `service[:ro]`, or `container:name[:ro]` for one that Compose does not manage. */
export function inheritedVolumes(
  reading: Reading,
  service: Node,
  chain: readonly string[] = [],
): InheritedVolumes {
  const mounts: MountSpec[] = [];
  const unknown: LocatedText[] = [];
  for (const text of readList(reading, field(service, 'volumes_from'))) {
    const fields = text.text.split(':');
    const from = fields[0] === 'container' ? undefined : reading.compose.services.get(fields[0] ?? '');
    if (from === undefined) {
      unknown.push({ text: text.text, origin: text.origin });
      tellUnknown(reading, text);
      continue;
    }
    if (chain.includes(from.key) || chain.length >= MAX_CHAIN) continue;
    const other = startReading(reading.compose, from);
    const below = inheritedVolumes(other, from.value, [...chain, reading.name]);
    const theirs = [...below.mounts, ...readVolumes(other, from.value).mounts];
    const readOnly = fields.at(-1) === 'ro';
    mounts.push(...theirs.map((mount) => passedOn(mount, text, readOnly)));
    unknown.push(...below.unknown);
    reading.unresolved.push(...other.unresolved);
  }
  return { mounts, unknown };
}

/** The mount keeps the line that defines it; the one that takes it over is on the way. */
function passedOn(mount: MountSpec, use: Text, readOnly: boolean): MountSpec {
  const origin = { ...mount.origin, via: [...(mount.origin.via ?? []), use.origin.place] };
  return { ...mount, origin, ...(readOnly ? { readOnly: known(true, use.origin) } : {}) };
}

function tellUnknown(reading: Reading, text: Text): void {
  const why = 'the container is not defined in any scanned file';
  noteUnknown(reading, text, ANY_MOUNT);
  const names = [displayText(text.text)];
  reading.unresolved.push({
    what: displayText(text.text),
    why,
    names,
    mayHide: ANY_MOUNT,
    origin: text.origin,
    kind: 'text',
  });
}
