/** `docker run` and its kin in scripts: one Sandbox for each line that starts a container. */
import type { HostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Role, Sandbox } from '../../model/sandbox.ts';
import { explicit } from '../../model/value.ts';
import { roleOf } from '../../semantics/docker/role.ts';
import { agentSandbox } from '../../semantics/docker/run-agent-sandbox.ts';
import type { BuildReading } from '../../semantics/docker/run-build.ts';
import { type EngineCall, engineCall, hasOpenVerb } from '../../semantics/docker/run-command.ts';
import { type RunReading, type ScriptContext, usePlace } from '../../semantics/docker/run-container.ts';
import type { Escalation } from '../../semantics/docker/run-exec.ts';
import { elsewhere, scriptContainers } from '../../semantics/docker/run-script.ts';
import { containerSandbox } from '../../semantics/docker/sandbox.ts';
import type { ContainerSpec } from '../../semantics/docker/spec.ts';
import { isScriptPath, type ScriptReading, scriptCommands } from '../../semantics/scripts/script-commands.ts';
import type { ShellProblem } from '../../semantics/shell/reading.ts';
import { comparePlaces, positionAt, type Source } from '../../source/source.ts';
import type { Claim, Diagnostic, Frontend, FrontendResult } from '../frontend.ts';
import { composeCalls } from './compose-calls.ts';

export const dockerRunFrontend: Frontend = { id: 'docker-run', claims, recognises, audit };

function claims(path: string): Claim {
  return isScriptPath(path) === 'no' ? 'no' : 'maybe';
}

