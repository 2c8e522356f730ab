/** What command lines of bwrap were measured to do (bubblewrap 0.8.0 and 0.11.1), asked of the model. */
import { describe, expect, it } from 'vitest';
import { answerFor, callIn, sandboxIn } from '../../support/bwrap.ts';
import { PLACES as P, TABLE } from './table.ts';

const run = (options: string): string => `bwrap ${options} -- /usr/bin/agent`;

describe('a command line', () => {
  it.each(TABLE)('$what', ({ options, home, key, net, socket }) => {
    const sandbox = sandboxIn(run(options));
    const { egress } = sandbox.network;
    expect({
      home: answerFor(sandbox, 'write', '~/.zshrc'),
      key: answerFor(sandbox, 'read', '~/.ssh/id_rsa'),
      net: egress.known ? egress.value.kind : 'unknown',
      socket: answerFor(sandbox, 'connect', '~/.docker/run/docker.sock'),
    }).toEqual({ home, key, net, socket });
    expect(callIn(run(options)).refusals).toEqual([]);
  });

  it('writes what it binds below a read-only disk', () => {
    const sandbox = sandboxIn(run(`--ro-bind / / --bind ~/w ~/w ${P}`));
    expect(answerFor(sandbox, 'write', '~/w/src')).toBe('yes');
    expect(answerFor(sandboxIn(run('--bind ~/w ~/w --ro-bind / /')), 'write', '~/w/src')).toBe('no');
  });

  it('connects to sockets of the work tree alone, and keeps nothing of an empty home', () => {
    const sandbox = sandboxIn(run(`--ro-bind / / --tmpfs ~ --bind ~/w ~/w ${P}`));
    expect(answerFor(sandbox, 'connect', '~/w/x.sock')).toBe('yes');
    expect(answerFor(sandbox, 'connect', '~/x.sock')).toBe('no');
    expect([answerFor(sandbox, 'write', '~/w/x'), answerFor(sandbox, 'write', '~/x')]).toEqual(['yes', 'no']);
  });

  it('has a root of its own, which is gone with it', () => {
    const { files, lifetime } = sandboxIn(run('--ro-bind /usr /usr --symlink usr/bin /bin --unshare-all'));
    expect(files.grants.map(({ text, write }) => [text, write])).toEqual([['--ro-bind /usr /usr', 'no']]);
    expect(lifetime).toMatchObject({ kept: { value: false }, shared: [] });
  });

  it('keeps what is its own file system writable under --remount-ro', () => {
    const sandbox = sandboxIn(run('--bind / / --remount-ro /'));
    expect(answerFor(sandbox, 'write', '/dev/shm/x')).toBe('yes');
    expect(answerFor(sandbox, 'write', '/etc/hosts')).toBe('no');
  });

  it('keeps the temporary directory writable beside a read-only home', () => {
    const sandbox = sandboxIn(run('--bind / / --ro-bind ~ ~'));
    expect(answerFor(sandbox, 'write', '/tmp/x')).toBe('yes');
  });

  it('writes the upper layer of an overlay, and no copy', () => {
    const rw = sandboxIn(run('--overlay-src ~/l --overlay ~/u ~/k ~/l'));
    expect(answerFor(rw, 'write', '~/u/x')).toBe('yes');
    expect(answerFor(rw, 'write', '~/l/x')).toBe('no');
    const copy = sandboxIn(run('--overlay-src ~/l --tmp-overlay ~/l'));
    expect(copy.files.grants.map(({ kind }) => kind)).toEqual(['copy']);
  });

  it('opens devices by --dev-bind alone', () => {
    const devices = (options: string): string | undefined =>
      sandboxIn(run(options)).files.grants.at(-1)?.devices;
    expect(devices('--ro-bind / / --bind /dev /dev')).toBe('no');
    expect(devices('--ro-bind / / --dev-bind /dev /dev')).toBe('yes');
    expect(devices('--dev-bind / /')).toBe('yes');
    expect(devices('--dev-bind / / --dev /dev')).toBe('no');
  });
});

