/** What a profile answers in the model's words. */
import { describe, expect, it } from 'vitest';
import { ASSETS } from '../../../src/knowledge/assets/index.ts';
import { assetPath } from '../../../src/model/exposure.ts';
import { type HostPath, homePath, hostPath, workspacePath } from '../../../src/model/host-path.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { seatbeltSandbox } from '../../../src/semantics/seatbelt/sandbox.ts';
import { readProfile } from '../../../src/semantics/seatbelt/sandbox-reading.ts';
import { plainText } from '../../../src/source/mapped.ts';
import { type Place, placeAt, sliceOf } from '../../../src/source/source.ts';
import { memoryProject } from '../../support/memory-project.ts';
import { givenParameters } from '../../support/seatbelt.ts';

/** @param given what a launcher passes; left out, no launcher is known */
function sandboxOf(rules: string, given?: Readonly<Record<string, string>>): Sandbox {
  const project = memoryProject({ 'profile.sb': `(version 1)${rules}` });
  const source = project.source('profile.sb');
  const parameters = given === undefined ? 'unknown' : givenParameters(given);
  const text = { text: plainText(source), conditions: [] };
  const { profile, places } = readProfile([text], { source, project, parameters });
  return seatbeltSandbox(profile, {
    id: 'profile.sb#profile',
    name: 'profile',
    place: profile.version ?? placeAt(source, 0, 0),
    definition: [],
    places,
  });
}

function placeOf(sandbox: Sandbox, text: string): Place {
  const { source } = sandbox.place;
  const start = source.text.indexOf(text);
  return placeAt(source, start, start + text.length);
}

type Row = readonly [
  rules: string,
  mode: 'read' | 'write' | 'connect',
  path: HostPath,
  verdict: string,
  by: string | null,
];

const KEY = homePath('.ssh/id_rsa');
const READ = '(allow file-read*)';
const DENY_SSH = '(deny file-read* (subpath "/Users/u/.ssh"))';
const DOCKER = hostPath('/var/run/docker.sock', '');

describe('files', () => {
  it.each<Row>([
    [`(deny default)${READ}${DENY_SSH}`, 'read', KEY, 'no', null],
    [`(deny default)${READ}${DENY_SSH}`, 'read', homePath('.aws/credentials'), 'yes', READ],
    [
      `(deny default)(allow file-read-data (subpath "/"))${DENY_SSH}`,
      'read',
      KEY,
      'yes',
      '(allow file-read-data (subpath "/"))',
    ],
    [
      '(deny default)(allow network-outbound)(deny file* (literal "/private/var/run/docker.sock"))',
      'connect',
      DOCKER,
      'yes',
      '(allow network-outbound)',
    ],
    ['(deny default)(allow network-outbound (remote ip))', 'connect', DOCKER, 'no', null],
    ['(allow default)(deny file-write*)', 'write', homePath('.zshrc'), 'no', null],
    ['(allow default)(deny file-write*)', 'read', homePath('.zshrc'), 'yes', '(allow default)'],
    [
      '(deny default)(allow file-write* (subpath (param "PROJECT_DIR")))',
      'write',
      workspacePath('.git/hooks'),
      'yes',
      '(allow file-write* (subpath (param "PROJECT_DIR")))',
    ],
    [
      '(deny default)(allow file-write* (subpath (param "PROJECT_DIR")))',
      'write',
      workspacePath('..'),
      'no',
      null,
    ],
    ['(deny default)(allow file-read* (literal "/Users/u/.ssh"))', 'read', homePath('.ssh'), 'no', null],
    [
      '(deny default)(allow file-read* (subpath "/private/tmp"))',
      'read',
      hostPath('/tmp/x', ''),
      'yes',
      '(allow file-read* (subpath "/private/tmp"))',
    ],
    ['(allow default)', 'write', hostPath('/etc/sudoers', ''), 'no', null],
    ['(allow default)', 'read', hostPath('/proc/1/environ', ''), 'no', null],
    ['(deny default)(if (param "ALL") (allow file-read*))', 'read', KEY, 'unknown', null],
  ])('%s: %s %j is %s by %s', (rules, mode, path, verdict, by) => {
    const answer = sandboxOf(rules).files.can(mode, path);
    expect(answer.verdict).toBe(verdict);
    expect(answer.grant?.text ?? null).toBe(by);
  });

  it('grants are the parts of rules, with what later rules leave of them', () => {
    const { grants } = sandboxOf(
      '(deny default)(allow file-read* file-write* (subpath "/Users/u/a") (literal "/Users/u/b"))' +
        '(deny file-write* (subpath "/Users/u/a"))',
    ).files;
    expect(grants).toMatchObject([
      { path: homePath('a'), tree: true, read: 'yes', write: 'no', connect: 'no' },
      { path: homePath('b'), tree: false, read: 'yes', write: 'yes', connect: 'no' },
    ]);
  });

  it('an expression is no grant of all that its beginning covers', () => {
    const { grants } = sandboxOf(String.raw`(allow file-read* (regex #"^/Users/[^/]+/\.aws/"))`).files;
    expect(grants.map(({ path }) => path)).toEqual([{ root: 'absolute', path: '/Users/*' }]);
    for (const source of ['^/Users/', '^/Users']) {
      const { grants: wide } = sandboxOf(`(allow file-read* (regex #"${source}"))`).files;
      expect(wide.map(({ path }) => path)).toEqual([{ root: 'absolute', path: '/Users' }]);
    }
  });

  it('are open by default where the profile says so, whatever its order', () => {
    const open = sandboxOf('(deny file-write*)(allow default)').files.openByDefault;
    expect(open && sliceOf(open.place)).toBe('(allow default)');
    expect(sandboxOf('(allow default)(deny default)').files.openByDefault).toBeNull();
  });
});

