/** Start scripts that set up as root and go on as someone else, or with less. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { isExpected } from './script.ts';

export interface LaterUser {
  /** Null: the same as before. */
  readonly user: string | null;
  readonly place: Place;
  /** `keeps`: NET_ADMIN goes along with the change of user. `loses`: nobody behind it has it again. */
  readonly admin: 'keeps' | 'loses' | null;
  /** no_new_privs: sudo gives nothing any more. */
  readonly noNewPrivileges: boolean;
  /** Ways of the script that do not lead here and that nothing excludes, as clauses. */
  readonly assumes: readonly string[];
}

/** Changes of user, and ways on, that are looked at; a script with more of them is none that starts a container. */
const MAX_FINALS = 50;

/**
 * As whom what the container is for is started: what takes the shell's place, or is its last command.
 * @param commands behind the last one that sets a rule
 */
export function laterUser(commands: readonly ShellCommand[]): LaterUser | null {
  const finals = finalCommands(setupCommands(commands)).slice(0, MAX_FINALS);
  const changed = finals.map((command) => ({ command, change: changeOf(command, commands) }));
  const staying = changed.filter(({ change }) => change === null);
  const [first] = changed.flatMap(({ change }) => change ?? []);
  if (first === undefined) return null;
  if (staying.length === 0) return first;
  // Where the plain way changes the user, the others are what somebody asks for.
  const plain = changed.filter(({ command }) => command.conditions.length === 0);
  const [main] = plain.flatMap(({ change }) => change ?? []);
  if (main === undefined || plain.some(({ change }) => change === null)) return null;
  const branches = staying.flatMap(({ command }) => command.conditions.map(({ text }) => text));
  const clauses = branches.map((text) => `the branch "${shortened(text)}" is not taken`);
  return { ...main, assumes: [...new Set([...main.assumes, ...clauses])] };
}

/**
 * Commands of the start scripts themselves: without what runs as the user, or with the rights, that they go on with.
 */
export function setupCommands<T extends ShellCommand>(commands: readonly T[]): readonly T[] {
  const changes = commands.filter((command) => isChange(command)).slice(0, MAX_FINALS);
  if (changes.length === 0) return commands;
  const kept: T[] = [];
  const seen: T[] = [];
  let replaced: T | null = null;
  for (const command of commands) {
    if (replaced !== null && !sameWay(replaced, command)) replaced = null;
    const within = seen.some((one) => runsIn(one, command));
    if (changes.includes(command)) seen.push(command);
    if (replaced === null && !within) kept.push(command);
    // What follows on the same way is what it runs itself.
    if (replaced === null && isExec(command) && isChange(command)) replaced = command;
  }
  return kept;
}

/** True when a command is part of what an earlier one hands to a shell: `su node -c …`. */
function runsIn(outer: ShellCommand, inner: ShellCommand): boolean {
  const { place } = outer;
  if (!contains(place, inner.place)) return false;
  const within = inner.place.span.end - inner.place.span.start < place.span.end - place.span.start;
  const first = inner.words[0]?.value ?? '';
  return (
    within ||
    outer.words.some(({ value }, at) => at > 0 && /\s/.test(value) && value.includes(first)) ||
    outer.words.at(-1)?.value === first
  );
}

/** True when a command runs on every way on which the other one does, and so behind it. */
function sameWay(first: ShellCommand, then: ShellCommand): boolean {
  return first.conditions.every(({ choice, arms }) =>
    then.conditions.some((one) => one.choice === choice && one.arms.every((arm) => arms.includes(arm))),
  );
}

const LONGEST = 60;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** Commands that take the shell's place, and the last one; not those for who is no root to begin with. */
function finalCommands(commands: readonly ShellCommand[]): ShellCommand[] {
  const open = commands.filter(
    ({ called, conditions, guards }) => called && !isForOthers([...conditions, ...guards]),
  );
  const replacing = open.filter((command) => isExec(command));
  const last = open.findLast(({ background }) => !background);
  return last === undefined || replacing.includes(last) ? replacing : [...replacing, last];
}

function isExec({ wrappers }: ShellCommand): boolean {
  return wrappers.some(([head]) => head?.value === 'exec');
}

/** The script asks whether it is root, and this is the way on which it is not. */
function isForOthers(conditions: ShellCommand['conditions']): boolean {
  return conditions.some(
    ({ text, negated }) =>
      /\bid -u\b|\bE?UID\b|\bwhoami\b/.test(text) && isExpected(text) && negated !== /-ne|!=/.test(text),
  );
}

