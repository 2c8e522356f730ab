/**
 * A host to try launchers on: a mount namespace with homes, system directories and sockets that hold marks,
 * so that a probe inside a sandbox shows what of them it reads, writes and reaches. Root makes it; it is gone
 * with the process that holds it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const USER = { uid: 54_242, name: 'probe', home: '/home/probe' };
const BYSTANDER = { uid: 54_243, name: 'bystander' };

/** Directories of the host's home, with `~` for it, and files that hold a mark themselves. */
const HOME_DIRECTORIES = ['notes', 'work', '.ssh', '.aws', '.claude', '.cache/tool', '.config/tool'];
const HOME_FILES = ['.bashrc', '.npmrc'];
const SYSTEM_DIRECTORIES = ['/etc', '/usr/local', '/opt', '/srv', '/mnt', '/media', '/var/lib', '/var/tmp'];
export const SOCKETS = [
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/dbus/system_bus_socket',
  `/run/user/${USER.uid}/bus`,
  `/run/user/${USER.uid}/podman/podman.sock`,
  '~/agent.sock',
];

/** A variable of whoever starts the launcher. */
export const CALLERS = 'CALLERS';

export const NAMESPACES = ['cgroup', 'ipc', 'net', 'pid', 'user', 'uts'] as const;

export interface Seen {
  /** Paths, with `~` for the home. */
  readonly read: ReadonlySet<string>;
  /** Written so that the host sees it. */
  readonly written: ReadonlySet<string>;
  readonly connected: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
  readonly loopback: boolean;
  readonly signals: boolean;
  readonly environment: boolean;
  readonly uid: number;
  readonly capabilities: bigint;
  readonly noNewPrivileges: boolean;
  readonly filtered: boolean;
}

export interface HostOfItsOwn {
  /** Marked directories and files. */
  readonly paths: readonly string[];
  /** Null where the command did not start. */
  probe(words: readonly string[], as: 'root' | 'user'): Seen | null;
  /** Runs something on the host first; throws where it fails. */
  prepare(script: string): void;
  close(): void;
}

const SETUP = String.raw`
set -e
mount -t tmpfs none "$ROOT"
for d in etc usr var srv opt mnt media run; do
  mkdir -p "$ROOT/$d/upper" "$ROOT/$d/work"
  mount -t overlay -o "lowerdir=/$d,upperdir=$ROOT/$d/upper,workdir=$ROOT/$d/work" none "/$d"
done
mount -t tmpfs none /home
for u in probe:$UID_PROBE bystander:$UID_OTHER; do
  echo "$u" | sed 's|\(.*\):\(.*\)|\1:x:\2:\2::/home/\1:/bin/sh|' >> /etc/passwd
  echo "$u" | sed 's|\(.*\):\(.*\)|\1:x:\2:|' >> /etc/group
  echo "$u" | sed 's|\(.*\):.*|\1:*:19000::::::|' >> /etc/shadow
  mkdir -p "/home/$(echo "$u" | cut -d: -f1)"
done
echo "$FILES" | while read -r p; do mkdir -p "$(dirname "$p")"; echo "$p" > "$p"; chmod 666 "$p"; done
echo "$DIRECTORIES" | while read -r p; do mkdir -p "$p"; echo "$p" > "$p/mark"; chmod 666 "$p/mark"; chmod 777 "$p"; done
mkdir -p "/run/user/$UID_PROBE"
echo "$SOCKETS" | while read -r p; do
  mkdir -p "$(dirname "$p")"; : > "$p"; mount --bind "$LISTENING" "$p"
done
chown -R "$UID_PROBE:$UID_PROBE" /home/probe "/run/user/$UID_PROBE"
chown -R "$UID_OTHER:$UID_OTHER" /home/bystander
chmod 755 /home/probe /home/bystander
chmod 755 "/run/user/$UID_PROBE"
echo ready
exec cat
`;

/** Nothing is redirected to /dev/null, which may not open inside. */
const PROBE = String.raw`
exec 2>&-
echo started
echo "$FILES" | while read -r p; do
  [ -r "$p" ] && read -r mark < "$p" && echo "read $mark"
  echo . >> "$p"
done
echo "$DIRECTORIES" | while read -r p; do
  [ -r "$p/mark" ] && read -r mark < "$p/mark" && echo "read $mark"
  true > "$p/written"
done
perl -MIO::Socket::UNIX -MIO::Socket::INET -e '
  alarm 10;
  for (split /\n/, $ENV{SOCKETS}) { print "connected $_\n" if IO::Socket::UNIX->new(Peer => $_) }
  print "loopback\n" if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ENV{PORT}", Timeout => 2)'
kill -0 "$PROCESS" && echo signals
[ -n "$CALLERS" ] && echo environment
for n in cgroup ipc net pid user uts; do echo "namespace $n $(readlink /proc/self/ns/$n)"; done
sed -n 's/^\(Uid\|CapEff\|NoNewPrivs\|Seccomp\):[[:space:]]*\([0-9a-f]*\).*/status \1 \2/p' /proc/self/status
`;

const absolute = (path: string): string => path.replace(/^~/, USER.home);

