/** podman with storage of the tests' own; it has no daemon. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { guardedFolder } from './guarded-folder.ts';
import type { PodmanInspection } from './podman-facts.ts';
import { HOST_VARIABLES, IMAGE, inTurns, missingFor, probeArchive, writeProject } from './probe-image.ts';

export const podmanMissing: string | null = missingFor(['podman']);

export interface PodmanEngine {
  /** Major version. */
  readonly client: number;
  readonly project: string;
  /** What podman says of the container of each line; or why it refuses the line. */
  createAll(lines: readonly (readonly string[])[]): Promise<readonly (PodmanInspection | string)[]>;
  stop(): Promise<void>;
}

/** What the distribution says, such as the capabilities of a container: without it podman's program decides. */
function readDistribution(): string {
  const path = ['/etc', '/usr/share'].map((place) => `${place}/containers/containers.conf`).find(existsSync);
  return path === undefined ? '' : readFileSync(path, 'utf8');
}

/** Locks in shared memory, podman's default, are few, and outlive the storage that they are for. */
function withFileLocks(conf: string): string {
  const lock = '[engine]\nlock_type = "file"\n';
  return /^\[engine\]$/m.test(conf) ? conf.replace(/^\[engine\]$/m, lock) : `${conf}\n${lock}`;
}

const execute = promisify(execFile);
const GLOBALS = ['--storage-driver=vfs', '--cgroup-manager=cgroupfs', '--events-backend=none'];
/** Two processors, and each call waits for the storage's lock. */
const WIDTH = 3;

/**
 * @param before lines behind `create` for containers that others name
 * @returns podman, or why the machine lets it make nothing
 */
export async function startPodman(
  files: Readonly<Record<string, string>>,
  before: readonly (readonly string[])[],
): Promise<PodmanEngine | string> {
  // podman has no daemon: the guard only waits.
  const folder = guardedFolder(() => ['sleep', 'infinity']);
  const state = join(folder.path, 'state');
  const conf = join(folder.path, 'containers.conf');
  writeFileSync(conf, withFileLocks(readDistribution()));
  const env = { ...HOST_VARIABLES, PATH: process.env.PATH ?? '', HOME: '/root', CONTAINERS_CONF: conf };
  const project = writeProject(folder.path, files);
  const options = { cwd: project, env, maxBuffer: 2 ** 28 };
  const globals = [
    '--root',
    `${state}/root`,
    '--runroot',
    `${state}/run`,
    '--tmpdir',
    `${state}/tmp`,
    ...GLOBALS,
  ];
  const input = probeArchive(folder.path);
  const made = spawnSync('podman', [...globals, 'import', '-', IMAGE], { env, input });
  if (made.status !== 0) {
    await folder.remove();
    return `podman takes no image here: ${made.stderr}`;
  }
  const podman = async (words: readonly string[]): Promise<string> =>
    (await execute('podman', [...globals, ...words], options)).stdout;
  for (const words of before) spawnSync('podman', [...globals, 'create', ...words], options);
  const version = spawnSync('podman', ['--version'], { encoding: 'utf8' }).stdout;
  return {
    client: Number(/version (\d+)\./.exec(version)?.[1] ?? 0),
    project,
    createAll: (lines) => createAll(lines, podman),
    stop: () => folder.remove(),
  };
}

async function createAll(
  lines: readonly (readonly string[])[],
  podman: (words: readonly string[]) => Promise<string>,
): Promise<readonly (PodmanInspection | string)[]> {
  const made = await inTurns(lines, WIDTH, async (words) => {
    try {
      const output = await podman(['create', '--pull=never', ...words]);
      return { id: output.trim().split('\n').at(-1) ?? '', refusal: '' };
    } catch (error) {
      return { id: '', refusal: String(error instanceof Error && 'stderr' in error ? error.stderr : error) };
    }
  });
  const ids = made.flatMap(({ id }) => (id === '' ? [] : [id]));
  const text = ids.length === 0 ? '[]' : await podman(['inspect', ...ids]);
  const shown = JSON.parse(text) as readonly PodmanInspection[];
  const byId = new Map(shown.map((container) => [container.Id, container]));
  return made.map(({ id, refusal }) => byId.get(id) ?? refusal);
}
