import { assetsOf } from '../src/knowledge/assets/index.ts';
import { exposures } from '../src/model/exposure.ts';
import { assumptionsOf, gainsOf, grantedBy, isIncidental, isWide, titlesOf } from '../src/model/granted.ts';
import { defineRule } from '../src/model/rule.ts';

/** Agents use keys for whoever connects to their socket. */
export default defineRule({
  id: 'agent-socket',
  title: 'Key agent inside',
  summary: 'Code inside can use every key that your SSH, GPG or password-manager agent holds.',
  axis: 'credentials',
  severity: 'high',
  gives: ['credential', 'vault'],
  references: {
    attack: ['T1563.001', 'T1552.004'],
    cwe: [668],
    links: ['https://man.openbsd.org/ssh-agent.1'],
  },
  check(sandbox, report) {
    const found = exposures(sandbox.files, assetsOf('agent-socket'));
    const keys = new Set(exposures(sandbox.files, assetsOf('credential-mount')).map(({ grant }) => grant));
    for (const { grant, exposures: exposed } of grantedBy(found, sandbox)) {
      const [best] = exposed;
      if (best === undefined) continue;
      // A directory of the home is mounted for what else lies in it; not every desktop keeps a socket there.
      const incidental = (isWide(grant.path) || grant.path.root === 'home') && exposed.every(isIncidental);
      // The keys in `~/.ssh` are worth more than a socket that may lie beside them.
      if (incidental && !isWide(grant.path) && keys.has(grant)) continue;
      report({
        at: grant.origin,
        ...(grant.opened === undefined ? {} : { related: [grant.opened] }),
        evidence: `\`${grant.text}\` lets the sandbox connect to ${titlesOf(exposed)}`,
        consequence: `Code inside can ${best.gain.lets}; ${grant.kind === 'rule' ? 'a denial of file operations' : 'a read-only mount'} does not stop it, because connecting is no write.`,
        remedy:
          grant.kind === 'rule'
            ? 'Allow connections to addresses alone, with `(remote ip …)`, and to sockets by their paths.'
            : 'Remove the socket, and give the task a key of its own that opens one repository.',
        gains: gainsOf(exposed, incidental ? 'assumed' : 'direct'),
        assumes: [
          ...assumptionsOf(exposed),
          ...(incidental ? ['an agent runs and keeps its socket there'] : []),
        ],
        subject: best.asset.id,
      });
    }
  },
});
