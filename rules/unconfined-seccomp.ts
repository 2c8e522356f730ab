import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Without the filter every system call of the kernel is there to be attacked. */
export default defineRule({
  id: 'unconfined-seccomp',
  title: 'System-call filter switched off',
  summary: 'Code inside uses system calls that most escapes from containers begin with.',
  axis: 'host',
  severity: 'medium',
  gives: ['kernel-surface'],
  references: {
    cis: ['5.22'],
    owasp: ['6'],
    attack: ['T1068', 'T1611'],
    cwe: [693],
    links: ['https://docs.docker.com/engine/security/seccomp/'],
  },
  check(sandbox, report) {
    const { confinement, privileged } = sandbox.privilege;
    if (confinement === null || !surely(confinement.seccomp, (filter) => filter === 'unconfined')) return;
    // Privileged switches it off as well, and is reported as what it is.
    if (privileged !== null && surely(privileged, (on) => on)) return;
    const { origin, assumes = [] } = confinement.seccomp;
    report({
      at: origin,
      evidence: `the filter of system calls is switched off${origin.note === undefined ? '' : `: ${origin.note}`}`,
      consequence:
        'Code inside can make namespaces of its own and reach kernel code in which errors are found every year.',
      remedy: 'Remove it: debuggers work with the default filter, which allows ptrace.',
      gains: [{ outcome: 'kernel-surface', certainty: 'direct' }],
      severity: 'medium',
      assumes,
    });
  },
});
