/** gVisor started by itself: the host's tree behind `runsc do`, and what a bundle mounts. */
import { describe, expect, it } from 'vitest';
import { hostPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL } from '../../../src/model/symbolic.ts';
import { auditLine, findingsOf, firing, names } from './support.ts';

const of = (line: string, files: Readonly<Record<string, string>> = {}) => {
  const [sandbox] = auditLine('runsc', line, files).result.sandboxes;
  return {
    sandbox,
    can: (mode: 'read' | 'write' | 'connect', path: string) =>
      sandbox?.files.can(mode, hostPath(path.replace(/^~/, HOME_SYMBOL), '')).verdict,
    egress: sandbox?.network.egress.known === true ? sandbox.network.egress.value.kind : 'unknown',
  };
};

describe('runsc do', () => {
  it('is found where it holds something', () => {
    expect(
      names('runsc', 'sudo runsc do claude\nrunsc --network=none do true\nrunsc list\nrunsc install'),
    ).toEqual(['runsc (line 1)']);
  });

  it('shows the tree of the host, and keeps what is written', () => {
    const { can, sandbox } = of('sudo runsc do claude');
    expect([can('read', '~/.ssh/id'), can('write', '~/x'), can('connect', '/run/docker.sock')]).toEqual([
      'yes',
      'no',
      'no',
    ]);
    expect(sandbox?.agents).toEqual(['claude']);
    expect(sandbox?.privilege.runtime).toMatchObject({ value: 'user-space-kernel' });
    const open = of('sudo runsc do -force-overlay=false claude');
    expect(open.can('write', '~/x')).toBe('yes');
    const sockets = of('sudo runsc --host-uds=open do claude');
    expect([sockets.can('connect', '/run/docker.sock'), sockets.can('write', '~/x')]).toEqual(['yes', 'no']);
    const root = of('sudo runsc do --root /srv/box --volume=/home/me/work:/work claude');
    expect([root.can('read', '~/.ssh/id'), root.can('read', '/home/me/work/x')]).toEqual(['no', 'yes']);
  });

  it.each([
    ['sudo runsc do claude', 'open'],
    ['sudo runsc -network none do claude', 'none'],
    ['sudo runsc --network=host do claude', 'host'],
    ['runsc --rootless do claude', 'host'],
    ['runsc --rootless --ignore-cgroups --network=none do --quiet claude', 'none'],
    ['runsc --rootless --network "$NET" do claude', 'unknown'],
  ])('%s leads to %s', (line, expected) => {
    expect(of(line).egress).toBe(expected);
  });

  it('is root of the host for files, unless it is rootless', () => {
    const root = auditLine('runsc', 'sudo runsc do --force-overlay=false claude');
    expect(firing(root, ['host-system-mount', 'dangerous-capability'])).toEqual(['host-system-mount']);
    const own = auditLine('runsc', 'runsc --rootless --network=none do claude');
    expect(own.result.sandboxes[0]?.privilege.effectiveRoot.verdict).toBe('no');
  });

  it('says which flags it does not know', () => {
    expect(findingsOf(auditLine('runsc', 'runsc --rootless --odd=1 do claude'), 'unresolved-value')).toEqual([
      'info: --odd=1',
    ]);
  });
});

const config = (more: string) =>
  `{ "root": { "path": "rootfs", "readonly": true },
  "process": { "args": ["claude"], "env": ["A=b"], "user": { "uid": 1000 }, "noNewPrivileges": true }${more} }`;
const MOUNT =
  ', "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }, { "destination": "/h", "type": "bind", "source": "/home/me", "options": ["rbind", "rw"] }]';

describe('runsc run', () => {
  it('reads the bundle', () => {
    const line = 'sudo runsc run --bundle box agent';
    const { sandbox, can, egress } = of(line, { 'box/config.json': config(MOUNT) });
    expect(sandbox?.agents).toEqual(['claude']);
    expect([can('write', '~/.bashrc'), can('read', '/etc/passwd'), egress]).toEqual(['yes', 'no', 'open']);
    expect(sandbox?.definition.map(({ path }) => path)).toEqual(['run.sh', 'box/config.json']);
    const audit = auditLine('runsc', line, { 'box/config.json': config(MOUNT) });
    expect(firing(audit, ['writable-home', 'inherited-environment'])).toEqual(['writable-home']);
    const kept = of('sudo runsc --overlay2=all:memory run --bundle=box agent', {
      'box/config.json': config(MOUNT),
    });
    expect([kept.can('write', '~/.bashrc'), kept.can('read', '~/.bashrc')]).toEqual(['no', 'yes']);
  });

  it('joins the network that the bundle names', () => {
    const spaces = (namespace: string) => config(`, "linux": { "namespaces": [${namespace}] }`);
    const egress = (text: string) => of('sudo runsc run -bundle box a', { 'box/config.json': text }).egress;
    expect(egress(spaces('{ "type": "pid" }'))).toBe('open');
    expect(egress(spaces('{ "type": "network" }'))).toBe('none');
    expect(egress(spaces('{ "type": "network", "path": "/run/netns/x" }'))).toBe('unknown');
  });

  it('has limits where control groups are not ignored', () => {
    const text = config(
      ', "linux": { "resources": { "memory": { "limit": 1024 }, "pids": { "limit": 9 } } }',
    );
    const limits = (flags: string) =>
      of(`sudo runsc ${flags} run --bundle box a`, { 'box/config.json': text }).sandbox?.limits.processes;
    expect(limits('')).toMatchObject({ value: { amount: 9 } });
    expect(limits('--ignore-cgroups')).toMatchObject({ value: { amount: null } });
  });

  it('does not know what is not there', () => {
    expect(
      findingsOf(auditLine('runsc', 'sudo runsc run --bundle "$DIR" a'), 'unresolved-value'),
    ).not.toEqual([]);
    const broken = auditLine('runsc', 'sudo runsc run --bundle box a', { 'box/config.json': '{ "root": ' });
    expect(firing(broken, ['unresolved-value'])).toEqual(['unresolved-value']);
  });
});
