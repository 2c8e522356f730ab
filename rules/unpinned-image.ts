import { defineRule } from '../src/model/rule.ts';
import { displayText } from '../src/model/symbolic.ts';
import { surely } from '../src/model/value.ts';

/** What runs inside can be exchanged by whoever may push to the registry. */
export default defineRule({
  id: 'unpinned-image',
  title: 'Image or Feature by a moving tag',
  summary: 'Whoever can push to the registry decides what runs inside at the next start.',
  axis: 'host',
  severity: 'info',
  gives: [],
  hardening: true,
  references: { cis: ['4.2', '5.28'], owasp: ['13'], attack: ['T1204.003', 'T1195.002'], cwe: [1357, 494] },
  check(sandbox, report) {
    const { image } = sandbox;
    if (image?.pinned === 'moving' && surely(image.reference, (name) => name !== '')) {
      report({
        at: image.reference.origin,
        evidence: `\`${displayText(image.reference.value)}\` names no version of the image`,
        consequence: 'The next pull can bring another image, which you have not looked at.',
        remedy: 'Name a version, and best a digest: `image:version@sha256:…`.',
        severity: 'info',
        subject: displayText(image.reference.value),
      });
    }
    for (const addition of sandbox.additions) {
      if (addition.pinned !== 'moving') continue;
      report({
        at: addition.origin,
        evidence: `\`${displayText(addition.reference)}\` names no version of the Feature`,
        consequence: 'The next build can bring another install script, which runs as root in the build.',
        remedy: 'Name a version of the Feature, and keep the lock file in the repository.',
        severity: 'info',
        subject: displayText(addition.reference),
      });
    }
  },
});
