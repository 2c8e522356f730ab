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
  /** What the first operand has to be (`poetry run`); with another one it runs nothing. */
  readonly verb?: RegExp;
  /** A word behind which the command begins, if it is there (`mise exec node@22 -- command`). */
  readonly after?: RegExp;
}

function wrapper(
  valued = '',
  long: readonly string[] = [],
  operands = 0,
  more: Partial<Wrapper> = {},
): Wrapper {
  return { valued, long, operands, ...more };
}

const DASHES = /^--$/;
const RUN = /^run$/;
const EXEC = /^(?:exec|dlx|x)$/;

/**
 * Option tables after each program's own manual: sudo(8), doas(1), env(1), timeout(1), nice(1), ionice(1),
 * xargs(1), stdbuf(1), taskset(1), chrt(1), prlimit(1), setpriv(1), flock(1), systemd-run(1), unshare(1),
 * nsenter(1), run0(1), caffeinate(8), dbus-run-session(1), strace(1), pkexec(1), xvfb-run(1), entr(1);
 * chpst(8); `exec` and `command` are in bash(1). Launchers of other kinds are told by the word of theirs that
 * runs. Those of containers: https://github.com/tianon/gosu, https://github.com/ncopa/su-exec,
 * https://github.com/krallin/tini, https://github.com/Yelp/dumb-init, https://github.com/openSUSE/catatonit,
 * https://skarnet.org/software/s6/s6-setuidgid.html.
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
  env: wrapper('uCS', ['unset', 'chdir'], 0, { assigns: true, asks: 'S' }),
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
  flock: wrapper('Ew', ['conflict-exit-code', 'wait', 'timeout'], 1, { asks: 'c' }),
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
  gosu: wrapper('', [], 1),
  'su-exec': wrapper('', [], 1),
  's6-setuidgid': wrapper('', [], 1),
  setuidgid: wrapper('', [], 1),
  chpst: wrapper('uUbenodpfcrtm/'),
  tini: wrapper('pe'),
  'tini-static': wrapper('pe'),
  'docker-init': wrapper('pe'),
  'dumb-init': wrapper('r', ['rewrite']),
  catatonit: wrapper(),
  noglob: wrapper(),
  nocorrect: wrapper(),
  'sudo-rs': wrapper('ghpu', ['group', 'prompt', 'user'], 0, { assigns: true, asks: 'lvVKk' }),
  pkexec: wrapper('', ['user']),
  'xvfb-run': wrapper('efnpsw', ['auth-file', 'error-file', 'server-args', 'server-num', 'xauth-protocol']),
  entr: wrapper('', [], 0, { asks: 's' }),
  watchexec: wrapper('ewidsf', ['exts', 'watch', 'ignore', 'delay', 'signal', 'filter'], 0, {
    after: DASHES,
  }),
  'cross-env': wrapper('', [], 0, { assigns: true }),
  'env-cmd': wrapper('fer', ['file', 'environments']),
  dotenv: wrapper('efvc', ['file'], 0, { after: DASHES }),
  'dotenv-cli': wrapper('efvc', ['file'], 0, { after: DASHES }),
  dotenvx: wrapper('fe', ['env-file', 'env'], 1, { verb: RUN, after: DASHES }),
  npx: wrapper('pc', ['package', 'call'], 0, { asks: 'c' }),
  bunx: wrapper(),
  pnpm: wrapper('C', ['dir', 'filter'], 1, { verb: EXEC }),
  yarn: wrapper('', ['cwd'], 1, { verb: EXEC }),
  npm: wrapper('', ['prefix'], 1, { verb: EXEC }),
  bundle: wrapper('', [], 1, { verb: EXEC }),
  poetry: wrapper('C', ['directory', 'project'], 1, { verb: RUN }),
  uv: wrapper('p', ['with', 'python', 'env-file', 'directory', 'project', 'extra', 'group'], 1, {
    verb: RUN,
  }),
  pipenv: wrapper('', [], 1, { verb: RUN }),
  hatch: wrapper('e', ['env'], 1, { verb: RUN }),
  pdm: wrapper('p', ['project'], 1, { verb: RUN }),
  rye: wrapper('', [], 1, { verb: RUN }),
  conda: wrapper('np', ['name', 'prefix', 'cwd'], 1, { verb: RUN }),
  mamba: wrapper('np', ['name', 'prefix', 'cwd'], 1, { verb: RUN }),
  direnv: wrapper('', [], 2, { verb: EXEC }),
  mise: wrapper('C', ['cd'], 1, { verb: EXEC, after: DASHES }),
  asdf: wrapper('', [], 1, { verb: EXEC }),
  devbox: wrapper('c', ['config'], 1, { verb: RUN, after: DASHES }),
  op: wrapper('', ['env-file', 'account', 'session'], 1, { verb: RUN, after: DASHES }),
  doppler: wrapper('pc', ['project', 'config', 'token'], 1, { verb: RUN, after: DASHES }),
  infisical: wrapper('', ['env', 'path', 'projectId', 'token'], 1, { verb: RUN, after: DASHES }),
  chamber: wrapper('br', ['backend', 'retries'], 2, { verb: EXEC, after: DASHES }),
  'aws-vault': wrapper('dj', ['duration', 'backend', 'region'], 2, { verb: EXEC, after: DASHES }),
  envchain: wrapper('', [], 1),
  nix: wrapper('', [], 1, { verb: /^(?:develop|shell)$/, after: /^(?:-c|--command)$/ }),
  guix: wrapper('', [], 1, { verb: /^(?:shell|environment)$/, after: DASHES }),
  gum: wrapper('', [], 1, { verb: /^spin$/, after: DASHES }),
};

/** Helpers that scripts and their libraries are full of; what else they do with the words is not known. */
const RUNNER =
  /^_*(?:re_?try|try|run|run_?(?:cmd|command|it)|exec_?(?:cmd|command)|execute|do_?cmd|cmd|maybe_?sudo|as_?root|with_?retries?|run_?(?:as_?)?root|step_run)_*$/i;