describe('network', () => {
  const egress = (rules: string, given?: Readonly<Record<string, string>>) => {
    const { egress: value } = sandboxOf(rules, given).network;
    if (!value.known) return 'unknown';
    const { value: found } = value;
    if (found.kind !== 'limited') return found.kind;
    const { hosts, holes } = found.control;
    return [...(hosts ?? []).map(({ host }) => host), ...holes.map(({ kind }) => kind)].join(' ');
  };

  it.each([
    ['(deny default)', 'none'],
    ['(allow default)(deny network*)(allow mach-lookup)', 'dns'],
    ['(deny default)(allow network-outbound (remote ip "localhost:8877"))', 'localhost:8877'],
    ['(deny default)(allow network-outbound (remote ip "localhost:*"))', 'localhost:*'],
    [
      '(deny default)(allow network-outbound (remote ip "localhost:80") (remote udp "*:53"))',
      'localhost:80 dns',
    ],
    ['(deny default)(allow network-outbound (remote tcp "*:443"))', 'open'],
    ['(deny default)(allow network-outbound (local ip "localhost:*"))', 'open'],
    ['(deny default)(if (param "NET") (allow network*))', 'unknown'],
  ])('%s: %s', (rules, expected) => {
    expect(egress(rules)).toBe(expected);
  });

  it('a launcher settles what a parameter left open', () => {
    const rules = '(deny default)(if (param "NET") (allow network*))';
    expect(egress(rules, {})).toBe('none');
    expect(egress(rules, { NET: '0' })).toBe('open');
  });

  it('knows the port of an engine on the host itself', () => {
    const { engineApis, hostLoopback } = sandboxOf(
      '(deny default)(allow network-outbound (remote tcp "localhost:2375"))',
    ).network;
    expect(engineApis).toMatchObject([{ kind: 'tcp', power: 'full' }]);
    expect(hostLoopback.verdict).toBe('yes');
  });
});

describe('services', () => {
  const OPEN = '(allow lsopen)(allow mach-lookup (global-name "com.apple.coreservices.launchservicesd"))';

  it('need everything that they are made of', () => {
    const services = (rules: string) => sandboxOf(rules).services?.grants.map(({ service }) => service);
    expect(services(`(deny default)${OPEN}`)).toEqual(['launch-services']);
    expect(services('(deny default)(allow lsopen)')).toEqual([]);
  });

  it('are found by the member of a family that a rule names', () => {
    const [grant] =
      sandboxOf('(deny default)(allow mach-lookup (global-name "com.apple.securityd.system"))').services
        ?.grants ?? [];
    expect(grant).toMatchObject({ service: 'keychain' });
  });

  it.each([
    ['(deny default)(allow process-exec)', 'any'],
    ['(deny default)(allow process-exec (subpath "/usr/bin"))', 'limited'],
    ['(deny default)(allow process-exec file-write* (subpath "/private/tmp"))', 'any'],
    ['(deny default)', 'none'],
  ])('%s executes: %s', (rules, expected) => {
    expect(sandboxOf(rules).services?.execution).toMatchObject({ known: true, value: expected });
  });
});

