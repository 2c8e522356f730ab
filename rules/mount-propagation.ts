import { rootForKernel } from '../src/model/authority.ts';
import { canAdminister } from '../src/model/capability-reach.ts';
import { defineRule } from '../src/model/rule.ts';

/** What is mounted inside appears on the host as well. */
export default defineRule({
  id: 'mount-propagation',
  title: 'Mount propagated back to the host',
  summary: 'What code inside mounts there appears in the host’s own directory tree.',
  axis: 'host',
  severity: 'medium',
  gives: ['host-write'],
  references: {
    cis: ['5.20'],
    owasp: ['8'],
    attack: ['T1611'],
    cwe: [668],
    links: ['https://man7.org/linux/man-pages/man7/mount_namespaces.7.html'],
  },
  check(sandbox, report) {
    const mounts = canAdminister(sandbox.privilege) && rootForKernel(sandbox).verdict !== 'no';
    for (const grant of sandbox.files.grants) {
      if (grant.propagation !== 'shared') continue;
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` is mounted with shared propagation`,
        consequence:
          'Code inside that can mount puts files of its own over those that programs of the host use there.',
        remedy:
          'Remove the propagation option, or use `rslave`, which works from the host to the container alone.',
        gains: [{ outcome: 'host-write', certainty: mounts ? 'direct' : 'assumed' }],
        assumes: mounts ? [] : ['code inside gains the right to mount'],
        subject: grant.target ?? grant.text,
      });
    }
  },
});
