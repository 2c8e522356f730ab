import { describe, expect, it } from 'vitest';
import { AGENTS, agentRow } from '../../src/knowledge/agents.ts';
import { APPLE_SERVICES } from '../../src/knowledge/apple-services.ts';
import { ASSETS, assetsOf } from '../../src/knowledge/assets/index.ts';
import { CAPABILITIES } from '../../src/knowledge/capabilities.ts';
import { DEVICES } from '../../src/knowledge/devices.ts';
import { EXFILTRATION_HOSTS } from '../../src/knowledge/exfiltration.ts';
import { FEATURES } from '../../src/knowledge/features.ts';
import { IMAGES } from '../../src/knowledge/images.ts';
import { NEIGHBOURS } from '../../src/knowledge/neighbours.ts';
import { outcomeRow } from '../../src/knowledge/outcomes.ts';
import { PORTS } from '../../src/knowledge/ports.ts';
import { MODEL_KEYS, TOKEN_SHAPES } from '../../src/knowledge/secrets.ts';
import { SOCKET_PROXIES } from '../../src/knowledge/socket-proxy.ts';
import { HOST_NAMES, METADATA_HOSTS } from '../../src/knowledge/system-hosts.ts';
import { assetPath, exposures } from '../../src/model/exposure.ts';
import type { FileMode, HostFiles, HostGrant } from '../../src/model/files.ts';
import { covers, displayPath, hostPath } from '../../src/model/host-path.ts';
import { explicit } from '../../src/model/value.ts';
import { createSource, placeAt } from '../../src/source/source.ts';

interface Row {
  readonly reason: string;
  readonly reference: string;
}

const TABLES: Readonly<Record<string, readonly (readonly [id: string, row: Row])[]>> = {
  agents: AGENTS.map((row) => [row.name, row]),
  'apple services': APPLE_SERVICES.map((row) => [row.id, row]),
  assets: ASSETS.map((row) => [row.id, row]),
  capabilities: CAPABILITIES.map((row) => [row.name, row]),
  devices: DEVICES.map((row) => [row.pattern, row]),
  exfiltration: EXFILTRATION_HOSTS.map((row) => [row.title, row]),
  features: FEATURES.map((row) => [row.id, row]),
  images: IMAGES.map((row) => [row.pattern, row]),
  neighbours: NEIGHBOURS.map((row) => [row.kind, row]),
  ports: PORTS.map((row) => [String(row.port), row]),
  'model keys': MODEL_KEYS.map((row) => [row.name, row]),
  'token shapes': TOKEN_SHAPES.map((row) => [row.id, row]),
  'socket proxies': SOCKET_PROXIES.map((row) => [row.id, row]),
  'metadata hosts': METADATA_HOSTS.map((row) => [row.address, row]),
  'host names': HOST_NAMES.map((row) => [row.name, row]),
};

