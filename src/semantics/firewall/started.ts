/** What a start command runs, the scripts that it starts included, as one list of commands. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { MappedText } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { shellCommands } from '../shell/shell-commands.ts';
import { type FileText, filterProgram } from './script.ts';

export interface StartedScript {
  /** As the command names it; symbolic. */
  readonly file: string;
  /** Null where it cannot be read. */
  readonly text: MappedText | null;
}

/** A script, or a start command, on the way to what it runs. */
export interface Caller {
  readonly text: MappedText;
  /** The script that it runs, as it is written there. */
  readonly file: string;
}

export interface StartedCommand extends ShellCommand {
  /** Outermost first. */
  readonly callers?: readonly Caller[];
}

export interface Started {
  readonly commands: readonly StartedCommand[];
  /** Scripts that set a filter, or that are named after one and could not be read. */
  readonly scripts: readonly StartedScript[];
  /** Other scripts that could not be read. */
  readonly unread: readonly StartedScript[];
  /** A program that starts others by files of its own. */
  readonly supervisor: { readonly name: string; readonly place: Place } | null;
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

/** Where a container's commands run. */
export interface StartPlace {
  readonly find: FileText;
  /** Variables that the container starts with, `PWD` among them where it is known. */
  readonly environment: ReadonlyMap<string, string>;
  /** True where these are all. */
  readonly closed: boolean;
}

interface Search extends StartPlace {
  readonly scripts: StartedScript[];
  readonly unread: StartedScript[];
  readonly active: Set<string>;
  readonly budget: StartBudget;
  supervisor: Started['supervisor'];
}

const NOTHING: Started = { commands: [], scripts: [], unread: [], supervisor: null };

/** @param text of the command; symbolic */
export function startedBy(text: MappedText, place: StartPlace, budget: StartBudget): Started {
  const search: Search = {
    ...place,
    scripts: [],
    unread: [],
    active: new Set(),
    budget,
    supervisor: null,
  };
  budget.units -= text.text.length;
  if (budget.units < 0) return NOTHING;
  const commands = followed(text, { file: '', given: undefined }, [], search);
  const { scripts, unread, supervisor } = search;
  return { commands, scripts, unread, supervisor };
}

/** What a packet filter is set by, or a script or supervisor that may set it. */
const MENTION =
  /\b(?:ip6?tables|nft|ipset|ufw)\b|firewall|lockdown|egress|(?:^|[\s;&|"'/(])[\w./-]{1,200}\.(?:ba)?sh\b|entry-?point|\/[\w.-]*(?:start|init|run|boot|launch|setup)[\w.-]*(?=['"\s]|$)|supervisord|\bs6-/i;
/** Longer commands are not looked through to their end. */
const MAX_COMMAND = 20_000;

/** Whether a start command is worth following: cheap, and asked of every container. */
export function mayFilterAtStart(command: string): boolean {
  return MENTION.test(command.slice(0, MAX_COMMAND));
}

/** True when it sets rules, or would by the name of a script that cannot be read. */
export function setsFilter({ commands, scripts }: Started): boolean {
  return scripts.some(({ text }) => text === null) || commands.some(isFilter);
}

export function isFilter(command: ShellCommand): boolean {
  const program = filterProgram(command);
  return program !== null && program !== 'sysctl';
}

function followed(
  text: MappedText,
  { file, given }: Called,
  callers: readonly Caller[],
  search: Search,
): StartedCommand[] {
  const sourced = (path: string): MappedText | null => (isResolved(path) ? search.find(path) : null);
  const environment = new Map(search.environment);
  if (file.startsWith('/')) environment.set('0', file);
  const { closed } = search;
  const options = {
    files: sourced,
    environment,
    closed,
    ...(given === undefined ? {} : { arguments: given }),
  };
  return shellCommands(text, options).commands.flatMap((command) => expanded(command, text, callers, search));
}

function expanded(
  command: ShellCommand,
  within: MappedText,
  callers: readonly Caller[],
  search: Search,
): StartedCommand[] {
  noteSupervisor(command, search);
  const own: StartedCommand = callers.length === 0 ? command : { ...command, callers };
  const script = scriptOf(command, command.exported.get('PWD') ?? search.environment.get('PWD'));
  if (script === null) return [own];
  const { budget, scripts, unread } = search;
  budget.runs -= 1;
  const text = isResolved(script.file) ? search.find(script.file) : null;
  budget.units -= text?.text.length ?? 0;
  const shown: StartedScript = { file: script.file, text: null };
  if (budget.runs < 0 || budget.units < 0) {
    if (scripts.length === 0) scripts.push(shown);
    return [own];
  }
  if (text === null) {
    if (FIREWALL_NAME.test(displayText(script.file))) scripts.push(shown);
    else if (script.named) unread.push(shown);
    return [own];
  }
  const key = `${text.source.path}\0${text.segments[0]?.offset ?? 0}`;
  if (callers.length >= MAX_DEPTH || search.active.has(key)) return [own];
  search.active.add(key);
  const inner = followed(text, script, [...callers, { text: within, file: script.written }], search);
  search.active.delete(key);
  if (inner.some(isFilter)) scripts.push({ file: script.file, text });
  return inner.map((one) => ({
    ...one,
    background: one.background || command.background,
    conditions: [...command.conditions, ...one.conditions],
    guards: [...command.guards, ...one.guards],
    // That the script itself takes the shell's place says nothing of its commands.
    wrappers: [...command.wrappers.filter(([head]) => head?.value !== 'exec'), ...one.wrappers],
  }));
}

/** Programs that start what their own files say (s6-overlay, runit, supervisord, systemd and their kin). */
const SUPERVISOR =
  /^(?:supervisord|s6-svscan|s6-overlay\S*|runsvdir\S*|runit(?:-init)?|my_init|systemd|monit|circusd|dinit|openrc-init)$/;
const INIT = /^\/(?:s?bin\/|usr\/s?bin\/|lib\/systemd\/)?(?:init|systemd)$/;

function noteSupervisor({ words, place }: ShellCommand, search: Search): void {
  const word = words[0]?.value ?? '';
  const name = word.slice(word.lastIndexOf('/') + 1);
  if (SUPERVISOR.test(name) || INIT.test(word)) search.supervisor ??= { name: word, place };
}

interface Called {
  /** With its directory, where that is known. */
  readonly file: string;
  /** Undefined: not known. */
  readonly given: readonly string[] | undefined;
}

interface Script extends Called {
  readonly written: string;
  /** True where its name, or the shell that runs it, says that it is a script. */
  readonly named: boolean;
}

/**
 * The script that a command runs: `bash x.sh`, `./x.sh`, `init-firewall.sh`.
 * @param directory that the command runs in, where it is known
 */
function scriptOf({ words }: ShellCommand, directory: string | undefined): Script | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  const name = first.value.slice(first.value.lastIndexOf('/') + 1);
  const isShell = SHELL.test(name);
  // The text behind `-c` is followed by the shell reader itself.
  if (isShell && rest.some(({ value }) => /^-[a-z]*c$/.test(value))) return null;
  const at = isShell ? rest.findIndex(({ value }) => !/^[-+]/.test(value)) : -1;
  const script = isShell ? rest[at] : first;
  if (script === undefined || /^(?:ip6?tables|nft|ipset|ufw)/.test(name)) return null;
  const named = isShell || SCRIPT_NAME.test(name);
  if (!named && !first.value.includes('/')) return null;
  const behind = rest.slice(at + 1);
  const open = behind.some(
    ({ value, many, alternatives }) => many || alternatives !== undefined || !isResolved(value),
  );
  return {
    file: isShell || script.value.includes('/') ? located(script.value, directory) : script.value,
    written: script.value,
    named,
    given: open ? undefined : behind.map(({ value }) => value),
  };
}

/** Names of scripts that images start with. */
const SCRIPT_NAME =
  /\.(?:ba)?sh$|firewall|iptables|nftables|egress|lockdown|entry-?point|^(?:start|init|setup|boot|launch)(?:[-_.]|$)/i;

/** A relative path, from where the shell is. */
function located(file: string, directory: string | undefined): string {
  if (directory === undefined || !isResolved(directory) || /^[/~\uFDD0-\uFDD2]/.test(file)) return file;
  return `${directory.replace(/\/$/, '')}/${file.replace(/^(?:\.\/)+/, '')}`;
}
