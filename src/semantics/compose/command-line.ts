/**
 * The project that a line of a script starts: `-f`, `COMPOSE_FILE`, `--project-directory`, `--env-file` and
 * profiles (docker/compose cmd/compose/compose.go, toProjectOptions; compose-go cli/options.go).
 */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place, Source } from '../../source/source.ts';
import { type RunArguments, readFlags } from '../docker/flag-grammar.ts';
import type { EngineCall } from '../docker/run-command.ts';
import { type ScriptContext, usePlace, workingDirectory } from '../docker/run-container.ts';
import { assumptionsOf, conditionsAt, type RunWord, runWorlds } from '../docker/run-worlds.ts';
import { readEnvFile, variableScope } from './dotenv.ts';
import {
  environmentChoice,
  type FoundFiles,
  findFiles,
  gapOf,
  type NamedFile,
  splitFiles,
} from './environment-files.ts';
import { BASE_NAMES, directoryOf, firstPresent, joinPath, OVERRIDE_NAMES } from './files.ts';
import { PROJECT_FLAGS } from './flags.ts';
import type { Gap } from './loading.ts';
import type { ComposeOptions } from './project.ts';

/** One way in which a line can choose its project. */
export interface ProjectChoice {
  /** Base first. */
  readonly files: readonly Source[];
  /** Files, and words that may name some, that cannot be read. */
  readonly unread: readonly Gap[];
  readonly options: ComposeOptions;
  /** Profiles that are switched on; null: it is not known which. */
  readonly profiles: readonly string[] | null;
  /** What must hold for the line to look like this, as clauses. */
  readonly assumes: readonly string[];
}

/** Every project that the line may start, the plainest first; empty where no file is named and none is found. */
export function projectChoices(call: EngineCall, context: ScriptContext): readonly ProjectChoice[] {
  const choices = runWorlds(call.globals, call.command.conditions).flatMap((words) => {
    const choice = choose(call, words, context);
    return choice === null ? [] : [choice];
  });
  const byContent = new Map<string, ProjectChoice>();
  for (const choice of choices) {
    const key = keyOf(choice);
    if (!byContent.has(key)) byContent.set(key, choice);
  }
  return [...byContent.values()];
}

function keyOf({ files, unread, options, profiles }: ProjectChoice): string {
  const { variables = new Map(), directory, startedIn, environmentFiles } = options;
  return JSON.stringify([
    files.map(({ path }) => path),
    unread.map(({ what }) => what),
    [directory, startedIn, environmentFiles, [...variables]],
    profiles,
  ]);
}

interface Line {
  readonly place: Place;
  readonly words: readonly RunWord[];
  readonly flags: RunArguments;
  /** Directory that the line runs in; null: outside the project. */
  readonly directory: string | null;
  readonly shell: ReadonlyMap<string, string>;
  readonly project: Project;
}

function choose(call: EngineCall, words: readonly RunWord[], context: ScriptContext): ProjectChoice | null {
  const { inside, outside } = workingDirectory(call, context);
  const place = usePlace(call);
  const line: Line = {
    place,
    words,
    flags: readFlags(words, PROJECT_FLAGS, { image: false, interspersed: true }),
    directory: outside === null ? inside : null,
    shell: shellVariables(call),
    project: context.project,
  };
  const own = directoryOf(context.project.relative(place.source));
  const first = chooseFrom(line);
  // A script is started from the project's root, or else from where it lies.
  if (first !== null || line.directory !== context.folder || own === line.directory) return first;
  return chooseFrom({ ...line, directory: own });
}

function chooseFrom(line: Line): ProjectChoice | null {
  const { words, flags, directory } = line;
  const environment = givenEnvironment(line);
  const chosen = namedFiles(line) ?? defaultFiles(line, environment);
  if (chosen === null) return null;
  // Files that are made before they are used, or lie on another machine, are nothing to speak of.
  if (chosen.files.length === 0 && (directory === null || chosen.unread.length === chosen.missing.length))
    return null;
  const unread = [
    ...chosen.unread,
    ...flags.unresolved.map(({ text, origin }) => {
      const name = displayText(text);
      const what = `the compose files that ${name} may name`;
      return gapOf(name, 'it is set outside the files', origin.place, what);
    }),
  ];
  const [base] = chosen.files;
  const own = base === undefined ? (directory ?? '') : directoryOf(line.project.relative(base));
  const asked = settingsOf(line, 'project-directory').at(-1)?.text ?? null;
  const home = (asked === null ? null : within(asked, directory)) ?? own;
  const usual = chosen.explicit || directory === null ? [home] : [home, directory];
  const environmentFiles = environment ?? [...new Set(usual)].map((folder) => joinPath(folder, '.env'));
  const conditions = words.flatMap((word) => word.conditions);
  return {
    files: chosen.files,
    unread,
    options: {
      directory: home,
      ...(directory === null ? {} : { startedIn: directory }),
      environmentFiles,
      variables: mentionedIn(chosen.files, line.shell),
      unread,
    },
    profiles: profilesOf(line, environmentFiles),
    assumes: assumptionsOf(conditions),
  };
}

