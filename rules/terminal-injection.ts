import { defineRule } from '../src/model/rule.ts';

/** TIOCSTI puts characters into the input of a terminal, where the shell outside reads them. */
export default defineRule({
  id: 'terminal-injection',
  title: 'Terminal of the caller kept',
  summary: 'Code inside types commands into the terminal that started it, where they run outside.',
  axis: 'host',
  severity: 'medium',
  gives: ['terminal'],
  formats: ['bwrap', 'unshare', 'chroot', 'user', 'firejail', 'systemd'],
  references: {
    attack: ['T1611', 'T1059.004'],
    cwe: [20, 653],
    links: [
      'https://nvd.nist.gov/vuln/detail/CVE-2017-5226',
      'https://man7.org/linux/man-pages/man2/TIOCSTI.2const.html',
    ],
  },
  check(sandbox, report) {
    const { terminal } = sandbox.privilege;
    const [origin, ...related] = terminal?.because ?? [];
    if (terminal?.verdict !== 'yes' || origin === undefined) return;
    report({
      at: origin,
      related,
      evidence: 'the sandbox keeps the terminal that it is started from',
      consequence:
        'Code inside types commands into that terminal; the shell outside runs them once the sandbox ends.',
      remedy: `${sandbox.format === 'bwrap' ? 'Add `--new-session`' : 'Start it with `setsid --wait`'}, or switch the ioctl off on the host with \`sysctl dev.tty.legacy_tiocsti=0\`.`,
      gains: [{ outcome: 'terminal', certainty: 'direct' }],
      assumes: terminal.assumes ?? [],
      setting: 'own-session',
    });
  },
});