function contains(outer: Place, inner: Place): boolean {
  const same = outer.source.path === inner.source.path;
  return same && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end;
}

function linesOf({ words, wrappers }: ShellCommand): string[][] {
  return [...wrappers, words].map((line) => line.map(({ value }) => value));
}

function isChange(command: ShellCommand): boolean {
  return linesOf(command).some((line) => lineChange(line) !== null);
}

interface Change {
  readonly user: string | null;
  readonly admin: LaterUser['admin'];
  readonly noNewPrivileges: boolean;
}

/** All that a command and what stands around it change, the last word about each. */
function changeOf(command: ShellCommand, commands: readonly ShellCommand[]): LaterUser | null {
  const around = commands.filter((one) => one !== command && isChange(one) && runsIn(one, command));
  const lines = [...around, command].flatMap(linesOf);
  const changes = lines.flatMap((line) => lineChange(line) ?? []);
  const user = changes.findLast((one) => one.user !== null)?.user ?? null;
  const admin = changes.find((one) => one.admin === 'loses') ?? changes.findLast((one) => one.admin !== null);
  if (isRoot(user) && admin?.admin !== 'loses') return null;
  return {
    user: user === null || isRoot(user) ? null : displayText(user),
    place: command.place,
    admin: admin?.admin ?? null,
    noNewPrivileges: changes.some((one) => one.noNewPrivileges),
    assumes: user === null || isResolved(user) ? [] : [`${displayText(user)} is not root`],
  };
}

function isRoot(user: string | null): boolean {
  return user === null || /^(?:root|0)(?::|$)/.test(user);
}

/** What one program changes; null: nothing. */
function lineChange(line: readonly string[]): Change | null {
  const program = (line[0] ?? '').replace(/^.*\//, '');
  const user = userOf(program, line);
  const admin = program === 'setpriv' || program === 'capsh' ? adminAfter(line) : null;
  const noNewPrivileges = program === 'setpriv' && line.some((word) => /^--(?:no-new-privs|nnp)$/.test(word));
  return user === null && admin === null && !noNewPrivileges ? null : { user, admin, noNewPrivileges };
}

/** gosu(1), su-exec, setpriv(1), runuser(1), su(1), capsh(1), chpst(8), s6-setuidgid. */
function userOf(program: string, line: readonly string[]): string | null {
  const after = (pattern: RegExp): string | null => {
    const at = line.findIndex((word) => pattern.test(word));
    if (at < 0) return null;
    return /=/.test(line[at] ?? '') ? (line[at] ?? '').replace(/^[^=]*=/, '') : (line[at + 1] ?? null);
  };
  const operand = (): string | null => line.slice(1).find((word) => /^[\w\uFDD2]/.test(word)) ?? null;
  switch (program) {
    case 'gosu':
    case 'su-exec':
    case 's6-setuidgid':
    case 'setuidgid':
      return line[1] ?? null;
    case 'su':
      return operand();
    case 'runuser':
      return after(/^(?:-\w*u|--user(?:=|$))/) ?? operand();
    case 'sudo':
    case 'chpst':
      return after(/^(?:-\w*u|--user(?:=|$))/);
    case 'setpriv':
      return after(/^--(?:reuid|ruid|euid)(?:=|$)/);
    case 'capsh':
      return after(/^--(?:user|uid)=/);
    default:
      return null;
  }
}

/** setpriv(1): a set is a list of `+name` and `-name`; capsh(1): `--drop=cap_net_admin`. */
function adminAfter(line: readonly string[]): LaterUser['admin'] {
  const setting = (name: string): string => {
    const at = line.findIndex((word) => word === name || word.startsWith(`${name}=`));
    if (at < 0) return '';
    const word = line[at] ?? '';
    return (word.includes('=') ? word.slice(word.indexOf('=') + 1) : (line[at + 1] ?? '')).toLowerCase();
  };
  const has = (text: string, sign: string): boolean =>
    text
      .split(',')
      .some((part) => ['all', 'net_admin', 'cap_net_admin'].some((name) => part === `${sign}${name}`));
  const bounding = setting('--bounding-set');
  if (has(bounding, '-') && !/\+(?:cap_)?net_admin/.test(bounding)) return 'loses';
  if (has(setting('--drop'), '')) return 'loses';
  return has(setting('--ambient-caps'), '+') || /net_admin/.test(setting('--addamb')) ? 'keeps' : null;
}
