/** From the flags of `run` to what is asked of the engine. */
import type { EngineApi } from '../../model/network.ts';
import { answer, byDefault, known } from '../../model/value.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import { engineApisOf, lastOfName, proxyVariablesOf } from './run-spec-environment.ts';
import { type Applying, applyFlag, type Draft, type RunSpecContext } from './run-spec-flags.ts';
import { limitsOf } from './run-spec-limits.ts';
import { withoutCoveredVolumes, withWritableDirectories } from './run-spec-mounts.ts';
import { defaultNetwork, networkOf } from './run-spec-network.ts';
import type { ContainerSpec, Engine } from './spec.ts';

/** A container of which nothing has been said: the engine's defaults, anchored. */
export function emptyContainer(engine: Engine, anchor: Place): ContainerSpec {
  const origin = byDefault(anchor, "the engine's default");
  return {
    engine,
    anchor,
    image: {
      reference: null,
      built: false,
      user: null,
      sudo: answer('no', [origin], 'nothing here installs it'),
      variables: [],
      origin,
    },
    mounts: [],
    privileged: known(false, origin),
    capAdd: [],
    capDrop: [],
    securityOpt: [],
    user: null,
    sudo: null,
    pid: null,
    ipc: null,
    uts: null,
    userns: null,
    cgroupns: null,
    network: defaultNetwork(anchor),
    ports: [],
    variables: [],
    environmentFiles: [],
    inheritsEnvironment: null,
    limits: { memory: null, cpu: null, processes: null },
    readOnlyRoot: known(false, origin),
    devices: [],
    deviceRules: [],
    groups: [],
    gpus: [],
    runtime: null,
    apiSocket: known(false, origin),
    volumesFrom: [],
    kept: known(true, byDefault(anchor, 'without --rm it stays')),
    shared: [],
    buildPrivileges: [],
    additions: [],
    hostCommands: [],
    escalations: [],
    inert: [],
    unresolved: [],
    definition: [],
    agents: [],
    proxyVariables: [],
    command: '',
  };
}

export interface RunSpecResult {
  readonly spec: ContainerSpec;
  readonly errors: readonly RunError[];
  /** Paths (as in Source) of files that were read on the way. */
  readonly consulted: readonly string[];
}

/** Adds what flags ask for to a container; single values are replaced, lists grow. */
export function applyRunFlags(
  spec: ContainerSpec,
  settings: readonly RunSetting[],
  context: RunSpecContext,
): RunSpecResult {
  const applying: Applying = { draft: draftOf(spec), context, errors: [], consulted: [] };
  for (const setting of settings) applyFlag(setting, applying);
  const { draft } = applying;
  withoutCoveredVolumes(draft);
  withWritableDirectories(draft, settings);
  const networks = settings
    .filter(({ flag }) => flag === 'network')
    .map(({ value, origin }) => ({ text: value, origin }));
  draft.network = networkOf(networks, draft.engine, draft.network);
  draft.limits = limitsOf(settings, draft.limits);
  return { spec: settleEnvironment(draft), errors: applying.errors, consulted: applying.consulted };
}

function draftOf(spec: ContainerSpec): Draft {
  const copies = Object.entries(spec).map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]);
  return Object.fromEntries(copies) as Draft;
}

/** Of variables of one name the last counts; some of them bear on the network. */
export function settleEnvironment(spec: ContainerSpec): ContainerSpec {
  const variables = lastOfName(spec.variables);
  const { engineApis } = spec.network;
  const isNew = ({ origin }: EngineApi): boolean =>
    !engineApis.some((api) => samePlace(api.origin.place, origin.place));
  const proxies = proxyVariablesOf(variables);
  const named = new Set(proxies.map(({ name }) => name));
  return {
    ...spec,
    variables,
    proxyVariables: [...spec.proxyVariables.filter(({ name }) => !named.has(name)), ...proxies],
    network: { ...spec.network, engineApis: [...engineApis, ...engineApisOf(variables).filter(isNew)] },
  };
}
