import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** The sandbox has the network of the host instead of one of its own. */
export default defineRule({
  id: 'host-network',
  title: 'Network of the host',
  summary: 'Code inside reaches everything that the host reaches, services on its loopback included.',
  axis: 'network',
  severity: 'high',
  gives: ['host-network', 'internet'],
  references: { cis: ['5.10'], owasp: ['5'], attack: ['T1046', 'T1040'], cwe: [668] },
  check(sandbox, report) {
    const { egress, abstractSockets } = sandbox.network;
    if (!surely(egress, (way) => way.kind === 'host')) return;
    const sockets =
      abstractSockets.verdict === 'yes'
        ? ' The abstract sockets of the desktop, such as X11’s, come with it.'
        : '';
    report({
      at: egress.origin,
      evidence:
        egress.origin.kind === 'default'
          ? 'nothing gives the sandbox a network of its own, so it shares the network of the host'
          : 'the sandbox shares the network of the host',
      consequence: `Code inside can talk to databases, development servers and debuggers that listen on localhost only.${sockets}`,
      remedy: 'Give it a network of its own, and publish the ports that you need on 127.0.0.1.',
      gains: [
        { outcome: 'host-network', certainty: 'direct' },
        { outcome: 'internet', certainty: 'direct' },
      ],
      assumes: egress.assumes ?? [],
      subject: 'host',
    });
  },
});
