/** QEMU and Firecracker: what is handed into a machine, and what it reaches. */
import { describe, expect, it } from 'vitest';
import { auditText } from '../../support/audit-text.ts';
import { auditLine, findingsOf, firing, names } from './support.ts';

const RULES = [
  'open-egress',
  'host-network',
  'host-loopback',
  'published-port',
  'writable-home',
  'readable-home',
];

describe('QEMU', () => {
  it('is found by its name, where it starts a machine', () => {
    expect(
      names('qemu', 'qemu-system-x86_64 -hda a.img\nqemu-img create x\nqemu-system-arm -M help'),
    ).toEqual(['qemu (line 1)']);
  });

  it.each([
    ['-hda a.img', ['open-egress', 'host-loopback']],
    ['-nic none', []],
    ['-nodefaults', []],
    ['-nodefaults -nic user', ['open-egress', 'host-loopback']],
    ['-netdev user,id=n,restrict=on', []],
    ['-netdev user,id=n,restrict=on,hostfwd=tcp::2222-:22', ['published-port']],
    ['-netdev user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22', []],
    ['-netdev tap,id=n', ['open-egress']],
    ['-nic none -vnc :1', ['published-port']],
    ['-nic none -vnc 127.0.0.1:1', []],
    ['-nic none -s', ['published-port']],
    [
      '-nic none -virtfs local,path=$HOME,mount_tag=h,security_model=none',
      ['writable-home', 'readable-home'],
    ],
    ['-nic none -virtfs local,path=$HOME,mount_tag=h,readonly=on', ['readable-home']],
    ['-nic none -drive file=fat:rw:$HOME', ['writable-home', 'readable-home']],
  ])('%s', (options, expected) => {
    const found = firing(auditLine('qemu', `qemu-system-x86_64 -m 2G ${options}`), RULES);
    expect(found.sort()).toEqual(expected.toSorted());
  });

  it('has limits, and none of the notes on containers', () => {
    const audit = auditLine('qemu', 'qemu-system-x86_64 -m 2G -smp 2 -snapshot -nic none -hda a.img');
    expect(audit.findings).toEqual([]);
    const [sandbox] = audit.result.sandboxes;
    expect(sandbox?.limits.memory).toMatchObject({ known: true, value: { amount: 2 * 2 ** 30 } });
    expect(sandbox?.limits.cpu).toMatchObject({ known: true, value: { amount: 2 } });
  });

  it('shares files, and no sockets', () => {
    const audit = auditLine('qemu', 'qemu-system-x86_64 -nic none -virtfs local,path=/run,mount_tag=r');
    expect(firing(audit, ['engine-socket', 'session-socket', 'agent-socket'])).toEqual([]);
  });

  it('names disks, monitors and programs of the host', () => {
    const of = (options: string, rule: string) =>
      findingsOf(auditLine('qemu', `qemu-system-x86_64 ${options}`), rule);
    expect(of('-drive file=/dev/sda,format=raw', 'host-device')).toEqual([
      'critical: -drive file=/dev/sda,format=raw',
    ]);
    expect(of('-monitor tcp:127.0.0.1:55,server', 'sandbox-bypass')).toEqual([
      'high: -monitor tcp:127.0.0.1:55,server',
    ]);
    expect(of('-nic none -monitor tcp:127.0.0.1:55,server', 'sandbox-bypass')).toEqual([]);
    expect(of('-monitor unix:/x,server', 'sandbox-bypass')).toEqual([]);
    expect(of('-nic user,guestfwd=tcp:10.0.2.1:8-cmd:./x.sh', 'host-command')).toEqual([
      'medium: -nic user,guestfwd=tcp:10.0.2.1:8-cmd:./x.sh',
    ]);
    expect(of('$QEMU_OPTS', 'unresolved-value')).toEqual(['info: $QEMU_OPTS']);
  });
});

const machine = (more: string) =>
  `{\n  "boot-source": { "kernel_image_path": "k" },\n  "machine-config": { "vcpu_count": 2, "mem_size_mib": 512 }${more}\n}`;
const READ_ONLY = ',\n  "drives": [{ "drive_id": "r", "path_on_host": "r.img", "is_read_only": true }]';
const TAP = ',\n  "network-interfaces": [{ "iface_id": "e", "host_dev_name": "tap0" }]';

describe('Firecracker', () => {
  const configured = (text: string) => auditText('firecracker', text, new Map(), 'vm.json');

  it('reads a configuration', () => {
    const closed = configured(machine(READ_ONLY));
    expect(closed.result.sandboxes.map(({ name, boundary }) => [name, boundary])).toEqual([
      ['firecracker', 'vm'],
    ]);
    expect(closed.findings).toEqual([]);
    expect(closed.result.sandboxes[0]?.limits.memory).toMatchObject({ value: { amount: 512 * 2 ** 20 } });
    expect(findingsOf(configured(machine(TAP)), 'open-egress')).toEqual(['medium: "host_dev_name": "tap0"']);
    const disk = ',\n  "drives": [{ "drive_id": "r", "path_on_host": "/dev/sdb", "is_read_only": false }]';
    expect(findingsOf(configured(machine(disk)), 'host-device')).toEqual([
      'critical: "path_on_host": "/dev/sdb"',
    ]);
  });

  it('is the machine of the file that a command names', () => {
    const audit = auditLine('firecracker', 'firecracker --no-api --config-file vm.json', {
      'vm.json': machine(TAP),
    });
    expect(audit.result.sandboxes.map(({ name }) => name)).toEqual(['firecracker (line 1)']);
    expect(audit.result.absorbs).toEqual(['vm.json#firecracker']);
    expect(firing(audit, ['open-egress', 'unresolved-value', 'unconfined-seccomp'])).toEqual(['open-egress']);
    const open = auditLine('firecracker', 'firecracker --no-seccomp --api-sock /tmp/s');
    expect(findingsOf(open, 'unconfined-seccomp')).toEqual(['medium: --no-seccomp']);
    expect(firing(open, ['unresolved-value'])).toEqual(['unresolved-value']);
  });

  it('takes no other JSON, and no broken one, for a machine', () => {
    expect(configured('{"a": 1}').result.ours).toBe(false);
    expect(() => configured(`${machine('').slice(0, 40)}"machine-config"`)).not.toThrow();
  });
});
