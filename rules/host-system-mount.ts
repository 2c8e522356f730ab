import { assetsOf } from '../src/knowledge/assets/index.ts';
import { rootForFiles } from '../src/model/authority.ts';
import type { Exposure } from '../src/model/exposure.ts';
import { assumptionsOf, isIncidental, titlesOf } from '../src/model/granted.ts';
import { breadthOf } from '../src/model/host-path.ts';
import { openings, readableCredentials, surest, weakened } from '../src/model/opening.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

/** Directories that decide what runs as root on the host, or that tell about everything on it. */
export default defineRule({
  id: 'host-system-mount',
  title: 'System directory of the host inside',
  summary: 'Code inside changes or reads files that the host’s own system runs on.',
  axis: 'host',
  severity: 'critical',
  gives: [
    'host-root',
    'system-write',
    'host-control',
    'host-memory',
    'host-processes',
    'host-data',
    'host-read',
  ],
  references: {
    cis: ['5.6'],
    owasp: ['8'],
    attack: ['T1611', 'T1053.003', 'T1543.002', 'T1005'],
    cwe: [552, 732],
    links: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface'],
  },
  check(sandbox, report) {
    const asRoot = rootForFiles(sandbox);
    const opened = openings(sandbox, assetsOf('host-system-mount'), ['read', 'write']);
    for (const { grant, exposures: all } of opened) {
      const wide = breadthOf(grant.path) === 'disk';
      const own = wide ? all.filter((exposure) => exposure.mode === 'write') : all;
      const found = weakened(own, isGuess, sandbox);
      const [worst] = found;
      // An ordinary user writes to a whole disk what is its own: the home directory, another rule's business.
      if (worst === undefined || (wide && asRoot.verdict === 'no')) continue;
      const writable = found.some((exposure) => exposure.mode === 'write');
      const weak = asRoot.verdict === 'no';
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` opens ${titlesOf(wide ? [worst] : found)}${writable ? ' for writing' : ''}`,
        consequence: `Code inside can ${worst.gain.lets}.`,
        remedy: writable
          ? 'Remove the mount, or mount the one file that is needed read-only.'
          : 'Remove the mount, or mount the one file that is needed.',
        gains: surest([...gainsFrom(found, weak), ...(wide ? wholeDisk(sandbox, found) : [])]),
        assumes: [
          ...assumptionsOf(found),
          ...(writable ? (asRoot.assumes ?? []) : []),
          ...(weak ? ['the owners of the files there let the user inside in'] : []),
        ],
        subject: worst.asset.id,
      });
    }
  },
});

/** Few hosts are nodes of a cluster; one whose directory is mounted by name is. */
function isGuess(exposure: Exposure): boolean {
  return exposure.asset.id === 'kubernetes-node' && isIncidental(exposure);
}

/** What is root's alone to write, or to read, takes root. */
function gainsFrom(found: readonly Exposure[], weak: boolean): Gain[] {
  return found.map(({ gain: { outcome, certainty }, mode }) => ({
    outcome,
    certainty: weak && (mode === 'write' || outcome === 'credential:host') ? 'assumed' : certainty,
  }));
}

/** A writable disk is a readable one, with every home directory on it. */
function wholeDisk(sandbox: Sandbox, [first]: readonly Exposure[]): Gain[] {
  if (first === undefined || first.grant.read !== 'yes') return [];
  const credentials = readableCredentials(sandbox, first.grant).map((exposure) => exposure.gain);
  return [
    { outcome: 'home-write', certainty: 'next' },
    { outcome: 'disk-read', certainty: 'direct' },
    ...credentials,
  ];
}
