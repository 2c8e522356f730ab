/** Volumes, mounts and temporary file systems of run flags: what the engines take. */
import { cleanTarget } from './container-path.ts';
import { isCsv, splitCsv } from './csv.ts';
import { parseSize } from './limits.ts';
import type { Check, Checks } from './refusals.ts';
import type { RunSetting } from './run-flags.ts';

/** The marks of known places (`model/symbolic.ts`) begin absolute paths. */
export const ABSOLUTE = /^[/\uFDD0\uFDD1]/;
/** Client or daemon may run on Windows; podman on Linux takes one letter for a name. */
export const DRIVES = { docker: /^[A-Za-z]:|^\\\\/, podman: /^[A-Za-z]:(?:\\|.*:\/)/ } as const;

function targetReason(target: string): string | null {
  if (!ABSOLUTE.test(target)) return `"${target}" is no absolute path`;
  return cleanTarget(target) === '/' ? 'nothing can be mounted over the root' : null;
}

/** A name of the local driver's (moby daemon/volume/local/local.go). */
const VOLUME_NAME = /^[A-Za-z\d][\w.-]+$/;

function hasOwnDriver(settings: readonly RunSetting[]): boolean {
  const driver = settings.findLast(({ flag }) => flag === 'volume-driver')?.value ?? '';
  return driver !== '' && driver !== 'local';
}

/** Words of which a mount takes one a row (moby daemon/volume/mounts/linux_parser.go, linuxValidMountMode). */
const DOCKER_MODES: readonly (readonly string[])[] = [
  ['rw', 'ro'],
  ['z', 'Z'],
  ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'],
  ['nocopy'],
  ['consistent', 'cached', 'delegated'],
];

/** containers/common pkg/parse/parse.go, ValidateVolumeOpts; a prefix where a value follows. */
const PODMAN_MODES: readonly (readonly string[])[] = [
  ['noexec', 'exec'],
  ['nodev', 'dev'],
  ['nosuid', 'suid'],
  ['rw', 'ro'],
  ['z', 'Z', 'O'],
  ['U'],
  ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'],
  ['bind', 'rbind'],
  ['copy', 'nocopy'],
  ['no-dereference'],
];
const PODMAN_FREE = /^(?:cached|delegated|nocreate|idmap.*|.*upperdir.*|.*workdir.*)$/s;

/** Why a list of words is no mode; null: it is one. */
function modeReason(mode: string, rows: readonly (readonly string[])[], free: RegExp): string | null {
  const words = mode.split(',').filter((word) => !free.test(word));
  const unknown = words.find((word) => !rows.some((row) => row.includes(word)));
  if (unknown !== undefined) return `"${unknown}" is no option of a volume`;
  const row = rows.find((one) => words.filter((word) => one.includes(word)).length > 1);
  return row === undefined ? null : `only one of ${row.join(', ')} can be given`;
}

const NOTHING = /(?!)/;

/** What the reader of volumes refuses itself is not told twice. */
const dockerVolume: Check = (text, settings) => {
  const [source = '', target, mode, ...rest] = text.split(':');
  const isPlace = text.length <= 2 || target === undefined;
  if (isPlace || DRIVES.docker.test(text) || rest.length > 0 || text.split(':').includes('')) return true;
  if (mode === undefined && modeReason(target, DOCKER_MODES, NOTHING) === null) {
    return 'a volume without a source takes no mode';
  }
  const reason =
    targetReason(target) ?? (mode === undefined ? null : modeReason(mode, DOCKER_MODES, NOTHING));
  if (reason !== null) return reason;
  const words = mode?.split(',') ?? [];
  if (ABSOLUTE.test(source) || source.startsWith('.')) {
    return !words.includes('nocopy') || 'nocopy is for volumes alone';
  }
  if (words.some((word) => DOCKER_MODES[2]?.includes(word)))
    return 'propagation is for paths of the host alone';
  return (
    hasOwnDriver(settings) || source.includes('/') || VOLUME_NAME.test(source) || 'it is no name of a volume'
  );
};

