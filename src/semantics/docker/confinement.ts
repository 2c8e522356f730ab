/** Security options and namespaces: what of the kernel's confinement is left. */
import type { Confinement, Namespaces, Sharing } from '../../model/privilege.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { byDefault, implied, known, unknown, type Value } from '../../model/value.ts';
import type { ContainerSpec, LocatedText } from './spec.ts';

/** One security option, split: `seccomp:unconfined` and `seccomp=unconfined` are the same. */
interface SecurityOption {
  readonly name: string;
  readonly value: string;
  readonly at: LocatedText;
}

export interface SecurityOptions {
  readonly confinement: Confinement;
  readonly noNewPrivileges: Value<boolean>;
}

/**
 * `:` is still accepted between name and value; of contradictory options the daemon lets the last one win
 * (moby daemon/daemon_unix.go, parseSecurityOpt). `systempaths=unconfined` is matched by the client and
 * only in that spelling (docker/cli opts.go, parseSystemPaths).
 */
function splitOption(at: LocatedText): SecurityOption {
  const match = /^([a-z-]+)(?:[=:](.*))?$/is.exec(at.text.trim());
  return { name: (match?.[1] ?? at.text).toLowerCase(), value: match?.[2] ?? '', at };
}

function last(options: readonly SecurityOption[], name: string): SecurityOption | undefined {
  return options.filter((option) => option.name === name).at(-1);
}

export function securityOptions(spec: ContainerSpec): SecurityOptions {
  const options = spec.securityOpt.map(splitOption);
  return {
    confinement: {
      seccomp: seccomp(spec, last(options, 'seccomp')),
      appArmor: appArmor(spec, last(options, 'apparmor')),
      seLinux: seLinux(spec, options),
      maskedPaths: maskedPaths(spec, options),
      ...controlGroups(last(options, 'writable-cgroups')),
    },
    noNewPrivileges: noNewPrivileges(spec, last(options, 'no-new-privileges')),
  };
}

function privilegedOrigin(spec: ContainerSpec) {
  return spec.privileged.known && spec.privileged.value
    ? implied(spec.privileged.origin.place, 'privileged switches it off')
    : null;
}

function undecided(option: SecurityOption) {
  return unknown(
    displayText(option.at.text),
    `${unknownNames(option.at.text).join(', ')} is not known`,
    unknownNames(option.at.text),
    option.at.origin,
  );
}

function seccomp(spec: ContainerSpec, option: SecurityOption | undefined): Confinement['seccomp'] {
  const privileged = privilegedOrigin(spec);
  if (privileged !== null) return known('unconfined', privileged);
  if (option === undefined) return known('default', byDefault(spec.anchor, "the engine's default filter"));
  if (!isResolved(option.value)) return undecided(option);
  if (option.value === 'unconfined') return known('unconfined', option.at.origin);
  return known(option.value === 'builtin' ? 'default' : 'custom', option.at.origin);
}

function appArmor(spec: ContainerSpec, option: SecurityOption | undefined): Confinement['appArmor'] {
  const privileged = privilegedOrigin(spec);
  if (privileged !== null) return known('unconfined', privileged);
  if (option === undefined) return known('default', byDefault(spec.anchor, "the engine's default profile"));
  if (!isResolved(option.value)) return undecided(option);
  if (option.value === 'unconfined') return known('unconfined', option.at.origin);
  return known(option.value === 'docker-default' ? 'default' : 'custom', option.at.origin);
}

/**
 * Sharing the host's pid or ipc namespace switches SELinux labels off unasked (moby daemon/create.go). Of
 * several labels `disable` decides, wherever it stands, and then the type (opencontainers/selinux
 * go-selinux/label, InitLabels).
 */
