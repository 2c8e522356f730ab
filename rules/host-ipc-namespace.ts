import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Shared memory and message queues of programs on the host. */
export default defineRule({
  id: 'host-ipc-namespace',
  title: 'Shared memory of the host reachable',
  summary: 'Code inside reads and changes memory that programs of the host share with each other.',
  axis: 'host',
  severity: 'medium',
  gives: ['host-data'],
  references: {
    cis: ['5.17'],
    owasp: ['6'],
    attack: ['T1611'],
    cwe: [668],
    links: ['https://man7.org/linux/man-pages/man7/ipc_namespaces.7.html'],
  },
  check(sandbox, report) {
    // Bare namespaces share it wherever nothing is said: a note of `missing-namespace`.
    if (sandbox.boundary !== 'container') return;
    const ipc = sandbox.privilege.namespaces?.ipc;
    if (ipc === undefined || !surely(ipc, (sharing) => sharing === 'host')) return;
    report({
      at: ipc.origin,
      evidence: "the container shares the host's namespace of shared memory and message queues",
      consequence:
        'Code inside can read and change memory that databases, browsers and the desktop of the host share; it also switches SELinux off.',
      remedy:
        'Remove it; two containers that must share memory can use `shareable` and `container:` instead.',
      gains: [{ outcome: 'host-data', certainty: 'direct' }],
      ...(ipc.assumes === undefined ? {} : { assumes: ipc.assumes }),
    });
  },
});
