/** One `run` or `create` of a script as a container. */
import { agentsIn } from '../../knowledge/agents.ts';
import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { explicit, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place, Source } from '../../source/source.ts';
import { callerOf } from '../process/caller.ts';
import { imageKnowledge } from './dockerfile.ts';
import { type EngineCall, remoteEngine } from './run-command.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import { fromElsewhere, ownUser, wellKnownPaths } from './run-places.ts';
import { type LineReading, readLine } from './run-settings.ts';
import { applyRunFlags, emptyContainer, settleEnvironment } from './run-spec.ts';
import { withKnownValues } from './run-spec-environment.ts';
import { type ConditionalOrigin, runWays } from './run-worlds.ts';
import type { ContainerSpec, LocatedText, MountSpec } from './spec.ts';

export interface ScriptContext {
  readonly project: Project;
  /** Directory that commands start in, relative to the project's root. */
  readonly folder: string;
  /** All calls of the script, in order. */
  readonly calls: readonly EngineCall[];
}

export interface RunReading {
  readonly call: EngineCall;
  readonly spec: ContainerSpec;
  /** What is started, whatever the words for it: the same for two readings of one line that come to the same. */
  readonly start: string;
  /** `--name`; null where there is none, or none that is known. */
  readonly name: string | null;
  /** The word that names the image; symbolic. */
  readonly image: string | null;
  readonly networks: readonly LocatedText[];
  /** What the line starts in place of what the image says. */
  readonly launch: StartWords;
  readonly errors: readonly RunError[];
  /** Paths (as in Source) of files that were read on the way. */
  readonly consulted: readonly string[];
}

/** `--entrypoint`, and the words behind the image. */
export interface StartWords {
  /** Null: not given. */
  readonly entrypoint: LocatedText | null;
  readonly command: readonly LocatedText[];
  readonly directory: string | null;
}

/** Where a word is used: the line of the command, not the assignment that the word came from. */
export function usePlace(call: Pick<EngineCall, 'program'>): Place {
  return call.program.via?.at(-1) ?? call.program.place;
}

/** Null for a line that starts nothing: `docker run --help`, or no word behind `run` at all. */
export function readRun(call: EngineCall, context: ScriptContext): RunReading | null {
  const line = readLine(runWays(call.words, call.command.conditions), call.engine, {
    command: /(?:^| )create$/.test(call.spelled) ? 'create' : 'run',
    certain: call.assumes.length === 0,
  });
  if (line.settings.some(({ flag }) => flag === 'help')) return null;
  if (line.image === null && line.unresolved.length === 0 && line.settings.every(isPlain)) return null;
  const base = workingDirectory(call, context);
  const settings = line.settings.map((setting) =>
    ownUser(wellKnownPaths(fromElsewhere(setting, base.outside))),
  );
  const empty = withImage(emptyContainer(call.engine, usePlace(call)), line);
  const applied = applyRunFlags(empty, settings, { base: base.inside, project: context.project });
  const consulted = [...new Set([...applied.consulted, ...sourcesOf(call)])];
  const handed = settleEnvironment(withKnownValues(applied.spec, (name) => exportedValue(call, name)));
  const spec = withAssumptions(
    {
      ...handed,
      ...rootful(call),
      agents: agentsOf(line, handed),
      command: line.command.map(({ text }) => text).join(' '),
      unresolved: [...handed.unresolved, ...openWords(line, call)],
      definition: definitionOf(call, context.project),
    },
    callAssumptions(call, context.calls),
  );
  const name = line.settings.findLast(({ flag }) => flag === 'name')?.value ?? null;
  return {
    call,
    spec,
    start: startOf(line, spec),
    name: name !== null && isResolved(name) ? name : null,
    image: line.image?.text ?? null,
    networks: line.settings
      .filter(({ flag }) => flag === 'network')
      .map(({ value, origin }) => ({ text: value, origin })),
    launch: startWords(line),
    errors: [...line.errors, ...applied.errors.filter(({ origin }) => ownAssumptions(origin).length === 0)],
    consulted,
  };
}

