/** What a launcher starts: the words of the command inside, and who it is in the end. */
import { agentsIn } from '../../knowledge/agents.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import type { ShellWord } from '../shell/reading.ts';
import { certain, optionTable, readOptions } from './option-words.ts';

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

/** env(1). */
const ENV = optionTable(`
  i:ignore-environment 0:null u:unset= C:chdir= S:split-string= a:argv0= v:debug block-signal? default-signal?
  ignore-signal? list-signal-handling help version
`);

/** `env -i command`, `env - command`. */
export function emptiesEnvironment(words: readonly ShellWord[]): Origin | null {
  const [first, ...others] = words;
  if (first === undefined || programOf(first) !== 'env') return null;
  const { options, rest } = readOptions(others, ENV);
  const empties = rest[0]?.value === '-' || certain(options, 'ignore-environment') !== null;
  return empties ? explicit(first.place) : null;
}
