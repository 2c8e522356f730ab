import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** The sandbox's own programs can be changed from inside. */
export default defineRule({
  id: 'writable-root-filesystem',
  title: 'Writable root file system',
  summary: 'Hostile code can replace the programs that later tasks inside will run.',
  axis: 'persistence',
  severity: 'low',
  gives: [],
  setting: 'read-only-root',
  hardening: true,
  references: { cis: ['5.13'], owasp: ['8'], attack: ['T1554'], cwe: [732] },
  check(sandbox, report) {
    const readOnly = sandbox.lifetime.readOnlyRoot;
    if (readOnly === null || !surely(readOnly, (value) => !value)) return;
    report({
      at: readOnly.origin,
      evidence:
        readOnly.origin.kind === 'explicit'
          ? 'the root file system is made writable'
          : 'the root file system is writable',
      consequence:
        'Code inside can replace a program, and whoever runs it next in there runs the replacement.',
      remedy: 'Make the root file system read-only, with a temporary file system of limited size for `/tmp`.',
      severity: 'low',
      subject: 'root',
    });
  },
});
