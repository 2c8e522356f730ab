import { rootForKernel } from '../src/model/authority.ts';
import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Root inside is root for whatever of the host is reachable from there. */
export default defineRule({
  id: 'root-user',
  title: 'Runs as root',
  summary:
    'Code inside is root there, and root for every file, socket and device of the host that it reaches.',
  axis: 'host',
  severity: 'medium',
  gives: [],
  setting: 'ordinary-user',
  hardening: true,
  references: {
    cis: ['4.1', '5.24'],
    owasp: ['2'],
    attack: ['T1611', 'T1548.003'],
    cwe: [250],
    links: ['https://docs.docker.com/engine/security/#linux-kernel-capabilities'],
  },
  check(sandbox, report) {
    if (sandbox.boundary !== 'container') return;
    const asRoot = rootForKernel(sandbox);
    if (asRoot.verdict !== 'yes') return;
    const { user, sudo } = sandbox.privilege;
    if (surely(user, ({ root }) => root)) {
      report({
        at: user.origin,
        evidence:
          user.origin.kind === 'default' ? 'no user is named, so that it runs as root' : 'it runs as root',
        consequence:
          'An error in the kernel or one careless mount is enough for code inside to be root on the host.',
        remedy: 'Name an ordinary user, and give that user what the task needs.',
        severity: 'medium',
        assumes: user.assumes ?? [],
        subject: 'user',
      });
      return;
    }
    const [origin = user.origin, ...related] = sudo.because;
    report({
      at: origin,
      related,
      // Brackets: what follows `password:` would be masked as if it were one.
      evidence: `it runs as an ordinary user who, without a password, becomes root${sudo.reason === undefined ? '' : ` (${sudo.reason.replace(/\.$/, '')})`}`,
      consequence: 'Code inside types `sudo` and is root there, as if no user had been named.',
      remedy: 'Set no-new-privileges, which makes sudo powerless, or take sudo out of the image.',
      severity: 'medium',
      assumes: sudo.assumes ?? [],
      subject: 'sudo',
    });
  },
});
