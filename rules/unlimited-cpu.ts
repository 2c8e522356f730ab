import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Nothing bounds the processor time that code inside can take. */
export default defineRule({
  id: 'unlimited-cpu',
  title: 'No processor limit',
  summary: 'Code inside can keep every processor of the host busy, for instance with mining.',
  axis: 'limits',
  severity: 'low',
  gives: ['exhaustion'],
  setting: 'cpu-limit',
  hardening: true,
  references: { cis: ['5.12'], owasp: ['7'], attack: ['T1496'], cwe: [770] },
  check(sandbox, report) {
    const { cpu, expressible } = sandbox.limits;
    if (!surely(cpu, (limit) => limit.amount === null)) return;
    report({
      at: cpu.origin,
      evidence:
        cpu.origin.kind === 'default' ? 'no processor limit is set' : 'the processor limit is switched off',
      consequence: 'Code inside can keep all processors busy, and slow down everything else on the host.',
      remedy: expressible
        ? 'Set a limit below the number of processors of the host, such as 2.'
        : 'Start it under a limit, for example with `systemd-run --scope -p CPUQuota=200%`.',
      gains: [{ outcome: 'exhaustion', certainty: 'direct' }],
      severity: expressible ? 'low' : 'info',
      intents: [{ kind: 'limit', resource: 'cpu', value: '2' }],
      subject: 'cpu',
    });
  },
});
