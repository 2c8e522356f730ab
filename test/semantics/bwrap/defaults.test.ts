/** What bwrap leaves open where nobody says otherwise, and what the common patterns expose: by their findings. */
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../src/report/report.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { auditText } from '../../support/audit-text.ts';
import { answerFor, sandboxIn } from '../../support/bwrap.ts';

const PROGRAMS = '--ro-bind /usr /usr --symlink usr/bin /bin --proc /proc --dev /dev';
const CLOSED = ['--unshare-all', '--new-session', '--clearenv', '--as-pid-1'];

/** `severity rule: text` of each finding that no other one includes. */
function found(script: string): string[] {
  return auditText('bwrap', script).findings.flatMap(({ rule, severity, at, subsumed }) =>
    subsumed ? [] : [`${severity} ${rule.id}: ${sliceOf(at)}`],
  );
}

const rules = (script: string): string[] => found(script).map((one) => one.replace(/^\w+ |:.*$/gs, ''));

/** A sandbox that shows programs alone, with all options that close something but these. */
function without(...left: readonly string[]): string {
  return `bwrap ${PROGRAMS} ${CLOSED.filter((option) => !left.includes(option)).join(' ')} -- sh`;
}

describe('an option that is missing', () => {
  it('is none where all are there', () => {
    expect(rules(without()).filter((rule) => !rule.startsWith('unlimited-'))).toEqual([]);
  });

  const SHARED = '--unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup --unshare-net';
  const sharing = (option: string): string =>
    `env -i bwrap ${PROGRAMS} --new-session ${SHARED.replace(`${option} `, '').replace(` ${option}`, '')} -- sh`;

  it.each([
    ['--unshare-net', ['host-network', 'cloud-metadata']],
    ['--unshare-pid', ['host-pid-namespace']],
    ['--unshare-ipc', ['missing-namespace']],
    ['--unshare-uts', ['missing-namespace']],
    ['--unshare-cgroup', ['missing-namespace']],
  ])('%s', (option, expected) => {
    const others = rules(sharing(option)).filter((rule) => !rule.startsWith('unlimited-'));
    expect([...new Set(others)].sort()).toEqual([...expected].sort());
  });

  it.each([
    ['--clearenv', 'inherited-environment'],
    ['--new-session', 'terminal-injection'],
  ])('%s', (option, rule) => {
    expect(rules(without(option)).filter((one) => !one.startsWith('unlimited-'))).toEqual([rule]);
  });

  it('the network, with it the loopback and the sockets without a file', () => {
    const { network } = sandboxIn(without('--unshare-all'));
    expect(network.hostLoopback.verdict).toBe('yes');
    expect(network.abstractSockets.verdict).toBe('yes');
    const closed = sandboxIn(without()).network;
    expect([closed.hostLoopback.verdict, closed.abstractSockets.verdict]).toEqual(['no', 'no']);
  });

  it('a /proc of its own, beside a disk that brings the one of the host along', () => {
    expect(found('bwrap --ro-bind / / --unshare-all --new-session --clearenv -- sh')).toContain(
      'high host-pid-namespace: --ro-bind / /',
    );
    expect(
      rules('bwrap --ro-bind / / --proc /proc --unshare-all --new-session --clearenv -- sh'),
    ).not.toContain('host-pid-namespace');
    expect(rules('bwrap --proc /proc --ro-bind / / --unshare-all --new-session --clearenv -- sh')).toContain(
      'host-pid-namespace',
    );
  });

  it('limits, which bwrap has no words for', () => {
    const limits = auditText('bwrap', without()).findings.filter(({ rule }) => /^unlimited-/.test(rule.id));
    expect(limits.map(({ severity }) => severity)).toEqual(limits.map(() => 'info'));
    expect(limits.map(({ rule }) => rule.id)).toContain('unlimited-memory');
  });

  it('a user namespace for root, which keeps every capability and may mount anew', () => {
    const [finding] = auditText('bwrap', `sudo ${without()}`).findings.filter(
      ({ rule }) => rule.id === 'dangerous-capability',
    );
    expect(finding?.severity).toBe('critical');
    expect(finding?.gains.map(({ outcome }) => outcome)).toContain('host-root');
    for (const dropped of ['--cap-drop ALL', '--unshare-user --uid 1000 --gid 1000']) {
      expect(rules(`sudo ${without().replace(' -- ', ` ${dropped} -- `)}`)).not.toContain(
        'dangerous-capability',
      );
    }
  });

  it('of open files, each is handed on', () => {
    expect(found(`${without()} 7<"$HOME"`)).toContain('high sandbox-bypass: 7<"$HOME"');
    expect(rules(`${without()} 7</dev/null`)).not.toContain('sandbox-bypass');
  });
});

describe('processes of the same user', () => {
  const consequence = (options: string): string => {
    const { findings } = auditText('bwrap', `bwrap --ro-bind / / --tmpfs ~ --proc /proc ${options} -- sh`);
    const finding = findings.find(({ rule }) => rule.id === 'host-pid-namespace');
    return finding === undefined ? '' : messageOf(finding);
  };

  it('open their files to a bwrap that is installed setuid, which no command line tells', () => {
    expect(consequence('')).toContain('As long as bwrap is not installed setuid root');
    expect(sandboxIn('bwrap --ro-bind / / -- sh').privilege.namespaces?.user).toMatchObject({
      known: true,
      value: 'own',
      assumes: ['bwrap is not installed setuid root'],
    });
  });

  it('keep them closed to one that makes a user namespace, and to one that cannot be setuid', () => {
    for (const options of ['--unshare-user', '--size 4096 --tmpfs /x', '--overlay-src /a --tmp-overlay /a']) {
      expect(consequence(options)).not.toContain('setuid');
      expect(consequence(options)).toContain('stops those of the same user');
    }
    expect(consequence('--unshare-pid')).toBe('');
  });
});

