/**
 * Capabilities, devices, namespaces and security options, each alone and with what makes it worse. A severity
 * is what the outcome is worth in this sandbox: root of the host, its memory, its settings, its kernel.
 */
import { describe, expect, it } from 'vitest';
import { auditText } from '../support/audit-text.ts';
import { line } from './judgement.ts';

/** Severities of a rule, those that another finding includes left out. */
function severities(text: string, rule: string): string[] {
  const { findings } = auditText('docker-run', text);
  const own = findings.filter((finding) => finding.rule.id === rule && !finding.subsumed);
  return own.map(({ severity }) => severity).sort();
}

const NONE: readonly string[] = [];

describe('a capability', () => {
  it.each([
    ['critical', 'ALL SYS_ADMIN SYS_MODULE'],
    ['high', 'DAC_READ_SEARCH'],
    ['medium', 'SYS_RAWIO BPF PERFMON CHECKPOINT_RESTORE NET_ADMIN SYS_TIME SYSLOG AUDIT_CONTROL AUDIT_READ'],
    ['low', 'SYS_BOOT SYS_NICE SYS_RESOURCE IPC_LOCK MAC_ADMIN MAC_OVERRIDE LINUX_IMMUTABLE'],
    ['low', 'WAKE_ALARM BLOCK_SUSPEND SYS_PACCT SYS_TTY_CONFIG'],
  ])('is %s: %s', (severity, names) => {
    for (const name of names.split(' ')) {
      expect([name, ...severities(line(`--cap-add ${name}`), 'dangerous-capability')]).toEqual([
        name,
        severity,
      ]);
    }
  });

  it('gives nothing that is there anyway, or that stays inside', () => {
    const names =
      'CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_RAW NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT AUDIT_WRITE SYS_PTRACE LEASE IPC_OWNER';
    for (const name of names.split(' ')) {
      expect([name, ...severities(line(`--cap-add ${name}`), 'dangerous-capability')]).toEqual([name]);
    }
  });

  it.each([
    ['--cap-add SYS_PTRACE --pid host', ['critical']],
    ['--cap-add BPF --cap-add PERFMON', ['high', 'medium']],
    ['--cap-add SYS_RAWIO --device /dev/mem', ['high']],
    ['--cap-add NET_ADMIN --network host', ['medium']],
    ['--cap-add SYS_ADMIN --security-opt apparmor=unconfined', ['critical']],
    ['--cap-add SYS_ADMIN --user 1000', ['medium']],
    ['--cap-add SYS_ADMIN --runtime=runsc', NONE],
    ['--cap-add SYS_ADMIN --runtime=kata', NONE],
    ['--cap-add SYS_ADMIN --cap-drop SYS_ADMIN', ['critical']],
    ['--cap-add ALL --cap-drop SYS_ADMIN', ['critical']],
  ])('with something else: %s', (words, expected) => {
    expect(severities(line(words), 'dangerous-capability')).toEqual(expected);
  });

  it('is podman’s to use for an ordinary user too, and no root’s in a user namespace', () => {
    const words = '--cap-add SYS_ADMIN --user 1000';
    expect(severities(line(words, 'sudo podman'), 'dangerous-capability')).toEqual(['critical']);
    expect(severities(line(words, 'podman'), 'dangerous-capability')).toEqual([]);
    expect(severities(line(`${words} --userns=auto`, 'sudo podman'), 'dangerous-capability')).toEqual([]);
  });

  it('is certain where AppArmor is off, and else rests on the host', () => {
    const confidence = (words: string): unknown =>
      auditText('docker-run', line(`--user root ${words}`)).findings.find(
        ({ rule }) => rule.id === 'dangerous-capability',
      )?.confidence;
    expect(confidence('--cap-add SYS_ADMIN')).toBe('medium');
    expect(confidence('--cap-add SYS_ADMIN --security-opt apparmor=unconfined')).toBe('high');
  });
});

