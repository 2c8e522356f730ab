/** What a start command runs, the scripts that it starts included, as one list of commands. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import { type MappedText, mappedBuilder, plainText } from '../../source/mapped.ts';
import type { Place, Source } from '../../source/source.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { shellCommands } from '../shell/shell-commands.ts';
import { type FileText, filterProgram } from './script.ts';

export interface StartedScript {
  /** As the command names it. */
  readonly file: string;
  readonly source: Source | null;
}

export interface Started {
  readonly commands: readonly ShellCommand[];
  /** Scripts that set a filter, or that are named after one and could not be read. */
  readonly scripts: readonly StartedScript[];
}

/** Names that people give to scripts that narrow the network. */
const FIREWALL_NAME = /firewall|iptables|nftables|egress|lockdown/i;
const SHELL = /^(?:ba|da|z|k|a)?sh$/;
const MAX_DEPTH = 4;
/** Runs of scripts that are followed for one container; a script is often run by several commands. */
const MAX_RUNS = 30;
const MAX_UNITS = 300_000;

/** What may still be read for one container. */
export interface StartBudget {
  runs: number;
  /** UTF-16 units of scripts and commands. */
  units: number;
}

export function startBudget(): StartBudget {
  return { runs: MAX_RUNS, units: MAX_UNITS };
}

interface Search {
  readonly find: FileText;
  readonly scripts: StartedScript[];
  readonly active: Set<string>;
  readonly budget: StartBudget;
}

/** @param text symbolic @param place where it is written, which stands for every part of it */
export function startedBy(text: string, place: Place, find: FileText, budget: StartBudget): Started {
  const search: Search = { find, scripts: [], active: new Set(), budget };
  budget.units -= text.length;
  if (budget.units < 0) return { commands: [], scripts: [] };
  const builder = mappedBuilder(place.source);
  builder.replace(text, place.span.start, place.span.end);
  const commands = followed(builder.build(), undefined, search, 0);
  return { commands, scripts: search.scripts };
}

/** True when it sets rules, or would by the name of a script that cannot be read. */
export function setsFilter({ commands, scripts }: Started): boolean {
  return scripts.some(({ source }) => source === null) || commands.some(isFilter);
}

function isFilter(command: ShellCommand): boolean {
  const program = filterProgram(command);
  return program !== null && program !== 'sysctl';
}

function followed(
  text: MappedText,
  given: readonly string[] | undefined,
  search: Search,
  depth: number,
): ShellCommand[] {
  const sourced = (path: string): MappedText | null => {
    const source = isResolved(path) ? search.find(path) : null;
    return source === null ? null : plainText(source);
  };
  const options = given === undefined ? { files: sourced } : { files: sourced, arguments: given };
  return shellCommands(text, options).commands.flatMap((command) => expanded(command, search, depth));
}

function expanded(command: ShellCommand, search: Search, depth: number): ShellCommand[] {
  const script = scriptOf(command);
  if (script === null) return [command];
  const { budget } = search;
  budget.runs -= 1;
  const source = isResolved(script.file) ? search.find(script.file) : null;
  budget.units -= source?.text.length ?? 0;
  if (budget.runs < 0 || budget.units < 0) {
    if (search.scripts.length === 0) search.scripts.push({ file: displayText(script.file), source: null });
    return [command];
  }
  if (source === null) {
    if (FIREWALL_NAME.test(script.file)) search.scripts.push({ file: displayText(script.file), source });
    return [command];
  }
  if (depth >= MAX_DEPTH || search.active.has(source.path)) return [command];
  search.active.add(source.path);
  const inner = followed(plainText(source), script.given, search, depth + 1);
  search.active.delete(source.path);
  if (inner.some(isFilter)) search.scripts.push({ file: script.file, source });
  return inner.map((one) => ({ ...one, conditions: [...command.conditions, ...one.conditions] }));
}

interface Called {
  readonly file: string;
  /** Undefined: not known. */
  readonly given: readonly string[] | undefined;
}

/** The script that a command runs: `bash x.sh`, `./x.sh`, `init-firewall.sh`. */
function scriptOf({ words }: ShellCommand): Called | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  const name = first.value.slice(first.value.lastIndexOf('/') + 1);
  // The text behind `-c` is followed by the shell reader itself.
  if (SHELL.test(name) && rest.some(({ value }) => /^-[a-z]*c$/.test(value))) return null;
  const at = SHELL.test(name) ? rest.findIndex(({ value }) => !/^[-+]/.test(value)) : -1;
  const script = SHELL.test(name) ? rest[at] : first;
  if (script === undefined) return null;
  const isFile =
    script !== first || first.value.includes('/') || /\.(?:ba)?sh$/.test(name) || FIREWALL_NAME.test(name);
  if (!isFile || /^(?:ip6?tables|nft|ipset|ufw)/.test(name)) return null;
  const behind = rest.slice(at + 1);
  const open = behind.some(
    ({ value, many, alternatives }) => many || alternatives !== undefined || !isResolved(value),
  );
  return { file: script.value, given: open ? undefined : behind.map(({ value }) => value) };
}
