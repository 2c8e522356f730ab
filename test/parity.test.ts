/** The same sandbox, written in every format that can say it, gets the same answers and the same findings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isSecretName } from '../src/knowledge/secrets.ts';
import type { FileMode } from '../src/model/files.ts';
import { displayPath, hostPath } from '../src/model/host-path.ts';
import type { Limit, Sandbox } from '../src/model/sandbox.ts';
import type { Value } from '../src/model/value.ts';
import { auditText, type TextAudit } from './support/audit-text.ts';

const ROOT = fileURLToPath(new URL('../fixtures/parity', import.meta.url));

/** The file in which a case is written, by format. The first is what the others are compared with. */
const FILES: Readonly<Record<string, string>> = {
  compose: 'compose.yml',
  devcontainer: 'devcontainer.json',
  seatbelt: 'profile.sb',
  'docker-run': 'run.sh',
  bwrap: 'sandbox.sh',
};
/** Formats whose front end stands: each case is written in them. */
const REQUIRED = ['compose', 'devcontainer', 'docker-run'];

/** Rules of which a format knows more than the others, with the reason. */
const FORMAT_ONLY: Readonly<Record<string, string>> = {
  'editor-bridge': 'an editor attaches to a devcontainer and to nothing else',
};

const CASES = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

const MODES: readonly FileMode[] = ['read', 'write', 'connect'];
const PROBES = [
  '~',
  '~/.ssh/id_ed25519',
  '~/.aws/credentials',
  '~/.bashrc',
  '~/.claude/settings.json',
  '~/.docker/config.json',
  '/etc/shadow',
  '/etc/cron.d/job',
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/user/1000/bus',
  '/tmp/.X11-unix/X0',
  '/usr/bin/sh',
  '/var/lib/docker',
  '.',
  'src/index.ts',
  '.git/hooks/pre-commit',
  '.devcontainer/devcontainer.json',
  'compose.yml',
  '../other-project',
];

function shown<T>(value: Value<T> | null | undefined): unknown {
  if (value === null || value === undefined) return null;
  return value.known ? value.value : 'unknown';
}

const amount = (limit: Value<Limit>): unknown => (limit.known ? limit.value.amount : 'unknown');

function fileAnswers({ files }: Sandbox): string[] {
  return PROBES.flatMap((probe) =>
    MODES.map((mode) => {
      const path = hostPath(probe, '');
      return `${mode} ${displayPath(path)}: ${files.can(mode, path).verdict}`;
    }),
  );
}

function environmentAnswers({ environment }: Sandbox): string[] {
  return environment.variables.map(({ name, from, hostNames }) => {
    const kind = isSecretName(name) ? 'secret' : 'setting';
    return `${kind} ${name} from ${from === 'host' ? `host (${hostNames.join()})` : from}`;
  });
}

function privilegeAnswers({ privilege }: Sandbox): Readonly<Record<string, unknown>> {
  const { namespaces, confinement, capabilities } = privilege;
  return {
    user: shown(privilege.user),
    effectiveRoot: privilege.effectiveRoot.verdict,
    rootIsHostRoot: privilege.rootIsHostRoot.verdict,
    privileged: shown(privilege.privileged),
    usable: [...(capabilities?.usable ?? [])].sort(),
    bounding: [...(capabilities?.bounding ?? [])].sort(),
    noNewPrivileges: shown(privilege.noNewPrivileges),
    seccomp: shown(confinement?.seccomp),
    appArmor: shown(confinement?.appArmor),
    seLinux: shown(confinement?.seLinux),
    maskedPaths: shown(confinement?.maskedPaths),
    pid: shown(namespaces?.pid),
    ipc: shown(namespaces?.ipc),
    network: shown(namespaces?.network),
    userNamespace: shown(namespaces?.user),
    devices: privilege.devices.map(({ device, access }) => ({ device, ...access })),
    deviceRules: privilege.deviceRules.map(({ text }) => text),
    runtime: shown(privilege.runtime),
  };
}

function networkAnswers({ network }: Sandbox): Readonly<Record<string, unknown>> {
  const { egress } = network;
  return {
    egress: egress.known ? egress.value.kind : 'unknown',
    metadata: network.metadata.verdict,
    hostLoopback: network.hostLoopback.verdict,
    abstractSockets: network.abstractSockets.verdict,
    published: network.published.map((port) => `${port.hostIp ?? '*'}:${port.published}:${port.target}`),
  };
}

/** Every answer that the model gives, without the places: those differ by format. */
function answersOf(sandbox: Sandbox): Readonly<Record<string, unknown>> {
  const { limits, lifetime } = sandbox;
  return {
    boundary: sandbox.boundary,
    role: sandbox.role.kind,
    files: fileAnswers(sandbox),
    defeated: sandbox.files.defeated.map(
      ({ path, through }) => `${displayPath(path)} ${displayPath(through)}`,
    ),
    network: networkAnswers(sandbox),
    privilege: privilegeAnswers(sandbox),
    environment: environmentAnswers(sandbox).sort(),
    limits: [limits.memory, limits.cpu, limits.processes, limits.disk].map(amount),
    readOnlyRoot: shown(lifetime.readOnlyRoot),
    kept: shown(lifetime.kept),
    agents: sandbox.agents,
    image: sandbox.image?.pinned,
  };
}