describe('a device', () => {
  it.each([
    [
      'critical',
      '/dev/sda /dev/nvme0n1 /dev/vda1 /dev/xvda /dev/dm-0 /dev/mapper/root /dev/loop0 /dev/disk/by-id/x',
    ],
    ['high', '/dev/sda:/dev/x:r /dev/mem /dev/kmem /dev/port /dev/input /dev/input/event0 /dev/uinput'],
    ['high', '/dev/hidraw0 /dev/bus/usb'],
    ['medium', '/dev/kmsg /dev/fuse /dev/net/tun /dev/kvm /dev/vhost-net /dev/vsock /dev/dri /dev/kfd'],
    ['medium', '/dev/nvidia0 nvidia.com/gpu=all /dev/snd /dev/video0 /dev/tpm0 /dev/tpmrm0'],
    ['low', '/dev/ttyUSB0 /dev/ttyACM0 /dev/i2c-1'],
  ])('is %s: %s', (severity, names) => {
    for (const name of names.split(' ')) {
      expect([name, ...severities(line(`--device ${name}`), 'host-device')]).toEqual([name, severity]);
    }
  });

  it('is none that every container has', () => {
    const names = 'null zero full random urandom tty ptmx shm mqueue console';
    for (const name of names.split(' ')) {
      expect([name, ...severities(line(`--device /dev/${name}`), 'host-device')]).toEqual([name]);
    }
  });

  it.each([
    [`--device-cgroup-rule 'a *:* rwm'`, ['critical']],
    [`--device-cgroup-rule 'b *:* rwm'`, ['critical']],
    [`--device-cgroup-rule 'b 8:* r'`, ['high']],
    [`--device-cgroup-rule 'c 1:3 rwm'`, NONE],
    [`--device-cgroup-rule 'b *:* rwm' --cap-drop ALL`, ['medium']],
    [`--device-cgroup-rule 'b *:* rwm' --cap-drop MKNOD`, ['medium']],
    [`--device-cgroup-rule 'b *:* rwm' --cap-drop ALL --cap-add MKNOD`, ['critical']],
    [`--device-cgroup-rule 'b *:* rwm' --user 1000`, ['medium']],
    ['--device /dev/sda --user 1000', ['medium']],
    ['--device /dev/sda --user 1000 --group-add disk', ['critical']],
    ['--gpus all', ['medium']],
  ])('by rule, user and group: %s', (words, expected) => {
    expect(severities(line(words), 'host-device')).toEqual(expected);
  });

  it('takes a node that podman lets nobody make', () => {
    const words = `--device-cgroup-rule 'b *:* rwm'`;
    expect(severities(line(words, 'sudo podman'), 'host-device')).toEqual(['medium']);
    expect(severities(line(`${words} --cap-add MKNOD`, 'sudo podman'), 'host-device')).toEqual(['critical']);
  });
});

describe('a namespace, or an option', () => {
  it.each([
    ['--network host', 'host-network', ['high']],
    ['--network host', 'cloud-metadata', ['medium']],
    ['--network container:x', 'unresolved-value', ['info']],
    ['--pid host', 'host-pid-namespace', ['high']],
    ['--pid host --privileged', 'host-pid-namespace', ['critical']],
    ['--pid host --cap-add SYS_ADMIN', 'host-pid-namespace', ['critical']],
    ['--pid container:x', 'missing-namespace', ['low']],
    ['--ipc host', 'host-ipc-namespace', ['medium']],
    ['--ipc shareable', 'host-ipc-namespace', NONE],
    ['--ipc none', 'host-ipc-namespace', NONE],
    ['--uts host', 'missing-namespace', ['low']],
    ['--cgroupns host', 'missing-namespace', ['low']],
    ['--userns host', 'host-user-namespace', ['low']],
    ['--security-opt seccomp=unconfined', 'unconfined-seccomp', ['medium']],
    ['--security-opt seccomp=profile.json', 'unconfined-seccomp', NONE],
    ['--security-opt seccomp=builtin', 'unconfined-seccomp', NONE],
    ['--security-opt apparmor=unconfined', 'unconfined-lsm', ['medium']],
    ['--security-opt label=disable', 'unconfined-lsm', ['medium']],
    ['--security-opt label:type:spc_t', 'unconfined-lsm', ['medium']],
    ['--security-opt disable', 'unconfined-lsm', ['medium']],
    ['--security-opt systempaths=unconfined', 'unconfined-lsm', ['medium']],
    ['--security-opt systempaths:unconfined', 'unconfined-lsm', NONE],
    ['--security-opt writable-cgroups=true', 'unconfined-lsm', ['medium']],
    ['--security-opt writable-cgroups=false', 'unconfined-lsm', NONE],
    ['--security-opt no-new-privileges=false', 'privilege-escalation', ['low']],
    ['--security-opt no-new-privileges', 'privilege-escalation', NONE],
    ['-v ./data:/d:rshared', 'mount-propagation', ['medium']],
    ['-v ./data:/d:rslave', 'mount-propagation', NONE],
    ['--init --rm -t --runtime=runc', 'dangerous-capability', NONE],
    ['--volumes-from x', 'unresolved-value', ['info']],
  ])('%s: %s', (words, rule, expected) => {
    expect(severities(line(words), rule)).toEqual(expected);
  });

  it('is podman’s own word', () => {
    expect(severities(line('--security-opt unmask=ALL', 'sudo podman'), 'unconfined-lsm')).toEqual([
      'medium',
    ]);
    expect(severities(line('--security-opt mask=/proc/x', 'sudo podman'), 'unconfined-lsm')).toEqual([]);
  });
});

