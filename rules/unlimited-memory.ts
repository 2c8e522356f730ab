import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Nothing bounds the memory that code inside can take. */
export default defineRule({
  id: 'unlimited-memory',
  title: 'No memory limit',
  summary: 'Code inside can take all memory of the host, until the host kills other programs.',
  axis: 'limits',
  severity: 'medium',
  gives: ['exhaustion'],
  setting: 'memory-limit',
  hardening: true,
  references: { cis: ['5.11'], owasp: ['7'], attack: ['T1499'], cwe: [770] },
  check(sandbox, report) {
    const { memory, expressible } = sandbox.limits;
    if (!surely(memory, (limit) => limit.amount === null)) return;
    report({
      at: memory.origin,
      evidence:
        memory.origin.kind === 'default' ? 'no memory limit is set' : 'the memory limit is switched off',
      consequence:
        'A loop that allocates takes the memory of the whole host, by accident as well as by intent.',
      remedy: expressible
        ? 'Set a limit that the task can live with, such as 4 GiB.'
        : 'Start it under a limit, for example with `systemd-run --scope -p MemoryMax=4G`.',
      gains: [{ outcome: 'exhaustion', certainty: 'direct' }],
      severity: expressible ? 'medium' : 'info',
      intents: [{ kind: 'limit', resource: 'memory', value: '4g' }],
    });
  },
});
