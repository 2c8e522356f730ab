/**
 * Symbolic strings: text of a definition after substitution, in which a part whose value lies outside the
 * files is a marked symbol instead of a guess. They are ordinary strings, so that the engines' grammars
 * (`src:dst:opts`, CSV, `KEY=value`) split them like any other text.
 *
 * The marks are Unicode noncharacters, which `createSource` keeps out of every text that is read.
 */

/** The home directory of the developer on the host. */
export const HOME_SYMBOL = '\uFDD0';
/** The root of the project that holds the definition. */
export const WORKSPACE_SYMBOL = '\uFDD1';
const UNKNOWN_OPEN = '\uFDD2';
const UNKNOWN_CLOSE = '\uFDD3';

/** A part that only the run can tell; `name` is what the user would recognise: a variable, a command. */
export function unknownPart(name: string): string {
  return `${UNKNOWN_OPEN}${name.replace(/[\uFDD0-\uFDEF]/g, '')}${UNKNOWN_CLOSE}`;
}

/** One part that is not known, its name in the first group. */
export const UNKNOWN_PART = /\uFDD2([^\uFDD3]*)\uFDD3/;
const UNKNOWN = new RegExp(UNKNOWN_PART.source, 'g');

/** True when no part is unknown (the home and workspace symbols are known places). */
export function isResolved(text: string): boolean {
  return !text.includes(UNKNOWN_OPEN);
}

/** Where the first unknown part begins; the text's length when there is none. */
export function unknownStart(text: string): number {
  const at = text.indexOf(UNKNOWN_OPEN);
  return at < 0 ? text.length : at;
}

/** Names of the unknown parts, in order, without repeats. */
export function unknownNames(text: string): string[] {
  return [...new Set([...text.matchAll(UNKNOWN)].map((match) => match[1] ?? ''))];
}

/** The name, when the whole text is one unknown part. */
export function soleUnknown(text: string): string | null {
  const match = /^\uFDD2([^\uFDD3]*)\uFDD3$/.exec(text);
  return match?.[1] ?? null;
}

/** The text for people: `~`, the project's dot, `$NAME`. */
export function displayText(text: string): string {
  return text
    .replaceAll(HOME_SYMBOL, '~')
    .replaceAll(WORKSPACE_SYMBOL, '.')
    .replace(UNKNOWN, (_, name: string) => (/^\w+$/.test(name) ? `$${name}` : name));
}