describe('a protection', () => {
  const defeated = (options: string): readonly (readonly [unknown, unknown])[] =>
    sandboxIn(run(options)).files.defeated.map(({ path, through }) => [path, through] as const);

  it('falls with a directory above it that can be renamed', () => {
    expect(defeated('--bind ~/w ~/w --ro-bind ~/w/proj/.git ~/w/proj/.git')).toEqual([
      [
        { root: 'home', path: 'w/proj/.git' },
        { root: 'home', path: 'w/proj' },
      ],
    ]);
  });

  it('holds where the directory above is the mount itself', () => {
    expect(defeated('--bind ~/w/proj ~/w/proj --ro-bind ~/w/proj/.git ~/w/proj/.git')).toEqual([]);
    expect(defeated('--ro-bind ~/w ~/w --ro-bind ~/w/proj/.git ~/w/proj/.git')).toEqual([]);
  });

  it('is absent where what it needs is missing', () => {
    const sandbox = sandboxIn(run('--bind ~/w ~/w --ro-bind-try ~/w/.git ~/w/.git'));
    expect(answerFor(sandbox, 'write', '~/w/.git/hooks')).toBe('yes?');
    expect(answerFor(sandbox, 'read', '~/w/.git/config')).toBe('yes');
    expect(sandbox.files.can('write', { root: 'home', path: 'w/.git' }).assumes).toEqual([
      '`~/w/.git` does not exist',
    ]);
  });

  it('by an existence test is as good as by -try, and by another test an assumption', () => {
    const tested = sandboxIn(
      `A=(--ro-bind / /)\n[ -d ~/.ssh ] && A+=(--tmpfs ~/.ssh)\nbwrap "\${A[@]}" -- agent`,
    );
    expect(answerFor(tested, 'read', '~/.ssh/id_rsa')).toBe('no');
    const chosen = sandboxIn(
      `A=(--ro-bind / /)\n[ "$SAFE" = 1 ] && A+=(--tmpfs ~/.ssh)\nbwrap "\${A[@]}" -- agent`,
    );
    expect(answerFor(chosen, 'read', '~/.ssh/id_rsa')).toBe('yes?');
  });

  it('that a later mount covers is told to have no effect', () => {
    const inert = (options: string): readonly string[] =>
      sandboxIn(run(options)).inert.map(({ setting }) => setting);
    expect(inert('--tmpfs ~/.ssh --ro-bind / /')).toEqual(['--tmpfs ~/.ssh']);
    expect(inert('--ro-bind ~/.ssh ~/.ssh --bind ~ ~')).toEqual(['--ro-bind ~/.ssh ~/.ssh']);
    expect(inert('--ro-bind / / --tmpfs ~/.ssh')).toEqual([]);
    expect(inert('--share-net --unshare-all --setenv A 1 --clearenv')).toEqual([
      '--setenv A 1',
      '--share-net',
    ]);
  });
});

describe('the environment', () => {
  const environment = (script: string) => {
    const { variables, inheritsAll } = sandboxIn(script).environment;
    return { names: variables.map(({ name }) => name), inherits: inheritsAll !== null };
  };

  it('comes along unless it is cleared, in the order of the options', () => {
    expect(environment(run('--ro-bind / /'))).toEqual({ names: [], inherits: true });
    expect(environment(run('--clearenv --setenv A 1'))).toEqual({ names: ['A'], inherits: false });
    expect(environment(run('--setenv A 1 --clearenv'))).toEqual({ names: [], inherits: false });
    expect(environment(run('--setenv A 1 --setenv B 2 --unsetenv A'))).toEqual({
      names: ['B'],
      inherits: true,
    });
    expect(environment(`B=1 ${run('--setenv A 1')}`)).toEqual({ names: ['B', 'A'], inherits: true });
    expect(environment(`env -i ${run('')}`)).toEqual({ names: [], inherits: false });
    expect(environment(`sudo ${run('')}`).inherits).toBe(false);
    expect(environment(`sudo -E ${run('')}`).inherits).toBe(true);
  });

  it('carries what the caller has under its name', () => {
    const [variable] = sandboxIn(run('--clearenv --setenv TOKEN "$GITHUB_TOKEN"')).environment.variables;
    expect(variable).toMatchObject({ name: 'TOKEN', from: 'host', hostNames: ['GITHUB_TOKEN'] });
  });
});

