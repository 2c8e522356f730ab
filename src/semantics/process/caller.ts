/** Who starts a sandbox, as far as the command line and the script before it tell: user, environment, limits. */
import { isResolved } from '../../model/symbolic.ts';
import { byDefault, explicit, type Origin } from '../../model/value.ts';
import { parseSize } from '../docker/limits.ts';
import type { Condition, ShellCommand, ShellWord } from '../shell/reading.ts';
import { emptiesEnvironment, programOf } from './command.ts';
import { environmentKept, isRoot, userChange } from './user-change.ts';

export interface CallerLimit {
  /** Bytes, cores or a count. */
  readonly amount: number;
  readonly origin: Origin;
}

export interface Caller {
  /** Where it is written that root starts it; null: nothing says so. */
  readonly root: Origin | null;
  /** Where the environment is emptied before the launcher sees it; null: it comes along. */
  readonly emptied: Origin | null;
  readonly memory: CallerLimit | null;
  readonly cpu: CallerLimit | null;
  readonly processes: CallerLimit | null;
}

/** @param before commands of the script that ran earlier, for `ulimit` */
export function callerOf(command: ShellCommand, before: readonly ShellCommand[]): Caller {
  const limits = limitsOf(command, before);
  return { root: rootOf(command), emptied: emptiedBy(command), ...limits };
}

/** `[ "$(id -u)" -ne 0 ] && exit`: what runs behind it runs as root. */
const NOT_ROOT = /(?:\bEUID\b|\bUID\b|\bid -u\b)[^&|]{0,20}(?:-ne|!=)\s*["']?0\b/;
const IS_ROOT = /(?:\bEUID\b|\bUID\b|\bid -u\b)[^&|]{0,20}(?:-eq|==?)\s*["']?0\b/;

function rootOf(command: ShellCommand): Origin | null {
  const last = command.wrappers.flatMap((words) => userChange(words) ?? []).at(-1);
  if (last !== undefined) return isRoot(last.user.value) ? explicit(last.word.place) : null;
  const guard = [...command.guards, ...command.conditions].find(asksForRoot);
  return guard === undefined ? null : explicit(guard.place);
}

function asksForRoot({ text, negated }: Condition): boolean {
  return negated ? NOT_ROOT.test(text) : IS_ROOT.test(text);
}

/** sudo keeps few variables unless told otherwise (sudoers(5), env_reset); so does doas (doas.conf(5), keepenv). */
function emptiedBy({ wrappers }: ShellCommand): Origin | null {
  for (const words of wrappers) {
    const [first] = words;
    if (first === undefined) continue;
    const emptied = emptiesEnvironment(words);
    if (emptied !== null) return emptied;
    const change = userChange(words);
    if (change !== null && environmentKept(change) === null) {
      return byDefault(first.place, `${change.program} empties the environment`);
    }
    if (programOf(first) === 'systemd-run' && !words.some(({ value }) => value === '--scope')) {
      return byDefault(first.place, 'a service gets the environment of its manager');
    }
  }
  return null;
}

type LimitName = 'memory' | 'cpu' | 'processes';
type FoundLimits = Record<LimitName, CallerLimit | null>;

function limitsOf(command: ShellCommand, before: readonly ShellCommand[]): FoundLimits {
  const found: FoundLimits = { memory: null, cpu: null, processes: null };
  const note = (name: LimitName, amount: number | null, word: ShellWord): void => {
    if (amount !== null && Number.isFinite(amount)) found[name] = { amount, origin: explicit(word.place) };
  };
  for (const { words, conditions, function: within } of before) {
    const top = within === null || within === command.function;
    if (programOf(words[0]) === 'ulimit' && conditions.length === 0 && top) ulimit(words, note);
  }
  for (const words of command.wrappers) {
    const name = programOf(words[0]);
    if (name === 'systemd-run') for (const word of words) systemdProperty(word, note);
    if (name === 'prlimit') for (const word of words) processLimit(word, note);
  }
  return found;
}

type Note = (name: LimitName, amount: number | null, word: ShellWord) => void;

/** `-v` in KiB, `-u` a count (bash(1), ulimit). Resident size (`-m`) has no effect on Linux (setrlimit(2)). */
function ulimit(words: readonly ShellWord[], note: Note): void {
  words.forEach((word, index) => {
    const value = words[index + 1];
    if (value === undefined || !/^-[HS]*[vu]$/.test(word.value) || !/^\d+$/.test(value.value)) return;
    if (word.value.endsWith('v')) note('memory', Number(value.value) * 1024, value);
    else note('processes', Number(value.value), value);
  });
}

/** systemd.resource-control(5). */
function systemdProperty(word: ShellWord, note: Note): void {
  const match = /^(?:-p|--property=)?(MemoryMax|MemoryLimit|TasksMax|CPUQuota)=(.+)$/.exec(word.value);
  const [, name, value] = match ?? [];
  if (name === undefined || value === undefined || !isResolved(value)) return;
  if (name === 'TasksMax') note('processes', /^\d+$/.test(value) ? Number(value) : null, word);
  else if (name === 'CPUQuota')
    note('cpu', /^\d+%$/.test(value) ? Number(value.slice(0, -1)) / 100 : null, word);
  else note('memory', parseSize(value), word);
}

/** prlimit(1): soft[:hard]. */
function processLimit(word: ShellWord, note: Note): void {
  const match = /^(?:--as|-v|--nproc|-u)=?(\d+)(?::\d*)?$/.exec(word.value);
  if (match === null) return;
  note(/as|-v/.test(word.value) ? 'memory' : 'processes', Number(match[1]), word);
}
