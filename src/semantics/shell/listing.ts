/** Files of the project that a pattern names: what a loop over them sources is part of the script. */
import { isResolved } from '../../model/symbolic.ts';
import { type Command, forEachChild, type SyntaxNode } from '../../syntax/shell.ts';
import type { Field } from './fields.ts';
import { matchesPattern, parsePattern } from './pattern.ts';
import type { Run } from './state.ts';
import { piece } from './value.ts';

/** More entries are data. */
const MAX_FILES = 64;
const WILD = /[*?[]/;

/** Paths that match, in order; null where the folder is none of the project, or they are too many. */
export function listed(run: Run, pattern: string): readonly string[] | null {
  const list = run.options.list;
  if (list === undefined || !isResolved(pattern)) return null;
  let found: string[] = [''];
  for (const segment of pattern.split(/(?<=\/)/)) {
    const name = segment.replace(/\/$/, '');
    const slash = segment.slice(name.length);
    found = found.flatMap((before) =>
      WILD.test(name) ? matching(list(before), name).map((one) => before + one + slash) : [before + segment],
    );
    if (found.length > MAX_FILES) return null;
  }
  return found;
}

function matching(names: readonly string[], pattern: string): string[] {
  const parsed = parsePattern(pattern);
  if (parsed === null) return [];
  const visible = names.filter((name) => !name.startsWith('.') || pattern.startsWith('.'));
  return visible.filter((name) => matchesPattern(parsed, [...name])).toSorted();
}

/** The words of a loop whose body sources files: a pattern is the files that it names. */
export function sourcedFields(run: Run, fields: readonly Field[], body: SyntaxNode): readonly Field[] {
  if (!fields.some((field) => patternOf(field) !== null) || !sources(body)) return fields;
  return fields.flatMap((field) => {
    const pattern = patternOf(field);
    const files = pattern === null ? null : listed(run, pattern);
    if (files === null || files.length === 0) return [field];
    return files.map((file) => ({ ...field, many: false, quoted: true, pieces: [piece(file, field.place)] }));
  });
}

function patternOf({ pieces: [only, ...others], many }: Field): string | null {
  return many && others.length === 0 ? (only?.pattern ?? null) : null;
}

function sources(node: SyntaxNode): boolean {
  let found = isSource(node);
  forEachChild(node, (child) => {
    found ||= sources(child);
  });
  return found;
}

function isSource(node: SyntaxNode): node is Command {
  return node.type === 'Command' && (node.name?.text === '.' || node.name?.text === 'source');
}
