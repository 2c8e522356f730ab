import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/semantics/seatbelt/decide.ts';
import { executionReach, noSandboxGrants } from '../../../src/semantics/seatbelt/execution.ts';
import { deadParts, grantRoots, machServices, writtenHomes } from '../../../src/semantics/seatbelt/grants.ts';
import type { SeatbeltObject } from '../../../src/semantics/seatbelt/match.ts';
import { isAtLeast, networkReach } from '../../../src/semantics/seatbelt/network.ts';
import { operationLevels } from '../../../src/semantics/seatbelt/operations.ts';
import { escapes, serviceReach } from '../../../src/semantics/seatbelt/services.ts';
import {
  filePermission,
  lineOf,
  machVerdict,
  outboundVerdict,
  profileOf,
  readVerdict,
  socketVerdict,
  textAt,
  writeVerdict,
} from '../../support/seatbelt.ts';

describe('precedence', () => {
  it.each([
    [
      'a later filtered rule beats an earlier one',
      '(allow file-read* (subpath "/a"))(deny file-read* (subpath "/a/b"))',
      'deny',
    ],
    [
      'and a shallow later one a deeper one',
      '(allow file-read* (subpath "/a/b"))(deny file-read* (subpath "/a"))',
      'deny',
    ],
    [
      'a filtered rule beats a later unfiltered one',
      '(allow file-read* (subpath "/a"))(deny file-read*)',
      'allow',
    ],
    ['the last unfiltered rule counts', '(allow file-read*)(deny file-read*)', 'deny'],
    [
      'a narrower operation beats a wider one',
      '(allow file-read-data (subpath "/a"))(deny file-read* (subpath "/a"))',
      'allow',
    ],
    ['even unfiltered', '(deny file-read-data)(allow file-read* (subpath "/a"))', 'deny'],
    ['and across two levels', '(deny file-read* (subpath "/a"))(allow file* (subpath "/a"))', 'deny'],
    ['default comes last wherever it stands', '(deny file-read* (subpath "/a"))(allow default)', 'deny'],
    ['a filtered default beats an unfiltered one', '(deny default (subpath "/a"))(allow default)', 'deny'],
    [
      'a rule that does not match is passed over',
      '(allow file-read-data (literal "/z"))(allow file* (subpath "/a"))',
      'allow',
    ],
    ['a sibling operation does not count', '(allow file-read-metadata)(allow file-write*)', 'deny'],
    ['one rule may name several operations', '(allow lsopen file-read* signal (subpath "/a"))', 'allow'],
    ['without any rule all is denied', '', 'deny'],
  ])('%s', (_, rules, verdict) => {
    expect(readVerdict(profileOf(rules), '/a/b/c')).toBe(verdict);
  });

  it('says so where write-ups would decide otherwise', () => {
    const rules = '(allow file-read-data (subpath "/a"))(deny file-read* (subpath "/a"))';
    expect(
      decide(profileOf(rules).rules, 'file-read-data', { kind: 'path', path: '/a' }).assumptions,
    ).toEqual(['a rule on file-read-data outranks a later one on file-read*']);
    const plain = '(deny file-read* (subpath "/a"))(allow file-read-data (subpath "/a"))';
    expect(
      decide(profileOf(plain).rules, 'file-read-data', { kind: 'path', path: '/a' }).assumptions,
    ).toEqual([]);
  });

  it.each(['process-info-pidinfo', 'nvram-set', 'iokit-get-properties', 'file-map-executable'])(
    '(deny default) leaves %s open',
    (operation) => {
      const open = decide(profileOf('(deny default)').rules, operation);
      expect(open).toMatchObject({ verdict: 'allow', by: 'left-open' });
      expect(open.assumptions.length).toBe(1);
      const family = operationLevels(operation).at(-2) ?? '';
      expect(decide(profileOf(`(deny default)(deny ${family})`).rules, operation).verdict).toBe('deny');
      expect(decide(profileOf(`(deny default)(deny ${operation})`).rules, operation)).toMatchObject({
        verdict: 'deny',
        by: 'rule',
      });
    },
  );

  it('knows the levels of old, new and unheard-of operations', () => {
    expect(operationLevels('file-read-data')).toEqual(['file-read-data', 'file-read*', 'file*', 'default']);
    expect(operationLevels('process-exec-interpreter').slice(0, 2)).toEqual([
      'process-exec-interpreter',
      'process-exec*',
    ]);
    expect(operationLevels('mach-priv-unheard').slice(1)).toEqual(['mach-priv*', 'mach*', 'default']);
    expect(operationLevels('unheard-of')).toEqual(['unheard-of', 'default']);
    expect(operationLevels('lsopen')).toEqual(['lsopen', 'default']);
  });
});