interface Chosen extends FoundFiles {
  /** By `-f`, so that no `.env` beside the shell is read. */
  readonly explicit: boolean;
}

function settingsOf({ flags }: Line, flag: string): NamedFile[] {
  return flags.settings
    .filter((setting) => setting.flag === flag)
    .map(({ value, origin }) => ({ text: value, place: origin.place }));
}

/** `-f` in order. A file that the script adds if it exists, and that does not, is not added. */
function namedFiles(line: Line): Chosen | null {
  const { flags, words, directory, project } = line;
  const named = flags.settings.filter(({ flag }) => flag === 'file');
  if (named.length === 0) return null;
  const wanted = named.filter(({ value, origin }) => {
    const { missing } = findFiles([{ text: value, place: origin.place }], directory, project);
    return missing.length === 0 || conditionsAt(origin, words).length === 0;
  });
  const files = wanted.map(({ value, origin }) => ({ text: value, place: origin.place }));
  return { ...findFiles(files, directory, project), explicit: true };
}

/** `COMPOSE_FILE` of the shell or an env file, else the usual names, here or above. */
function defaultFiles(line: Line, environment: readonly string[] | null): Chosen | null {
  const { shell, directory, project, place } = line;
  const variable = shell.get('COMPOSE_FILE') ?? '';
  if (directory === null) return null;
  if (variable !== '') {
    const parts = splitFiles(variable, shell.get('COMPOSE_PATH_SEPARATOR') ?? null);
    const named = parts.map((text) => ({ text, place }));
    return { ...findFiles(named, directory, project), explicit: false };
  }
  for (const file of environment ?? [joinPath(directory, '.env')]) {
    const named = environmentChoice(directoryOf(file), project, file);
    if (named !== null) return { ...findFiles(named, directory, project), explicit: false };
  }
  for (let at = directory; ; at = directoryOf(at)) {
    const found = usualFiles(at, project);
    if (found.length > 0) return { files: found, unread: [], missing: [], explicit: false };
    if (at === '') return null;
  }
}

function usualFiles(directory: string, project: Project): Source[] {
  const present = project.list(directory);
  const base = firstPresent(present, BASE_NAMES);
  if (base === null) return [];
  return [base, firstPresent(present, OVERRIDE_NAMES)].flatMap((name) => {
    const lookup = name === null ? null : project.read(joinPath(directory, name));
    return lookup?.status === 'read' ? [lookup.source] : [];
  });
}

/** `--env-file` and its like; null: the usual `.env`. */
function givenEnvironment(line: Line): readonly string[] | null {
  const { shell, directory } = line;
  const named = settingsOf(line, 'env-file').map(({ text }) => text);
  const listed = (shell.get('COMPOSE_ENV_FILES') ?? '').split(',').filter((text) => text !== '');
  const given = named.length > 0 ? named : listed;
  if (given.length > 0) return given.flatMap((text) => within(text, directory) ?? []);
  return /^(?:1|t|true)$/i.test(shell.get('COMPOSE_DISABLE_ENV_FILE') ?? '') ? [] : null;
}

function within(text: string, directory: string | null): string | null {
  if (!isResolved(text)) return null;
  const path = hostPath(text, directory ?? '');
  return path.root === 'workspace' && directory !== null ? path.path : null;
}

/** `--profile`, else `COMPOSE_PROFILES`. */
function profilesOf(line: Line, environmentFiles: readonly string[]): readonly string[] | null {
  const named = settingsOf(line, 'profile').map(({ text }) => text);
  const listed = line.shell.get('COMPOSE_PROFILES') ?? fromFiles('COMPOSE_PROFILES', environmentFiles, line);
  const profiles = named.length > 0 ? named : (listed ?? '').split(',').map((text) => text.trim());
  return profiles.every(isResolved) ? profiles.filter((text) => text !== '') : null;
}

function fromFiles(name: string, files: readonly string[], { project }: Line): string | null {
  const values = files.flatMap((file) => {
    const lookup = project.read(file);
    if (lookup.status !== 'read' || !lookup.source.text.includes(name)) return [];
    const entries = readEnvFile(lookup.source, variableScope('', [], null), 'compose');
    return entries.findLast((entry) => entry.name === name)?.value ?? [];
  });
  return values.at(-1) ?? null;
}

/** What the shell hands to Compose: all that it has exported, and through sudo only what stands on the line. */
function shellVariables({ command }: EngineCall): ReadonlyMap<string, string> {
  const own = command.assignments.map(({ name, value }) => [name, value.value] as const);
  const bare = command.wrappers.some(
    ([head, ...options]) =>
      /(?:^|\/)(?:sudo|doas)$/.test(head?.value ?? '') &&
      !options.some(({ value }) => /^(?:-\w*E|--preserve-env)/.test(value)),
  );
  return new Map(bare ? own : [...command.exported, ...own]);
}

/** The variables among these that a file asks for. */
function mentionedIn(
  files: readonly Source[],
  shell: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const asked = new Set(
    files.flatMap(({ text }) => [...text.matchAll(/\$\{?(\w{1,100})/g)].map((match) => match[1] ?? '')),
  );
  return new Map([...shell].filter(([name]) => asked.has(name) && name !== 'PWD' && name !== 'HOME'));
}
