/** `--args FD`: options in a file, separated by NUL, as far as the script itself writes them. */
import { isResolved } from '../../model/symbolic.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

/**
 * The words that the descriptor gives when a `printf '%s\0' …` of the same script writes them; null: they
 * are not in the script.
 */
export function argumentsFrom(
  descriptor: string,
  command: ShellCommand,
  commands: readonly ShellCommand[],
): readonly ShellWord[] | null {
  const writers = writersOf(descriptor, command, commands);
  if (writers === null || writers.length === 0) return null;
  const words: ShellWord[] = [];
  for (const writer of writers) {
    const written = printed(writer);
    if (written === null) return null;
    words.push(...written);
  }
  return words;
}

function writersOf(
  descriptor: string,
  { redirections, pipe }: ShellCommand,
  commands: readonly ShellCommand[],
): readonly ShellCommand[] | null {
  const redirection = redirections.filter((one) => String(one.descriptor ?? 0) === descriptor).at(-1);
  if (redirection?.pipe !== undefined) {
    const id = redirection.pipe;
    return commands.filter((one) => one.pipe?.id === id && one.pipe.stage === 0);
  }
  if (redirection !== undefined || descriptor !== '0' || pipe === null) return null;
  return commands.filter((one) => one.pipe?.id === pipe.id && one.pipe.stage === pipe.stage - 1);
}

/** printf(1) repeats its format for all words: `%s\0` ends each with a NUL. */
function printed({ words, redirections }: ShellCommand): readonly ShellWord[] | null {
  const [name, ...rest] = words;
  if (name?.value !== 'printf' || redirections.length > 0) return null;
  const [format, ...values] = rest[0]?.value === '--' ? rest.slice(1) : rest;
  if (format === undefined || format.alternatives !== undefined || !isResolved(format.value)) return null;
  if (/^(?:%[sb]\\(?:0|00|000|x00))+$/.test(format.value)) return values;
  if (values.length > 0 || format.value.includes('%')) return null;
  const parts = format.value.split(/\\(?:000|00|0|x00)/);
  return parts
    .filter((part, index) => part !== '' || index < parts.length - 1)
    .map((value) => ({ ...format, value }));
}
