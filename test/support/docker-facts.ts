/** A container as `docker inspect` shows it, in the words of `container-facts.ts`. */
import { normaliseCapability } from '../../src/knowledge/capabilities.ts';
import {
  deviceText,
  type Facts,
  hostEntries,
  list,
  mountText,
  pathText,
  portTexts,
} from './container-facts.ts';

interface Bind {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

/** The parts of an inspection that are looked at (moby api/swagger.yaml, ContainerInspect). */
export interface DockerInspection {
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[] | null;
    readonly Image: string;
    readonly Cmd: readonly string[] | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  };
  readonly Mounts: readonly Bind[];
  readonly HostConfig: {
    readonly Privileged: boolean;
    readonly ReadonlyRootfs: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly MaskedPaths: readonly string[] | null;
    readonly Tmpfs?: Readonly<Record<string, string>>;
    readonly Mounts?: readonly {
      readonly Type: string;
      readonly Target: string;
      readonly ReadOnly?: boolean;
      readonly TmpfsOptions?: { readonly SizeBytes?: number };
    }[];
    readonly NetworkMode: string;
    readonly PidMode: string;
    readonly IpcMode: string;
    readonly UTSMode: string;
    readonly UsernsMode: string;
    readonly CgroupnsMode: string;
    readonly Devices:
      | readonly {
          readonly PathOnHost: string;
          readonly PathInContainer: string;
          readonly CgroupPermissions: string;
        }[]
      | null;
    readonly DeviceCgroupRules: readonly string[] | null;
    readonly DeviceRequests:
      | readonly { readonly Driver: string; readonly DeviceIDs: readonly string[] | null }[]
      | null;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly CpuQuota: number;
    readonly CpuPeriod: number;
    readonly CpusetCpus: string;
    readonly PidsLimit: number | null;
    readonly GroupAdd: readonly string[] | null;
    readonly VolumesFrom: readonly string[] | null;
    readonly Runtime: string;
    readonly AutoRemove: boolean;
    readonly RestartPolicy: { readonly Name: string };
    readonly PortBindings: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>
    > | null;
    readonly ExtraHosts: readonly string[] | null;
    readonly PublishAllPorts: boolean;
  };
}

type HostConfig = DockerInspection['HostConfig'];

/** Options of one name; the daemon splits at `=`, else at `:` (moby daemon/daemon_unix.go, parseSecurityOpt). */
function optionValues({ SecurityOpt }: HostConfig, name: string): string[] {
  return (SecurityOpt ?? []).flatMap((option) => {
    const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
    if (at < 0) return option === name ? ['true'] : [];
    return option.slice(0, at) === name ? [option.slice(at + 1)] : [];
  });
}

function filter(host: HostConfig, name: 'seccomp' | 'apparmor', builtin: string): string {
  const written = optionValues(host, name).at(-1);
  if (host.Privileged || written === 'unconfined') return 'unconfined';
  return written === undefined || written === builtin ? 'default' : 'custom';
}

/** opencontainers/selinux: `disable` anywhere, else the last type; `spc_t` is the type without confinement. */
function labels(host: HostConfig): string {
  const written = optionValues(host, 'label');
  const type = written.findLast((value) => value.startsWith('type:'));
  if (written.includes('disable') || type === 'type:spc_t') return 'disabled';
  return written.length === 0 ? 'default' : 'custom';
}

function sharing(mode: string): string {
  return mode === 'host' ? 'host' : mode.startsWith('container:') ? 'other' : 'own';
}

const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

function tmpfsText(target: string, options: string): string {
  const words = options.split(',');
  const size = /^size=(\d+)([kmg]?)$/i.exec(words.find((word) => word.startsWith('size=')) ?? '');
  const bytes = size === null ? '' : String(Number(size[1]) * (UNITS[(size[2] ?? '').toLowerCase()] ?? 1));
  return mountText({
    type: 'tmpfs',
    what: bytes,
    target,
    readOnly: words.findLast((word) => /^r[ow]$/.test(word)) === 'ro',
  });
}

/** `--use-api-socket` mounts the engine's own; its path on the host is the daemon's to say. */
function isApiSocket({ Destination, Source }: Bind): boolean {
  return (
    Destination === '/var/run/docker.sock' &&
    Source.endsWith('docker.sock') &&
    !/^(?:\/var)?\/run\//.test(Source)
  );
}

function mounts({ Mounts, HostConfig }: DockerInspection): string {
  const kernel = Mounts.filter((mount) => mount.Type !== 'tmpfs' && !isApiSocket(mount)).map(
    ({ Type, Name, Source, Destination, RW, Propagation }) =>
      mountText({
        type: Type,
        what: Type === 'bind' ? pathText(Source) : volumeName(Name ?? ''),
        target: Destination,
        readOnly: !RW,
        propagation: Propagation.replace(/^r/, '') || 'private',
      }),
  );
  const asked = (HostConfig.Mounts ?? [])
    .filter(({ Type }) => Type === 'tmpfs')
    .map(({ Target, ReadOnly = false, TmpfsOptions }) =>
      mountText({
        type: 'tmpfs',
        what: String(TmpfsOptions?.SizeBytes ?? ''),
        target: Target,
        readOnly: ReadOnly,
      }),
    );
  const short = Object.entries(HostConfig.Tmpfs ?? {}).map(([target, options]) => tmpfsText(target, options));
  return list([...kernel, ...asked, ...short], '\n');
}