const podmanVolume: Check = (text) => {
  const fields = text.split(':');
  const [source = '', second, mode] = fields;
  if (DRIVES.podman.test(text) || fields.length > 3 || fields.includes('')) return true;
  const target = second ?? source;
  if (!ABSOLUTE.test(target)) return `"${target}" is no absolute path`;
  if (second === undefined) return true;
  const reason = mode === undefined ? null : modeReason(mode, PODMAN_MODES, PODMAN_FREE);
  if (reason !== null) return reason;
  const words = mode?.split(',') ?? [];
  if (words.includes('O') && words.some((word) => !/^(?:O|U)$|upperdir|workdir/.test(word))) {
    return 'O takes no other options';
  }
  const isName = !ABSOLUTE.test(source) && !source.startsWith('.') && !source.includes('/');
  return !isName || /^[A-Za-z\d][\w.-]*$/.test(source) || 'it is no name of a volume';
};

type Fields = ReadonlyMap<string, string>;

/** By their keys in lower case; of a key that is repeated the last counts. */
export function mountFields(text: string): Fields {
  return new Map(
    splitCsv(text).map((field) => {
      const equals = field.indexOf('=');
      return [
        (equals < 0 ? field : field.slice(0, equals)).toLowerCase(),
        equals < 0 ? 'true' : field.slice(equals + 1),
      ];
    }),
  );
}

export function first(fields: Fields, ...keys: readonly string[]): string {
  return keys.map((key) => fields.get(key)).find((value) => value !== undefined) ?? '';
}

const BOOL = /^(?:1|t|true|0|f|false)$/i;
const SWITCHES = ['readonly', 'ro', 'volume-nocopy', 'bind-create-src'];
const PREFIX = /^(bind|volume|tmpfs|image)-/;
const DOCKER_TYPES = new Set(['bind', 'volume', 'tmpfs', 'image', 'npipe']);

/** docker/cli opts/mount.go and opts/mount_utils.go, then the daemon's own checks. */
const dockerMount: Check = (text, settings) => {
  if (!isCsv(text.trim())) return 'a quote stands where none can';
  const fields = mountFields(text.trim());
  const type = first(fields, 'type').toLowerCase() || 'volume';
  const padded = [...fields.keys()].find((key) => key !== key.trim());
  if (padded !== undefined) return `white space stands around "${padded.trim()}"`;
  // Types and keys that there are not, the reader of mounts tells.
  if (!DOCKER_TYPES.has(type))
    return /^(?:glob|ramfs|devpts|artifact|cluster)$/.test(type) ? `docker knows no "${type}"` : true;
  const mixed = [...fields.keys()].find((key) => (PREFIX.exec(key)?.[1] ?? type) !== type);
  if (mixed !== undefined) return `"${mixed}" is for other types`;
  if (fields.has('dest')) return 'docker knows no "dest" in a mount';
  return switchReason(fields) ?? recursionReason(fields) ?? typeReason(type, fields, settings) ?? true;
};

function switchReason(fields: Fields): string | null {
  const wrong = SWITCHES.find((key) => fields.has(key) && !BOOL.test(fields.get(key) ?? ''));
  return wrong === undefined ? null : `"${wrong}" is neither true nor false`;
}

function recursionReason(fields: Fields): string | null {
  const recursive = fields.get('bind-recursive') ?? 'enabled';
  if (!/^(?:enabled|disabled|writable|readonly)$/.test(recursive)) return `"${recursive}" is no way to bind`;
  const propagation = (fields.get('bind-propagation') ?? '').toLowerCase();
  if (propagation !== '' && !DOCKER_MODES[2]?.includes(propagation))
    return `"${propagation}" is no propagation`;
  const isReadOnly = /^(?:1|t|true)$/i.test(first(fields, 'readonly', 'ro'));
  if (/^(?:writable|readonly)$/.test(recursive) && !isReadOnly)
    return `bind-recursive=${recursive} needs readonly`;
  return recursive === 'readonly' && propagation !== 'rprivate' ? 'it needs bind-propagation=rprivate' : null;
}

function typeReason(type: string, fields: Fields, settings: readonly RunSetting[]): string | null {
  const source = first(fields, 'source', 'src');
  const target = first(fields, 'target', 'dst', 'destination');
  const reason = target === '' ? null : targetReason(target);
  if (reason !== null || type === 'npipe') return type === 'npipe' ? null : reason;
  if (type === 'bind') {
    const isPlace =
      ABSOLUTE.test(source) || source.startsWith('.') || DRIVES.docker.test(source) || source === '';
    return isPlace ? null : `"${source}" is no absolute path`;
  }
  if (type === 'image') return source === '' ? 'it needs an image' : null;
  if (type === 'tmpfs') return tmpfsReason(source, fields);
  const hasDriver = (fields.get('volume-driver') ?? 'local') !== 'local' || hasOwnDriver(settings);
  const isName = source === '' || source.includes('/') || VOLUME_NAME.test(source);
  return hasDriver || isName ? null : `"${source}" is no name of a volume`;
}

