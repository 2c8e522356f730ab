/** A container as `podman inspect` shows it, in the words of `container-facts.ts`. */
import { normaliseCapability } from '../../src/knowledge/capabilities.ts';
import { type Facts, hostEntries, list, mountText, pathText, portTexts } from './container-facts.ts';

/** The parts of an inspection that are looked at (containers/podman libpod/define/container_inspect.go). */
export interface PodmanInspection {
  readonly Id: string;
  readonly ImageName: string;
  readonly EffectiveCaps: readonly string[] | null;
  readonly BoundingCaps: readonly string[] | null;
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
    readonly Propagation: string;
    readonly Options: readonly string[] | null;
  }[];
  readonly Config: { readonly User: string; readonly Env: readonly string[] | null };
  readonly HostConfig: {
    readonly Privileged: boolean;
    readonly ReadonlyRootfs: boolean;
    readonly SecurityOpt: readonly string[] | null;
    readonly Tmpfs: Readonly<Record<string, string>> | null;
    readonly NetworkMode: string;
    readonly PidMode: string;
    readonly IpcMode: string;
    readonly UTSMode: string;
    readonly UsernsMode: string;
    readonly CgroupMode: string;
    readonly Cgroups: string;
    readonly Devices: readonly { readonly PathOnHost: string }[] | null;
    readonly Memory: number;
    readonly CpuQuota: number;
    readonly CpuPeriod: number;
    readonly CpusetCpus: string;
    readonly PidsLimit: number;
    readonly GroupAdd: readonly string[] | null;
    readonly AutoRemove: boolean;
    readonly PortBindings: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    >;
    readonly ExtraHosts: readonly string[] | null;
  };
}

type HostConfig = PodmanInspection['HostConfig'];

function sharing(mode: string): string {
  if (mode === 'host') return 'host';
  return /^(?:container|ns):/.test(mode) ? 'other' : 'own';
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

function mounts({ Mounts, HostConfig }: PodmanInspection): string {
  const kernel = Mounts.map(({ Type, Name = '', Source, Destination, RW, Propagation, Options }) =>
    mountText({
      type: Type,
      what: Type === 'bind' ? pathText(Source) : /^[0-9a-f]{64}$/.test(Name) ? 'anonymous' : Name,
      target: Destination,
      readOnly: !RW || (Options ?? []).includes('O'),
      propagation: Propagation.replace(/^r/, '') || 'private',
    }),
  );
  const short = Object.entries(HostConfig.Tmpfs ?? {}).map(([target, options]) => tmpfsText(target, options));
  return list([...kernel, ...short], '\n');
}

function egress(mode: string): string {
  if (mode === 'none' || mode === 'host') return mode;
  return /^(?:container|ns):/.test(mode) ? 'joined' : 'open';
}

/** Time and processors bound together. */
function cpu({ CpuQuota, CpuPeriod, CpusetCpus }: HostConfig): string {
  const time = CpuQuota / (CpuPeriod || 100_000);
  const count = CpusetCpus.split(',').reduce((sum, part) => {
    const [first, last = first] = part.split('-');
    return part === '' ? sum : sum + Number(last) - Number(first) + 1;
  }, 0);
  const bounds = [time, count].filter((amount) => amount > 0);
  return bounds.length > 0 ? String(Math.min(...bounds)) : 'unlimited';
}

function ports({ PortBindings }: HostConfig): string {
  const bound = Object.entries(PortBindings).flatMap(([port, bindings]) => {
    const [target = '', protocol = ''] = port.split('/');
    return (bindings ?? []).flatMap(({ HostIp, HostPort }) => {
      const everywhere = HostIp === '' || HostIp === '0.0.0.0' || HostIp === '::';
      return portTexts(everywhere ? '*' : HostIp, HostPort, target, protocol);
    });
  });
  return list(bound);
}

function bounds(host: HostConfig): Facts {
  return { memory: host.Memory > 0 ? String(host.Memory) : 'unlimited', cpu: cpu(host) };
}

function devices({ Devices }: HostConfig): string {
  return list((Devices ?? []).map(({ PathOnHost }) => PathOnHost));
}

/** Variables that podman sets by itself, or that the machine's own environment brings. */
const OWN = new Set(['CONTAINERS_CONF', 'HOME', 'HOSTNAME', 'PATH', 'TMPDIR']);

/** @param plain the inspection of a container without flags, for what podman does by itself */
export function podmanFacts(container: PodmanInspection, plain: PodmanInspection): Facts {
  const { Config, HostConfig: host } = container;
  const options = host.SecurityOpt ?? [];
  const own = plain.Config.Env ?? [];
  const entries = (Config.Env ?? []).filter((entry) => !own.includes(entry));
  return {
    privileged: String(host.Privileged),
    user: Config.User,
    readOnlyRoot: String(host.ReadonlyRootfs),
    bounding: list((container.BoundingCaps ?? []).map(normaliseCapability)),
    usable: list((container.EffectiveCaps ?? []).map(normaliseCapability)),
    noNewPrivileges: String(options.includes('no-new-privileges')),
    mounts: mounts(container),
    egress: egress(host.NetworkMode),
    pid: sharing(host.PidMode),
    ipc: sharing(host.IpcMode),
    uts: sharing(host.UTSMode),
    cgroupns: host.CgroupMode,
    // Without control groups it still shows what was asked for.
    ...(host.Cgroups === 'disabled' ? {} : bounds(host)),
    processes: host.PidsLimit > 0 ? String(host.PidsLimit) : 'unlimited',
    groups: list(host.GroupAdd ?? []),
    kept: String(!host.AutoRemove),
    published: ports(host),
    hostNames: hostEntries(host.ExtraHosts ?? []),
    // A privileged container has them all, and none by name.
    ...(host.Privileged ? {} : { devicePaths: devices(host) }),
    inside: list(entries.filter((entry) => !OWN.has(entry.split('=', 1)[0] ?? ''))),
  };
}
