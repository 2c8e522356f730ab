import type { CapabilityCondition } from '../src/knowledge/capabilities.ts';
import { capabilitiesReachHost } from '../src/model/authority.ts';
import { capabilityReach, grantedCapabilities } from '../src/model/capability-reach.ts';
import { defineRule, type Match } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import type { Origin } from '../src/model/value.ts';

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
      report({
        at: origin,
        ...howGranted(sandbox, name, origin, reach.together),
        consequence: `Code inside can ${reach.lets}.`,
        gains: [reach.gain],
        // AppArmor, which only the host can tell, still forbids mounting to it.
        ...(name === 'SYS_ADMIN' && reach.together === null ? { confidence: 'medium' as const } : {}),
        assumes: reach.assumes,
        subject: name,
      });
    }
  },
});

/** What grants it: sudo, root that nothing takes it from, or the word of somebody. */
function howGranted(
  sandbox: Sandbox,
  name: string,
  origin: Origin,
  together: CapabilityCondition | null,
): Pick<Match, 'evidence' | 'remedy'> {
  if (sandbox.privilege.sudo.because.includes(origin)) {
    return {
      evidence: 'sudo makes it root of the host, with every capability',
      remedy: 'Take sudo from the account, or allow it the one command that the task needs.',
    };
  }
  const isWritten = sandbox.privilege.capabilities?.added.some((one) => one.name === name);
  if (isWritten === false) {
    const how = sandbox.format === 'bwrap' ? 'Add `--cap-drop ALL`' : 'Drop all capabilities inside';
    return {
      evidence: 'root starts the sandbox, and nothing takes its capabilities away',
      remedy: `${how}, or start it as an ordinary user.`,
    };
  }
  const beside = together === null ? '' : ` ${TOGETHER[together]}`;
  return {
    evidence: `the capability \`${name}\` is granted${beside}`,
    remedy: `Remove \`${name}\`; where one program needs it, give it to that program in a container of its own.`,
  };
}
