import { titlesOf } from '../src/model/granted.ts';
import { breadthOf } from '../src/model/host-path.ts';
import { readableCredentials, surest } from '../src/model/opening.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

/** The home directory holds the keys to everything else. */
export default defineRule({
  id: 'readable-home',
  title: 'Home directory readable',
  summary: 'Code inside reads your home directory, with the keys and tokens that lie in it.',
  axis: 'files',
  severity: 'high',
  gives: ['home-read', 'credential', 'vault'],
  references: { cis: ['5.6'], owasp: ['8'], attack: ['T1005', 'T1552.001', 'T1552.004'], cwe: [552, 522] },
  check(sandbox, report) {
    for (const grant of sandbox.files.grants) {
      const breadth = breadthOf(grant.path);
      if (breadth !== 'home' && breadth !== 'homes') continue;
      if (sandbox.files.can('read', grant.path).grant !== grant || grant.read !== 'yes') continue;
      const found = readableCredentials(sandbox, grant);
      const isUser = sandbox.boundary === 'user';
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` opens the home directory for reading${found.length === 0 ? '' : `, with ${titlesOf(found)}`}`,
        consequence: isUser
          ? 'Code inside can take the files in it that everyone may read.'
          : `Code inside can take keys, tokens and private files${grant.kind === 'rule' ? '' : '; a read-only mount does not stop it'}.`,
        remedy: isUser
          ? 'Take the rights of others off it, with `chmod go-rwx ~`.'
          : `${grant.kind === 'rule' ? 'Allow' : 'Mount'} the project alone, and hand in single files where they are needed.`,
        gains: surest([homeRead(sandbox), ...found.map(({ gain }) => gain)]),
        assumes: grant.assumes ?? [],
        subject: 'home',
      });
    }
  },
});

/** For another user the modes of the home decide, which only the host can tell. */
function homeRead({ boundary }: Sandbox): Gain {
  return { outcome: 'home-read', certainty: boundary === 'user' ? 'assumed' : 'direct' };
}