const ENGINE = /^(?:docker|docker-compose|podman|podman-compose|nerdctl|bwrap|sandbox-exec)$/;

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
  if (entry === null) return peelRunner(name, fields);
  const options = readOptions(entry, fields);
  if (options === null) return null;
  const { at, operands, assignments } = options;
  const begin = beginning(entry, fields, at) ?? at + leftOver(fields, at, operands);
  const rest = fields.slice(begin);
  if (rest.length === 0) return null;
  return { wrapper: fields.slice(0, fields.length - rest.length), assignments, rest };
}

interface Options {
  /** Index of the word behind them. */
  readonly at: number;
  /** Operands that are still to come. */
  readonly operands: number;
  readonly assignments: readonly Field[];
}

/** `poetry install`: the first operand is not the one behind which a command stands. */
function isOtherVerb(entry: Wrapper, role: string, text: string | null, operands: number): boolean {
  if (entry.verb === undefined || role !== 'operand' || operands !== entry.operands) return false;
  return !entry.verb.test(text ?? '');
}

/** Null where no command follows. */
function readOptions(entry: Wrapper, fields: readonly Field[]): Options | null {
  const assignments: Field[] = [];
  let at = 1;
  let operands = entry.operands;
  while (at < fields.length) {
    const field = fields[at];
    const text = plain(field);
    if (field === undefined || (text === null && operands === 0)) break;
    // `timeout "$T" docker run …`: what stands for an operand may have any value.
    const role = text === null ? 'operand' : roleOf(entry, text, operands);
    if (role === 'asks' || isOtherVerb(entry, role, text, operands)) return null;
    if (role === 'command') break;
    if (role === 'assignment') assignments.push(field);
    if (role === 'operand') operands -= 1;
    at += role === 'valued' ? 2 : 1;
    if (role === 'end') break;
  }
  return entry.verb !== undefined && operands === entry.operands ? null : { at, operands, assignments };
}

/** Behind the word that says so, if it stands where the options and operands end, or later. */
function beginning({ after }: Wrapper, fields: readonly Field[], from: number): number | null {
  if (after === undefined) return null;
  const at = fields.findIndex(
    (field, index) => index >= from - 1 && index > 0 && after.test(plain(field) ?? ''),
  );
  return at === -1 ? null : at + 1;
}

/** `retry 3 docker run …`: only numbers and options stand between, so that a command is handed over. */
function peelRunner(name: string, fields: readonly Field[]): Peeled | null {
  if (!RUNNER.test(name.replace(/^.*\//s, ''))) return null;
  const at = fields.findIndex(
    (field, index) => index > 0 && !/^(?:-.*|\d+[smh]?|!)$/.test(plain(field) ?? 'x'),
  );
  const engine = plain(fields[at])?.replace(/^.*\//s, '');
  if (engine === undefined || !ENGINE.test(engine)) return null;
  return { wrapper: fields.slice(0, at), assignments: [], rest: fields.slice(at) };
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

/** One that ran nothing: `command -v docker`. */
export function isWrapper(name: string): boolean {
  return lookup(name) !== null;
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
