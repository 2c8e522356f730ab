/**
 * What a container is, in words that an engine's inspection and our reading of the same line can both be put
 * into: one text a fact, so that a difference reads as one.
 */
import { posix } from 'node:path';
import { normaliseCapability } from '../../src/knowledge/capabilities.ts';
import { displayPath, type HostPath, hostPath } from '../../src/model/host-path.ts';
import type { PublishedPort } from '../../src/model/network.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import type { Value } from '../../src/model/value.ts';
import { deviceFromSpec, deviceRuleFromSpec } from '../../src/semantics/docker/devices.ts';
import type { RunReading } from '../../src/semantics/docker/run-container.ts';
import { containerSandbox } from '../../src/semantics/docker/sandbox.ts';
import type { ContainerSpec, MountSpec } from '../../src/semantics/docker/spec.ts';

/** Facts by name; what a table leaves out is not compared. */
export type Facts = Readonly<Record<string, string>>;

export function list(items: readonly string[], separator = ' '): string {
  return [...new Set(items)].sort().join(separator);
}

/** Entries of the engine's hosts file that name the host. */
export function hostEntries(entries: readonly string[]): string {
  const plain = entries.map((entry) => entry.replace('=', ':').replace(/\[(.*)\]$/, '$1'));
  return list(plain.filter((entry) => /:(?:host-gateway|127\.\d+\.\d+\.\d+|172\.17\.0\.1|::1)$/.test(entry)));
}

export interface MountFact {
  readonly type: string;
  /** Host path, volume name, or size of a tmpfs. */
  readonly what: string;
  readonly target: string;
  readonly readOnly: boolean | null;
  readonly propagation?: string;
}

export function mountText({ type, what, target, readOnly, propagation = '' }: MountFact): string {
  const access = readOnly === null ? '?' : readOnly ? 'ro' : 'rw';
  const place = posix.normalize(target).replace(/(.)\/$/, '$1');
  return [type, what, place, access, type === 'bind' ? propagation : '']
    .filter((word) => word !== '')
    .join(' ');
}

/** One text a port: the engine shows ranges as what they stand for. */
export function portTexts(hostIp: string, published: string, target: string, protocol: string): string[] {
  const [first, last] = target.split('-').map(Number);
  const [from, to] = published.split('-').map(Number);
  if (first === undefined || last === undefined) return [`${hostIp}:${published}:${target}/${protocol}`];
  return Array.from({ length: last - first + 1 }, (_, step) => {
    const outside =
      from === undefined || published === '' ? '' : String(to === undefined ? from : from + step);
    return `${hostIp}:${outside}:${first + step}/${protocol}`;
  });
}

/** A host path in the model's own notation: links and homes named as such. */
export function pathText(path: string): string {
  return displayPath(hostPath(path, ''));
}

function shown(value: Value<unknown> | null | undefined, none = ''): string {
  if (value === null || value === undefined) return none;
  return value.known ? String(value.value ?? 'unlimited') : `unknown (${value.raw})`;
}

function hostText(host: HostPath, project: string): string {
  return host.root === 'workspace' ? pathText(`${project}/${host.path}`) : displayPath(host);
}

function mountFact(mount: MountSpec, project: string): MountFact {
  const host = mount.host === null ? '' : hostText(mount.host, project);
  const size = mount.size === null ? '' : String(mount.size);
  return {
    type: mount.type,
    what: mount.type === 'bind' ? host : mount.type === 'volume' ? (mount.volume ?? 'anonymous') : size,
    target: mount.target ?? '?',
    readOnly: mount.readOnly.known ? mount.readOnly.value : null,
    propagation: mount.propagation,
  };
}

function publishedTexts({ hostIp, published, target, protocol }: PublishedPort): string[] {
  return portTexts(hostIp ?? '*', published ?? '', target, protocol);
}

function variableTexts({ variables, environmentFiles }: ContainerSpec): string[] {
  const own = new Set(variables.map(({ name }) => name));
  const inFiles = environmentFiles.flatMap(({ names }) => names ?? []).filter((name) => !own.has(name));
  return [
    ...variables.map(({ name, from, value }) => `${name}=${from === 'host' ? '<host>' : shown(value)}`),
    ...inFiles.map((name) => `${name}=<file>`),
  ];
}

/** Variables inside, patterns spelled out for the environment that the client finds. */
function environmentTexts(spec: ContainerSpec, environment: Readonly<Record<string, string>>): string[] {
  const patterns = spec.inheritsEnvironment === null ? [] : ['*'];
  const copied = spec.variables.filter(({ from }) => from === 'host').map(({ name }) => name);
  const found = [...patterns, ...copied].flatMap((name) =>
    Object.entries(environment).filter(([own]) =>
      name.endsWith('*') ? own.startsWith(name.slice(0, -1)) : own === name,
    ),
  );
  const written = variableTexts(spec).filter((text) => !copied.includes(text.split('=', 1)[0] ?? ''));
  return [...found.map(([name, value]) => `${name}=${value}`), ...written];
}

