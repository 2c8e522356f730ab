/**
 * The long grammar of mounts, `type=bind,source=…,target=…`: `docker run --mount`, and the strings of
 * devcontainer.json (docker/cli opts/mount.go, opts/mount_utils.go; podman: containers/podman
 * docs/source/markdown/options/mount.md).
 */
import { type HostPath, hostPath } from '../../model/host-path.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { known, type Origin, unknown, type Value } from '../../model/value.ts';
import { splitCsv } from './csv.ts';
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

/** Keys that may stand without a value; podman and nerdctl are not held to them. */
const SWITCHES = new Set(['readonly', 'volume-nocopy', 'bind-nonrecursive', 'bind-create-src']);

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
  const target = targetOf(values);
  if (target === '') return { error: 'a mount needs a target' };
  const place = placeOfMount(fields, context);
  if ('error' in place) return place;
  return {
    ...place,
    target,
    readOnly: readOnlyOf(values, origin),
    propagation: propagationIn(values),
    recursiveReadOnly: isRecursive(values, context.engine),
    size: place.type === 'tmpfs' ? sizeOf(values.get('tmpfs-size')) : null,
    text: displayText(text),
    origin,
  };
}

/** Without these no mount can be told; a value that is left out is none. */
const PLACES = new Set(['type', 'source', 'target']);

function splitMount(text: string, engine: Engine): MountFields | MountError {
  const values = new Map<string, string>();
  const driver = new Map<string, string>();
  for (const field of splitCsv(text)) {
    const equals = field.indexOf('=');
    const written = (equals < 0 ? field : field.slice(0, equals)).trim().toLowerCase();
    const key = KEYS[written] ?? written;
    const value = equals < 0 ? 'true' : field.slice(equals + 1);
    const error = fieldError(field, key, engine);
    if (error !== null) return { error };
    if (key === 'volume-opt') driver.set(value.split('=', 1)[0] ?? '', value.slice(value.indexOf('=') + 1));
    else if (key === 'rw') values.set('readonly', /^false$/i.test(value) ? 'true' : 'false');
    else values.set(key, value);
  }
  return { values, driver };
}

/** Why a field cannot stand as it does. */
function fieldError(field: string, key: string, engine: Engine): string | null {
  if (!isResolved(key)) return `${displayText(field)} stands where a key is expected`;
  const stands = engine === 'docker' ? SWITCHES.has(key) : !PLACES.has(key);
  if (!field.includes('=') && !stands) return `"${displayText(field)}" has no value`;
  return engine === 'docker' && !DOCKER_KEYS.has(key) ? `docker knows no "${key}" in a mount` : null;
}

/** What podman's `type=glob` finds appears where it is found, unless a target says otherwise. */
function targetOf(values: ReadonlyMap<string, string>): string {
  const found = values.get('type') === 'glob' ? fixedPart(values.get('source') ?? '') : '';
  return values.get('target') ?? found;
}

/** Docker lowers the word (docker/cli opts/mount.go); podman takes it as a key as well. */
function propagationIn(values: ReadonlyMap<string, string>): MountSpec['propagation'] {
  const words = [values.get('bind-propagation')?.toLowerCase() ?? '', ...values.keys()];
  return words.map(propagationOf).find((mode) => mode !== null) ?? 'private';
}

type MountPlace = Pick<MountSpec, 'type' | 'host' | 'volume' | 'assumes'>;

const UNUSED: MountPlace = { type: 'other', host: null, volume: null };

function placeOfMount({ values, driver }: MountFields, context: MountContext): MountPlace | MountError {
  // podman binds the directory of the same name where none is given (pkg/specgenutil/volumes.go, getBindMount).
  const source = values.get('source') ?? (context.engine === 'podman' ? (values.get('target') ?? '') : '');
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
      return volumePlace(values.get('source') ?? '', driver);
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
  const fixed = fixedPart(source);
  return sourcePath(fixed === '' ? '.' : fixed, base);
}

function fixedPart(glob: string): string {
  const star = glob.search(/[*?[]/);
  return star < 0 ? glob : glob.slice(0, glob.lastIndexOf('/', star) + 1);
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

/** A key alone means true; clients up to 28 take what Go's strconv.ParseBool does, later ones fewer words. */
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
  return known(/^(?:true|t|1)$/i.test(written.trim()), origin);
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
