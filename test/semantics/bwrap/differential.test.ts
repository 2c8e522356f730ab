/** The model against bubblewrap itself: random operations, and a probe inside that looks and writes. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostPath } from '../../../src/model/host-path.ts';
import { callIn, sandboxIn } from '../../support/bwrap.ts';
import { asOrdinaryUser, hasBwrap } from '../../support/ordinary-user.ts';

const CASES = 60;
const NAMES = ['a', 'b'];
const NAMESPACES = ['cgroup', 'ipc', 'net', 'pid', 'uts'] as const;

const root = mkdtempSync(join(tmpdir(), 'bwrap-probe-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every directory has the same shape, so that a mount point is there wherever one directory is put on another. */
const DIRECTORIES = ['', ...NAMES].flatMap((one) =>
  one === ''
    ? [root]
    : [
        join(root, one),
        ...NAMES.flatMap((two) => [
          join(root, one, two),
          ...NAMES.map((three) => join(root, one, two, three)),
        ]),
      ],
);
for (const directory of DIRECTORIES) {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o777);
  writeFileSync(join(directory, 'id'), `${directory}\n`);
}

/** mulberry32: the same cases in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FLAGS = [
  '--unshare-all',
  '--share-net',
  '--unshare-net',
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-cgroup-try',
];

function randomOptions(random: () => number): string[] {
  const pick = <T>(items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0];
  const directory = (): string => DIRECTORIES[Math.floor(random() * DIRECTORIES.length)] ?? root;
  const words = [pick(['--ro-bind', '--ro-bind', '--bind']), '/', '/'];
  const mounted: string[] = [];
  for (let count = 1 + Math.floor(random() * 6); count > 0; count -= 1) {
    const target = random() < 0.06 ? '/' : directory();
    const source = target === '/' || random() < 0.6 ? target : directory();
    const kind = random();
    if (kind < 0.25 && target !== '/') words.push('--tmpfs', target);
    else if (kind < 0.35 && mounted.length > 0)
      words.push('--remount-ro', pick([mounted[0] ?? root, ...mounted]));
    else if (kind < 0.45)
      words.push(pick(['--bind-try', '--ro-bind-try']), random() < 0.5 ? source : join(root, 'none'), target);
    else words.push(pick(['--bind', '--ro-bind', '--dev-bind']), source, target);
    if (target !== '/') mounted.push(target);
  }
  return [...words, ...FLAGS.filter(() => random() < 0.2), '--proc', '/proc'];
}

/** No program beside the shell is run: find(1) for one leaves out a directory that is bound below itself. */
const PROBE = `
for n in ${NAMESPACES.join(' ')}; do echo "ns $n $(readlink /proc/self/ns/$n)"; done
visit() {
  if [ -f "$1/id" ] && read -r name < "$1/id"; then echo "read $name"; fi
  true > "$1/written"
  for below in ${NAMES.join(' ')}; do if [ -d "$1/$below" ]; then visit "$1/$below"; fi; done
}
exec 2>&-
visit ${root}
exit 0
`;

interface Observed {
  readonly read: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
}

/** Null where bwrap could not make a mount point. */
function observe(options: readonly string[]): Observed | null {
  for (const directory of DIRECTORIES) rmSync(join(directory, 'written'), { force: true });
  const { stdout, status } = asOrdinaryUser(['bwrap', ...options, 'sh', '-c', PROBE]);
  if (status !== 0 || !stdout.includes('ns ')) return null;
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return {
    read: new Set(lines.flatMap(([word, path = '']) => (word === 'read' ? [path] : []))),
    written: new Set(DIRECTORIES.filter((directory) => existsSync(join(directory, 'written')))),
    own: new Set(
      lines.flatMap(([word, name = '', link]) =>
        word === 'ns' && link !== readlinkSync(`/proc/self/ns/${name}`) ? [name] : [],
      ),
    ),
  };
}

/** What the model says otherwise than was seen; an answer that rests on an assumption may be either. */
function disagreements(options: readonly string[], seen: Observed): readonly string[] {
  const script = `bwrap ${options.join(' ')} -- sh`;
  const sandbox = sandboxIn(script);
  const wrong: string[] = [];
  for (const directory of DIRECTORIES) {
    for (const [mode, found] of [
      ['read', seen.read],
      ['write', seen.written],
    ] as const) {
      const { verdict, assumes = [] } = sandbox.files.can(mode, hostPath(directory, ''));
      if (assumes.length > 0) continue;
      if ((verdict === 'yes') !== found.has(directory))
        wrong.push(`${mode} ${directory}: ${verdict}\n  ${script}`);
    }
  }
  return [...wrong, ...wrongNamespaces(script, seen)];
}

function wrongNamespaces(script: string, seen: Observed): readonly string[] {
  const { namespaces } = sandboxIn(script).privilege;
  return NAMESPACES.flatMap((name) => {
    const value = namespaces?.[name === 'net' ? 'network' : name];
    const own = value?.known === true && value.value === 'own';
    return own === seen.own.has(name) ? [] : [`namespace ${name}: ${own}\n  ${script}`];
  });
}

describe.skipIf(!hasBwrap)(`bwrap itself${hasBwrap ? '' : ' (not installed here, or not allowed)'}`, () => {
  it('shows, writes and shares what the model says', { timeout: 60_000 }, () => {
    const random = randomNumbers(20_260_101);
    const wrong: string[] = [];
    let compared = 0;
    for (let tries = 0; compared < CASES && tries < CASES * 3; tries += 1) {
      const options = randomOptions(random);
      const seen = observe(options);
      if (seen === null) continue;
      compared += 1;
      wrong.push(...disagreements(options, seen));
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(CASES);
  });

  it.each([
    ['--ro-bind / / --hostname box'],
    ['--ro-bind / / --as-pid-1'],
    ['--ro-bind / / --disable-userns'],
    ['--ro-bind / / --unshare-pid --as-pid-1 --lock-file /etc/hostname'],
    ['--ro-bind / / --unshare-pid --as-pid-1'],
    ['--ro-bind / / --unshare-user --disable-userns'],
    ['--ro-bind=/ /'],
    ['--ro-bind / / --perms 0700 --bind /usr /usr'],
    ['--ro-bind / / --size 4096 --bind /usr /usr'],
    ['--ro-bind / / --size 4096 --perms 0700 --tmpfs /tmp'],
    ['--ro-bind / / --uid 0'],
  ])('refuses what the model says it refuses: %s', (options) => {
    const { status } = asOrdinaryUser(['bwrap', ...options.split(' '), '--', 'true']);
    const refused = callIn(`bwrap ${options} -- true`).refusals.length > 0;
    expect(refused).toBe(status !== 0);
  });
});
