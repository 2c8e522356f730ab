/** What a launcher starts: the words of the command inside, and who it is in the end. */
import { agentsIn } from '../../knowledge/agents.ts';
import type { Variable } from '../../model/environment.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { type Place, sliceOf } from '../../source/source.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import type { ShellWord } from '../shell/reading.ts';
import { certain, optionTable, readOptions } from './option-words.ts';

/** `/usr/bin/unshare` is `unshare`. */
export function programOf(word: ShellWord | undefined): string {
  return word?.value.replace(/^.*\//s, '') ?? '';
}

/** Where a command stands: where it is used, and not where a variable got the name of its program. */
export function commandPlace({ place, via = [] }: ShellWord): Place {
  return [place, ...via].find((one) => !isAssigned(one)) ?? via.at(-1) ?? place;
}

/** `BWRAP=bwrap`, `: "${BWRAP:=bwrap}"`. */
function isAssigned(place: Place): boolean {
  const { source, span } = place;
  const before = source.text.slice(Math.max(0, span.start - 3), span.start);
  return /(?:=|:-)["']?$/.test(before) || /^["']?\$\{\w+:?=/.test(sliceOf(place));
}

export function shownCommand(words: readonly ShellWord[]): string {
  return words.map(({ value }) => displayText(value)).join(' ');
}

/** Subcommands after which an agent does no work. */
const NO_WORK = /^(?:--version|-[vV]|--help|-h|install|update|upgrade|config|mcp|auth|login|logout|doctor)$/;
/** Programs that fetch a package and run it, and shells that run a line. */
const RUNNERS = /^(?:npx|bunx|uvx|pnpx|pnpm|yarn|bun|node|python3?|env|nice|timeout|exec|bash|sh|zsh|dash)$/;

/** tmux(1), new-session and new-window. */
const TMUX_NEW = optionTable('A a b d D E k P S X c= e= f= F= n= s= t= x= y=');

/** Coding agents that the command itself starts, and does not merely name. */
export function startedAgents(words: readonly ShellWord[]): readonly string[] {
  const [first, second] = words;
  if (first === undefined || NO_WORK.test(second?.value ?? '')) return [];
  if (programOf(first) === 'tmux' && /^new/.test(second?.value ?? '')) {
    return startedAgents(readOptions(words.slice(2), TMUX_NEW).rest);
  }
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

/** What `env` in front of the command inside does to its environment (env(1)). */
export interface StartingEnvironment {
  /** Where it is emptied first; null: it is not, or not in any case. */
  readonly emptied: Origin | null;
  readonly assigned: readonly Variable[];
}

/** `env -i A=b command`, `env - command`. */
export function startingEnvironment(words: readonly ShellWord[]): StartingEnvironment {
  const [first, ...others] = words;
  if (first === undefined || first.conditions.length > 0 || programOf(first) !== 'env') {
    return { emptied: null, assigned: [] };
  }
  const { options, rest } = readOptions(others, ENV);
  const [lead] = rest;
  const lone = lead?.value === '-' && lead.conditions.length === 0;
  const emptied = lone || certain(options, 'ignore-environment') !== null ? explicit(first.place) : null;
  const assigned: Variable[] = [];
  for (const { value, many, place } of rest.slice(lone ? 1 : 0)) {
    const equals = value.indexOf('=');
    if (/^[A-Za-z_]\w*=/.test(value)) {
      assigned.push(writtenVariable(value.slice(0, equals), value.slice(equals + 1), explicit(place)));
    } else if (!many) break;
  }
  return { emptied, assigned };
}

export function emptiesEnvironment(words: readonly ShellWord[]): Origin | null {
  return startingEnvironment(words).emptied;
}
