import { assetsOf } from '../src/knowledge/assets/index.ts';
import { type Exposure, exposures } from '../src/model/exposure.ts';
import type { Certainty } from '../src/model/outcome.ts';
import { defineRule, type Match } from '../src/model/rule.ts';
import { isReadingProxy, openableSocket } from '../src/model/sockets.ts';

/** Whoever can talk to a container engine can start a container that mounts the whole host. */
export default defineRule({
  id: 'engine-socket',
  title: 'Container engine socket inside',
  summary: 'Code inside can start containers of its own, with the whole host mounted and all privileges.',
  axis: 'host',
  severity: 'critical',
  gives: ['host-root', 'host-user'],
  references: {
    cis: ['5.32'],
    owasp: ['1'],
    attack: ['T1611', 'T1610', 'T1609'],
    cwe: [668, 269],
    links: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface'],
  },
  check(sandbox, report) {
    for (const [grant, found] of widest(exposures(sandbox.files, assetsOf('engine-socket')))) {
      const { gain, certainty, assumes } = openableSocket(sandbox, found);
      report({
        at: grant.origin,
        ...(grant.opened === undefined ? {} : { related: [grant.opened] }),
        evidence: `\`${grant.text}\` lets the sandbox connect to ${found.name}, ${found.asset.title}`,
        consequence: `Code inside can ${gain.lets}; ${grant.kind === 'rule' ? 'a denial of file operations' : 'a read-only mount'} does not stop it, because connecting is no write.`,
        remedy:
          grant.kind === 'rule'
            ? 'Allow connections to addresses alone, with `(remote ip …)`, or deny the socket under `network-outbound`.'
            : 'Remove the socket; where builds are needed, use a rootless builder or a socket proxy that allows reads alone.',
        gains: [{ outcome: gain.outcome, certainty }],
        ...(isReadingProxy(sandbox) ? { severity: 'low' as const } : severityOf(certainty)),
        assumes,
        subject: found.asset.id,
      });
    }
    for (const api of sandbox.network.engineApis) {
      if (api.power !== 'full') continue;
      report({
        at: api.origin,
        related: api.related,
        evidence: `\`${api.text}\` reaches a container engine's control API over the network`,
        consequence: 'Code inside can start a container with the host’s disk mounted, and become root there.',
        remedy: 'Remove it, or put a proxy before it that allows reads alone.',
        gains: [{ outcome: 'host-root', certainty: api.kind === 'tcp' ? 'assumed' : 'direct' }],
        ...severityOf(api.kind === 'tcp' ? 'assumed' : 'direct'),
        confidence: 'medium',
        subject: api.kind,
      });
    }
  },
});

/** One assumption away from the whole host is more than half of it is worth. */
function severityOf(certainty: Certainty): Pick<Match, 'severity'> {
  return certainty === 'assumed' ? { severity: 'high' } : {};
}

/** One grant of a directory holds several sockets: the most powerful one is reported for it. */
function widest(found: readonly Exposure[]): Map<Exposure['grant'], Exposure> {
  const byGrant = new Map<Exposure['grant'], Exposure>();
  for (const exposure of found) {
    const best = byGrant.get(exposure.grant);
    if (best === undefined || (best.gain.outcome !== 'host-root' && exposure.gain.outcome === 'host-root')) {
      byGrant.set(exposure.grant, exposure);
    }
  }
  return byGrant;
}