describe('privilege', () => {
  it('is none for an ordinary user, whatever number it has inside', () => {
    const { privilege } = sandboxIn(run('--ro-bind / / --unshare-user --uid 0 --cap-add ALL'));
    expect(privilege.effectiveRoot.verdict).toBe('no');
    expect(privilege.capabilities?.usable.size).toBe(0);
    expect(privilege.noNewPrivileges).toMatchObject({ known: true, value: true });
  });

  it('is all of it for root, in a user namespace too, until it is dropped', () => {
    for (const script of [
      `sudo ${run(`--ro-bind / / --unshare-all ${P}`)}`,
      `[ "$(id -u)" -ne 0 ] && exit 1\n${run('--ro-bind / /')}`,
      `if [[ $EUID -ne 0 ]]; then exit 1; fi\n${run('--ro-bind / /')}`,
    ]) {
      const { privilege } = sandboxIn(script);
      expect(privilege.effectiveRoot.verdict).toBe('yes');
      expect(privilege.rootIsHostRoot.verdict).toBe('yes');
      expect(privilege.capabilities?.usable.has('SYS_ADMIN')).toBe(true);
    }
    const dropped = sandboxIn(`sudo ${run('--ro-bind / / --cap-drop ALL --cap-add CAP_NET_RAW')}`);
    expect([...(dropped.privilege.capabilities?.usable ?? [])]).toEqual(['NET_RAW']);
    const mapped = sandboxIn(`sudo ${run('--ro-bind / / --unshare-user --uid 1000 --gid 1000')}`);
    expect(mapped.privilege.capabilities?.usable.size).toBe(0);
    expect(sandboxIn(`sudo -u nobody ${run('--ro-bind / /')}`).privilege.effectiveRoot.verdict).toBe('no');
  });

  it('knows each namespace', () => {
    const of = (options: string): readonly unknown[] => {
      const { namespaces } = sandboxIn(run(options)).privilege;
      const values = [
        namespaces?.pid,
        namespaces?.ipc,
        namespaces?.uts,
        namespaces?.cgroup,
        namespaces?.network,
      ];
      return values.map((value) => (value?.known ? value.value : null));
    };
    expect(of('')).toEqual(['host', 'host', 'host', 'host', 'host']);
    expect(of('--unshare-all')).toEqual(['own', 'own', 'own', 'own', 'own']);
    expect(of('--unshare-all --share-net')).toEqual(['own', 'own', 'own', 'own', 'host']);
    expect(of('--unshare-pid --unshare-cgroup-try')).toEqual(['own', 'host', 'host', 'own', 'host']);
    expect(of('--pidns 9')).toEqual(['other', 'host', 'host', 'host', 'host']);
  });

  it('keeps the terminal without a session of its own', () => {
    expect(sandboxIn(run('--unshare-all')).privilege.terminal?.verdict).toBe('yes');
    expect(sandboxIn(run('--new-session')).privilege.terminal?.verdict).toBe('no');
  });

  it('credits a filter of system calls as some filter', () => {
    expect(sandboxIn(run('--seccomp 9')).privilege.confinement?.seccomp).toMatchObject({ value: 'custom' });
    expect(sandboxIn(run('')).privilege.confinement?.seccomp).toMatchObject({ value: 'none' });
  });
});

