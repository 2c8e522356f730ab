/** A file of the project that a command line names. */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import type { Source } from '../../source/source.ts';
import { settledText } from './script-path.ts';

/**
 * @param text symbolic
 * @param folder of the script, relative to the project's root: where it starts from is one of the two
 * @returns what could not be had, and why, as something that may hide any setting
 */
export function namedFile(
  text: string,
  {
    project,
    folder,
    origin,
  }: { readonly project: Project; readonly folder: string; readonly origin: Origin },
): Source | Unresolved {
  const what = displayText(text);
  let why = 'it lies outside the project';
  let names: readonly string[] = [what];
  for (const base of new Set(['', folder])) {
    const path = hostPath(settledText(text), base);
    if (path.root === 'unknown') {
      why = `${path.names.map((name) => `$${name}`).join(', ') || 'it'} is not set in any scanned file`;
      names = path.names;
    }
    const lookup = path.root === 'workspace' ? project.read(path.path) : null;
    if (lookup?.status === 'read') return lookup.source;
    why = lookup?.why ?? why;
  }
  return { what, why, names, mayHide: 'any-setting', origin, kind: 'text' };
}

export function isSource(found: Source | Unresolved): found is Source {
  return 'lineStarts' in found;
}

/** The directory of a script. */
export function folderOf(source: Source, project: Project): string {
  return project.relative(source).replace(/\/?[^/]*$/, '');
}
