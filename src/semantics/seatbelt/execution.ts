/** Which programs can be run, and which of them outside the sandbox. */
import type { Place } from '../../source/source.ts';
import { type Decision, decide } from './decide.ts';
import { grantRoots, rulesOn } from './grants.ts';
import type { SeatbeltRule } from './profile.ts';

export interface ExecutionReach {
  /**
   * `any`: a program anywhere. `writable`: from a place that can be written, so whatever is copied there.
   * `listed`: only programs that rules name.
   */
  readonly level: 'none' | 'listed' | 'writable' | 'any' | 'unknown';
  readonly decision: Decision;
}

/** A program that no rule is likely to name. */
const ANY_PROGRAM = '/unnamed/bin/program';

export function executionReach(rules: readonly SeatbeltRule[]): ExecutionReach {
  const any = execute(rules, ANY_PROGRAM);
  if (any.verdict === 'allow') return { level: 'any', decision: any };
  const roots = grantRoots(rules);
  const probes = [...roots.execute, ...roots.write].flatMap((root) => probesIn(root.test, root.path));
  const allowed = [...new Set(probes)].map((path) => ({ path, decision: execute(rules, path) }));
  const runs = allowed.filter((one) => one.decision.verdict === 'allow');
  const writable = runs.find((one) => canWrite(rules, one.path) === 'allow');
  if (writable !== undefined) return { level: 'writable', decision: writable.decision };
  const doubtful = [any, ...allowed.map((one) => one.decision)].find((one) => one.verdict === 'unknown');
  if (doubtful !== undefined) return { level: 'unknown', decision: doubtful };
  const listed = runs[0];
  return listed === undefined
    ? { level: 'none', decision: any }
    : { level: 'listed', decision: listed.decision };
}

function execute(rules: readonly SeatbeltRule[], path: string): Decision {
  return decide(rules, 'process-exec', { kind: 'path', path, vnode: 'REGULAR-FILE' });
}

function probesIn(test: string, path: string | null): string[] {
  if (path === null || !path.startsWith('/')) return [];
  if (test === 'subpath') return [path === '/' ? ANY_PROGRAM : `${path}/program`];
  if (test === 'prefix' || test === 'pattern') return [path, `${path}program`, `${path}/program`];
  return test === 'literal' ? [path] : [];
}

function canWrite(rules: readonly SeatbeltRule[], path: string): Decision['verdict'] {
  const object = { kind: 'path', path, vnode: 'REGULAR-FILE' } as const;
  const verdicts = ['file-write-create', 'file-write-data'].map(
    (name) => decide(rules, name, object).verdict,
  );
  if (verdicts.every((one) => one === 'allow')) return 'allow';
  return verdicts.includes('deny') ? 'deny' : 'unknown';
}

export interface NoSandboxGrant {
  readonly rule: SeatbeltRule;
  readonly place: Place;
  /** The program that runs outside the sandbox; null for any. */
  readonly path: string | null;
  /** Whether code inside gets to run what it likes: the program can be replaced, or runs other programs. */
  readonly full: 'yes' | 'no' | 'unknown';
}

/** Programs that run whatever they are told, so that running them outside the sandbox gives everything. */
const LAUNCHERS: ReadonlySet<string> = new Set([
  '/bin/sh',
  '/bin/bash',
  '/bin/zsh',
  '/bin/dash',
  '/bin/ksh',
  '/bin/csh',
  '/bin/tcsh',
  '/usr/bin/env',
  '/usr/bin/sudo',
  '/usr/bin/open',
  '/usr/bin/osascript',
  '/usr/bin/python3',
  '/usr/bin/perl',
  '/usr/bin/ruby',
  '/usr/bin/xargs',
  '/usr/bin/find',
  '/usr/bin/make',
  '/usr/bin/git',
  '/usr/bin/ssh',
  '/usr/bin/nohup',
  '/usr/bin/xcrun',
  '/bin/launchctl',
  '/usr/bin/script',
  '/usr/bin/expect',
  '/usr/bin/awk',
  '/usr/bin/vim',
  '/usr/bin/nice',
  '/usr/bin/time',
  '/usr/bin/caffeinate',
  '/usr/bin/tclsh',
  '/usr/bin/swift',
]);

/** Rules whose programs run outside the sandbox, `(with no-sandbox)`. */
export function noSandboxGrants(rules: readonly SeatbeltRule[]): readonly NoSandboxGrant[] {
  const marked = rulesOn(rules, 'allow', ['process-exec']).filter((rule) =>
    rule.modifiers.some((modifier) => modifier.name === 'no-sandbox'),
  );
  return marked.flatMap((rule) => {
    const roots = grantRoots([rule]).execute;
    return roots.map((root): NoSandboxGrant => {
      if (root.test === 'everything') return { rule, place: root.place, path: null, full: 'yes' };
      return {
        rule,
        place: root.place,
        path: root.path,
        full: fullEscape(rules, rule, probesIn(root.test, root.path)),
      };
    });
  });
}

function fullEscape(
  rules: readonly SeatbeltRule[],
  rule: SeatbeltRule,
  probes: readonly string[],
): NoSandboxGrant['full'] {
  if (probes.length === 0) return 'unknown';
  const answers = probes.map((path): NoSandboxGrant['full'] => {
    const decision = execute(rules, path);
    if (decision.verdict === 'deny' || (decision.verdict === 'allow' && decision.rule !== rule)) return 'no';
    if (decision.verdict === 'unknown') return 'unknown';
    const writable = canWrite(rules, path);
    if (LAUNCHERS.has(path) || writable === 'allow') return 'yes';
    if (writable === 'unknown') return 'unknown';
    return /^\/(bin|sbin|usr\/bin|usr\/sbin|usr\/libexec|System)\//.test(path) ? 'no' : 'unknown';
  });
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}
