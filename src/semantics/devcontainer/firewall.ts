/** Lifecycle scripts that narrow the network from inside. */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { displayText } from '../../model/symbolic.ts';
import { unknown } from '../../model/value.ts';
import type { Source } from '../../source/source.ts';
import type { DockerfileCopy } from '../docker/dockerfile.ts';
import type { ContainerSpec } from '../docker/spec.ts';
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
  const copy = copies.find(({ source, target }) => copiedTo(source, target) === file);
  const path = copy === undefined ? hostPath(relative, places.folder) : hostPath(copy.source, buildContext);
  return path.root === 'workspace' ? path.path : null;
}

function copiedTo(source: string, target: string): string {
  return target.endsWith('/') ? target + source.slice(source.lastIndexOf('/') + 1) : target;
}

/** The first command that sets up a packet filter, by name or by the text of its script. */
function firewallCommand(commands: readonly LifecycleCommand[], scripts: Scripts): LifecycleCommand | null {
  const setting = new Set(scripts.sources.filter(({ text }) => setsFirewall(text)).map(({ path }) => path));
  const found = commands.find(
    ({ text, files }) =>
      namesFirewall(text) || files.some((file) => setting.has(scripts.of(file)?.path ?? '')),
  );
  return found ?? null;
}

/** Without NET_ADMIN a packet filter cannot be set (capabilities(7)). */
function canFilter({ capAdd, privileged }: ContainerSpec): boolean {
  if (privileged.known && privileged.value) return true;
  return capAdd.some(({ text }) => /^(?:CAP_)?(?:NET_ADMIN|ALL)$/i.test(text));
}

/** With a firewall script, what is let through is the script's to say. */
export function withFirewall(
  spec: ContainerSpec,
  commands: readonly LifecycleCommand[],
  scripts: Scripts,
): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open' || !canFilter(spec)) return spec;
  const command = firewallCommand(commands, scripts);
  if (command === null) return spec;
  const why = 'a firewall script decides what is let through';
  const shown = displayText(command.text);
  const decided = unknown(shown, why, command.files.map(displayText), command.origin);
  return { ...spec, network: { ...spec.network, egress: decided } };
}
