import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/semantics/seatbelt/decide.ts';
import { executionReach } from '../../../src/semantics/seatbelt/execution.ts';
import { networkReach } from '../../../src/semantics/seatbelt/network.ts';
import type { SeatbeltProfile } from '../../../src/semantics/seatbelt/profile.ts';
import { escapes } from '../../../src/semantics/seatbelt/services.ts';
import {
  filePermission,
  outboundVerdict,
  profileOf,
  readVerdict,
  socketVerdict,
  writeVerdict,
} from '../../support/seatbelt.ts';

const W = '/Users/u/w';
const S10 = '(deny default)(allow file-read-data (subpath "/"))';
const S15 = '(allow default)(deny network*)';
const S21 = '(deny default)(allow network-outbound)';
const S37 =
  '(deny default)(import "system.sb")(allow process*)(allow file-read*)(allow mach-lookup)(allow lsopen)';

/**
 * Write ~/.zshrc, read ~/.ssh/id_rsa, internet TCP, connect to docker.sock, run any program. Y, N: what the
 * rules say; *: the rules say no, but a program outside the sandbox can be made to; E: the profile is refused.
 */
const VECTORS: readonly (readonly [id: string, columns: string, rules: string])[] = [
  ['S1', 'YYYYY', '(allow default)'],
  ['S2', 'NNNNN', '(deny default)'],
  ['S3', 'NYNNN', '(deny default)(allow file-read*)'],
  ['S5', 'NYYYY', `(allow default)(deny file-write*)(allow file-write* (subpath "${W}"))`],
  ['S6', 'NYYYY', `(allow file-write* (subpath "${W}"))(deny file-write*)(allow default)`],
  ['S7', 'NNNNN', '(deny default)(allow file-read*)(deny file-read* (subpath "/Users/u/.ssh"))'],
  [
    'S9',
    'NYNNN',
    '(deny default)(deny file-read* (subpath "/Users/u/.ssh"))(allow file-read* (subpath "/Users/u"))',
  ],
  ['S10', 'NYNNN', `${S10}(deny file-read* (subpath "/Users/u/.ssh"))`],
  ['S11', 'NNNNN', `${S10}(deny file-read-data (subpath "/Users/u/.ssh"))`],
  ['S13', 'YYYYY', '(allow default)(deny file-write* (subpath "/tmp"))'],
  ['S14', 'NNNNN', '(deny default)(allow file-write* (subpath "/var/folders"))'],
  ['S15', 'YYNNY', S15],
  ['S17', 'YYNNY', `${S15}(allow network* (remote ip "localhost:*"))`],
  ['S18', 'EEEEE', '(deny default)(allow network-outbound (remote ip "api.github.com:443"))'],
  ['S19', 'NNYNN', '(deny default)(allow network-outbound (remote tcp "*:443"))'],
  ['S21', 'NNYYN', S21],
  ['S22', 'NNYYN', `${S21}(deny file-read* file-write* (literal "/private/var/run/docker.sock"))`],
  [
    'S23',
    'NNYNN',
    `${S21}(deny network-outbound (remote unix-socket (path-literal "/private/var/run/docker.sock")))`,
  ],
  ['S25', 'YYNYY', `${S15}(allow network* (remote unix-socket))`],
  ['S26', 'NNNNN', '(deny default)(allow network-outbound (literal "/private/var/run/mDNSResponder"))'],
  ['S27', 'NNNNN', '(deny default)(allow network-outbound (remote ip "localhost:8877"))'],
  [
    'S29',
    'NNNNN',
    `(deny default)(deny file-write* (subpath "${W}/.git"))(allow file-write* (subpath "${W}"))`,
  ],
  [
    'S30',
    'NNNNN',
    `(deny default)(allow file-write* (require-all (subpath "${W}")(require-not (subpath "${W}/.git"))))`,
  ],
  ['S31', 'NNNNY', '(deny default)(allow process-exec)(deny process-exec (literal "/usr/local/bin/docker"))'],
  [
    'S33',
    '****Y',
    '(deny default)(allow process-fork)(allow file-read* file-write* (subpath "/private/tmp"))' +
      '(allow process-exec (subpath "/private/tmp")(with no-sandbox))',
  ],
  ['S34', 'NNNNN', '(deny default)(if (param "NET")(allow network*))'],
  ['S35', 'EEEEE', '(deny default)(allow file-write* (subpath (param "WS")))'],
  ['S37', '*Y**Y', S37],
  ['S38', 'NYNNY', `${S37}(deny mach-lookup (global-name "com.apple.coreservices.launchservicesd"))`],
  ['S39', 'NYNNN', '(deny default)(allow file-read* (prefix "/Users/u/.s"))'],
  ['S41', 'NNNNN', '(deny default)(allow file* network-outbound (subpath "/private/tmp"))'],
  ['S42', 'NNNNN', '(deny default)(allow file-read-metadata)(deny file-read* (subpath "/Users/u/.ssh"))'],
  [
    'S43',
    'NYNNN',
    '(define (h p)(subpath (string-append "/Users/u" p)))(deny default)(allow file-read* (h "/.ssh"))',
  ],
  ['S45', 'NNNNN', `(deny default)(with-filter (subpath "${W}")(allow file-write*))`],
  ['S46', 'EEEEE', '(allow default)(setenv "A" "1")'],
];

