/** Start scripts that set up as root and go on as someone else. */
import { displayText } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { ShellCommand } from '../shell/reading.ts';

export interface LaterUser {
  readonly user: string;
  readonly place: Place;
}

/** `exec gosu node …`: gosu(1), su-exec, setpriv(1), runuser(1), su(1), capsh(1). */
export function laterUser(commands: readonly ShellCommand[]): LaterUser | null {
  for (const { words, wrappers, place } of commands) {
    for (const line of [words, ...wrappers]) {
      const user = userOf(line.map(({ value }) => value));
      if (user !== null && !/^(?:root|0)(?::|$)/.test(user)) return { user: displayText(user), place };
    }
  }
  return null;
}

function userOf(line: readonly string[]): string | null {
  const program = (line[0] ?? '').replace(/^.*\//, '');
  const after = (pattern: RegExp): string | null => {
    const at = line.findIndex((word) => pattern.test(word));
    if (at < 0) return null;
    return /=/.test(line[at] ?? '') ? (line[at] ?? '').replace(/^[^=]*=/, '') : (line[at + 1] ?? null);
  };
  switch (program) {
    case 'gosu':
    case 'su-exec':
      return line[1] ?? null;
    case 'su':
      return line.slice(1).find((word) => /^[a-z_]/.test(word)) ?? null;
    case 'sudo':
    case 'runuser':
      return after(/^(?:-u|--user(?:=|$))/);
    case 'setpriv':
      return after(/^--reuid(?:=|$)/);
    case 'capsh':
      return after(/^--user=/);
    default:
      return null;
  }
}
