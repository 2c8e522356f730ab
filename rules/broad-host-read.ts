import type { HostGrant } from '../src/model/files.ts';
import { titlesOf } from '../src/model/granted.ts';
import { breadthOf, isParent } from '../src/model/host-path.ts';
import { readableCredentials, surest } from '../src/model/opening.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

/** A line that opens far more than the task can need. */
export default defineRule({
  id: 'broad-host-read',
  title: 'Disk of the host readable',
  summary: 'Code inside reads most of the host’s disk, with the credentials and private files on it.',
  axis: 'files',
  severity: 'high',
  gives: ['disk-read', 'host-read', 'credential', 'vault'],
  references: { cis: ['5.6'], owasp: ['8'], attack: ['T1005', 'T1083', 'T1552.001'], cwe: [552, 522] },
  check(sandbox, report) {
    for (const grant of sandbox.files.grants) {
      if (grant.read !== 'yes' || !grant.tree || sandbox.files.can('read', grant.path).grant !== grant)
        continue;
      if (breadthOf(grant.path) === 'disk') report(wholeDisk(sandbox, grant));
      else if (isParent(grant.path)) {
        report({
          at: grant.origin,
          evidence: `\`${grant.text}\` opens the directory above the project for reading`,
          consequence: 'Code inside can read other projects that lie there, with tokens in their settings.',
          remedy: 'Mount the project alone.',
          gains: [{ outcome: 'host-read', certainty: 'direct' }],
          confidence: 'medium',
          assumes: grant.assumes ?? [],
          subject: 'parent',
        });
      }
    }
  },
});

function wholeDisk(sandbox: Sandbox, grant: HostGrant) {
  const found = readableCredentials(sandbox, grant);
  const gains: Gain[] = [{ outcome: 'disk-read', certainty: 'direct' }, ...found.map(({ gain }) => gain)];
  return {
    at: grant.origin,
    evidence: `\`${grant.text}\` opens the disk of the host for reading${found.length === 0 ? '' : `, with ${titlesOf(found)}`}`,
    consequence: 'Code inside can take keys, tokens and private files of everyone on the host.',
    remedy: 'Name the directories that are needed instead of the whole disk.',
    gains: surest(gains),
    assumes: grant.assumes ?? [],
    subject: 'disk',
  };
}
