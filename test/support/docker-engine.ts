/** A Docker engine of the tests' own: its state in a temporary folder, its one image made on the spot. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DockerInspection } from './docker-facts.ts';
import { type GuardedFolder, guardedFolder } from './guarded-folder.ts';
import { HOST_VARIABLES, IMAGE, KEPT, missingFor, probeArchive, writeProject } from './probe-image.ts';

export const dockerMissing: string | null = missingFor(['dockerd', 'docker']);

export interface Created {
  /** What the engine says of it, or null where it refuses the line. */
  readonly container: DockerInspection | null;
  readonly refusal: string;
}

export interface DockerEngine {
  /** Major version of the client. */
  readonly client: number;
  /** Directory that the client runs in. */
  readonly project: string;
  create(words: readonly string[]): Promise<Created>;
  /** Runs a container to its end, without a network. */
  run(words: readonly string[]): Promise<{ readonly output: string; readonly ok: boolean }>;
  stop(): Promise<void>;
}

/** No bridge, no packet filter and no forwarding: the machine's network stays as it is. */
const FLAGS = [
  '--iptables=false',
  '--ip6tables=false',
  '--ip-forward=false',
  '--bridge=none',
  '--storage-driver=vfs',
];
const START_TIMEOUT = 20_000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Daemon {
  readonly folder: GuardedFolder;
  readonly socket: string;
}

/**
 * @param before lines behind `create` for containers that others name
 * @returns the engine, or why the machine lets none start
 */
export async function startDocker(
  files: Readonly<Record<string, string>>,
  before: readonly (readonly string[])[],
): Promise<DockerEngine | string> {
  const daemon = startDaemon();
  try {
    if (!(await isAnswering(daemon))) {
      await daemon.folder.remove();
      return `dockerd does not start here (exit code ${daemon.folder.process.exitCode ?? 'none'})`;
    }
    importImage(daemon);
    const engine = engineOf(daemon, writeProject(daemon.folder.path, files));
    for (const words of before) await engine.create(words);
    return engine;
  } catch (error) {
    await daemon.folder.remove();
    throw error;
  }
}

function startDaemon(): Daemon {
  const folder = guardedFolder((state) => [
    'dockerd',
    ...FLAGS,
    `--data-root=${state}/data`,
    `--exec-root=${state}/exec`,
    `--pidfile=${state}/pid`,
    '-H',
    `unix://${state}/docker.sock`,
  ]);
  return { folder, socket: join(folder.path, 'state/docker.sock') };
}

async function isAnswering({ socket, folder }: Daemon): Promise<boolean> {
  const end = Date.now() + START_TIMEOUT;
  while (Date.now() < end && folder.process.exitCode === null) {
    const answer = await call(socket, 'GET', '/_ping').catch(() => null);
    if (answer?.status === 200) return true;
    await pause(100);
  }
  return false;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function call(socketPath: string, method: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function environment({ folder, socket }: Daemon): NodeJS.ProcessEnv {
  const config = join(folder.path, 'config');
  mkdirSync(config, { recursive: true });
  return {
    ...HOST_VARIABLES,
    PATH: process.env.PATH ?? '',
    HOME: '/root',
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CONFIG: config,
  };
}

/** Names of images, beside the probe's: words that a boolean flag leaves to the image. */
const OTHER_IMAGES = ['false:latest', 'true:latest'];

function importImage(daemon: Daemon): void {
  const env = environment(daemon);
  const archive = probeArchive(daemon.folder.path);
  const made = spawnSync('docker', ['import', '-c', 'CMD ["/bin/busybox"]', '-', IMAGE], {
    env,
    input: archive,
  });
  if (made.status !== 0) throw new Error(`no image could be made: ${made.stderr}`);
  for (const name of OTHER_IMAGES) spawnSync('docker', ['tag', IMAGE, name], { env });
}

const execute = promisify(execFile);

function engineOf(daemon: Daemon, project: string): DockerEngine {
  const options = { cwd: project, env: environment(daemon) };
  const version = spawnSync('docker', ['--version'], { encoding: 'utf8' }).stdout;
  return {
    client: Number(/version (\d+)\./.exec(version)?.[1] ?? 0),
    project,
    async create(words) {
      try {
        const { stdout } = await execute('docker', ['create', '--pull=never', ...words], options);
        const path = `/containers/${stdout.trim().split('\n').at(-1)}`;
        const { body } = await call(daemon.socket, 'GET', `${path}/json`);
        if (!words.includes(KEPT)) await call(daemon.socket, 'DELETE', `${path}?force=1&v=1`);
        return { container: JSON.parse(body) as DockerInspection, refusal: '' };
      } catch (error) {
        return { container: null, refusal: messageOf(error) };
      }
    },
    async run(words) {
      try {
        const flags = ['run', '--rm', '--pull=never', '--network=none', ...words];
        const { stdout } = await execute('docker', flags, options);
        return { output: stdout, ok: true };
      } catch (error) {
        return { output: messageOf(error), ok: false };
      }
    },
    stop: () => daemon.folder.remove(),
  };
}

function messageOf(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return stderr.trim().split('\n')[0] ?? '';
}
