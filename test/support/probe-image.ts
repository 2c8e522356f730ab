/** The one image of the tests' engines, made of what this machine has: a shell in one file, and two users. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const IMAGE = 'localhost/probe:1';
/** The name of the container that others name; every other one may be removed at once. */
export const KEPT = 'other';
/** Of busybox-static: the program needs no library. */
const BUSYBOX = '/bin/busybox';

/** A tar archive for `import`; nothing is pulled. */
export function probeArchive(folder: string): Buffer {
  const root = join(folder, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/:/bin/sh\n');
  return spawnSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 2 ** 26 }).stdout;
}

/**
 * The project that lines run in: relative paths and files of the client are read from there. Its parent holds
 * nothing else, as an engine binds directories with its own state in another way.
 */
export function writeProject(folder: string, files: Readonly<Record<string, string>>): string {
  const project = join(folder, 'work/above/project');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(project, path, '..'), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  return project;
}

function isProgram(name: string): boolean {
  const folders = name.startsWith('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Why an engine cannot be tried here; null: nothing speaks against it. */
export function missingFor(programs: readonly string[]): string | null {
  const missing = [...programs, BUSYBOX, 'tar'].filter((name) => !isProgram(name));
  if (missing.length > 0) return `${missing.join(', ')} not installed here`;
  return process.getuid?.() === 0 ? null : 'only root can start it';
}

/** What the client finds in its environment, so that copies of it are known. */
export const HOST_VARIABLES: Readonly<Record<string, string>> = { HOSTVAR: '<host>', HOSTVAR2: '<host>' };

/** Runs `work` over items, some at a time, and keeps the order of the results. */
export async function inTurns<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      const item = items[at];
      if (item !== undefined) results[at] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
