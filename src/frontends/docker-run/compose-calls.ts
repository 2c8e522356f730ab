/** `docker compose run`, `exec` and `up` in scripts: a service of a compose file, with what the line adds. */

import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { BASE_NAMES, firstPresent, joinPath, OVERRIDE_NAMES } from '../../semantics/compose/files.ts';
import { composeProject } from '../../semantics/compose/project.ts';
import { serviceSpec } from '../../semantics/compose/service.ts';
import type { EngineCall } from '../../semantics/docker/run-command.ts';
import {
  definitionOf,
  type ScriptContext,
  usePlace,
  workingDirectory,
} from '../../semantics/docker/run-container.ts';
import { elsewhere } from '../../semantics/docker/run-script.ts';
import { readLine } from '../../semantics/docker/run-settings.ts';
import { applyRunFlags } from '../../semantics/docker/run-spec.ts';
import { type RunWord, runWays } from '../../semantics/docker/run-worlds.ts';
import type { ContainerSpec } from '../../semantics/docker/spec.ts';
import type { Source } from '../../source/source.ts';

export interface ComposeCall {
  readonly call: EngineCall;
  /** The compose files that the line reads, base first. */
  readonly files: readonly Source[];
  readonly service: string | null;
  /** The service with what the line adds; null where it adds nothing that matters. */
  readonly spec: ContainerSpec | null;
  readonly consulted: readonly string[];
}

/** Flags of `compose run` that `docker run` has not (docker/compose docs/reference/compose_run.md). */
const OWN_BOOLEAN =
  /^(?:--build|--dry-run|--no-deps|-T|--no-TTY|--quiet-build|--quiet-pull|--remove-orphans|--service-ports|-P|--use-aliases|--no-deps=\w+)$/;
/** Flags of a run that change what code inside reaches. */
const BEARING = new Set([
  'volume',
  'cap-add',
  'cap-drop',
  'env',
  'env-file',
  'user',
  'publish',
  'entrypoint',
]);

const VERBS: ReadonlySet<string> = new Set(['compose run', 'compose exec', 'compose up']);

export const isComposeCall = ({ verb }: EngineCall): boolean => VERBS.has(verb);

/** Never throws. A line whose files cannot be found says nothing. */
export function readComposeCall(call: EngineCall, context: ScriptContext): ComposeCall {
  const files = composeFiles(call, context);
  const none: ComposeCall = {
    call,
    files,
    service: null,
    spec: null,
    consulted: files.map(({ path }) => path),
  };
  if (call.verb === 'compose exec') return readExec(call, none, context);
  if (call.verb !== 'compose run' || files.length === 0) return none;
  const { ways, cut } = runWays(call.words, call.command.conditions);
  const own = ways.map((way) => ({ ...way, words: way.words.flatMap(asRunWord) }));
  const line = readLine({ ways: own, cut }, call.engine);
  const service = line.image?.text ?? null;
  if (service === null || !isResolved(service)) return none;
  const settings = line.settings.filter(({ flag }) => BEARING.has(flag));
  const compose = composeProject(files, context.project);
  const base = serviceSpec(compose, service);
  if (base === null || settings.length === 0) return { ...none, service };
  const { inside } = workingDirectory(call, context);
  const { spec, consulted } = applyRunFlags(base, settings, { base: inside, project: context.project });
  const definition = [...definitionOf(call, context.project), ...base.definition];
  return {
    ...none,
    service,
    spec: { ...spec, anchor: usePlace(call), definition },
    consulted: [...none.consulted, ...compose.consulted, ...consulted],
  };
}

/** `compose exec --privileged SERVICE`: all capabilities for that command (docker/compose compose_exec.md). */
function readExec(call: EngineCall, none: ComposeCall, context: ScriptContext): ComposeCall {
  const { ways, cut } = runWays(call.words, call.command.conditions);
  const own = ways.map((way) => ({ ...way, words: withoutIndex(way.words) }));
  const { settings, image } = readLine({ ways: own, cut }, call.engine);
  const privileged = settings.find(({ flag, value }) => flag === 'privileged' && value === 'true');
  if (privileged === undefined) return none;
  const service = image === null ? '' : displayText(image.text);
  const compose = composeProject(none.files, context.project);
  const known = serviceSpec(compose, service);
  const base = known ?? elsewhere(call, `the service ${service}`.trim());
  const text = `${call.engine} compose exec --privileged ${service}`.trim();
  const escalations = [...base.escalations, { text, origin: privileged.origin }];
  const definition = [...definitionOf(call, context.project), ...base.definition];
  return {
    ...none,
    service,
    spec: { ...base, anchor: usePlace(call), escalations, definition },
    consulted: [...none.consulted, ...compose.consulted],
  };
}

/** `--index N` names one of a service's containers; `docker run` has no such flag. */
function withoutIndex(words: readonly RunWord[]): readonly RunWord[] {
  return words.filter(({ text }, at) => {
    if (OWN_BOOLEAN.test(text)) return false;
    return !/^--index(?:=|$)/.test(text) && words[at - 1]?.text !== '--index';
  });
}

function asRunWord(word: RunWord): RunWord[] {
  if (OWN_BOOLEAN.test(word.text)) return [];
  return [{ ...word, text: word.text.replace(/^--env-from-file\b/, '--env-file') }];
}

/** `-f` in order; without one the usual names in the directory that the line runs in. */
function composeFiles(call: EngineCall, context: ScriptContext): Source[] {
  const { inside, outside } = workingDirectory(call, context);
  const { project } = context;
  const given = namedFiles(call);
  if (given.length > 0) return given.flatMap((file) => sourceAt(file, inside, project));
  if (outside !== null) return [];
  const present = project.list(inside);
  const names = [firstPresent(present, BASE_NAMES), firstPresent(present, OVERRIDE_NAMES)];
  return names.flatMap((name) => (name === null ? [] : sourceAt(joinPath(inside, name), '', project)));
}

function namedFiles({ globals }: EngineCall): string[] {
  return globals.flatMap(({ value }, at) => {
    const joined = /^(?:--file|-f)=(.+)$/.exec(value)?.[1];
    if (joined !== undefined) return [joined];
    const next = globals[at + 1]?.value;
    return (value === '-f' || value === '--file') && next !== undefined ? [next] : [];
  });
}

function sourceAt(file: string, base: string, project: Project): Source[] {
  const path = hostPath(file, base);
  if (path.root !== 'workspace') return [];
  const lookup = project.read(path.path);
  return lookup.status === 'read' ? [lookup.source] : [];
}