/** The engine names volumes that nobody named. */
function volumeName(name: string): string {
  return /^[0-9a-f]{64}$/.test(name) ? 'anonymous' : name;
}

function egress(mode: string): string {
  if (mode === 'none' || mode === 'host') return mode;
  return mode.startsWith('container:') ? 'joined' : 'open';
}

/** Time and processors bound together. */
function cpu({ NanoCpus, CpuQuota, CpuPeriod, CpusetCpus }: HostConfig): string {
  const time = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota / (CpuPeriod || 100_000);
  const count = CpusetCpus.split(',').reduce((sum, part) => {
    const [first, last = first] = part.split('-');
    return part === '' ? sum : sum + Number(last) - Number(first) + 1;
  }, 0);
  const bounds = [time, count].filter((amount) => amount > 0);
  return bounds.length > 0 ? String(Math.min(...bounds)) : 'unlimited';
}

function devices({ Devices, DeviceCgroupRules, DeviceRequests }: HostConfig): string {
  const nodes = (Devices ?? []).map(({ PathOnHost, CgroupPermissions: access }) =>
    deviceText(PathOnHost, access.includes('r'), access.includes('w')),
  );
  const named = (DeviceRequests ?? [])
    .filter(({ Driver }) => Driver === 'cdi')
    .flatMap(({ DeviceIDs }) => (DeviceIDs ?? []).map((id) => deviceText(id, true, true)));
  return list([...nodes, ...named, ...(DeviceCgroupRules ?? []).map((rule) => `rule(${rule})`)]);
}

function ports({ PortBindings, PublishAllPorts }: HostConfig): string {
  const bound = Object.entries(PortBindings ?? {}).flatMap(([port, bindings]) => {
    const [target = '', protocol = ''] = port.split('/');
    return bindings.flatMap(({ HostIp, HostPort }) => {
      const everywhere = HostIp === '' || HostIp === '0.0.0.0' || HostIp === '::';
      return portTexts(everywhere ? '*' : HostIp, HostPort, target, protocol);
    });
  });
  return list(PublishAllPorts ? [...bound, '*::every exposed port/tcp'] : bound);
}

/**
 * A name without a value is none of the client's environment, and takes back what the image says.
 * @param own what the image and the engine set by themselves
 */
function inside(entries: readonly string[], own: readonly string[]): string {
  const last = new Map(
    entries.filter((entry) => !own.includes(entry)).map((entry) => [entry.split('=', 1)[0] ?? '', entry]),
  );
  return list([...last.values()].filter((entry) => entry.includes('=')));
}

/**
 * @param plain the inspection of a container without flags, for what the engine's host decides
 */
export function dockerFacts(container: DockerInspection, plain: DockerInspection): Facts {
  const { Config, HostConfig: host } = container;
  const nnp = optionValues(host, 'no-new-privileges').at(-1);
  return {
    image: Config.Image,
    privileged: String(host.Privileged),
    user: Config.User,
    readOnlyRoot: String(host.ReadonlyRootfs),
    capAdd: list((host.CapAdd ?? []).map(normaliseCapability)),
    capDrop: list((host.CapDrop ?? []).map(normaliseCapability)),
    seccomp: filter(host, 'seccomp', 'builtin'),
    appArmor: filter(host, 'apparmor', 'docker-default'),
    seLinux: labels(host),
    maskedPaths: String((host.MaskedPaths ?? []).length > 0),
    noNewPrivileges: String(nnp !== undefined && /^(?:true|1|t)$/i.test(nnp)),
    mounts: mounts(container),
    egress: egress(host.NetworkMode),
    pid: sharing(host.PidMode),
    ipc: sharing(host.IpcMode),
    uts: sharing(host.UTSMode),
    userns: host.UsernsMode,
    cgroupns: host.CgroupnsMode,
    devices: devices(host),
    gpus: String((host.DeviceRequests ?? []).filter(({ Driver }) => Driver !== 'cdi').length),
    memory: host.Memory > 0 ? String(host.Memory) : 'unlimited',
    cpu: cpu(host),
    processes: host.PidsLimit !== null && host.PidsLimit > 0 ? String(host.PidsLimit) : 'unlimited',
    groups: list(host.GroupAdd ?? []),
    volumesFrom: list(host.VolumesFrom ?? []),
    runtime: host.Runtime,
    kept: String(!host.AutoRemove),
    ports: ports(host),
    hostNames: hostEntries(host.ExtraHosts ?? []),
    apiSocket: String(container.Mounts.some(isApiSocket)),
    inside: inside(Config.Env ?? [], plain.Config.Env ?? []),
  };
}
