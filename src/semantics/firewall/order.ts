/** Whether the rules are set before what the container is for begins. */
import { agentsIn } from '../../knowledge/agents.ts';
import { displayText, unknownNames } from '../../model/symbolic.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { isFilter, type StartedCommand } from './started.ts';

/**
 * The command by which code inside runs first: the agent, the command that the container is given, or the firewall
 * itself where nothing waits for it.
 * @param last index of the last command that sets a rule
 */
export function startedBefore(commands: readonly StartedCommand[], last: number): StartedCommand | null {
  const waiting = commands.findIndex(({ words }) => words[0]?.value === 'wait');
  const loose = commands.find(
    (command, at) => at <= last && command.background && isFilter(command) && !(waiting > at),
  );
  if (loose !== undefined) return loose;
  return commands.slice(0, last).find((command) => command.called && startsWork(command)) ?? null;
}

/** An agent, or `"$@"`. */
function startsWork({ words, background }: ShellCommand): boolean {
  const [first, second] = words;
  if (first === undefined || SETS_UP.test(second?.value ?? '')) return false;
  if (background && unknownNames(first.value).some((name) => /^\$?[@*]$/.test(name))) return true;
  return agentsIn(displayText(first.value)).length > 0;
}

/** Verbs by which agents are asked or set up, and do no work. */
const SETS_UP =
  /^(?:--?(?:version|help|v|h)|mcp|config|install|update|doctor|plugin|login|auth|setup-token)$/;
