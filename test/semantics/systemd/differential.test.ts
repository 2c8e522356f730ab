/** Units against systemd's own reading of them: `systemd-analyze security --offline`, which starts nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostPath } from '../../../src/model/host-path.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { auditText } from '../../support/audit-text.ts';

const directory = mkdtempSync(join(tmpdir(), 'units-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** By the names of systemd's report, whether it is set; null where this systemd has no such report. */
function reportOf(unit: string): ReadonlyMap<string, boolean> | null {
  const file = join(directory, 'probe.service');
  writeFileSync(file, unit);
  const options = ['security', '--offline=true', '--json=short', '--no-pager', file];
  const { status, stdout } = spawnSync('systemd-analyze', options, { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0 || !stdout.startsWith('[')) return null;
  const rows = JSON.parse(stdout) as readonly { json_field: string; set: boolean | null }[];
  return new Map(rows.map(({ json_field, set }) => [json_field, set === true]));
}

const unitOf = (lines: string): string => `[Service]\nExecStart=/usr/bin/claude\n${lines}\n`;

function sandboxOf(lines: string): Sandbox {
  const [sandbox] = auditText('systemd', unitOf(lines), new Map(), 'probe.service').result.sandboxes;
  if (sandbox === undefined) throw new Error(`no sandbox: ${lines}`);
  return sandbox;
}

/** The same questions to the model. */
const QUESTIONS: Readonly<Record<string, (sandbox: Sandbox) => boolean>> = {
  UserOrDynamicUser: ({ privilege: { user } }) => user.known && !user.value.root,
  NoNewPrivileges: ({ privilege: { noNewPrivileges: none } }) => none?.known === true && none.value,
  PrivateNetwork: ({ privilege: { namespaces } }) =>
    namespaces?.network.known === true && namespaces.network.value === 'own',
  PrivateDevices: ({ files }) => files.can('read', hostPath('/dev/sda', '')).verdict === 'no',
  PrivateTmp: ({ files }) => files.can('read', hostPath('/tmp/x', '')).verdict === 'no',
  RestrictAddressFamilies_AF_INET_INET6: ({ network: { egress } }) =>
    egress.known && egress.value.kind === 'none',
  RestrictAddressFamilies_AF_UNIX: ({ files }) =>
    files.can('connect', hostPath('/run/docker.sock', '')).verdict === 'no',
  IPAddressDeny: ({ network: { egress } }) => egress.known && /none|limited/.test(egress.value.kind),
  ...Object.fromEntries(
    [
      'SYS_ADMIN',
      'SYS_PTRACE',
      'SYS_RAWIO',
      'SYS_MODULE',
      'NET_ADMIN',
      'SYSLOG',
      'MKNOD',
      'KILL',
      'SYS_TIME',
    ].map((name) => [
      `CapabilityBoundingSet_CAP_${name}`,
      ({ privilege: { capabilities } }: Sandbox) => capabilities?.bounding.has(name) !== true,
    ]),
  ),
};

const ROOT_FACTS = Object.keys(QUESTIONS).filter(
  (name) => !/^(?:NoNew|Restrict|IPAddress|Private)/.test(name),
);

const FAMILIES = ['RestrictAddressFamilies_AF_INET_INET6', 'RestrictAddressFamilies_AF_UNIX'];

/** Lines, and what of the report they are about. */
const UNITS: readonly (readonly [lines: string, about: readonly string[]])[] = [
  ['', Object.keys(QUESTIONS)],
  ['User=agent', ['UserOrDynamicUser', 'NoNewPrivileges']],
  ['User=root', ['UserOrDynamicUser']],
  ['DynamicUser=1', ['UserOrDynamicUser', 'NoNewPrivileges', 'PrivateTmp']],
  ['DynamicUser=no', ['UserOrDynamicUser', 'NoNewPrivileges', 'PrivateTmp']],
  ['NoNewPrivileges=on', ['NoNewPrivileges']],
  ['NoNewPrivileges=yes\nNoNewPrivileges=off', ['NoNewPrivileges']],
  ['PrivateNetwork=true', ['PrivateNetwork']],
  ['PrivateNetwork=t', ['PrivateNetwork']],
  ['PrivateDevices=y\nPrivateTmp=YES', ['PrivateDevices', 'PrivateTmp', ...ROOT_FACTS]],
  ['CapabilityBoundingSet=', ROOT_FACTS],
  ['CapabilityBoundingSet=CAP_KILL CAP_SYS_PTRACE', ROOT_FACTS],
  ['CapabilityBoundingSet=cap_kill\nCapabilityBoundingSet=CAP_SYS_TIME', ROOT_FACTS],
  ['CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_NET_ADMIN', ROOT_FACTS],
  ['CapabilityBoundingSet=~CAP_SYS_ADMIN\nCapabilityBoundingSet=~CAP_KILL', ROOT_FACTS],
  ['CapabilityBoundingSet=CAP_KILL CAP_MKNOD\nCapabilityBoundingSet=~CAP_MKNOD', ROOT_FACTS],
  ['CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=\nCapabilityBoundingSet=CAP_SYSLOG', ROOT_FACTS],
  ['CapabilityBoundingSet=CAP_KILL \\\n  CAP_MKNOD', ROOT_FACTS],
  ['ProtectKernelModules=yes\nProtectKernelLogs=yes\nProtectClock=yes', ROOT_FACTS],
  ...[
    'AF_UNIX',
    'AF_UNIX AF_INET',
    'AF_INET AF_INET6',
    'none',
    '~AF_INET AF_INET6',
    '~AF_UNIX',
    'AF_INET\nRestrictAddressFamilies=AF_UNIX AF_INET6',
    'AF_INET AF_INET6 AF_UNIX\nRestrictAddressFamilies=~AF_INET AF_INET6',
    'AF_UNIX\nRestrictAddressFamilies=',
  ].map(
    (list) =>
      [
        `RestrictAddressFamilies=${list}`,
        list === 'AF_UNIX AF_INET' ? ['RestrictAddressFamilies_AF_UNIX'] : FAMILIES,
      ] as const,
  ),
  ['IPAddressDeny=any', ['IPAddressDeny']],
  ['IPAddressDeny=0.0.0.0/0 ::/0', ['IPAddressDeny']],
  ['IPAddressDeny=any\nIPAddressDeny=', ['IPAddressDeny']],
];

const works = reportOf(unitOf('')) !== null;
const available = works ? describe : describe.skip;

available(`systemd-analyze itself${works ? '' : ' (not installed here, or without --offline)'}`, () => {
  it.each(UNITS)('%s', (lines, about) => {
    const report = reportOf(unitOf(lines));
    const sandbox = sandboxOf(lines);
    const answers = (of: (name: string) => boolean | undefined) =>
      about.map((name) => `${name}: ${of(name)}`);
    expect(answers((name) => QUESTIONS[name]?.(sandbox))).toEqual(answers((name) => report?.get(name)));
  });
});
