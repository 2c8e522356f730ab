import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Bypass } from '../src/model/sandbox.ts';

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
};

/** The definition itself names a way round what it sets up. */
export default defineRule({
  id: 'sandbox-bypass',
  title: 'Declared way round the sandbox',
  summary: 'Code inside leaves the sandbox by a door that its own definition leaves open.',
  axis: 'host',
  severity: 'high',
  gives: ['host-user', 'host-write'],
  formats: ['seatbelt', 'bwrap'],
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
        gains: [WAYS[kind].gain],
        severity: 'high',
        subject: `${kind} ${text}`,
      });
    }
  },
});
