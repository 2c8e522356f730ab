/**
 * Paths on the host, normalised, and symbolic where they must be: what counts is which part of the
 * developer's machine a path names, however it is spelled.
 */
import {
  displayText,
  HOME_SYMBOL,
  isResolved,
  unknownNames,
  unknownStart,
  WORKSPACE_SYMBOL,
} from './symbolic.ts';
import type { Verdict } from './value.ts';

export type HostPath = KnownPath | UnknownPath;

export type KnownPath =
  /** `path` is relative to the developer's home, without a leading slash; '' is the home itself. */
  | { readonly root: 'home'; readonly path: string }
  /** `path` is relative to the project's root; '' is the root, `..` the directory that holds it. */
  | { readonly root: 'workspace'; readonly path: string }
  /** `path` begins with `/`. */
  | { readonly root: 'absolute'; readonly path: string };

export interface UnknownPath {
  readonly root: 'unknown';
  readonly raw: string;
  readonly names: readonly string[];
  /** `/srv/$NAME/x`: taken to be this directory or to lie below it, as no one names a directory `..`. */
  readonly within?: Enclosure;
}

export interface Enclosure {
  readonly directory: KnownPath;
  /** How the name in it begins: `x-` of `/srv/x-$NAME`. */
  readonly stem: string;
}

export function homePath(path = ''): HostPath {
  return { root: 'home', path: collapse(path) };
}

export function workspacePath(path = ''): HostPath {
  return { root: 'workspace', path: collapse(path) };
}

/**
 * Spellings of one and the same directory. `/var/run` and `/var/lock` are links into `/run` on every
 * current distribution (Filesystem Hierarchy Standard 3.0, 5.13); macOS links `/tmp`, `/var` and `/etc`
 * into `/private`; Docker Desktop shows the host's files under `/host_mnt`.
 */
const ALIASES: readonly (readonly [prefix: string, canonical: string])[] = [
  ['/host_mnt', ''],
  ['/System/Volumes/Data', ''],
  ['/private/tmp', '/tmp'],
  ['/private/var', '/var'],
  ['/private/etc', '/etc'],
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
];

/** `/run/user/1000` and its like: one runtime directory, whatever the number. */
export const RUNTIME_DIRECTORY = '/run/user/UID';

/**
 * Environment variables whose value is a well-known place. `XDG_RUNTIME_DIR`: XDG Base Directory
 * Specification 0.8. `SSH_AUTH_SOCK`: ssh-agent(1); the socket's directory differs by desktop.
 */
export const PATH_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['HOME', HOME_SYMBOL],
  ['USERPROFILE', HOME_SYMBOL],
  ['XDG_CONFIG_HOME', `${HOME_SYMBOL}/.config`],
  ['XDG_CACHE_HOME', `${HOME_SYMBOL}/.cache`],
  ['XDG_DATA_HOME', `${HOME_SYMBOL}/.local/share`],
  ['XDG_RUNTIME_DIR', RUNTIME_DIRECTORY],
  ['SSH_AUTH_SOCK', `${RUNTIME_DIRECTORY}/ssh-agent.sock`],
  ['TMPDIR', '/tmp'],
  ['XAUTHORITY', `${HOME_SYMBOL}/.Xauthority`],
]);

/**
 * Reads a path as the host would.
 * @param text symbolic text: `~`, variables and the like already substituted (`~` at the start is accepted)
 * @param base directory that a relative path starts from, relative to the project's root
 */
export function hostPath(text: string, base: string): HostPath {
  const windows = text.replaceAll('\\', '/');
  const head = windows.startsWith('~/') || windows === '~' ? HOME_SYMBOL + windows.slice(1) : windows;
  if (!isResolved(head)) return settleUnknown(head, base);
  const symbol = Math.max(head.lastIndexOf(HOME_SYMBOL), head.lastIndexOf(WORKSPACE_SYMBOL));
  if (symbol >= 0) return fromSymbol(head, symbol);
  if (isAbsolute(head)) return fromAbsolute(head);
  return climb('workspace', base === '' ? head : `${base}/${head}`);
}

export function isAbsolute(text: string): boolean {
  return text.startsWith('/') || /^[A-Za-z]:(\/|\\|$)/.test(text);
}

