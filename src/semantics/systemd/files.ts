/** Which of the host's files a service sees (systemd.exec(5), SANDBOXING and PATHS). */
import { covers } from '../../model/host-path.ts';
import type { InertSetting } from '../../model/sandbox.ts';
import { HOME_SYMBOL, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { byDefault } from '../../model/value.ts';
import { hidden, hostTree, type Layer, type Protection } from '../process/host-view.ts';
import { scriptPath, settledText } from '../process/script-path.ts';
import { active, dynamicUser, isYes, type ListItem, listOf, type ServiceSettings } from './settings.ts';

/**
 * What is mounted at a deeper place lies over what is above it, in whatever order it is written; below what
 * is inaccessible nothing is mounted at all (src/core/namespace.c, drop_inaccessible).
 */
export function serviceLayers(settings: ServiceSettings): readonly Layer[] {
  const mounts = [...emptyLayers(settings), ...bindLayers(settings)];
  return [
    rootLayer(settings),
    ...mounts.sort((a, b) => depthOf(a.target) - depthOf(b.target)),
    ...inaccessibleLayers(settings),
  ];
}

function rootLayer(settings: ServiceSettings): Layer {
  const whole = hostTree(settings.named, byDefault(settings.place, 'a service sees all files of the host'));
  const devices = active(settings, 'DevicePolicy');
  const tree = { ...whole, devices: devices === null || devices.value === 'auto' };
  const [directory, image] = [active(settings, 'RootDirectory'), active(settings, 'RootImage')];
  if (directory !== null) {
    const { text, origin } = directory;
    return { ...tree, source: pathOf(directory.value ?? ''), text, origin };
  }
  return image === null ? tree : { ...tree, source: null, text: image.text, origin: image.origin };
}

/** Of several that name a part of the same tree, the more specific one counts; of one place, what is read-only. */
export function serviceProtections(settings: ServiceSettings): readonly Protection[] {
  const trees = (name: string, writable: boolean): Protection[] =>
    listOf(settings, name).map((item) => tree(itemPath(item), writable, item));
  const found = [
    ...systemTrees(settings),
    ...trees('ReadWritePaths', true),
    ...ownDirectories(settings),
    // A bind of a place to itself is how parts of a read-only tree are opened again.
    ...bindLayers(settings).flatMap((bind) =>
      bind.writable && bind.source === bind.target ? [tree(bind.target, true, bind)] : [],
    ),
    ...homeReadOnly(settings),
    ...trees('ReadOnlyPaths', false),
  ];
  return found.sort((a, b) => depthOf(a.path) - depthOf(b.path));
}

function tree(path: string, writable: boolean, from: Pick<Layer, 'text' | 'origin' | 'when'>): Protection {
  return { path, writable, text: from.text, origin: from.origin, when: from.when ?? [] };
}

/**
 * `yes`: programs; `full`: /etc too; `strict`: all but the kernel's own file systems and the homes, which
 * `ProtectHome=` is there for (src/core/namespace.c, protect_system_strict_table).
 */
function systemTrees(settings: ServiceSettings): readonly Protection[] {
  const dynamic = dynamicUser(settings);
  const own = active(settings, 'ProtectSystem');
  const value = dynamic === null ? (own?.value ?? '') : 'strict';
  const origin = dynamic?.origin ?? own?.origin;
  if (origin === undefined || value === '') return [];
  const from = { text: dynamic?.text ?? own?.text ?? '', origin };
  if (value === 'strict') {
    const homes = byDefault(settings.place, '`ProtectSystem=strict` leaves homes to `ProtectHome=`');
    return [
      tree('/', false, from),
      ...['/dev', '/proc', '/sys'].map((path) => tree(path, true, from)),
      ...HOMES.map((path) => tree(path, true, { text: settings.named, origin: homes })),
    ];
  }
  const paths = ['/usr', '/boot', '/efi', ...(value === 'full' ? ['/etc'] : [])];
  return value === 'full' || isYes(value) ? paths.map((path) => tree(path, false, from)) : [];
}

/** What `ProtectHome=` is about; /root is a home like those in /home. */
const HOMES: readonly string[] = ['/home', '/run/user'];

function homeReadOnly(settings: ServiceSettings): readonly Protection[] {
  const found = active(settings, 'ProtectHome');
  const from = found?.value === 'read-only' ? found : found === null ? dynamicUser(settings) : null;
  if (from === null) return [];
  return HOMES.map((path) => tree(path, false, { text: from.text, origin: from.origin }));
}

const OWN_DIRECTORIES: Readonly<Record<string, string>> = {
  RuntimeDirectory: '/run',
  StateDirectory: '/var/lib',
  CacheDirectory: '/var/cache',
  LogsDirectory: '/var/log',
  ConfigurationDirectory: '/etc',
};

/** Directories that are made for the service stay writable (systemd.exec(5), RuntimeDirectory=). */
function ownDirectories(settings: ServiceSettings): readonly Protection[] {
  return Object.entries(OWN_DIRECTORIES).flatMap(([name, base]) =>
    listOf(settings, name).map((item) => tree(`${base}/${item.value.replace(/:.*$/s, '')}`, true, item)),
  );
}

/** Places with an empty file system of their own. */
function emptyLayers(settings: ServiceSettings): readonly Layer[] {
  const found: Layer[] = [];
  const home = active(settings, 'ProtectHome');
  if (home?.value === 'tmpfs') {
    found.push(...[...HOMES, HOME_SYMBOL].map((path) => hidden(path, home.text, home.origin)));
  }
  const temporary = active(settings, 'PrivateTmp') ?? dynamicUser(settings);
  if (temporary !== null) {
    found.push(...['/tmp', '/var/tmp'].map((path) => hidden(path, temporary.text, temporary.origin)));
  }
  const devices = active(settings, 'PrivateDevices');
  if (devices !== null) found.push(hidden('/dev', devices.text, devices.origin));
  for (const item of listOf(settings, 'TemporaryFileSystem')) {
    const path = itemPath({ value: item.value.replace(/:.*$/s, '') });
    found.push(hidden(path, item.text, item.origin, item.when));
  }
  return found;
}

function inaccessibleLayers(settings: ServiceSettings): readonly Layer[] {
  const found = listOf(settings, 'InaccessiblePaths').map((item) =>
    hidden(itemPath(item), item.text, item.origin, item.when),
  );
  const home = active(settings, 'ProtectHome');
  if (home !== null && isYes(home.value)) {
    found.push(...[...HOMES, HOME_SYMBOL].map((path) => hidden(path, home.text, home.origin)));
  }
  const invisible = active(settings, 'ProtectProc') ?? active(settings, 'PrivatePIDs');
  if (invisible !== null && invisible.value !== 'default') {
    found.push(hidden('/proc', invisible.text, invisible.origin));
  }
  return found;
}

/** `SOURCE:DESTINATION:OPTIONS`. */
function bindLayers(settings: ServiceSettings): readonly Layer[] {
  const layers = (name: string, writable: boolean): Layer[] =>
    listOf(settings, name).map((item): Layer => {
      const [source = '', target = source] = itemPath(item).split(':');
      const { text, origin, when } = item;
      return { target: pathOf(target), source, writable, text, origin, when };
    });
  return [...layers('BindReadOnlyPaths', false), ...layers('BindPaths', true)];
}

/** What is named below an inaccessible place, and is not there for it. */
export function unreachablePaths(settings: ServiceSettings): readonly InertSetting[] {
  const closed = inaccessibleLayers(settings).filter(({ when = [] }) => when.length === 0);
  const names = ['BindPaths', 'BindReadOnlyPaths', 'ReadWritePaths'];
  return names.flatMap((name) =>
    listOf(settings, name).flatMap((item): InertSetting[] => {
      const [source = '', target = source] = itemPath(item).split(':');
      const place = scriptPath(pathOf(target));
      const over = closed.find((layer) => covers(scriptPath(layer.target), place) === 'yes');
      if (over === undefined) return [];
      const isHome = over.text.includes('ProtectHome');
      return [
        {
          setting: item.text,
          why: `\`${over.text}\` makes the directory above it inaccessible, and nothing below that is shown`,
          instead: isHome ? 'Use `ProtectHome=tmpfs` with `BindPaths=`' : 'Use `TemporaryFileSystem=` there',
          origin: item.origin,
        },
      ];
    }),
  );
}

/** `-` passes over what is missing, `+` starts at the service's own root. */
function itemPath({ value }: Pick<ListItem, 'value'>): string {
  return pathOf(value.replace(/^[-+]{1,2}/, ''));
}

const SPECIFIERS: Readonly<Record<string, string>> = {
  '%h': HOME_SYMBOL,
  '%t': '/run/user/1000',
  '%U': '1000',
  '%S': '/var/lib',
  '%C': '/var/cache',
  '%L': '/var/log',
  '%E': '/etc',
  '%T': '/tmp',
  '%V': '/var/tmp',
};

/** systemd.unit(5), SPECIFIERS. */
function pathOf(text: string): string {
  return text.replace(/%[a-zA-Z]/g, (whole) =>
    Object.hasOwn(SPECIFIERS, whole) ? (SPECIFIERS[whole] ?? whole) : whole,
  );
}

/** A home lies two directories deep, a project below it. */
function depthOf(path: string): number {
  const text = settledText(path);
  const parts = text.split('/').filter((part) => part !== '').length;
  return parts + (text.startsWith(HOME_SYMBOL) ? 1 : 0) + (text.startsWith(WORKSPACE_SYMBOL) ? 2 : 0);
}
