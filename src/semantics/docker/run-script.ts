/** The engine's calls of one script together: volumes, networks, images and containers that name one another. */
import { agentsIn } from '../../knowledge/agents.ts';
import { neighbourKind } from '../../knowledge/neighbours.ts';
import type { Neighbour } from '../../model/network.ts';
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { answer, explicit, known, type Origin } from '../../model/value.ts';
import { type BuildReading, bareTag, readBuild } from './run-build.ts';
import type { EngineCall } from './run-command.ts';
import { type RunReading, readRun, type ScriptContext, usePlace } from './run-container.ts';
import { type ExecLine, withStartFirewall } from './run-firewall.ts';
import { parseRunArguments, type RunArguments } from './run-flags.ts';
import { ENGINE_VOLUME } from './run-places.ts';
import { type Relay, relaysOf, withRelays } from './run-relays.ts';
import { emptyContainer } from './run-spec.ts';
import { networkMode } from './run-spec-network.ts';
import { type Volumes, volumeOf, withVolumes } from './run-volumes.ts';
import { plainWords, runWorlds } from './run-worlds.ts';
import { sharedVolumes } from './shared-volumes.ts';
import type { ContainerSpec, LocatedText } from './spec.ts';

/** `docker exec --privileged`. */
export interface Escalation {
  readonly call: EngineCall;
  readonly container: string;
  readonly origin: Origin;
}

export interface ScriptContainers {
  readonly runs: readonly RunReading[];
  /** Builds with rights of their own whose image no line of the script runs. */
  readonly builds: readonly BuildReading[];
  /** Escalations in containers that no line of the script starts. */
  readonly escalations: readonly Escalation[];
  readonly consulted: readonly string[];
}

interface Network {
  readonly internal: Origin | null;
}

interface Script {
  readonly volumes: Volumes;
  readonly networks: ReadonlyMap<string, Network>;
  readonly joins: readonly Join[];
  readonly builds: readonly BuildReading[];
  readonly runs: readonly RunReading[];
  readonly relays: readonly Relay[];
  readonly escalations: readonly Escalation[];
  readonly started: readonly Started[];
  readonly project: Project;
}

/** Never throws. */
export function scriptContainers(calls: readonly EngineCall[], context: ScriptContext): ScriptContainers {
  const read = distinct(
    calls.filter(({ verb }) => verb === 'run').flatMap((call) => readRun(call, context) ?? []),
  );
  const script: Script = {
    volumes: new Map(calls.flatMap((call) => volumeOf(call, context))),
    networks: new Map(calls.flatMap(networkOf)),
    joins: calls.flatMap(joinOf),
    builds: calls.filter(({ verb }) => verb === 'build').map((call) => readBuild(call, context)),
    runs: read,
    relays: relaysOf(read),
    escalations: calls.flatMap(escalationOf),
    started: calls.flatMap(startedBy),
    project: context.project,
  };
  const inside = new Set<string>();
  const runs = script.runs.map((run) => ({
    ...run,
    spec: completed(run, script, (path) => inside.add(path)),
  }));
  const names = new Set(runs.flatMap(({ name }) => name ?? []));
  const images = new Set(script.runs.flatMap(imageName));
  return {
    runs,
    builds: script.builds.filter(
      ({ privileges, tags }) => privileges.length > 0 && !tags.some((tag) => images.has(tag)),
    ),
    escalations: script.escalations.filter(({ container }) => !names.has(container)),
    consulted: [
      ...new Set([...[...script.builds, ...runs].flatMap(({ consulted }) => consulted), ...inside]),
    ],
  };
}

/** A line that is read several times, as the body of a function is, counts once for each container that it makes. */
function distinct(runs: readonly RunReading[]): RunReading[] {
  const seen = new Map<string, RunReading>();
  for (const run of runs) {
    const { source, span } = usePlace(run.call);
    const key = [source.path, span.start, run.start].join('\0');
    const before = seen.get(key);
    // Of two calls the one that surely runs tells more.
    if (before === undefined || (!before.call.command.called && run.call.command.called)) seen.set(key, run);
  }
  return [...seen.values()];
}

/** Also one that is not known: the same variable names the same image. */
function imageName({ image }: RunReading): string[] {
  return image === null ? [] : [bareTag(image)];
}

