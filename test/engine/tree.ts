/** A directory tree on the disk, gone after the test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { audit } from '../../src/engine/audit.ts';
import { FRONTENDS } from '../../src/frontends/index.ts';
import type { Report } from '../../src/report/report.ts';

const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/**
 * @param files contents by path; `-> target` makes a link, a path that ends with `/` a directory
 * @returns the absolute path of the tree
 */
export function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tree-')));
  made.push(root);
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (path.endsWith('/')) continue;
    if (typeof content === 'string' && content.startsWith('-> ')) symlinkSync(content.slice(3), full);
    else writeFileSync(full, content);
  }
  return root;
}

export function auditTree(cwd: string, ...paths: readonly string[]): Report {
  const tool = { name: 'sandbox-audit', version: '0.0.0' };
  return audit({ paths: paths.length === 0 ? ['.'] : paths, cwd, tool, frontends: FRONTENDS, rules: RULES });
}
