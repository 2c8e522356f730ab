import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Nothing bounds the number of processes that code inside can start. */
export default defineRule({
  id: 'unlimited-processes',
  title: 'No limit on processes',
  summary: 'Code inside can start processes until nothing on the host can start any more.',
  axis: 'limits',
  severity: 'medium',
  gives: ['exhaustion'],
  setting: 'process-limit',
  hardening: true,
  references: { cis: ['5.29'], owasp: ['7'], attack: ['T1499.001'], cwe: [770] },
  check(sandbox, report) {
    const { processes, expressible } = sandbox.limits;
    if (!surely(processes, (limit) => limit.amount === null)) return;
    report({
      at: processes.origin,
      evidence:
        processes.origin.kind === 'default'
          ? 'no limit on the number of processes is set'
          : 'the limit on processes is switched off',
      consequence:
        'A script that starts itself twice, on purpose or by mistake, takes the host down in seconds.',
      remedy: expressible
        ? 'Set a limit on processes, such as 512.'
        : 'Start it under a limit, for example with `systemd-run --scope -p TasksMax=512`.',
      gains: [{ outcome: 'exhaustion', certainty: 'direct' }],
      severity: expressible ? 'medium' : 'info',
      intents: [{ kind: 'limit', resource: 'processes', value: '512' }],
      subject: 'processes',
    });
  },
});
