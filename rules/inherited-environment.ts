import { defineRule } from '../src/model/rule.ts';
import type { Origin } from '../src/model/value.ts';

/** Whatever the caller's shell holds is visible inside. */
export default defineRule({
  id: 'inherited-environment',
  title: 'Whole environment of the host inside',
  summary: 'Code inside reads every variable of the shell that started it, tokens included.',
  axis: 'credentials',
  severity: 'medium',
  gives: ['credential'],
  references: { owasp: ['12'], attack: ['T1552'], cwe: [526, 668] },
  check(sandbox, report) {
    const { inheritsAll, leftIn } = sandbox.environment;
    if (inheritsAll === null) return;
    report({
      at: inheritsAll,
      evidence: leftIn?.evidence ?? handedOn(inheritsAll),
      consequence:
        'Code inside can read each token, password and address that your shell has in its variables.',
      remedy:
        leftIn?.remedy ??
        'Start from an empty environment, and set the variables that the task needs by name.',
      gains: [{ outcome: 'credential:environment', certainty: 'assumed' }],
      assumes: ['the shell that starts it has a secret in its environment'],
      subject: 'environment',
      ...(inheritsAll.kind === 'default' ? { setting: 'empty-environment' } : {}),
    });
  },
});

function handedOn({ kind }: Origin): string {
  return kind === 'explicit'
    ? 'the whole environment of the caller is handed in here'
    : 'nothing clears the environment of the caller';
}
