/** `.env` files that say which compose files Compose reads where nothing on the line does. */
import { hostPath } from '../../model/host-path.ts';
import type { FileLookup, Project } from '../../model/project.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import { readEnvFile, variableScope } from './dotenv.ts';
import { directoryOf, isRemote, joinPath } from './files.ts';
import type { Gap } from './loading.ts';
import type { ComposeOptions } from './project.ts';

/** A compose file as it is named. */
export interface NamedFile {
  /** Symbolic. */
  readonly text: string;
  readonly place: Place;
}

export interface FoundFiles {
  readonly files: readonly Source[];
  /** Those that are named and cannot be read. */
  readonly unread: readonly Gap[];
  /** Of these the ones that are not there. */
  readonly missing: readonly Gap[];
}

/** @param directory that relative paths start from; null: they lead out of the project */
export function findFiles(
  named: readonly NamedFile[],
  directory: string | null,
  project: Project,
): FoundFiles {
  const files: Source[] = [];
  const unread: Gap[] = [];
  const missing: Gap[] = [];
  for (const { text, place } of named) {
    const lookup = lookUp(text, directory, project);
    if (lookup.status === 'read') {
      files.push(lookup.source);
      continue;
    }
    const isMissing = lookup.status === 'missing';
    const gap = gapOf(isMissing ? plainName(text, directory) : displayText(text), lookup.why, place);
    unread.push(gap);
    if (isMissing) missing.push(gap);
  }
  return { files, unread, missing };
}

function plainName(text: string, directory: string | null): string {
  const path = hostPath(text, directory ?? '');
  return path.root === 'workspace' ? path.path : text;
}

function lookUp(text: string, directory: string | null, project: Project): FileLookup {
  if (text === '-') return { status: 'remote', why: 'it is read from standard input' };
  if (isRemote(text)) return { status: 'remote', why: 'it is an address, and nothing is fetched' };
  if (!isResolved(text)) return { status: 'outside', why: 'which one it is, is set outside the files' };
  const path = hostPath(text, directory ?? '');
  const relative = directory === null && !/^[/~\uFDD0\uFDD1]/.test(text);
  if (path.root !== 'workspace' || relative) return { status: 'outside', why: 'it lies outside the project' };
  return project.read(path.path);
}

/** A compose file that is not read may change every service of the project. */
export function gapOf(name: string, why: string, place: Place, what = `the compose file ${name}`): Gap {
  return { service: null, what, why, names: [name], mayHide: 'any-setting', kind: 'text', place };
}

/** The separator is a colon, on Windows a semicolon, unless a variable says otherwise (compose-go cli/options.go). */
export function splitFiles(text: string, separator: string | null): string[] {
  const parts = text.split(separator ?? (/;|^[A-Za-z]:[\\/]/.test(text) ? ';' : ':'));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * The project that a bare `docker compose up` starts in the directory of the file or above, where an `.env`
 * there names the file; null: none does.
 */
export function namedByEnvironment(
  source: Source,
  project: Project,
): { readonly files: readonly Source[]; readonly options: ComposeOptions } | null {
  for (const directory of ancestors(directoryOf(project.relative(source)))) {
    const named = environmentChoice(directory, project);
    if (named === null) continue;
    const { files, unread } = findFiles(named, directory, project);
    const [first] = files;
    if (first === undefined || !files.includes(source)) continue;
    const own = directoryOf(project.relative(first));
    return {
      files,
      options: {
        startedIn: directory,
        environmentFiles: [...new Set([joinPath(own, '.env'), joinPath(directory, '.env')])],
        unread,
      },
    };
  }
  return null;
}

function ancestors(directory: string): string[] {
  const found = [directory];
  for (let at = directory; at !== ''; ) {
    at = directoryOf(at);
    found.push(at);
  }
  return found;
}

/** `COMPOSE_FILE` of the `.env` in a directory, or of another env file. */
export function environmentChoice(
  directory: string,
  project: Project,
  file = joinPath(directory, '.env'),
): readonly NamedFile[] | null {
  const lookup = project.read(file);
  if (lookup.status !== 'read' || !lookup.source.text.includes('COMPOSE_FILE')) return null;
  const { source } = lookup;
  const entries = readEnvFile(source, variableScope(directory, [], null), 'compose');
  const last = (name: string): string | null =>
    entries.findLast((entry) => entry.name === name)?.value ?? null;
  const text = last('COMPOSE_FILE');
  if (text === null || text === '') return null;
  const entry = entries.findLast(({ name }) => name === 'COMPOSE_FILE');
  const place = entry?.place ?? placeAt(source, 0, 0);
  return splitFiles(text, last('COMPOSE_PATH_SEPARATOR')).map((part) => ({ text: part, place }));
}