function seLinux(spec: ContainerSpec, options: readonly SecurityOption[]): Confinement['seLinux'] {
  const labels = options.filter((option) => option.name === 'label' || option.name === 'disable');
  const label =
    labels.find(({ name, value }) => name === 'disable' || value === 'disable') ??
    labels.findLast(({ value }) => value.startsWith('type:')) ??
    labels.at(-1);
  if (label !== undefined) {
    if (!isResolved(label.value)) return undecided(label);
    const off = label.name === 'disable' || label.value === 'disable' || /^type:spc_t$/.test(label.value);
    return known(off ? 'disabled' : 'custom', label.at.origin);
  }
  const privileged = privilegedOrigin(spec);
  if (privileged !== null) return known('disabled', privileged);
  for (const namespace of [spec.pid, spec.ipc]) {
    if (namespace?.known && namespace.value === 'host') {
      return known(
        'disabled',
        implied(namespace.origin.place, 'a host namespace switches SELinux labels off'),
      );
    }
  }
  return known('default', byDefault(spec.anchor, "the engine's default"));
}

/** `writable-cgroups[=bool]` (moby daemon/daemon_unix.go). */
function controlGroups(option: SecurityOption | undefined): Pick<Confinement, 'writableControlGroups'> {
  if (option === undefined || !/^(?:|true|1|t)$/i.test(option.value)) return {};
  return { writableControlGroups: option.at.origin };
}

function maskedPaths(spec: ContainerSpec, options: readonly SecurityOption[]): Confinement['maskedPaths'] {
  const privileged = privilegedOrigin(spec);
  if (privileged !== null) return known(false, privileged);
  const docker = options.find((option) => option.at.text.trim() === 'systempaths=unconfined');
  if (docker !== undefined) return known(false, docker.at.origin);
  const podman = spec.engine === 'docker' ? undefined : options.find(unmasksAll);
  if (podman !== undefined) return known(false, podman.at.origin);
  return known(true, byDefault(spec.anchor, "the engine's default"));
}

/** podman takes Docker's word with either separator (pkg/specgenutil/specgen.go). */
function unmasksAll({ name, value }: SecurityOption): boolean {
  const everything = value.split(':').some((path) => path.toUpperCase() === 'ALL');
  return (name === 'unmask' && everything) || (name === 'systempaths' && value === 'unconfined');
}

function noNewPrivileges(spec: ContainerSpec, option: SecurityOption | undefined): Value<boolean> {
  if (option === undefined) return known(false, byDefault(spec.anchor, "the engine's default"));
  if (!isResolved(option.value)) return undecided(option);
  return known(!/^(0|f|false)$/i.test(option.value), option.at.origin);
}

/** Namespaces are the container's own unless it says `host` or names another container. */
export function containerNamespaces(spec: ContainerSpec): Namespaces {
  return {
    pid: sharing(spec, spec.pid),
    ipc: sharing(spec, spec.ipc),
    uts: sharing(spec, spec.uts),
    cgroup: sharing(spec, spec.cgroupns),
    network: spec.network.namespace,
    user: userNamespace(spec),
  };
}

function sharing(spec: ContainerSpec, setting: Value<string> | null): Value<Sharing> {
  if (setting === null) return known('own', byDefault(spec.anchor, "the engine's default"));
  if (!setting.known) return setting;
  if (setting.value === 'host') return known('host', setting.origin, setting.assumes);
  return known(
    /^(container|service|ns):/.test(setting.value) ? 'other' : 'own',
    setting.origin,
    setting.assumes,
  );
}

/**
 * Docker maps user ids only when its daemon is set up so (`userns-remap`, rootless), which no definition
 * shows; podman is usually started by an ordinary user, whose namespace it then lives in.
 */
function userNamespace(spec: ContainerSpec): Value<Sharing> {
  const { userns } = spec;
  if (userns !== null && !userns.known) return userns;
  if (spec.engine === 'podman') {
    if (userns?.value.startsWith('ns:') || userns?.value.startsWith('container:'))
      return known('other', userns.origin);
    const isHost = userns === null || userns.value === '' || userns.value === 'host';
    if (spec.rootful !== undefined) {
      if (!isHost) return known('own', userns.origin);
      return known('host', userns?.origin ?? implied(spec.rootful.place, 'root starts podman'));
    }
    const origin = userns === null ? byDefault(spec.anchor, "podman's default") : userns.origin;
    return known('own', origin, ['podman is run without root']);
  }
  const origin = userns === null ? byDefault(spec.anchor, "Docker's default") : userns.origin;
  return known('host', origin, ['the engine runs as root without user-namespace remapping']);
}
