/** What of the host's files shows inside a container. */
import { describe, expect, it } from 'vitest';
import type { FileMode } from '../../../src/model/files.ts';
import { displayPath, hostPath } from '../../../src/model/host-path.ts';
import { unknown } from '../../../src/model/value.ts';
import { containerFiles } from '../../../src/semantics/docker/files.ts';
import type { MountSpec } from '../../../src/semantics/docker/spec.ts';
import { at, bind, inside } from './container.ts';

const PLAIN = { socketsClosed: false, devices: false };

const files = (...mounts: readonly (string | MountSpec)[]) =>
  containerFiles(
    mounts.map((mount) => (typeof mount === 'string' ? bind(mount) : mount)),
    PLAIN,
  );

/** The verdict, and the mount that decides a `yes`. */
function ask(mounts: readonly (string | MountSpec)[], question: string): string {
  const [mode = '', path = ''] = question.split(' ');
  const { verdict, grant } = files(...mounts).can(mode as FileMode, hostPath(path, ''));
  return verdict === 'yes' ? `yes: ${grant?.text}` : verdict;
}

const READ_ONLY_UNKNOWN: MountSpec = {
  ...bind('/data:/d'),
  readOnly: unknown('$RO', '$RO is not set', ['RO'], at('$RO')),
};

const CASES: readonly (readonly [
  what: string,
  mounts: readonly (string | MountSpec)[],
  question: string,
  expected: string,
])[] = [
  ['no mount', [], 'read /etc/passwd', 'no'],
  ['another mount', ['/srv:/s'], 'read /etc/passwd', 'no'],
  ['the very path', ['/etc:/h'], 'read /etc', 'yes: /etc:/h'],
  ['below it', ['/etc:/h'], 'write /etc/cron.d/job', 'yes: /etc:/h'],
  ['a name that begins alike', ['/etc:/h'], 'read /etcetera', 'no'],
  ['read-only: reads', ['/etc:/h:ro'], 'read /etc/passwd', 'yes: /etc:/h:ro'],
  ['read-only: writes', ['/etc:/h:ro'], 'write /etc/passwd', 'no'],
  ['read-only: connects all the same', ['/run:/r:ro'], 'connect /run/docker.sock', 'yes: /run:/r:ro'],
  ['the disk holds the home', ['/:/h:ro'], 'read ~/.ssh/id_rsa', 'yes: /:/h:ro'],
  ['the home holds the project', ['~:/h'], 'write .', 'yes: ~:/h'],
  ['the project holds no home', ['.:/w'], 'read ~/.ssh', 'no'],
  ['the narrower of two', ['/:/h', '/etc:/e'], 'read /etc/passwd', 'yes: /etc:/e'],
  ['the one that opens it, of two', ['/:/h', '/etc:/e:ro'], 'write /etc/passwd', 'yes: /:/h'],
  ['the later at one target', ['/etc:/h', '/srv:/h'], 'read /etc/passwd', 'no'],
  ['one target, spelled twice', ['/etc:/h', '/srv://h/'], 'read /etc/passwd', 'no'],
  ['what another mount hides', ['/etc:/h', inside('tmpfs', '/h/cron.d')], 'write /etc/cron.d/x', 'no'],
  [
    'beside what is hidden',
    ['/etc:/h', inside('tmpfs', '/h/cron.d')],
    'write /etc/cron.daily/x',
    'yes: /etc:/h',
  ],
  ['the hidden thing’s parent', ['/etc:/h', inside('tmpfs', '/h/cron.d')], 'read /etc', 'yes: /etc:/h'],
  ['hidden, whatever the order', [inside('volume', '/h/a'), '/etc:/h'], 'read /etc/a/b', 'no'],
  ['not hidden by its own target', ['/etc:/h/a'], 'read /etc/x', 'yes: /etc:/h/a'],
  ['hidden by a read-only copy of itself', ['.:/w', './.git:/w/.git:ro'], 'write .git/config', 'no'],
  ['which can still be read', ['.:/w', './.git:/w/.git:ro'], 'read .git/config', 'yes: ./.git:/w/.git:ro'],
  ['read-only elsewhere hides nothing', ['.:/w', './.git:/g:ro'], 'write .git/config', 'yes: .:/w'],
  ['a volume is none of the host’s', [inside('volume', '/etc')], 'read /etc/passwd', 'no'],
  ['an unknown source', ['$DIR:/d'], 'read /etc/passwd', 'unknown'],
  ['an unknown source, read-only', ['$DIR:/d:ro'], 'write /etc/passwd', 'no'],
  ['an unknown source beside a known one', ['$DIR:/d', '/etc:/e'], 'read /etc/passwd', 'yes: /etc:/e'],
  ['unknown whether read-only: writes', [READ_ONLY_UNKNOWN], 'write /data/x', 'unknown'],
  ['unknown whether read-only: reads', [READ_ONLY_UNKNOWN], 'read /data/x', 'yes: /data:/d'],
  ['the directory above the project', ['..:/w'], 'write ../other', 'yes: ..:/w'],
];

describe('a question about the host’s files', () => {
  it.each(CASES)('%s', (_, mounts, question, expected) => {
    expect(ask(mounts, question)).toBe(expected);
  });

  it('about sockets is no under a runtime that lets none through', () => {
    const closed = containerFiles([bind('/run:/r')], { ...PLAIN, socketsClosed: true });
    const socket = hostPath('/run/docker.sock', '');
    expect([closed.can('connect', socket).verdict, closed.can('read', socket).verdict]).toEqual([
      'no',
      'yes',
    ]);
  });

  it('about devices is yes for the privileged alone', () => {
    const verdicts = [true, false].map(
      (devices) => containerFiles([bind('/dev:/d')], { ...PLAIN, devices }).grants[0]?.devices,
    );
    expect(verdicts).toEqual(['yes', 'no']);
  });
});

describe('a protection inside a writable tree', () => {
  const defeated = (...mounts: readonly (string | MountSpec)[]): string[] =>
    files(...mounts).defeated.map(({ path, through }) => `${displayPath(path)} by ${displayPath(through)}`);

  it.each([
    ['two levels down', ['.:/w', './.git/hooks:/w/.git/hooks:ro'], ['./.git/hooks by ./.git']],
    ['three levels down', ['.:/w', './a/b/c:/w/a/b/c:ro'], ['./a/b/c by ./a']],
    [
      'two of them',
      ['.:/w', './.git/hooks:/w/.git/hooks:ro', './.git/config:/w/.git/config:ro'],
      ['./.git/hooks by ./.git', './.git/config by ./.git'],
    ],
    ['in the home', ['~:/h', '~/.ssh/config:/h/.ssh/config:ro'], ['~/.ssh/config by ~/.ssh']],
    ['right below the mount', ['.:/w', './.git:/w/.git:ro'], []],
    ['right below a mount of its own', ['.:/w', './.git:/w/.git', './.git/hooks:/w/.git/hooks:ro'], []],
    ['in a read-only tree', ['.:/w:ro', './.git/hooks:/w/.git/hooks:ro'], []],
    ['of other files', ['.:/w', '/srv/hooks:/w/.git/hooks:ro'], []],
    ['writable itself', ['.:/w', './.git/hooks:/w/.git/hooks'], []],
    ['in a volume', [inside('volume', '/w'), './.git/hooks:/w/.git/hooks:ro'], []],
    ['beside the tree', ['.:/w', './.git/hooks:/w2/.git/hooks:ro'], []],
  ] as const)('%s', (_, mounts, expected) => {
    expect(defeated(...mounts)).toEqual(expected);
  });
});
