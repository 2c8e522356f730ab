/** unshare, chroot and other users: what stays of the host, and what they keep away. */
import { describe, expect, it } from 'vitest';
import { auditLine, findingsOf, firing, names } from './support.ts';

describe('the commands', () => {
  it.each([
    ['unshare', 'unshare -r sh', ['unshare (line 1)']],
    ['unshare', '\nsudo /usr/bin/unshare --net sh', ['unshare (line 2)']],
    ['unshare', 'unshare --help\necho unshare -r sh\n# unshare -r sh', []],
    ['chroot', 'chroot --userspec=1:1 /srv/x sh', ['chroot (line 1)']],
    ['chroot', 'chroot /srv/jail sh', ['chroot (line 1)']],
    ['chroot', 'sudo chroot /mnt apt-get update', []],
    ['user', 'sudo -u agent claude', ['user (line 1)']],
    ['user', 'su - agent -c "cd /x && claude"', ['user (line 1)']],
    ['user', 'runuser -u agent -- codex', ['user (line 1)']],
    ['user', "sudo -u agent tmux new-session -d -s work 'claude'", ['user (line 1)']],
    [
      'user',
      'sudo -u agent npm install -g @anthropic-ai/claude-code\nsudo -u postgres psql\nsudo claude',
      [],
    ],
    ['user', 'sudo -u agent chown agent claude\nsudo -u "$SUDO_USER" claude\nsu -c claude root', []],
  ])('%s: %s', (format, script, expected) => {
    expect(names(format, script)).toEqual(expected);
  });

  it.each([
    ['unshare', 'unshare -Ur true', 'true'],
    ['chroot', 'chroot --userspec=1:1 /srv/jail id', 'id'],
    ['firejail', 'if firejail --quiet --noprofile true; then firejail claude; fi', 'true'],
    ['systemd', 'systemd-run --user -p PrivateNetwork=yes --wait /bin/true', '/bin/true'],
    ['runsc', 'runsc do dmesg', 'dmesg'],
  ])('of %s are no sandbox where they only try it', (format, script, command) => {
    const { result } = auditLine(format, script);
    const notes = result.diagnostics.map(({ message }) => message);
    expect(notes).toEqual([`only \`${command}\` runs in it: a probe, and no sandbox`]);
    expect(result.sandboxes).toHaveLength(script.includes('claude') ? 1 : 0);
  });

  it('in the start script of an image belong to the container', () => {
    expect(names('user', 'sudo -u agent claude')).toHaveLength(1);
    const audit = auditLine('user', 'FROM debian\nRUN sudo -u agent claude');
    expect(audit.result.ours).toBe(false);
  });
});

describe('unshare', () => {
  it('keeps the files of the host, for whoever starts it', () => {
    const audit = auditLine('unshare', 'unshare -rn claude');
    expect(findingsOf(audit, 'writable-home')).toEqual(['critical: unshare']);
    expect(firing(audit, ['host-network', 'dangerous-capability', 'host-system-mount'])).toEqual([]);
    expect(firing(audit, ['broad-host-read', 'inherited-environment', 'terminal-injection'])).toHaveLength(3);
  });

  it('is root of the host without a user namespace, unless it changes the user', () => {
    const root = auditLine('unshare', 'sudo unshare -n sh');
    expect(findingsOf(root, 'dangerous-capability')).toEqual(['critical: sudo']);
    expect(findingsOf(root, 'host-system-mount')).toEqual(['critical: unshare']);
    const changed = auditLine('unshare', 'sudo unshare -n setpriv --reuid=1000 sh');
    expect(firing(changed, ['dangerous-capability', 'host-system-mount'])).toEqual([]);
  });

  it('shows the processes of the host until /proc is its own', () => {
    const of = (options: string) =>
      findingsOf(auditLine('unshare', `unshare ${options}`), 'host-pid-namespace');
    expect(of('-r claude')).toEqual(['high: unshare']);
    expect(of('-rpf claude')).toEqual(['high: unshare']);
    expect(of('-cpf --mount-proc claude')).toEqual([]);
    // Root of the user namespace takes the mount off again.
    expect(of('-rpf --mount-proc claude')).toEqual(['high: unshare']);
    expect(of('-cpf --keep-caps --mount-proc claude')).toEqual(['high: unshare']);
    // A shell stays where it is, and so does what takes its place.
    expect(of('-rp --mount-proc sh')).toEqual(['high: unshare']);
  });

  it('names a process namespace that the program does not enter', () => {
    expect(findingsOf(auditLine('unshare', 'unshare -rp claude'), 'inert-setting')).toEqual(['medium: -rp']);
    expect(findingsOf(auditLine('unshare', 'unshare -rpf claude'), 'inert-setting')).toEqual([]);
  });

  it('shows another root directory alone', () => {
    const audit = auditLine('unshare', 'unshare -r --root=/srv/jail sh');
    expect(firing(audit, ['writable-home', 'broad-host-read', 'engine-socket'])).toEqual([]);
  });

  it('says what it cannot know', () => {
    expect(findingsOf(auditLine('unshare', 'unshare $OPTS -n sh'), 'unresolved-value')).toEqual([
      'info: $OPTS',
    ]);
    expect(findingsOf(auditLine('unshare', 'unshare --odd -n sh'), 'unresolved-value')).toEqual([
      'info: --odd',
    ]);
    expect(findingsOf(auditLine('unshare', 'unshare -n "$@"'), 'unresolved-value')).toEqual([]);
  });

  it('takes a network namespace under a condition for none', () => {
    const audit = auditLine('unshare', 'A=()\n[ "$X" = 1 ] && A+=(-n)\nunshare -r "${A[@]}" sh');
    expect(firing(audit, ['host-network'])).toEqual(['host-network']);
  });
});

