/** firejail and systemd: long lists of settings over the host's own files. */
import { describe, expect, it } from 'vitest';
import { auditText } from '../../support/audit-text.ts';
import { auditLine, findingsOf, firing, names } from './support.ts';

const FILES = ['writable-home', 'broad-host-read', 'readable-home'];

describe('firejail', () => {
  it('is found where it starts something', () => {
    expect(names('firejail', 'firejail claude\nfirejail --list\nfirejail --join=1')).toEqual([
      'firejail (line 1)',
    ]);
  });

  it('hides keys by its default profile, and not without', () => {
    const can = (line: string, mode: 'read' | 'write', path: string) =>
      auditLine('firejail', line).result.sandboxes[0]?.files.can(mode, { root: 'home', path }).verdict;
    expect(can('firejail claude', 'read', '.ssh')).toBe('no');
    expect(can('firejail claude', 'write', '.bashrc')).toBe('no');
    expect(can('firejail claude', 'read', '.bashrc')).toBe('yes');
    expect(can('firejail --noprofile claude', 'read', '.ssh')).toBe('yes');
    expect(can('firejail --noprofile claude', 'write', '.bashrc')).toBe('yes');
    expect(can('firejail --private claude', 'read', 'notes')).toBe('no');
    expect(can('firejail --private=/srv/h claude', 'read', 'notes')).toBe('no');
    expect(can('firejail --whitelist=~/proj claude', 'write', 'proj/x')).toBe('yes');
    expect(can('firejail --whitelist=~/proj claude', 'read', 'other')).toBe('no');
    expect(can('firejail --whitelist=/tmp/x claude', 'read', 'other')).toBe('yes');
    expect(can('firejail --noprofile --read-only=~ --read-write=~/w claude', 'write', 'w/x')).toBe('yes');
    expect(can('firejail --noprofile --read-only=~ claude', 'write', 'x')).toBe('no');
    // Read-only does not show again what is hidden.
    expect(can('firejail --read-only=~ claude', 'read', '.ssh')).toBe('no');
  });

  it.each([
    ['--noprofile', ['host-network', 'writable-home', 'engine-socket', 'unlimited-memory']],
    ['--net=none --private', []],
    ['--net=eth0 --private', ['open-egress']],
    ['--private --rlimit-as=4g', ['host-network']],
  ])('%s', (options, expected) => {
    const rules = [
      'host-network',
      'open-egress',
      'writable-home',
      ...(options === '--noprofile' ? ['engine-socket', 'unlimited-memory'] : []),
    ];
    expect(firing(auditLine('firejail', `firejail ${options} claude`), rules).sort()).toEqual(
      expected.toSorted(),
    );
  });

  it('reads a profile of the project, with the line of each setting', () => {
    const files = { 'agent.profile': '# mine\nnet none\nblacklist ${HOME}/.ssh\nwhitelist ${HOME}/work\n' };
    const audit = auditLine('firejail', 'firejail --profile=agent.profile claude', files);
    expect(findingsOf(audit, 'writable-host-path').join()).toContain('whitelist ${HOME}/work');
    expect(firing(audit, ['host-network', 'unresolved-value'])).toEqual([]);
    const missing = auditLine('firejail', 'firejail --profile=/etc/mine.profile claude');
    expect(firing(missing, ['unresolved-value'])).toEqual(['unresolved-value']);
  });

  it('keeps limits, and ends in good time with odd input', () => {
    const limited = auditLine('firejail', 'firejail --rlimit-as=4g --rlimit-nproc=9 --cpu=0,1 x');
    expect(firing(limited, ['unlimited-memory', 'unlimited-processes', 'unlimited-cpu'])).toEqual([]);
    const loop = { 'a.profile': 'include a.profile\ninclude b.profile\n', 'b.profile': 'include a.profile' };
    expect(() => auditLine('firejail', 'firejail --profile=a.profile x', loop)).not.toThrow();
  });
});

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
