/** Lifecycle scripts that narrow the network from inside. */
import { LIFECYCLE_HOOKS } from '../../knowledge/lifecycle-hooks.ts';
import { hostPath } from '../../model/host-path.ts';
import type { Egress, EgressHole } from '../../model/network.ts';
import type { Project } from '../../model/project.ts';
import { displayText } from '../../model/symbolic.ts';
import { known } from '../../model/value.ts';
import { type MappedText, plainText } from '../../source/mapped.ts';
import type { Source } from '../../source/source.ts';
import { type BuiltImage, imageFile, imageFileOwner, PROGRAM_DIRECTORIES } from '../docker/image-files.ts';
import type { ContainerSpec } from '../docker/spec.ts';
import { insideOf } from '../firewall/container-start.ts';
import { behindFirewall, filterCommands, type StartCommand, sharedControl } from '../firewall/control.ts';
import { type StartBudget, type StartPlace, startBudget, startedBy } from '../firewall/started.ts';
import { standIn } from '../scripts/script-text.ts';
import { namesFirewall, setsFirewall } from './command.ts';
import type { LifecycleCommand } from './lifecycle.ts';
import { type DevcontainerStart, withReplacedStart } from './start.ts';
import type { DevcontainerPlaces } from './variables.ts';

export interface ScriptContext {
  readonly places: DevcontainerPlaces;
  readonly project: Project;
  readonly built: BuiltImage | null;
}

/** Scripts of the project that commands inside run. */
export interface Scripts extends ScriptContext {
  /** Those that could be read, each once. */
  readonly sources: readonly Source[];
  /** The script that a file names, as it is written in a command; null for what only the image has. */
  of(file: string): Source | null;
  /** The same for a file that only another script names. */
  find(file: string): MappedText | null;
  /** True when there are more than are read. */
  readonly exceeded: boolean;
}

/** More than this many scripts of one devcontainer are not read. */
const MAX_SCRIPTS = 50;

export function readScripts(commands: readonly LifecycleCommand[], context: ScriptContext): Scripts {
  const files = [...new Set(commands.flatMap((command) => command.files))];
  const byFile = new Map<string, MappedText>();
  const byPath = new Map<string, Source>();
  for (const file of files.slice(0, MAX_SCRIPTS)) {
    const text = scriptText(file, context);
    if (text === null) continue;
    byFile.set(file, text);
    byPath.set(text.source.path, text.source);
  }
  return {
    ...context,
    sources: [...byPath.values()],
    of: (file) => byFile.get(file)?.source ?? null,
    find: (file) => byFile.get(file) ?? scriptText(file, context),
    exceeded: files.length > MAX_SCRIPTS,
  };
}

/** A file of the opened folder, or one that the Dockerfile puts into the image. */
function scriptText(file: string, { places, project, built }: ScriptContext): MappedText | null {
  const inside = `${places.inside}/`;
  const isOpened = file.startsWith(inside);
  if (!isOpened && built !== null && (file.startsWith('/') || !file.includes('/'))) {
    const paths = file.startsWith('/') ? [file] : PROGRAM_DIRECTORIES.map((folder) => `${folder}/${file}`);
    for (const path of paths) {
      const found = imageFile(built.layout, path, built.context);
      if (found !== null) return found.text;
    }
  }
  const path = hostPath(isOpened ? file.slice(inside.length) : file, places.folder);
  const lookup = path.root === 'workspace' ? project.read(path.path) : null;
  return lookup?.status === 'read' ? plainText(lookup.source) : null;
}

/** Hooks in their order; what `waitFor` names has run before tools connect, and nothing behind it has. */
const HOOKS: readonly string[] = LIFECYCLE_HOOKS;
/** https://containers.dev/implementors/json_reference/#lifecycle-scripts */
const WAITED_FOR = 'updateContentCommand';
/** Hooks that run when the container is made, and not when it is started again. */
const ONCE = new Set(['onCreateCommand', 'updateContentCommand', 'postCreateCommand']);

export interface FirewallContext {
  readonly commands: readonly LifecycleCommand[];
  readonly scripts: Scripts;
  /** The property of that name. */
  readonly waitFor: string | null;
  /** What the image starts; null: it is not told, or the compose file's to say. */
  readonly start: DevcontainerStart | null;
}

/** With a firewall script, what is let through is the script's to say. */
export function withFirewall(spec: ContainerSpec, context: FirewallContext): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known) return spec;
  if (egress.value.kind === 'limited' && egress.value.control.by === 'firewall')
    return forUser(spec, egress.value);
  if (egress.value.kind !== 'open') return spec;
  const budget = startBudget();
  const image = startedByImage(spec, context, budget);
  if (image?.runs === true) return behindImage(spec, image, context);
  const narrowed = behindHooks(spec, context, budget);
  if (narrowed !== null || image === null) return narrowed ?? spec;
  return withReplacedStart(spec, image.command.origin);
}