describe('filters', () => {
  it.each([
    ['(literal "/a")', ['/a'], ['/a/b', '/ab']],
    ['(path "/a")', ['/a'], ['/a/b']],
    ['(subpath "/a")', ['/a', '/a/b'], ['/ab', '/']],
    ['(subpath "/")', ['/', '/a'], []],
    ['(prefix "/a")', ['/a', '/ab', '/a/b'], ['/b']],
    ['(path-ancestors "/a/b/c")', ['/', '/a', '/a/b'], ['/a/b/c', '/a/c']],
    ['(require-not (subpath "/a"))', ['/b'], ['/a/b']],
    ['(require-all (subpath "/a") (require-not (literal "/a/b")))', ['/a/c'], ['/a/b', '/b']],
    ['(require-any (literal "/a") (literal "/b"))', ['/a', '/b'], ['/c']],
    ['(require-not (require-not (literal "/a")))', ['/a'], ['/b']],
    ['(require-all (subpath "/a") (vnode-type REGULAR-FILE))', ['/a/b'], ['/b']],
    ['(require-all (subpath "/a") (vnode-type DIRECTORY))', [], ['/a/b']],
    ['(regex "\\\\.env$")', ['/a/.env'], ['/a/.envrc', '/aenv']],
    ['(regex #"^/a/[^/]+/x$")', ['/a/b/x'], ['/a/b/c/x', '/z/a/b/x']],
    ['(regex #"^/(a|b)(/.*)?$")', ['/a', '/b/c'], ['/ab']],
    ['(regex #"^/dev/tty[0-9]{2,3}$")', ['/dev/tty12', '/dev/tty123'], ['/dev/tty1', '/dev/tty1234']],
    ['(regex #"/a+b?c*$")', ['/a', '/aabcc'], ['/bb']],
    ['(regex #"^/[[:digit:]]x$" #"^/y$")', ['/1x', '/y'], ['/ax']],
    ['(regex #"^/a$|^/b$")', ['/a', '/b'], ['/a/b']],
  ])('%s', (filter, inside, outside) => {
    const profile = profileOf(`(deny default)(allow file-read* ${filter})`);
    for (const path of inside) expect([path, readVerdict(profile, path)]).toEqual([path, 'allow']);
    for (const path of outside) expect([path, readVerdict(profile, path)]).toEqual([path, 'deny']);
  });

  it.each([
    ['(regex "(?i)x")'],
    ['(regex #"\\d+")'],
    ['(regex #"(a)\\1")'],
    ['(regex #"a*?")'],
    ['(regex "[a")'],
    ['(regex "(a")'],
    ['(extension "com.apple.app-sandbox.read")'],
    ['(file-mode #o0004)'],
    ['(process-attribute is-platform-binary)'],
    ['(require-not (extension "x"))'],
    ['(subpath "/System/Volumes/Data/Users")'],
  ])('%s is neither yes nor no', (filter) => {
    const path = '/Users/u/a';
    expect(readVerdict(profileOf(`(deny default)(allow file-read* ${filter})`), path)).toBe('unknown');
    expect(readVerdict(profileOf(`(allow default)(deny file-read* ${filter})`), path)).toBe('unknown');
    expect(readVerdict(profileOf(`(allow default)(allow file-read* ${filter})`), path)).toBe('allow');
  });

  it('does not know the kind of a file that was not named', () => {
    const profile = profileOf('(deny default)(allow file-read* (vnode-type REGULAR-FILE))');
    expect(decide(profile.rules, 'file-read-data', { kind: 'path', path: '/a' }).verdict).toBe('unknown');
  });

  it('lets a certain part of a compound decide', () => {
    const all = profileOf('(deny default)(allow file-read* (require-all (extension "x") (subpath "/a")))');
    expect(readVerdict(all, '/b')).toBe('deny');
    const any = profileOf('(deny default)(allow file-read* (require-any (extension "x") (subpath "/a")))');
    expect(readVerdict(any, '/a/b')).toBe('allow');
  });

  it('asks names by their kind', () => {
    const profile = profileOf(
      '(deny default)(allow mach-lookup (global-name "a.b") (global-name-prefix "c.") (global-name-regex #"^d[0-9]$"))' +
        '(allow sysctl-read (sysctl-name-prefix "hw."))(allow signal (target self))',
    );
    for (const name of ['a.b', 'c.d', 'd1']) expect(machVerdict(profile, name)).toBe('allow');
    for (const name of ['a.bc', 'xc.d', 'dd']) expect(machVerdict(profile, name)).toBe('deny');
    const local: SeatbeltObject = { kind: 'mach', name: 'a.b', namespace: 'local-name' };
    expect(decide(profile.rules, 'mach-lookup', local).verdict).toBe('deny');
    const sysctl: SeatbeltObject = { kind: 'name', of: 'sysctl-name', name: 'hw.ncpu' };
    expect(decide(profile.rules, 'sysctl-read', sysctl).verdict).toBe('allow');
    expect(decide(profile.rules, 'signal', { kind: 'target', target: 'self' }).verdict).toBe('allow');
    expect(decide(profile.rules, 'signal', { kind: 'target', target: 'others' }).verdict).toBe('deny');
    expect(decide(profile.rules, 'signal').verdict).toBe('unknown');
  });
});

