/** From a service of a compose project to what is asked of the container engine. */

import { AGENTS, agentsIn } from '../../knowledge/agents.ts';
import type { HiddenId } from '../../knowledge/hidden.ts';
import { workspacePath } from '../../model/host-path.ts';
import type { DefinitionFile } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { byDefault, known, type Value } from '../../model/value.ts';
import type { Source } from '../../source/source.ts';
import { entriesOf, type Node } from '../../syntax/node.ts';
import { proxyVariablesOf } from '../docker/run-spec-environment.ts';
import { hostNameOf } from '../docker/run-spec-network.ts';
import type { ContainerSpec, LocatedText, MountSpec } from '../docker/spec.ts';
import type { StartOverride } from '../firewall/container-start.ts';
import { type ImageReading, readImage } from './build.ts';
import { readDevices, readGpus } from './devices.ts';
import { reachOf } from './egress.ts';
import { withFirewall } from './firewall.ts';
import { readHandedFiles } from './handed-files.ts';
import { readEscalations, readHostCommands, readWatched } from './hooks.ts';
import { readLimits } from './limits.ts';
import { lastByTarget, readVolumes } from './mounts.ts';
import { engineApisFor, neighboursOf } from './neighbours.ts';
import { readPorts } from './ports.ts';
import { type ComposeProject, serviceEntry } from './project.ts';
import {
  field,
  locatedList,
  originAt,
  type Reading,
  readBoolean,
  readField,
  readList,
  readPairs,
  startReading,
  stringValue,
  symbolicValue,
} from './reading.ts';
import { readEnvironment } from './variables.ts';
import { inheritedVolumes } from './volumes-from.ts';

/**
 * What a service asks of the engine, every fact with its place. Profiles do not matter: what can be started
 * is looked at. Null: there is no such service.
 * @param launch what is started in place of the service's own command; null: nothing that it knows of
 */
export function serviceSpec(
  compose: ComposeProject,
  service: string,
  launch: StartOverride | null = {},
): ContainerSpec | null {
  const entry = serviceEntry(compose, service);
  if (entry === null) return null;
  const reading = startReading(compose, entry);
  const node = entry.value;
  const image = readImage(reading, node);
  const environment = readEnvironment(reading, node);
  const handed = [readHandedFiles(reading, node, 'secrets'), readHandedFiles(reading, node, 'configs')];
  const volumes = readVolumes(reading, node);
  const inherited = inheritedVolumes(reading, node);
  const variables = [...environment.variables, ...handed.flatMap((one) => one.variables)];
  const mounts: MountSpec[] = lastByTarget([
    ...inherited.mounts,
    ...volumes.mounts,
    ...handed.flatMap((one) => one.mounts),
  ]);
  const devices = [...readDevices(reading, node), ...volumes.devices];
  const spec: ContainerSpec = {
    engine: 'docker',
    anchor: reading.anchor,
    image: image.image,
    mounts: [...mounts, ...readWatched(reading, node)],
    ...privilegeSettings(reading, node),
    ...namespaceSettings(reading, node),
    network: networkOf(reading, node, variables),
    ports: readPorts(reading, node),
    variables,
    environmentFiles: environment.files,
    inheritsEnvironment: null,
    limits: readLimits(reading, node),
    devices,
    gpus: readGpus(reading, node),
    volumesFrom: inherited.unknown,
    kept: keptOf(reading, node),
    shared: volumes.shared,
    buildPrivileges: image.privileges,
    additions: [],
    hostCommands: readHostCommands(reading, node),
    escalations: readEscalations(reading, node),
    inert: [],
    unresolved: reading.unresolved,
    definition: definitionOf(reading, node, image.dockerfile),
    agents: agentsOf(reading, node, image),
    proxyVariables: proxyVariablesOf(variables),
    command: commandsOf(reading, node)
      .map(({ text }) => text)
      .join(' '),
  };
  noteGaps(reading);
  return withFirewall(spec, reading, {
    built: image.made,
    launch,
    owner: (name) => serviceSpec(compose, name),
  });
}

type PrivilegeKey =
  | 'privileged'
  | 'capAdd'
  | 'capDrop'
  | 'securityOpt'
  | 'user'
  | 'sudo'
  | 'readOnlyRoot'
  | 'deviceRules'
  | 'groups'
  | 'runtime'
  | 'apiSocket';

function privilegeSettings(reading: Reading, node: Node): Pick<ContainerSpec, PrivilegeKey> {
  const unset = known(false, byDefault(reading.anchor, "the engine's default"));
  const flag = (key: string, mayHide: HiddenId): Value<boolean> =>
    readBoolean(reading, field(node, key), mayHide) ?? unset;
  const list = (key: string, mayHide: HiddenId): LocatedText[] =>
    locatedList(reading, field(node, key), mayHide);
  const user = readField(reading, field(node, 'user'));
  return {
    privileged: flag('privileged', 'privileges'),
    capAdd: list('cap_add', 'capability'),
    capDrop: list('cap_drop', 'confinement'),
    securityOpt: list('security_opt', 'confinement'),
    user: user === null || user.text === '' ? null : symbolicValue(user),
    sudo: null,
    readOnlyRoot: flag('read_only', 'persistence'),
    deviceRules: list('device_cgroup_rules', 'device'),
    groups: list('group_add', 'device'),
    runtime: textSetting(reading, node, 'runtime', 'identity'),
    apiSocket: flag('use_api_socket', 'privileges'),
  };
}

