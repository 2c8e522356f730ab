/** Commands that run the command in their arguments, and the options that stand before it. */

import type { Field } from './fields.ts';
import { textOf } from './value.ts';

interface Wrapper {
  /** Letters of the short options that take a value. */
  readonly valued: string;
  /** Long options that take their value as the next word. */
  readonly long: readonly string[];
  /** Words between the options and the command (`timeout 5`, `flock FILE`). */
  readonly operands: number;
  /** `A=b` words before the command go into its environment. */
  readonly assigns?: true;
  /** Options after which no command follows (`sudo -l`, `command -v`). */
  readonly asks?: string;
}

function wrapper(
  valued = '',
  long: readonly string[] = [],
  operands = 0,
  more: Partial<Wrapper> = {},
): Wrapper {
  return { valued, long, operands, ...more };
}

/**
 * Option tables after each program's own manual: sudo(8), doas(1), env(1), timeout(1), nice(1), ionice(1),
 * xargs(1), stdbuf(1), taskset(1), chrt(1), prlimit(1), setpriv(1), flock(1), systemd-run(1), unshare(1),
 * nsenter(1), run0(1), caffeinate(8), dbus-run-session(1), strace(1); `exec` and `command` are in bash(1).
 */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: wrapper(
    'CDghpRrTtUu',
    [
      'close-from',
      'chdir',
      'group',
      'host',
      'prompt',
      'chroot',
      'role',
      'type',
      'command-timeout',
      'other-user',
      'user',
    ],
    0,
    { assigns: true, asks: 'lvVKk' },
  ),
  doas: wrapper('Cu', []),
  env: wrapper('uCS', ['unset', 'chdir'], 0, { assigns: true }),
  exec: wrapper('a'),
  command: wrapper('', [], 0, { asks: 'vV' }),
  builtin: wrapper(),
  nohup: wrapper(),
  time: wrapper('fo', ['format', 'output']),
  timeout: wrapper('ks', ['kill-after', 'signal'], 1),
  gtimeout: wrapper('ks', ['kill-after', 'signal'], 1),
  nice: wrapper('n', ['adjustment']),
  ionice: wrapper('cn', ['class', 'classdata'], 0, { asks: 'p' }),
  chrt: wrapper('TPD', ['sched-runtime', 'sched-period', 'sched-deadline'], 1, { asks: 'pm' }),
  taskset: wrapper('', [], 1, { asks: 'p' }),
  numactl: wrapper('NCmipPH', ['cpunodebind', 'physcpubind', 'membind', 'interleave', 'preferred']),
  setsid: wrapper(),
  stdbuf: wrapper('ioe', ['input', 'output', 'error']),
  unbuffer: wrapper(),
  winpty: wrapper(),
  xargs: wrapper('adEeIiLlnPs', [
    'arg-file',
    'delimiter',
    'eof',
    'replace',
    'max-lines',
    'max-args',
    'max-procs',
    'max-chars',
  ]),
  prlimit: wrapper('o', ['output'], 0, { asks: 'p' }),
  setpriv: wrapper('', [
    'reuid',
    'regid',
    'groups',
    'inh-caps',
    'ambient-caps',
    'bounding-set',
    'securebits',
    'pdeathsig',
    'selinux-label',
    'apparmor-profile',
    'euid',
    'ruid',
    'egid',
    'rgid',
    'landlock-access',
    'landlock-rule',
    'seccomp-filter',
  ]),
  flock: wrapper('Ew', ['conflict-exit-code', 'wait', 'timeout'], 1),
  'systemd-run': wrapper('CEHMpu', [
    ...[
      'unit',
      'property',
      'description',
      'slice',
      'expand-environment',
      'service-type',
      'uid',
      'gid',
      'nice',
    ],
    ...['working-directory', 'root-directory', 'setenv', 'host', 'machine', 'capsule', 'job-mode', 'json'],
    ...[
      'background',
      'on-active',
      'on-boot',
      'on-startup',
      'on-unit-active',
      'on-unit-inactive',
      'on-calendar',
    ],
    ...['path-property', 'socket-property', 'timer-property'],
  ]),
  run0: wrapper('aDgu', [
    ...['machine', 'unit', 'property', 'description', 'slice', 'user', 'group', 'nice', 'chdir', 'setenv'],
    ...['background', 'shell-prompt-prefix', 'lightweight', 'area'],
  ]),
  'systemd-inhibit': wrapper('', ['what', 'who', 'why', 'mode']),
  'dbus-run-session': wrapper('', ['config-file', 'dbus-daemon']),
  caffeinate: wrapper('tw'),
  strace: wrapper('abeEIoOpPsSuUX'),
  catchsegv: wrapper(),
  screen: wrapper('cehpsStT', [], 0, { asks: 'rxQ' }),
  fakeroot: wrapper('lsi'),
  noglob: wrapper(),
  nocorrect: wrapper(),
};

export interface Peeled {
  readonly wrapper: readonly Field[];
  readonly assignments: readonly Field[];
  readonly rest: readonly Field[];
}

/** Takes the wrapper off the front; null when there is none, or no command behind it. */
export function peel(fields: readonly Field[]): Peeled | null {
  const name = plain(fields[0]);
  if (name === null) return null;
  const entry = lookup(name);
  if (entry === null) return null;
  const assignments: Field[] = [];
  let at = 1;
  let operands = entry.operands;
  while (at < fields.length) {
    const field = fields[at];
    const text = plain(field);
    if (field === undefined || text === null) break;
    const role = roleOf(entry, text, operands);
    if (role === 'asks') return null;
    if (role === 'command') break;
    if (role === 'assignment') assignments.push(field);
    if (role === 'operand') operands -= 1;
    at += role === 'valued' ? 2 : 1;
    if (role === 'end') break;
  }
  const rest = fields.slice(at + leftOver(fields, at, operands));
  if (rest.length === 0) return null;
  return { wrapper: fields.slice(0, fields.length - rest.length), assignments, rest };
}

/** What a word between a wrapper and its command is; `valued`: an option with its value in the next word. */
type Role = 'asks' | 'end' | 'valued' | 'option' | 'assignment' | 'operand' | 'command';

function roleOf(entry: Wrapper, text: string, operands: number): Role {
  if (text === '--') return 'end';
  if (text.startsWith('-') && text.length > 1) {
    const letters = text.startsWith('--') ? '' : text;
    if ([...(entry.asks ?? '')].some((letter) => letters.includes(letter))) return 'asks';
    return takesNext(entry, text) ? 'valued' : 'option';
  }
  if (entry.assigns === true && /^[A-Za-z_]\w*=/.test(text)) return 'assignment';
  return operands > 0 ? 'operand' : 'command';
}

/** Operands that an unknown word or `--` stood before. */
function leftOver(fields: readonly Field[], at: number, operands: number): number {
  return operands > 0 && plain(fields[at - 1]) === '--' ? operands : 0;
}

function lookup(name: string): Wrapper | null {
  const base = name.replace(/^.*\//s, '');
  return Object.hasOwn(WRAPPERS, base) ? (WRAPPERS[base] ?? null) : null;
}

function takesNext(entry: Wrapper, option: string): boolean {
  if (option.startsWith('--')) return entry.long.includes(option.slice(2));
  const letter = [...option.slice(1)].findIndex((unit) => entry.valued.includes(unit));
  // In a cluster the rest of the word, if there is one, is the value.
  return letter !== -1 && letter === option.length - 2;
}

function plain(field: Field | undefined): string | null {
  if (field === undefined || field.many || field.alternatives !== null) return null;
  return textOf(field.pieces);
}
