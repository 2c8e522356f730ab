/**
 * Where commands are found: shell scripts, makefiles, justfiles, npm scripts, workflow steps, and what compose
 * files, devcontainers and Dockerfiles run. One reading a file, whatever asks for it.
 */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { type MappedText, plainText } from '../../source/mapped.ts';
import { type Source, sliceOf } from '../../source/source.ts';
import type { ShellComment } from '../../syntax/shell.ts';
import type { ShellCommand, ShellProblem, ShellReading, ShellRedirection } from '../shell/reading.ts';
import { shellCommands } from '../shell/shell-commands.ts';
import {
  composeScripts,
  dockerfileScripts,
  lifecycleScripts,
  packageScripts,
  workflowScripts,
} from './embedded-scripts.ts';
import { justfileScripts } from './justfile.ts';
import { makefileScripts } from './makefile.ts';
import { NO_TEXTS, type ScriptTexts } from './script-text.ts';

export type ScriptKind =
  | 'shell'
  | 'makefile'
  | 'justfile'
  | 'package'
  | 'workflow'
  | 'compose'
  | 'devcontainer'
  | 'dockerfile'
  /** Nothing that holds commands. */
  | 'none';

export interface ScriptReading {
  readonly kind: ScriptKind;
  /** Directory that the commands start in, relative to the project's root. */
  readonly folder: string;
  /** In the order in which they stand in the file, of each text in the order in which they would run. */
  readonly commands: readonly ShellCommand[];
  readonly problems: readonly ShellProblem[];
  readonly comments: readonly ShellComment[];
  /** Paths (as in Source) of scripts that were sourced, makefiles that were included. */
  readonly consulted: readonly string[];
}

const READINGS = new WeakMap<Source, ScriptReading>();

/** Every command that a file could run. Never throws; a second call for the same Source costs nothing. */
export function scriptCommands(source: Source, project: Project): ScriptReading {
  const known = READINGS.get(source);
  if (known !== undefined) return known;
  const reading = readScript(source, project);
  READINGS.set(source, reading);
  return reading;
}

/** Texts of one file that are read; a workflow of more steps than that is none that people wrote. */
const MAX_TEXTS = 2_000;

function readScript(source: Source, project: Project): ScriptReading {
  const kind = scriptKind(source);
  const consulted = new Set<string>();
  const path = project.relative(source);
  const include = (file: string): Source | null => {
    const found = lookUp(file, directoryOf(path), project);
    if (found !== null) consulted.add(found.path);
    return found;
  };
  const { texts, problems, comments } = textsOf(source, kind, path, include);
  const readings = texts.slice(0, MAX_TEXTS).map(({ text, environment }) =>
    shellCommands(text, {
      environment,
      files: (file) => sourced(file, include),
      list: (folder) => entries(folder, directoryOf(path), project),
    }),
  );
  const ownFolder = kind === 'makefile' || kind === 'justfile' || kind === 'package';
  return {
    kind,
    folder: ownFolder ? directoryOf(path) : '',
    commands: readings.flatMap(withOwnPipes),
    problems: [
      ...problems.map(
        (one): ShellProblem => ({ ...one, kind: one.severity === 'limit' ? 'limit' : 'syntax' }),
      ),
      ...readings.flatMap((reading) => reading.problems),
    ],
    comments: [
      ...comments.map((place) => ({ place, text: sliceOf(place) })),
      ...readings.flatMap((reading) => reading.comments),
    ],
    consulted: [...consulted],
  };
}

function textsOf(
  source: Source,
  kind: ScriptKind,
  path: string,
  include: (file: string) => Source | null,
): ScriptTexts {
  const root = new Map([['PWD', WORKSPACE_SYMBOL]]);
  const own = new Map([['PWD', folderOf(path)]]);
  switch (kind) {
    case 'shell':
      return { ...NO_TEXTS, texts: [{ text: plainText(source), environment: root }] };
    case 'makefile':
      return makefileScripts(source, own, include);
    case 'justfile':
      return justfileScripts(source, own);
    case 'package':
      return packageScripts(source, own);
    case 'workflow':
      return workflowScripts(source, root);
    case 'compose':
      return composeScripts(source, root);
    case 'devcontainer':
      return lifecycleScripts(source, root);
    case 'dockerfile':
      return dockerfileScripts(source, root);
    case 'none':
      return NO_TEXTS;
  }
}