describe('network', () => {
  it.each([
    ['(allow network-outbound)', 'open'],
    ['(allow network*)', 'open'],
    ['(allow network-outbound (remote ip))', 'open'],
    ['(allow network-outbound (remote ip "*:*"))', 'open'],
    ['(allow network-outbound (remote udp "*:53"))', 'ports'],
    ['(allow network-outbound (remote tcp4 "*:443"))', 'ports'],
    ['(allow network-outbound (local ip "localhost:*"))', 'open'],
    ['(allow network* (local tcp "*:*"))', 'open'],
    ['(allow network-outbound (remote ip "localhost:*"))', 'loopback'],
    ['(allow network-outbound (remote tcp "localhost:8877"))', 'loopback'],
    ['(allow network-outbound (remote unix-socket))', 'dns-socket'],
    ['(allow network-outbound (subpath "/private/var/run"))', 'dns-socket'],
    ['(allow network-outbound (literal "/private/tmp/x.sock"))', 'none'],
    ['(allow network-inbound (local ip "*:*"))', 'none'],
    ['(allow network-bind)', 'none'],
    ['', 'none'],
  ])('%s: %s', (rules, level) => {
    const reach = networkReach(profileOf(`(deny default)${rules}`).rules);
    expect(reach.outbound).toBe(level);
    expect(reach.possible).toBe(level);
  });

  it('names the line of a local filter that opens everything', () => {
    const profile = profileOf('(deny default)\n(allow network-outbound (local ip "localhost:*"))');
    const { remote } = networkReach(profile.rules);
    expect(lineOf(remote.at)).toBe(3);
    expect(remote.assumptions.join()).toContain('local');
  });

  it('does not credit a deny with a local filter, or of one address family', () => {
    expect(
      outboundVerdict(profileOf('(allow default)(deny network-outbound (local ip "*:*"))'), 'any-remote', 80),
    ).toBe('unknown');
    expect(
      outboundVerdict(
        profileOf('(allow default)(deny network-outbound (remote ip6 "*:*"))'),
        'any-remote',
        80,
      ),
    ).toBe('unknown');
    expect(
      outboundVerdict(
        profileOf('(allow default)(deny network-outbound (remote ip "*:*"))'),
        'any-remote',
        80,
      ),
    ).toBe('deny');
  });

  it('a deny of one port leaves the others', () => {
    const profile = profileOf('(allow default)(deny network-outbound (remote tcp "*:25"))');
    expect(outboundVerdict(profile, 'any-remote', 25)).toBe('deny');
    expect(outboundVerdict(profile, 'any-remote', null)).toBe('allow');
  });

  it('says what may be open where a parameter decides', () => {
    const reach = networkReach(profileOf('(deny default)(if (param "NET") (allow network*))').rules);
    expect([reach.outbound, reach.possible]).toEqual(['none', 'open']);
    expect(isAtLeast(reach.possible, 'ports')).toBe(true);
    expect(isAtLeast(reach.outbound, 'dns-socket')).toBe(false);
  });

  it('listening needs network-inbound', () => {
    expect(
      networkReach(profileOf('(deny default)(allow network-bind (local ip "*:*"))').rules).inbound.verdict,
    ).toBe('deny');
    expect(
      networkReach(profileOf('(deny default)(allow network-inbound (local tcp "localhost:9229"))').rules)
        .inbound.verdict,
    ).toBe('allow');
  });

  it.each([
    [
      '(allow network-outbound (remote unix-socket (path-literal "/private/tmp/s")))',
      '/private/tmp/s',
      'allow',
    ],
    [
      '(allow network-outbound (remote unix-socket (path-regex #"^/private/tmp/")))',
      '/private/tmp/s',
      'allow',
    ],
    [
      '(allow network-outbound (remote unix-socket (path-literal "/private/tmp/s")))',
      '/private/tmp/t',
      'deny',
    ],
    [
      '(allow network-outbound (path-literal "/private/var/run/docker.sock"))',
      '/var/run/docker.sock',
      'allow',
    ],
    ['(allow network-outbound (literal "/var/run/docker.sock"))', '/var/run/docker.sock', 'deny'],
    ['(allow file* (subpath "/"))', '/private/tmp/s', 'deny'],
    ['(allow network-outbound (remote ip))', '/private/tmp/s', 'deny'],
  ])('%s for %s: %s', (rules, path, verdict) => {
    expect(socketVerdict(profileOf(`(deny default)${rules}`), path)).toBe(verdict);
  });
});

