/** Where the relative names of a command lead. */
import { isResolved, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { beyond } from '../process/line-ways.ts';
import { isWithin } from '../shell/enclosures.ts';
import type { ShellCommand } from '../shell/reading.ts';
import type { Script } from './profile-script.ts';

/** Symbolic directories that a command may run in, the likeliest first. */
export function directoriesAt(script: Script, at: number): readonly string[] {
  const { source, project, commands } = script;
  const own = project.relative(source);
  const folder = own.includes('/') ? `/${own.slice(0, own.lastIndexOf('/'))}` : '';
  // Scripts are started from where they lie as often as from the project's root.
  let directories = [...new Set([WORKSPACE_SYMBOL, `${WORKSPACE_SYMBOL}${folder}`])];
  const user = commands[at];
  if (user === undefined) return directories;
  for (const command of commands.slice(0, at)) {
    const [name, target] = command.words;
    if (name?.value !== 'cd' || target === undefined || !isFelt(command, user, script)) continue;
    // A directory that nobody tells is one of the project's as a rule.
    if (isResolved(target.value)) directories = directories.map((before) => below(before, target.value));
  }
  return [...new Set(directories)];
}

export function below(directory: string, path: string): string {
  return /^[/\uFDD0\uFDD1]/.test(path) || path.startsWith('~') ? path : `${directory}/${path}`;
}

/** A subshell keeps its directory for itself, and what another function does may not have happened. */
function isFelt(change: ShellCommand, user: ShellCommand, script: Script): boolean {
  if (change.place.source !== user.place.source || change.pipe !== null) return false;
  if (change.function !== null && change.function !== user.function) return false;
  if (beyond(change.conditions, [...user.conditions, ...user.guards]).length > 0) return false;
  const { subshells } = script.enclosuresOf(change.place.source) ?? { subshells: [] };
  return subshells.every((one) => !isWithin(change.place.span, one) || isWithin(user.place.span, one));
}
