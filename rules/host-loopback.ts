import { hostServiceIn } from '../src/model/host-services.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { type Origin, surely } from '../src/model/value.ts';

/** What listens on the host answers the sandbox, although it has a network of its own. */
export default defineRule({
  id: 'host-loopback',
  title: 'Services of the host in reach',
  summary: 'Code inside can talk to programs that listen on the host.',
  axis: 'network',
  severity: 'low',
  gives: ['host-loopback'],
  references: { owasp: ['5'], attack: ['T1046'], cwe: [668] },
  check(sandbox, report) {
    const { egress, hostLoopback } = sandbox.network;
    // The whole network of the host is another rule's.
    if (surely(egress, (way) => way.kind === 'host')) return;
    const service = hostServiceIn(sandbox.environment);
    const listens = service === null ? '' : `, where \`${service.variable.name}\` finds ${service.title}`;
    for (const { at, related, what } of waysToHost(sandbox)) {
      report({
        at,
        related: service === null ? related : [...related, service.variable.origin],
        evidence: `${what}${listens}`,
        consequence:
          'Code inside can talk to programs that listen on the host, many of which ask for no password.',
        remedy:
          'Remove the way to the host if nothing needs it, and let programs of the host listen on 127.0.0.1.',
        gains: [{ outcome: 'host-loopback', certainty: service === null ? 'assumed' : 'direct' }],
        severity: sandbox.role.kind === 'service' ? 'info' : service === null ? 'low' : 'medium',
        assumes: [
          ...(hostLoopback.assumes ?? []),
          ...(service === null ? ['something listens on an address of the host that it can reach'] : []),
        ],
        subject: 'host',
      });
    }
  },
});

interface Way {
  readonly at: Origin;
  readonly related: readonly Origin[];
  readonly what: string;
}

function waysToHost({ network }: Sandbox): Way[] {
  const { egress, hostLoopback } = network;
  const ways: Way[] = [];
  const [at, ...related] = hostLoopback.because;
  if (hostLoopback.verdict === 'yes' && at !== undefined) {
    ways.push({ at, related, what: hostLoopback.reason ?? 'the host answers' });
  }
  if (!egress.known || egress.value.kind !== 'limited') return ways;
  for (const hole of egress.value.control.holes) {
    if (hole.kind !== 'host-network') continue;
    ways.push({
      at: hole.origin,
      related: [],
      what: `\`${hole.text}\` lets the network of the host through`,
    });
  }
  return ways;
}