/** A later symbol makes what stands before it moot: `${HOME}${USERPROFILE}` is one of the two, never both. */
function fromSymbol(text: string, at: number): HostPath {
  const rest = text.slice(at + 1);
  const root = text[at] === HOME_SYMBOL ? 'home' : 'workspace';
  if (rest !== '' && !rest.startsWith('/')) {
    return { root: 'unknown', raw: displayText(text), names: [] };
  }
  return climb(root, rest);
}

/** An unknown tail below a known place stays unknown, but for where it begins. */
function settleUnknown(text: string, base: string): HostPath {
  const within = enclosureOf(text, base);
  const path = { root: 'unknown', raw: displayText(text), names: unknownNames(text) } as const;
  return within === null ? path : { ...path, within };
}

function enclosureOf(text: string, base: string): Enclosure | null {
  const start = unknownStart(text);
  const slash = text.lastIndexOf('/', start);
  const head = text.slice(0, Math.max(slash, 0));
  const stem = text.slice(slash + 1, start);
  const relative = slash === -1 && stem !== '' && !/[\uFDD0\uFDD1]/.test(stem);
  if ((slash < 1 && !relative) || climbsOut(text.slice(slash + 1))) return null;
  const directory = hostPath(head === '' ? '.' : head, base);
  if (directory.root === 'unknown') return null;
  const breadth = breadthOf(directory);
  return breadth === 'disk' || breadth === 'homes' || breadth === 'outside' ? null : { directory, stem };
}

