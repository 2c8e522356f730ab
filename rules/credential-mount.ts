import { assetsOf } from '../src/knowledge/assets/index.ts';
import { exposures } from '../src/model/exposure.ts';
import { assumptionsOf, gainsOf, grantedBy, isIncidental, isWide, titlesOf } from '../src/model/granted.ts';
import { defineRule } from '../src/model/rule.ts';

/** Files that hold credentials can be read; whole homes and disks are reported as such. */
export default defineRule({
  id: 'credential-mount',
  title: 'Credential files inside',
  summary: 'Code inside can copy keys, tokens or sessions of yours, and use them from anywhere.',
  axis: 'credentials',
  severity: 'high',
  gives: ['credential', 'vault', 'identity', 'model-key'],
  references: {
    cis: ['5.6'],
    owasp: ['12'],
    attack: ['T1552.001', 'T1552.004', 'T1528', 'T1555'],
    cwe: [522, 312],
  },
  check(sandbox, report) {
    const found = exposures(sandbox.files, assetsOf('credential-mount')).filter(
      ({ mode }) => mode === 'read',
    );
    for (const { grant, exposures: exposed } of grantedBy(found, sandbox)) {
      const [best] = exposed;
      if (best === undefined || isWide(grant.path)) continue;
      // `/run` or `/etc` is mounted for something else; whether a credential lies in it, the host decides.
      const incidental = grant.path.root === 'absolute' && exposed.every(isIncidental);
      const names = exposed.every(({ gain }) => gain.outcome === 'identity:ssh');
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` lets the sandbox read ${titlesOf(exposed)}`,
        consequence: `Code inside can ${best.gain.lets}${grant.write === 'no' ? '; that it may only read them changes nothing' : ''}.`,
        remedy: 'Remove it, and hand in one short-lived token for the one thing that the task needs.',
        gains: gainsOf(exposed, incidental ? 'assumed' : 'direct'),
        ...(names ? { severity: 'info' as const } : {}),
        assumes: [...assumptionsOf(exposed), ...(incidental ? ['the host keeps such a file there'] : [])],
        subject: best.asset.id,
      });
    }
  },
});