function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function folderOf(path: string): string {
  const directory = directoryOf(path);
  return directory === '' ? WORKSPACE_SYMBOL : `${WORKSPACE_SYMBOL}/${directory}`;
}

/** A path as a script writes it: from where a project's scripts are started, or else from the script itself. */
function lookUp(file: string, directory: string, project: Project): Source | null {
  for (const base of new Set(['', directory])) {
    const path = hostPath(file, base);
    if (path.root !== 'workspace') return null;
    const lookup = project.read(path.path);
    if (lookup.status === 'read') return lookup.source;
  }
  return null;
}

function entries(folder: string, directory: string, project: Project): readonly string[] {
  for (const base of new Set(['', directory])) {
    const path = hostPath(folder === '' ? '.' : folder, base);
    const names = path.root === 'workspace' ? project.list(path.path) : [];
    if (names.length > 0) return names;
  }
  return [];
}

function sourced(file: string, include: (file: string) => Source | null): MappedText | null {
  const found = include(file);
  return found === null ? null : plainText(found);
}

/** Apart for each text: the ids of one reading start where those of the other do. */
const PIPES_PER_TEXT = 1_000_000;

function withOwnPipes({ commands }: ShellReading, index: number): readonly ShellCommand[] {
  if (index === 0) return commands;
  const base = index * PIPES_PER_TEXT;
  const own = (redirection: ShellRedirection): ShellRedirection =>
    redirection.pipe === undefined ? redirection : { ...redirection, pipe: redirection.pipe + base };
  return commands.map((command) => ({
    ...command,
    pipe: command.pipe === null ? null : { ...command.pipe, id: command.pipe.id + base },
    redirections: command.redirections.map(own),
  }));
}

const SHELL_NAME =
  /\.(?:sh|bash|zsh|ksh|command|bats|envrc)$|^\.(?:envrc|bashrc|zshrc|profile|bash_profile|zprofile|bash_aliases|aliases)$/i;
const MAKEFILE_NAME = /^(?:GNU)?makefile(?:\..+)?$|\.(?:mk|mak|make)$/i;
const JUSTFILE_NAME = /^\.?justfile$|\.just$/i;
const WORKFLOW_PATH = /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/i;
const COMPOSE_NAME = /^(?:docker-)?compose(?:[.-].+)?\.ya?ml$|compose.*\.ya?ml$/i;
const DEVCONTAINER_NAME = /devcontainer\.jsonc?$/i;
const DOCKERFILE_NAME = /^(?:docker|container)file(?:\..+)?$|\.(?:docker|container)file$/i;

/** By name, and where the name tells nothing by the first line. */
function scriptKind(source: Source): ScriptKind {
  const named = kindOfPath(source.path);
  if (named !== null) return named;
  const [line] = source.text.slice(0, 200).split('\n', 1);
  return /^\uFEFF?#!.*\b(?:ba|z|da|k|a)?sh\b/.test(line ?? '') ? 'shell' : 'none';
}

function kindOfPath(path: string): ScriptKind | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (SHELL_NAME.test(name)) return 'shell';
  if (MAKEFILE_NAME.test(name)) return 'makefile';
  if (JUSTFILE_NAME.test(name)) return 'justfile';
  if (name === 'package.json') return 'package';
  if (WORKFLOW_PATH.test(path)) return 'workflow';
  if (COMPOSE_NAME.test(name)) return 'compose';
  if (DEVCONTAINER_NAME.test(name)) return 'devcontainer';
  return DOCKERFILE_NAME.test(name) ? 'dockerfile' : null;
}

/**
 * Whether a file of this name can hold commands. `maybe`: its text must tell, as every format here holds
 * other things besides; a name without an ending may be that of a script with a shebang.
 */
export function isScriptPath(path: string): 'yes' | 'maybe' | 'no' {
  const kind = kindOfPath(path);
  if (kind !== null) return kind === 'shell' ? 'yes' : 'maybe';
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^[^.]+$/.test(name) ? 'maybe' : 'no';
}

/**
 * Whether one of the words stands in a text as a word of its own: `docker`, but not `docker-compose.yml`.
 * Cheap, for deciding whether a file is worth a reading.
 */
export function mentions(text: string, words: readonly string[]): boolean {
  return words.some((word) => {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
      const before = text[at - 1] ?? ' ';
      const after = text[at + word.length] ?? ' ';
      if (!/[\w-]/.test(before) && !/[\w.-]/.test(after)) return true;
    }
    return false;
  });
}