describe('a pattern that is common', () => {
  const opening = (options: string): string[] =>
    found(`bwrap ${PROGRAMS} ${CLOSED.join(' ')} ${options} -- sh`);

  it.each([
    ['--bind / /', 'critical allow-by-default'],
    ['--dev-bind / /', 'critical allow-by-default'],
    ['--dev-bind /dev /dev', 'medium host-device'],
    ['--ro-bind "$HOME" "$HOME"', 'high engine-socket'],
    ['--ro-bind "$HOME" "$HOME"', 'medium readable-home'],
    ['--bind "$HOME" "$HOME" --ro-bind ~/.bashrc ~/.bashrc', 'critical writable-home'],
    ['--ro-bind /run/docker.sock /s', 'critical engine-socket'],
    ['--bind /var/run/docker.sock /s', 'critical engine-socket'],
    ['--ro-bind /run/containerd/containerd.sock /s', 'critical engine-socket'],
    ['--ro-bind /run/podman/podman.sock /s', 'critical engine-socket'],
    ['--ro-bind /var/run/libvirt /s', 'critical engine-socket'],
    ['--ro-bind /run /run', 'critical engine-socket'],
    ['--ro-bind /var/run /run', 'critical engine-socket'],
    ['--ro-bind "$XDG_RUNTIME_DIR" /r', 'critical engine-socket'],
    ['--ro-bind "$XDG_RUNTIME_DIR" /r', 'high session-socket'],
    ['--ro-bind "$XDG_RUNTIME_DIR/bus" /bus', 'critical session-socket'],
    ['--bind /tmp /tmp', 'high session-socket'],
    ['--ro-bind /tmp/.X11-unix /tmp/.X11-unix', 'high session-socket'],
    ['--ro-bind "$SSH_AUTH_SOCK" /agent', 'agent-socket'],
    ['--tmpfs ~ --ro-bind ~/w ~/w --bind ~ ~', 'medium inert-setting'],
    ['--tmpfs ~ --ro-bind ~/w ~/w --bind ~ ~', 'critical writable-home'],
  ])('%s: %s', (options, expected) => {
    expect(opening(options).join('\n')).toContain(`${expected}: `);
  });

  it('hides the home and binds a work tree', () => {
    expect(opening('--tmpfs ~ --bind "$PWD" "$PWD"').filter((one) => !/ unlimited-/.test(one))).toEqual([
      'low writable-sandbox-config: --bind "$PWD" "$PWD"',
    ]);
  });

  it('closes the network and binds a socket behind which a proxy may be', () => {
    const script = `bwrap ${PROGRAMS} ${CLOSED.join(' ')} --bind /srv/proxy.sock /srv/proxy.sock -- sh`;
    expect(found(script).join('\n')).toContain(
      'info unresolved-value: --bind /srv/proxy.sock /srv/proxy.sock',
    );
    expect(answerFor(sandboxIn(script), 'connect', '/srv/proxy.sock')).toBe('yes');
    expect(opening('--ro-bind /run/docker.sock /s').join()).not.toContain('unresolved-value');
    expect(opening('--ro-bind /srv/data /srv/data').join()).not.toContain('unresolved-value');
  });
});

describe('a script', () => {
  const KEYS = '--ro-bind ~/.ssh ~/.ssh';
  const base = `${PROGRAMS} ${CLOSED.join(' ')}`;

  it.each([
    ['an array', `A=(${base} ${KEYS})\nbwrap "\${A[@]}" sh`],
    ['an array that grows', `A=(${base})\nA+=(${KEYS})\nbwrap "\${A[@]}" sh`],
    ['a scalar that is split', `A="${base} --ro-bind $HOME/.ssh $HOME/.ssh"\nbwrap $A sh`],
    ['a test', `A=(${base})\n[[ -d ~/.ssh ]] && A+=(${KEYS})\nbwrap "\${A[@]}" sh`],
    ['a loop', `A=(${base})\nfor d in ~/.ssh; do A+=(--ro-bind "$d" "$d"); done\nbwrap "\${A[@]}" sh`],
    ['a file of options', `bwrap --args 10 sh 10< <(printf '%s\\0' ${base} --ro-bind ~/.ssh ~/.ssh)`],
    ['exec and arguments', `set -- ${base} ${KEYS}\nexec bwrap "$@" sh`],
    ['a function', `box() { bwrap ${base} "$@"; }\nbox ${KEYS} sh`],
    ['variables before it', `A=1 B=2 bwrap ${base} ${KEYS} sh`],
    ['sudo', `sudo bwrap ${base} ${KEYS} sh`],
    ['setpriv', `setpriv --reuid 1000 bwrap ${base} ${KEYS} sh`],
    ['prlimit', `prlimit --nproc=64 bwrap ${base} ${KEYS} sh`],
    ['systemd-run', `systemd-run --user --scope -p MemoryMax=1G bwrap ${base} ${KEYS} sh`],
  ])('hands options on by %s', (_, script) => {
    expect(rules(script)).toContain('credential-mount');
  });
});
