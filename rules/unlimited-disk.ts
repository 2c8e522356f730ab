import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Storage of the host that can be filled from inside. */
export default defineRule({
  id: 'unlimited-disk',
  title: 'No limit on storage',
  summary: 'Code inside can fill the disk, or the memory behind a temporary file system, of the host.',
  axis: 'limits',
  severity: 'info',
  gives: ['exhaustion'],
  hardening: true,
  references: { owasp: ['7'], attack: ['T1499'], cwe: [770] },
  check(sandbox, report) {
    const { disk } = sandbox.limits;
    if (!surely(disk, (limit) => limit.amount === null)) return;
    report({
      at: disk.origin,
      evidence:
        disk.origin.kind === 'explicit'
          ? 'nothing bounds how much can be written here'
          : 'nothing bounds how much can be written to the root file system',
      consequence: 'Code inside can write until the disk or the memory of the host is full.',
      remedy: 'Make the root file system read-only, and give each temporary file system a size.',
      gains: [{ outcome: 'exhaustion', certainty: 'direct' }],
      severity: 'info',
      subject: 'disk',
    });
  },
});
