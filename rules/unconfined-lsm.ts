import { rootForKernel } from '../src/model/authority.ts';
import { defineRule, type Match } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { surely } from '../src/model/value.ts';

/** AppArmor, SELinux, the masked paths of /proc and read-only control groups stop what capabilities alone would allow. */
export default defineRule({
  id: 'unconfined-lsm',
  title: 'AppArmor, SELinux or masked paths switched off',
  summary:
    'Code inside reaches kernel settings and files of the host that a second lock would have kept shut.',
  axis: 'host',
  severity: 'medium',
  gives: ['kernel-surface', 'host-root', 'denial-of-service'],
  references: {
    cis: ['5.2', '5.3'],
    owasp: ['6'],
    attack: ['T1562.001', 'T1611'],
    cwe: [693],
    links: ['https://docs.docker.com/engine/security/apparmor/'],
  },
  check(sandbox, report) {
    const { confinement, privileged } = sandbox.privilege;
    // Privileged switches all of them off, and is reported as what it is.
    if (confinement === null || (privileged !== null && surely(privileged, (on) => on))) return;
    const { appArmor, seLinux, maskedPaths, writableControlGroups } = confinement;
    if (surely(appArmor, (profile) => profile === 'unconfined')) {
      report({
        at: appArmor.origin,
        evidence: 'AppArmor is switched off for the container',
        consequence:
          'Code inside that holds a capability for it can mount, and write to kernel settings below /proc.',
        ...REST,
        subject: 'apparmor',
      });
    }
    if (surely(seLinux, (label) => label === 'disabled') && !followsNamespace(sandbox)) {
      report({
        at: seLinux.origin,
        evidence: `SELinux is switched off for the container${seLinux.origin.note === undefined ? '' : `: ${seLinux.origin.note}`}`,
        consequence:
          'On hosts with SELinux, code inside reaches every mounted file that its user may, whatever its label.',
        ...REST,
        remedy: 'Remove it, and label the mount with `:z` or `:Z` instead.',
        subject: 'selinux',
      });
    }
    if (surely(maskedPaths, (masked) => !masked)) {
      report({
        at: maskedPaths.origin,
        evidence: 'the protected paths of /proc and /sys are open',
        consequence:
          'Root inside can name a program that the kernel runs as root on the host at the next crash.',
        ...REST,
        gains: [
          {
            outcome: rootForKernel(sandbox).verdict === 'no' ? 'kernel-surface' : 'host-root',
            certainty: 'assumed',
          },
        ],
        assumes: ['AppArmor does not deny it on the host'],
        subject: 'masked-paths',
      });
    }
    if (writableControlGroups !== undefined) {
      const isRoot = rootForKernel(sandbox).verdict !== 'no';
      report({
        at: writableControlGroups,
        evidence: 'the control groups of the container are writable',
        consequence: isRoot
          ? 'Root inside lifts its own limits, and under the first version of control groups names a program that the host runs as root.'
          : 'Code inside that becomes root lifts its own limits.',
        remedy: 'Remove it, and give a nested engine a machine of its own.',
        gains: [{ outcome: isRoot ? 'host-root' : 'denial-of-service', certainty: 'assumed' }],
        severity: 'medium',
        assumes: isRoot ? ['the host uses the first version of control groups'] : [],
        subject: 'control-groups',
      });
    }
  },
});

const REST = {
  remedy: 'Remove it; if one program needs more, give the container a profile that allows just that.',
  gains: [{ outcome: 'kernel-surface', certainty: 'direct' }],
  severity: 'medium',
} as const satisfies Pick<Match, 'remedy' | 'gains' | 'severity'>;

/** A shared namespace switches SELinux off as well (moby daemon/create.go): those rules say so. */
function followsNamespace({ privilege: { confinement, namespaces } }: Sandbox): boolean {
  if (confinement?.seLinux.origin.kind !== 'implied' || namespaces === null) return false;
  return [namespaces.pid, namespaces.ipc].some((value) => surely(value, (sharing) => sharing === 'host'));
}