describe('dead parts', () => {
  it.each([
    ['(subpath "/tmp")'],
    ['(subpath "/var/folders")'],
    ['(literal "/etc/passwd")'],
    ['(subpath "/home/u")'],
    ['(prefix "/tmp/")'],
    ['(subpath "~/.ssh")'],
    ['(subpath "$HOME/.ssh")'],
    ['(subpath "/Users/u/../v")'],
    ['(subpath "/Users/u/")'],
    ['(subpath "/Users//u")'],
    ['(literal "relative")'],
    ['(regex #"^/tmp/x")'],
    ['(regex "^/var/")'],
  ])('%s never matches', (filter) => {
    const profile = profileOf(`(allow default)\n(deny file-write* ${filter})`);
    expect(deadParts(profile.rules)).toMatchObject([{ wholeRule: true, rule: { action: 'deny' } }]);
    expect(textAt(deadParts(profile.rules)[0]?.place)).toBe(filter);
    for (const path of [
      '/private/tmp/x',
      '/tmp/x',
      '/private/var/folders/a',
      '/Users/u/.ssh/id',
      '/etc/passwd',
    ]) {
      expect(writeVerdict(profile, path)).toBe('allow');
    }
  });

  it.each([
    ['(allow file-read-metadata (literal "/tmp"))'],
    ['(allow file-read* (literal "/etc"))'],
    ['(deny file-write* (subpath "/private/tmp"))'],
    ['(deny file-write* (prefix "/Users/u/"))'],
    ['(deny file-write* (subpath "/"))'],
    ['(deny file-write* (subpath "/variable"))'],
    ['(deny file-write* (require-not (subpath "/tmp")))'],
    ['(allow file-write* (subpath (param "X")))'],
  ])('%s can match', (rule) => {
    expect(deadParts(profileOf(rule).rules)).toEqual([]);
  });

  it('a rule with one live part is alive', () => {
    const rules = '(deny file-write*\n (subpath "/tmp")\n (subpath "/private/tmp"))';
    expect(deadParts(profileOf(rules).rules)).toMatchObject([{ wholeRule: false, text: '/tmp' }]);
  });

  it('the link itself can be read', () => {
    const profile = profileOf('(deny default)(allow file-read-metadata (literal "/tmp"))');
    expect(filePermission(profile, 'file-read-metadata', '/tmp')).toBe('allow');
  });
});

