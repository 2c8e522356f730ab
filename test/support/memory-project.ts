/** A project whose files stand in the test. */
import type { FileLookup, Project } from '../../src/model/project.ts';
import { createSource, type Source } from '../../src/source/source.ts';

export interface MemoryProject extends Project {
  /** The source of a file of the project; throws when the test names none. */
  source(path: string): Source;
  /** Every path that was asked for, in order. */
  readonly asked: readonly string[];
}

function normal(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** @param files texts by path, relative to the project's root */
export function memoryProject(files: Readonly<Record<string, string>>): MemoryProject {
  const sources = new Map(Object.entries(files).map(([path, text]) => [path, createSource(path, text)]));
  const asked: string[] = [];
  const read = (path: string): FileLookup => {
    asked.push(path);
    const inside = normal(path);
    if (inside === null) return { status: 'outside', why: 'it lies outside the scanned directory' };
    const source = sources.get(inside);
    return source === undefined
      ? { status: 'missing', why: 'there is no such file' }
      : { status: 'read', source };
  };
  return {
    read,
    asked,
    exists: (path) => sources.has(normal(path) ?? '..'),
    list(path) {
      const prefix = normal(path) ? `${normal(path)}/` : '';
      const below = [...sources.keys()].filter((name) => name.startsWith(prefix));
      return [...new Set(below.map((name) => name.slice(prefix.length).split('/')[0] ?? ''))];
    },
    relative: (source) => source.path,
    source(path) {
      const source = sources.get(path);
      if (source === undefined) throw new Error(`the test has no file ${path}`);
      return source;
    },
  };
}