function completed(run: RunReading, script: Script, note: (path: string) => void): ContainerSpec {
  const inherited = withInheritedVolumes(withVolumes(run.spec, script.volumes), script);
  const networked = withRelays(withNetworks(inherited, run, script), run, script.relays);
  const built = withBuild(networked, run, script);
  const started = script.started.filter(({ container }) => container === run.name);
  const narrowed = withStartFirewall(built, {
    start: run.launch,
    built: buildOf(run, script)?.built ?? null,
    execs: started,
    project: script.project,
    note,
  });
  const escalations = script.escalations
    .filter(({ container }) => container === run.name)
    .map(({ container, origin }) => ({ text: `docker exec --privileged ${container}`, origin }));
  const agents = [...built.agents, ...started.flatMap((one) => one.agents)];
  return {
    ...narrowed,
    agents: [...new Set(agents)],
    escalations: [...built.escalations, ...escalations],
    shared: [...built.shared, ...sharedVolumes(built.mounts, isOwnVolume)],
  };
}

/** A name that holds what only the run can tell, as that of the project, is taken to be made for it. */
function isOwnVolume(volume: string): boolean {
  return !isResolved(volume) || volume === ENGINE_VOLUME || volume.includes(WORKSPACE_SYMBOL);
}

/** The container stands where `run` has the image. */
const EXEC = { image: true, command: 'exec' } as const;

/** What `docker exec` starts in a container that runs already. */
interface Started extends ExecLine {
  readonly container: string;
  readonly agents: readonly string[];
}

function startedBy(call: EngineCall): Started[] {
  if (call.verb !== 'exec') return [];
  const parsed = parseRunArguments(plainWords(call), call.engine, EXEC);
  const container = containerOf(parsed);
  if (container === null || !isResolved(container.text)) return [];
  const { command, settings } = parsed;
  return [
    {
      container: container.text,
      agents: agentsIn(command.map(({ text }) => displayText(text)).join(' ')),
      words: command,
      user: settings.findLast(({ flag }) => flag === 'user')?.value ?? null,
      privileged: settings.some(({ flag, value }) => flag === 'privileged' && EXEC_TRUE.test(value)),
    },
  ];
}

/** podman's `--latest` names the container; the first word is then the command's. */
function containerOf({ settings, image }: RunArguments): LocatedText | null {
  return settings.some(({ flag, value }) => flag === 'latest' && value !== 'false') ? null : image;
}

function networkOf(call: EngineCall): (readonly [string, Network])[] {
  if (call.verb !== 'network create') return [];
  const words = plainWords(call);
  const name = words.at(-1);
  if (name === undefined || name.text.startsWith('-')) return [];
  const internal = words.find(({ text }) => /^--internal(?:=(?:true|1|t))?$/i.test(text));
  return [[name.text, { internal: internal?.origin ?? null }]];
}

/** `docker network connect NETWORK CONTAINER`: one more way out, of a container that runs already. */
interface Join extends LocatedText {
  readonly container: string;
}

function joinOf(call: EngineCall): Join[] {
  if (call.verb !== 'network connect') return [];
  const [network, container] = plainWords(call).slice(-2);
  if (network === undefined || container === undefined) return [];
  return [{ container: container.text, text: network.text, origin: network.origin }];
}

/** `--network NAME` of a network that the script makes, or `container:NAME` of a container that it starts. */
function withNetworks(spec: ContainerSpec, run: RunReading, script: Script): ContainerSpec {
  const [first] = run.networks;
  if (first === undefined) return spec;
  const shared = /^container:(.+)$/.exec(networkMode(first.text))?.[1];
  if (shared !== undefined) return withSharedNetwork(spec, shared, first.origin, script);
  const joins = script.joins.filter(({ container }) => container === run.name);
  const names = [...run.networks, ...joins].map(({ text }) => networkMode(text));
  const rows = names.map((name) => script.networks.get(name));
  const neighbours = [...spec.network.neighbours, ...beside(run, names, script)];
  if (rows.some((row) => row === undefined || row.internal === null)) {
    const egress = openThrough(spec, run, joins, script);
    return { ...spec, network: { ...spec.network, egress, neighbours } };
  }
  const origins = rows.flatMap((row) => row?.internal ?? []);
  return {
    ...spec,
    network: {
      ...spec.network,
      neighbours,
      egress: known({ kind: 'none' }, { ...first.origin, via: origins.map(({ place }) => place) }),
      hostGateway: answer('yes', origins, 'the host answers on the address of an internal network'),
    },
  };
}

/** Where the way out is, of a container with a network that is not internal. */
function openThrough(
  spec: ContainerSpec,
  run: RunReading,
  joins: readonly Join[],
  { networks }: Script,
): ContainerSpec['network']['egress'] {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open') return egress;
  const rowOf = ({ text }: LocatedText): Network | undefined => networks.get(networkMode(text));
  const isSure = (one: LocatedText): boolean => one.text === 'bridge' || rowOf(one) !== undefined;
  const ways = [...run.networks, ...joins].filter((one) => (rowOf(one)?.internal ?? null) === null);
  const out = ways.find(isSure) ?? ways[0];
  if (out === undefined || (out === run.networks[0] && !isSure(out))) return egress;
  const assumes = isSure(out) ? [] : [`the network ${displayText(out.text)} is not internal`];
  return known(egress.value, out.origin, assumes);
}

