/** What the invoker asked for, read from options and environment. No input or output here. */

import { isCounted, type Report } from '../report/report.ts';
import { type Filter, isAtLeast, type Threshold } from '../report/selection.ts';

/** Wrong use: told in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const FORMATS = ['terminal', 'json', 'sarif', 'github', 'markdown', 'html'] as const;
export type Format = (typeof FORMATS)[number];

export const DIFF_FORMATS = ['terminal', 'json', 'markdown'] as const;

export interface DiffOptions {
  readonly format: (typeof DIFF_FORMATS)[number];
  readonly color: ColorChoice;
}

export const THRESHOLDS: readonly Threshold[] = ['critical', 'high', 'medium', 'low', 'never'];

export type ColorChoice = 'auto' | 'always' | 'never';

export interface AuditOptions extends Filter {
  readonly format: Format;
  readonly output: readonly Output[];
  readonly failOn: Threshold;
  readonly strict: boolean;
  readonly pedantic: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: ColorChoice;
  readonly stdinFilename?: string;
}

/** A file to be written; without a format of its own it takes the place of standard output. */
export interface Output {
  readonly format: Format | null;
  readonly file: string;
}

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

/**
 * Reads `[FORMAT=]FILE`.
 * @throws UsageError when a word that looks like a format is none
 */
export function parseOutput(text: string): Output {
  const [, word, file = ''] = /^([a-z]+)=(.*)$/s.exec(text) ?? [];
  const output: Output =
    word !== undefined && isFormat(word) ? { format: word, file } : { format: null, file: text };
  if (output.file === '') throw new UsageError(`--output ${text}: the file's name is missing`);
  if (word !== undefined && output.format === null) {
    throw new UsageError(
      `--output ${text}: ${word} is no format (${FORMATS.join(', ')}); a file of that name is ./${text}`,
    );
  }
  return output;
}

export interface SplitArguments {
  /** Before the first `--`: options, subcommands and paths. */
  readonly options: readonly string[];
  /** After it: paths, whatever they look like. */
  readonly rest: readonly string[];
}

export function splitArguments(argv: readonly string[]): SplitArguments {
  const end = argv.indexOf('--');
  return end < 0 ? { options: argv, rest: [] } : { options: argv.slice(0, end), rest: argv.slice(end + 1) };
}

/**
 * A hook passes the names of changed files, and a file may be called `--fail-on=never`.
 * @throws UsageError when an option is the name of a file too
 */
export function refuseFileNames(options: readonly string[], exists: (path: string) => boolean): void {
  const ambiguous = options.find((argument) => argument.startsWith('-') && exists(argument));
  if (ambiguous === undefined) return;
  throw new UsageError(`${ambiguous} is an option and the name of a file: end the options with --`);
}

/** `FORCE_COLOR` and `NO_COLOR` as Node itself reads them: the former wins (https://nodejs.org/api/cli.html#force_color1-2-3). */
export function wantsColor(choice: ColorChoice, terminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (choice !== 'auto') return choice === 'always';
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return terminal && term !== 'dumb';
}

/**
 * Whether block characters can be shown: not where the locale names another encoding (POSIX, Base Definitions
 * 8.2: `LC_ALL` before `LC_CTYPE` before `LANG`). Where it names none, output is UTF-8 as in every other format.
 */
export function wantsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: NodeJS.ProcessEnv): boolean {
  if (TERM === 'linux') return false;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

/** What `exitCode` says of a report: wrong use (2) is told before there is one. */
export function exitCode(
  report: Report,
  { failOn, strict }: Pick<AuditOptions, 'failOn' | 'strict'>,
): 0 | 1 | 3 {
  const found = report.findings.some((finding) => isCounted(finding) && isAtLeast(finding.severity, failOn));
  const unread = report.files.some(({ status }) => status === 'failed' || status === 'partial');
  if (unread && (strict || !found)) return 3;
  return found ? 1 : 0;
}

/** Rules whose names come near to what was typed, the nearest first. */
export function nearMisses(typed: string, ids: readonly string[]): string[] {
  const word = typed.slice(0, 60).toLowerCase();
  return ids
    .map((id) => ({ id, distance: id.includes(word) && word.length > 2 ? 1 : editDistance(word, id) }))
    .filter(({ id, distance }) => distance <= Math.max(2, Math.floor(id.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, 3)
    .map(({ id }) => id);
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