describe.each(Object.entries(TABLES))('the table of %s', (_, rows) => {
  it('has one row for one thing', () => {
    const ids = rows.map(([id]) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it('gives each row a reason that is a sentence and a reference that can be opened', () => {
    const bad = rows.filter(
      ([, row]) => !/^\S.{8,}\.$/.test(row.reason) || !/^https:\/\/\S+$/.test(row.reference),
    );
    expect(bad).toEqual([]);
  });
});

describe('assets', () => {
  it('belong to rules that ask about assets', () => {
    const owners = new Set(ASSETS.map((asset) => asset.rule));
    expect([...owners].sort()).toEqual([
      'agent-socket',
      'credential-mount',
      'engine-socket',
      'host-system-mount',
      'session-socket',
      'shared-state',
      'writable-home',
    ]);
  });

  it('are handed out by owner, all of them', () => {
    const owners = [...new Set(ASSETS.map((asset) => asset.rule))];
    expect(owners.flatMap((owner) => assetsOf(owner)).length).toBe(ASSETS.length);
    expect(assetsOf('open-egress')).toEqual([]);
  });

  it('give only outcomes that exist, with clauses that can be printed', () => {
    for (const asset of ASSETS) {
      const gains = [asset.read, asset.write, asset.connect].flatMap((gain) => gain ?? []);
      expect(gains.length, asset.id).toBeGreaterThan(0);
      for (const gain of gains) {
        expect(outcomeRow(gain.outcome), `${asset.id}: ${gain.outcome}`).toBeDefined();
        expect(gain.lets, asset.id).toMatch(/^[a-z].*[^.]$/);
      }
    }
  });

  it('are written as normalised paths', () => {
    for (const asset of ASSETS) {
      for (const text of asset.paths) {
        const path = assetPath(text);
        expect(path.root, text).not.toBe('unknown');
        const shown = displayPath(path) + (text.endsWith('/') ? '/' : '');
        expect(shown, asset.id).toBe(text === '/.' ? '/' : text);
      }
    }
  });

  it('never name the root directory as a tree, which would be every path', () => {
    expect(ASSETS.flatMap((asset) => asset.paths).filter((path) => path === '/' || path === '~/')).toEqual(
      [],
    );
  });

  it('of credentials are not both one thing and its exception', () => {
    const broken = ASSETS.flatMap((asset) =>
      asset.paths.filter((path) =>
        (asset.except ?? []).some(
          (except) => !except.startsWith('*') && covers(assetPath(except), assetPath(path)) === 'yes',
        ),
      ),
    );
    expect(broken).toEqual([]);
  });
});

describe('outcomes of other tables', () => {
  it('exist', () => {
    const named = [
      ...CAPABILITIES.flatMap((row) => [...(row.alone === null ? [] : [row.alone]), ...row.together]),
      ...APPLE_SERVICES,
    ].map((gain) => gain.outcome);
    const devices = DEVICES.flatMap((row) => [row.outcome, row.readOutcome]).filter(
      (id) => typeof id === 'string',
    );
    expect([...named, ...devices].filter((id) => outcomeRow(id) === undefined)).toEqual([]);
  });

  it('name agents that exist', () => {
    const named = [...IMAGES.flatMap((row) => row.agents), ...MODEL_KEYS.flatMap((row) => row.agents)];
    expect(named.filter((name) => agentRow(name) === null)).toEqual([]);
  });
});

const ORIGIN = explicit(placeAt(createSource('x.yaml', 'x'), 0, 1));

/** A bind mount of one path, as containers have it. */
function mount(path: string, writable: boolean): HostFiles {
  const grant: HostGrant = {
    path: hostPath(path, ''),
    tree: true,
    read: 'yes',
    write: writable ? 'yes' : 'no',
    connect: 'yes',
    devices: 'no',
    text: path,
    target: '/mnt',
    propagation: 'private',
    kind: 'mount',
    origin: ORIGIN,
  };
  return {
    grants: [grant],
    defeated: [],
    openByDefault: null,
    can: (mode: FileMode, asked) => {
      const verdict = covers(grant.path, asked) === 'yes' ? grant[mode] : 'no';
      return { verdict, because: [ORIGIN], grant: verdict === 'yes' ? grant : null };
    },
  };
}

/** `rule:mode:outcome` of everything that a mount opens. */
function opened(path: string, writable: boolean): string[] {
  const found = exposures(mount(path, writable), ASSETS);
  return [...new Set(found.map(({ asset, mode, gain }) => `${asset.rule} ${mode} ${gain.outcome}`))].sort();
}

describe('what one mount opens', () => {
  it.each<[path: string, writable: boolean, opens: string]>([
    ['/var/run/docker.sock', false, 'engine-socket connect host-root'],
    ['/run/docker.sock', true, 'engine-socket connect host-root'],
    ['/run/user/1000/docker.sock', false, 'engine-socket connect host-user'],
    ['/run/user/501/podman/podman.sock', false, 'engine-socket connect host-user'],
    ['/run/podman/podman.sock', false, 'engine-socket connect host-root'],
    ['/home/ann/.docker/run/docker.sock', false, 'engine-socket connect host-user'],
    ['~/.colima/default/docker.sock', false, 'engine-socket connect host-user'],
    ['/var/run', false, 'engine-socket connect host-root'],
    ['/run/containerd/containerd.sock', false, 'engine-socket connect host-root'],
    ['/run/user/1000/bus', false, 'session-socket connect host-user'],
    ['/tmp/.X11-unix', false, 'session-socket connect session:x11'],
    ['/tmp', true, 'session-socket connect session:x11'],
    ['/tmp', true, 'session-socket connect host-user'],
    ['/run/user/1000/keyring/ssh', false, 'agent-socket connect credential:ssh-agent'],
    ['/run/host-services/ssh-auth.sock', false, 'agent-socket connect credential:ssh-agent'],
    ['~/.gnupg/S.gpg-agent', false, 'agent-socket connect credential:gpg-agent'],
    ['/', true, 'host-system-mount write host-root'],
    ['/etc', true, 'host-system-mount write host-root'],
    ['/etc', false, 'host-system-mount read credential:host'],
    ['/etc/cron.d', true, 'host-system-mount write host-root'],
    ['/etc/passwd', true, 'host-system-mount write host-root'],
    ['/proc', true, 'host-system-mount write host-root'],
    ['/usr/local/bin', true, 'host-system-mount write host-root'],
    ['/var/lib/docker', false, 'host-system-mount read host-data'],
    ['/var/lib/kubelet', false, 'host-system-mount read credential:cluster'],
    ['/etc/hosts', true, 'host-system-mount write host-control'],
    ['~/.bashrc', true, 'writable-home write home-write'],
    ['/Users/ann/.gitconfig', true, 'writable-home write home-write'],
    ['~/.gitconfig', false, 'credential-mount read identity:git'],
    ['/root/.ssh', false, 'credential-mount read credential:ssh'],
    ['~/.ssh/work_key', false, 'credential-mount read credential:ssh'],
    ['~/.ssh', true, 'writable-home write home-write'],
    ['~/.ssh/known_hosts', false, 'credential-mount read identity:ssh'],
    ['~/.aws', false, 'credential-mount read credential:cloud'],
    ['~/.kube/config', false, 'credential-mount read credential:cluster'],
    ['~/.npmrc', false, 'credential-mount read credential:registry'],
    ['~/.claude', true, 'writable-home write home-write'],
    ['~/.claude', true, 'credential-mount read credential:agent'],
    ['~/.mozilla', false, 'credential-mount read credential:browser'],
    ['~/.zsh_history', false, 'credential-mount read vault:history'],
    ['~/.m2/repository', true, 'shared-state write cache-write'],
    ['~/.cargo/registry', true, 'shared-state write cache-write'],
    ['~/.cache', true, 'shared-state write cache-write'],
  ])('%s (writable: %s) opens %s', (path, writable, opens) => {
    expect(opened(path, writable)).toContain(opens);
  });

  it.each<[path: string, writable: boolean]>([
    ['/etc/localtime', false],
    ['/etc/localtime', true],
    ['/etc/timezone', false],
    ['/etc/hosts', false],
    ['/etc/resolv.conf', false],
    ['/etc/passwd', false],
    ['/etc/group', false],
    ['/etc/ssl/certs', false],
    ['/etc/ssl/certs/ca-certificates.crt', false],
    ['/usr/share/zoneinfo', false],
    ['/lib/modules', false],
    ['/sys/fs/cgroup', false],
    ['/usr', false],
    ['~/.ssh/id_ed25519.pub', false],
    ['~/.m2/repository', false],
    ['~/.npm', false],
    ['/mnt/data', true],
    ['./src', true],
  ])('%s (writable: %s) opens nothing', (path, writable) => {
    expect(opened(path, writable)).toEqual([]);
  });

  it('keeps a cache apart from start-up files', () => {
    expect(opened('~/.m2/repository', true)).toEqual(['shared-state write cache-write']);
    expect(opened('~/.gradle/caches', true)).toEqual(['shared-state write cache-write']);
  });

  it('takes a socket for a door, read-only or not', () => {
    expect(opened('/run/docker.sock', false)).toEqual(opened('/run/docker.sock', true));
  });
});
