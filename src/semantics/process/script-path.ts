/** Paths as scripts write them: variables that every session sets to a well-known place are that place. */
import { type HostPath, hostPath, PATH_VARIABLES, RUNTIME_DIRECTORY } from '../../model/host-path.ts';
import { HOME_SYMBOL } from '../../model/symbolic.ts';

const UNKNOWN = /\uFDD2([^\uFDD3]*)\uFDD3/g;
/** `/run/user/$(id -u)`, `/home/$USER`. */
const OWN_RUNTIME = /^\/(?:var\/)?run\/user\/\uFDD2[^\uFDD3]*\uFDD3(?=\/|$)/;
const OWN_HOME =
  /^\/(?:home|Users)\/\uFDD2(?:\$?\(?)(?:USER|LOGNAME|USERNAME|whoami|id -un)\)?\uFDD3(?=\/|$)/;

/** The text with what is well known in the place of its variables; symbolic. */
export function settledText(text: string): string {
  return text
    .replace(OWN_RUNTIME, RUNTIME_DIRECTORY)
    .replace(OWN_HOME, HOME_SYMBOL)
    .replace(UNKNOWN, (whole, name: string) => PATH_VARIABLES.get(name) ?? whole);
}

/** `/etc/fonts/*`: names that the shell fills in, each of an entry of that directory. */
const ENTRIES = /(?<=[^/])\/\uFDD2[\w.*?[\]-]*[*?][\w.*?[\]-]*\uFDD3\/?$/;

/** A source: of entries that a pattern names the directory, which is what they can be at most. */
export function sourcePath(text: string): HostPath {
  return hostPath(settledText(text).replace(ENTRIES, ''), '');
}

export function scriptPath(text: string): HostPath {
  return hostPath(settledText(text), '');
}
