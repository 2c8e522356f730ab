/** An engine with what a comparison needs of it. */
import { ALL_CAPABILITIES, normaliseCapability } from '../../src/knowledge/capabilities.ts';
import type { Facts, HostDefaults } from './container-facts.ts';
import { type DockerEngine, startDocker } from './docker-engine.ts';
import { dockerFacts } from './docker-facts.ts';
import { startPodman } from './podman-engine.ts';
import { podmanFacts } from './podman-facts.ts';
import { HOST_VARIABLES, IMAGE, inTurns, KEPT } from './probe-image.ts';

/** What an engine makes of one line: facts, or null where it refuses it. */
export interface Outcome {
  readonly words: readonly string[];
  readonly facts: Facts | null;
  readonly refusal: string;
}

export interface Subject {
  /** Major version of the client. */
  readonly client: number;
  readonly defaults: HostDefaults;
  outcomes(lines: readonly (readonly string[])[]): Promise<readonly Outcome[]>;
  stop(): Promise<void>;
}

/** A container that lines name: what they take from it stands in the script as well. */
export const OTHER: readonly string[] = ['--name', KEPT, '-v', '/usr/share:/share', IMAGE, 'true'];

const PLAIN = [IMAGE, 'true'];
/** Calls of the client at one time; most of each is waiting. */
const WIDTH = 3;

export interface DockerSubject extends Subject {
  readonly engine: DockerEngine;
}

/** @returns the engine, or why there is none to be had here */
export async function dockerSubject(
  files: Readonly<Record<string, string>>,
): Promise<DockerSubject | string> {
  const engine = await startDocker(files, [OTHER]);
  if (typeof engine === 'string') return engine;
  const { container: plain, refusal } = await engine.create(PLAIN);
  if (plain === null) {
    await engine.stop();
    return `Docker makes no container here: ${refusal}`;
  }
  const { CgroupnsMode: cgroupns, Runtime: runtime } = plain.HostConfig;
  return {
    engine,
    client: engine.client,
    defaults: { cgroupns, runtime, project: engine.project, environment: HOST_VARIABLES, lacking: [] },
    stop: () => engine.stop(),
    outcomes: (lines) =>
      inTurns(lines, WIDTH, async (words) => {
        const made = await engine.create(words);
        const facts = made.container === null ? null : dockerFacts(made.container, plain);
        return { words, facts, refusal: made.refusal };
      }),
  };
}

/** @returns podman, or why there is none to be had here */
export async function podmanSubject(files: Readonly<Record<string, string>>): Promise<Subject | string> {
  const engine = await startPodman(files, [OTHER]);
  if (typeof engine === 'string') return engine;
  const [plain, full] = await engine.createAll([PLAIN, ['--privileged', ...PLAIN]]);
  if (plain === undefined || full === undefined || typeof plain === 'string' || typeof full === 'string') {
    await engine.stop();
    return `podman makes no container here: ${typeof plain === 'string' ? plain : ''}`;
  }
  const all = new Set((full.BoundingCaps ?? []).map(normaliseCapability));
  const lacking = ALL_CAPABILITIES.filter((name) => !all.has(name));
  const { CgroupMode: cgroupns } = plain.HostConfig;
  return {
    client: engine.client,
    defaults: { cgroupns, runtime: '', project: engine.project, environment: HOST_VARIABLES, lacking },
    stop: () => engine.stop(),
    outcomes: async (lines) => {
      const made = await engine.createAll(lines);
      return lines.map((words, at): Outcome => {
        const shown = made[at] ?? 'no answer';
        if (typeof shown === 'string') return { words, facts: null, refusal: shown };
        return { words, facts: podmanFacts(shown, plain), refusal: '' };
      });
    },
  };
}
