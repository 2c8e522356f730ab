import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Nothing stands between the sandbox and the internet. */
export default defineRule({
  id: 'open-egress',
  title: 'Open way out to the internet',
  summary: 'Code inside can send whatever it reads to any address, and fetch whatever it wants to run next.',
  axis: 'network',
  severity: 'medium',
  gives: ['internet'],
  setting: 'network-allow-list',
  references: { owasp: ['5'], attack: ['T1567', 'T1041', 'T1048'], cwe: [923] },
  check(sandbox, report) {
    const { egress, metadata } = sandbox.network;
    if (!surely(egress, (way) => way.kind === 'open')) return;
    const cloud =
      metadata.verdict === 'yes' ? ', and on a cloud machine ask its metadata address for credentials' : '';
    report({
      at: egress.origin,
      evidence:
        egress.origin.kind === 'explicit'
          ? 'this network leads to the internet'
          : 'nothing narrows the network',
      consequence: `Code inside can send what it reads to anyone and fetch the next stage of an attack${cloud}.`,
      remedy:
        'Take the network away, or leave an internal network alone whose only other member is a proxy with an allow-list.',
      gains: [{ outcome: 'internet', certainty: 'direct' }],
      // A database or a proxy beside the sandbox is expected to have a network.
      ...(sandbox.role.kind === 'service' ? { severity: 'info' as const } : {}),
      assumes: egress.assumes ?? [],
      subject: 'egress',
    });
  },
});
