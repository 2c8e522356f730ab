/** Directories of the host that are neither the project nor the system, by what is kept in them. */

/**
 * Temporary directories. Writing there is what they are for; the sockets in them belong to other tables.
 * macOS keeps those of each user below /var/folders (confstr(3), _CS_DARWIN_USER_TEMP_DIR).
 */
const TEMPORARY: readonly string[] = ['/tmp', '/var/tmp', '/var/folders', '/usr/tmp'];

/**
 * Names directly below the home directory under which people keep many projects, or documents: the usual
 * ones, and those of the XDG user directories (https://www.freedesktop.org/wiki/Software/xdg-user-dirs/).
 */
const COLLECTIONS =
  /^(?:code|src|source|sources|dev|develop|development|projects?|repos?|repositories|git|github|gitlab|work|workspaces?|sites|documents|downloads|desktop|pictures|music|videos|public|dropbox|onedrive|icloud|google drive)$/i;

/** Files that say what time it is: whoever writes them changes what a clock shows (tzfile(5)). */
const CLOCKS: ReadonlySet<string> = new Set(['/etc/localtime', '/etc/timezone', '/usr/share/zoneinfo']);

/** True for what is mounted so often, and worth so little, that nobody makes it read-only. */
export function isTimeZone(path: string): boolean {
  return CLOCKS.has(path);
}

/** True for a temporary directory of the host and everything below it; `path` is absolute. */
export function isTemporary(path: string): boolean {
  return TEMPORARY.some((directory) => path === directory || path.startsWith(`${directory}/`));
}

/** True for a directory that holds much besides one project; `path` is relative to the home directory. */
export function isCollection(path: string): boolean {
  return COLLECTIONS.test(path);
}
