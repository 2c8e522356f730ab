/** Rules about models that no front end of the pages' examples builds: bare namespaces and policies. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../rules/index.ts';
import type { FileAnswer, FileMode, HostFiles, HostGrant } from '../src/model/files.ts';
import { covers, type HostPath, hostPath } from '../src/model/host-path.ts';
import type { Privilege } from '../src/model/privilege.ts';
import type { Match } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { answer, explicit, known, type Origin, type Verdict } from '../src/model/value.ts';
import { createSource, placeAt } from '../src/source/source.ts';

const SOURCE = createSource('sandbox.sh', 'bwrap --bind / / --dev /dev -- bash\n');
const at = (start: number): Origin => explicit(placeAt(SOURCE, start, start + 1));
const AT = at(0);

function grant(path: string, over: Partial<HostGrant> = {}): HostGrant {
  const open = { read: 'yes', write: 'yes', connect: 'yes', devices: 'no' } as const;
  const rest = { text: path, target: path, propagation: 'private', kind: 'mount', origin: AT } as const;
  return { path: hostPath(path, ''), tree: true, ...open, ...rest, ...over };
}

function files(grants: readonly HostGrant[], over: Partial<HostFiles> = {}): HostFiles {
  const can = (mode: FileMode, path: HostPath): FileAnswer => {
    const found = grants.find((one) => one[mode] === 'yes' && covers(one.path, path) === 'yes');
    if (found === undefined) return { verdict: 'no', because: [], grant: null };
    return { verdict: 'yes', because: [found.origin], grant: found };
  };
  return { grants, can, defeated: [], openByDefault: null, ...over };
}

const NO = answer('no', []);

function privilege(over: Partial<Privilege> = {}): Privilege {
  return {
    user: known({ name: 'ann', root: false }, AT),
    effectiveRoot: NO,
    sudo: NO,
    privileged: null,
    capabilities: null,
    noNewPrivileges: null,
    confinement: null,
    namespaces: null,
    devices: [],
    deviceRules: [],
    groups: [],
    runtime: known('shared-kernel', AT),
    rootIsHostRoot: NO,
    terminal: null,
    escalations: [],
    ...over,
  };
}

function sandbox(format: 'bwrap' | 'seatbelt', over: Partial<Sandbox> = {}): Sandbox {
  const unlimited = known({ amount: null }, AT);
  return {
    id: 'sandbox.sh#1',
    name: 'bwrap:1',
    format,
    boundary: format === 'bwrap' ? 'namespaces' : 'policy',
    role: { kind: 'sandbox', reason: 'it is one' },
    place: AT.place,
    definition: [],
    files: files([]),
    network: {
      egress: known({ kind: 'open' }, AT),
      hostLoopback: NO,
      metadata: NO,
      neighbours: [],
      published: [],
      proxyVariables: [],
      engineApis: [],
      abstractSockets: NO,
    },
    privilege: privilege(),
    environment: { variables: [], files: [], inheritsAll: null },
    limits: { expressible: false, memory: unlimited, cpu: unlimited, processes: unlimited, disk: unlimited },
    lifetime: { kept: known(false, AT), readOnlyRoot: null, shared: [] },
    build: null,
    image: null,
    additions: [],
    hostCommands: [],
    services: null,
    agents: [],
    inert: [],
    bypasses: [],
    editor: null,
    unresolved: [],
    revise: () => null,
    ...over,
  };
}

function matches(id: string, subject: Sandbox): Match[] {
  const found: Match[] = [];
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  if (rule.formats === undefined || rule.formats.includes(subject.format)) {
    rule.check(subject, (match) => found.push(match));
  }
  return found;
}

const outcomes = (match: Match | undefined) =>
  (match?.gains ?? []).map(({ outcome, certainty }) => `${outcome} ${certainty}`);

describe('allow-by-default', () => {
  const open = (grants: HostGrant[]) => sandbox('seatbelt', { files: files(grants, { openByDefault: AT }) });

  it('gives the home directory where that stays writable', () => {
    const [match] = matches('allow-by-default', open([grant('/')]));
    expect(outcomes(match)).toEqual(expect.arrayContaining(['home-write next', 'disk-read direct']));
    expect(match?.consequence).toContain('your next shell');
  });

  it('gives less where writing is denied, and nothing is reported without a default', () => {
    const [match] = matches('allow-by-default', open([grant('/', { write: 'no' })]));
    expect(outcomes(match)).not.toContain('home-write next');
    expect(outcomes(match)).toContain('disk-read direct');
    expect(matches('allow-by-default', sandbox('seatbelt', { files: files([grant('/')]) }))).toEqual([]);
  });
});

describe('a whole disk', () => {
  const whole = (write: Verdict, over: Partial<Privilege> = {}) =>
    sandbox('bwrap', { files: files([grant('/', { write })]), privilege: privilege(over) });

  it('that an ordinary user writes is the home directory, not the system', () => {
    expect(matches('host-system-mount', whole('yes'))).toEqual([]);
    expect(outcomes(matches('writable-home', whole('yes'))[0])).toContain('home-write next');
  });

  it('that root writes is the system, and reported once', () => {
    const root = { effectiveRoot: answer('yes', [AT]), rootIsHostRoot: answer('yes', [AT]) };
    expect(outcomes(matches('host-system-mount', whole('yes', root))[0])).toContain('host-root direct');
    expect(matches('writable-home', whole('yes', root))).toEqual([]);
  });

  it('that is read names the worst of what lies on it', () => {
    const [match, ...more] = matches('broad-host-read', whole('no'));
    expect(more).toEqual([]);
    expect(match?.evidence).toContain('ssh keys');
    expect(outcomes(match)).toEqual(expect.arrayContaining(['disk-read direct', 'credential:ssh direct']));
    expect(matches('writable-home', whole('no'))).toEqual([]);
  });
});

describe('bwrap', () => {
  it('shows the processes of the host through a bound /proc', () => {
    const [match] = matches('host-pid-namespace', sandbox('bwrap', { files: files([grant('/proc')]) }));
    expect(outcomes(match)).toEqual(['host-processes direct']);
    expect(matches('host-pid-namespace', sandbox('bwrap', { files: files([grant('/usr')]) }))).toEqual([]);
  });

  it('keeps every capability when root starts it', () => {
    const usable = new Set(['SYS_ADMIN', 'NET_ADMIN']);
    const capabilities = { added: [], dropsAll: null, bounding: usable, usable, origin: AT };
    const root = privilege({
      capabilities,
      effectiveRoot: answer('yes', [AT]),
      rootIsHostRoot: answer('yes', [AT]),
    });
    expect(outcomes(matches('dangerous-capability', sandbox('bwrap', { privilege: root }))[0])).toEqual([
      'host-root direct',
    ]);
    const dropped = privilege({
      ...root,
      capabilities: { ...capabilities, dropsAll: AT, usable: new Set() },
    });
    expect(matches('dangerous-capability', sandbox('bwrap', { privilege: dropped }))).toEqual([]);
  });

  it('opens devices that are bound as devices', () => {
    const bound = (path: string, devices: Verdict) =>
      matches('host-device', sandbox('bwrap', { files: files([grant(path, { devices })]) }));
    expect(outcomes(bound('/dev/dri', 'yes')[0])).toEqual(['kernel-surface direct']);
    expect(outcomes(bound('/dev', 'yes')[0])).toEqual(['host-root assumed']);
    expect(bound('/dev/dri', 'no')).toEqual([]);
  });

  it('keeps the terminal unless it says otherwise', () => {
    const terminal = (verdict: Verdict) =>
      matches(
        'terminal-injection',
        sandbox('bwrap', { privilege: privilege({ terminal: answer(verdict, [AT]) }) }),
      );
    expect(outcomes(terminal('yes')[0])).toEqual(['terminal direct']);
    expect([...terminal('no'), ...terminal('unknown')]).toEqual([]);
  });

  it('shares the namespaces that it is not told to make', () => {
    const own = known('own' as const, AT);
    const host = known('host' as const, AT);
    const namespaces = { pid: own, ipc: host, uts: host, cgroup: own, network: own, user: own };
    const found = matches('missing-namespace', sandbox('bwrap', { privilege: privilege({ namespaces }) }));
    expect(found.map((match) => match.subject)).toEqual(['ipc', 'uts']);
    const none = { pid: host, ipc: host, uts: host, cgroup: host, network: host, user: host };
    expect(
      matches('missing-namespace', sandbox('bwrap', { privilege: privilege({ namespaces: none }) })),
    ).toEqual([]);
  });

  it('names its ways round', () => {
    const bypasses = [{ kind: 'not-a-boundary', text: '--x', consequence: 'It leaks.', origin: AT }] as const;
    expect(matches('sandbox-bypass', sandbox('bwrap', { bypasses }))[0]).toMatchObject({ severity: 'high' });
  });
});

describe('apple-services', () => {
  const served = (...names: [service: string, start: number][]) =>
    sandbox('seatbelt', {
      services: {
        grants: names.map(([service, start]) => ({
          service,
          text: '(allow …)',
          origin: at(start),
          related: [],
        })),
        execution: known('any', AT),
        keychain: NO,
      },
    });

  it('reports one line once, by the worst of what it opens', () => {
    const found = matches(
      'apple-services',
      served(['pasteboard', 0], ['launch-services', 0], ['signals', 2]),
    );
    expect(found.map((match) => match.subject)).toEqual(['launch-services', 'signals']);
    expect(outcomes(found[0])).toEqual(['host-user direct', 'host-data:pasteboard direct']);
  });

  it('leaves the keychain to its own rule, and services that it does not know', () => {
    expect(matches('apple-services', served(['keychain', 0], ['unheard-of', 1]))).toEqual([]);
  });

  it('notes that any program may start', () => {
    expect(matches('unrestricted-exec', served())[0]).toMatchObject({ severity: 'info' });
  });
});
