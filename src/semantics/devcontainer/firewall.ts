/** Lifecycle scripts that narrow the network from inside. */
import { LIFECYCLE_HOOKS } from '../../knowledge/lifecycle-hooks.ts';
import { hostPath } from '../../model/host-path.ts';
import type { Egress } from '../../model/network.ts';
import type { Project } from '../../model/project.ts';
import type { Value } from '../../model/value.ts';
import type { Source } from '../../source/source.ts';
import type { DockerfileCopy } from '../docker/dockerfile.ts';
import type { ContainerSpec } from '../docker/spec.ts';
import { behindFirewall, filterCommands, sharedControl } from '../firewall/control.ts';
import { startBudget, startedBy } from '../firewall/started.ts';
import { namesFirewall, setsFirewall } from './command.ts';
import type { LifecycleCommand } from './lifecycle.ts';
import type { DevcontainerPlaces } from './variables.ts';

export interface ScriptContext {
  readonly places: DevcontainerPlaces;
  readonly project: Project;
  readonly copies: readonly DockerfileCopy[];
  /** Where the files that the Dockerfile copies lie. */
  readonly buildContext: string;
}

/** Scripts of the project that commands inside run. */
export interface Scripts {
  readonly places: DevcontainerPlaces;
  /** Those that could be read, each once. */
  readonly sources: readonly Source[];
  /** The script that a file names, as it is written in a command; null for what only the image has. */
  of(file: string): Source | null;
  /** The same for a file that only another script names. */
  find(file: string): Source | null;
  /** True when there are more than are read. */
  readonly exceeded: boolean;
}

/** More than this many scripts of one devcontainer are not read. */
const MAX_SCRIPTS = 50;

export function readScripts(commands: readonly LifecycleCommand[], context: ScriptContext): Scripts {
  const files = [...new Set(commands.flatMap((command) => command.files))];
  const byFile = new Map<string, Source>();
  const byPath = new Map<string, Source>();
  for (const file of files.slice(0, MAX_SCRIPTS)) {
    const source = scriptSource(file, context);
    if (source === null) continue;
    byFile.set(file, source);
    byPath.set(source.path, source);
  }
  return {
    places: context.places,
    sources: [...byPath.values()],
    of: (file) => byFile.get(file) ?? null,
    find: (file) => byFile.get(file) ?? scriptSource(file, context),
    exceeded: files.length > MAX_SCRIPTS,
  };
}

function scriptSource(file: string, context: ScriptContext): Source | null {
  const path = projectPath(file, context);
  if (path === null) return null;
  const lookup = context.project.read(path);
  return lookup.status === 'read' ? lookup.source : null;
}

function projectPath(file: string, { places, copies, buildContext }: ScriptContext): string | null {
  const inside = `${places.inside}/`;
  const relative = file.startsWith(inside) ? file.slice(inside.length) : file;
  const copy = copies.find(({ source, target }) => isCopy(copiedTo(source, target), file));
  const path = copy === undefined ? hostPath(relative, places.folder) : hostPath(copy.source, buildContext);
  return path.root === 'workspace' ? path.path : null;
}

/** A bare name is looked up in the directories of programs. */
function isCopy(target: string, file: string): boolean {
  return (
    target === file ||
    (!file.includes('/') && /^\/(?:usr\/(?:local\/)?)?s?bin\//.test(target) && target.endsWith(`/${file}`))
  );
}

function copiedTo(source: string, target: string): string {
  return target.endsWith('/') ? target + source.slice(source.lastIndexOf('/') + 1) : target;
}

/** Hooks in their order; what `waitFor` names has run before tools connect, and nothing behind it has. */
const HOOKS: readonly string[] = LIFECYCLE_HOOKS;
/** https://containers.dev/implementors/json_reference/#lifecycle-scripts */
const WAITED_FOR = 'updateContentCommand';
/** Hooks that run when the container is made, and not when it is started again. */
const ONCE = new Set(['onCreateCommand', 'updateContentCommand', 'postCreateCommand']);

/**
 * With a firewall script, what is let through is the script's to say.
 * @param waitFor the property of that name
 */
export function withFirewall(
  spec: ContainerSpec,
  commands: readonly LifecycleCommand[],
  scripts: Scripts,
  waitFor: string | null,
): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known) return spec;
  if (egress.value.kind === 'limited' && egress.value.control.by === 'firewall')
    return forUser(spec, egress.value);
  if (egress.value.kind !== 'open') return spec;
  const budget = startBudget();
  const started = commands
    .filter(mayFilter(scripts))
    .slice(0, MAX_SCRIPTS)
    .map((command) => ({
      ...command,
      started: startedBy(command.text, command.origin.place, scripts.find, budget),
    }));
  const filters = filterCommands(started);
  const set = new Set(filters.map(({ origin }) => origin));
  const hooks = commands.filter(({ origin }) => set.has(origin));
  const [first] = hooks;
  if (first === undefined) return spec;
  const late = HOOKS.indexOf(first.hook) > HOOKS.indexOf(waitFor ?? WAITED_FOR);
  return behindFirewall(spec, started, {
    inside: (file) => insidePath(file, scripts.places),
    find: scripts.find,
    late: late ? { text: first.hook, origin: first.origin } : null,
    once: hooks.every(({ hook }) => ONCE.has(hook)),
    asRoot: first.hook === 'entrypoint',
    ipv6: false,
  });
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

/** The compose file's own command sets the rules; who may take them back is the devcontainer's user to say. */
function forUser(spec: ContainerSpec, egress: Egress & { kind: 'limited' }): ContainerSpec {
  const control = sharedControl(spec, egress.control);
  return {
    ...spec,
    network: {
      ...spec.network,
      egress: { ...spec.network.egress, known: true, value: { kind: 'limited', control } } as Value<Egress>,
    },
  };
}
