import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** sudo and every other program with the setuid bit works inside. */
export default defineRule({
  id: 'privilege-escalation',
  title: 'No-new-privileges not set',
  summary: 'Code inside becomes root there by sudo, or by an error in any program with the setuid bit.',
  axis: 'host',
  severity: 'low',
  gives: [],
  setting: 'no-new-privileges',
  hardening: true,
  references: {
    cis: ['5.26'],
    owasp: ['4'],
    attack: ['T1548.001', 'T1548.003'],
    cwe: [269],
    links: ['https://docs.kernel.org/userspace-api/no_new_privs.html'],
  },
  check(sandbox, report) {
    const { noNewPrivileges } = sandbox.privilege;
    if (sandbox.boundary !== 'container' || noNewPrivileges === null) return;
    if (!surely(noNewPrivileges, (on) => !on)) return;
    report({
      at: noNewPrivileges.origin,
      evidence:
        noNewPrivileges.origin.kind === 'default'
          ? 'no-new-privileges is not set'
          : 'no-new-privileges is switched off',
      consequence: 'An ordinary user inside can become root there, by sudo or a program with the setuid bit.',
      remedy: 'Add the security option `no-new-privileges:true`; the task can then not use sudo.',
      severity: 'low',
      intents: [{ kind: 'no-new-privileges' }],
    });
  },
});
