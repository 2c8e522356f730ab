/** Lines that start bwrap, or sandbox-exec, and hold no code that anyone else decides about. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sandboxExecFrontend } from '../../../src/frontends/seatbelt/sandbox-exec.ts';
import { auditText } from '../../support/audit-text.ts';
import { callIn } from '../../support/bwrap.ts';
import { memoryProject } from '../../support/memory-project.ts';

describe('a probe', () => {
  it.each([
    ['true'],
    ['/bin/true'],
    ['/usr/bin/true'],
    ['echo ok'],
    ['echo "$HOME"'],
    ['sh -c true'],
    ["bash -c 'exit 0'"],
    ['claude --version'],
    ['"${T:-true}" --help'],
  ])('of `%s` is no sandbox', (command) => {
    const { result, findings } = auditText('bwrap', `if bwrap --ro-bind / / ${command}; then echo yes; fi`);
    expect([result.sandboxes.length, findings.length]).toEqual([0, 0]);
    expect(result.diagnostics).toMatchObject([{ severity: 'note' }]);
    expect(result.diagnostics[0]?.message).toContain('a probe');
    expect(result.ours).toBe(true);
  });

  it.each([
    ['sh'],
    ['sh -c "$1"'],
    ["sh -c 'true; agent'"],
    ['sh -c "true $(agent)"'],
    ['"$CMD"'],
    ['"$@"'],
    ['claude -p "do it" --version'],
    ['$X true'],
  ])('of `%s` it is not', (command) => {
    expect(auditText('bwrap', `bwrap --ro-bind / / ${command}`).result.sandboxes).toHaveLength(1);
  });

  it('in one branch alone is a sandbox', () => {
    const script = 'C=(true); [ -n "$RUN" ] && C=(agent)\nbwrap --ro-bind / / "${C[@]}"';
    expect(auditText('bwrap', script).result.sandboxes).toHaveLength(1);
  });

  it('of sandbox-exec leaves the profile to be judged by itself', () => {
    const project = memoryProject({
      'p.sb': '(version 1)(allow default)',
      'run.sh': 'sandbox-exec -f p.sb /usr/bin/true || exit 1',
    });
    const result = sandboxExecFrontend.audit(project.source('run.sh'), project);
    expect([result.sandboxes, result.absorbs]).toEqual([[], []]);
    expect(result.diagnostics).toMatchObject([{ severity: 'note' }]);
  });
});

describe('a line without any mount', () => {
  it('starts nothing, and says nothing of the script', () => {
    const { result, findings } = auditText(
      'bwrap',
      'bwrap image inspect x\nbwrap --unshare-all --dev /dev sh',
    );
    expect([result.sandboxes.length, findings.length]).toEqual([0, 0]);
    expect(result.diagnostics.map(({ severity }) => severity)).toEqual(['note', 'note']);
  });

  it('is one where options are unknown, or a file is brought in', () => {
    for (const line of [
      'bwrap $OPTS sh',
      'bwrap --ro-bind-data 9 /sh /sh',
      'bwrap --overlay-src / --ro-overlay / sh',
    ])
      expect(callIn(line).refusals.filter(({ doubtful }) => doubtful)).toEqual([]);
  });

  const run = (words: string) => spawnSync('bwrap', words.split(' '), { encoding: 'utf8', timeout: 10_000 });
  const works = run('--ro-bind / / true').status === 0;
  it.skipIf(!works)('is refused by bwrap itself', () => {
    for (const words of ['sh', '--unshare-all sh', '--tmpfs /tmp --dev /dev /bin/sh']) {
      expect(run(words).status).not.toBe(0);
      expect(callIn(`bwrap ${words}`).refusals).toMatchObject([{ doubtful: true }]);
    }
  });
});
