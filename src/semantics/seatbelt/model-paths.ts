/** Between the host's paths of the model and those that a profile's rules are matched against. */
import { breadthOf, type HostPath, homePath, hostPath, workspacePath } from '../../model/host-path.ts';
import type { AssumedPlaces } from './parameters.ts';
import { canonicalPath, isInside } from './paths.ts';

/** Stands for the developer's home where a profile writes none out. */
const DEVELOPER_HOME = '/Users/developer';

/** The project lies deep enough that the directories above it are neither the home nor anything a rule names. */
const PROJECT = 'developer-projects/of-one-owner/this-project';

/** @param home an absolute path that the profile itself writes for a home directory, if it does */
export function placesFor(home: string = DEVELOPER_HOME): AssumedPlaces {
  return { home, workspace: `${home}/${PROJECT}` };
}

/** A file that no rule names, in a directory that one may. */
export const UNNAMED = 'unnamed-entry';

/** A path as a rule writes it, in the model's notation. */
export function fromProfile(text: string, places: AssumedPlaces): HostPath {
  if (isInside(text, places.workspace)) return workspacePath(text.slice(places.workspace.length));
  if (isInside(text, places.home)) return homePath(text.slice(places.home.length));
  return hostPath(text, '');
}

/**
 * launchd makes the directory of the agent's socket at each login, with a random name (ssh-agent(1) of macOS,
 * -l; /System/Library/LaunchAgents/com.openssh.ssh-agent.plist).
 */
const LAUNCHD_AGENT = '/private/tmp/com.apple.launchd.aB3dE6gH9j/Listeners';

/** Sockets of the tables that macOS has under another name. */
const MACOS_NAMES: ReadonlyMap<string, string> = new Map([
  ['/run/docker.sock', '/private/var/run/docker.sock'],
  ['/tmp/ssh-*/agent.*', LAUNCHD_AGENT],
]);

/**
 * What macOS does not have (hier(7) of macOS), or not by this name: the numbers of its users begin at 501, its
 * Kerberos keeps tickets elsewhere, its editors keep their sockets in the home. A rule that names one of them is
 * asked about all the same.
 */
const ELSEWHERE = new RegExp(
  [
    '^/(?:run|proc|sys|boot|dev|home|mnt|media|root|snap|pipe|srv|lib|lib32|lib64)(?:/|$)',
    '^/var/(?:lib|snap|spool/cron)(?:/|$)',
    '^/tmp/(?:tmux-(?!501)|krb5cc_|vscode-ipc|\\.X11-unix)',
  ].join('|'),
);

/**
 * What belongs to root there, whatever a profile says: who runs inside is the user who started it. Homebrew
 * gives /usr/local to that user.
 */
const ROOT_WRITES =
  /^\/(?:etc|System|bin|sbin|dev|cores|private|usr(?!\/local)|Library(?!\/Caches)|var(?!\/(?:folders|tmp)))(?:\/|$)/;

export function isRootsToWrite(path: HostPath): boolean {
  return path.root === 'absolute' && ROOT_WRITES.test(path.path);
}

/**
 * Docker Desktop for Linux keeps its socket in a place of its own; what systemd and the desktops of Linux start is
 * looked for there alone (XDG Autostart; launchd(8) reads LaunchAgents).
 */
const ELSEWHERE_IN_HOME =
  /^(?:\.docker\/desktop|\.config\/(?:systemd|autostart|environment\.d|sway|i3|hypr|plasma-workspace)|\.local\/share\/(?:systemd|applications|dbus-1|keyrings|kwalletd)|\.xinitrc|\.xsession|\.xprofile|AppData)(?:\/|$)/;

/** How people call it there; null: as the tables do. */
export function nameOnMac(path: HostPath): string | null {
  if (path.root !== 'absolute') return null;
  if (MACOS_NAMES.get(path.path) === LAUNCHD_AGENT) return '/private/tmp/com.apple.launchd.*/Listeners';
  return /^\/run\//.test(path.path) ? `/var${path.path}` : null;
}

/** The name under which a rule sees the path; null for what is not there on macOS. */
export function toProfile(path: HostPath, places: AssumedPlaces): string | null {
  if (path.root === 'unknown') return null;
  if (path.root === 'home') {
    return ELSEWHERE_IN_HOME.test(path.path) ? null : canonicalPath(`${places.home}/${path.path}`);
  }
  if (path.root === 'workspace') return canonicalPath(`${places.workspace}/${path.path}`);
  const named = MACOS_NAMES.get(path.path);
  if (named !== undefined) return named;
  return ELSEWHERE.test(path.path) ? null : canonicalPath(path.path);
}

/** True for what is a directory whatever a table says: a home, a project, the disk. */
export function isDirectory(path: HostPath): boolean {
  return breadthOf(path) !== 'narrow' && !(path.root === 'workspace' && /[^./]/.test(path.path));
}