const ENGINE =
  /(?<![\w-])(?:docker|podman|nerdctl|docker-compose|podman-compose|podman-remote)(?:\.exe)?(?![\w-])|\$[{(]?\w{0,40}(?:docker|podman|nerdctl|engine|runtime|container)/i;
const VERB =
  /(?<![\w-])(?:run|create|exec|compose|buildx|bake|build|sandbox|up|start|restart|watch|(?:docker|podman)-compose)(?![\w-])/;

function recognises(text: string): boolean {
  if (!VERB.test(text)) return false;
  // `d\ocker run` and `doc""ker run` are words like any other.
  return ENGINE.test(text) || (/\w[\\'"]+\w/.test(text) && ENGINE.test(text.replace(/[\\'"]+/g, '')));
}

/** Containers of one script that are looked at; no script that people wrote starts so many. */
const MAX_SANDBOXES = 300;

function audit(source: Source, project: Project): FrontendResult {
  const reading = scriptCommands(source, project);
  const calls = distinct(reading.commands.flatMap((command) => engineCall(command) ?? []));
  const context: ScriptContext = { project, folder: reading.folder, calls };
  const containers = scriptContainers(calls, context);
  const composed = composeCalls(calls, context);
  const found = [
    ...containers.runs.map(runDefinition),
    ...containers.builds.map(buildDefinition),
    ...containers.escalations.map(escalationDefinition),
    ...calls.flatMap((call) => agentDefinition(call, context)),
    ...composed.containers,
  ];
  const sandboxes = named(inOrder(found, source).slice(0, MAX_SANDBOXES), source);
  const unfollowed = reading.problems.filter(isUnfollowed).map(noted);
  const consulted = [...reading.consulted, ...containers.consulted, ...composed.consulted];
  const isFound = found.length > 0 || composed.combined.length > 0;
  const missed = isFound ? [] : [...missedDiagnostics(reading, source), ...unfollowed];
  return {
    sandboxes,
    combined: composed.combined.slice(0, MAX_SANDBOXES),
    diagnostics: isFound ? diagnosticsOf(reading, containers.runs, found.length, source) : missed,
    ours: isFound || missed.length > 0,
    absorbs: composed.absorbs,
    consulted: [...new Set(consulted)].filter((path) => path !== source.path),
  };
}

/** Told even where nothing else is found, so that silence is not taken for safety. */
function isUnfollowed({ kind, message }: ShellProblem): boolean {
  return kind === 'unfollowed' && !/\bbwrap\b/.test(message);
}

function noted({ message, place }: ShellProblem): Diagnostic {
  return { message, place, severity: 'note' };
}

/** A function that is called twice with the same words starts the same container. */
function distinct(calls: readonly EngineCall[]): EngineCall[] {
  const seen = new Map<string, EngineCall>();
  for (const call of calls) {
    const { source, span } = usePlace(call);
    const words = call.words.map(({ value, alternatives = [] }) =>
      [value, ...alternatives.map((one) => one.value)].join('\u0001'),
    );
    const key = [source.path, span.start, call.verb, ...words].join('\0');
    const before = seen.get(key);
    // Of two calls the one that surely runs tells more.
    if (before === undefined || (!before.command.called && call.command.called)) seen.set(key, call);
  }
  return [...seen.values()];
}

interface Definition {
  readonly call: EngineCall;
  readonly spec: ContainerSpec;
  readonly role: Role;
}

/** As they stand in the file, those of the files that it reads behind its own. */
function inOrder(definitions: readonly Definition[], source: Source): Definition[] {
  const isOther = ({ call }: Definition): number => Number(usePlace(call).source !== source);
  return definitions.toSorted(
    (a, b) => isOther(a) - isOther(b) || comparePlaces(usePlace(a.call), usePlace(b.call)),
  );
}

function runDefinition({ call, spec }: RunReading): Definition {
  return { call, spec, role: runRole(spec) };
}

/** Where images keep the project that they work on. */
const WORK_TARGET = /^\/(?:workspaces?|work|project|projects|repo|src|code|source)(?:\/|$)/;

/** What stands where the project usually is, is the project: a directory that only the run can tell, and any of ours. */
function runRole(spec: ContainerSpec): Role {
  const role = roleOf(spec);
  if (role.kind === 'sandbox') return role;
  const work = spec.mounts.find(({ type, host, target }) => {
    if (type !== 'bind' || target === null) return false;
    return host?.root === 'workspace' ? /^\/workspaces?(?:\/|$)/.test(target) : isOpenWork(host, target);
  });
  return work === undefined ? role : { kind: 'sandbox', reason: `it mounts a project (${work.text})` };
}

function isOpenWork(host: HostPath | null, target: string): boolean {
  return host?.root === 'unknown' && WORK_TARGET.test(target);
}

function buildDefinition({ call, privileges }: BuildReading): Definition {
  const spec = { ...elsewhere(call, 'the container of the built image'), buildPrivileges: privileges };
  const image = { ...spec.image, built: true };
  return { call, spec: { ...spec, image }, role: { kind: 'service', reason: 'the script only builds it' } };
}

function escalationDefinition({ call, container, origin }: Escalation): Definition {
  const text = `docker exec --privileged ${container}`.trim();
  const spec = elsewhere(call, `the container ${container}`.trim());
  return {
    call,
    spec: { ...spec, escalations: [{ text, origin }] },
    role: { kind: 'service', reason: 'it is started elsewhere' },
  };
}

function agentDefinition(call: EngineCall, context: ScriptContext): Definition[] {
  const spec = call.verb === 'sandbox run' ? agentSandbox(call, context) : null;
  if (spec === null) return [];
  return [{ call, spec, role: { kind: 'sandbox', reason: 'it is started for a coding agent' } }];
}

/** `docker run (line 12)`; with the column where a line holds two, and a number where one place starts several. */
function named(definitions: readonly Definition[], source: Source): Sandbox[] {
  const ids = new Map<string, number>();
  const lines = definitions.map(({ call }) => lineOf(call));
  return definitions.map(({ call, spec, role }, index) => {
    const place = usePlace(call);
    const verb = `${call.engine} ${call.verb}`;
    const file = place.source === source ? source.path : `${source.path}#${place.source.path}`;
    const same = lines.filter((line, other) => {
      const theirs = definitions[other];
      return line === lines[index] && theirs !== undefined && !sameStart(theirs.call, call);
    });
    const column = same.length > 0 ? `:${positionAt(place.source, place.span.start).column}` : '';
    const id = `${file}#${verb}:${lineNumber(call)}${column}`;
    const count = (ids.get(id) ?? 0) + 1;
    ids.set(id, count);
    return containerSandbox(spec, {
      id: count === 1 ? id : `${id}:${count}`,
      name: `${verb} (line ${lineNumber(call)}${column}${count === 1 ? '' : `, ${count}`})`,
      format: 'docker-run',
      role,
      place,
    });
  });
}

function lineNumber(call: EngineCall): number {
  const place = usePlace(call);
  return positionAt(place.source, place.span.start).line;
}

function lineOf(call: EngineCall): string {
  return `${usePlace(call).source.path}:${lineNumber(call)}`;
}

function sameStart(a: EngineCall, b: EngineCall): boolean {
  return usePlace(a).span.start === usePlace(b).span.start;
}

/** Why a script in which nothing was found may start a container all the same. */
function missedDiagnostics({ commands, problems }: ScriptReading, source: Source): Diagnostic[] {
  const open = commands.filter(hasOpenVerb).map(({ place }): Diagnostic => {
    return { message: 'what this line starts could not be told', place, severity: 'limit' };
  });
  if (!ENGINE.test(withoutComments(source.text))) return open;
  const limits = problems
    .filter(({ kind }) => kind === 'limit')
    .map(({ message, place }): Diagnostic => ({ message, place, severity: 'limit' }));
  return [...limits, ...open];
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '');
}

function diagnosticsOf(
  reading: ScriptReading,
  runs: readonly RunReading[],
  count: number,
  source: Source,
): Diagnostic[] {
  // A makefile's text is put together by us before a shell reads it: not every error is the file's own.
  const own = reading.kind !== 'makefile' && reading.kind !== 'justfile';
  const problems = reading.problems
    .filter((problem) => problem.kind !== 'unfollowed' || isUnfollowed(problem))
    .map((problem): Diagnostic => {
      const { kind } = problem;
      const isNote = kind === 'unknown' || kind === 'unfollowed' || (kind === 'syntax' && !own);
      return { ...noted(problem), severity: isNote ? 'note' : problem.severity };
    });
  const refused = runs.flatMap(({ errors, call }) =>
    errors.map(
      ({ message, origin }): Diagnostic => ({
        message: `${call.engine} refuses this line: ${message}`,
        place: origin.place,
        severity: 'note',
      }),
    ),
  );
  const cut: Diagnostic[] =
    count <= MAX_SANDBOXES
      ? []
      : [
          {
            message: `more than ${MAX_SANDBOXES} containers are started; the rest was not looked at`,
            place: explicit({ source, span: { start: 0, end: 0 } }).place,
            severity: 'limit',
          },
        ];
  return [...problems, ...refused, ...cut];
}
