/** Who may import whom, and what nothing of ours may do: checked on the text of every file. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function filesBelow(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

const FILES = [...filesBelow('src'), ...filesBelow('rules')];
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** The layer of a file: the folder below src, `rules`, or the file itself for the entries. */
function layerOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] === 'rules') return 'rules';
  return parts.length === 2 ? 'entry' : (parts[1] ?? '');
}

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  source: [],
  knowledge: ['model'],
  model: ['source', 'knowledge'],
  syntax: ['source'],
  semantics: ['syntax', 'model', 'knowledge', 'source'],
  frontends: ['semantics', 'syntax', 'model', 'source'],
  rules: ['model', 'knowledge'],
  reach: ['model', 'knowledge'],
  engine: ['frontends', 'rules', 'reach', 'model', 'source', 'report', 'knowledge'],
  report: ['model', 'source', 'knowledge'],
  cli: ['engine', 'report', 'model', 'source', 'frontends', 'rules'],
  entry: ['engine', 'report', 'model', 'source', 'frontends', 'rules', 'cli'],
};

/** Imports that carry nothing into the running program are free of the knowledge arrow's direction. */
const TYPES_ONLY: ReadonlySet<string> = new Set(['knowledge->model']);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = TEXTS.get(file) ?? '';
  const found: Import[] = [];
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/gm,
  );
  for (const match of statements) {
    const specifier = match[2] ?? match[3] ?? '';
    if (!specifier.startsWith('.')) continue;
    const to = relative(ROOT, resolve(ROOT, dirname(file), specifier)).replaceAll('\\', '/');
    found.push({ from: file, to, typeOnly: match[1] !== undefined });
  }
  return found;
}

describe('layers', () => {
  it('only point down', () => {
    const wrong = FILES.flatMap(importsOf).filter(({ from, to, typeOnly }) => {
      const [a, b] = [layerOf(from), layerOf(to)];
      if (a === b) return a === 'frontends' && folderOf(from) !== folderOf(to) && isFrontendFolder(from, to);
      if (TYPES_ONLY.has(`${a}->${b}`)) return !typeOnly;
      return !(MAY_IMPORT[a] ?? []).includes(b);
    });
    expect(wrong).toEqual([]);
  });

  it('have no cycles between folders; an interpreter may call itself within its own', () => {
    const graph = new Map(
      FILES.map((file) => [
        file,
        importsOf(file)
          .filter((i) => !i.typeOnly)
          .map((i) => i.to),
      ]),
    );
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      const cycle = way.includes(file) ? way.slice(way.indexOf(file)) : [];
      if (new Set(cycle.map(dirname)).size > 1) cycles.push([...cycle, file].join(' -> '));
      if (done.has(file) || way.includes(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
      done.add(file);
    };
    for (const file of FILES) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

function folderOf(file: string): string {
  return file.split('/').slice(0, 3).join('/');
}

/** The contract and the table of contents stand above the formats' folders. */
function isFrontendFolder(from: string, to: string): boolean {
  return from.split('/').length > 3 && to.split('/').length > 3;
}

describe('nothing of ours', () => {
  const importers = (name: string): string[] =>
    FILES.filter((file) =>
      new RegExp(`from '(?:node:)?${name}'|import\\('(?:node:)?${name}'\\)`).test(TEXTS.get(file) ?? ''),
    );

  it.each(['child_process', 'net', 'http', 'https', 'dgram', 'dns', 'tls', 'vm', 'worker_threads'])(
    'imports %s',
    (name) => {
      expect(importers(name)).toEqual([]);
    },
  );

  it('touches the disk outside the named places', () => {
    expect([...importers('fs'), ...importers('fs/promises')].sort()).toEqual(FS_FILES);
  });

  it('evaluates text or imports a computed name', () => {
    const forbidden = /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(|\bimport\(\s*(?!')/;
    const code = (file: string): string =>
      (TEXTS.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|\/\/.*$|`[^`]*`|'[^'\n]*'/gm, (text) =>
        text.startsWith("'") ? "''" : '',
      );
    const literalImports = (file: string): string => code(file).replace(/import\(\s*''\s*\)/g, '');
    expect(FILES.filter((file) => forbidden.test(literalImports(file)))).toEqual([]);
  });

  it('prints or exits, the command line aside', () => {
    const prints = /\bconsole\.|process\.(?:stdout|stderr|exit)/;
    expect(FILES.filter((file) => prints.test(TEXTS.get(file) ?? ''))).toEqual(['src/cli.ts']);
  });
});

const FS_FILES = ['src/cli.ts', 'src/engine/file-reader.ts', 'src/engine/pages.ts'];

describe('size', () => {
  it('stays readable: 320 lines a file, 600 for parsers, interpreters and tables, 120 for rules', () => {
    const limit = (file: string): number => {
      if (file === 'rules/index.ts') return 600;
      if (file.startsWith('rules/')) return 120;
      return /^src\/(?:syntax|knowledge|semantics\/shell)\//.test(file) ? 600 : 320;
    };
    const long = FILES.map((file) => [file, (TEXTS.get(file) ?? '').split('\n').length] as const)
      .filter(([file, lines]) => lines > limit(file))
      .map(([file, lines]) => `${file}: ${lines}`);
    expect(long).toEqual([]);
  });
});