/** With the rules of lifecycle commands; null: none of them sets any. */
function behindHooks(
  spec: ContainerSpec,
  { commands, scripts, waitFor }: FirewallContext,
  budget: StartBudget,
): ContainerSpec | null {
  const place: StartPlace = { find: scripts.find, environment: knownVariables(spec), closed: false };
  const started = commands
    .filter(mayFilter(scripts))
    .slice(0, MAX_SCRIPTS)
    .map((command) => ({
      ...command,
      started: startedBy(standIn(command.text, command.origin.place), place, budget),
    }));
  const filters = filterCommands(started);
  const set = new Set(filters.map(({ origin }) => origin));
  const hooks = commands.filter(({ origin }) => set.has(origin));
  const [first] = hooks;
  if (first === undefined) return null;
  const isEntrypoint = first.hook === 'entrypoint';
  const late = isEntrypoint || HOOKS.indexOf(first.hook) > HOOKS.indexOf(waitFor ?? WAITED_FOR);
  return behindFirewall(spec, started, {
    ...shared(scripts),
    late: late ? { text: first.hook, origin: first.origin } : null,
    once: hooks.every(({ hook }) => ONCE.has(hook)),
    asRoot: isEntrypoint,
  });
}

/** Who uses the container is the devcontainer's to say, whatever a command goes on as. */
function shared({ built, places, find }: Scripts) {
  return {
    inside: (file: string) => insidePath(file, places),
    find,
    ownerOf: (path: string) => (built === null ? null : imageFileOwner(built.layout, path)),
    privileged: false,
    goesOn: false,
    ipv6: false,
  };
}

function knownVariables({ variables, image }: ContainerSpec): Map<string, string> {
  return new Map(
    [...image.variables, ...variables].flatMap(({ name, value, phase }) =>
      value.known && phase !== 'build' ? [[name, value.value] as const] : [],
    ),
  );
}

interface ImageCommand {
  readonly command: StartCommand;
  readonly runs: boolean;
  readonly asRoot: boolean;
}

/** What the image starts, where that sets rules. */
function startedByImage(
  spec: ContainerSpec,
  { start, scripts }: FirewallContext,
  budget: StartBudget,
): ImageCommand | null {
  if (start?.line.text == null) return null;
  const { built, project } = scripts;
  const inside = insideOf(spec, { built, project, directory: null, note: () => undefined });
  const find = (file: string): MappedText | null => inside.find(file) ?? scripts.find(file);
  const started = startedBy(start.line.text, { ...inside, find }, budget);
  const command = { text: displayText(start.line.text.text), origin: start.line.origin, started };
  if (filterCommands([command]).length === 0) return null;
  return { command, runs: start.runs, asRoot: start.asRoot };
}

/** Lifecycle commands and tools start as soon as the engine says that the container runs. */
function behindImage(
  spec: ContainerSpec,
  { command, asRoot }: ImageCommand,
  { scripts }: FirewallContext,
): ContainerSpec {
  const late = { text: command.text, origin: command.origin };
  return behindFirewall(spec, [command], { ...shared(scripts), late, once: false, asRoot });
}

/** Reading a script costs time: only what names a firewall, or runs a script that sets one, is followed. */
function mayFilter(scripts: Scripts): (command: LifecycleCommand) => boolean {
  const setting = new Set(scripts.sources.filter(({ text }) => mentionsFilter(text)).map(({ path }) => path));
  return ({ text, files }) =>
    namesFirewall(text) ||
    mentionsFilter(text) ||
    files.some((file) => setting.has(scripts.of(file)?.path ?? ''));
}

/** Scripts that run others are followed as well, where those are named after a firewall. */
function mentionsFilter(script: string): boolean {
  return setsFirewall(script) || /firewall|lockdown|\bufw\b/i.test(script);
}

function insidePath(file: string, { inside }: DevcontainerPlaces): string {
  return file.startsWith('/') ? file : `${inside}/${file.replace(/^\.\//, '')}`;
}

/**
 * The compose file's own command sets the rules; who may take them back is the devcontainer's user to say. Nothing
 * waits for that command either.
 */
function forUser(spec: ContainerSpec, { control: own }: Egress & { kind: 'limited' }): ContainerSpec {
  const control = sharedControl(spec, own);
  const late: EgressHole = { kind: 'late', text: control.text, origin: control.origin };
  const holes = control.holes.some(({ kind }) => kind === 'late') ? control.holes : [...control.holes, late];
  const { egress } = spec.network;
  const assumes = egress.known ? egress.assumes : undefined;
  const value = known({ kind: 'limited' as const, control: { ...control, holes } }, egress.origin, assumes);
  return { ...spec, network: { ...spec.network, egress: value } };
}
