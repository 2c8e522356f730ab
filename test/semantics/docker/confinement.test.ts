/** What security options leave of the kernel's confinement, and which namespaces are shared. */
import { describe, expect, it } from 'vitest';
import { known, type Value } from '../../../src/model/value.ts';
import { containerNamespaces, securityOptions } from '../../../src/semantics/docker/confinement.ts';
import type { ContainerSpec, Engine } from '../../../src/semantics/docker/spec.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { at, container, located, ON } from './container.ts';

function shown<T>(value: Value<T>): T | string {
  return value.known ? value.value : `?${value.names.join()}`;
}

function confinement(options: readonly string[], settings: Partial<ContainerSpec> = {}, engine?: Engine) {
  const { confinement: found, noNewPrivileges } = securityOptions(
    container({ securityOpt: located(...options), ...settings }, engine),
  );
  return {
    seccomp: shown(found.seccomp),
    appArmor: shown(found.appArmor),
    seLinux: shown(found.seLinux),
    maskedPaths: shown(found.maskedPaths),
    noNewPrivileges: shown(noNewPrivileges),
  };
}

const DEFAULTS = {
  seccomp: 'default',
  appArmor: 'default',
  seLinux: 'default',
  maskedPaths: true,
  noNewPrivileges: false,
};

const OPTIONS: readonly (readonly [
  options: readonly string[],
  expected: Readonly<Record<string, unknown>>,
])[] = [
  [[], {}],
  [['seccomp=unconfined'], { seccomp: 'unconfined' }],
  [['seccomp:unconfined'], { seccomp: 'unconfined' }],
  [['seccomp=profile.json'], { seccomp: 'custom' }],
  [['seccomp=builtin'], { seccomp: 'default' }],
  [['seccomp=unconfined', 'seccomp=profile.json'], { seccomp: 'custom' }],
  [['seccomp=profile.json', 'seccomp:unconfined'], { seccomp: 'unconfined' }],
  [['seccomp=$PROFILE'], { seccomp: '?PROFILE' }],
  [['apparmor=unconfined'], { appArmor: 'unconfined' }],
  [['apparmor:unconfined'], { appArmor: 'unconfined' }],
  [['apparmor=docker-default'], { appArmor: 'default' }],
  [['apparmor=mine'], { appArmor: 'custom' }],
  [['apparmor=unconfined', 'apparmor=mine'], { appArmor: 'custom' }],
  [['label=disable'], { seLinux: 'disabled' }],
  [['label:disable'], { seLinux: 'disabled' }],
  [['label=type:spc_t'], { seLinux: 'disabled' }],
  [['label=type:container_t'], { seLinux: 'custom' }],
  [['label=disable', 'label=type:container_t'], { seLinux: 'disabled' }],
  [['label=type:spc_t', 'label=type:container_t'], { seLinux: 'custom' }],
  [['label=type:spc_t', 'label=level:s0'], { seLinux: 'disabled' }],
  [['systempaths=unconfined'], { maskedPaths: false }],
  [['systempaths:unconfined'], {}],
  [['unmask=ALL'], {}],
  [['no-new-privileges'], { noNewPrivileges: true }],
  [['no-new-privileges:true'], { noNewPrivileges: true }],
  [['no-new-privileges=1'], { noNewPrivileges: true }],
  [['no-new-privileges:false'], { noNewPrivileges: false }],
  [['no-new-privileges=0'], { noNewPrivileges: false }],
  [['no-new-privileges', 'no-new-privileges:false'], { noNewPrivileges: false }],
  [['no-new-privileges:$ON'], { noNewPrivileges: '?ON' }],
  [['no-new-privileges', 'seccomp=unconfined'], { noNewPrivileges: true, seccomp: 'unconfined' }],
];

describe('security options', () => {
  it.each(OPTIONS)('%j', (options, expected) => {
    expect(confinement(options)).toEqual({ ...DEFAULTS, ...expected });
  });

  it('unmask paths for podman', () => {
    expect(confinement(['unmask=ALL'], {}, 'podman').maskedPaths).toBe(false);
    expect(confinement(['unmask=/proc/acpi'], {}, 'podman').maskedPaths).toBe(true);
    expect(confinement(['unmask=/proc/acpi:all'], {}, 'podman').maskedPaths).toBe(false);
    expect(confinement(['systempaths:unconfined'], {}, 'podman').maskedPaths).toBe(false);
  });

  it('are switched off by full privileges, no-new-privileges aside', () => {
    expect(confinement(['no-new-privileges'], { privileged: ON })).toEqual({
      seccomp: 'unconfined',
      appArmor: 'unconfined',
      seLinux: 'disabled',
      maskedPaths: false,
      noNewPrivileges: true,
    });
  });

  it.each(['pid', 'ipc'] as const)('lose SELinux’s label to the host’s %s namespace', (name) => {
    const host = { [name]: known('host', at('host')) };
    expect(confinement([], host).seLinux).toBe('disabled');
    expect(confinement(['label=type:container_t'], host).seLinux).toBe('custom');
  });

  it('keep SELinux’s label beside another container’s processes', () => {
    expect(confinement([], { pid: known('container:x', at('x')) }).seLinux).toBe('default');
  });

  it('point at the option that counts', () => {
    const { confinement: found } = securityOptions(
      container({ securityOpt: located('seccomp=a.json', 'seccomp=unconfined') }),
    );
    expect([found.seccomp.origin.kind, sliceOf(found.seccomp.origin.place)]).toEqual([
      'explicit',
      'seccomp=unconfined',
    ]);
    expect([found.appArmor.origin.kind, sliceOf(found.appArmor.origin.place)]).toEqual(['default', 'anchor']);
  });
});

describe('namespaces', () => {
  it.each([
    ['host', 'host'],
    ['container:db', 'other'],
    ['service:db', 'other'],
    ['private', 'own'],
    ['shareable', 'own'],
    ['', 'own'],
  ])('%j: %s', (written, expected) => {
    const setting = known(written, at(written));
    const found = containerNamespaces(
      container({ pid: setting, ipc: setting, uts: setting, cgroupns: setting }),
    );
    expect([found.pid, found.ipc, found.uts, found.cgroup].map(shown)).toEqual(Array(4).fill(expected));
  });

  it('are the container’s own when nothing is said', () => {
    const { pid, ipc, uts, cgroup, network } = containerNamespaces(container());
    expect([pid, ipc, uts, cgroup, network].map(shown)).toEqual(Array(5).fill('own'));
  });

  it.each([
    ['docker', null, 'host'],
    ['docker', 'host', 'host'],
    ['podman', null, 'own'],
    ['podman', 'keep-id', 'own'],
    ['podman', 'container:x', 'other'],
  ] as const)('%s with user namespace %s: %s', (engine, written, expected) => {
    const userns = written === null ? null : known(written, at(written));
    expect(shown(containerNamespaces(container({ userns }, engine)).user)).toBe(expected);
  });

  it('say what the answer about users rests on', () => {
    for (const engine of ['docker', 'podman'] as const) {
      const { user } = containerNamespaces(container({}, engine));
      expect(user.known && user.assumes).toHaveLength(1);
    }
  });
});
