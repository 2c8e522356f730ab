/** What holds for the score of every sandbox, tried on ten thousand of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/knowledge/outcomes.ts';
import { CERTAINTY_FACTOR, type Certainty } from '../../src/model/outcome.ts';
import type { Evidence, HeldOutcome } from '../../src/model/radius.ts';
import { closure } from '../../src/reach/closure.ts';
import { createSource } from '../../src/source/source.ts';
import {
  composeBlocks,
  composeService,
  composeText,
  devcontainerText,
  looser,
  runText,
  sandboxes,
} from './generated-sandbox.ts';
import { type Reached, reachedOne } from './radius-of-text.ts';

const RUNS = { numRuns: 3500, seed: 20 } as const;

/** Worth by axis, to be compared between two ways of writing one sandbox. */
function worths({ radius }: Reached): string {
  return radius.axes.map(({ axis, worth }) => `${axis} ${worth}`).join(', ');
}

/** A path begins with a rule, is as sure as its weakest step, and each rule's evidence is a piece of the text. */
function expectEvidence({ path, certainty }: HeldOutcome, text: string): void {
  expect(path[0]?.rule).not.toBeNull();
  const weakest = Math.min(...path.map((step) => CERTAINTY_FACTOR[step.certainty]));
  expect(CERTAINTY_FACTOR[certainty]).toBe(weakest);
  for (const { rule, origin } of path) {
    if (rule === null) continue;
    const { source, span } = origin?.place ?? { source: null, span: { start: 0, end: 0 } };
    const shown = text.slice(span.start, span.end);
    expect(source?.text === text && shown !== '' && shown.trim() === shown, rule).toBe(true);
  }
}

function scoreOfText(text: string): number {
  return reachedOne('compose', text).radius.score;
}

describe('the score of generated sandboxes', () => {
  it('lies in 0 to 10, is 10 where the host is held directly, and has its evidence in the text', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(sandboxes, (sandbox) => {
        const text = composeText(sandbox);
        const { radius } = reachedOne('compose', text);
        const direct = radius.outcomes.some(
          ({ outcome, certainty }) => /^host-(?:root|user)$/.test(outcome) && certainty === 'direct',
        );
        expect(radius.score).toBeGreaterThanOrEqual(0);
        expect(radius.score).toBeLessThanOrEqual(10);
        expect(radius.possible).toBeGreaterThanOrEqual(radius.score);
        expect(radius.score === 10).toBe(direct);
        for (const held of radius.outcomes) expectEvidence(held, text);
      }),
      { ...RUNS, numRuns: 4000 },
    );
  });

  it('never falls when more is granted', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(sandboxes, fc.nat(), (sandbox, pick) => {
        const ways = looser(sandbox);
        const granted = ways[pick % ways.length] ?? sandbox;
        const [before, after] = [sandbox, granted].map(
          (one) => reachedOne('compose', composeText(one)).radius,
        );
        expect(after?.score).toBeGreaterThanOrEqual(before?.score ?? 11);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of keys, items and services', { timeout: 120_000 }, () => {
    const shuffled = fc.tuple(sandboxes, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), fc.boolean());
    fc.assert(
      fc.property(shuffled, ([sandbox, keys, first]) => {
        const mix = <T>(items: readonly T[], from: number): T[] =>
          items
            .map((item, index) => ({ item, key: keys[(index + from) % keys.length] ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const blocks = composeBlocks(sandbox);
        const mixed = mix(blocks, 0).map(([key, ...items], index) => [key, ...mix(items, index)] as const);
        const database = composeService('db', [['image: postgres:17'], ['restart: always']]);
        const agents = [blocks, mixed].map((one) => composeService('agent', one));
        const straight = `services:\n${agents[0]}${database}`;
        const turned = `services:\n${first ? `${database}${agents[1]}` : `${agents[1]}${database}`}`;
        const [a, b] = [straight, turned].map((text) => reachedOne('compose', text, 'agent'));
        expect(b?.radius.score).toBe(a?.radius.score);
      }),
      { ...RUNS, numRuns: 1000 },
    );
  });

  it('is the same in every format', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(sandboxes, fc.boolean(), (sandbox, asRun) => {
        const compose = reachedOne('compose', composeText(sandbox));
        const other = asRun
          ? reachedOne('docker-run', runText(sandbox))
          : reachedOne('devcontainer', devcontainerText(sandbox));
        expect(worths(other)).toBe(worths(compose));
        expect(other.radius.score).toBe(compose.radius.score);
      }),
      { ...RUNS, numRuns: 1500 },
    );
  });
});

/** Known to be wrong: what a device gives in a virtual machine. Each turns red when it is mended. */
describe('a device in a machine of its own', () => {
  const machine = `services:
  agent:
    image: node:22
    user: node
    volumes: [".:/workspaces/app"]
    runtime: kata-runtime
`;

  it('asks an ordinary user for the same right as without it', () => {
    const disk = '    devices: [/dev/sda]\n';
    const shared = machine.replace('    runtime: kata-runtime\n', '');
    expect(scoreOfText(machine + disk)).toBeLessThanOrEqual(scoreOfText(shared + disk));
  });

  it('is worth no less when the container is privileged', () => {
    const input = `${machine}    devices: [/dev/input]\n`;
    expect(scoreOfText(`${input}    privileged: true\n`)).toBeGreaterThanOrEqual(scoreOfText(input));
  });
});

describe('the closure of generated evidence', () => {
  const place = { source: createSource('compose.yml', 'x'), span: { start: 0, end: 1 } };
  const certainties: readonly Certainty[] = ['direct', 'next', 'assumed'];
  const gains = fc.record({
    outcome: fc.constantFrom(...OUTCOMES.map(({ name }) => name)),
    certainty: fc.constantFrom(...certainties),
  });
  const evidence: fc.Arbitrary<Evidence[]> = fc.array(
    fc.array(gains, { maxLength: 3 }).map((list) => ({
      rule: 'some-rule',
      message: 'something is granted',
      origin: { kind: 'explicit' as const, place },
      gains: list,
    })),
    { maxLength: 4 },
  );

  it('only grows with evidence, and does not depend on its order', () => {
    fc.assert(
      fc.property(evidence, evidence, (given, more) => {
        const held = new Map(closure([...given, ...more]).map((one) => [one.outcome, one]));
        for (const { outcome, certainty } of closure(given)) {
          const factor = CERTAINTY_FACTOR[held.get(outcome)?.certainty ?? 'assumed'];
          expect(factor).toBeGreaterThanOrEqual(CERTAINTY_FACTOR[certainty]);
        }
        const shape = (list: ReturnType<typeof closure>) =>
          list.map(({ outcome, certainty, path }) => `${outcome} ${certainty} ${path.length}`);
        expect(shape(closure([...more, ...given]))).toEqual(shape(closure([...given, ...more])));
      }),
      { numRuns: 3000, seed: 21 },
    );
  });
});
