/** What to fix first in the command line of a launcher, and what is left that no edit of it changes. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { judge } from '../../src/engine/findings.ts';
import { radiiOf } from '../../src/engine/radius.ts';
import { sandboxExecFrontend } from '../../src/frontends/seatbelt/sandbox-exec.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { auditText } from '../support/audit-text.ts';
import { memoryProject } from '../support/memory-project.ts';

function radiusOf(format: string, text: string) {
  const [sandbox] = auditText(format, text).result.sandboxes;
  if (sandbox === undefined) throw new Error('no sandbox');
  const { findings, evidence } = judge([sandbox], RULES);
  const again = (revised: Sandbox) => judge([revised], RULES).evidence.get(revised.id) ?? [];
  const [radius] = radiiOf([{ sandbox, evidence: evidence.get(sandbox.id) ?? [] }], again);
  if (radius === undefined) throw new Error('no radius');
  const ruleOf = (id: string): string => findings.find((finding) => finding.id === id)?.rule.id ?? id;
  return {
    ...radius,
    first: radius.fixFirst.map(({ findings: ids }) => ids.map(ruleOf).sort()),
  };
}

const bwrap = (options: string) => radiusOf('bwrap', `bwrap ${options} -- agent`);
const CLOSED = '--ro-bind /usr /usr --proc /proc --dev /dev';

describe('an edit of a bwrap line', () => {
  it.each([
    ['a session of its own', '--unshare-all --clearenv --as-pid-1', 'terminal-injection'],
    ['processes of its own', '--unshare-net --new-session --clearenv', 'host-pid-namespace'],
    ['an environment of its own', '--unshare-all --new-session', 'inherited-environment'],
    ['a network of its own', '--unshare-pid --as-pid-1 --new-session --clearenv', 'host-network'],
  ])('gives it %s, and names the finding', (_, options, rule) => {
    const { first, fixFirst, score } = bwrap(`${CLOSED} ${options}`);
    expect(first.flat()).toContain(rule);
    expect(first.every((rules) => rules.length > 0)).toBe(true);
    expect(Math.min(...fixFirst.map(({ scoreAfter }) => scoreAfter))).toBeLessThan(score);
  });

  it('hides the processes of the host that the whole disk brings along', () => {
    const { best } = bwrap('--ro-bind / / --dev /dev --unshare-net --new-session --unshare-ipc');
    expect(best?.leaves).not.toMatch(/processes of the host|terminal|runs commands/);
  });

  it('leaves nothing of what options close', () => {
    const { best } = bwrap('--ro-bind / / --dev /dev --proc /proc');
    expect(best?.leaves).not.toMatch(/^host: (?:sees|runs|types)|^credentials|^network: reaches/);
  });
});

describe('an edit of a sandbox-exec line', () => {
  it('empties the environment, and keeps that through edits of the profile', () => {
    const project = memoryProject({
      'run.sh': `sandbox-exec -p '(version 1)(deny default)(allow network*)' agent`,
    });
    const [sandbox] = sandboxExecFrontend.audit(project.source('run.sh'), project).sandboxes;
    const [rule] = sandbox?.network.egress.known === true ? [sandbox.network.egress.origin.place] : [];
    const emptied = sandbox?.revise({ kind: 'harden', setting: 'empty-environment' });
    expect(emptied?.environment.inheritsAll).toBeNull();
    const closed = rule === undefined ? null : emptied?.revise({ kind: 'remove', place: rule });
    expect(closed?.environment.inheritsAll).toBeNull();
    expect(closed?.network.egress).toMatchObject({ value: { kind: 'none' } });
  });
});
