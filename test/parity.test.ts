/** The same sandbox, written in every format that can say it, gets the same answers and the same findings. */
import { describe, expect, it } from 'vitest';
import { displayPath } from '../src/model/host-path.ts';
import type { Limit, Sandbox } from '../src/model/sandbox.ts';
import type { Value } from '../src/model/value.ts';
import type { TextAudit } from './support/audit-text.ts';
import {
  auditCase,
  CASES,
  DESCRIBED,
  environmentAnswers,
  fileAnswers,
  formatsOf,
  sole,
} from './support/parity-case.ts';
import { NARROW, narrowAnswers, narrowRules, unusedDifferences } from './support/parity-narrow.ts';

/** Formats of containers: each case is written in them, and every answer has to be the same. */
const CONTAINERS = ['compose', 'devcontainer', 'docker-run'];
/** The one that all others are compared with. */
const REFERENCE = 'compose';

/** Rules of which a format knows more than the others, with the reason. */
const FORMAT_ONLY: Readonly<Record<string, string>> = {
  'editor-bridge': 'an editor attaches to a devcontainer and to nothing else',
};

function shown<T>(value: Value<T> | null | undefined): unknown {
  if (value === null || value === undefined) return null;
  return value.known ? value.value : 'unknown';
}

const amount = (limit: Value<Limit>): unknown => (limit.known ? limit.value.amount : 'unknown');

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
  'shared-volume': ['shared-state medium'],
  'engine-address': ['engine-socket high'],
  'engine-address-of-the-caller': ['unresolved-value info'],
  'socket-of-a-program': ['unresolved-value info'],
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
  'workspace-only': ['engine-socket', 'writable-host-path', 'credential-mount', 'unresolved-value'],
  'engine-address-of-the-caller': ['engine-socket'],
  'socket-of-a-program': ['open-egress', 'engine-socket', 'writable-host-path'],
};

describe.each(CASES)('%s', (name) => {
  const formats = formatsOf(name);
  const containers = formats.filter((format) => CONTAINERS.includes(format) && format !== REFERENCE);
  const narrow = formats.filter((format) => NARROW.includes(format));

  it('is written in every format that can say it', () => {
    const able = NARROW.filter((format) => !DESCRIBED.get(name)?.excused.includes(format));
    expect([...formats].sort()).toEqual([...CONTAINERS, ...able].sort());
  });

  it('is judged as expected', () => {
    const verdicts = verdictsOf(auditCase(name, REFERENCE));
    expect(verdicts).toEqual(expect.arrayContaining([...(EXPECTED[name] ?? ['a row in EXPECTED'])]));
    const rules = verdicts.map((verdict) => verdict.split(' ')[0]);
    for (const rule of ABSENT[name] ?? []) expect(rules).not.toContain(rule);
  });

  it.each(containers)('gives the same answers as %s', (format) => {
    expect(answersOf(sole(auditCase(name, format)))).toEqual(answersOf(sole(auditCase(name, REFERENCE))));
  });

  it.each(containers)('gives the same findings as %s', (format) => {
    expect(verdictsOf(auditCase(name, format))).toEqual(verdictsOf(auditCase(name, REFERENCE)));
  });

  it.each(narrow)('opens the same of the host as %s', (format) => {
    const [ours, theirs] = [format, REFERENCE].map((one) =>
      narrowAnswers(sole(auditCase(name, one)), name, format),
    );
    expect(ours).toEqual(theirs);
  });

  it.each(narrow)('breaks the same rules as %s', (format) => {
    const [ours, theirs] = [format, REFERENCE].map((one) => narrowRules(auditCase(name, one), name, format));
    expect(ours).toEqual(theirs);
  });
});

describe('the cases', () => {
  it('are all described, with the formats that cannot express them', () => {
    expect([...DESCRIBED.keys()].sort()).toEqual(CASES);
    for (const { excused, why } of DESCRIBED.values()) {
      for (const format of excused) expect(NARROW).toContain(format);
      expect(why === '').toBe(excused.length === 0);
    }
  });

  it('need every exception for a format', () => {
    const fired = new Set(
      CASES.flatMap((name) => formatsOf(name).flatMap((format) => auditCase(name, format).findings)).map(
        ({ rule }) => rule.id,
      ),
    );
    for (const rule of Object.keys(FORMAT_ONLY)) expect(fired).toContain(rule);
  });

  it('need every difference that is allowed for', () => {
    expect(unusedDifferences(REFERENCE)).toEqual([]);
  });
});