describe('a read-only mount', () => {
  it.each([
    ['docker', '-v /:/h:ro', NONE],
    ['docker', '--mount type=bind,src=/,dst=/h,ro', NONE],
    ['docker', '--mount type=bind,src=/,dst=/h,readonly=false', ['critical']],
    ['docker', '--mount type=bind,src=/,dst=/h,ro=0', ['critical']],
    ['docker', '--mount type=bind,src=/,dst=/h,readonly,bind-recursive=writable', ['critical']],
    ['docker', '--mount type=bind,src=/,dst=/h,readonly,bind-recursive=disabled', NONE],
    ['sudo podman', '-v /:/h:ro', ['critical']],
    ['sudo podman', '-v /:/h:O', NONE],
    ['sudo podman', '-v /etc:/h:ro', ['high']],
  ])('of %s leaves what is mounted below it as it is told: %s', (engine, words, expected) => {
    expect(severities(line(words, engine), 'host-system-mount')).toEqual(expected);
  });

  it('of the root file system leaves every mount as it is', () => {
    expect(severities(line('--read-only -v ~:/h'), 'writable-home')).toEqual(['critical']);
    expect(severities(line('--read-only'), 'writable-root-filesystem')).toEqual([]);
  });
});

describe('a credential', () => {
  it.each([
    ['', 'high'],
    ['--network host', 'high'],
    ['--network none', 'medium'],
  ])('weighs what the way out makes of it: %s', (words, severity) => {
    expect(severities(line(`-v ~/.aws:/a:ro ${words}`), 'credential-mount')).toEqual([severity]);
  });
});

describe('beside full privileges or the engine', () => {
  it.each(['--privileged', '-v /var/run/docker.sock:/s'])('%s: what adds nothing is folded in', (words) => {
    const { findings } = auditText(
      'docker-run',
      line(`${words} --security-opt seccomp=unconfined --ipc host -e GITHUB_TOKEN`),
    );
    const shown = findings.filter(({ subsumed }) => !subsumed).map(({ rule }) => rule.id);
    expect(shown).not.toContain('unconfined-seccomp');
    expect(shown).not.toContain('host-ipc-namespace');
    expect(shown).toContain('host-secret-passthrough');
  });
});

describe('a part of the project that the host obeys', () => {
  it.each([
    '.git/hooks',
    '.git/config',
    '.devcontainer',
    'compose.override.yml',
    '.vscode',
    '.husky',
    '.claude',
    '.mcp.json',
    '.',
  ])('%s', (path) => {
    expect(severities(`docker run -v ./${path}:/w/x img`, 'writable-sandbox-config')).toEqual(['low']);
    expect(severities(`docker run -v ./${path}:/w/x:ro img`, 'writable-sandbox-config')).toEqual([]);
  });

  it.each(['src', 'node_modules', 'package.json', '.env'])('is not %s, which people run by hand', (path) => {
    expect(severities(`docker run -v ./${path}:/w/x img`, 'writable-sandbox-config')).toEqual([]);
  });
});
