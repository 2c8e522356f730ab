/**
 * `docker compose` in scripts: the services that `up` and its like start from several files, `run` with what it
 * adds to a service, and `exec --privileged`.
 */
import type { Role, Sandbox, Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import {
  type CombinedService,
  combination,
  combinedProject,
  digestOf,
  withNeighbourIds,
} from '../../semantics/compose/combination.ts';
import { type ProjectChoice, projectChoices } from '../../semantics/compose/command-line.ts';
import { EXEC_FLAGS, RUN_FLAGS, UP_FLAGS } from '../../semantics/compose/flags.ts';
import type { ComposeProject } from '../../semantics/compose/project.ts';
import { serviceSpec } from '../../semantics/compose/service.ts';
import { startedServices } from '../../semantics/compose/started-services.ts';
import { type FlagTable, readFlags } from '../../semantics/docker/flag-grammar.ts';
import { roleOf } from '../../semantics/docker/role.ts';
import type { EngineCall } from '../../semantics/docker/run-command.ts';
import {
  callAssumptions,
  definitionOf,
  type ScriptContext,
  startWords,
  usePlace,
  withAssumptions,
  workingDirectory,
} from '../../semantics/docker/run-container.ts';
import { overrideOf } from '../../semantics/docker/run-firewall.ts';
import { elsewhere } from '../../semantics/docker/run-script.ts';
import { type LineReading, readLine } from '../../semantics/docker/run-settings.ts';
import { applyRunFlags, emptyContainer } from '../../semantics/docker/run-spec.ts';
import { runWays } from '../../semantics/docker/run-worlds.ts';
import { containerSandbox } from '../../semantics/docker/sandbox.ts';
import type { ContainerSpec, LocatedText } from '../../semantics/docker/spec.ts';
import { positionAt } from '../../source/source.ts';
import { keyPlace } from '../../syntax/node.ts';

/** A container of the line's own. */
export interface LineContainer {
  readonly call: EngineCall;
  readonly spec: ContainerSpec;
  readonly role: Role;
}

export interface ComposeCalls {
  /** Of `run`, `exec`, and lines of which it cannot be told what they start. */
  readonly containers: readonly LineContainer[];
  /** Services of compose files as lines put them together. */
  readonly combined: readonly Sandbox[];
  readonly absorbs: readonly string[];
  readonly consulted: readonly string[];
}

const COMPOSE_VERB = /^compose (?:up|run|exec)$/;

/** Never throws. A line whose files cannot be found says nothing. */
export function composeCalls(calls: readonly EngineCall[], context: ScriptContext): ComposeCalls {
  const readings = calls
    .filter(({ verb }) => COMPOSE_VERB.test(verb))
    .flatMap((call): CallReading[] => {
      const line = lineOf(call);
      const choices = projectChoices(call, context);
      if (choices.length === 0) return [{ ...NOTHING, containers: escalationElsewhere(call, line) }];
      return choices.map((choice) => readCall({ call, choice, context, line }));
    });
  return {
    containers: readings.flatMap((one) => one.containers),
    combined: distinct(readings.flatMap((one) => one.services)),
    absorbs: [...new Set(readings.flatMap((one) => one.absorbs))],
    consulted: [...new Set(readings.flatMap((one) => one.consulted))],
  };
}

interface CallReading extends Omit<ComposeCalls, 'combined'> {
  readonly services: readonly StartedService[];
}

interface StartedService extends CombinedService {
  readonly starting: Starting;
}

const NOTHING: CallReading = { containers: [], services: [], absorbs: [], consulted: [] };

/** Lines that start the same, whatever else their shells hold, start one sandbox: the first line's. */
function distinct(services: readonly StartedService[]): Sandbox[] {
  const first = new Map<string, StartedService>();
  const ids = new Map<string, string>();
  for (const one of services) {
    const key = [one.entry.key, one.starting.call.engine, digestOf(one.spec)].join('\0');
    const before = first.get(key);
    if (before === undefined) first.set(key, one);
    ids.set(one.id, before?.id ?? one.id);
  }
  const built = new Map<string, Sandbox>();
  for (const one of first.values()) {
    if (!built.has(one.id))
      built.set(one.id, combinedSandbox({ ...one, spec: withNeighbourIds(one.spec, ids) }));
  }
  return [...built.values()];
}

/** One way in which one line starts a project. */
interface Starting {
  readonly call: EngineCall;
  readonly choice: ProjectChoice;
  readonly context: ScriptContext;
  readonly line: LineReading;
}

const TABLES: Readonly<Record<string, FlagTable>> = {
  'compose up': UP_FLAGS,
  'compose run': RUN_FLAGS,
  'compose exec': EXEC_FLAGS,
};

function lineOf(call: EngineCall): LineReading {
  const table = TABLES[call.verb] ?? UP_FLAGS;
  const interspersed = call.verb === 'compose up';
  return readLine(runWays(call.words, call.command.conditions), call.engine, {
    command: 'run',
    certain: false,
    parse: (words) => readFlags(words, table, { image: true, interspersed }),
  });
}

function readCall(starting: Starting): CallReading {
  const { call, choice, context, line } = starting;
  const { project } = context;
  const place = usePlace(call);
  const where = `${place.source.path}:${positionAt(place.source, place.span.start).line}`;
  const compose = combinedProject(choice, project, { engine: call.engine, where });
  const own = ownContainer(starting, compose);
  const told = own === null ? null : (line.image?.text ?? null);
  const started = call.verb === 'compose exec' ? [] : startedServices(compose, startingOf(starting));
  const put = combination(compose, started, project, told);
  const isSilent = own === null && !put.changes;
  const hidden = isSilent && choice.unread.length > 0 && call.verb !== 'compose exec';
  return {
    containers: hidden ? [unknownProject(starting)] : own === null ? [] : [own],
    services: put.services.map((one) => ({ ...one, starting })),
    absorbs: put.absorbs,
    consulted: [...choice.files.map(({ path }) => path), ...compose.consulted],
  };
}

/** Operands of `up`; of `run` the service, and what it needs. */
function startingOf({ call, choice, line }: Starting): Parameters<typeof startedServices>[1] {
  const operands =
    line.image === null ? [] : [line.image, ...(call.verb === 'compose up' ? line.command : [])];
  const open = line.unresolved.length > 0 || operands.some(({ text }) => !isResolved(text));
  return {
    named: operands.length === 0 || open ? null : operands.map(({ text }) => text),
    profiles: choice.profiles,
    alone: line.settings.some(({ flag, value }) => flag === 'no-deps' && value === 'true'),
  };
}

function combinedSandbox({ id, name, spec, entry, role, starting }: StartedService): Sandbox {
  const complete = withLine({ ...spec, definition: [...spec.definition, ...scriptsOf(starting)] }, starting);
  return containerSandbox(complete, { id, name, format: 'compose', role, place: keyPlace(entry) });
}

function scriptsOf({ call, context }: Starting): ContainerSpec['definition'] {
  return definitionOf(call, context.project);
}

/** What the line itself rests on, and the engine that it starts. */
function withLine(spec: ContainerSpec, { call, choice, context }: Starting): ContainerSpec {
  const { line, paths } = callAssumptions(call, context.calls);
  return withAssumptions({ ...spec, engine: call.engine }, { line: [...line, ...choice.assumes], paths });
}

/** Of `run` and `exec` the service itself, where the line makes another container of it. */
function ownContainer(starting: Starting, compose: ComposeProject): LineContainer | null {
  const { call, line } = starting;
  const service = line.image?.text ?? null;
  if (service === null || !isResolved(service) || call.verb === 'compose up') return null;
  const base = serviceSpec(compose, service);
  if (call.verb === 'compose exec') {
    const [first] = escalationElsewhere(call, line);
    if (first === undefined || base === null) return first ?? null;
    return { ...first, spec: { ...base, escalations: first.spec.escalations }, role: roleOf(base) };
  }
  const launched = serviceSpec(compose, service, overrideOf(startWords(line)));
  return base === null || launched === null ? null : runContainer(base, launched, starting);
}

/**
 * A run publishes no port of the service's, unless it says so (docker/compose cmd/compose/run.go).
 * @param base the service as it is
 * @param launched the service with the command of the line
 */
function runContainer(
  base: ContainerSpec,
  launched: ContainerSpec,
  starting: Starting,
): LineContainer | null {
  const { call, context, line } = starting;
  const publishes = line.settings.some(({ flag, value }) => flag === 'service-ports' && value === 'true');
  const { inside } = workingDirectory(call, context);
  const applied = (spec: ContainerSpec, settings: LineReading['settings']): ContainerSpec => {
    const plain = { ...spec, ports: publishes ? spec.ports : [] };
    return applyRunFlags(plain, settings, { base: inside, project: context.project }).spec;
  };
  const bearing = line.settings.filter(({ flag }) => flag !== 'rm' && flag !== 'pull' && flag !== 'name');
  const isOpen = line.unresolved.length > 0;
  if (!isOpen && digestOf(applied(launched, bearing)) === digestOf(applied(base, []))) return null;
  const flags = line.settings.filter(({ flag }) => flag !== 'pull');
  const spec = applied(launched, flags);
  const complete = {
    ...spec,
    unresolved: [...spec.unresolved, ...line.unresolved.map(openWord)],
    definition: [...scriptsOf(starting), ...base.definition],
  };
  return { call, spec: withLine(complete, starting), role: roleOf(spec) };
}

function openWord({ text, origin }: LocatedText): Unresolved {
  return {
    what: displayText(text),
    why: 'it can hold any flags and is set outside the files',
    names: [displayText(text)],
    mayHide: 'any-setting',
    origin,
    kind: 'text',
  };
}

/** `exec --privileged` in a service that no file here tells of. */
function escalationElsewhere(call: EngineCall, { settings, image }: LineReading): LineContainer[] {
  if (call.verb !== 'compose exec') return [];
  const privileged = settings.find(({ flag, value }) => flag === 'privileged' && value !== 'false');
  if (privileged === undefined) return [];
  const service = image === null ? '' : displayText(image.text);
  const text = `${call.engine} compose exec --privileged ${service}`.trim();
  const spec = elsewhere(call, `the service ${service}`.trim());
  const role: Role = { kind: 'service', reason: 'it is started elsewhere' };
  return [{ call, spec: { ...spec, escalations: [{ text, origin: privileged.origin }] }, role }];
}

/** A line that reads files which cannot be read, of which nothing else can be said. */
function unknownProject(starting: Starting): LineContainer {
  const { call, choice, context } = starting;
  const empty = emptyContainer(call.engine, usePlace(call));
  const unresolved = choice.unread.map(({ what, why, names, mayHide, kind, place }) => {
    return { what, why, names, mayHide, kind, origin: explicit(place) };
  });
  const spec = { ...empty, unresolved, definition: definitionOf(call, context.project) };
  return { call, spec, role: { kind: 'service', reason: 'what it starts cannot be read' } };
}
