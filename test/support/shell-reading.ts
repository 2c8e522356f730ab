/** What the shell reader says of a script that is written in the test. */
import { displayText } from '../../src/model/symbolic.ts';
import type { ShellCommand, ShellOptions, ShellReading } from '../../src/semantics/shell/reading.ts';
import { shellCommands } from '../../src/semantics/shell/shell-commands.ts';
import { plainText } from '../../src/source/mapped.ts';
import { createSource } from '../../src/source/source.ts';

export function read(text: string, options?: ShellOptions): ShellReading {
  return shellCommands(plainText(createSource('run.sh', text)), options);
}

/** Commands of this name. */
export function named(text: string, name = 'docker', options?: ShellOptions): ShellCommand[] {
  return read(text, options).commands.filter(({ words }) => words[0]?.value === name);
}

/** The words as a reader sees them, without their conditions. */
export function shown(command: ShellCommand | undefined): string {
  return command?.words.map(({ value }) => displayText(value)).join(' ') ?? 'none';
}

/** The one `docker` command of the script. */
export function only(text: string, options?: ShellOptions): ShellCommand {
  const [command, ...more] = named(text, 'docker', options);
  if (command === undefined || more.length > 0) throw new Error(`${more.length + 1} commands`);
  return command;
}
