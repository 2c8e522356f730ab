/** A service's `volumes` and `tmpfs`, and what top-level volumes hide behind a name. */

import { hiddenBy } from '../../model/enclosure.ts';
import type { SharedStorage } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { answer, known, type Origin, type Value } from '../../model/value.ts';
import { childOf, entryPlace, type MappingEntry, type Node, placeOf } from '../../syntax/node.ts';
import { parseSize } from '../docker/limits.ts';
import type { LocatedText, MountSpec } from '../docker/spec.ts';
import { optionsOf, parseVolume, propagationOf, sourcePath } from '../docker/volume.ts';
import { scopeOf } from './loading.ts';
import { definitionEntry } from './project.ts';
import {
  field,
  fieldAt,
  listItems,
  noteUnknown,
  originAt,
  type Reading,
  readBoolean,
  readField,
  readList,
  readText,
  type Text,
} from './reading.ts';

export const ANY_MOUNT = 'mount';

/** What one entry of `volumes` comes to. */
export interface VolumeReading {
  readonly mounts: readonly MountSpec[];
  /** Disks that a named volume mounts by their device node. */
  readonly devices: readonly LocatedText[];
  readonly shared: readonly SharedStorage[];
}

/** Directory that relative paths of a node's file start from, relative to the project's root. */
export function baseOf(reading: Reading, node: Node): string {
  return scopeOf(reading.compose.loading, node.source).directory;
}

/** All mounts of `volumes` and `tmpfs` in order; of several at one target the later stands. */
export function readVolumes(reading: Reading, service: Node): VolumeReading {
  const readings = listItems(reading, field(service, 'volumes')?.value).map((node) =>
    readVolume(reading, node),
  );
  const tmpfs = readList(reading, field(service, 'tmpfs')).map(tmpfsMount);
  return {
    mounts: lastByTarget([...readings.flatMap(({ mounts }) => mounts), ...tmpfs]),
    devices: readings.flatMap(({ devices }) => devices),
    shared: readings.flatMap(({ shared }) => shared),
  };
}

/** The rule of unicity for volumes: the container's path is the key (compose-go override/uncity.go). */
export function lastByTarget(mounts: readonly MountSpec[]): MountSpec[] {
  const last = new Map<string, MountSpec>();
  const key = (mount: MountSpec): string | null => mount.target?.replace(/(.)\/+$/, '$1') ?? null;
  for (const mount of mounts) last.set(key(mount) ?? '', mount);
  return mounts.filter((mount) => key(mount) === null || last.get(key(mount) ?? '') === mount);
}

const NOTHING: VolumeReading = { mounts: [], devices: [], shared: [] };

function readVolume(reading: Reading, node: Node): VolumeReading {
  const mount = node.kind === 'mapping' ? longVolume(reading, node) : shortVolume(reading, node);
  if (mount === null) return NOTHING;
  return mount.type === 'volume'
    ? namedVolume(reading, mount, baseOf(reading, node))
    : { ...NOTHING, mounts: [mount] };
}

function shortVolume(reading: Reading, node: Node): MountSpec | null {
  const text = readText(reading, node);
  if (text === null) return null;
  const context = { base: baseOf(reading, node), engine: 'docker', dialect: 'compose' } as const;
  const mount = parseVolume(text.text, text.origin, context);
  if ('error' in mount) {
    const message = `${reading.name}: ${mount.error}`;
    reading.compose.loading.diagnostics.push({ severity: 'error', message, place: text.origin.place });
    return null;
  }
  noteMount(reading, mount, text);
  return withAssumptions(mount, text.assumes);
}

function withAssumptions(mount: MountSpec, assumes: readonly string[]): MountSpec {
  return assumes.length === 0 ? mount : { ...mount, assumes };
}

/** What of a mount is not known: its source, or only where it appears and how. */
function noteMount(reading: Reading, mount: MountSpec, text: Text): void {
  if (mount.host?.root === 'unknown')
    noteUnknown(reading, text, hiddenBy(mount.host, isWritable(mount.readOnly)));
  else if (!mount.readOnly.known) noteUnknown(reading, text, 'mount');
}

function isWritable(readOnly: Value<boolean>): boolean {
  return !readOnly.known || !readOnly.value;
}

function longVolume(reading: Reading, node: Node): MountSpec | null {
  const origin = originAt(reading, placeOf(node));
  const type = readField(reading, field(node, 'type'))?.text ?? 'volume';
  const source = readField(reading, field(node, 'source'));
  const target = readField(reading, field(node, 'target'));
  const readOnly = readBoolean(reading, field(node, 'read_only'), 'mount');
  const recursive = readField(reading, fieldAt(node, 'bind', 'recursive'))?.text;
  const propagation = readField(reading, fieldAt(node, 'bind', 'propagation'))?.text ?? '';
  const isBind = type === 'bind' || type === 'npipe';
  const host = isBind && source !== null ? sourcePath(source.text, baseOf(reading, node)) : null;
  const options = optionsOf(undefined, origin, 'docker');
  const readOnlyDefault: Value<boolean> = type === 'image' ? known(true, origin) : options.readOnly;
  // At the mount's own place, where the model finds the same unknown again.
  if (source !== null && host?.root === 'unknown') {
    noteUnknown(reading, { ...source, origin }, hiddenBy(host, isWritable(readOnly ?? readOnlyDefault)));
  }
  const mount: MountSpec = {
    type: isBind ? 'bind' : kindOf(type),
    host,
    volume: type === 'volume' ? (source?.text ?? null) : null,
    target: target?.text ?? null,
    readOnly: readOnly ?? readOnlyDefault,
    propagation: propagationOf(propagation) ?? 'private',
    recursiveReadOnly: recursive !== 'writable',
    size: type === 'tmpfs' ? sizeOf(readField(reading, fieldAt(node, 'tmpfs', 'size'))) : null,
    text: displayText([source?.text, target?.text].filter((part) => part !== undefined).join(':')),
    origin,
  };
  return withAssumptions(mount, [
    ...(source?.assumes ?? []),
    ...(readOnly?.known ? (readOnly.assumes ?? []) : []),
  ]);
}

