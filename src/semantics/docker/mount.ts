/**
 * The long grammar of mounts, `type=bind,source=…,target=…`: `docker run --mount`, and the strings of
 * devcontainer.json (docker/cli opts/mount.go, opts/mount_utils.go; podman: containers/podman
 * docs/source/markdown/options/mount.md).
 */
import { type HostPath, hostPath } from '../../model/host-path.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { known, type Origin, unknown, type Value } from '../../model/value.ts';
import { parseSize } from './limits.ts';
import type { Engine, MountSpec } from './spec.ts';
import { propagationOf, sourcePath } from './volume.ts';

export interface MountContext {
  /** Directory that a relative source starts from, relative to the project's root. */
  readonly base: string;
  readonly engine: Engine;
}

export interface MountError {
  readonly error: string;
}

/** Other spellings of a key, by the key that is looked up. */
const KEYS: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  dest: 'target',
  destination: 'target',
  ro: 'readonly',
};

/** Keys that may stand without a value. */
const SWITCHES = new Set([
  'readonly',
  'rw',
  'readwrite',
  'volume-nocopy',
  'bind-nonrecursive',
  'bind-create-src',
  'u',
  'chown',
  'idmap',
  'notmpcopyup',
  'tmpcopyup',
  'nodev',
  'nosuid',
  'noexec',
]);

/** Keys that docker takes; podman and nerdctl take more and are not held to a list. */
const DOCKER_KEYS = new Set(
  (
    'type source target readonly consistency bind-propagation bind-recursive bind-nonrecursive bind-create-src ' +
    'volume-subpath volume-nocopy volume-label volume-driver volume-opt image-subpath tmpfs-size tmpfs-mode'
  ).split(' '),
);

interface MountFields {
  readonly values: ReadonlyMap<string, string>;
  /** `volume-opt`: options of the volume's driver. */
  readonly driver: ReadonlyMap<string, string>;
}

/**
 * Reads one mount.
 * @param text symbolic text
 * @returns the mount, or why the engine refuses it
 */
export function parseMount(text: string, origin: Origin, context: MountContext): MountSpec | MountError {
  const fields = splitMount(text, context.engine);
  if ('error' in fields) return fields;
  const { values } = fields;
  const target = values.get('target') ?? null;
  if (target === null || target === '') return { error: 'a mount needs a target' };
  const place = placeOfMount(fields, context);
  if ('error' in place) return place;
  const propagation = propagationOf(values.get('bind-propagation') ?? '') ?? 'private';
  return {
    ...place,
    target,
    readOnly: readOnlyOf(values, origin),
    propagation,
    recursiveReadOnly: isRecursive(values, context.engine),
    size: place.type === 'tmpfs' ? sizeOf(values.get('tmpfs-size')) : null,
    text: displayText(text),
    origin,
  };
}

function splitMount(text: string, engine: Engine): MountFields | MountError {
  const values = new Map<string, string>();
  const driver = new Map<string, string>();
  for (const field of splitCsv(text)) {
    const equals = field.indexOf('=');
    const written = (equals < 0 ? field : field.slice(0, equals)).trim().toLowerCase();
    const key = KEYS[written] ?? written;
    const value = equals < 0 ? '' : field.slice(equals + 1);
    if (!isResolved(written)) return { error: `${displayText(field)} stands where a key is expected` };
    if (equals < 0 && !SWITCHES.has(key)) return { error: `"${displayText(field)}" has no value` };
    if (engine === 'docker' && !DOCKER_KEYS.has(key)) return { error: `docker knows no "${key}" in a mount` };
    if (key === 'volume-opt') driver.set(value.split('=', 1)[0] ?? '', value.slice(value.indexOf('=') + 1));
    else values.set(key, equals < 0 ? 'true' : value);
  }
  return { values, driver };
}

/** Commas part fields, but not inside double quotes; `""` in quotes is one quote (encoding/csv of Go). */
export function splitCsv(text: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at] ?? '';
    if (unit === '"' && quoted && text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (unit === '"') quoted = !quoted;
    else if (unit === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += unit;
  }
  return [...fields, field];
}

