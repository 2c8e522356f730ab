/**
 * Scripts try whether a sandbox works before they use it: `if bwrap --ro-bind / / true; then …`. What such a line
 * shows of the host is shown to a program that does nothing with it, so that it is no sandbox in our sense: no
 * code that someone else decides about ever runs in there.
 */

import type { Unresolved } from '../../model/sandbox.ts';
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { ShellWord } from '../shell/reading.ts';
import { shownCommand } from './command.ts';
import { spellings } from './spellings.ts';

/** Programs that run nothing and touch nothing, whatever words they are given (POSIX.1-2024, utilities). */
const IDLE: ReadonlySet<string> = new Set(
  'true false : echo printf test [ pwd id whoami uname hostname date dmesg exit'.split(' '),
);
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);
/** A line of nothing but those: no substitution, no redirection, no second command that is another one. */
const IDLE_LINE = /^\s*(?:true|false|:|exit|echo|pwd|id|whoami)(?:\s+[\w.,=\s'-]*)?;?\s*$/;
const ASKS = /^(?:--version|-V|--help)$/;

/** @param commands what runs inside, for each way that the line can end */
export function isProbe(commands: readonly (readonly ShellWord[])[]): boolean {
  return commands.length > 0 && commands.every(isIdle);
}

/** The command that a launcher starts, where all of its line is known and it is one; null: it is none. */
export function probeIn(inside: readonly ShellWord[], unresolved: readonly Unresolved[]): string | null {
  return unresolved.length === 0 && isProbe([inside]) ? shownCommand(inside) : null;
}

/** What is told of a line that is one. */
export function probeNote(command: string, place: Place) {
  const message = `only \`${command}\` runs in it: a probe, and no sandbox`;
  return { message, place, severity: 'note' as const };
}

function isIdle([program, ...words]: readonly ShellWord[]): boolean {
  if (program === undefined || program.many) return false;
  const names = spellings(program).map(({ value }) => value);
  const [first, second, ...more] = words;
  return names.every((value) => {
    if (!isResolved(value)) return false;
    const name = value.replace(/^.*\//s, '');
    if (IDLE.has(name)) return true;
    if (first === undefined || isOpen(first)) return false;
    if (second === undefined && ASKS.test(first.value)) return true;
    const line = SHELLS.has(name) && /^-\w*c$/.test(first.value) && more.length === 0 ? second : undefined;
    return line !== undefined && !isOpen(line) && IDLE_LINE.test(line.value);
  });
}

function isOpen({ value, alternatives, many }: ShellWord): boolean {
  return many || alternatives !== undefined || !isResolved(value);
}
