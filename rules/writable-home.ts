import { assetsOf } from '../src/knowledge/assets/index.ts';
import { rootForFiles } from '../src/model/authority.ts';
import type { HostGrant } from '../src/model/files.ts';
import { assumptionsOf, isWide, titlesOf } from '../src/model/granted.ts';
import { breadthOf } from '../src/model/host-path.ts';
import { openings, readableCredentials, surest } from '../src/model/opening.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

/** A file in the home directory that a shell, a login, git or an editor runs is code of the host. */
export default defineRule({
  id: 'writable-home',
  title: 'Start-up file of your home directory writable',
  summary: 'Code inside leaves commands that your next shell, login, git command or editor runs outside.',
  axis: 'files',
  severity: 'critical',
  gives: ['home-write', 'home-read', 'credential'],
  references: {
    cis: ['5.6'],
    owasp: ['8'],
    attack: ['T1546.004', 'T1098.004', 'T1547.013'],
    cwe: [732, 829],
    links: ['https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html'],
  },
  check(sandbox, report) {
    for (const { grant, exposures: found } of openings(sandbox, assetsOf('writable-home'), ['write'])) {
      const [worst] = found;
      if (worst === undefined || belongsToSystem(sandbox, grant)) continue;
      const wide = isWide(grant.path);
      report({
        at: grant.origin,
        evidence: wide
          ? `\`${grant.text}\` opens the home directory for writing, with ${titlesOf(found)}`
          : `\`${grant.text}\` opens ${titlesOf(found)} for writing`,
        consequence: `Code inside can ${worst.gain.lets}.`,
        remedy:
          grant.kind === 'rule'
            ? 'Narrow the rule to what the task writes, or deny these paths by a rule after it.'
            : wide
              ? 'Mount the project alone, and give the sandbox a home directory of its own.'
              : 'Mount it read-only, or give the sandbox a copy or a volume of its own.',
        gains: surest([...found.map(({ gain }) => gain), ...(wide ? readGains(sandbox, grant) : [])]),
        assumes: assumptionsOf(found),
        subject: wide ? 'home' : worst.asset.id,
      });
    }
  },
});

/** Who writes the whole disk as root does not need a home directory: `host-system-mount` reports that. */
function belongsToSystem(sandbox: Sandbox, { path }: HostGrant): boolean {
  return breadthOf(path) === 'disk' && rootForFiles(sandbox).verdict !== 'no';
}

/** So that the line is not reported a second time for reading the same. */
function readGains(sandbox: Sandbox, grant: HostGrant): Gain[] {
  if (grant.read !== 'yes') return [];
  const credentials = readableCredentials(sandbox, grant);
  return [{ outcome: 'home-read', certainty: 'direct' }, ...credentials.map(({ gain }) => gain)];
}
