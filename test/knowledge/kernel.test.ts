import { describe, expect, it } from 'vitest';
import { appleService, appleServicesByMachName } from '../../src/knowledge/apple-services.ts';
import {
  ALL_CAPABILITIES,
  CAPABILITIES,
  capabilityRow,
  DEFAULT_CAPABILITIES_DOCKER,
  DEFAULT_CAPABILITIES_PODMAN,
  normaliseCapability,
} from '../../src/knowledge/capabilities.ts';
import { deviceRow } from '../../src/knowledge/devices.ts';
import { exfiltrationRow } from '../../src/knowledge/exfiltration.ts';
import { isHostName, isMetadataAddress } from '../../src/knowledge/system-hosts.ts';

describe('capabilities', () => {
  it('are those of the engines', () => {
    expect(DEFAULT_CAPABILITIES_DOCKER).toHaveLength(14);
    expect(DEFAULT_CAPABILITIES_PODMAN).toHaveLength(11);
    expect(DEFAULT_CAPABILITIES_PODMAN.filter((name) => !DEFAULT_CAPABILITIES_DOCKER.includes(name))).toEqual(
      [],
    );
    expect(DEFAULT_CAPABILITIES_PODMAN).not.toContain('NET_RAW');
  });

  it('are 41, none twice', () => {
    expect(new Set(ALL_CAPABILITIES).size).toBe(41);
    expect(ALL_CAPABILITIES).toHaveLength(41);
  });

  it('each have a row unless every engine leaves them', () => {
    const graded = new Set(CAPABILITIES.map((row) => row.name));
    const missing = ALL_CAPABILITIES.filter(
      (name) => !graded.has(name) && !DEFAULT_CAPABILITIES_DOCKER.includes(name),
    );
    expect(missing).toEqual([]);
    expect([...graded].filter((name) => name !== 'ALL' && !ALL_CAPABILITIES.includes(name))).toEqual([]);
  });

  it.each([
    ['sys_admin', 'SYS_ADMIN'],
    ['CAP_SYS_ADMIN', 'SYS_ADMIN'],
    ['cap_net_raw', 'NET_RAW'],
    [' all ', 'ALL'],
    ['CAP_ALL', 'ALL'],
    ['NOT_ONE', 'NOT_ONE'],
  ])('%s is %s', (text, name) => expect(normaliseCapability(text)).toBe(name));

  it.each([
    ['ALL', 'host-root'],
    ['SYS_ADMIN', 'host-root'],
    ['SYS_MODULE', 'host-root'],
    ['DAC_READ_SEARCH', 'disk-read'],
    ['SYS_RAWIO', 'host-memory'],
    ['NET_ADMIN', 'kernel-surface'],
    ['SYS_TIME', 'host-control'],
    ['SYS_NICE', 'denial-of-service'],
  ])('%s alone gives %s', (name, outcome) => expect(capabilityRow(name)?.alone?.outcome).toBe(outcome));

  it.each([
    ['SYS_PTRACE', 'pid-host', 'host-root'],
    ['NET_ADMIN', 'network-host', 'host-control'],
    ['BPF', 'capability-PERFMON', 'host-memory'],
    ['SYS_ADMIN', 'apparmor-unconfined', 'host-root'],
  ])('%s with %s gives %s', (name, condition, outcome) => {
    expect(capabilityRow(name)?.together).toContainEqual(
      expect.objectContaining({ with: condition, outcome }),
    );
  });

  it('give nothing alone where the boundary holds them', () => {
    expect(capabilityRow('SYS_PTRACE')?.alone).toBeNull();
    expect(capabilityRow('NET_RAW')?.alone).toBeNull();
    expect(capabilityRow('CHOWN')).toBeNull();
  });
});