function namespaceSettings(
  reading: Reading,
  node: Node,
): Pick<ContainerSpec, 'pid' | 'ipc' | 'uts' | 'userns' | 'cgroupns'> {
  const setting = (key: string): Value<string> | null => textSetting(reading, node, key, 'namespace');
  return {
    pid: setting('pid'),
    ipc: setting('ipc'),
    uts: setting('uts'),
    userns: setting('userns_mode'),
    cgroupns: setting('cgroup'),
  };
}

function textSetting(reading: Reading, node: Node, key: string, mayHide: HiddenId): Value<string> | null {
  const text = readField(reading, field(node, key));
  return text === null || text.text === '' ? null : stringValue(reading, text, mayHide);
}

function networkOf(
  reading: Reading,
  node: Node,
  variables: ContainerSpec['variables'],
): ContainerSpec['network'] {
  const reach = reachOf(reading);
  const neighbours = neighboursOf(reading, reach);
  const hosts = readPairs(reading, field(node, 'extra_hosts'), /[:=]/);
  return {
    egress: reach.egress,
    namespace: reach.namespace,
    neighbours,
    hostNames: hosts.flatMap(({ name, value, origin }) =>
      hostNameOf({ text: `${displayText(name)}:${value?.text.trim() ?? ''}`, origin }),
    ),
    engineApis: engineApisFor(reading, neighbours, variables),
    hostGateway: reach.hostGateway,
  };
}

/** A service's container stays until it is taken down, whatever its restart policy. */
function keptOf(reading: Reading, node: Node): Value<boolean> {
  const restart = readField(reading, field(node, 'restart'));
  const policy = restart?.text.split(':', 1)[0] ?? 'no';
  if (restart !== null && policy !== 'no' && policy !== 'false') return known(true, restart.origin);
  return known(true, byDefault(reading.anchor, 'Compose keeps the container until it is taken down'));
}

/** The texts of `entrypoint` and `command`, of each the words joined. */
function commandsOf(reading: Reading, node: Node): LocatedText[] {
  return ['entrypoint', 'command'].flatMap((key): LocatedText[] => {
    const texts = readList(reading, field(node, key));
    const [first] = texts;
    const text = texts.map((one) => one.text).join(' ');
    return first === undefined ? [] : [{ text, origin: first.origin }];
  });
}

/** Images, commands and Dockerfiles tell which agent runs, and so does a service that is named after one. */
function agentsOf(reading: Reading, node: Node, image: ImageReading): string[] {
  const container = readField(reading, field(node, 'container_name'))?.text ?? '';
  const named = [reading.name, container].flatMap(agentsNamed);
  const texts = [...image.agentTexts, ...commandsOf(reading, node).map(({ text }) => text)];
  return [...new Set([...named, ...texts.flatMap((text) => agentsIn(displayText(text)))])];
}

/** Agents whose images bear this name; one that is an ordinary word (`goose`, `amp`) tells nothing. */
function agentsNamed(name: string): string[] {
  if (!/[^a-z]/.test(name)) return [];
  return AGENTS.filter(({ images }) => images.includes(name)).map((row) => row.name);
}

/** The files that a service's settings stand in, the first the one that names it. */
function definitionOf(reading: Reading, node: Node, dockerfile: Source | null): DefinitionFile[] {
  const { compose, entry } = reading;
  const sources = new Set<Source>([entry.source]);
  collectSources(node, sources, { left: 10_000 });
  if (dockerfile !== null) sources.add(dockerfile);
  const [first] = compose.files;
  if (first !== undefined && !sources.has(first)) sources.add(first);
  const paths = new Map<string, DefinitionFile>();
  for (const source of sources) {
    const host = workspacePath(compose.loading.project.relative(source));
    if (!paths.has(source.path)) paths.set(source.path, { path: source.path, host });
  }
  return [...paths.values()];
}

function collectSources(node: Node, into: Set<Source>, steps: { left: number }): void {
  steps.left -= 1;
  if (steps.left < 0) return;
  into.add(node.source);
  if (node.kind === 'sequence') for (const item of node.items) collectSources(item, into, steps);
  for (const entry of entriesOf(node)) collectSources(entry.value, into, steps);
}

/** What could not be read of the files that the service comes from. */
function noteGaps(reading: Reading): void {
  const { gaps } = reading.compose.loading;
  for (const gap of gaps) {
    if (gap.service !== null && gap.service !== reading.name) continue;
    const { what, why, names, mayHide, kind } = gap;
    reading.unresolved.push({ what, why, names, mayHide, kind, origin: originAt(reading, gap.place) });
  }
}