function columnsOf(profile: SeatbeltProfile): string {
  if (profile.rejected !== null) return 'EEEEE';
  const rules = profile.rules;
  const execution = executionReach(rules).level;
  const held = [
    ['file-write-create', 'file-write-data'].every(
      (name) => filePermission(profile, name, '/Users/u/.zshrc') === 'allow',
    ),
    readVerdict(profile, '/Users/u/.ssh/id_rsa') === 'allow',
    ['ports', 'open'].includes(networkReach(rules).outbound),
    socketVerdict(profile, '/private/var/run/docker.sock') === 'allow',
    execution === 'any' || execution === 'writable',
  ];
  return held.map((one) => (one ? 'Y' : 'N')).join('');
}

describe('known profiles', () => {
  it.each(VECTORS)('%s: %s', (_, columns, rules) => {
    const profile = profileOf(rules, { given: {} });
    expect(columnsOf(profile)).toBe(columns.replaceAll('*', 'N'));
    if (columns.includes('*')) expect(escapes(profile.rules)).toMatchObject([{ certain: true }]);
    else if (rules.startsWith('(deny default)')) expect(escapes(profile.rules)).toEqual([]);
  });

  it('S34: a parameter that is given is true whatever it says', () => {
    const profile = profileOf('(deny default)(if (param "NET")(allow network*))', { given: { NET: '0' } });
    expect(columnsOf(profile)).toBe('NNYYN');
  });

  it('S5 and S6: the workspace is writable in either order', () => {
    for (const id of ['S5', 'S6']) {
      const rules = VECTORS.find((one) => one[0] === id)?.[2] ?? '';
      expect(writeVerdict(profileOf(rules), `${W}/a`)).toBe('allow');
    }
  });

  it('S13: what the dead deny was meant for stays writable', () => {
    const profile = profileOf('(allow default)(deny file-write* (subpath "/tmp"))');
    expect(writeVerdict(profile, '/private/tmp/x')).toBe('allow');
    expect(writeVerdict(profile, '/tmp/x')).toBe('allow');
  });

  it('S17: services on loopback are reachable', () => {
    const profile = profileOf(`${S15}(allow network* (remote ip "localhost:*"))`);
    expect(outboundVerdict(profile, 'localhost', 5432)).toBe('allow');
  });

  it('S19: one port of any host', () => {
    const profile = profileOf('(deny default)(allow network-outbound (remote tcp "*:443"))');
    expect(outboundVerdict(profile, 'any-remote', 443)).toBe('allow');
    expect(outboundVerdict(profile, 'any-remote', 80)).toBe('deny');
    expect(outboundVerdict(profile, 'any-remote', 443, 'udp')).toBe('deny');
  });

  it('S26 and S27: the resolver and the proxy alone', () => {
    const dns = profileOf(
      '(deny default)(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
    );
    expect(networkReach(dns.rules).outbound).toBe('dns-socket');
    const proxy = profileOf('(deny default)(allow network-outbound (remote ip "localhost:8877"))');
    expect(networkReach(proxy.rules)).toMatchObject({ outbound: 'loopback', remotePorts: [] });
    expect(networkReach(proxy.rules).loopbackPorts.map((one) => one.port)).toEqual([8877, 8877]);
  });

  it('S29 and S30: order decides whether .git is protected, require-not does not need it', () => {
    const [allowFirst, swapped, inside] = [
      `(deny default)(allow file-write* (subpath "${W}"))(deny file-write* (subpath "${W}/.git"))`,
      VECTORS.find((one) => one[0] === 'S29')?.[2] ?? '',
      VECTORS.find((one) => one[0] === 'S30')?.[2] ?? '',
    ].map((rules) => profileOf(rules));
    const git = `${W}/.git/hooks/pre-commit`;
    expect(allowFirst && writeVerdict(allowFirst, git)).toBe('deny');
    expect(swapped && writeVerdict(swapped, git)).toBe('allow');
    expect(inside && writeVerdict(inside, git)).toBe('deny');
    expect(inside && writeVerdict(inside, `${W}/a`)).toBe('allow');
  });

  it('S38: closing launch services leaves the keychain', () => {
    const rules = VECTORS.find((one) => one[0] === 'S38')?.[2] ?? '';
    const asked = { kind: 'mach', name: 'com.apple.securityd' } as const;
    expect(decide(profileOf(rules).rules, 'mach-lookup', asked).verdict).toBe('allow');
  });

  it('S42: existence is still told', () => {
    const rules = '(deny default)(allow file-read-metadata)(deny file-read* (subpath "/Users/u/.ssh"))';
    expect(filePermission(profileOf(rules), 'file-read-metadata', '/Users/u/.ssh/id_rsa')).toBe('allow');
  });

  it('S45: the filter around holds for the rules inside', () => {
    const profile = profileOf(`(deny default)(with-filter (subpath "${W}")(allow file-write*))`);
    expect(writeVerdict(profile, `${W}/a`)).toBe('allow');
    expect(writeVerdict(profile, '/Users/u/w2')).toBe('deny');
  });
});
