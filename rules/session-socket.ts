import { assetsOf } from '../src/knowledge/assets/index.ts';
import type { Exposure } from '../src/model/exposure.ts';
import { assumptionsOf, isWide, titlesOf } from '../src/model/granted.ts';
import { samePath } from '../src/model/host-path.ts';
import { openings, surest, weakened } from '../src/model/opening.ts';
import { defineRule } from '../src/model/rule.ts';

/** Programs of the desktop and the system that do what is asked of them over a socket. */
export default defineRule({
  id: 'session-socket',
  title: 'Socket of the desktop or system inside',
  summary: 'Code inside talks to programs of your session that type, show, record or start things for it.',
  axis: 'host',
  severity: 'high',
  gives: ['session', 'host-user', 'host-root', 'sensors', 'host-data', 'host-control'],
  references: {
    cis: ['5.18'],
    attack: ['T1056.001', 'T1113', 'T1611'],
    cwe: [668],
    links: ['https://man7.org/linux/man-pages/man7/unix.7.html'],
  },
  check(sandbox, report) {
    for (const { grant, exposures } of openings(sandbox, assetsOf('session-socket'), ['connect'])) {
      const found = weakened(exposures, isGuess, sandbox);
      const [worst] = found;
      if (worst === undefined) continue;
      const wide = isWide(grant.path);
      const isRule = grant.kind === 'rule';
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` lets the sandbox connect to ${titlesOf(found)}`,
        consequence: `Code inside can ${worst.gain.lets}; ${isRule ? 'a denial of file operations' : 'a read-only mount'} does not stop it, because connecting is no write.`,
        remedy: isRule
          ? 'Allow connections to addresses alone, with `(remote ip …)`, and to sockets by their paths.'
          : wide
            ? 'Mount the directories that are needed instead of everything above them.'
            : 'Remove the mount; give a program that needs a display or a temp directory one of its own.',
        gains: surest(found.map(({ gain }) => gain)),
        assumes: [
          ...assumptionsOf(found),
          ...(wide ? ['the host runs the programs whose sockets lie there'] : []),
        ],
        subject: worst.asset.id,
      });
    }
  },
});

/** That one given program listens somewhere in a directory is an assumption, if it gives everything at once. */
function isGuess({ gain, grant, path }: Exposure): boolean {
  const whole = gain.outcome === 'host-user' || gain.outcome === 'host-root';
  return isWide(grant.path) || (whole && !samePath(grant.path, path));
}
