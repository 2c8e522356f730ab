import { exfiltrationRow } from '../src/knowledge/exfiltration.ts';
import { isMetadataAddress } from '../src/knowledge/system-hosts.ts';
import type { EgressHole } from '../src/model/network.ts';
import { defineRule } from '../src/model/rule.ts';

/** What the network's control lets through is enough to send data out. */
export default defineRule({
  id: 'broad-allowlist',
  title: 'Allow-list with a way out',
  summary: 'Code inside can send data out through hosts or protocols that are let through.',
  axis: 'network',
  severity: 'medium',
  gives: ['allow-list-hole'],
  references: { attack: ['T1567.001', 'T1071.004', 'T1048.003', 'T1572'], cwe: [923] },
  check(sandbox, report) {
    const { egress } = sandbox.network;
    if (!egress.known || egress.value.kind !== 'limited') return;
    const { hosts, holes } = egress.value.control;
    for (const { host, origin } of hosts ?? []) {
      const row = isMetadataAddress(host) ? null : exfiltrationRow(host);
      if (row === null) continue;
      report({
        at: origin,
        evidence: `the allow-list lets \`${host}\` through (${row.title})`,
        consequence: `Code inside can ${row.how}${row.needs === 'account' ? ', with an account that it brings along' : ''}.`,
        remedy: 'Name a narrower host, or let a proxy allow only the requests that the task needs.',
        gains: [{ outcome: 'allow-list-hole', certainty: 'direct' }],
        subject: host,
      });
    }
    for (const { kind, text, origin } of holes) {
      // The network of the host is reported by `host-loopback`.
      if (kind === 'host-network') continue;
      report({
        at: origin,
        evidence: `\`${text}\` leaves a ${hosts?.length === 0 ? 'way out, though no host is let through' : 'hole beside the allow-list'}`,
        consequence: `${HOLES[kind]}.`,
        remedy: 'Close it, and let a proxy resolve names and open connections.',
        gains: [{ outcome: 'allow-list-hole', certainty: 'direct' }],
        subject: kind,
      });
    }
  },
});

const HOLES: Readonly<Record<Exclude<EgressHole['kind'], 'host-network'>, string>> = {
  dns: 'Code inside can send data piece by piece in the names that it asks any server to resolve',
  ssh: 'Code inside can open SSH connections to any host, and send anything through them',
  ipv6: 'Code inside can go round the control over IPv6, which it does not cover',
  'any-port': 'Code inside can reach any address on the ports that are let through',
  late: 'Code inside that starts before the control does finds an open network',
  established: 'Connections that were opened before the control started stay open',
  'admin-port': 'Code inside can change the rules through the port by which the control is administered',
};