/** Containers of the script on a network that the script or its caller made. */
function beside(run: RunReading, names: readonly string[], { runs }: Script): Neighbour[] {
  const own = new Set(names.filter((name) => !/^(?:bridge|host|none|default|private)$|:/.test(name)));
  return runs.flatMap((other): Neighbour[] => {
    const joins = other.networks.find(({ text }) => own.has(networkMode(text)));
    if (other === run || joins === undefined || other.name === null || other.name === run.name) return [];
    const { reference } = other.spec.image;
    const holds = reference?.known && isResolved(reference.value) ? neighbourKind(reference.value) : null;
    return [{ name: other.name, holds, origin: joins.origin, sandbox: null }];
  });
}

function withSharedNetwork(
  spec: ContainerSpec,
  name: string,
  origin: Origin,
  { runs }: Script,
): ContainerSpec {
  const other = runs.find((run) => run.name === name);
  if (other === undefined) return spec;
  const { egress, namespace, hostGateway, hostNames } = other.spec.network;
  const moved = egress.known
    ? known(egress.value, { ...origin, via: [egress.origin.place] }, egress.assumes)
    : egress;
  const host = namespace.known && namespace.value === 'host';
  return {
    ...spec,
    network: {
      ...spec.network,
      egress: moved,
      namespace: host ? known('host', origin) : spec.network.namespace,
      hostGateway,
      hostNames: [...spec.network.hostNames, ...hostNames],
    },
  };
}

/** `--volumes-from NAME[:ro]`: the mounts keep their own lines. */
function withInheritedVolumes(spec: ContainerSpec, script: Script): ContainerSpec {
  const mounts = [...spec.mounts];
  const unresolved: Unresolved[] = [...spec.unresolved];
  for (const { text, origin } of spec.volumesFrom) {
    const [name = '', mode] = text.split(':');
    const other = script.runs.find((run) => run.name === name);
    if (other === undefined) {
      if (!isResolved(text)) continue;
      const why = 'no line of the script starts the container';
      unresolved.push({
        what: displayText(text),
        why,
        names: [name],
        mayHide: 'mount',
        origin,
        kind: 'text',
      });
      continue;
    }
    for (const mount of withVolumes(other.spec, script.volumes).mounts) {
      const moved = { ...mount.origin, via: [...(mount.origin.via ?? []), origin.place] };
      mounts.push({ ...mount, origin: moved, ...(mode === 'ro' ? { readOnly: known(true, origin) } : {}) });
    }
  }
  return { ...spec, mounts, unresolved };
}

function buildOf(run: RunReading, { builds }: Pick<Script, 'builds'>): BuildReading | null {
  const [name] = imageName(run);
  return name === undefined ? null : (builds.findLast(({ tags }) => tags.includes(name)) ?? null);
}

/** The Dockerfile of an image that the script builds itself tells its user. */
function withBuild(spec: ContainerSpec, run: RunReading, { builds }: Script): ContainerSpec {
  const build = buildOf(run, { builds });
  if (build === null) return spec;
  const { image, privileges } = build;
  const made =
    image === null
      ? {}
      : { user: image.user, sudo: image.sudo, variables: [...spec.image.variables, ...image.variables] };
  return {
    ...spec,
    image: { ...spec.image, ...made, built: true },
    agents: [...new Set([...spec.agents, ...(image?.agents ?? [])])],
    buildPrivileges: [...spec.buildPrivileges, ...privileges],
  };
}

const EXEC_TRUE = /^(?:true|1|t)$/i;

function escalationOf(call: EngineCall): Escalation[] {
  if (call.verb !== 'exec') return [];
  return runWorlds(call.words, call.command.conditions)
    .flatMap((words): Escalation[] => {
      const parsed = parseRunArguments(words, call.engine, EXEC);
      const privileged = parsed.settings.find(
        ({ flag, value }) => flag === 'privileged' && EXEC_TRUE.test(value),
      );
      const container = displayText(containerOf(parsed)?.text ?? '');
      return privileged === undefined ? [] : [{ call, container, origin: privileged.origin }];
    })
    .slice(0, 1);
}

/** A container that is started elsewhere, of which only the escalation, or the build, is known. */
export function elsewhere(call: EngineCall, what: string): ContainerSpec {
  const anchor = usePlace(call);
  const entry: Unresolved = {
    what,
    why: 'no line of the script starts it',
    names: [what],
    mayHide: 'any-setting',
    origin: explicit(anchor),
    kind: 'ambient',
  };
  return { ...emptyContainer(call.engine, anchor), unresolved: [entry] };
}
