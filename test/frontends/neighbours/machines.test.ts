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

  const of = (script: string, rule: string) => findingsOf(auditLine('qemu', script), rule);

  it('is found with its architecture in a variable', () => {
    expect(names('qemu', 'qemu-system-$(uname -m) -nic none')).toEqual(['qemu (line 1)']);
    expect(names('qemu', 'sudo /usr/libexec/qemu-kvm -nic none')).toEqual(['qemu (line 1)']);
  });

  it('does not know where another program leads', () => {
    const stream = 'qemu-system-x86_64 -netdev stream,id=n,addr.type=unix,addr.path=/tmp/passt.sock';
    expect(of(stream, 'unresolved-value')).toEqual([
      'info: -netdev stream,id=n,addr.type=unix,addr.path=/tmp/passt.sock',
    ]);
    expect(of('qemu-system-x86_64 -readconfig vm.cfg -nic none', 'unresolved-value')).toEqual([
      'info: -readconfig vm.cfg',
    ]);
  });

  it('leaves what is forwarded by name through a restricted network', () => {
    const audit = auditLine(
      'qemu',
      'qemu-system-x86_64 -nic user,restrict=on,guestfwd=tcp:10.0.2.9:80-tcp:127.0.0.1:3128',
    );
    expect(audit.result.sandboxes[0]?.network.egress).toMatchObject({ value: { kind: 'limited' } });
    expect(firing(audit, ['open-egress', 'host-loopback'])).toEqual(['host-loopback']);
  });

  it('shares what virtiofsd beside it serves', () => {
    const device = '-nic none -chardev socket,id=c,path=/tmp/v -device vhost-user-fs-pci,chardev=c,tag=home';
    const script = `/usr/libexec/virtiofsd --socket-path=/tmp/v --shared-dir "$HOME" &\nqemu-system-x86_64 ${device}`;
    expect(of(script, 'writable-home')).toEqual(['critical: --shared-dir "$HOME"']);
    const old = `virtiofsd --socket-path=/tmp/v -o source=$HOME,cache=auto &\nqemu-system-x86_64 ${device}`;
    expect(firing(auditLine('qemu', old), ['writable-home'])).toEqual(['writable-home']);
    const readonly = `virtiofsd --shared-dir $HOME --readonly &\nqemu-system-x86_64 ${device}`;
    expect(firing(auditLine('qemu', readonly), ['writable-home', 'readable-home'])).toEqual([
      'readable-home',
    ]);
    expect(of(`qemu-system-x86_64 ${device}`, 'unresolved-value')).toEqual([
      'info: -device vhost-user-fs-pci,chardev=c,tag=home',
    ]);
  });

  it('names monitors behind a character device, and displays in any spelling', () => {
    const monitor =
      '-chardev socket,id=m,host=0.0.0.0,port=4444,server=on,wait=off -mon chardev=m,mode=readline';
    expect(of(`qemu-system-x86_64 ${monitor}`, 'sandbox-bypass')).toHaveLength(1);
    expect(of(`qemu-system-x86_64 -nic none ${monitor}`, 'published-port')).toHaveLength(1);
    expect(of('qemu-system-x86_64 -serial mon:telnet::4444,server', 'sandbox-bypass')).toHaveLength(1);
    expect(of('qemu-system-x86_64 -nic none -display vnc=:1', 'published-port')).toHaveLength(1);
    expect(
      of('qemu-system-x86_64 -nic none -spice port=5930,disable-ticketing=on', 'published-port'),
    ).toHaveLength(1);
    expect(of('qemu-system-x86_64 -nic none -spice port=5930,addr=127.0.0.1', 'published-port')).toEqual([]);
  });

  it('tells disks of the host from volumes of its own, and hands on devices', () => {
    const disk = (file: string) =>
      of(`qemu-system-x86_64 -nic none -drive file=${file}`, 'host-device').length;
    expect(['/dev/nvme0n1', '/dev/disk/by-id/x', '/dev/mapper/vg-root'].map(disk)).toEqual([1, 1, 1]);
    expect(['/dev/vg0/agent', '/dev/mapper/vg0-agent', '/dev/zvol/tank/vm', '/dev/loop3'].map(disk)).toEqual([
      0, 0, 0, 0,
    ]);
    const blockdev = `qemu-system-x86_64 -nic none -blockdev '{"driver":"host_device","filename":"/dev/sda","node-name":"d"}'`;
    expect(of(blockdev, 'host-device')).toHaveLength(1);
    expect(of('qemu-system-x86_64 -nic none -device vfio-pci,host=01:00.0', 'host-device')).toHaveLength(1);
    expect(of('qemu-system-x86_64 -nic none -device usb-host,vendorid=1', 'host-device')).toHaveLength(1);
    const key = 'qemu-system-x86_64 -nic none -fw_cfg name=opt/key,file=$HOME/.ssh/id_rsa';
    expect(firing(auditLine('qemu', key), ['credential-mount'])).toEqual(['credential-mount']);
  });

  it('counts processors by what makes them up', () => {
    const cpus = (smp: string) =>
      auditLine('qemu', `qemu-system-x86_64 -smp ${smp}`).result.sandboxes[0]?.limits.cpu;
    expect(cpus('4,maxcpus=8')).toMatchObject({ value: { amount: 4 } });
    expect(cpus('sockets=2,cores=3')).toMatchObject({ value: { amount: 6 } });
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

  it('has sizes, drives and memory of its own by default', () => {
    const bare = configured('{ "boot-source": { "kernel_image_path": "k" }, "drives": [] }');
    expect(bare.result.sandboxes[0]?.limits).toMatchObject({
      memory: { value: { amount: 128 * 2 ** 20 } },
      cpu: { value: { amount: 1 } },
    });
    const kept = (more: string) => configured(machine(more)).result.sandboxes[0]?.lifetime.kept;
    expect(kept(READ_ONLY)).toMatchObject({ value: false });
    expect(kept(',\n  "pmem": [{ "id": "p", "path_on_host": "p.img" }]')).toMatchObject({ value: true });
    const disk = ',\n  "pmem": [{ "id": "p", "path_on_host": "/dev/nvme0n1", "read_only": true }]';
    expect(findingsOf(configured(machine(disk)), 'host-device')).toEqual([
      'medium: "path_on_host": "/dev/nvme0n1"',
    ]);
  });

  it('reads the options of the jailer and of the monitor behind it', () => {
    const line = (uid: string) =>
      `sudo jailer --id a --exec-file /usr/bin/firecracker --uid ${uid} --gid 9 --cgroup cpu.max=1 --daemonize -- --config-file vm.json`;
    const root = (uid: string) =>
      auditLine('firecracker', line(uid), { 'vm.json': machine(TAP) }).result.sandboxes[0]?.privilege.user;
    expect(root('1000')).toMatchObject({ value: { root: false } });
    expect(root('0')).toMatchObject({ value: { root: true } });
    const unknown = auditLine('firecracker', 'firecracker --api-sock /tmp/s --config-file "$DIR/vm.json"');
    expect(unknown.result.sandboxes[0]?.unresolved).toMatchObject([{ names: ['DIR'] }]);
    const metadata = auditLine('firecracker', 'firecracker --no-api --metadata ~/.aws/credentials');
    expect(firing(metadata, ['credential-mount'])).toEqual(['credential-mount']);
  });
});