function kindOf(type: string): MountSpec['type'] {
  return type === 'volume' || type === 'tmpfs' || type === 'image' ? type : 'other';
}

function sizeOf(text: Text | null): number | null {
  const size = text === null ? null : parseSize(text.text);
  return size === 0 ? null : size;
}

/** `target[:options]` with `size=` among the options; without one it may fill half the memory. */
function tmpfsMount({ text, origin }: Text): MountSpec {
  const colon = text.indexOf(':');
  const target = colon < 0 ? text : text.slice(0, colon);
  const options = colon < 0 ? [] : text.slice(colon + 1).split(',');
  const size = options.find((option) => option.startsWith('size='))?.slice('size='.length);
  return {
    type: 'tmpfs',
    host: null,
    volume: null,
    target,
    readOnly: known(options.includes('ro'), origin),
    propagation: 'private',
    recursiveReadOnly: true,
    size: size === undefined ? null : parseSize(size) || null,
    text: displayText(text),
    origin,
  };
}

/**
 * A named volume may be a bind in disguise (`driver_opts: {type: none, o: bind, device: /}`), or mount a
 * disk of the host's by its device node (moby daemon/volume/local/local_unix.go).
 */
function namedVolume(reading: Reading, mount: MountSpec, base: string): VolumeReading {
  if (mount.volume === null) return { ...NOTHING, mounts: [mount] };
  const entry = definitionEntry(reading.compose, 'volumes', mount.volume);
  if (entry === null) return { ...NOTHING, mounts: [mount] };
  const options = childOf(entry.value, 'driver_opts');
  const device = readField(reading, field(options, 'device'));
  const type = readField(reading, field(options, 'type'))?.text ?? '';
  const flags = readField(reading, field(options, 'o'))?.text.split(',') ?? [];
  if (device === null || NETWORK_FILE_SYSTEMS.test(type)) {
    return { ...NOTHING, mounts: [mount], shared: sharedVolume(reading, mount, entry) };
  }
  noteUnknown(reading, device, ANY_MOUNT);
  const via = [mount.origin.place];
  const origin: Origin = { kind: 'explicit', place: deviceEntry(options, entry), via };
  if (flags.includes('bind') || flags.includes('rbind') || !device.text.startsWith('/dev/')) {
    const readOnly = flags.includes('ro') ? known(true, origin) : mount.readOnly;
    const host = type === 'tmpfs' ? null : sourcePath(device.text, definitionBase(reading, entry, base));
    if (host === null) return { ...NOTHING, mounts: [{ ...mount, type: 'tmpfs', volume: null }] };
    const text = `${displayText(device.text)}:${mount.target ?? ''}`;
    const bind: MountSpec = { ...mount, type: 'bind', host, volume: null, readOnly, origin, text };
    return { ...NOTHING, mounts: [withAssumptions(bind, [...(mount.assumes ?? []), ...device.assumes])] };
  }
  const disk: MountSpec = { ...mount, type: 'other', volume: null };
  return { ...NOTHING, mounts: [disk], devices: [{ text: device.text, origin }] };
}

const NETWORK_FILE_SYSTEMS = /^(?:nfs\d?|cifs|smb\d?|sshfs)$/;

function deviceEntry(options: Node | undefined, entry: MappingEntry) {
  const device = field(options, 'device');
  return entryPlace(device ?? entry);
}

function definitionBase(reading: Reading, entry: MappingEntry, fallback: string): string {
  const device = field(childOf(entry.value, 'driver_opts'), 'device');
  return device === undefined ? fallback : baseOf(reading, device.value);
}

/** Without a name of its own a volume belongs to one project; with one, or `external`, others mount it too. */
function sharedVolume(reading: Reading, mount: MountSpec, entry: MappingEntry): SharedStorage[] {
  const external = field(entry.value, 'external');
  const outside = external !== undefined && readField(reading, external)?.text !== 'false';
  const name =
    readField(reading, field(entry.value, 'name')) ?? readField(reading, field(external?.value, 'name'));
  if (!outside && name === null) return [];
  // A name made of the project's own is as good as none.
  if (!outside && name !== null && !isResolved(name.text)) {
    if (unknownNames(name.text).some((part) => /PROJECT|WORKSPACE|DEVCONTAINER_ID/.test(part))) return [];
  }
  const shown = displayText(name?.text ?? mount.volume ?? '');
  return [
    {
      name: shown,
      sharedWith: `every project that uses the volume ${shown}`,
      target: mount.target ?? '',
      writable: mount.readOnly.known
        ? answer(mount.readOnly.value ? 'no' : 'yes', [mount.readOnly.origin])
        : answer('unknown', [mount.readOnly.origin]),
      origin: { ...mount.origin, via: [entryPlace(entry)] },
    },
  ];
}
