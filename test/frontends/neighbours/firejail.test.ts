/** firejail: what its lists and profiles hide, show again, and leave open. */
import { describe, expect, it } from 'vitest';
import { hostPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL } from '../../../src/model/symbolic.ts';
import { auditLine, findingsOf, firing, names } from './support.ts';

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

  const files = (line: string, profiles: Readonly<Record<string, string>> = {}) => {
    const [sandbox] = auditLine('firejail', line, profiles).result.sandboxes;
    return (mode: 'read' | 'write' | 'connect', path: string) =>
      sandbox?.files.can(mode, hostPath(path.replace(/^~/, HOME_SYMBOL), '')).verdict;
  };

  it('mounts system directories read-only, unless told otherwise', () => {
    const usual = files('firejail --noprofile claude');
    expect([usual('write', '/etc/x'), usual('write', '/usr/lib/x'), usual('write', '/opt/x')]).toEqual([
      'no',
      'no',
      'yes',
    ]);
    expect(files('firejail --noprofile --writable-etc claude')('write', '/etc/x')).toBe('yes');
    expect(usual('read', '/var/tmp/x')).toBe('no');
  });

  it('takes another profile for root, who gets a home of its own', () => {
    const root = auditLine('firejail', 'sudo firejail claude');
    expect(firing(root, ['writable-home', 'readable-home', 'broad-host-read'])).toEqual(['broad-host-read']);
    expect(root.result.sandboxes[0]?.privilege.effectiveRoot.verdict).toBe('yes');
    expect(root.result.sandboxes[0]?.privilege.capabilities?.usable.has('SYS_ADMIN')).toBe(false);
    const whole = auditLine('firejail', 'sudo firejail --noprofile claude');
    expect(firing(whole, ['dangerous-capability'])).toEqual(['dangerous-capability']);
  });

  it('takes back what a list hides only in front of it', () => {
    expect(files('firejail --noblacklist=~/.ssh claude')('read', '~/.ssh/id_rsa')).toBe('yes');
    expect(files('firejail --ignore="blacklist \\${HOME}/.ssh" claude')('read', '~/.ssh/id_rsa')).toBe('yes');
    expect(files('firejail --ignore=read-only claude')('write', '~/.bashrc')).toBe('yes');
    const late = files('firejail --noprofile --blacklist=~/x --noblacklist=~/x claude');
    expect(late('read', '~/x')).toBe('no');
  });

  it('empties the top of a white list, wherever it is', () => {
    const data = files('firejail --noprofile --whitelist=/data/a claude');
    expect([data('read', '/data/a'), data('read', '/data/b'), data('read', '~/x')]).toEqual([
      'yes',
      'no',
      'yes',
    ]);
    const run = files('firejail --noprofile --whitelist=/run/dbus claude');
    expect([run('connect', '/run/docker.sock'), run('connect', '/run/user/1000/bus')]).toEqual(['no', 'yes']);
    const own = files('firejail --private --whitelist=~/work claude');
    expect(own('read', '~/work')).toBe('no');
    const strict = files('firejail --noprofile --whitelist=~/work --read-only=~ claude');
    expect([strict('read', '~/work/x'), strict('write', '~/work/x')]).toEqual(['yes', 'no']);
  });

  it('reads profiles as firejail does', () => {
    const profile = (text: string) => ({ 'a.profile': text });
    const line = 'firejail --profile=./a.profile claude';
    const comment = files(line, profile('blacklist ${HOME}/x # mine\n?HAS_NET: blacklist ${HOME}/y\n'));
    expect([comment('read', '~/x'), comment('read', '~/y'), comment('read', '~/.ssh')]).toEqual([
      'no',
      'yes',
      'yes',
    ]);
    const common = files(line, profile('noblacklist ${HOME}/.aws\ninclude disable-common.inc\n'));
    expect([common('read', '~/.ssh/id'), common('read', '~/.aws/x'), common('read', '~/.gitconfig')]).toEqual(
      ['no', 'yes', 'yes'],
    );
    const listed = files(line, profile('include whitelist-common.inc\nwhitelist ${DOWNLOADS}\n'));
    expect([listed('read', '~/Downloads/x'), listed('read', '~/x')]).toEqual(['yes', 'no']);
    const unread = auditLine('firejail', line, profile('include other.inc\n'));
    expect(findingsOf(unread, 'unresolved-value')).toEqual(['info: include other.inc']);
  });

  it('lets node at its own settings, as its profile does', () => {
    expect(files('firejail claude')('read', '~/.npmrc')).toBe('no');
    expect(files('firejail npx claude')('write', '~/.npmrc')).toBe('yes');
  });

  it('joins a namespace of which nothing is known', () => {
    const audit = auditLine('firejail', 'firejail --netns=vpn claude');
    expect(firing(audit, ['host-network', 'unresolved-value'])).toEqual(['unresolved-value']);
    expect(names('firejail', 'firejail --join-or-start=x claude')).toEqual(['firejail (line 1)']);
  });

  it('knows the options, and says which it does not know', () => {
    const unknown = auditLine('firejail', 'firejail --odd claude');
    expect(findingsOf(unknown, 'unresolved-value')).toEqual(['info: --odd']);
    expect(names('firejail', 'firejail --seccomp.print=x\nfirejail --ids-check')).toEqual([]);
  });

  it('names what firejail passes over', () => {
    const of = (line: string) => findingsOf(auditLine('firejail', line), 'inert-setting');
    expect(of('firejail --noprofile --private=/srv/h --blacklist=/ claude')).toEqual([
      'medium: --blacklist=/',
    ]);
    expect(files('firejail --noprofile --blacklist=/ claude')('read', '~/x')).toBe('yes');
    expect(of('firejail --private --whitelist=~/work claude')).toEqual(['medium: --whitelist=~/work']);
    expect(of('firejail --private --whitelist=/opt/x claude')).toEqual([]);
  });
});
