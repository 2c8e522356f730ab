/** What would be asked of the engine if a change were made. */
import type { Change, HardenedSetting } from '../../model/change.ts';
import type { EgressControl } from '../../model/network.ts';
import { answer, byDefault, explicit, known, type Origin, type Value } from '../../model/value.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { ContainerSpec, LimitSpec, NetworkSpec } from './spec.ts';

export function reviseSpec(spec: ContainerSpec, change: Change): ContainerSpec {
  return change.kind === 'remove'
    ? withoutPlace(spec, change.place)
    : { ...spec, ...hardened(spec, change.setting) };
}

/** Enough for a build or a test run, and no more than most laptops can spare. */
const MEMORY = 4 * 2 ** 30;
const CORES = 2;
const PROCESSES = 512;

function hardened(spec: ContainerSpec, setting: HardenedSetting): Partial<ContainerSpec> {
  const origin = explicit(spec.anchor);
  switch (setting) {
    case 'network-allow-list':
      return { network: behindProxy(spec.network, origin) };
    case 'memory-limit':
      return { limits: { ...spec.limits, memory: known(MEMORY, origin) } };
    case 'cpu-limit':
      return { limits: { ...spec.limits, cpu: known(CORES, origin) } };
    case 'process-limit':
      return { limits: { ...spec.limits, processes: known(PROCESSES, origin) } };
    case 'drop-capabilities':
      return { capDrop: [...spec.capDrop, { text: 'ALL', origin }] };
    case 'no-new-privileges':
      return { securityOpt: [...spec.securityOpt, { text: 'no-new-privileges:true', origin }] };
    case 'ordinary-user':
      return { user: known('1000', origin) };
    case 'read-only-root':
      return { readOnlyRoot: known(true, origin) };
    case 'removed-after-use':
      return { kept: known(false, origin) };
    case 'empty-environment':
      return { inheritsEnvironment: null };
    case 'own-processes':
      return { pid: null };
    // A container has a session of its own.
    case 'own-session':
      return {};
  }
}

/** An internal network whose only way out is a proxy with an allow-list of hosts. */
function behindProxy(network: NetworkSpec, origin: Origin): NetworkSpec {
  const control: EgressControl = {
    by: 'proxy',
    text: 'an internal network with a proxy',
    origin,
    removable: answer('no', [origin]),
    hosts: [],
    holes: [],
  };
  return { ...network, egress: known({ kind: 'limited', control }, origin), namespace: known('own', origin) };
}

/** The list itself where nothing stands at the place: what is asked of it is remembered by it. */
function without<T extends { readonly origin: Origin }>(items: readonly T[], place: Place): readonly T[] {
  const left = items.filter((item) => !samePlace(item.origin.place, place));
  return left.length === items.length ? items : left;
}

/** Lists lose what stands at the place; settings fall back to the engine's defaults. */
function withoutPlace(spec: ContainerSpec, place: Place): ContainerSpec {
  const keep = <T extends { readonly origin: Origin }>(items: readonly T[]): readonly T[] =>
    without(items, place);
  const setting = <T>(value: Value<T> | null): Value<T> | null =>
    value !== null && samePlace(value.origin.place, place) ? null : value;
  const off = (value: Value<boolean>): Value<boolean> =>
    samePlace(value.origin.place, place)
      ? known(false, byDefault(spec.anchor, "the engine's default"))
      : value;
  return {
    ...spec,
    mounts: keep(spec.mounts),
    privileged: off(spec.privileged),
    capAdd: keep(spec.capAdd),
    securityOpt: keep(spec.securityOpt),
    user: setting(spec.user),
    sudo: spec.sudo?.because.some((origin) => samePlace(origin.place, place)) ? null : spec.sudo,
    pid: setting(spec.pid),
    ipc: setting(spec.ipc),
    uts: setting(spec.uts),
    userns: setting(spec.userns),
    cgroupns: setting(spec.cgroupns),
    network: networkWithout(spec, place),
    ports: keep(spec.ports),
    variables: keep(spec.variables),
    image: { ...spec.image, variables: keep(spec.image.variables) },
    environmentFiles: keep(spec.environmentFiles),
    inheritsEnvironment:
      spec.inheritsEnvironment !== null && samePlace(spec.inheritsEnvironment.place, place)
        ? null
        : spec.inheritsEnvironment,
    limits: limitsWithout(spec.limits, setting),
    devices: keep(spec.devices),
    deviceRules: keep(spec.deviceRules),
    groups: keep(spec.groups),
    gpus: keep(spec.gpus),
    runtime: setting(spec.runtime),
    apiSocket: off(spec.apiSocket),
    volumesFrom: keep(spec.volumesFrom),
    shared: keep(spec.shared),
    buildPrivileges: keep(spec.buildPrivileges),
    additions: keep(spec.additions),
    hostCommands: keep(spec.hostCommands),
    escalations: keep(spec.escalations),
    inert: keep(spec.inert),
    unresolved: keep(spec.unresolved),
    proxyVariables: keep(spec.proxyVariables),
  };
}

function limitsWithout(
  limits: LimitSpec,
  setting: (value: Value<number | null> | null) => Value<number | null> | null,
): LimitSpec {
  return { memory: setting(limits.memory), cpu: setting(limits.cpu), processes: setting(limits.processes) };
}

/** Without the line that chose a network, the engine's default bridge is what remains. */
function networkWithout(spec: ContainerSpec, place: Place): NetworkSpec {
  const { network } = spec;
  const keep = <T extends { readonly origin: Origin }>(items: readonly T[]): readonly T[] =>
    without(items, place);
  const rest = {
    ...network,
    hostNames: keep(network.hostNames),
    neighbours: keep(network.neighbours),
    engineApis: keep(network.engineApis),
  };
  const { namespace, egress } = network;
  if (!samePlace(namespace.origin.place, place) && !samePlace(egress.origin.place, place)) return rest;
  const origin = byDefault(spec.anchor, "the engine's default bridge");
  return { ...rest, namespace: known('own', origin), egress: known({ kind: 'open' }, origin) };
}
