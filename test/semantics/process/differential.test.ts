/** The model against the launchers themselves: what a probe inside reads, writes and reaches. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPath } from '../../../src/model/host-path.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { HOME_SYMBOL } from '../../../src/model/symbolic.ts';
import { auditText } from '../../support/audit-text.ts';
import { CALLERS, hostOfItsOwn, NAMESPACES, type Seen, SOCKETS } from '../../support/host-of-its-own.ts';

const host = await hostOfItsOwn();
afterAll(() => host?.close());

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** The sandbox of a script that is the command, started by root or by whoever calls it. */
function sandboxOf(format: string, command: string, as: 'root' | 'user', before: string): Sandbox {
  const root = as === 'root' ? '[ "$(id -u)" -eq 0 ] || exit 1\n' : '';
  const { result } = auditText(format, `${root}${before}\n${command} claude\n`);
  const [sandbox] = result.sandboxes;
  if (sandbox === undefined || result.sandboxes.length > 1) throw new Error(`not one sandbox: ${command}`);
  return sandbox;
}

/** Kernel order (capability.h). */
const CAPABILITIES =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
  NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
  SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
  SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`.split(
    /\s+/,
  );

/** What root of this machine holds at all. */
const HELD = host?.probe([], 'root')?.capabilities ?? 0n;

function disagreements(sandbox: Sandbox, seen: Seen): readonly string[] {
  const wrong: string[] = [];
  const compare = (what: string, model: unknown, observed: unknown): void => {
    if (model !== observed) wrong.push(`${what}: model ${String(model)}, observed ${String(observed)}`);
  };
  const path = (text: string) => hostPath(text.replace(/^~/, HOME_SYMBOL), '');
  const compareFiles = (mode: 'read' | 'write' | 'connect', text: string, observed: boolean): void => {
    const { verdict, assumes = [], grant } = sandbox.files.can(mode, path(text));
    if (verdict === 'unknown' || assumes.length > 0) return;
    // What is written to a copy stays there.
    const isYes = verdict === 'yes' && (mode !== 'write' || grant?.kind !== 'copy');
    compare(`${mode} ${text}`, isYes, observed);
  };
  // What another user may is a matter of modes, which the marks have none of.
  const marked = sandbox.boundary === 'user' ? [] : (host?.paths ?? []);
  for (const one of marked) {
    compareFiles('read', one, seen.read.has(one));
    compareFiles('write', one, seen.written.has(one));
  }
  if (sandbox.boundary !== 'user')
    for (const one of SOCKETS) compareFiles('connect', one, seen.connected.has(one));
  const { namespaces, capabilities, noNewPrivileges, confinement, user } = sandbox.privilege;
  for (const name of NAMESPACES) {
    const value = namespaces?.[name === 'net' ? 'network' : name];
    // One of root that maps root to itself changes nothing.
    if (value?.known === true && value.assumes !== undefined) continue;
    compare(`namespace ${name}`, value?.known === true && value.value === 'own', seen.own.has(name));
  }
  compare('loopback', sandbox.network.hostLoopback.verdict === 'yes', seen.loopback);
  const { inheritsAll, variables } = sandbox.environment;
  const isNamed = variables.some(({ name, from }) => name === CALLERS && from === 'host');
  compare('environment', inheritsAll !== null || isNamed, seen.environment);
  compare('user', user.known && user.value.root, seen.uid === 0);
  // In a user namespace they count for nothing of the host's.
  if (!seen.own.has('user')) {
    const held = CAPABILITIES.filter((_, bit) => (HELD >> BigInt(bit)) & 1n);
    const observed = CAPABILITIES.filter((_, bit) => (seen.capabilities >> BigInt(bit)) & 1n);
    compare('capabilities', held.filter((name) => capabilities?.usable.has(name)).join(), observed.join());
  }
  compare(
    'no new privileges',
    noNewPrivileges?.known === true && noNewPrivileges.value,
    seen.noNewPrivileges,
  );
  compare(
    'system call filter',
    confinement?.seccomp.known === true && confinement.seccomp.value !== 'none',
    seen.filtered,
  );
  return wrong;
}

/** @param before of the script, run by root once */
type Case = readonly [as: 'root' | 'user', command: string];

function check(format: string, cases: readonly Case[], before = ''): void {
  const available = host !== null && has(format === 'user' ? 'sudo' : format);
  const suite = available ? describe : describe.skip;
  suite(`${format} itself${available ? '' : ' (not installed here, or not allowed)'}`, () => {
    beforeAll(() => host?.prepare(before));
    it.each(cases)('as %s: %s', (as, command) => {
      const seen = host?.probe(['sh', '-c', `exec ${command} "$@"`, 'sh'], as) ?? null;
      if (seen === null) throw new Error('it did not start');
      expect(disagreements(sandboxOf(format, command, as, before), seen)).toEqual([]);
    });
  });
}

check('unshare', [
  ['user', 'unshare -r'],
  ['user', 'unshare -Uc'],
  ['user', 'unshare -rn'],
  ['user', 'unshare -rpf'],
  ['user', 'unshare -rpf --mount-proc'],
  ['user', 'unshare -rm'],
  ['user', 'unshare -riuC'],
  ['user', 'unshare -r -w /tmp'],
  ['user', 'unshare --map-root --ne'],
  ['root', 'unshare -n'],
  ['root', 'unshare -r'],
  ['root', 'unshare -m --propagation slave'],
  ['root', 'unshare -S 54242'],
  ['root', 'unshare -S54242 -G 54242'],
  ['root', 'unshare --setuid=54242'],
  ['root', 'unshare --kill-child -p'],
  ['root', 'unshare --fork --pid --mount-proc --uts --ipc --net --cgroup'],
]);

const JAIL = `
mkdir -p /srv/jail/home/probe/work /srv/jail/tmp
for d in bin dev etc lib lib64 opt proc run sbin usr; do
  mkdir -p /srv/jail/$d