describe('devices', () => {
  it.each([
    ['/dev/sda', 'host-root'],
    ['/dev/nvme0n1p2', 'host-root'],
    ['/dev/mapper/vg-root', 'host-root'],
    ['/dev/disk/by-id/x', 'host-root'],
    ['/dev/loop0', 'host-root'],
    ['/dev', 'host-root'],
    ['/dev/', 'host-root'],
    ['/dev/loop-control', 'kernel-surface'],
    ['/dev/mem', 'host-memory'],
    ['/dev/input/event0', 'host-input'],
    ['/dev/uinput', 'host-input'],
    ['/dev/bus/usb', 'host-input'],
    ['/dev/bus/usb/001/002', 'host-input'],
    ['/dev/snd', 'sensors'],
    ['/dev/video0', 'sensors'],
    ['/dev/kvm', 'kernel-surface'],
    ['/dev/fuse', 'kernel-surface'],
    ['/dev/net/tun', 'kernel-surface'],
    ['/dev/dri/renderD128', 'kernel-surface'],
    ['nvidia.com/gpu=all', 'kernel-surface'],
    ['gpu', 'kernel-surface'],
    ['/dev/ttyUSB0', 'host-control'],
    ['/dev/tty1', 'host-control'],
    ['/dev/tpmrm0', 'credential:tpm'],
    ['/dev/kmsg', 'host-data'],
  ])('%s gives %s', (path, outcome) => expect(deviceRow(path)?.outcome).toBe(outcome));

  it.each(['/dev/null', '/dev/zero', '/dev/urandom', '/dev/tty', '/dev/ptmx'])('%s is harmless', (path) => {
    expect(deviceRow(path)).not.toBeNull();
    expect(deviceRow(path)?.outcome).toBeNull();
  });

  it.each(['/dev/unheard-of', '/etc/sda', '', 'sda', '/dev/sd'])('%s is not known', (path) =>
    expect(deviceRow(path)).toBeNull(),
  );

  it('give less when a disk is read-only', () => {
    expect(deviceRow('/dev/sda')?.readOutcome).toBe('disk-read');
  });
});

describe('hosts', () => {
  it.each([
    ['github.com', 'GitHub'],
    ['https://api.github.com/x', 'GitHub'],
    ['objects.github.com', 'GitHub'],
    ['*.github.com', 'GitHub'],
    ['.github.com', 'GitHub'],
    ['registry.npmjs.org:443', 'the npm registry'],
    ['pypi.org', 'PyPI'],
    ['evil.blob.core.windows.net', 'Azure storage'],
    ['bucket.s3.amazonaws.com', 'Amazon S3'],
    ['bucket.s3.eu-west-1.amazonaws.com', 'Amazon S3'],
    ['*.amazonaws.com', 'Amazon S3'],
    ['storage.googleapis.com', 'Google storage'],
    ['o1.ingest.sentry.io', 'Sentry'],
    ['pastebin.com', 'paste services'],
    ['x.workers.dev', 'Cloudflare hosting'],
    ['HuggingFace.co.', 'Hugging Face'],
    ['registry-1.docker.io', 'Docker Hub'],
  ])('%s belongs to %s', (host, title) => expect(exfiltrationRow(host)?.title).toBe(title));

  it.each([
    'example.org',
    'notgithub.com',
    'github.com.example.org',
    'deb.debian.org',
    'static.crates.io.example',
    '',
    '*',
  ])('%s is not known for it', (host) => expect(exfiltrationRow(host)).toBeNull());

  it('ends on long names', { timeout: 5000 }, () => {
    expect(exfiltrationRow('a.'.repeat(500_000))).toBeNull();
    expect(exfiltrationRow(':'.repeat(1_000_000))).toBeNull();
  });

  it('tells the metadata service and the host apart from others', () => {
    expect(
      ['169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]', '100.100.100.200'].every(
        isMetadataAddress,
      ),
    ).toBe(true);
    expect(['169.254.169.253', 'example.org'].some(isMetadataAddress)).toBe(false);
    expect(['host.docker.internal', 'HOST.containers.internal'].every(isHostName)).toBe(true);
    expect(isHostName('db')).toBe(false);
  });
});

describe('services of macOS', () => {
  it.each([
    ['com.apple.coreservices.launchservicesd', 'launch-services'],
    ['com.apple.lsd.mapdb', 'launch-services'],
    ['com.apple.coreservices.appleevents', 'apple-events'],
    ['com.apple.SecurityServer', 'keychain'],
    ['com.apple.securityd.xpc', 'keychain'],
    ['com.apple.pasteboard.1', 'pasteboard'],
    ['com.apple.windowserver.active', 'window-server'],
  ])('%s is part of %s', (name, id) =>
    expect(appleServicesByMachName(name).map((row) => row.id)).toEqual([id]),
  );

  it('leave harmless names alone', () => {
    expect(appleServicesByMachName('com.apple.system.logger')).toEqual([]);
    expect(appleServicesByMachName('com.apple.SecurityServerX')).toEqual([]);
  });

  it('ask for the operation and the service together where both are needed', () => {
    expect(appleService('launch-services')).toMatchObject({ operations: ['lsopen'] });
    expect(appleService('launch-services')?.machServices.length).toBeGreaterThan(0);
    expect(appleService('keychain')).toMatchObject({ rule: 'keychain-access', operations: [] });
    expect(appleService('nothing')).toBeNull();
  });
});