function tmpfsReason(source: string, fields: Fields): string | null {
  const [size, mode] = [fields.get('tmpfs-size'), fields.get('tmpfs-mode')];
  if (source !== '') return 'a temporary file system has no source';
  if (size !== undefined && parseSize(size) === null) return `"${size}" is no size`;
  return mode === undefined || /^[0-7]{1,10}$/.test(mode) ? null : `"${mode}" is no mode`;
}

/** Types that podman knows; older ones know fewer. */
const PODMAN_TYPES = new Set(['bind', 'glob', 'tmpfs', 'ramfs', 'devpts', 'image', 'artifact', 'volume']);
/** Keys of every type (containers/podman pkg/specgenutil/volumes.go). */
const PODMAN_KEYS = new Set(
  (
    'type src source target dst dest destination bind-nonrecursive bind-propagation consistency idmap readonly ro ' +
    'rw nodev dev noexec exec nosuid suid noswap relabel shared rshared private rprivate slave rslave unbindable ' +
    'runbindable z no-dereference subpath volume-subpath tmpcopyup notmpcopyup tmpfs-mode tmpfs-size u chown ' +
    'volume-opt nocreate uid gid mode ptmxmode newinstance max readwrite title digest name'
  ).split(' '),
);

const podmanMount: Check = (text) => {
  if (!isCsv(text)) return 'a quote stands where none can';
  const keys = splitCsv(text).map((field) => (field.split('=', 1)[0] ?? '').toLowerCase());
  const fields = mountFields(text);
  const type = first(fields, 'type') || 'volume';
  const target = first(fields, 'target', 'dst', 'dest', 'destination');
  const unknown = keys.find((key) => !PODMAN_KEYS.has(key));
  if (!PODMAN_TYPES.has(type.toLowerCase())) return true;
  if (unknown !== undefined) return `"${unknown}" is no option of a mount`;
  if (type !== 'image' && keys.filter((key) => /^(?:readonly|ro|rw)$/.test(key)).length > 1) {
    return 'only one of readonly, ro, rw can be given';
  }
  if (target !== '' && !ABSOLUTE.test(target)) return `"${target}" is no absolute path`;
  if (type === 'tmpfs' && first(fields, 'src', 'source') !== '')
    return 'a temporary file system has no source';
  const propagation = fields.get('bind-propagation');
  return (
    propagation === undefined ||
    PODMAN_MODES[6]?.includes(propagation) ||
    `"${propagation}" is no propagation`
  );
};

const dockerTmpfs: Check = (value) => targetReason(value.split(':', 1)[0] ?? '') ?? true;

/** Options of a temporary file system, by their names (containers/podman pkg/util/mountOpts.go). */
const TMPFS_OPTIONS = new Set(
  (
    'ro rw exec noexec suid nosuid dev nodev size mode tmpcopyup notmpcopyup private rprivate shared rshared slave ' +
    'rslave unbindable runbindable uid gid nr_inodes nr_blocks noatime relatime strictatime atime norelatime ' +
    'sync async remount noswap z Z U'
  ).split(' '),
);

const podmanTmpfs: Check = (value) => {
  const [target = '', options] = value.split(':');
  if (!ABSOLUTE.test(target)) return `"${target}" is no absolute path`;
  const names = options === undefined || options === '' ? [] : options.split(',');
  const unknown = names.find((option) => !TMPFS_OPTIONS.has(option.split('=', 1)[0] ?? ''));
  return unknown === undefined || `"${unknown}" is no option of a temporary file system`;
};

/** A container's name or id, and how its volumes are mounted. */
const volumesFrom: Check = (value) => {
  const colon = value.indexOf(':');
  const mode = colon < 0 ? '' : value.slice(colon + 1);
  if (value === '') return 'it names no container';
  if (mode === '') return true;
  return modeReason(mode, [['rw', 'ro'], ['z', 'Z'], DOCKER_MODES[4] ?? []], NOTHING) ?? true;
};

export const DOCKER_MOUNTS: Checks = {
  volume: dockerVolume,
  mount: dockerMount,
  tmpfs: dockerTmpfs,
  'volumes-from': volumesFrom,
};

export const PODMAN_MOUNTS: Checks = {
  volume: podmanVolume,
  mount: podmanMount,
  tmpfs: podmanTmpfs,
  'volumes-from': volumesFrom,
};
