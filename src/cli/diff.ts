/** `sandbox-audit diff`: two audits and what lies between them. Nothing is printed here. */
import { dirname, resolve } from 'node:path';
import { type AuditRequest, audit } from '../engine/audit.ts';
import { difference } from '../engine/diff.ts';
import type { Difference, DifferenceSide } from '../report/difference.ts';
import { UsageError } from './usage.ts';

export type PathKind = 'file' | 'directory' | null;

/**
 * @throws UsageError when there are not two paths, or one of them does not exist
 */
export function compare(
  paths: readonly string[],
  base: Omit<AuditRequest, 'paths' | 'stdin'>,
  kindOf: (path: string) => PathKind,
): Difference {
  const [old, after, ...more] = paths;
  if (old === undefined || after === undefined || more.length > 0) {
    throw new UsageError('diff takes two directories or files: the old one and the new one');
  }
  const side = (path: string): DifferenceSide => {
    const kind = kindOf(path);
    if (kind === null) throw new UsageError(`${path}: no such file or directory`);
    const shown = path.replaceAll('\\', '/');
    const directory = kind === 'directory' ? shown.replace(/\/+$/, '') : dirname(shown);
    const name = kind === 'directory' ? '.' : shown.slice(shown.lastIndexOf('/') + 1);
    const prefix = directory === '.' ? '' : `${directory}/`;
    const cwd = resolve(base.cwd, directory === '' ? '/' : directory);
    const file = kind === 'directory' ? null : name;
    return { path, file, prefix, report: audit({ ...base, cwd, paths: [name] }) };
  };
  return difference(side(old), side(after));
}

/** Grown before unread, as findings are. */
export function diffExitCode({ grew, old, new: after }: Difference): 0 | 1 | 3 {
  if (grew) return 1;
  const unread = [old, after].some(({ report }) =>
    report.files.some(({ status }) => status === 'failed' || status === 'partial'),
  );
  return unread ? 3 : 0;
}
