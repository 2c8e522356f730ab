import { assetsOf } from '../src/knowledge/assets/index.ts';
import { exposures } from '../src/model/exposure.ts';
import { gainsOf, grantedBy, isWide, titlesOf } from '../src/model/granted.ts';
import { defineRule } from '../src/model/rule.ts';

/** Storage that other tasks or projects read too. */
export default defineRule({
  id: 'shared-state',
  title: 'State shared with other tasks',
  summary: 'Hostile code can leave something behind that other tasks, projects or the host pick up.',
  axis: 'persistence',
  severity: 'medium',
  gives: ['shared-state', 'cache-write'],
  references: { owasp: ['8'], attack: ['T1554', 'T1080'], cwe: [732] },
  check(sandbox, report) {
    for (const storage of sandbox.lifetime.shared) {
      if (storage.writable.verdict !== 'yes') continue;
      report({
        at: storage.origin,
        evidence: `\`${storage.name}\` at \`${storage.target}\` is shared with ${storage.sharedWith}`,
        consequence: 'What code inside changes there is read, and perhaps run, by the others.',
        remedy:
          'Give each project its own, with the project’s name or the id of the devcontainer in its name.',
        gains: [{ outcome: 'shared-state', certainty: 'direct' }],
        // What runs in a service that stands beside is not hostile.
        severity: sandbox.role.kind === 'service' ? 'info' : 'medium',
        subject: storage.name,
      });
    }
    const caches = exposures(sandbox.files, assetsOf('shared-state')).filter(({ mode }) => mode === 'write');
    for (const { grant, exposures: found } of grantedBy(caches, sandbox)) {
      if (isWide(grant.path)) continue;
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` lets the sandbox write to ${titlesOf(found)}`,
        consequence:
          'A package that code inside plants in the cache is used by the next build of any project.',
        remedy:
          grant.kind === 'rule'
            ? 'Point the tools inside to a cache of their own, and allow this one to be read alone.'
            : 'Use a named volume as the cache of this sandbox, or mount the cache of the host read-only.',
        gains: gainsOf(found),
        severity: 'medium',
        assumes: found[0]?.assumes ?? [],
        subject: found[0]?.asset.id ?? 'cache',
      });
    }
  },
});