done
for d in bin dev lib lib64 opt proc run sbin usr; do
  mount --rbind /$d /srv/jail/$d
done
mount --rbind -o ro /etc /srv/jail/etc
mount --bind ~/work /srv/jail/home/probe/work
`;

check(
  'chroot',
  [
    ['root', 'chroot /srv/jail'],
    ['root', 'chroot --userspec=54242:54242 /srv/jail'],
    ['root', 'chroot --user 54242 /srv/jail'],
    ['root', 'chroot --userspec=0:54242 /srv/jail'],
    ['root', 'chroot --groups= --userspec=54242 -- /srv/jail'],
    ['root', 'chroot --skip-chdir --userspec=54242 /'],
    ['root', 'chroot /srv/jail setpriv --reuid=54242 --clear-groups'],
  ],
  JAIL,
);

check('user', [
  ['root', 'sudo -u probe'],
  ['root', 'sudo -uprobe'],
  ['root', 'sudo -nu probe'],
  ['root', 'sudo --user=probe --preserve-env'],
  ['root', 'sudo -Eu probe'],
  ['root', 'sudo -u "#54242" --'],
  ['root', 'sudo -u probe env'],
  ['root', 'sudo -u probe -g probe -D / -p x'],
  ['root', 'sudo --preserve-env=CALLERS -u probe'],
  ['root', 'runuser -u probe --'],
  ['root', 'setpriv --reuid=54242 --clear-groups'],
  ['root', 'setpriv --reuid 54242 --init-groups --reset-env --nnp'],
]);
check('firejail', [
  ['user', 'firejail --quiet --noprofile'],
  ['user', 'firejail --quiet'],
  ['root', 'firejail --quiet'],
  ['root', 'firejail --quiet --noprofile'],
  ['user', 'firejail --quiet --private'],
  ['user', 'firejail --quiet --net=none'],
  ['user', 'firejail --quiet --noprofile --private-home=notes'],
  [
    'user',
    'firejail --quiet --noprofile --private-tmp --private-etc=passwd,marked --private-opt=marked --private-srv=x',
  ],
  ['user', 'firejail --quiet --noprofile --private-dev --private-cache --private-cwd'],
  ['user', 'firejail --quiet --whitelist=~/work'],
  ['user', 'firejail --quiet --noprofile --whitelist=~/work --read-only=~/work'],
  ['user', 'firejail --quiet --noprofile --whitelist=/opt/marked'],
  ['user', 'firejail --quiet --noprofile --blacklist=~/notes --noblacklist=~/notes'],
  ['user', 'firejail --quiet --noprofile --blacklist=~/notes --blacklist=/run/docker.sock'],
  ['user', 'firejail --quiet --noprofile --read-only=~ --read-write=~/work'],
  ['user', 'firejail --quiet --noprofile --read-write=~/work --read-only=~'],
  ['user', 'firejail --quiet --noprofile --tmpfs=~/notes'],
  ['user', 'firejail --quiet --noprofile --nodbus'],
  ['user', 'firejail --quiet --noprofile --dbus-user=none --dbus-system=none'],
  ['user', 'firejail --quiet --noprofile --caps.drop=all --nonewprivs --noroot --seccomp'],
  ['user', 'firejail --quiet --noprofile --protocol=unix'],
  ['user', 'firejail --quiet --noprofile --ipc-namespace'],
  ['user', 'firejail --quiet --noprofile --disable-mnt'],
  ['user', 'firejail --quiet --noprofile --writable-etc --writable-var --writable-run-user --keep-var-tmp'],
  ['user', 'firejail --quiet --ignore=seccomp --ignore=noroot'],
  ['user', 'firejail --quiet --ignore=nonewprivs --ignore=seccomp --ignore=restrict-namespaces'],
  ['user', 'firejail --quiet --noprofile --allusers'],
  ['user', 'firejail --quiet --noprofile --x11=none'],
  ['user', 'firejail --quiet --noprofile --apparmor'],
  ['root', 'firejail --quiet --noprofile --caps'],
  ['root', 'firejail --quiet --noprofile --caps.keep=chown,kill'],
  ['root', 'firejail --quiet --noprofile --caps.drop=sys_admin'],
  ['root', 'firejail --quiet --noprofile --noroot'],
  ['root', 'firejail --quiet --noprofile --seccomp'],
  ['root', 'firejail --quiet --noprofile --private --ipc-namespace'],
  ['user', 'firejail --quiet --noprofile --whitelist=~/work --read-only=~/work --whitelist=~/notes'],
  ['user', 'firejail --quiet --noprofile --noblacklist=~/notes --blacklist=~/notes'],
  ['user', 'firejail --quiet --noblacklist=~/.ssh --ignore=read-only'],
  ['user', 'firejail --quiet --private --whitelist=~/work'],
  ['user', 'firejail --quiet --noprofile --whitelist=~/work --nowhitelist=~/notes --whitelist=~/notes'],
  ['user', 'firejail --quiet --noprofile --whitelist=/run/docker.sock'],
  ['user', 'firejail --quiet --noprofile --private-bin=sh,perl,sed,readlink'],
  ['user', 'firejail --quiet --noprofile --memory-deny-write-execute'],
  ['user', 'firejail --quiet --noprofile --restrict-namespaces'],
  ['user', 'firejail --quiet --noprofile --keep-var-tmp --writable-var-log -- env'],
  ['user', 'firejail --quiet --profile=default --nodbus'],
  ['user', 'firejail --quiet --join-or-start=differential --name=x'],
  ['root', 'firejail --quiet --noprofile --bind=/opt/marked,/srv/marked'],
]);
