/** Whether anybody notices when a command of a firewall fails, or whether the container starts without it. */
import type { MappedText } from '../../source/mapped.ts';
import { sliceOf } from '../../source/source.ts';
import type { ShellCommand } from '../shell/reading.ts';
import type { Caller, StartedCommand } from './started.ts';

/** Units of a script that are looked through. */
const MAX_TEXT = 20_000;
const STRICT = /^[ \t]*set[ \t]+(?:-\w*e\w*|(?:-\w+[ \t]+)*-o[ \t]+errexit)|^#!.*\s-\w*e\w*\s*$/m;

/** @param last index of the last command that sets a rule */
export function isChecked(commands: readonly StartedCommand[], last: number): boolean {
  const command = commands[last];
  if (command === undefined) return false;
  const { callers = [] } = command;
  return endsByItself(commands, last) && callers.every(passesOn);
}

/** `set -e` at the head of the script, or a request afterwards that must not work. */
function endsByItself(commands: readonly ShellCommand[], last: number): boolean {
  const own = commands[last]?.place.source.text.slice(0, MAX_TEXT) ?? '';
  if (STRICT.test(own)) return true;
  return commands
    .slice(last + 1)
    .some(({ words }) => /(?:^|\/)(?:curl|wget|nc|ping)$/.test(words[0]?.value ?? ''));
}

/** The script that is called may fail: whoever calls it must then end as well. */
function passesOn({ text, file }: Caller): boolean {
  const behind = behindCall(text, file);
  if (behind === null || /^\s*$/.test(behind)) return true;
  if (/^[^\S\n]*&&/.test(behind) || /^[^\S\n]*\|\|[^\n]{0,200}\b(?:exit|return|false)\b/.test(behind))
    return true;
  if (/^[^\S\n]*(?:\|\||&(?!&))/.test(behind)) return false;
  if (STRICT.test(text.text.slice(0, MAX_TEXT))) return true;
  // `if ! script; then exit 1; fi`
  return /^[^\S\n]*;?\s*then\b[\s\S]{0,300}?\bexit\b/.test(behind);
}

/** What stands behind the last call of a script, its arguments left out; null where the call is not found. */
function behindCall({ text }: MappedText, file: string): string | null {
  const at = file === '' ? -1 : text.lastIndexOf(file);
  if (at < 0) return null;
  const rest = text.slice(at + file.length, at + file.length + 1000);
  const end = /["']?[^\n;&|]*/.exec(rest)?.[0].length ?? 0;
  return rest.slice(end);
}

/** The command as it is written. */
export function shownCommand({ place }: ShellCommand): string {
  return sliceOf(place).replace(/\s+/g, ' ').trim().slice(0, 100);
}
