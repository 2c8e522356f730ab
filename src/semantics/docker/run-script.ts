/** The engine's calls of one script together: volumes, networks, images and containers that name one another. */
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { explicit, known } from '../../model/value.ts';
import { type BuildReading, bareTag, readBuild } from './run-build.ts';
import type { EngineCall } from './run-command.ts';
import { type RunReading, readRun, type ScriptContext, usePlace } from './run-container.ts';
import { type Escalation, escalationOf, type Started, startedBy } from './run-exec.ts';
import { withStartFirewall } from './run-firewall.ts';
import { joinOf, networkOf, type ScriptNetworks, withNetworks } from './run-networks.ts';
import { ENGINE_VOLUME } from './run-places.ts';
import { type Relay, relaysOf, withRelays } from './run-relays.ts';
import { emptyContainer } from './run-spec.ts';
import { type Volumes, volumeOf, withVolumes } from './run-volumes.ts';
import { sharedVolumes } from './shared-volumes.ts';
import type { ContainerSpec } from './spec.ts';

export interface ScriptContainers {
  readonly runs: readonly RunReading[];
  /** Builds with rights of their own whose image no line of the script runs. */
  readonly builds: readonly BuildReading[];
  /** Escalations in containers that no line of the script starts. */
  readonly escalations: readonly Escalation[];
  readonly consulted: readonly string[];
}

interface Script extends ScriptNetworks {
  readonly volumes: Volumes;
  readonly builds: readonly BuildReading[];
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
