/** The table of command lines, run: what bwrap does on this host is what the table says of it. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeOnHost } from '../../../src/semantics/bwrap/made-on-host.ts';
import { callIn } from '../../support/bwrap.ts';
import { asOrdinaryUser, hasBwrap, ordinaryUser } from '../../support/ordinary-user.ts';
import { type Row, TABLE } from './table.ts';

const home = mkdtempSync(join(tmpdir(), 'bwrap-home-'));
const STARTUP = join(home, '.zshrc');
const servers: Server[] = [];
let port = 0;

const listening = (where: string | number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    const started = (): void => resolve(server);
    if (typeof where === 'string') server.listen(where, started);
    else server.listen(where, '127.0.0.1', started);
    servers.push(server);
  });

beforeAll(async () => {
  for (const directory of ['', '.ssh', 'w', '.docker', '.docker/run']) {
    mkdirSync(join(home, directory), { recursive: true });
  }
  writeFileSync(join(home, '.ssh/id_rsa'), 'key\n');
  const socket = join(home, '.docker/run/docker.sock');
  await listening(socket);
  chmodSync(socket, 0o777);
  const address = (await listening(0)).address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  for (const path of ['', '.ssh', '.ssh/id_rsa', 'w', '.docker', '.docker/run']) {
    if (process.getuid?.() === 0) chownSync(join(home, path), ordinaryUser, ordinaryUser);
  }
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(home, { recursive: true, force: true });
});

/** What is tried inside, in words of the table, by whichever path a row shows it. */
const PROBE = `
const fs = require('node:fs'), net = require('node:net');
const [home, port] = process.argv.slice(1);
const attempt = (action) => { try { return action(); } catch { return false; } };
const connect = (where) => new Promise((resolve) => {
  const socket = net.connect(where);
  socket.on('connect', () => { socket.destroy(); resolve('yes'); });
  socket.on('error', () => resolve('no'));
});
for (const at of [home, '/mnt' + home]) attempt(() => fs.appendFileSync(at + '/.zshrc', 'planted\\n'));
const keys = [home + '/.ssh', '/mnt' + home + '/.ssh', '/mnt'].map((at) => at + '/id_rsa');
const key = keys.some((path) => attempt(() => fs.readFileSync(path, 'utf8') === 'key\\n')) ? 'yes' : 'no';
const seen = [connect({ port: Number(port), host: '127.0.0.1' }), connect(home + '/.docker/run/docker.sock')];
Promise.all(seen).then(([net, socket]) => console.log(JSON.stringify({ key, net, socket })));
`;

const NODE = process.execPath;

const showsDisk = (options: string): boolean => /bind \/ \/(?: |$)/.test(options);

/** Where the row mounts no system, what Node.js needs to run. */
function runtime(options: string): readonly string[] {
  if (showsDisk(options)) return [];
  const links = ['/lib', '/lib64', '/bin'].filter(
    (path) => existsSync(path) && lstatSync(path).isSymbolicLink() && !options.includes(` ${path} `),
  );
  return [
    ...(options.includes('--ro-bind /usr /usr') ? [] : ['--ro-bind', '/usr', '/usr']),
    ...links.flatMap((path) => ['--symlink', readlinkSync(path), path]),
  ];
}

function measured({ options }: Row): Readonly<Record<string, string>> {
  rmSync(STARTUP, { force: true });
  const words = options.split(' ').map((word) => word.replace(/^~/, home));
  const command = ['bwrap', ...words, ...runtime(options), '--', NODE, '-e', PROBE, home, String(port)];
  const { stdout, stderr } = asOrdinaryUser(command, { HOME: home });
  expect(stderr).toBe('');
  const { key, net, socket } = JSON.parse(stdout) as Readonly<Record<string, string>>;
  return {
    home: existsSync(STARTUP) ? 'yes' : 'no',
    key: key ?? '',
    net: net === 'yes' ? 'host' : 'none',
    socket: socket ?? '',
  };
}

/** Other versions have overlays; `/home` is the developer's own; a mount of its own is not remounted along. */
function canRun({ options }: Row): boolean {
  if (/overlay|\/home/.test(options)) return false;
  if (!showsDisk(options) && !NODE.startsWith('/usr/')) return false;
  return !options.includes('--remount-ro') || statSync(home).dev === statSync('/').dev;
}

const title = `bwrap on this host${hasBwrap ? '' : ' (not installed here, or not allowed)'}`;

describe.skipIf(!hasBwrap)(title, () => {
  const rows = TABLE.filter(canRun);

  it('runs most rows of the table', () => {
    expect(rows.length).toBeGreaterThan(TABLE.length / 2);
  });

  it.each(rows)('$what', (row) => {
    const { what, options, ...expected } = row;
    expect(measured(row)).toEqual({ ...expected, home: expected.home.replace('?', '') });
  });

  it('makes files, directories and links on the host, as the notes say', () => {
    const options = '--dir ~/made --file 9 ~/written --symlink target ~/linked --chmod 0700 ~/w';
    writeFileSync(join(home, 'written'), 'before\n');
    chownSync(join(home, 'written'), ordinaryUser, ordinaryUser);
    chmodSync(join(home, 'w'), 0o755);
    const script = `bwrap --bind / / ${options} -- true 9</etc/hostname`;
    const { stderr } = asOrdinaryUser(['bash', '-c', script.replaceAll('~', home)], { HOME: home });
    expect(stderr).toBe('');
    expect(lstatSync(join(home, 'made')).isDirectory()).toBe(true);
    expect(readFileSync(join(home, 'written'), 'utf8')).not.toContain('before');
    expect(readlinkSync(join(home, 'linked'))).toBe('target');
    expect(statSync(join(home, 'w')).mode & 0o777).toBe(0o700);
    expect(madeOnHost(callIn(script))).toHaveLength(4);
  });

  it('makes nothing on the host below a file system of its own', () => {
    const script = 'bwrap --bind / / --tmpfs ~/w --dir ~/w/made --file 9 ~/w/written -- true 9</etc/hostname';
    const { stderr } = asOrdinaryUser(['bash', '-c', script.replaceAll('~', home)], { HOME: home });
    expect(stderr).toBe('');
    expect(existsSync(join(home, 'w/made')) || existsSync(join(home, 'w/written'))).toBe(false);
    expect(madeOnHost(callIn(script))).toEqual([]);
  });
});
