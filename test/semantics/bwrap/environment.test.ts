/** What code inside can still read of the environment that bwrap was started with: the model, and bwrap itself. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../../rules/index.ts';
import { findingsOf } from '../../../src/engine/findings.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { sandboxIn } from '../../support/bwrap.ts';

const ALL = '--ro-bind / / --dev /dev';
const OWN = `${ALL} --proc /proc`;

type Left = 'all' | 'no' | 'assumed';

/** Options, what in front of bwrap, and what is left for an ordinary user and for root. */
const TABLE: readonly (readonly [options: string, inside: string, user: Left, root: Left])[] = [
  [OWN, '', 'all', 'all'],
  [`${OWN} --clearenv`, '', 'no', 'all'],
  [`${OWN} --unshare-user --clearenv`, '', 'no', 'no'],
  [`${OWN} --unshare-pid --clearenv`, '', 'all', 'all'],
  [`${OWN} --unshare-all --clearenv`, '', 'all', 'all'],
  [`${OWN} --unshare-all --uid 1000 --clearenv`, '', 'all', 'all'],
  [`${ALL} --unshare-all --clearenv`, '', 'all', 'all'],
  [`${OWN} --unshare-pid --as-pid-1 --clearenv`, '', 'no', 'no'],
  [`${OWN} --unshare-all --as-pid-1 --clearenv`, '', 'no', 'no'],
  [`${ALL} --unshare-pid --as-pid-1 --clearenv`, '', 'no', 'all'],
  [`${ALL} --unshare-all --as-pid-1 --clearenv`, '', 'no', 'no'],
  [`${OWN} --unshare-all`, 'env -i PATH=/usr/bin:/bin', 'all', 'all'],
  [`${OWN} --unshare-all --as-pid-1`, 'env -i PATH=/usr/bin:/bin', 'no', 'no'],
  [OWN, 'env -i PATH=/usr/bin:/bin', 'no', 'all'],
  [`${OWN} --lock-file /etc/passwd --clearenv`, '', 'all', 'all'],
  ['--ro-bind /usr /usr --clearenv', '', 'no', 'all'],
  ['--ro-bind /usr /usr --unshare-pid --clearenv', '', 'assumed', 'all'],
  ['--ro-bind /usr /usr --proc /proc --unshare-pid --clearenv', '', 'all', 'all'],
];

function leftOf(script: string): Left {
  const { inheritsAll } = sandboxIn(script).environment;
  if (inheritsAll === null) return 'no';
  return (inheritsAll.assumes ?? []).length > 0 ? 'assumed' : 'all';
}

describe('the environment that bwrap was started with', () => {
  it.each(TABLE)('%s %s', (options, inside, user, root) => {
    const line = `bwrap ${options} ${inside} agent`;
    expect([leftOf(line), leftOf(`sudo -E ${line}`)]).toEqual([user, root]);
    expect(leftOf(`env -i ${line}`)).toBe('no');
    expect(leftOf(`sudo ${line}`)).toBe('no');
  });

  it('is told where someone meant to clear it, with what helps', () => {
    const findings = (script: string) =>
      findingsOf([sandboxIn(script)], RULES)
        .filter(({ rule }) => rule.id === 'inherited-environment')
        .map(({ at, evidence, remedy, severity }) => ({ at: sliceOf(at), evidence, remedy, severity }));
    const [kept] = findings(`bwrap ${OWN} --unshare-pid --clearenv agent`);
    expect(kept).toMatchObject({ at: '--clearenv', severity: 'medium' });
    expect(kept?.evidence).toContain('/proc/1/environ');
    expect(kept?.remedy).toMatch(/env -i .*--as-pid-1/);
    const [held] = findings(`bwrap ${OWN} --sync-fd 9 --clearenv agent`);
    expect(held?.remedy).not.toContain('--as-pid-1');
    const [behind] = findings(`bwrap ${OWN} --unshare-all env -i agent`);
    expect(behind?.at).toBe('env');
  });

  it('may be cleared in one branch, which is not enough', () => {
    const script = `A=(${OWN} --unshare-all --clearenv); [ -n "$ONE" ] && A+=(--as-pid-1)\nbwrap "\${A[@]}" agent`;
    expect(leftOf(script)).toBe('all');
    const namespace = `A=(${OWN} --clearenv); [ -n "$OWN" ] && A+=(--unshare-pid)\nbwrap "\${A[@]}" agent`;
    expect(sandboxIn(namespace).environment.inheritsAll?.assumes).toEqual(['`[ -n "$OWN" ]` holds']);
  });

  it('holds what is set for bwrap alone, and what env sets behind it', () => {
    const names = (script: string) => sandboxIn(script).environment.variables.map(({ name }) => name);
    expect(names(`TOKEN=a bwrap ${OWN} --unshare-all --clearenv --setenv B 1 agent`)).toEqual(['TOKEN', 'B']);
    expect(names(`TOKEN=a bwrap ${OWN} --clearenv --setenv B 1 agent`)).toEqual(['B']);
    expect(names(`TOKEN=a bwrap ${OWN} --setenv B 1 env -i C=2 agent`)).toEqual(['C']);
    expect(names(`bwrap ${OWN} --clearenv --setenv B 1 env -u B C=2 agent`)).toEqual(['B', 'C']);
  });
});

const isRoot = process.getuid?.() === 0;
const ORDINARY = isRoot ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : [];
const PROBE =
  'for p in /proc/[0-9]*; do while IFS= read -r -d "" v; do [ "$v" = CANARY=here ] && echo found; done < "$p/environ"; done 2>&-; exit 0';

function run(before: readonly string[], words: readonly string[]) {
  const [program = '', ...rest] = [...before, 'bwrap', ...words];
  return spawnSync(program, rest, {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: '/usr/bin:/bin', CANARY: 'here' },
  });
}

const works = run(ORDINARY, ['--ro-bind', '/', '/', '--unshare-all', 'true']).status === 0;
const available = works ? describe : describe.skip;

available(`bwrap itself${works ? '' : ' (not installed here, or not allowed)'}`, () => {
  // Without a program to run, or without /proc to look into, the probe says nothing.
  const rows = TABLE.filter(([options]) => options.includes('--ro-bind / /'));
  it.each(rows)('keeps what the model says: %s %s', (options, inside, user, root) => {
    const words = [...options.split(' '), ...inside.split(' ').filter(Boolean), 'bash', '-c', PROBE];
    const found = (before: readonly string[]): Left =>
      run(before, words).stdout.includes('found') ? 'all' : 'no';
    expect(found(ORDINARY)).toBe(user);
    if (isRoot) expect(found([])).toBe(root);
  });
});
