import type { CapabilityCondition } from '../src/knowledge/capabilities.ts';
import { capabilitiesReachHost } from '../src/model/authority.ts';
import { capabilityReach, grantedCapabilities } from '../src/model/capability-reach.ts';
import { defineRule } from '../src/model/rule.ts';

const TOGETHER: Readonly<Record<CapabilityCondition, string>> = {
  'pid-host': "beside the host's processes",
  'network-host': "on the host's network",
  'apparmor-unconfined': 'with AppArmor switched off',
  'device-memory': 'beside a device of physical memory',
  'capability-PERFMON': 'beside PERFMON',
};

/** A capability is a piece of root's power; some pieces are as good as the whole. */
export default defineRule({
  id: 'dangerous-capability',
  title: 'Capability that reaches the host',
  summary: 'Code inside holds a piece of the power of root that the host does not keep apart.',
  axis: 'host',
  severity: 'high',
  gives: [
    'host-root',
    'host-memory',
    'host-control',
    'host-data',
    'disk-read',
    'kernel-surface',
    'denial-of-service',
  ],
  references: {
    cis: ['5.4'],
    owasp: ['3'],
    attack: ['T1611', 'T1068'],
    cwe: [250],
    links: ['https://man7.org/linux/man-pages/man7/capabilities.7.html'],
  },
  check(sandbox, report) {
    if (capabilitiesReachHost(sandbox) === 'no') return;
    for (const { name, origin } of grantedCapabilities(sandbox)) {
      const reach = capabilityReach(sandbox, name);
      if (reach === null) continue;
      // Who may use sudo has what root has.
      const bySudo = sandbox.privilege.sudo.because.includes(origin);
      const beside = reach.together === null ? '' : ` ${TOGETHER[reach.together]}`;
      report({
        at: origin,
        evidence: bySudo
          ? 'sudo makes it root of the host, with every capability'
          : `the capability \`${name}\` is granted${beside}`,
        consequence: `Code inside can ${reach.lets}.`,
        remedy: bySudo
          ? 'Take sudo from the account, or allow it the one command that the task needs.'
          : `Remove \`${name}\`; where one program needs it, give it to that program in a container of its own.`,
        gains: [reach.gain],
        // AppArmor, which only the host can tell, still forbids mounting to it.
        ...(name === 'SYS_ADMIN' && reach.together === null ? { confidence: 'medium' as const } : {}),
        assumes: reach.assumes,
        subject: name,
      });
    }
  },
});