export function startWords({ settings, command }: LineReading): StartWords {
  const last = (flag: string): RunSetting | undefined => settings.findLast((one) => one.flag === flag);
  const entrypoint = last('entrypoint');
  return {
    entrypoint: entrypoint === undefined ? null : { text: entrypoint.value, origin: entrypoint.origin },
    command,
    directory: last('workdir')?.value ?? null,
  };
}

/** Flags that a line without an image may have and still say nothing of a sandbox: `alias run='docker run -it --rm'`. */
const PLAIN = new Set(
  'detach hostname init interactive label name platform pull quiet restart rm sig-proxy tty workdir'.split(
    ' ',
  ),
);

function isPlain({ flag }: RunSetting): boolean {
  return PLAIN.has(flag);
}

function startOf({ settings, image, unresolved }: LineReading, { agents }: ContainerSpec): string {
  const flags = settings.map(({ flag, value }) => `${flag}=${value}`);
  return [...flags, image?.text ?? '', ...unresolved.map(({ text }) => text), ...agents].join('\0');
}

function exportedValue({ command }: EngineCall, name: string): string | undefined {
  const own = command.assignments.findLast((assignment) => assignment.name === name);
  return own?.value.value ?? command.exported.get(name);
}

/** podman started by root is root's engine, without the namespace of an ordinary user. */
function rootful({ command }: EngineCall): Pick<ContainerSpec, 'rootful'> {
  const { root } = callerOf(command, []);
  return root === null ? {} : { rootful: root };
}

interface Directory {
  /** Relative to the project's root, for what lies in it. */
  readonly inside: string;
  /** Symbolic; set where the command runs elsewhere. */
  readonly outside: string | null;
}

/** Where the command runs; `cd` before it has been followed by the shell's reading. */
export function workingDirectory(
  { command }: Pick<EngineCall, 'command'>,
  { folder }: ScriptContext,
): Directory {
  const current = command.exported.get('PWD');
  if (current === undefined) return { inside: folder, outside: null };
  if (current === WORKSPACE_SYMBOL) return { inside: '', outside: null };
  if (current.startsWith(`${WORKSPACE_SYMBOL}/`)) return { inside: current.slice(2), outside: null };
  return { inside: '', outside: current };
}

function withImage(spec: ContainerSpec, { image }: LineReading): ContainerSpec {
  if (image === null) {
    const origin = explicit(spec.anchor);
    const reference = unknown('the image', 'the words that name it are not known', [], origin);
    return { ...spec, image: { ...spec.image, ...imageKnowledge(null, origin), reference, origin } };
  }
  const { text, origin } = image;
  // A tag that is not known leaves the image's name.
  const isNamed = isResolved(text.split(':', 1)[0] ?? '');
  const why = `${displayText(text)} is not set in any file`;
  const reference: Value<string> = isNamed
    ? known(text, origin)
    : unknown(displayText(text), why, unknownNames(text), origin);
  const { user, sudo } = imageKnowledge(reference, origin);
  return { ...spec, image: { ...spec.image, reference, user, sudo, origin } };
}

const IMAGE_NAME = /image|img|tag|container|repo/i;

/** Words that may be flags, the image, or both: whatever they hold is not seen. */
function openWords({ unresolved, image, command, cut }: LineReading, call: EngineCall): Unresolved[] {
  const entry = ({ text, origin }: LocatedText, why: string): Unresolved => ({
    what: displayText(text),
    why,
    names: unknownNames(text).map((name) => name.replace(/^\$/, '')),
    mayHide: 'any-setting',
    origin,
    kind: 'text',
  });
  const found = unresolved.map((word) => entry(word, 'it can hold any flags and is set outside the files'));
  if (cut) found.push(unreadWays(call));
  if (image === null || isResolved(image.text)) return found;
  const word = call.words.find(({ value, many }) => many && value === image.text);
  const isImage = unknownNames(image.text).every((name) => IMAGE_NAME.test(name) || /^\d+$/.test(name));
  if (word === undefined || isImage || command.length === 0) return found;
  return [...found, entry(image, 'it can hold flags as well as the image, and is set outside the files')];
}

/** The line depends on so many choices that some of its words were not looked at. */
function unreadWays(call: EngineCall): Unresolved {
  return {
    what: 'some of the words of the line',
    why: 'it can look in too many ways to read all of them',
    names: [],
    mayHide: 'any-setting',
    origin: explicit(usePlace(call)),
    kind: 'text',
  };
}

