/** What the package carries beside its code: the pages of the rules, and its own version. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_NAME = 'sandbox-audit';

export interface Package {
  /** Absolute path of its directory. */
  readonly root: string;
  readonly version: string;
}

/**
 * The package that this file is part of, as source and as bundle alike: the nearest directory above whose
 * `package.json` has its name.
 * @throws Error where there is none: the installation is broken
 */
export function ownPackage(from: string = fileURLToPath(import.meta.url)): Package {
  for (let at = dirname(from); ; at = dirname(at)) {
    const version = versionIn(at);
    if (version !== null) return { root: at, version };
    if (at === dirname(at)) throw new Error(`no package.json of ${PACKAGE_NAME} above ${from}`);
  }
}

function versionIn(directory: string): string | null {
  try {
    const content: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    if (typeof content !== 'object' || content === null) return null;
    const { name, version } = content as { name?: unknown; version?: unknown };
    return name === PACKAGE_NAME && typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}

/**
 * The page of a rule, as Markdown; null where the package has none.
 * @param id of a rule that exists: it becomes part of a path
 */
export function rulePage(id: string, root: string): string | null {
  try {
    return readFileSync(join(root, 'rules', `${id}.md`), 'utf8');
  } catch {
    return null;
  }
}

export function rulePages(ids: readonly string[], root: string): Map<string, string> {
  const pages = new Map<string, string>();
  for (const id of ids) {
    const page = rulePage(id, root);
    if (page !== null) pages.set(id, page);
  }
  return pages;
}
