import { rootForKernel } from '../src/model/authority.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { surely } from '../src/model/value.ts';

/** One switch that removes nearly everything that makes a container a boundary. */
export default defineRule({
  id: 'privileged-container',
  title: 'Privileged container',
  summary: 'Code inside can take over the host: all capabilities, all devices, no filter of system calls.',
  axis: 'host',
  severity: 'critical',
  gives: ['host-root', 'kernel-surface'],
  references: {
    cis: ['5.5', '5.23'],
    owasp: ['3'],
    attack: ['T1611', 'T1609'],
    cwe: [250],
    links: ['https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities'],
  },
  check(sandbox, report) {
    const { privileged, escalations } = sandbox.privilege;
    if (privileged !== null && surely(privileged, (on) => on)) {
      const { gain, consequence, assumes } = powerOf(sandbox);
      report({
        at: privileged.origin,
        evidence: `the container is privileged${broughtBy(privileged.origin.note)}`,
        consequence,
        remedy: 'Remove it, and add the one capability or device that is really needed.',
        gains: [gain],
        // Not root yet, but any program with the setuid bit that has an error is the way to all of it.
        ...(gain.outcome === 'host-root' && gain.certainty === 'assumed'
          ? { severity: 'high' as const }
          : {}),
        assumes: [...(privileged.assumes ?? []), ...assumes],
        subject: 'container',
      });
    }
    for (const { text, origin } of escalations) {
      report({
        at: origin,
        evidence: `\`${text}\` runs a command in the container with full privileges`,
        consequence:
          'Code inside that gets hold of that command, or of a file that it runs, takes over the host.',
        remedy: 'Run the command without `--privileged`.',
        gains: [{ outcome: 'host-root', certainty: 'assumed' }],
        severity: 'high',
        assumes: ['code inside can change what that command runs'],
        subject: text,
      });
    }
  },
});

function broughtBy(note: string | undefined): string {
  return note === undefined ? '' : `: ${note}`;
}

interface Power {
  readonly gain: Gain;
  readonly consequence: string;
  readonly assumes: readonly string[];
}

function powerOf(sandbox: Sandbox): Power {
  const { effectiveRoot, rootIsHostRoot, runtime } = sandbox.privilege;
  if (rootIsHostRoot.verdict === 'no') {
    // A kernel in between is attacked first, and is not the host's.
    const between = surely(runtime, (kind) => kind === 'vm' || kind === 'user-space-kernel');
    return {
      gain: { outcome: 'kernel-surface', certainty: between ? 'assumed' : 'direct' },
      consequence: `Code inside reaches kernel interfaces that are usually closed, though ${rootIsHostRoot.reason ?? 'root inside is not root outside'}.`,
      assumes: rootIsHostRoot.assumes ?? [],
    };
  }
  if (rootForKernel(sandbox).verdict === 'no') {
    return {
      gain: { outcome: 'host-root', certainty: 'assumed' },
      consequence: 'Once it becomes root inside, code can mount the disk of the host and is root there too.',
      assumes: [
        `code inside finds a way to become root there (${effectiveRoot.reason ?? 'it starts as another user'})`,
      ],
    };
  }
  return {
    gain: { outcome: 'host-root', certainty: 'direct' },
    consequence: 'Code inside can mount the disk of the host, load code into its kernel, and be root there.',
    assumes: [],
  };
}