/** Whether `..` that is written leads above where the path begins; a part that is not known is one name at least. */
function climbsOut(rest: string): boolean {
  let depth = 0;
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

function climb(root: 'home' | 'workspace', rest: string): HostPath {
  const path = collapse(rest);
  if (root === 'home' && (path === '..' || path.startsWith('../'))) {
    // The directory above a home is /home or /Users; above that stands the disk.
    return path === '..' ? { root: 'absolute', path: '/home' } : { root: 'absolute', path: '/' };
  }
  return { root, path };
}

function fromAbsolute(text: string): HostPath {
  let path = absolute(windowsToPosix(text));
  for (const [prefix, canonical] of ALIASES) {
    if (path === prefix || path.startsWith(`${prefix}/`)) path = canonical + path.slice(prefix.length) || '/';
  }
  path = path.replace(/^\/run\/user\/[^/]+/, RUNTIME_DIRECTORY);
  const home = /^(?:\/root|\/(?:home|Users)\/(?!Shared(?:\/|$))[^/]+)(?:\/(.*))?$/.exec(path);
  return home ? { root: 'home', path: home[1] ?? '' } : { root: 'absolute', path };
}

/** `C:/Users/x`, `//c/Users/x`, `/c/Users/x` and `/mnt/c/Users/x` name the same directory (WSL, Git Bash). */
function windowsToPosix(path: string): string {
  const drive = /^(?:([A-Za-z]):|\/\/?([a-z])(?=\/|$)|\/mnt\/([a-z])(?=\/|$))(.*)$/.exec(path);
  if (drive === null) return path;
  const rest = drive[4] ?? '';
  if (/^\/Users(\/|$)/i.test(rest)) return rest.replace(/^\/users/i, '/Users');
  return drive[1] === undefined && drive[3] === undefined ? path : rest === '' ? '/' : rest;
}

function absolute(path: string): string {
  const collapsed = collapse(path);
  const inside = collapsed.replace(/^(?:\.\.(?:\/|$))+/, '');
  return `/${inside}`;
}

/** Removes `//`, `.`, `x/..` and slashes at both ends; leading `..` stay. */
function collapse(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** The path below `path` named `child` (relative). */
export function below(path: HostPath, child: string): HostPath {
  if (path.root === 'unknown' || child === '') return path;
  if (path.root === 'absolute') return fromAbsolute(`${path.path}/${child}`);
  return climb(path.root, `${path.path}/${child}`);
}

/** True when `outer` is `inner` or a directory above it, both in the same notation. */
function within(outer: string, inner: string): boolean {
  return outer === '' || outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
}

/**
 * Does the tree below `outer` hold `inner`? A project is taken to lie in the home directory, as projects
 * do, and nowhere else but under `/`; of a path above the project it is not known what else it holds.
 */
export function covers(outer: HostPath, inner: HostPath): Verdict {
  if (outer.root === 'unknown') return enclosedCovers(outer, inner);
  if (inner.root === 'unknown')
    return inner.within === undefined ? 'unknown' : coversEnclosed(outer, inner.within);
  if (outer.root === 'absolute') return coversFromRoot(outer.path, inner);
  if (outer.root === 'home') {
    if (inner.root === 'home') return within(outer.path, inner.path) ? 'yes' : 'no';
    return inner.root === 'workspace' && outer.path === '' ? 'yes' : 'no';
  }
  if (inner.root !== 'workspace') return 'no';
  return workspaceCovers(outer.path, inner.path) ? 'yes' : 'no';
}

/** A path that is not known holds at most what lies below the directory that it begins with. */
function enclosedCovers(outer: UnknownPath, inner: HostPath): Verdict {
  if (outer.within === undefined) return 'unknown';
  if (inner.root === 'unknown') return outer.raw === inner.raw ? 'yes' : 'unknown';
  const { directory, stem } = outer.within;
  if (covers(directory, inner) === 'no') return 'no';
  if (stem === '' || directory.root !== inner.root) return 'unknown';
  const rest = inner.path.slice(directory.path.length).replace(/^\//, '');
  return rest.startsWith(stem) ? 'unknown' : 'no';
}

function coversEnclosed(outer: KnownPath, { directory, stem }: Enclosure): Verdict {
  const covered = covers(outer, directory);
  if (covered !== 'no') return covered;
  if (covers(directory, outer) === 'no' || samePath(directory, outer)) return 'no';
  const rest =
    outer.root === directory.root ? outer.path.slice(directory.path.length).replace(/^\//, '') : '';
  return rest.startsWith(stem) ? 'unknown' : 'no';
}

function coversFromRoot(outer: string, inner: KnownPath): Verdict {
  if (outer === '/') return 'yes';
  if (inner.root === 'absolute') return within(outer, inner.path) ? 'yes' : 'no';
  return outer === '/home' || outer === '/Users' ? 'yes' : 'no';
}

function climbs(path: string): number {
  return path.split('/').filter((part) => part === '..').length;
}

function workspaceCovers(outer: string, inner: string): boolean {
  const up = climbs(outer);
  const isAncestor = outer.split('/').length === up || outer === '';
  return isAncestor ? climbs(inner) <= up : within(outer, inner);
}

export function samePath(a: HostPath, b: HostPath): boolean {
  if (a.root === 'unknown' || b.root === 'unknown') return false;
  return a.root === b.root && a.path === b.path;
}

/** How a path is shown: `~/.ssh`, `the project`, `/etc`. */
export function displayPath(path: HostPath): string {
  if (path.root === 'unknown') return path.raw;
  if (path.root === 'home') return path.path === '' ? '~' : `~/${path.path}`;
  if (path.root === 'absolute') return path.path;
  if (path.path === '') return 'the project directory';
  return path.path.startsWith('..') ? path.path : `./${path.path}`;
}

/** How much of the host a path names. */
export type Breadth = 'disk' | 'homes' | 'home' | 'outside' | 'workspace' | 'narrow' | 'unknown';

/** A path of which the end is not known is as broad as the directory that it begins with, if that is narrow. */
export function breadthOf(path: HostPath): Breadth {
  if (path.root === 'unknown') {
    const breadth = path.within === undefined ? 'unknown' : breadthOf(path.within.directory);
    return breadth === 'home' ? 'unknown' : breadth;
  }
  if (path.root === 'home') return path.path === '' ? 'home' : 'narrow';
  if (path.root === 'workspace')
    return path.path === '..' || path.path.startsWith('../') ? 'outside' : 'workspace';
  if (path.path === '/') return 'disk';
  return path.path === '/home' || path.path === '/Users' ? 'homes' : 'narrow';
}

/** `..`, `../..`: a directory above the project, with whatever lies beside it. */
export function isParent(path: HostPath): boolean {
  return path.root === 'workspace' && /^\.\.(?:\/\.\.)*$/.test(path.path);
}
