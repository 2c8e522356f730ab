import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Bypass, Sandbox } from '../src/model/sandbox.ts';

interface Way {
  readonly remedy: string;
  readonly gain: Gain;
}

const WAYS: Readonly<Record<Bypass['kind'], Way>> = {
  'no-sandbox': {
    remedy: 'Remove `(with no-sandbox)`, or let it stand for one program of the system that only prints.',
    gain: { outcome: 'host-user', certainty: 'assumed' },
  },
  'not-a-boundary': {
    remedy: 'Remove the option, so that the sandbox does not start when a part of it cannot be set up.',
    gain: { outcome: 'host-write', certainty: 'assumed' },
  },
  'inherited-descriptor': {
    remedy: 'Close the descriptor before the sandbox starts, for example with `3>&-`.',
    gain: { outcome: 'host-write', certainty: 'direct' },
  },
  'root-in-chroot': {
    remedy: 'Change to another user with `--userspec`, or use a container, which has a root of its own.',
    gain: { outcome: 'host-root', certainty: 'direct' },
  },
  'control-channel': {
    remedy: 'Let it listen on a unix socket in a directory that is yours alone, or remove it.',
    gain: { outcome: 'host-user', certainty: 'assumed' },
  },
};

/** The definition itself names a way round what it sets up. */
export default defineRule({
  id: 'sandbox-bypass',
  title: 'Declared way round the sandbox',
  summary: 'Code inside leaves the sandbox by a door that its own definition leaves open.',
  axis: 'host',
  severity: 'high',
  gives: ['host-user', 'host-write', 'host-root'],
  formats: ['seatbelt', 'bwrap', 'unshare', 'chroot', 'qemu'],
  references: {
    attack: ['T1611', 'T1562.001'],
    cwe: [693, 403],
    links: ['https://man.archlinux.org/man/bwrap.1'],
  },
  check(sandbox, report) {
    for (const { kind, text, consequence, origin } of sandbox.bypasses) {
      report({
        at: origin,
        evidence: `\`${text}\` is a way round the sandbox`,
        consequence,
        remedy: WAYS[kind].remedy,
        gains: [gainOf(kind, sandbox)],
        severity: kind === 'root-in-chroot' ? 'critical' : 'high',
        subject: `${kind} ${text}`,
      });
    }
  },
});

/** Root of a user namespace is, outside of it, whoever started it. */
function gainOf(kind: Bypass['kind'], { privilege }: Sandbox): Gain {
  const { gain } = WAYS[kind];
  if (gain.outcome !== 'host-root' || privilege.rootIsHostRoot.verdict !== 'no') return gain;
  return { outcome: 'host-user', certainty: gain.certainty };
}