describe('a command line that bwrap refuses', () => {
  it.each([
    ['--ro-bind=/ /', 'knows no option `--ro-bind=/`'],
    ['--ro-bind / / --no-such-option', 'knows no option `--no-such-option`'],
    ['--perms 0700 --bind / /', '`--perms` may only stand before'],
    ['--size 100 --bind / /', '`--size` may only stand before --tmpfs'],
    ['--hostname box', '`--unshare-uts`'],
    ['--as-pid-1', '`--unshare-pid`'],
    ['--as-pid-1 --pidns 9', '`--unshare-pid`'],
    ['--unshare-pid --as-pid-1 --lock-file /l', '`--lock-file` exclude each other'],
    ['--unshare-all --disable-userns', '`--unshare-user`'],
    ['--userns 9 --disable-userns', '`--unshare-user`'],
    ['--userns 9 --unshare-user', 'exclude each other'],
    ['--ro-overlay ~', 'two `--overlay-src`'],
    ['--overlay-src /a --ro-overlay ~', 'two `--overlay-src`'],
    ['--tmp-overlay ~', 'an `--overlay-src`'],
    ['--overlay-src /a --ro-bind /usr /usr --overlay /b /c ~', 'an `--overlay-src`'],
    ['--overlay-src /a', 'may only stand before an overlay'],
    ['--seccomp 9 --add-seccomp-fd 8', 'exclude each other'],
  ])('%s', (options, message) => {
    const { refusals } = callIn(run(options));
    expect(refusals.map((refusal) => refusal.message).join()).toContain(message);
  });

  it.each([
    ['--overlay-src /a --overlay-src /b --ro-overlay ~'],
    ['--overlay-src /a --tmp-overlay ~'],
    ['$LAYERS --tmp-overlay ~'],
    ['--userns 9 $MORE --disable-userns'],
  ])('is none that it runs, or may run: %s', (options) => {
    expect(callIn(run(options)).refusals).toEqual([]);
  });

  it('is none where an option that it excludes may be left out', () => {
    const script =
      'A=(--ro-bind / / --add-seccomp-fd 8)\n[ "$F" = 1 ] && A+=(--seccomp 9)\nbwrap "${A[@]}" sh';
    expect(callIn(script).refusals).toEqual([]);
  });

  it('takes fewer words than it needs, or has nothing to run', () => {
    expect(callIn('bwrap --bind /usr').refusals[0]?.message).toContain('takes 2 words');
    expect(callIn('bwrap --unshare-all').refusals[0]?.message).toContain('no command');
    expect(callIn('bwrap --ro-bind / / --size 100 --perms 0700 --tmpfs /tmp sh').refusals).toEqual([]);
  });
});