function verdictsOf({ findings }: TextAudit): string[] {
  const all = findings.map(
    ({ rule, severity, subsumed }) => `${rule.id} ${severity}${subsumed ? ' (subsumed)' : ''}`,
  );
  return [...new Set(all)].filter((verdict) => !((verdict.split(' ')[0] ?? '') in FORMAT_ONLY)).sort();
}

function sole(audit: TextAudit): Sandbox {
  const [sandbox, ...more] = audit.result.sandboxes;
  if (sandbox === undefined || more.length > 0) throw new Error('a case holds exactly one sandbox');
  return sandbox;
}

function auditCase(name: string, format: string): TextAudit {
  return auditText(format, readFileSync(join(ROOT, name, FILES[format] ?? ''), 'utf8'));
}

function formatsOf(name: string): string[] {
  return Object.keys(FILES).filter((format) => existsSync(join(ROOT, name, FILES[format] ?? '')));
}

/** What must be among the findings of a case, so that two readers cannot agree on nothing. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'workspace-only': ['open-egress medium', 'root-user medium', 'unlimited-memory medium'],
  'engine-socket': ['engine-socket critical'],
  'engine-socket-ordinary-user': ['engine-socket high'],
  privileged: ['privileged-container critical'],
  'privileged-drops-ignored': ['privileged-container critical'],
  'home-writable': ['writable-home critical'],
  'home-read-only': ['readable-home high'],
  'ssh-keys-read-only': ['credential-mount high'],
  'ssh-keys-without-network': ['credential-mount medium'],
  'disk-read-only': ['broad-host-read high', 'engine-socket high'],
  'no-network': ['unlimited-memory medium'],
  'host-network': ['host-network high', 'cloud-metadata medium'],
  'host-names': ['host-loopback low'],
  limits: ['open-egress medium'],
  hardened: ['writable-sandbox-config low'],
  'secrets-of-the-host': ['host-secret-passthrough high'],
  'secret-in-the-definition': ['secret-in-config high'],
  'capability-sys-admin': ['dangerous-capability critical'],
  'capability-unconfined': ['dangerous-capability critical', 'unconfined-seccomp medium (subsumed)'],
  'host-processes': ['host-pid-namespace critical'],
  'host-disk-device': ['host-device critical'],
  'published-port': ['published-port medium'],
  'temporary-directory': ['session-socket high'],
  'user-space-kernel': ['credential-mount high'],
  'protection-defeated': ['writable-sandbox-config medium'],
  'protection-that-holds': ['writable-sandbox-config low'],
  'unknown-mount': ['unresolved-value info'],
  'agent-settings-writable': ['writable-home critical'],
};

/** What must not be among them, in any format. */
const ABSENT: Readonly<Record<string, readonly string[]>> = {
  'ssh-keys-read-only': ['writable-home', 'readable-home', 'broad-host-read'],
  'no-network': ['open-egress', 'cloud-metadata', 'host-network'],
  'host-network': ['open-egress'],
  limits: ['unlimited-memory', 'unlimited-cpu', 'unlimited-processes'],
  hardened: [
    'open-egress',
    'root-user',
    'default-capabilities',
    'privilege-escalation',
    'writable-root-filesystem',
    'unlimited-memory',
    'unlimited-disk',
  ],
  'user-space-kernel': ['engine-socket', 'root-user'],
  'workspace-only': ['engine-socket', 'writable-host-path', 'credential-mount'],
};

describe.each(CASES)('%s', (name) => {
  const [reference = '', ...others] = formatsOf(name);

  it('is written in every format that has a front end', () => {
    expect(formatsOf(name)).toEqual(expect.arrayContaining(REQUIRED));
  });

  it('is judged as expected', () => {
    const verdicts = verdictsOf(auditCase(name, reference));
    expect(verdicts).toEqual(expect.arrayContaining([...(EXPECTED[name] ?? ['a row in EXPECTED'])]));
    const rules = verdicts.map((verdict) => verdict.split(' ')[0]);
    for (const rule of ABSENT[name] ?? []) expect(rules).not.toContain(rule);
  });

  it.each(others)('gives the same answers as %s', (format) => {
    expect(answersOf(sole(auditCase(name, format)))).toEqual(answersOf(sole(auditCase(name, reference))));
  });

  it.each(others)('gives the same findings as %s', (format) => {
    expect(verdictsOf(auditCase(name, format))).toEqual(verdictsOf(auditCase(name, reference)));
  });
});

describe('the cases', () => {
  it('are all described, with the formats that cannot express them', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const described = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(described.sort()).toEqual(CASES);
  });

  it('need every exception for a format', () => {
    const fired = new Set(
      CASES.flatMap((name) => formatsOf(name).flatMap((format) => auditCase(name, format).findings)).map(
        ({ rule }) => rule.id,
      ),
    );
    for (const rule of Object.keys(FORMAT_ONLY)) expect(fired).toContain(rule);
  });
});
