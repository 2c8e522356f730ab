/** Which of the host's files firejail leaves in sight: first what it hides, then what it shows again. */
import { covers } from '../../model/host-path.ts';
import type { InertSetting } from '../../model/sandbox.ts';
import { HOME_SYMBOL, isResolved, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { byDefault } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { hidden, hostTree, type Layer, type Protection } from '../process/host-view.ts';
import { certain, type ProcessOption } from '../process/option-words.ts';
import { scriptPath, settledText } from '../process/script-path.ts';
import { withMacros } from './settings.ts';

type Settings = readonly ProcessOption[];

/** In the order of src/firejail/sandbox.c: the base, private directories, white lists, and the other lists. */
export function firejailLayers(settings: Settings, place: Place, isRoot: boolean): readonly Layer[] {
  const protections = firejailProtections(settings, place, isRoot);
  return [
    ...baseLayers(settings, place, isRoot),
    ...settings.flatMap(privateLayers),
    ...displayLayers(settings, place),
    ...whitelistLayers(settings, protections),
    ...listedLayers(settings, isRoot),
  ];
}

function baseLayers(settings: Settings, place: Place, isRoot: boolean): readonly Layer[] {
  const root = certain(settings, 'chroot');
  const overlay = certain(settings, 'overlay-tmpfs', 'overlay', 'overlay-named');
  const tree = hostTree('firejail', byDefault(place, 'firejail shows all files that it is not told to hide'));
  const own = byDefault(place, 'firejail puts one of its own there');
  const hide = (path: string, ...unless: readonly string[]): readonly Layer[] =>
    certain(settings, ...unless) === null ? [hidden(path, 'firejail', own)] : [];
  if (root?.value !== undefined && root.value !== null) {
    return [{ ...tree, source: root.value, text: root.text, origin: root.origin }, ...hide('/proc')];
  }
  return [
    tree,
    ...(overlay === null ? [] : [{ ...tree, copied: true, text: overlay.text, origin: overlay.origin }]),
    ...hide('/proc'),
    ...hide('/boot', 'allow-debuggers'),
    ...hide('/var/tmp', 'keep-var-tmp'),
    ...hide('/var/log', 'writable-var-log'),
    // Of root it is root's own directory, and no session's.
    ...(isRoot
      ? []
      : ['systemd', 'gnupg'].flatMap((name) => hide(`/run/user/1000/${name}`, 'writable-run-user'))),
  ];
}

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/sys'];
/** What root can still write to; for others owners and modes decide. */
const LEFT_TO_ROOT = ['/home', '/tmp', '/run', '/dev', '/opt', '/srv', '/mnt', '/media'];

/** System directories stay in sight and are read-only (firejail(1), USAGE; src/firejail/fs.c, fs_basic_fs). */
export function firejailProtections(
  settings: Settings,
  place: Place,
  isRoot: boolean,
): readonly Protection[] {
  const origin = byDefault(place, 'firejail mounts system directories read-only');
  const rows = (writable: boolean, paths: readonly string[]): readonly Protection[] =>
    paths.map((path) => ({ path, writable, text: 'firejail', origin, when: [] }));
  const [etc, variable] = [certain(settings, 'writable-etc'), certain(settings, 'writable-var')];
  const opened = [...(etc === null ? [] : ['/etc']), ...(variable === null ? [] : ['/var'])];
  const closed = ['/etc', '/var'].filter((path) => !opened.includes(path));
  const usual = isRoot
    ? [...rows(false, ['/']), ...rows(true, [...LEFT_TO_ROOT, ...opened])]
    : rows(false, [...SYSTEM, ...closed]);
  const system = certain(settings, 'chroot') === null ? usual : [];
  return [
    ...system,
    ...settings.flatMap(({ name, value, text, origin: where, when }) =>
      !/^(?:read-only|read-write|whitelist-ro)$/.test(name) || value === null
        ? []
        : [{ path: withMacros(value), writable: name === 'read-write', text, origin: where, when }],
    ),
  ];
}

/** The display's socket stays in a /tmp of its own (firejail(1), --private-tmp). */
function displayLayers(settings: Settings, place: Place): readonly Layer[] {
  if (!settings.some(({ name }) => name === 'private-tmp')) return [];
  const origin = byDefault(place, "firejail keeps the display's socket");
  const path = '/tmp/.X11-unix';
  return [{ target: path, source: path, writable: false, text: 'firejail', origin }];
}

const PROGRAMS = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];

function privateLayers(setting: ProcessOption): readonly Layer[] {
  const { name, value, text, origin, when } = setting;
  const hide = (...paths: readonly string[]): Layer[] =>
    paths.map((path) => hidden(path, text, origin, when));
  /** A directory of its own, with copies of what is listed. */
  const rebuilt = (directory: string): Layer[] => [
    ...hide(directory),
    ...(value ?? '').split(',').flatMap((entry): Layer[] => {
      const path = `${directory}/${entry.trim()}`;
      const copy = { target: path, source: path, writable: true, copied: true, text, origin, when };
      return entry.trim() === '' || entry.startsWith('@') ? [] : [copy];
    }),
  ];
  switch (name) {
    case 'private': {
      if (value === null) return hide(HOME_SYMBOL, '/home');
      const own: Layer = { target: HOME_SYMBOL, source: value, writable: true, text, origin, when };
      return [...hide('/home', HOME_SYMBOL), own];
    }
    case 'private-home':
      return [...hide('/home'), ...rebuilt(HOME_SYMBOL)];
    case 'private-tmp':
      return hide('/tmp');
    case 'private-dev':
      return hide('/dev');
    case 'private-bin':
      return hide(...PROGRAMS);
    case 'private-etc':
    case 'private-opt':
    case 'private-srv':
      return rebuilt(`/${name.slice('private-'.length)}`);
    case 'private-cache':
      return hide(`${HOME_SYMBOL}/.cache`);
    case 'disable-mnt':
      return hide('/mnt', '/media', '/run/mount', '/run/media');
    default:
      return [];
  }
}