describe('options from elsewhere', () => {
  it('come out of a printf, without the command in it', () => {
    const call = callIn(`bwrap --args 10 cmd 10< <(printf '%s\\0' --ro-bind / / -- evil)`);
    expect(call.settings.map(({ text }) => text)).toContain('--ro-bind / /');
    expect(call.command).toBe('cmd');
    expect(call.unresolved).toEqual([]);
    expect(
      callIn(`printf '%s\\0' --unshare-net | bwrap --args 0 cmd`).settings.map(({ name }) => name),
    ).toContain('unshare-net');
  });

  it('are unknown where the script does not write them', () => {
    expect(callIn('bwrap --args 10 cmd 10<options').unresolved).toMatchObject([{ what: 'options' }]);
    expect(callIn('bwrap $OPTS --ro-bind /usr /usr bash').unresolved).toMatchObject([{ what: '$OPTS' }]);
    expect(callIn('bwrap --ro-bind /usr /usr "$@" -- bash').unresolved).toHaveLength(1);
    expect(callIn('bwrap --ro-bind /usr /usr "$@"').unresolved).toEqual([]);
    expect(callIn('bwrap "$@"').unresolved).toHaveLength(1);
  });

  it('take both ways of a choice, and never both at once', () => {
    const sandbox = sandboxIn(
      'if [ "$RW" = 1 ]; then M=--bind; else M=--ro-bind; fi\nbwrap --ro-bind /usr /usr $M ~/w ~/w agent',
    );
    expect(answerFor(sandbox, 'read', '~/w')).toMatch(/^yes/);
    expect(answerFor(sandbox, 'write', '~/w')).toBe('yes?');
    const network = sandboxIn(
      'A=(--unshare-all)\nif [ "$NET" = 1 ]; then A+=(--share-net); fi\nbwrap "${A[@]}" agent',
    ).network;
    expect(network.egress).toMatchObject({ value: { kind: 'host' }, assumes: ['`[ "$NET" = 1 ]` holds'] });
  });

  it('name places that every session has, and the directory of a pattern', () => {
    const source = (text: string): unknown =>
      sandboxIn(`bwrap --ro-bind ${text} /x sh`).files.grants[0]?.path;
    expect(source('"$XDG_RUNTIME_DIR/bus"')).toEqual({ root: 'absolute', path: '/run/user/UID/bus' });
    expect(source('"/run/user/$(id -u)/bus"')).toEqual({ root: 'absolute', path: '/run/user/UID/bus' });
    expect(source('"/home/$USER/.ssh"')).toEqual({ root: 'home', path: '.ssh' });
    expect(source('"$ELSEWHERE/bus"')).toMatchObject({ root: 'unknown' });
    const pattern = sandboxIn('for f in /etc/fonts/*; do A+=(--ro-bind "$f" "$f"); done\nbwrap "${A[@]}" sh');
    expect(pattern.files.grants[0]?.path).toEqual({ root: 'absolute', path: '/etc/fonts' });
  });

  it('may be a directory that the shell opened', () => {
    const { bypasses, files } = sandboxIn('bwrap --unshare-all --bind-fd 8 /w sh 8<"$HOME/w" 9<"$HOME"');
    expect(bypasses.map(({ kind, text }) => [kind, text])).toEqual([['inherited-descriptor', '9<~']]);
    expect(files.grants[0]?.path).toEqual({ root: 'home', path: 'w' });
    expect(sandboxIn('bwrap --unshare-all --not-a-security-boundary sh').bypasses).toHaveLength(1);
  });
});

describe('limits', () => {
  it('are what starts it sets', () => {
    const limits = (script: string): readonly unknown[] => {
      const { memory, cpu, processes } = sandboxIn(script).limits;
      return [memory, cpu, processes].map((value) => (value.known ? value.value.amount : 'unknown'));
    };
    expect(limits(run(''))).toEqual([null, null, null]);
    expect(
      limits(`systemd-run --user --scope -p MemoryMax=2G -p TasksMax=100 -p CPUQuota=150% ${run('')}`),
    ).toEqual([2 * 2 ** 30, 1.5, 100]);
    expect(limits(`prlimit --as=1000000 --nproc=64 ${run('')}`)).toEqual([1_000_000, null, 64]);
    expect(limits(`ulimit -v 1024\nulimit -u 50\n${run('')}`)).toEqual([2 ** 20, null, 50]);
  });
});

describe('a change', () => {
  it('is answered anew', () => {
    const sandbox = sandboxIn(run('--ro-bind / / --bind ~ ~'));
    const grant = sandbox.files.grants.find(({ write }) => write === 'yes');
    if (grant === undefined) throw new Error('nothing is writable');
    const without = sandbox.revise({ kind: 'remove', place: grant.origin.place });
    expect(without && answerFor(without, 'write', '~/.zshrc')).toBe('no');
    const closed = sandbox.revise({ kind: 'harden', setting: 'network-allow-list' });
    expect(closed?.network.egress).toMatchObject({ value: { kind: 'none' } });
  });
});
