/** Rules about answers that no container gives: a sandbox of another kind is made by changing some answers. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { findingsOf } from '../../src/engine/findings.ts';
import type { EgressControl, EgressHole, Network } from '../../src/model/network.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { answer, byDefault, explicit, known } from '../../src/model/value.ts';
import { auditText } from '../support/audit-text.ts';

const BASE = auditText('compose', 'services:\n  agent:\n    image: node:22\n    volumes: [".:/workspace"]\n')
  .result.sandboxes[0] as Sandbox;
const HERE = explicit(BASE.place);

function found(
  sandbox: Sandbox,
  rule: string,
): { severity: string; subject: string; assumes: readonly string[] }[] {
  return findingsOf([sandbox], RULES)
    .filter((finding) => finding.rule.id === rule)
    .map(({ severity, evidence, assumes }) => ({ severity, subject: evidence, assumes }));
}

const withNetwork = (network: Partial<Network>): Sandbox => ({
  ...BASE,
  network: { ...BASE.network, ...network },
});

function limited(control: Partial<EgressControl>, network: Partial<Network> = {}): Sandbox {
  const whole: EgressControl = {
    by: 'firewall',
    text: 'init-firewall.sh',
    origin: HERE,
    removable: answer('no', [HERE]),
    hosts: null,
    holes: [],
    ...control,
  };
  const egress = known({ kind: 'limited' as const, control: whole }, HERE);
  return withNetwork({ egress, metadata: answer('no', [HERE]), ...network });
}

const hole = (kind: EgressHole['kind']): EgressHole => ({ kind, text: `rule for ${kind}`, origin: HERE });
const host = (name: string) => ({ host: name, origin: HERE });

describe('removable-firewall', () => {
  it.each([
    ['yes', 1],
    ['no', 0],
    ['unknown', 0],
  ] as const)('when the code inside can remove it: %s', (verdict, count) => {
    const findings = found(
      limited({ removable: answer(verdict, [HERE], 'it runs as root') }),
      'removable-firewall',
    );
    expect(findings.map(({ severity }) => severity)).toEqual(Array(count).fill('high'));
  });
});

describe('broad-allowlist', () => {
  it('names the hosts to which anyone can upload, and no others', () => {
    const hosts = ['github.com', 'packages.internal.example', 'api.github.com', '169.254.169.254'].map(host);
    const findings = found(limited({ hosts }), 'broad-allowlist');
    expect(findings.map(({ severity }) => severity)).toEqual(['medium', 'medium']);
    expect(findings.map(({ subject }) => /`([^`]+)`/.exec(subject)?.[1]).sort()).toEqual([
      'api.github.com',
      'github.com',
    ]);
  });

  it.each(['dns', 'ssh', 'ipv6', 'any-port', 'late', 'established', 'admin-port'] as const)(
    'names the hole %s',
    (kind) => {
      expect(found(limited({ holes: [hole(kind)] }), 'broad-allowlist')).toHaveLength(1);
    },
  );

  it('leaves the network of the host to host-loopback', () => {
    const sandbox = limited({ holes: [hole('host-network')] }, { hostLoopback: answer('no', [HERE]) });
    expect(found(sandbox, 'broad-allowlist')).toEqual([]);
    expect(found(sandbox, 'host-loopback').map(({ severity }) => severity)).toEqual(['low']);
  });
});

describe('cloud-metadata', () => {
  it('is found in an allow-list, or where it answers in spite of one', () => {
    expect(found(limited({ hosts: [host('metadata.google.internal')] }), 'cloud-metadata')).toHaveLength(1);
    expect(found(limited({}, { metadata: answer('yes', [HERE]) }), 'cloud-metadata')).toHaveLength(1);
    expect(found(limited({}), 'cloud-metadata')).toEqual([]);
  });

  it('is a sentence of open-egress where the network is open', () => {
    expect(found(BASE, 'cloud-metadata')).toEqual([]);
  });
});

describe('inherited-environment', () => {
  it.each([
    ['written', HERE],
    ['the default', byDefault(BASE.place, 'bwrap')],
  ])('is medium and named as an assumption: %s', (_, inheritsAll) => {
    const [finding] = found(
      { ...BASE, environment: { ...BASE.environment, inheritsAll } },
      'inherited-environment',
    );
    expect(finding?.severity).toBe('medium');
    expect(finding?.assumes).toHaveLength(1);
  });
});

describe('host-secret-passthrough', () => {
  it.each([
    ['AWS_*', 1],
    ['*', 1],
    ['GITHUB*', 1],
    ['LC_*', 0],
    ['ANTHROPIC_*', 1],
    ['EDITOR*', 0],
  ])('of the pattern %s', (name, count) => {
    const value = {
      known: false,
      raw: name,
      why: 'it is taken from the host',
      names: [name],
      origin: HERE,
    } as const;
    const variable = { name, from: 'host', value, hostNames: [name], phase: 'run', origin: HERE } as const;
    const sandbox = { ...BASE, environment: { variables: [variable], files: [], inheritsAll: null } };
    expect(found(sandbox, 'host-secret-passthrough')).toHaveLength(count);
  });
});

describe('keychain-access', () => {
  const seatbelt = (verdict: 'yes' | 'no' | 'unknown'): Sandbox => ({
    ...BASE,
    format: 'seatbelt',
    services: {
      grants:
        verdict === 'yes'
          ? [{ service: 'keychain', text: '(allow mach-lookup)', origin: HERE, related: [] }]
          : [],
      execution: known('any', HERE),
      keychain: answer(verdict, [HERE]),
    },
  });

  it('fires on a certain answer alone, and for Seatbelt alone', () => {
    expect(found(seatbelt('yes'), 'keychain-access').map(({ severity }) => severity)).toEqual(['high']);
    expect(found(seatbelt('unknown'), 'keychain-access')).toEqual([]);
    expect(found(seatbelt('no'), 'keychain-access')).toEqual([]);
    expect(found({ ...seatbelt('yes'), format: 'compose' }, 'keychain-access')).toEqual([]);
  });
});

describe('limits', () => {
  it.each(['unlimited-memory', 'unlimited-processes', 'unlimited-cpu'])(
    '%s is a note where no words exist for it',
    (rule) => {
      const findings = found({ ...BASE, limits: { ...BASE.limits, expressible: false } }, rule);
      expect(findings.map(({ severity }) => severity)).toEqual(['info']);
    },
  );
});
