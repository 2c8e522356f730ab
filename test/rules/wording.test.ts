/** Words of findings that depend on what the launcher is, and on which host it runs. */
import { describe, expect, it } from 'vitest';
import { auditText } from '../support/audit-text.ts';

function words(format: string, text: string, rule: string) {
  return auditText(format, text)
    .findings.filter((finding) => finding.rule.id === rule)
    .map(({ evidence, remedy }) => ({ evidence, remedy }));
}

const profile = (rules: string): string => `(version 1)\n(deny default)\n${rules}\n`;

describe('a finding of a profile', () => {
  it('names sockets as macOS does', () => {
    const [engine] = words('seatbelt', profile('(allow network-outbound)'), 'engine-socket');
    expect(engine?.evidence).toContain('/var/run/docker.sock');
    const agents = words('seatbelt', profile('(allow network-outbound)'), 'agent-socket');
    expect(agents.map(({ evidence }) => evidence).join()).not.toMatch(/\/run\/user|ssh-\*/);
  });

  it('names nothing that Linux alone starts', () => {
    const found = words(
      'seatbelt',
      profile('(allow file-write* (subpath "/Users/me/.config"))'),
      'writable-home',
    );
    expect(found.map(({ evidence }) => evidence).join()).not.toMatch(/systemd|autostart|sway/);
    expect(found).toHaveLength(1);
    const agents = profile('(allow file-write* (subpath "/Users/me/Library/LaunchAgents"))');
    expect(words('seatbelt', agents, 'writable-home')).toHaveLength(1);
  });

  it('speaks of a hole in a list where there is a list', () => {
    const dns = '(allow network-outbound (literal "/private/var/run/mDNSResponder"))';
    const [closed] = words('seatbelt', profile(dns), 'broad-allowlist');
    expect(closed?.evidence).toContain('no host is let through');
    const proxy = `${dns}(allow network-outbound (remote ip "localhost:8877"))`;
    const [listed] = words('seatbelt', profile(proxy), 'broad-allowlist');
    expect(listed?.evidence).toContain('beside the allow-list');
  });

  it('recommends what its format knows', () => {
    const [allowed] = words('seatbelt', '(version 1)(allow default)', 'allow-by-default');
    expect(allowed?.remedy).toContain('(deny default)');
  });
});

describe('a finding of a bwrap line', () => {
  it('recommends what bwrap knows', () => {
    const [bound] = words('bwrap', 'bwrap --bind / / sh', 'allow-by-default');
    expect(bound?.remedy).not.toContain('deny default');
    const [kept] = words('bwrap', 'sudo bwrap --ro-bind /usr /usr sh', 'dangerous-capability');
    expect(kept).toEqual({
      evidence: 'root starts the sandbox, and nothing takes its capabilities away',
      remedy: 'Add `--cap-drop ALL`, or start it as an ordinary user.',
    });
    const [added] = words(
      'bwrap',
      'sudo bwrap --cap-drop ALL --cap-add SYS_ADMIN --ro-bind /usr /usr sh',
      'dangerous-capability',
    );
    expect(added?.remedy).toContain('Remove `SYS_ADMIN`');
  });

  it('calls keys of servers what they are', () => {
    const [keys] = words('bwrap', 'sudo bwrap --ro-bind /etc/ssl /etc/ssl sh', 'host-system-mount');
    expect(keys?.evidence).toContain('keys of the servers');
    expect(keys?.evidence).not.toContain('password');
  });

  it('invents no names', () => {
    const all = ['agent-socket', 'session-socket'].flatMap((rule) =>
      words('bwrap', 'bwrap --bind /tmp /tmp sh', rule),
    );
    expect(all.length).toBeGreaterThan(0);
    expect(all.map(({ evidence }) => evidence).join()).not.toMatch(
      /tmux-0|\/tmp\/ssh-agent\.sock|vscode-ipc\.sock/,
    );
  });
});

describe('settings of an agent', () => {
  it('are what it obeys, and not what it records', () => {
    const writable = (path: string) =>
      words('bwrap', `bwrap --bind ${path} ${path} sh`, 'writable-home').length;
    expect([writable('~/.pi'), writable('~/.opencode/bin'), writable('~/.config/opencode')]).toEqual([
      1, 1, 1,
    ]);
    expect(writable('~/.local/share/opencode')).toBe(0);
    expect(words('bwrap', 'bwrap --ro-bind ~/.local/share/opencode /x sh', 'credential-mount')).toHaveLength(
      1,
    );
  });
});
