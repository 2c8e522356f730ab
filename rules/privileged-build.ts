import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { BuildPrivilege } from '../src/model/sandbox.ts';

interface Power {
  readonly what: string;
  readonly consequence: string;
  readonly remedy: string;
  readonly gain: Gain;
}

const ROOT: Gain = { outcome: 'host-root', certainty: 'assumed' };

const POWERS: Readonly<Record<BuildPrivilege['kind'], Power>> = {
  privileged: {
    what: 'lets the build run privileged',
    consequence: 'A command of the Dockerfile, or of a package that it installs, can take over the host.',
    remedy: 'Remove it, and do what needs privileges outside the build.',
    gain: ROOT,
  },
  entitlement: {
    what: 'lifts a restriction of the build',
    consequence:
      'A command of the Dockerfile, or of a package that it installs, leaves the sandbox of the build.',
    remedy: 'Remove the entitlement, and do what needs it outside the build.',
    gain: ROOT,
  },
  device: {
    what: 'hands a device of the host to the build',
    consequence: 'A command of the Dockerfile can use that device as the host does.',
    remedy: 'Remove the device from the build.',
    gain: ROOT,
  },
  'host-network': {
    what: "runs the build on the host's network",
    consequence:
      'A command of the Dockerfile reaches everything that listens on the host, loopback included.',
    remedy: 'Remove it: a build reaches package registries from its own network too.',
    gain: { outcome: 'host-network', certainty: 'assumed' },
  },
  ssh: {
    what: 'hands an ssh agent to the build',
    consequence: 'A command of the Dockerfile can log in and push with your keys while it is built.',
    remedy: 'Fetch what needs the key outside, or use a deploy key that can only read.',
    gain: { outcome: 'credential:ssh-agent', certainty: 'assumed' },
  },
  context: {
    what: 'sends files from outside the project to the build',
    consequence: 'Whatever lies there can be copied into the image, and is read by all code that runs in it.',
    remedy: 'Build from a directory of the project, with a `.dockerignore`.',
    gain: { outcome: 'host-read', certainty: 'assumed' },
  },
};

/** The build executes code as well, and often fresher code from strangers than the container does. */
export default defineRule({
  id: 'privileged-build',
  title: 'Build with more rights than the container',
  summary: 'Code that runs while the image is built can do what the container itself may not.',
  axis: 'host',
  severity: 'high',
  gives: ['host-root', 'host-network', 'credential', 'host-read'],
  references: {
    owasp: ['3'],
    attack: ['T1611', 'T1195.002'],
    cwe: [250],
    links: ['https://docs.docker.com/reference/cli/docker/buildx/build/#allow'],
  },
  check(sandbox, report) {
    for (const { kind, text, origin } of sandbox.build?.privileges ?? []) {
      const power = POWERS[kind];
      report({
        at: origin,
        evidence: `\`${text}\` ${power.what}`,
        consequence: power.consequence,
        remedy: power.remedy,
        gains: [power.gain],
        severity: kind === 'context' ? 'medium' : 'high',
        subject: `${kind} ${text}`,
      });
    }
  },
});