describe('chroot', () => {
  it('is left by root, and not by another user', () => {
    const root = auditLine('chroot', 'sudo chroot /srv/jail sh');
    expect(findingsOf(root, 'sandbox-bypass')).toEqual(['critical: chroot /srv/jail']);
    const user = auditLine('chroot', 'sudo chroot --userspec=agent /srv/jail sh');
    expect(firing(user, ['sandbox-bypass', 'dangerous-capability', 'broad-host-read'])).toEqual([]);
    expect(findingsOf(user, 'host-network')).toEqual(['high: chroot']);
  });

  it('shows what the script mounted below it', () => {
    const script = 'mount --bind /home/me /srv/jail/home\nchroot --userspec=agent /srv/jail claude';
    expect(findingsOf(auditLine('chroot', script), 'writable-home')).toEqual(['critical: mount']);
    const other = 'mount --bind /home/me /srv/other\nchroot --userspec=agent /srv/jail claude';
    expect(firing(auditLine('chroot', other), ['writable-home'])).toEqual([]);
  });
});

describe('another user', () => {
  it('reads a home only if its mode lets it, and none of its secrets', () => {
    const audit = auditLine('user', 'sudo -u agent claude');
    expect(findingsOf(audit, 'readable-home')).toEqual(['medium: -u agent']);
    expect(audit.findings.find(({ rule }) => rule.id === 'readable-home')?.assumes).not.toEqual([]);
    expect(
      firing(audit, [
        'writable-home',
        'broad-host-read',
        'engine-socket',
        'credential-mount',
        'inherited-environment',
      ]),
    ).toEqual([]);
    expect(findingsOf(audit, 'host-network')).toEqual(['high: sudo']);
  });

  it('gets the environment where the command says so', () => {
    const of = (script: string) => findingsOf(auditLine('user', script), 'inherited-environment');
    expect(of('sudo -E -u agent claude')).toEqual(['medium: -E']);
    expect(of('sudo -nEu agent claude')).toEqual(['medium: -nEu']);
    expect(of('sudo -u agent --preserve-env=PATH claude')).toEqual([]);
    expect(of('su agent -c claude')).toEqual(['medium: su']);
    expect(of('su -lc claude agent')).toEqual([]);
    expect(of('su - agent -c claude')).toEqual([]);
  });

  it('is as strong as the groups that the script gives it', () => {
    const docker = auditLine('user', 'usermod -aG docker agent\nsudo -u agent claude');
    expect(findingsOf(docker, 'engine-socket')).toEqual(['critical: -aG docker']);
    const other = auditLine('user', 'usermod -aG docker bob\nsudo -u agent claude');
    expect(firing(other, ['engine-socket'])).toEqual([]);
    const granted = (line: string) =>
      auditLine('user', `${line}\nsudo -u agent claude`).findings.filter(
        ({ rule }) => rule.id === 'dangerous-capability',
      );
    const [rule] = granted('echo "agent ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/a');
    expect(rule).toMatchObject({ severity: 'critical', assumes: [] });
    expect(rule?.evidence).toBe('sudo makes it root of the host, with every capability');
    const [group] = granted('usermod -aG sudo agent');
    expect(group?.assumes).toContain('sudo asks its members for no password');
    expect(granted('echo "bob ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/b')).toEqual([]);
    expect(granted('echo "agent ALL=(root) NOPASSWD: /usr/sbin/ip" > /etc/sudoers.d/a')).toEqual([]);
  });
});

it.each([
  ['unshare', `unshare ${'-n '.repeat(9000)} sh`],
  ['unshare', 'unshare --constructor --__proto__=1 -R'],
  ['chroot', `chroot ${'--userspec= '.repeat(9000)}`],
  ['user', `su ${'- '.repeat(9000)} -c "${'cd x && '.repeat(2000)}claude"`],
])('%s reads hostile lines to the end', (format, script) => {
  expect(() => auditLine(format, script)).not.toThrow();
});