function deviceTexts({ devices, deviceRules }: ContainerSpec): string[] {
  return [
    ...devices.map(deviceFromSpec).map(({ device, access }) => deviceText(device, access.read, access.write)),
    ...deviceRules
      .flatMap(deviceRuleFromSpec)
      .map(({ type, major, minor, access }) => `rule(${type} ${major}:${minor} ${access})`),
  ];
}

export function deviceText(path: string, read: boolean, write: boolean): string {
  return `${path}(${read ? 'r' : ''}${write ? 'w' : ''})`;
}

function egressText({ network }: ContainerSpec): string {
  if (network.namespace.known && network.namespace.value === 'other') return 'joined';
  return network.egress.known ? network.egress.value.kind : 'unknown';
}

export function sandboxOf({ spec, call }: RunReading): Sandbox {
  const { place } = call.program;
  const role = { kind: 'sandbox', reason: 'the test says so' } as const;
  return containerSandbox(spec, { id: 'run', name: 'run', format: 'docker-run', role, place });
}

/** What the engine's host decides where a line says nothing. */
export interface HostDefaults {
  readonly cgroupns: string;
  readonly runtime: string;
  /** Directory that the client runs in. */
  readonly project: string;
  /** The variables that the client finds there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Capabilities that not even root has there. */
  readonly lacking: readonly string[];
}

/** What our reading of a line says. */
export function readFacts(run: RunReading, defaults: HostDefaults): Facts {
  const { spec } = run;
  const { privilege, limits, network } = sandboxOf(run);
  const { capabilities, confinement, namespaces } = privilege;
  return {
    image: shown(spec.image.reference),
    privileged: shown(spec.privileged),
    user: shown(spec.user),
    readOnlyRoot: shown(spec.readOnlyRoot),
    capAdd: list(spec.capAdd.map(({ text }) => normaliseCapability(text))),
    bounding: list([...(capabilities?.bounding ?? [])].filter((name) => !defaults.lacking.includes(name))),
    usable: list([...(capabilities?.usable ?? [])].filter((name) => !defaults.lacking.includes(name))),
    capDrop: list(spec.capDrop.map(({ text }) => normaliseCapability(text))),
    seccomp: shown(confinement?.seccomp),
    appArmor: shown(confinement?.appArmor),
    seLinux: shown(confinement?.seLinux),
    maskedPaths: shown(confinement?.maskedPaths),
    noNewPrivileges: shown(privilege.noNewPrivileges),
    mounts: list(
      spec.mounts.map((mount) => mountText(mountFact(mount, defaults.project))),
      '\n',
    ),
    egress: egressText(spec),
    pid: shown(namespaces?.pid),
    ipc: shown(namespaces?.ipc),
    uts: shown(namespaces?.uts),
    userns: shown(spec.userns),
    cgroupns: shown(spec.cgroupns, defaults.cgroupns),
    devices: list(deviceTexts(spec)),
    gpus: String(spec.gpus.length),
    memory: limits.memory.known ? String(limits.memory.value.amount ?? 'unlimited') : '?',
    cpu: limits.cpu.known ? String(limits.cpu.value.amount ?? 'unlimited') : '?',
    processes: limits.processes.known ? String(limits.processes.value.amount ?? 'unlimited') : '?',
    groups: list(spec.groups.map(({ text }) => text)),
    volumesFrom: list(spec.volumesFrom.map(({ text }) => text)),
    runtime: shown(spec.runtime, defaults.runtime),
    kept: shown(spec.kept),
    ports: list(spec.ports.flatMap(publishedTexts)),
    published: list(network.published.flatMap(publishedTexts)),
    hostNames: hostEntries(spec.network.hostNames.map(({ text }) => text)),
    apiSocket: shown(spec.apiSocket),
    inside: list(environmentTexts(spec, defaults.environment)),
    devicePaths: list(
      spec.devices
        .map(deviceFromSpec)
        .map(({ device }) => device)
        .filter((path) => path.startsWith('/')),
    ),
  };
}

/** The names of the facts that differ, each with both texts. */
export function differences(ours: Facts, engine: Facts): string[] {
  return Object.entries(engine).flatMap(([name, theirs]) =>
    ours[name] === theirs ? [] : [`${name}: we say "${ours[name]}", the engine "${theirs}"`],
  );
}
