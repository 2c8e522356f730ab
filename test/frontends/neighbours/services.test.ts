/** systemd-run and unit files: what their settings leave of the host. */
import { describe, expect, it } from 'vitest';
import { hostPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL } from '../../../src/model/symbolic.ts';
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

describe('the options of systemd-run', () => {
  const agent = (line: string) => auditLine('systemd', line).result.sandboxes[0]?.agents.join();

  it.each([
    ['systemd-run --user -t claude'],
    ['systemd-run --user -Pqd -p ProtectHome=tmpfs claude'],
    ['systemd-run --user -pProtectHome=tmpfs -uagent -G claude'],
    ['systemd-run --user --property ProtectHome=tmpfs --unit agent -E A=b -- claude'],
    ['systemd-run --on-boot 5 --expand-environment no --timer-property A=b -M agent@.host --user claude'],
    ['systemd-run --scope --user --slice=x --nice 5 --working-directory /x claude'],
  ])('%s', (line) => {
    expect(agent(line)).toBe(agent('systemd-run claude'));
  });

  it('lead elsewhere with a host or a machine', () => {
    expect(names('systemd', 'systemd-run -H me@other claude\nsystemd-run --machine=box claude')).toEqual([]);
    const other = auditLine('systemd', 'systemd-run --user -M agent@.host claude');
    expect(firing(other, ['writable-home'])).toEqual([]);
  });

  it('keep the terminal for a scope alone', () => {
    const of = (line: string) => findingsOf(auditLine('systemd', line), 'terminal-injection');
    expect(of('systemd-run --user --scope claude')).toEqual(['medium: --scope']);
    expect(of('systemd-run --user --pty claude')).toEqual([]);
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

  it('of a user can mount on newer hosts, which is not known from the file', () => {
    const path = '.config/systemd/user/a.service';
    const start = 'ExecStart=/usr/bin/claude\n';
    const found = audit(unit(`${start}ProtectHome=yes\nPrivateNetwork=yes\nIPAddressDeny=any`), path);
    const assumed = (rule: string) => found.findings.find((one) => one.rule.id === rule)?.assumes;
    expect(assumed('writable-home')).toContain('its systemd is older than 254');
    expect(assumed('host-network')).toContain('its systemd is older than 254');
    expect(assumed('host-pid-namespace')).toEqual([]);
    // No version has the right to filter addresses.
    const address = audit(unit(`${start}IPAddressDeny=any`), path);
    expect(address.findings.find((one) => one.rule.id === 'host-network')?.assumes).toEqual([]);
  });

  it('open what the groups they are put in open', () => {
    const groups = (lines: string) => audit(unit(`ExecStart=/usr/bin/claude\nUser=agent\n${lines}`));
    expect(findingsOf(groups('SupplementaryGroups=kvm docker'), 'engine-socket')).toEqual([
      'critical: SupplementaryGroups=kvm docker',
    ]);
    expect(firing(groups('Group=docker\nProtectSystem=strict'), ['engine-socket'])).toHaveLength(1);
    expect(firing(groups('Group=docker\nInaccessiblePaths=/run/docker.sock'), ['engine-socket'])).toEqual([]);
    expect(firing(groups('Group=agent'), ['engine-socket'])).toEqual([]);
  });

  const files = (lines: string) => {
    const [sandbox] = audit(unit(`ExecStart=/usr/bin/claude\n${lines}`)).result.sandboxes;
    return (mode: 'read' | 'write' | 'connect', path: string) =>
      sandbox?.files.can(mode, hostPath(path.replace(/^~/, HOME_SYMBOL), '')).verdict;
  };

  /** Measured in services of systemd 252, with marked files. */
  it.each([
    ['ProtectSystem=strict', 'write', '/srv/x', 'no'],
    ['ProtectSystem=strict', 'write', '~/x', 'yes'],
    ['ProtectSystem=strict\nProtectHome=read-only', 'write', '~/x', 'no'],
    ['ProtectSystem=strict\nReadOnlyPaths=/home', 'write', '~/x', 'no'],
    ['ProtectSystem=strict\nReadWritePaths=/srv', 'write', '/srv/x', 'yes'],
    ['ProtectSystem=strict\nStateDirectory=marked', 'write', '/var/lib/marked/x', 'yes'],
    ['ReadWritePaths=/srv\nReadOnlyPaths=/srv', 'write', '/srv/x', 'no'],
    ['ReadOnlyPaths=/srv\nReadWritePaths=/srv', 'write', '/srv/x', 'no'],
    ['ReadOnlyPaths=/\nReadWritePaths=/srv', 'write', '/srv/x', 'yes'],
    ['ReadOnlyPaths=/srv\nBindPaths=/srv/x', 'write', '/srv/x/y', 'yes'],
    ['BindPaths=/home/me\nReadOnlyPaths=/home/me/work', 'write', '/home/me/work/x', 'no'],
    ['ProtectHome=tmpfs', 'read', '~/x', 'no'],
    ['ProtectHome=tmpfs\nBindPaths=/home/me/work', 'write', '/home/me/work/x', 'yes'],
    ['ProtectHome=tmpfs\nBindReadOnlyPaths=/home/me/work', 'write', '/home/me/work/x', 'no'],
    ['ProtectHome=yes\nBindPaths=/home/me/work', 'read', '/home/me/work/x', 'no'],
    ['InaccessiblePaths=/home/me\nBindPaths=/home/me/work', 'read', '/home/me/work/x', 'no'],
    ['BindPaths=/home/me/work\nTemporaryFileSystem=/home:ro', 'write', '/home/me/work/x', 'yes'],
    ['ProtectHome=read-only', 'connect', '/run/user/1000/bus', 'yes'],
    ['ProtectHome=yes', 'connect', '/run/user/1000/bus', 'no'],
    ['RestrictAddressFamilies=none', 'connect', '/run/docker.sock', 'no'],
    ['RestrictAddressFamilies=AF_INET AF_INET6', 'connect', '/run/docker.sock', 'no'],
    ['InaccessiblePaths=-/run/docker.sock', 'connect', '/run/docker.sock', 'no'],
    ['RootImage=/srv/agent.raw', 'read', '/etc/passwd', 'no'],
  ] as const)('with %s: %s %s is %s', (lines, mode, path, expected) => {
    expect(files(lines)(mode, path)).toBe(expected);
  });

  it('names what stands below an inaccessible place', () => {
    const found = audit(unit('ExecStart=/usr/bin/claude\nProtectHome=yes\nBindPaths=/home/me/work'));
    expect(findingsOf(found, 'inert-setting')).toEqual(['medium: BindPaths=/home/me/work']);
  });

  it('of a user can mount in a user namespace', () => {
    const path = '.config/systemd/user/a.service';
    const found = audit(unit('ExecStart=/usr/bin/claude\nPrivateUsers=yes\nProtectHome=yes'), path);
    expect(firing(found, ['inert-setting', 'writable-home'])).toEqual([]);
    const address = audit(unit('ExecStart=/usr/bin/claude\nPrivateUsers=yes\nIPAddressDeny=any'), path);
    expect(findingsOf(address, 'inert-setting')).toEqual(['medium: IPAddressDeny=any']);
    const wanted = audit(
      '[Service]\nExecStart=/usr/bin/claude\nProtectHome=yes\n[Install]\nWantedBy=default.target\n',
    );
    expect(findingsOf(wanted, 'inert-setting')).toEqual(['medium: ProtectHome=yes']);
  });

  it('start with full privileges behind a plus', () => {
    const found = audit(unit('ExecStart=+/usr/bin/claude\nUser=agent\nProtectHome=yes'));
    expect(findingsOf(found, 'inert-setting')).toEqual(['medium: User=agent', 'medium: ProtectHome=yes']);
    expect(firing(found, ['dangerous-capability'])).toEqual(['dangerous-capability']);
  });

  it('are read with their drop-ins', () => {
    const text = unit('ExecStart=/usr/bin/claude');
    const dropIns = new Map([
      ['agent.service.d/20.conf', '[Service]\nProtectHome=tmpfs\n'],
      ['agent.service.d/10.conf', '[Service]\nProtectHome=no\n'],
    ]);
    const found = auditText('systemd', text, dropIns, 'agent.service');
    expect(firing(found, ['writable-home', 'readable-home'])).toEqual([]);
    expect(found.result.consulted).toEqual(['agent.service.d/10.conf', 'agent.service.d/20.conf']);
  });

  it('name an account, and not whose it is', () => {
    const of = (user: string) => audit(unit(`ExecStart=/usr/bin/claude\nUser=${user}`));
    expect(findingsOf(of('alice'), 'unresolved-value')).toEqual(['info: User=alice']);
    expect(firing(of('agent'), ['unresolved-value', 'writable-home'])).toEqual([]);
    expect(firing(of('ubuntu'), ['writable-home'])).toEqual(['writable-home']);
    expect(firing(of('%i'), ['writable-home'])).toEqual(['writable-home']);
  });

  it('hold capabilities by what they drop and are given', () => {
    const held = (lines: string) => {
      const [sandbox] = audit(unit(`ExecStart=/usr/bin/claude\n${lines}`)).result.sandboxes;
      return [...(sandbox?.privilege.capabilities?.usable ?? [])];
    };
    expect(held('User=agent\nAmbientCapabilities=CAP_NET_ADMIN')).toEqual(['NET_ADMIN']);
    expect(held('User=agent\nAmbientCapabilities=CAP_NET_ADMIN\nCapabilityBoundingSet=CAP_KILL')).toEqual([]);
    expect(held('PrivateUsers=yes')).toEqual([]);
    expect(held('PrivateDevices=yes')).not.toContain('MKNOD');
  });
});
