import type { CapabilityCondition } from '../src/knowledge/capabilities.ts';
import { capabilitiesReachHost } from '../src/model/authority.ts';
import { capabilityReach, grantedCapabilities } from '../src/model/capability-reach.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

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
      // Nobody wrote what root keeps.
      const isKept = sandbox.privilege.capabilities?.added.every((one) => one.name !== name) === true;
      const beside = reach.together === null ? '' : ` ${TOGETHER[reach.together]}`;
      report({
        at: origin,
        evidence: isKept ? KEPT : `the capability \`${name}\` is granted${beside}`,
        consequence: `Code inside can ${reach.lets}.`,
        remedy: isKept ? drop(sandbox) : remove(name),
        gains: [reach.gain],
        // AppArmor, which only the host can tell, still forbids mounting to it.
        ...(name === 'SYS_ADMIN' && reach.together === null ? { confidence: 'medium' as const } : {}),
        assumes: reach.assumes,
        subject: name,
      });
    }
  },
});

const KEPT = 'root starts the sandbox, and nothing takes its capabilities away';

function drop({ format }: Sandbox): string {
  const how = format === 'bwrap' ? 'Add `--cap-drop ALL`' : 'Drop all capabilities inside';
  return `${how}, or start it as an ordinary user.`;
}

function remove(name: string): string {
  return `Remove \`${name}\`; where one program needs it, give it to that program in a container of its own.`;
}
