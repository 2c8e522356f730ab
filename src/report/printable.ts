/**
 * Text of others made fit to be printed. Names and lines of an audited repository may hold terminal escapes
 * (ECMA-48), characters that reorder or hide text (Unicode TR 36, "Trojan Source" CVE-2021-42574), and
 * commands to the service that runs the build.
 */

/** All but what is seen: control, format, separator, surrogate, ignorable characters and noncharacters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{Noncharacter_Code_Point}]/gu;

/** The same, line breaks aside: a large report has one in every twenty characters. */
const UNSAFE_IN_LINE = new RegExp(`(?!\\n)${UNSAFE.source}`, 'gu');

/** Asks for an emoji's picture; hides nothing. */
const PICTURE_SELECTOR = '\uFE0F';

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * `##[command]` and `##vso[command]` count anywhere in a line of a build's log
 * (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs, and Azure Pipelines'
 * logging commands); the hashes are told apart.
 */
const LOG_COMMAND = /##(?=\w{0,20}\[)/g;

/** What most text is: printable ASCII without a hash. */
const PLAIN = /^[\x20-\x22\x24-\x7E]*$/;

/** One line, in which every unsafe character is shown by its number. Safe text comes back as it is. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSAFE, escapeCharacter).replace(LOG_COMMAND, '#\\#');
}

function escapeCharacter(character: string): string {
  if (character === PICTURE_SELECTOR) return character;
  return SHORT.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * JSON that says the same when it is read, and does nothing when it is printed: what is unsafe stands there
 * as an escape of JSON's own, so paths stay exact.
 */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const escaped = text.replace(UNSAFE_IN_LINE, jsonEscape);
  return `${escaped.replace(LOG_COMMAND, '#\\u0023')}\n`;
}

function jsonEscape(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at += 1) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/**
 * A line that begins with `::`, white space aside, is a workflow command of GitHub's; wrapping can bring a
 * word of a file to the beginning of a line. To be applied to whole output, line by line.
 */
export function withoutCommands(output: string): string {
  return output.replace(/^([^\S\n]*)::/gm, '$1\\::');
}

/** At most `limit` UTF-16 units; what is cut is marked. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