/** Null where this machine cannot carry it: not root, or no overlay file systems. */
export async function hostOfItsOwn(): Promise<HostOfItsOwn | null> {
  if (process.getuid?.() !== 0) return null;
  const root = mkdtempSync(join(tmpdir(), 'host-of-its-own-'));
  const temporary = mkdtempSync(join(tmpdir(), 'marked-'));
  chmodSync(temporary, 0o777);
  const paths = [
    ...HOME_DIRECTORIES.map((name) => `~/${name}`),
    ...HOME_FILES.map((name) => `~/${name}`),
    ...SYSTEM_DIRECTORIES.map((path) => `${path}/marked`),
    `${temporary}/marked`,
  ];
  const isFile = (path: string): boolean => HOME_FILES.some((name) => path === `~/${name}`);
  const listening = await listen({ path: join(temporary, 'listening') });
  chmodSync(join(temporary, 'listening'), 0o777);
  const port = await listen({ port: 0, host: '127.0.0.1' });
  const address = port.address();
  const process_ = spawn('setpriv', [...ids(), 'cat']);
  const env = {
    PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: USER.home,
    LC_ALL: 'C',
    ROOT: root,
    UID_PROBE: String(USER.uid),
    UID_OTHER: String(BYSTANDER.uid),
    LISTENING: join(temporary, 'listening'),
    FILES: paths.filter(isFile).map(absolute).join('\n'),
    DIRECTORIES: paths
      .filter((path) => !isFile(path))
      .map(absolute)
      .join('\n'),
    SOCKETS: SOCKETS.map(absolute).join('\n'),
    PORT: typeof address === 'object' && address !== null ? String(address.port) : '0',
    PROCESS: String(process_.pid),
    [CALLERS]: 'yes',
  };
  const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', SETUP], { env });
  const close = (): void => {
    holder.kill('SIGKILL');
    process_.kill('SIGKILL');
    listening.close();
    port.close();
    for (const directory of [root, temporary]) rmSync(directory, { recursive: true, force: true });
  };
  if (!(await isReady(holder))) {
    close();
    return null;
  }
  return { ...running(holder, paths, env), paths, close };
}

function ids(): string[] {
  return ['--reuid', String(USER.uid), '--regid', String(USER.uid), '--clear-groups'];
}

function listen(where: { path: string } | { port: number; host: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    // No connection is accepted while a probe runs.
    server.listen({ ...where, backlog: 4096 }, () => resolve(server));
  });
}

function isReady(holder: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    holder.stdout?.on('data', (data: Buffer) => {
      if (data.includes('ready')) resolve(true);
    });
    holder.once('exit', () => resolve(false));
    holder.once('error', () => resolve(false));
  });
}

function running(
  holder: ChildProcess,
  paths: readonly string[],
  env: Readonly<Record<string, string>>,
): Pick<HostOfItsOwn, 'probe' | 'prepare'> {
  const inside = (words: readonly string[]) =>
    spawnSync('nsenter', [`--mount=/proc/${holder.pid}/ns/mnt`, '--wd=/', ...words], {
      encoding: 'utf8',
      timeout: 20_000,
      env,
    });
  // Nothing of it rests on the environment, which launchers empty.
  const probe = `${Object.entries(env)
    .filter(([name]) => name !== CALLERS)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n')}${PROBE}`;
  const onHost = (path: string): string => `/proc/${holder.pid}/root${absolute(path)}`;
  const isWritten = (path: string): boolean => {
    const place = onHost(path);
    return statSync(place).isDirectory()
      ? existsSync(`${place}/written`)
      : statSync(place).size > absolute(path).length + 1;
  };
  return {
    prepare(script) {
      const { status, stderr } = inside(['sh', '-ec', script]);
      if (status !== 0) throw new Error(stderr);
    },
    probe(words, as) {
      for (const path of paths) {
        if (statSync(onHost(path)).isFile()) writeFileSync(onHost(path), `${absolute(path)}\n`);
        else rmSync(`${onHost(path)}/written`, { force: true });
      }
      const caller = as === 'root' ? [] : ['setpriv', ...ids()];
      const { stdout } = inside([...caller, ...words, 'sh', '-c', probe]);
      const lines = (stdout ?? '').split('\n').map((line) => line.split(' '));
      if (!lines.some(([word]) => word === 'started')) return null;
      const status = new Map(
        lines.flatMap(([word, name = '', value = '']) => (word === 'status' ? [[name, value]] : [])),
      );
      const named = (wanted: string): Set<string> =>
        new Set(
          lines.flatMap(([word, path = '']) => (word === wanted ? [path.replace(USER.home, '~')] : [])),
        );
      return {
        read: named('read'),
        written: new Set(paths.filter(isWritten)),
        connected: named('connected'),
        own: new Set(
          lines.flatMap(([word, name = '', link]) =>
            word === 'namespace' && link !== readlinkSync(`/proc/self/ns/${name}`) ? [name] : [],
          ),
        ),
        loopback: lines.some(([word]) => word === 'loopback'),
        signals: lines.some(([word]) => word === 'signals'),
        environment: lines.some(([word]) => word === 'environment'),
        uid: Number(status.get('Uid')),
        capabilities: BigInt(`0x${status.get('CapEff') || '0'}`),
        noNewPrivileges: status.get('NoNewPrivs') === '1',
        filtered: status.get('Seccomp') === '2',
      };
    },
  };
}
