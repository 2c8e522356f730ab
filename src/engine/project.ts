/** Answers what definitions ask about other files of their project. */
import { join, relative, resolve } from 'node:path';
import type { FileLookup, Project } from '../model/project.ts';
import { createSource, type Source } from '../source/source.ts';
import { toSlash } from './discover.ts';
import { existsInside, listInside, readInside } from './file-reader.ts';

/** All reads of one run: a file is read once, and one path is one Source. */
export interface Library {
  /** The project that holds an absolute path: the git repository, or else the scanned root. */
  projectFor(path: string, root: string): Project;
  load(path: string, root: string): FileLookup;
  /** Puts a text in place of a file's content (standard input). */
  provide(path: string, text: string): Source;
}

export function createLibrary(cwd: string): Library {
  const lookups = new Map<string, FileLookup>();
  const projects = new Map<string, Project>();

  const load = (path: string, root: string): FileLookup => {
    const seen = lookups.get(path);
    if (seen !== undefined) return seen;
    const result = readInside(root, path);
    const lookup: FileLookup =
      result.status === 'read'
        ? { status: 'read', source: createSource(toSlash(relative(cwd, path)), result.text) }
        : result;
    lookups.set(path, lookup);
    return lookup;
  };

  return {
    load,
    provide(path, text) {
      const source = createSource(toSlash(relative(cwd, path)), text);
      lookups.set(path, { status: 'read', source });
      return source;
    },
    projectFor(path, root) {
      const home = repositoryOf(path, root);
      const known = projects.get(home);
      if (known !== undefined) return known;
      const project = createProject(home, root, cwd, load);
      projects.set(home, project);
      return project;
    },
  };
}

/** The nearest directory above that holds `.git`, not climbing out of the root. */
function repositoryOf(path: string, root: string): string {
  for (let at = resolve(path, '..'); ; at = resolve(at, '..')) {
    if (existsInside(root, join(at, '.git'))) return at;
    if (at === root || at === resolve(at, '..')) return root;
  }
}

const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|oci:)/i;

function createProject(
  home: string,
  root: string,
  cwd: string,
  load: (path: string, root: string) => FileLookup,
): Project {
  return {
    read(path) {
      if (REMOTE.test(path)) return { status: 'remote', why: 'it is an address, and nothing is fetched' };
      if (path.includes('\0')) return { status: 'missing', why: 'its name holds a NUL' };
      return load(resolve(home, path), root);
    },
    exists: (path) => !REMOTE.test(path) && !path.includes('\0') && existsInside(root, resolve(home, path)),
    list: (path) => listInside(root, resolve(home, path)).map((entry) => entry.name),
    relative: (source) => toSlash(relative(home, resolve(cwd, source.path))),
  };
}