describe('what a profile names', () => {
  it('roots of reading, writing and connecting, with their lines', () => {
    const profile = profileOf(
      '(deny default)\n(allow file-read*\n (subpath "/a")\n (literal "/b"))\n(allow file-write*\n (require-all (subpath "/c") (require-not (subpath "/c/d"))))\n' +
        '(allow network-outbound (remote unix-socket (path-literal "/private/tmp/s")))\n(allow file* (regex #"^/e/f\\.[a-z]+"))',
    );
    const roots = grantRoots(profile.rules);
    const shown = (list: typeof roots.read) =>
      list.map((one) => [one.test, one.path, lineOf(one.place), one.narrowed]);
    expect(shown(roots.read)).toEqual([
      ['subpath', '/a', 4, false],
      ['literal', '/b', 5, false],
      ['pattern', '/e/f.', 9, false],
    ]);
    expect(shown(roots.write)).toEqual([
      ['subpath', '/c', 7, true],
      ['pattern', '/e/f.', 9, false],
    ]);
    expect(shown(roots.connect)).toEqual([['literal', '/private/tmp/s', 8, false]]);
  });

  it('everything for an unfiltered rule, also on default', () => {
    const roots = grantRoots(profileOf('(allow default)').rules);
    expect(roots.write.map((one) => one.test)).toEqual(['everything']);
    expect(roots.connect.map((one) => one.test)).toEqual(['everything']);
  });

  it('and those that cannot be known', () => {
    const profile = profileOf('(allow file-write* network-outbound (subpath (param "X")) (extension "y"))');
    const { write, connect } = grantRoots(profile.rules);
    expect(write.map((one) => one.test)).toEqual(['unknown', 'unknown']);
    expect(connect.map((one) => one.test)).toEqual(['unknown', 'unknown']);
  });

  it('mach services', () => {
    const profile = profileOf('(allow mach-lookup (global-name "a") (global-name-prefix "b."))(allow mach*)');
    expect(machServices(profile.rules).map((one) => [one.test, one.name])).toEqual([
      ['exact', 'a'],
      ['prefix', 'b.'],
      ['any', ''],
    ]);
  });

  it('home directories that are written out', () => {
    const profile = profileOf(
      '(allow file-read* (subpath "/Users/alice/.ssh") (regex #"^/Users/bob/x") (subpath "/Users/Shared") (subpath (param "HOME")))',
    );
    expect(writtenHomes(profile.rules)).toEqual(['/Users/alice', '/Users/bob']);
  });
});

describe('execution and services', () => {
  it.each([
    ['(allow process-exec)', 'any'],
    ['(allow process*)', 'any'],
    ['(allow process-exec (literal "/bin/ls"))', 'listed'],
    ['(allow process-exec (subpath "/usr/bin"))', 'listed'],
    ['(allow process-exec (subpath "/Users/u"))(allow file-write* (subpath "/Users/u/w"))', 'writable'],
    ['(allow process-exec (regex "git"))(allow file-write* (literal "/Users/u/.gitconfig"))', 'writable'],
    ['(allow process-exec (extension "x"))', 'unknown'],
    ['(allow process-fork)', 'none'],
  ])('%s: %s', (rules, level) => {
    expect(executionReach(profileOf(`(deny default)${rules}`).rules).level).toBe(level);
  });

  it.each([
    ['(allow process-exec (literal "/bin/ps") (with no-sandbox))', ['no']],
    ['(allow process-exec (literal "/bin/sh") (with no-sandbox))', ['yes']],
    ['(allow process-exec (with no-sandbox))', ['yes']],
    ['(allow (with no-sandbox) process-exec (literal "/opt/tool"))', ['unknown']],
    ['(allow file-write* (subpath "/opt"))(allow process-exec (subpath "/opt") (with no-sandbox))', ['yes']],
    [
      '(allow process-exec (literal "/bin/sh") (with no-sandbox))(deny process-exec (literal "/bin/sh"))',
      ['no'],
    ],
    ['(allow process-exec (literal "/bin/sh") (with report))', []],
  ])('%s runs outside the sandbox: %s', (rules, full) => {
    const profile = profileOf(`(deny default)${rules}`);
    expect(noSandboxGrants(profile.rules).map((one) => one.full)).toEqual(full);
    expect(escapes(profile.rules).map((one) => one.certain)).toEqual(
      full.filter((one) => one !== 'no').map((one) => one === 'yes'),
    );
  });

  it.each([
    ['(allow lsopen)', []],
    [
      '(allow lsopen)(allow mach-lookup)',
      ['launch-services', 'pasteboard', 'window-server', 'keychain', 'dns-service'],
    ],
    ['(allow mach-lookup (global-name "com.apple.SecurityServer"))', ['keychain']],
    [
      '(allow appleevent-send)(allow mach-lookup (global-name "com.apple.coreservices.appleevents"))',
      ['apple-events'],
    ],
    ['(allow job-creation)', ['job-creation']],
    ['(allow mach-priv-task-port)', ['task-ports']],
    ['(allow mach-priv-task-port (target self))', []],
    ['(allow signal)', ['signal-others']],
    ['(allow process-info* (target same-sandbox))(deny process-info*)', []],
  ])('%s: %j', (rules, services) => {
    const found = serviceReach(profileOf(`(deny default)${rules}`).rules).filter(
      (one) => one.decisions[0]?.by === 'rule',
    );
    expect(found.map((one) => one.service)).toEqual(services);
  });

  it('(allow default) leaves every way out', () => {
    const services = serviceReach(profileOf('(allow default)').rules);
    expect(services.length).toBe(15);
    expect(services.every((one) => one.verdict === 'allow')).toBe(true);
  });
});
