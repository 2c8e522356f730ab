/** What a launcher starts: the words of the command inside, and who it is in the end. */
import { agentsIn } from '../../knowledge/agents.ts';
import type { Variable } from '../../model/environment.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import type { ShellWord } from '../shell/reading.ts';

/** `/usr/bin/unshare` is `unshare`. */
export function programOf(word: ShellWord | undefined): string {
  return word?.value.replace(/^.*\//s, '') ?? '';
}

export function shownCommand(words: readonly ShellWord[]): string {
  return words.map(({ value }) => displayText(value)).join(' ');
}

/** Subcommands after which an agent does no work. */
const NO_WORK = /^(?:--version|-[vV]|--help|-h|install|update|upgrade|config|mcp|auth|login|logout|doctor)$/;
/** Programs that fetch a package and run it, and shells that run a line. */
const RUNNERS = /^(?:npx|bunx|uvx|pnpx|pnpm|yarn|bun|node|python3?|env|nice|timeout|exec|bash|sh|zsh|dash)$/;

/** Coding agents that the command itself starts, and does not merely name. */
export function startedAgents(words: readonly ShellWord[]): readonly string[] {
  const [first, second] = words;
  if (first === undefined || NO_WORK.test(second?.value ?? '')) return [];
  const runs = RUNNERS.test(programOf(first));
  const text = shownCommand(runs ? words : words.slice(0, 2));
  return /\b(?:npm|pip|apt|apt-get|brew|useradd|adduser)\s+(?:i|install|add)\b/.test(text)
    ? []
    : agentsIn(text);
}

/** Where the command inside drops root for another user; null: it does not, or to root again. */
export function droppedBy(words: readonly ShellWord[]): Origin | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  const value = userOf(programOf(first), rest);
  return value === null || /^(?:root|0|#0)(?::|$)/.test(value) ? null : explicit(first.place);
}

function userOf(program: string, rest: readonly ShellWord[]): string | null {
  const values = rest.map(({ value }) => value);
  const after = (...names: readonly string[]): string | null => {
    const at = values.findIndex((value) => names.includes(value));
    const inline = values.find((value) => names.some((name) => value.startsWith(`${name}=`)));
    return at === -1 ? (inline?.slice(inline.indexOf('=') + 1) ?? null) : (values[at + 1] ?? null);
  };
  switch (program) {
    case 'sudo':
    case 'runuser':
    case 'doas':
      return after('-u', '--user');
    case 'setpriv':
      return after('--reuid');
    case 'gosu':
    case 'su-exec':
      return values[0] ?? null;
    case 'su':
      return values.find((value) => !value.startsWith('-')) ?? null;
    default:
      return null;
  }
}

/** What `env` in front of the command inside does to its environment (env(1)). */
export interface StartingEnvironment {
  /** Where it is emptied first; null: it is not, or not in any case. */
  readonly emptied: Origin | null;
  readonly assigned: readonly Variable[];
}

/** `env -i A=b command`. */
export function startingEnvironment(words: readonly ShellWord[]): StartingEnvironment {
  const [first, ...rest] = words;
  const assigned: Variable[] = [];
  if (first === undefined || first.conditions.length > 0 || programOf(first) !== 'env') {
    return { emptied: null, assigned };
  }
  let emptied: Origin | null = null;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at];
    if (word === undefined) break;
    const { value, conditions, place } = word;
    if (/^(?:-|-[0v]*i\w*|--ignore-environment)$/.test(value)) {
      if (conditions.length === 0) emptied = explicit(first.place);
    } else if (/^(?:-[uC]|--unset|--chdir)$/.test(value)) at += 1;
    else if (/^[A-Za-z_]\w*=/.test(value)) {
      const equals = value.indexOf('=');
      assigned.push(writtenVariable(value.slice(0, equals), value.slice(equals + 1), explicit(place)));
    } else if (!value.startsWith('-') && !word.many) break;
  }
  return { emptied, assigned };
}

export function emptiesEnvironment(words: readonly ShellWord[]): Origin | null {
  return startingEnvironment(words).emptied;
}
