/** Which of the host's files firejail leaves in sight: first what it hides, then what it shows again. */
import { HOME_SYMBOL } from '../../model/symbolic.ts';
import { byDefault, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { hidden, hostTree, type Layer, type Protection } from '../process/host-view.ts';
import { certain, type ProcessOption } from '../process/option-words.ts';
import { settledText } from '../process/script-path.ts';
import type { FirejailSettings } from './settings.ts';

/**
 * What the profile that is there unasked hides, as far as it is worth something here
 * (https://github.com/netblue30/firejail/blob/master/etc/inc/disable-common.inc).
 */
const HIDDEN_BY_DEFAULT: readonly string[] = [
  ...[
    '.ssh',
    '.gnupg',
    '.aws',
    '.boto',
    '.kube',
    '.config/gcloud',
    '.config/hub',
    '.git-credentials',
    '.git-credential-cache',
    '.netrc',
    '.pki',
    '.cert',
    '.cargo/credentials',
    '.cargo/credentials.toml',
    '.local/share/keyrings',
    '.local/share/kwalletd',
    '.smbcredentials',
    '.config/autostart',
    '.config/systemd',
    '.local/share/systemd',
    '.bash_history',
    '.zsh_history',
    '.xinitrc',
    '.xprofile',
    '.xsession',
    '.xsessionrc',
  ].map((path) => `${HOME_SYMBOL}/${path}`),
  '/run/docker.sock',
  // Names under which the same socket is handed into containers; a host has none of them.
  '/run/docker',
  '/run/docker-host.sock',
  '/run/user/1000/systemd',
  '/run/user/1000/containers',
  '/run/user/1000/libpod',
  '/var/lib/libvirt',
  '/var/spool/cron',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/ssh',
  '/etc/cron.d',
  '/etc/crontab',
  '/etc/profile.d',
  '/etc/systemd/system',
  '/sbin',
  '/usr/sbin',
];

/** What the same file makes read-only: start-up files, and directories of programs. */
const READ_ONLY_BY_DEFAULT: readonly string[] = [
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.bash_aliases',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.kshrc',
  '.cshrc',
  '.tcshrc',
  '.login',
  '.pam_environment',
  '.config/environment.d',
  '.config/fish',
  '.oh-my-zsh',
  '.cargo/bin',
  '.cargo/env',
  '.local/bin',
  '.local/lib',
  '.nvm',
  '.rustup',
  '.npm-packages',
  '.npmrc',
  '.yarnrc',
  '.vimrc',
  '.vim',
  '.exrc',
  '.emacs',
  '.emacs.d',
  '.nano',
  '.tmux.conf',
  '.gem',
  '.luarocks',
  '.pythonrc.py',
  '.local/share/applications',
  '.config/mimeapps.list',
  'bin',
  '.bin',
].map((path) => `${HOME_SYMBOL}/${path}`);

/** @param place the command word */
export function firejailLayers({ settings, profile }: FirejailSettings, place: Place): readonly Layer[] {
  const root = certain(settings, 'chroot');
  const overlay = certain(settings, 'overlay-tmpfs', 'overlay', 'overlay-named');
  const tree = hostTree('firejail', byDefault(place, 'firejail shows all files that it is not told to hide'));
  const layers: Layer[] = [tree];
  if (overlay !== null) layers.push({ ...tree, copied: true, text: overlay.text, origin: overlay.origin });
  if (root?.value !== undefined && root.value !== null) {
    layers.push({ ...tree, source: root.value, text: root.text, origin: root.origin });
  }
  layers.push(hidden('/proc', 'firejail', byDefault(place, 'firejail mounts a /proc of its own')));
  const common = settings.find(({ name }) => name === 'include-common');
  if (profile === 'default') layers.push(...defaultLayers(byDefault(place, "firejail's default profile")));
  else if (common !== undefined) layers.push(...defaultLayers(common.origin));
  for (const pass of PASSES) {
    for (const setting of settings) layers.push(...pass(setting, settings));
  }
  return layers;
}

/** What stays in sight and cannot be written. */
export function firejailProtections(
  { settings, profile }: FirejailSettings,
  place: Place,
): readonly Protection[] {
  const common = settings.find(({ name }) => name === 'include-common')?.origin;
  const origin = profile === 'default' ? byDefault(place, "firejail's default profile") : common;
  const usual = origin === undefined ? [] : READ_ONLY_BY_DEFAULT;
  return [
    ...usual.map((path) => ({
      path,
      writable: false,
      text: 'the default profile',
      origin: origin ?? byDefault(place, 'firejail'),
      when: [],
    })),
    ...settings.flatMap(({ name, value, text, origin: where, when }) =>
      (name !== 'read-only' && name !== 'read-write') || value === null
        ? []
        : [{ path: pathOf(value), writable: name === 'read-write', text, origin: where, when }],
    ),
  ];
}

function defaultLayers(origin: Origin): readonly Layer[] {
  const text = 'the default profile';
  return [...HIDDEN_BY_DEFAULT.map((path) => hidden(path, text, origin))];
}

type Pass = (setting: ProcessOption, all: readonly ProcessOption[]) => readonly Layer[];

/** Order of src/firejail/sandbox.c: private directories, then white lists, then black lists and what is read-only. */
const PASSES: readonly Pass[] = [privateLayers, topsOfWhitelist, whitelisted, listed];

function privateLayers(setting: ProcessOption): readonly Layer[] {
  const { name, value, text, origin, when } = setting;
  const hide = (...paths: readonly string[]): Layer[] =>
    paths.map((path) => hidden(path, text, origin, when));
  switch (name) {
    case 'private': {
      if (value === null) return hide(HOME_SYMBOL, '/home');
      const own: Layer = { target: HOME_SYMBOL, source: value, writable: true, text, origin, when };
      return [...hide('/home'), own];
    }
    case 'private-cwd':
      return [];
    case 'private-tmp':
      // The display's socket stays (firejail(1), --private-tmp).
      return [...hide('/tmp'), shownAgain('/tmp/.X11-unix', setting)];
    case 'private-dev':
      return hide('/dev');
    case 'private-etc':
    case 'private-opt':
    case 'private-srv':
      return hide(`/${name.slice('private-'.length)}`);
    case 'private-cache':
      return hide(`${HOME_SYMBOL}/.cache`);
    case 'disable-mnt':
      return hide('/mnt', '/media', '/run/mount', '/run/media');
    case 'tmpfs':
      return value === null ? [] : hide(value);
    case 'bind': {
      const [source = '', target = ''] = (value ?? '').split(',');
      return target === '' ? [] : [{ target, source, writable: true, text, origin, when }];
    }
    default:
      return [];
  }
}

/** A white list empties the directory at the top of its path, and no other (firejail(1), --whitelist). */
function topsOfWhitelist({ name, value, text, origin, when }: ProcessOption): readonly Layer[] {
  if ((name !== 'whitelist' && name !== 'whitelist-ro') || value === null) return [];
  return [hidden(topOf(pathOf(value)), text, origin, when)];
}

function topOf(path: string): string {
  const settled = settledText(path);
  if (
    /^\/(?:tmp|dev|var|opt|srv|mnt|media|etc|sys|proc|boot|usr\/share|run\/user\/[^/]+|run)(?=\/|$)/.test(
      settled,
    )
  ) {
    return /^\/(?:usr\/share|run\/user\/[^/]+|[^/]+)/.exec(settled)?.[0] ?? settled;
  }
  return HOME_SYMBOL;
}

function whitelisted(setting: ProcessOption): readonly Layer[] {
  const { name, value } = setting;
  if ((name !== 'whitelist' && name !== 'whitelist-ro') || value === null) return [];
  return [shownAgain(pathOf(value), setting)];
}

function shownAgain(path: string, { name, text, origin, when }: ProcessOption): Layer {
  return { target: path, source: path, writable: name !== 'whitelist-ro', text, origin, when };
}

function listed(setting: ProcessOption, all: readonly ProcessOption[]): readonly Layer[] {
  const { name, value, text, origin, when } = setting;
  const hide = (...paths: readonly string[]): Layer[] =>
    paths.map((path) => hidden(path, text, origin, when));
  if (name === 'nodbus') return hide('/run/user/1000/bus', '/run/dbus');
  if (/^dbus-(?:user|system)$/.test(name) && (value === 'none' || value === 'filter')) {
    return hide(name === 'dbus-user' ? '/run/user/1000/bus' : '/run/dbus');
  }
  if (name === 'x11' && value !== null && value !== 'xorg') return hide('/tmp/.X11-unix');
  if (value === null) return [];
  const isListed = name === 'blacklist' || name === 'blacklist-nolog';
  return isListed && !isTakenBack(value, all) ? hide(pathOf(value)) : [];
}

/** `--noblacklist=PATH` and `--ignore=blacklist PATH` (firejail-profile(5)). */
function isTakenBack(value: string, all: readonly ProcessOption[]): boolean {
  return all.some(
    (other) =>
      (other.name === 'noblacklist' && other.value === value) ||
      (other.name === 'ignore' && other.value === `blacklist ${value}`),
  );
}

/** `~/x` behind `=` is firejail's own to expand. */
function pathOf(value: string): string {
  return value
    .replace(/^~(?=\/|$)/, HOME_SYMBOL)
    .replaceAll('${HOME}', HOME_SYMBOL)
    .replaceAll('${RUNUSER}', '/run/user/1000');
}
