/** Command lines of one program in a script, each as a sandbox with a name of its own. */
import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { DefinitionFile, Sandbox } from '../../model/sandbox.ts';
import type { Place, Source } from '../../source/source.ts';
import { isScriptPath, scriptCommands } from '../scripts/script-commands.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { placeNames } from './place-names.ts';
import { probeNote } from './probe.ts';

export interface LaunchIdentity {
  readonly id: string;
  readonly name: string;
  readonly definition: readonly DefinitionFile[];
}

/** A command that starts something inside a sandbox. */
export interface Launch {
  readonly place: Place;
  build(identity: LaunchIdentity): Sandbox;
  /** What runs inside, where the script only tries whether the sandbox works. */
  readonly probe?: string | null;
  /** Ids of sandboxes of other files that this one stands for. */
  readonly absorbs?: readonly string[];
  /** Other files that were read for it. */
  readonly consulted?: readonly Source[];
}

export interface ScriptContext {
  readonly source: Source;
  readonly project: Project;
  /** All commands of the script. */
  readonly commands: readonly ShellCommand[];
  /** Those before the command at hand. */
  readonly before: readonly ShellCommand[];
}

export interface LaunchReading {
  readonly sandboxes: readonly Sandbox[];
  readonly diagnostics: readonly {
    readonly message: string;
    readonly place: Place;
    readonly severity: 'error' | 'limit' | 'note';
  }[];
  readonly ours: boolean;
  readonly absorbs: readonly string[];
  readonly consulted: readonly string[];
}

export interface LaunchFinder {
  /** The program's name: `unshare`. */
  readonly word: string;
  find(command: ShellCommand, context: ScriptContext): Launch | null;
}

/** Whether a file of this name may hold command lines of the host. */
export function mayLaunch(path: string): 'maybe' | 'no' {
  return isScriptPath(path) === 'no' ? 'no' : 'maybe';
}

/** These run inside a container, which is the sandbox then. */
const IN_CONTAINERS: ReadonlySet<string> = new Set(['dockerfile', 'compose', 'devcontainer']);
const ENTRY_POINT = /(?:^|[-_./])(?:docker-)?entry-?point(?:[-_.]|$)/i;

/** Scripts that are called as the start commands of images are. */
export function startsContainer(path: string): boolean {
  return ENTRY_POINT.test(path);
}

/** Never throws. A script without such a command, or with nothing of it to be read, is not `ours`. */
export function readLaunches(source: Source, project: Project, finder: LaunchFinder): LaunchReading {
  const { kind, commands, problems, consulted } = scriptCommands(source, project);
  const found = IN_CONTAINERS.has(kind) ? [] : launchesOf(commands, { source, project }, finder);
  const launches = found.filter(({ probe = null }) => probe === null);
  const names = placeNames(
    finder.word,
    launches.map(({ place }) => place),
  );
  const sandboxes = launches.map((launch, index) => {
    const { name, id } = names[index] ?? { name: finder.word, id: finder.word };
    const definition = definitionOf(launch, source, project);
    return launch.build({ id: `${source.path}#${id}`, name, definition });
  });
  return {
    sandboxes,
    diagnostics: [
      ...problems.map(({ message, place, severity }) => ({ message, place, severity })),
      ...found.flatMap(({ probe = null, place }) => (probe === null ? [] : [probeNote(probe, place)])),
    ],
    ours: found.length > 0,
    absorbs: launches.flatMap(({ absorbs = [] }) => absorbs),
    consulted: [
      ...consulted,
      ...launches.flatMap(({ consulted: files = [] }) => files.map(({ path }) => path)),
    ],
  };
}

/** A function that is called twice in the same way is one sandbox. */
function launchesOf(
  commands: readonly ShellCommand[],
  file: Pick<ScriptContext, 'source' | 'project'>,
  finder: LaunchFinder,
): readonly Launch[] {
  const seen = new Map<string, Launch>();
  for (const [index, command] of commands.entries()) {
    const launch = finder.find(command, { ...file, commands, before: commands.slice(0, index) });
    if (launch === null) continue;
    const { source, span } = launch.place;
    const words = [...command.wrappers.flat(), ...command.words].map(({ value }) => value);
    const key = `${source.path}:${span.start}\n${words.join('\n')}`;
    if (!seen.has(key)) seen.set(key, launch);
  }
  return [...seen.values()];
}

function definitionOf({ place, consulted = [] }: Launch, source: Source, project: Project): DefinitionFile[] {
  const files = new Map([source, place.source, ...consulted].map((file) => [file.path, file]));
  return [...files.values()].map((file) => ({
    path: file.path,
    host: workspacePath(project.relative(file)),
  }));
}
