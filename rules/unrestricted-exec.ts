import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** A profile may narrow which programs start; most do not, and for a coding agent it is seldom possible. */
export default defineRule({
  id: 'unrestricted-exec',
  title: 'Any program may be started',
  summary: 'Code inside starts whatever program it finds or writes, within the same sandbox.',
  axis: 'host',
  severity: 'info',
  gives: [],
  hardening: true,
  formats: ['seatbelt'],
  references: { attack: ['T1059'], cwe: [693] },
  check(sandbox, report) {
    const execution = sandbox.services?.execution;
    if (execution === undefined || !surely(execution, (programs) => programs === 'any')) return;
    report({
      at: execution.origin,
      evidence: 'programs may be started that code inside has written itself',
      consequence: 'Code inside starts what it has just written; the profile holds for that program too.',
      remedy:
        'Allow the directories of the tools that the task needs, if it can do without its own programs.',
      severity: 'info',
      assumes: execution.assumes ?? [],
    });
  },
});