type MountPlace = Pick<MountSpec, 'type' | 'host' | 'volume' | 'assumes'>;

const UNUSED: MountPlace = { type: 'other', host: null, volume: null };

function placeOfMount({ values, driver }: MountFields, context: MountContext): MountPlace | MountError {
  const source = values.get('source') ?? '';
  const type = (values.get('type') ?? 'volume').toLowerCase();
  switch (type) {
    case 'bind':
    case 'npipe':
      return source === ''
        ? { error: 'a bind mount needs a source' }
        : bind(bindSource(source, context.base));
    case 'glob':
      return bind(globDirectory(source, context.base));
    case 'volume':
      return volumePlace(source, driver);
    case 'tmpfs':
    case 'ramfs':
      return { type: 'tmpfs', host: null, volume: null };
    case 'image':
    case 'artifact':
    case 'cluster':
      return { type: 'image', host: null, volume: null };
    case 'devpts':
      return UNUSED;
    default:
      if (isResolved(type)) return { error: `"${type}" is no type of mount` };
      return { ...bind(bindSource(source, context.base)), assumes: [`${displayText(type)} is "bind"`] };
  }
}

function bind(host: HostPath): MountPlace {
  return { type: 'bind', host, volume: null };
}

/** `~` is the shell's business, and no shell reads the middle of a word: the engine refuses it or takes it literally. */
function bindSource(source: string, base: string): HostPath {
  return sourcePath(source, base);
}

/** podman's `type=glob`: everything that matches, so at worst the directory that holds it. */
function globDirectory(source: string, base: string): HostPath {
  const star = source.search(/[*?[]/);
  const fixed = star < 0 ? source : source.slice(0, source.lastIndexOf('/', star) + 1);
  return sourcePath(fixed === '' ? '.' : fixed, base);
}

/**
 * A volume whose driver options bind a directory, or mount a disk, is the host's all the same
 * (moby daemon/volume/local/local_unix.go).
 */
function volumePlace(source: string, driver: ReadonlyMap<string, string>): MountPlace | MountError {
  const device = driver.get('device');
  if (device !== undefined) {
    const type = driver.get('type') ?? '';
    if (type === 'tmpfs') return { type: 'tmpfs', host: null, volume: null };
    if (/^(?:nfs\d?|cifs|smbfs?)$/.test(type)) return { type: 'other', host: null, volume: source };
    if (device.startsWith('/dev/')) {
      return { ...bind(hostPath('/', '')), assumes: [`${device} holds the host's files`] };
    }
    return bind(sourcePath(device, ''));
  }
  if (source.includes('/')) {
    return {
      error: `"${displayText(source)}" is no name of a volume; without type=bind the engine refuses it`,
    };
  }
  return { type: 'volume', host: null, volume: source === '' ? null : source };
}

/** A key alone means true; of values only `true`, `1`, `false` and `0` are taken. */
function readOnlyOf(values: ReadonlyMap<string, string>, origin: Origin): Value<boolean> {
  const written = values.get('readonly');
  if (written === undefined) return known(false, origin);
  if (!isResolved(written)) {
    return unknown(
      displayText(written),
      `${displayText(written)} is not set here`,
      unknownNames(written),
      origin,
    );
  }
  return known(/^(?:true|1)$/i.test(written.trim()), origin);
}

/** podman and engines before 25 leave what is mounted below writable, as does an explicit `bind-recursive`. */
function isRecursive(values: ReadonlyMap<string, string>, engine: Engine): boolean {
  const recursive = values.get('bind-recursive')?.toLowerCase() ?? '';
  const nonRecursive = values.get('bind-nonrecursive');
  const showsNone = recursive === 'disabled' || (nonRecursive !== undefined && nonRecursive !== 'false');
  return showsNone || (engine !== 'podman' && recursive !== 'writable');
}

function sizeOf(text: string | undefined): number | null {
  const size = text === undefined ? null : parseSize(text);
  return size === 0 ? null : size;
}
