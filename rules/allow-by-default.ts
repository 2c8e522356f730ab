import { assetsOf } from '../src/knowledge/assets/index.ts';
import { homePath, hostPath } from '../src/model/host-path.ts';
import { openings, surest } from '../src/model/opening.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

/** A list of what is forbidden is never complete; a list of what is allowed is. */
export default defineRule({
  id: 'allow-by-default',
  title: 'Everything allowed that is not forbidden',
  summary: 'Code inside may do whatever nobody thought of forbidding, writing your start-up files included.',
  axis: 'host',
  severity: 'critical',
  gives: ['home-write', 'disk-read', 'credential'],
  formats: ['seatbelt', 'bwrap'],
  references: {
    attack: ['T1611', 'T1546.004'],
    cwe: [276, 184],
    links: ['https://github.com/containers/bubblewrap/blob/main/README.md#sandboxing'],
  },
  check(sandbox, report) {
    const { openByDefault } = sandbox.files;
    if (openByDefault === null) return;
    const writes = writesStartUp(sandbox);
    report({
      at: openByDefault,
      evidence: 'what is not forbidden by name is allowed',
      consequence: writes
        ? 'Code inside can plant commands in your home directory that your next shell runs, and read all of it.'
        : 'Code inside can do whatever the list of exceptions forgets, and the list has to be complete.',
      remedy: `Start from nothing, ${sandbox.format === 'seatbelt' ? 'with `(deny default)`' : 'without a bind of `/`'}, and allow what the task needs.`,
      gains: gainsFrom(sandbox, writes),
      subject: 'default',
    });
  },
});

function writesStartUp({ files }: Sandbox): boolean {
  return ['.zshrc', '.bashrc', '.profile', 'Library/LaunchAgents'].some(
    (name) => files.can('write', homePath(name)).verdict === 'yes',
  );
}

function gainsFrom(sandbox: Sandbox, writes: boolean): Gain[] {
  const gains: Gain[] = [{ outcome: 'kernel-surface', certainty: 'assumed' }];
  if (writes) gains.push({ outcome: 'home-write', certainty: 'next' });
  if (['/', '/etc/hosts'].some((path) => sandbox.files.can('read', hostPath(path, '')).verdict === 'yes')) {
    gains.push({ outcome: 'disk-read', certainty: 'direct' });
  }
  if (sandbox.files.can('read', homePath()).verdict === 'yes') {
    gains.push({ outcome: 'home-read', certainty: 'direct' });
  }
  for (const { exposures } of openings(sandbox, assetsOf('credential-mount'), ['read'])) {
    gains.push(...exposures.map(({ gain }) => gain));
  }
  return surest(gains);
}
