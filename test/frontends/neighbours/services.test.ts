/** systemd-run and unit files: what their settings leave of the host. */
import { describe, expect, it } from 'vitest';
import { auditText } from '../../support/audit-text.ts';
import { auditLine, findingsOf, firing, names } from './support.ts';

const FILES = ['writable-home', 'broad-host-read', 'readable-home'];

const STRICT =
  '-p User=agent -p ProtectSystem=strict -p ProtectHome=yes -p PrivateNetwork=yes -p NoNewPrivileges=yes -p MemoryMax=2G -p CPUQuota=200%';

describe('systemd-run', () => {
  it('counts with settings of a sandbox, or a coding agent in it', () => {
    expect(names('systemd', 'systemd-run --scope make\nsystemd-run -p MemoryMax=1G make')).toEqual([]);
    expect(names('systemd', 'systemd-run -p ProtectHome=yes make')).toEqual(['systemd-run (line 1)']);
    expect(names('systemd', 'systemd-run --user --scope claude')).toEqual(['systemd-run (line 1)']);
    expect(names('systemd', 'systemd-run -p ProtectHome=yes bwrap --ro-bind / / sh')).toEqual([]);
  });

  it('is root with the whole disk unless told otherwise', () => {
    const bare = auditLine('systemd', 'sudo systemd-run claude');
    expect(firing(bare, ['dangerous-capability', 'host-system-mount', 'host-network'])).toHaveLength(3);
    const strict = auditLine('systemd', `sudo systemd-run ${STRICT} claude`);
    expect(
      firing(strict, [
        'dangerous-capability',
        'host-system-mount',
        'host-network',
        'unlimited-memory',
        ...FILES,
      ]),
    ).toEqual([]);
  });

  it('reads only what it protects', () => {
    const can = (properties: string, mode: 'read' | 'write', path: string) =>
      auditLine('systemd', `sudo systemd-run ${properties} x`).result.sandboxes[0]?.files.can(mode, {
        root: 'absolute',
        path,
      }).verdict;
    expect(can('-p ProtectSystem=full', 'write', '/etc/x')).toBe('no');
    expect(can('-p ProtectSystem=full', 'write', '/var/x')).toBe('yes');
    expect(can('-p ProtectSystem=strict', 'write', '/var/x')).toBe('no');
    expect(can('-p ProtectSystem=strict -p ReadWritePaths=/var/x', 'write', '/var/x/y')).toBe('yes');
    expect(can('-p ProtectSystem=strict', 'read', '/var/x')).toBe('yes');
    expect(can('-p InaccessiblePaths=/var', 'read', '/var/x')).toBe('no');
    expect(can('-p InaccessiblePaths=/var -p ReadWritePaths=/var/x', 'write', '/var/x')).toBe('no');
    expect(can('-p PrivateTmp=yes', 'read', '/tmp/x')).toBe('no');
    expect(can('-p ProtectSystem=no', 'write', '/etc/x') ?? 'none').toBe('yes');
  });

  it('tells settings without effect', () => {
    const scope = auditLine(
      'systemd',
      'systemd-run --user --scope -p ProtectHome=yes -p MemoryMax=2G claude',
    );
    expect(findingsOf(scope, 'inert-setting')).toEqual(['medium: -p ProtectHome=yes']);
    expect(firing(scope, ['writable-home', 'inherited-environment', 'unlimited-memory'])).toEqual([
      'writable-home',
      'inherited-environment',
    ]);
    const system = auditLine(
      'systemd',
      'sudo systemd-run --scope -p ProtectHome=yes -p NoNewPrivileges=yes claude',
    );
    expect(findingsOf(system, 'inert-setting')).toEqual([
      'medium: -p ProtectHome=yes',
      'medium: -p NoNewPrivileges=yes',
    ]);
    const service = auditLine('systemd', 'sudo systemd-run -p ProtectHome=yes claude');
    expect(firing(service, ['inert-setting', 'inherited-environment', 'writable-home'])).toEqual([]);
  });

  it('narrows the network by addresses', () => {
    const rules = ['host-network', 'host-loopback', 'open-egress'];
    const of = (options: string) => firing(auditLine('systemd', `sudo systemd-run ${options} claude`), rules);
    expect(of('-p IPAddressDeny=any')).toEqual([]);
    expect(of('-p IPAddressDeny=any -p IPAddressAllow=localhost')).toEqual(['host-loopback']);
    expect(of('-p IPAddressDeny=any -p IPAddressAllow=any')).toEqual(['host-network']);
    expect(of('-p RestrictAddressFamilies=AF_UNIX')).toEqual([]);
  });
});

describe('unit files', () => {
  const unit = (lines: string) => `[Unit]\nDescription=x\n\n[Service]\n${lines}\n`;
  const audit = (text: string, path = 'agent.service') => auditText('systemd', text, new Map(), path);

  it('count when they start an agent', () => {
    const found = audit(unit('ExecStart=/usr/bin/claude -p x\nEnvironment=GITHUB_TOKEN=%h'));
    expect(found.result.sandboxes.map(({ name }) => name)).toEqual(['agent.service']);
    expect(findingsOf(found, 'host-network')).toEqual(['high: [Service]']);
  });

  it('hold settings on lines that are continued, and start over with an empty one', () => {
    const text = unit(
      'ExecStart=/usr/bin/claude\nUser=agent\nProtectSystem=strict\nReadWritePaths=/a \\\n  /b\nIPAddressDeny=any\nIPAddressDeny=',
    );
    const found = audit(text);
    const [sandbox] = found.result.sandboxes;
    expect(sandbox?.files.can('write', { root: 'absolute', path: '/b/c' }).verdict).toBe('yes');
    expect(firing(found, ['host-network'])).toEqual(['host-network']);
  });

  it('of a user are run by a manager without rights', () => {
    const found = audit(unit('ExecStart=/usr/bin/claude\nProtectHome=yes'), '.config/systemd/user/a.service');
    expect(findingsOf(found, 'inert-setting')).toEqual(['medium: ProtectHome=yes']);
  });
});
