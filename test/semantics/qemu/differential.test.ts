/** Command lines against QEMU itself: what its monitor lists before the machine runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { auditText } from '../../support/audit-text.ts';

const PROGRAM = 'qemu-system-x86_64';
const directory = mkdtempSync(join(tmpdir(), 'qemu-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
for (const name of ['a.img', 'b.img']) writeFileSync(join(directory, name), Buffer.alloc(1 << 20));

interface Seen {
  /** `open`, `none`, `elsewhere`: a way out that another program decides. */
  readonly egress: string;
  /** Of forwarded ports and displays. */
  readonly ports: readonly string[];
  /** Images that are written to. */
  readonly writable: readonly string[];
}

/** Null where it does not start. */
function observe(options: string): Seen | null {
  const words = [
    '-S',
    '-display',
    'none',
    '-monitor',
    'stdio',
    ...options.split(' ').filter((word) => word !== ''),
  ];
  const input = ['info network', 'info usernet', 'info vnc', 'info block', 'quit', ''].join('\n');
  const { stdout, status } = spawnSync(PROGRAM, words, {
    input,
    encoding: 'utf8',
    timeout: 20_000,
    cwd: directory,
  });
  if (status !== 0) return null;
  const ways = [...stdout.matchAll(/type=(user|socket|stream)(?:,net=[\d.]+,restrict=(on|off))?/g)];
  const isOpen = ways.some(([, kind, restrict]) => kind === 'user' && restrict === 'off');
  const isElsewhere = ways.some(([, kind]) => kind !== 'user');
  return {
    egress: isOpen ? 'open' : isElsewhere ? 'elsewhere' : 'none',
    ports: [
      ...[...stdout.matchAll(/(?:TCP|UDP)\[HOST_FORWARD\]\s+\S+\s+(\S+)\s+(\d+)/g)].map(
        ([, host, port]) => `${host}:${port}`,
      ),
      ...[...stdout.matchAll(/Server: ([\d.]+):(\d+) \(/g)].map(([, host, port]) => `${host}:${port}`),
    ].map((text) => text.replace(/^(?:0\.0\.0\.0|\*)/, '')),
    writable: [...stdout.matchAll(/\): (\S+\.img) \(raw([^)]*)\)/g)].flatMap(([, file = '', more = '']) =>
      more.includes('read-only') ? [] : [file],
    ),
  };
}

function sandboxOf(options: string): Sandbox {
  const [sandbox] = auditText('qemu', `${PROGRAM} ${options.replace(/\{\S+\}/g, "'$&'")}`).result.sandboxes;
  if (sandbox === undefined) throw new Error(`no sandbox: ${options}`);
  return sandbox;
}

function predicted(options: string): Seen {
  const { network, lifetime } = sandboxOf(options);
  const { egress, published } = network;
  return {
    egress: egress.known ? egress.value.kind : 'elsewhere',
    ports: published.map(({ hostIp, published: port }) => `${hostIp ?? ''}:${port}`),
    writable: lifetime.kept.known && lifetime.kept.value ? ['some'] : [],
  };
}

const works = spawnSync(PROGRAM, ['-version']).status === 0;
const available = works ? describe : describe.skip;
const NIC = '-device virtio-net-pci,netdev=n';

available(`QEMU itself${works ? '' : ' (not installed here)'}`, () => {
  it.each([
    '',
    '-nic none',
    '-net none',
    '-nodefaults',
    '-nodefaults -nic user',
    '-nic user -nic none',
    '-nic model=e1000',
    `-netdev user,id=n ${NIC}`,
    `-netdev type=user,id=n ${NIC}`,
    `-netdev user,id=n,restrict=on ${NIC}`,
    `-netdev user,id=n,restrict=y ${NIC}`,
    `-netdev user,id=n,restrict=off ${NIC}`,
    '-nic user,restrict=true',
    '-nic user,restrict',
    '-net nic',
    '-net nic -net user,restrict=on',
    '-net nic -net user',
    '-device virtio-net-pci',
    `-net none -netdev user,id=n ${NIC}`,
    '-netdev hubport,id=h,hubid=0',
    '-nic socket,mcast=230.0.0.1:21234',
    `-netdev {"type":"user","id":"n","restrict":true} ${NIC}`,
    `-netdev {"type":"user","id":"n"} ${NIC}`,
    '--nic none',
    '-nic user,hostfwd=tcp::22299-:22',
    '-nic user,hostfwd=tcp:127.0.0.1:22299-:22,hostfwd=udp::22298-:53',
    '-nic none -vnc :77',
    '-nic none -vnc 127.0.0.1:77',
    '-nic none -hda a.img',
    '-nic none a.img',
    '-nic none -snapshot -hda a.img',
    '-nic none -drive file=a.img,format=raw,if=virtio',
    '-nic none -drive file=a.img,format=raw,if=virtio,readonly=on',
    '-nic none -drive file=a.img,format=raw,if=virtio,snapshot=on -m 256',
    '-nic none -drive file=a.img,format=raw,media=cdrom',
    '-nic none -blockdev driver=file,filename=a.img,node-name=a,read-only=on -blockdev driver=raw,file=a,node-name=b,read-only=on -device virtio-blk-pci,drive=b',
  ])('%s', (options) => {
    const seen = observe(options);
    if (seen === null) throw new Error('it did not start');
    // The monitor names a temporary file in the place of an image that is kept from being written.
    const isKept = !/snapshot/.test(options) && seen.writable.length > 0;
    expect(predicted(options)).toEqual({ ...seen, writable: isKept ? ['some'] : [] });
  });

  /** An option with a value takes the next word, so that no version is shown. */
  it.each(
    `S nodefaults nographic snapshot enable-kvm no-reboot no-shutdown s usb no-user-config async-teardown
    only-migratable mem-prealloc full-screen m smp drive hda netdev nic net device monitor qmp serial vnc virtfs
    fsdev chardev mon object machine cpu boot kernel append fw_cfg readconfig sandbox runas display name`.split(
      /\s+/,
    ),
  )('-%s has its arity', (name) => {
    const { stdout } = spawnSync(PROGRAM, ['-M', 'none', '-display', 'none', `-${name}`, '-version'], {
      encoding: 'utf8',
      timeout: 1500,
    });
    const isFlag = stdout.includes('QEMU emulator version');
    const { result } = auditText('qemu', `${PROGRAM} -${name} -version`);
    expect(result.sandboxes.length === 0).toBe(isFlag);
  });
});