describe('inert denials', () => {
  const inert = (rules: string) => sandboxOf(rules).inert.map(({ setting }) => setting);

  it.each([
    ['(allow default)(deny file-write* (subpath "/tmp"))', 1],
    ['(allow default)(deny file-read* (subpath "~/.ssh"))', 1],
    ['(deny default)(deny file-write* (subpath "/tmp"))', 0],
    ['(allow default)(deny file-write* (subpath "/tmp") (subpath "/private/tmp"))', 0],
    ['(allow default)(deny file-write* (regex #"^/tmp/a") (regex #"^/private/tmp/a"))', 0],
    ['(allow default)(deny file* (literal "/Users/u/.docker/run/docker.sock"))', 1],
    [
      '(allow default)(deny file* (literal "/var/run/docker.sock") (literal "/private/var/run/docker.sock"))',
      1,
    ],
    ['(allow default)(deny network*)(deny file* (literal "/Users/u/.docker/run/docker.sock"))', 0],
  ])('%s: %d', (rules, count) => {
    expect(inert(rules)).toHaveLength(count);
  });
});

/** Everything that rules ask, in short. */
function answersOf({ files, network, services, inert, bypasses }: Sandbox): unknown {
  const paths = ASSETS.flatMap((asset) => asset.paths);
  const verdicts = (['read', 'write', 'connect'] as const).map((mode) =>
    paths.map((path) => {
      const { verdict, grant } = files.can(mode, assetPath(path));
      return `${path} ${verdict} ${grant?.text}`;
    }),
  );
  return {
    verdicts,
    grants: files.grants.map(({ text, read, write, connect }) => [text, read, write, connect]),
    open: files.openByDefault !== null,
    egress: network.egress.known && network.egress.value.kind,
    loopback: network.hostLoopback.verdict,
    services: services?.grants.map(({ service, text }) => `${service} ${text}`),
    execution: services?.execution.known && services.execution.value,
    other: [inert.length, bypasses.length],
  };
}

describe('a change', () => {
  const rules = '(deny default)(allow file-read* (subpath "/usr") (subpath "/Users/u/.ssh"))(allow network*)';

  it('takes one part out of a rule, and leaves the others', () => {
    const before = sandboxOf(rules);
    const after = before.revise({ kind: 'remove', place: placeOf(before, '(subpath "/Users/u/.ssh")') });
    expect(before.files.can('read', KEY).verdict).toBe('yes');
    expect(after?.files.can('read', KEY).verdict).toBe('no');
    expect(after?.files.can('read', hostPath('/usr/lib/x', '')).verdict).toBe('yes');
  });

  it('takes a whole rule away, and never makes it wider', () => {
    const before = sandboxOf(rules);
    const closed = before.revise({ kind: 'remove', place: placeOf(before, '(allow network*)') });
    expect(closed?.network.egress).toMatchObject({ value: { kind: 'none' } });
    const only = sandboxOf('(deny default)(allow file-read* (subpath "/Users/u/.ssh"))');
    const none = only.revise({ kind: 'remove', place: placeOf(only, '(subpath "/Users/u/.ssh")') });
    expect(none?.files.grants).toEqual([]);
  });

  const MANY = [
    '(allow file-read*)',
    '(deny file-read* (subpath "/Users/u/.ssh") (subpath "/Users/u/.aws"))',
    '(allow file-read* (regex #"/id_rsa$"))',
    '(allow file-write* (subpath "/Users/u/.config") (literal "/Users/u/.zshrc"))',
    '(allow network-outbound (remote unix-socket))',
    '(allow network-outbound (remote tcp "*:443"))',
    '(allow process-exec file-write* (subpath "/private/tmp"))',
    '(allow mach-lookup)',
    '(deny default)',
  ];

  it.each(MANY.flatMap((_, a) => MANY.map((__, b) => [a, b] as const)).filter(([a, b]) => a < b))(
    'after rules %d and %d are gone, the answers are those of a profile without them',
    (a, b) => {
      const before = sandboxOf(MANY.join(''));
      answersOf(before);
      const removal = (at: number) => ({ kind: 'remove' as const, place: placeOf(before, MANY[at] ?? '') });
      const after = before.revise(removal(a))?.revise(removal(b));
      const fresh = sandboxOf(MANY.filter((_, at) => at !== a && at !== b).join(''));
      expect(after && answersOf(after)).toEqual(answersOf(fresh));
    },
  );

  it('that has no place in a profile cannot be told', () => {
    const before = sandboxOf(rules);
    expect(before.revise({ kind: 'harden', setting: 'memory-limit' })).toBeNull();
    expect(before.revise({ kind: 'remove', place: placeOf(before, 'Users') })).toBeNull();
  });
});

describe('size', () => {
  it('thousands of rules are answered, with as many grants as anyone reads', () => {
    const many = Array.from(
      { length: 6_000 },
      (_, at) => `(allow file-read* (subpath "/Users/u/d${at}"))`,
    ).join('');
    const { files } = sandboxOf(`(deny default)${many}`);
    expect(files.grants).toHaveLength(1_000);
    expect(files.can('read', homePath('d5999/x')).verdict).toBe('yes');
  });
});