function agentsOf({ image, command, settings }: LineReading, spec: ContainerSpec): string[] {
  const reference = image === null ? '' : displayText(image.text);
  const line = command.map(({ text }) => displayText(text)).join(' ');
  const entry = settings.filter(({ flag }) => flag === 'entrypoint').map(({ value }) => displayText(value));
  const known = imageKnowledge(spec.image.reference, spec.image.origin).agents;
  return [...new Set([...known, ...[reference, line, ...entry].flatMap(agentsIn)])];
}

/** Files that the words of the line stand in, the one with the command first. */
function sourcesIn(call: EngineCall): Source[] {
  const places = [usePlace(call), ...call.words.flatMap(({ place, via = [] }) => [place, ...via])];
  return [...new Set(places.map(({ source }) => source))];
}

function sourcesOf(call: EngineCall): string[] {
  return sourcesIn(call)
    .slice(1)
    .map(({ path }) => path);
}

export function definitionOf(call: EngineCall, project: Project): ContainerSpec['definition'] {
  return sourcesIn(call).map((source) => ({
    path: source.path,
    host: workspacePath(project.relative(source)),
  }));
}

/** What the whole line rests on. */
export function callAssumptions(call: EngineCall, calls: readonly EngineCall[]): LineAssumptions {
  const { command, assumes } = call;
  const remote = remoteEngine(call, calls);
  const uncalled = !command.called && command.function !== null;
  return {
    line: [...assumes, ...(uncalled ? [`${describedFunction(command.function)} is called`] : [])],
    paths: remote === null ? [] : [`the path is one of the machine that \`${remote}\` names`],
  };
}

function describedFunction(name: string | null): string {
  return name === null || name.startsWith('alias ') ? `the ${name}` : `the function ${name}`;
}

export interface LineAssumptions {
  readonly line: readonly string[];
  /** Beside these, of what names paths of the host. */
  readonly paths: readonly string[];
}

const VALUES = [
  'privileged',
  'user',
  'pid',
  'ipc',
  'uts',
  'userns',
  'cgroupns',
  'runtime',
  'apiSocket',
] as const;

/** Moves what must hold from the words to the facts that were read from them. */
export function withAssumptions(spec: ContainerSpec, { line, paths }: LineAssumptions): ContainerSpec {
  const values = Object.fromEntries(VALUES.map((key) => [key, assuming<unknown>(spec[key], line)]));
  const { egress, namespace } = spec.network;
  return {
    ...spec,
    ...values,
    network: { ...spec.network, egress: assuming(egress, line), namespace: assuming(namespace, line) },
    mounts: spec.mounts.map((mount) => withMountAssumptions(mount, [...line, ...paths])),
  };
}

function ownAssumptions(origin: ConditionalOrigin): readonly string[] {
  return origin.assumes ?? [];
}

function assuming<T>(value: Value<T>, line: readonly string[]): Value<T>;
function assuming<T>(value: Value<T> | null, line: readonly string[]): Value<T> | null;
function assuming<T>(value: Value<T> | null, line: readonly string[]): Value<T> | null {
  if (value === null || !value.known || value.origin.kind !== 'explicit') return value;
  const assumes = [...new Set([...(value.assumes ?? []), ...ownAssumptions(value.origin), ...line])];
  return assumes.length === 0 ? value : known(value.value, value.origin, assumes);
}

function withMountAssumptions(mount: MountSpec, line: readonly string[]): MountSpec {
  const assumes = [...new Set([...(mount.assumes ?? []), ...ownAssumptions(mount.origin), ...line])];
  return assumes.length === 0 ? mount : { ...mount, assumes };
}

/** The text of a path of this machine, for what is added to a spec without a flag. */
export function currentDirectory({ inside, outside }: Directory): string {
  if (outside !== null) return outside;
  return inside === '' ? WORKSPACE_SYMBOL : `${WORKSPACE_SYMBOL}/${inside}`;
}

/** An origin for a word, at the word and by way of where it is used. */
export function wordOrigin(word: EngineCall['words'][number]): Origin {
  return explicit(word.place, word.via);
}
