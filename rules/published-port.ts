import { portRow } from '../src/knowledge/ports.ts';
import { defineRule } from '../src/model/rule.ts';

/** A port that answers on every interface of the host. */
export default defineRule({
  id: 'published-port',
  title: 'Port open on all interfaces',
  summary: 'Everyone on the same network can talk to what listens in the sandbox.',
  axis: 'network',
  severity: 'low',
  gives: [],
  references: {
    cis: ['5.14', '5.9'],
    owasp: ['5a'],
    cwe: [1327],
    links: ['https://docs.docker.com/engine/network/port-publishing/'],
  },
  check(sandbox, report) {
    for (const { target, published, hostIp, protocol, origin } of sandbox.network.published) {
      if (hostIp !== null) continue;
      const row = portRow(target);
      const port =
        published === null || published === target ? `\`${target}\`` : `\`${target}\` (as \`${published}\`)`;
      report({
        at: origin,
        evidence: `port ${port} is published on all interfaces of the host`,
        consequence:
          row === null
            ? 'Everyone on the same network can talk to what listens there, which hostile code may have put there.'
            : `Everyone on the same network can talk to ${row.title}. ${row.reason}`,
        remedy: `Publish it on the host alone: \`127.0.0.1:${published ?? target}:${target}\`.`,
        severity: row === null ? 'low' : 'medium',
        intents: [{ kind: 'bind-loopback', origin }],
        subject: `${target}/${protocol}`,
      });
    }
  },
});