/**
 * A white list empties the directory at the top of its path, and no other (src/firejail/fs_whitelist.c). What
 * is made read-only is so below it too, whatever was shown again there.
 */
function whitelistLayers(settings: Settings, protections: readonly Protection[]): readonly Layer[] {
  const taken: string[] = [];
  const listed = settings.flatMap((setting) => {
    const { name, value } = setting;
    if (value === null) return [];
    const path = withMacros(value);
    if (name === 'nowhitelist') taken.push(path);
    if ((name !== 'whitelist' && name !== 'whitelist-ro') || taken.includes(path)) return [];
    return [{ setting, path, top: topOf(path) }];
  });
  // A home of its own has nothing to show again (firejail(1), --private).
  const isPrivate = settings.some(({ name, when }) => /^private(?:-home)?$/.test(name) && when.length === 0);
  const found = listed.filter(({ top }) => !(isPrivate && top === HOME_SYMBOL));
  return [
    ...found.flatMap(({ top, setting }) => [
      hidden(top, setting.text, setting.origin, setting.when),
      // The session's directory counts as a top of its own.
      ...(top === '/run' ? [shownAgain('/run/user/1000', true, setting)] : []),
    ]),
    ...found.map(({ path, setting }) =>
      shownAgain(withoutPattern(path), isWritable(path, protections), setting),
    ),
  ];
}

function isWritable(path: string, protections: readonly Protection[]): boolean {
  const place = scriptPath(path);
  const last = protections.findLast(
    (one) => (one.writable || one.when.length === 0) && covers(scriptPath(one.path), place) === 'yes',
  );
  return last?.writable !== false;
}

/** What cannot be told is most likely in the home. */
function topOf(path: string): string {
  const settled = settledText(path);
  if (!isResolved(settled) || settled.startsWith(HOME_SYMBOL) || settled.startsWith(WORKSPACE_SYMBOL)) {
    return HOME_SYMBOL;
  }
  if (/^\/(?:home\/[^/]+|root)(?:\/|$)/.test(settled)) return HOME_SYMBOL;
  return /^\/(?:usr\/[^/]+|run\/user\/[^/]+|sys\/module|[^/]+)(?=\/|$)/.exec(settled)?.[0] ?? HOME_SYMBOL;
}

/** Of entries that a pattern names the directory, which is what they can be at most. */
function withoutPattern(path: string): string {
  const parts = path.split('/');
  const pattern = parts.findIndex((part) => /[*?[]/.test(part) && isResolved(part));
  return pattern === -1 ? path : parts.slice(0, pattern).join('/');
}

function shownAgain(path: string, writable: boolean, { text, origin, when }: ProcessOption): Layer {
  return { target: path, source: path, writable, text, origin, when };
}

/** In their order, and a `noblacklist` counts for those behind it (src/firejail/fs.c, fs_blacklist). */
function listedLayers(settings: Settings, isRoot: boolean): readonly Layer[] {
  const taken: string[] = [];
  return settings.flatMap((setting) => {
    if (setting.name === 'noblacklist' && setting.value !== null) taken.push(withMacros(setting.value));
    return listed(setting, taken, isRoot);
  });
}

function listed(
  { name, value, text, origin, when }: ProcessOption,
  taken: readonly string[],
  isRoot: boolean,
): readonly Layer[] {
  const hide = (...paths: readonly string[]): Layer[] =>
    paths.map((path) => hidden(path, text, origin, when));
  const sessionBus = isRoot ? [] : hide('/run/user/1000/bus');
  if (name === 'nodbus') return [...sessionBus, ...hide('/run/dbus')];
  if (/^dbus-(?:user|system)$/.test(name) && (value === 'none' || value === 'filter')) {
    return name === 'dbus-user' ? sessionBus : hide('/run/dbus');
  }
  if (name === 'x11' && value !== 'xorg') return hide('/tmp/.X11-unix');
  if (value === null) return [];
  const path = withMacros(value);
  if (name === 'blacklist' || name === 'blacklist-nolog') {
    return taken.includes(path) || path === '/' ? [] : hide(path);
  }
  if (name === 'tmpfs') return hide(path);
  if (name !== 'bind') return [];
  const [source = '', target = ''] = value.split(',').map(withMacros);
  return target === '' ? [] : [{ target, source, writable: true, text, origin, when }];
}

/** What firejail passes over without a word. */
export function passedOver(settings: Settings): readonly InertSetting[] {
  const own = settings.find(({ name, when }) => /^private(?:-home)?$/.test(name) && when.length === 0);
  return settings.flatMap(({ name, value, text, origin }): InertSetting[] => {
    if (origin.kind !== 'explicit' || value === null) return [];
    const path = withMacros(value);
    if (name === 'blacklist' && path === '/') {
      const why = 'firejail does not hide the root directory';
      return [{ setting: text, why, instead: 'Name the directories that are to be hidden', origin }];
    }
    if (own === undefined || !/^whitelist(?:-ro)?$/.test(name) || topOf(path) !== HOME_SYMBOL) return [];
    const why = `\`${own.text}\` gives it a home of its own, in which nothing is shown again`;
    return [
      { setting: text, why, instead: `Remove \`${own.text}\`; the white list empties the home too`, origin },
    ];
  });
}
