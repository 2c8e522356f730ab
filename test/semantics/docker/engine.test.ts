/** Our reading of run lines against Docker and podman: what they refuse, and what they make of the rest. */
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { explicit } from '../../../src/model/value.ts';
import { parseRunArguments } from '../../../src/semantics/docker/run-flags.ts';
import type { Engine } from '../../../src/semantics/docker/spec.ts';
import { createSource, placeAt } from '../../../src/source/source.ts';
import {
  differences,
  type Facts,
  type HostDefaults,
  readFacts,
  sandboxOf,
} from '../../support/container-facts.ts';
import { dockerMissing } from '../../support/docker-engine.ts';
import {
  type DockerSubject,
  dockerSubject,
  OTHER,
  type Outcome,
  podmanSubject,
  type Subject,
} from '../../support/engine-subject.ts';
import { bundled, generatedLines } from '../../support/generated-lines.ts';
import { podmanMissing } from '../../support/podman-engine.ts';
import { IMAGE, inTurns } from '../../support/probe-image.ts';
import { STATUS_SCRIPT, statusFacts } from '../../support/process-status.ts';
import { lineOf, readWords } from '../../support/run-line.ts';
import { flagWords, PROJECT_FILES, type RunLine, runLines, wordsOf } from '../../support/run-lines.ts';

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

const completed = (words: readonly string[]): string[] => [...words, IMAGE, 'true'];

/** Names of the flags; null where the words are no complete list of flags. */
function flagsOf(name: Engine, words: readonly string[]): ReadonlySet<string> | null {
  const origin = explicit(placeAt(createSource('run.sh', 'x'), 0, 1));
  const tokens = words.map((text) => ({ text, origin }));
  const { settings, errors } = parseRunArguments(tokens, name, { image: false, command: 'create' });
  return errors.length > 0 ? null : new Set(settings.map(({ flag }) => flag));
}

function isTaken(name: Engine, words: readonly string[]): boolean {
  return readWords(name, completed(words), PROJECT_FILES)?.errors.length === 0;
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
    const texts = listed('taken', subject);
    const apart = texts.filter((text) => /IMG/.test(text)).map((text) => wordsOf(text, IMAGE));
    const rest = texts.filter((text) => !/IMG/.test(text)).map(flagWords);
    const lines = bundled(
      rest,
      (words) => flagsOf(name, words),
      (words) => isTaken(name, words),
    );
    const { outcomes, wrong } = await compare(subject, [...apart, ...lines.map(completed)]);
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
    const lines = generatedLines(source, SEED, generated).map(completed);
    const { outcomes, wrong } = await compare(subject, lines);
    expect(wrong).toEqual([]);
    const refused = outcomes.filter(({ facts }) => facts === null).length;
    // Either kind alone would say little.
    expect(Math.min(refused, generated - refused)).toBeGreaterThan(generated / 10);
  });
}

/** Flags that change what a process inside may do. */
const RUNS = [
  '--init=false',
  '--cap-drop ALL',
  '--cap-drop NET_RAW --cap-drop chown',
  '--cap-add SYS_ADMIN',
  '--cap-add SYS_ADMIN --cap-drop ALL',
  '--cap-add SYS_ADMIN --cap-drop SYS_ADMIN',
  '-u node',
  '-u 1000:0 --cap-add SYS_ADMIN',
  '-u 0:1000',
  '--security-opt no-new-privileges',
  '--security-opt no-new-privileges:false',
  '--security-opt seccomp=unconfined',
  '--security-opt seccomp:unconfined --security-opt label=disable',
  '--read-only',
  '--read-only --tmpfs /tmp:size=1m',
  '-v ./src:/bind:ro',
  '-v ./src:/bind',
  '-u 1000 -v ./src:/bind',
];

function runFacts(words: readonly string[], defaults: HostDefaults): Facts {
  const run = readWords('docker', words, PROJECT_FILES);
  if (run === null) return {};
  const bind = run.spec.mounts.find(({ target }) => target === '/bind');
  const isRoot = sandboxOf(run).privilege.effectiveRoot.verdict === 'yes';
  const facts = readFacts(run, defaults);
  // Root of the host owns both; who is not root writes nowhere.
  return {
    ...facts,
    readOnlyRoot: String(facts.readOnlyRoot === 'true' || !isRoot),
    bindReadOnly: String(bind?.readOnly.known !== true || bind.readOnly.value || !isRoot),
  };
}

describe.skipIf(dockerMissing !== null)(
  `Docker itself${dockerMissing === null ? '' : ` (${dockerMissing})`}`,
  () => {
    const subjectOf = started<DockerSubject>(() => dockerSubject(PROJECT_FILES));
    comparison('docker', subjectOf, 120);

    it('runs what we say it runs', { timeout: TIMEOUT }, async (context) => {
      const { engine, defaults } = subjectOf(context);
      const probe = [IMAGE, '/bin/busybox', 'sh', '-c', STATUS_SCRIPT];
      const first = await engine.run(probe);
      if (!first.ok) return context.skip(`no container runs here: ${first.output}`);
      const wrong = await inTurns(RUNS, 2, async (line) => {
        const words = [...line.split(' '), ...probe];
        const { ok, output } = await engine.run(words);
        if (!ok) return [`${line}: ${output}`];
        return differences(runFacts(words, defaults), statusFacts(output)).map(
          (text) => `${line}\n  ${text}`,
        );
      });
      expect(wrong.flat()).toEqual([]);
    });
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
