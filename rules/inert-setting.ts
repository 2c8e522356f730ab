import { defineRule } from '../src/model/rule.ts';

/** A protection that was written down, and that nobody puts in place. */
export default defineRule({
  id: 'inert-setting',
  title: 'Setting without effect',
  summary:
    'A protection that the definition seems to have does not exist, and code inside is not stopped by it.',
  axis: 'host',
  severity: 'medium',
  gives: [],
  references: { attack: ['T1562.001'], cwe: [693] },
  check(sandbox, report) {
    for (const { setting, why, instead, origin } of sandbox.inert) {
      report({
        at: origin,
        evidence: `${setting} has no effect: ${why}`,
        consequence: 'What it seems to forbid is possible all the same.',
        remedy: `${instead.charAt(0).toUpperCase()}${instead.slice(1).replace(/\.$/, '')}.`,
        severity: 'medium',
        subject: setting,
      });
    }
  },
});
