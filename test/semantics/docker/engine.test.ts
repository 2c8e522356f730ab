/** Our reading of run lines against Docker and podman: what they refuse, and what they make of the rest. */
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Engine } from '../../../src/semantics/docker/spec.ts';
import { differences, type HostDefaults, readFacts } from '../../support/container-facts.ts';
import { dockerMissing } from '../../support/docker-engine.ts';
import {
  type DockerSubject,
  dockerSubject,
  OTHER,
  type Outcome,
  podmanSubject,
  type Subject,
} from '../../support/engine-subject.ts';
import { generatedLines } from '../../support/generated-lines.ts';
import { podmanMissing } from '../../support/podman-engine.ts';
import { IMAGE } from '../../support/probe-image.ts';
import { lineOf, readWords } from '../../support/run-line.ts';
import { PROJECT_FILES, type RunLine, runLines, wordsOf } from '../../support/run-lines.ts';

const TIMEOUT = 240_000;
const SEED = 20_260_401;
/** Of a machine with one processor these would be refused. */
const NEEDS_TWO = /--cpus (?:1\.5|2)|--cpuset-cpus 0[-,]1/;

/** Where we and the engine differ about a line. */
function disagreements(name: Engine, { words, facts, refusal }: Outcome, defaults: HostDefaults): string[] {
  // podman shows what comes from another container only when it runs.
  const run = readWords(name, words, PROJECT_FILES, name === 'docker' ? [OTHER] : []);
  const errors = run === null ? ['there is no container'] : run.errors.map(({ message }) => message);
  const line = lineOf(name, words);
  if (facts === null) return errors.length > 0 ? [] : [`${line}\n  it is refused: ${refusal}`];
  if (run === null || errors.length > 0) return [`${line}\n  we refuse it: ${errors.join('; ')}`];
  return differences(readFacts(run, defaults), facts).map((difference) => `${line}\n  ${difference}`);
}

function usable(lines: readonly RunLine[], client: number): string[] {
  const isSmall = availableParallelism() < 2;
  return lines
    .filter(({ text, since }) => since <= client && !(isSmall && NEEDS_TWO.test(text)))
    .map(({ text }) => text);
}

/** An engine that is started for the tests of one suite; where the machine lets none start, they say so and are skipped. */
function started<T extends Subject>(start: () => Promise<T | string>): (context: TestContext) => T {
  let subject: T | string = 'it has not been started';
  beforeAll(async () => {
    subject = await start();
  }, TIMEOUT);
  afterAll(async () => {
    if (typeof subject !== 'string') await subject.stop();
  }, TIMEOUT);
  return (context) => (typeof subject === 'string' ? context.skip(subject) : subject);
}

function comparison(
  name: 'docker' | 'podman',
  subjectOf: (context: TestContext) => Subject,
  generated: number,
) {
  const compare = async (subject: Subject, lines: readonly (readonly string[])[]) => {
    const outcomes = await subject.outcomes(lines);
    return { outcomes, wrong: outcomes.flatMap((outcome) => disagreements(name, outcome, subject.defaults)) };
  };
  const listed = (list: 'taken' | 'refused', { client }: Subject) => usable(runLines(name, list), client);

  it('takes what we say it takes, and makes of it what we say', { timeout: TIMEOUT }, async (context) => {
    const subject = subjectOf(context);
    const lines = listed('taken', subject).map((text) => wordsOf(text, IMAGE));
    const { outcomes, wrong } = await compare(subject, lines);
    expect(wrong).toEqual([]);
    expect(outcomes.filter(({ facts }) => facts === null)).toEqual([]);
  });

  it('refuses what we say it refuses', { timeout: TIMEOUT }, async (context) => {
    const subject = subjectOf(context);
    const lines = listed('refused', subject).map((text) => wordsOf(text, IMAGE));
    const { outcomes, wrong } = await compare(subject, lines);
    expect(wrong).toEqual([]);
    expect(outcomes.filter(({ facts }) => facts !== null)).toEqual([]);
  });

  it('agrees about lines of several flags', { timeout: TIMEOUT }, async (context) => {
    const subject = subjectOf(context);
    const source = { taken: listed('taken', subject), refused: listed('refused', subject) };
    const lines = generatedLines(source, SEED, generated).map((words) => [...words, IMAGE, 'true']);
    const { outcomes, wrong } = await compare(subject, lines);
    expect(wrong).toEqual([]);
    const refused = outcomes.filter(({ facts }) => facts === null).length;
    // Either kind alone would say little.
    expect(Math.min(refused, generated - refused)).toBeGreaterThan(generated / 10);
  });
}

describe.skipIf(dockerMissing !== null)(
  `Docker itself${dockerMissing === null ? '' : ` (${dockerMissing})`}`,
  () => {
    const subjectOf = started<DockerSubject>(() => dockerSubject(PROJECT_FILES));
    comparison('docker', subjectOf, 120);
  },
);

describe.skipIf(podmanMissing !== null)(
  `podman itself${podmanMissing === null ? '' : ` (${podmanMissing})`}`,
  () => {
    comparison(
      'podman',
      started(() => podmanSubject(PROJECT_FILES)),
      60,
    );
  },
);
