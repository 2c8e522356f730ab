import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradeOf, levelOf, scoreOf } from '../../src/reach/score.ts';

const axes = (values: readonly number[]) => {
  const [host = 0, files = 0, credentials = 0, network = 0, limits = 0, persistence = 0] = values;
  return { host, files, credentials, network, limits, persistence };
};

describe('the formula', () => {
  it.each<[string, number[], number, string]>([
    ['socket, privileged, or the disk mounted', [10, 9, 8, 4, 2, 2], 10, 'F'],
    ['home writable with open egress', [9, 9, 8, 4, 2, 2], 9.4, 'F'],
    ['home readable with open egress', [2.5, 6, 8, 4, 2, 2], 8.6, 'E'],
    ['stock devcontainer', [2.5, 2, 0, 4, 2, 2], 4.9, 'C'],
    ['limits, no sudo, enforced allow-list', [1.5, 2, 0, 2, 0, 2], 2.7, 'B'],
    ['hardened with a workspace', [1, 2, 0, 0, 0, 2], 2.4, 'B'],
    ['microVM with a copy', [0.2, 0, 0, 0, 0, 0], 0.2, 'A'],
    ['nothing', [0, 0, 0, 0, 0, 0], 0, 'A'],
  ])('%s', (_, values, score, grade) => {
    expect(scoreOf(axes(values))).toBe(score);
    expect(gradeOf(scoreOf(axes(values)))).toBe(grade);
  });

  const worths = fc.array(fc.float({ min: 0, max: 10, noNaN: true }), { minLength: 6, maxLength: 6 });

  it('is bounded by the worst axis and by ten, and ten means ten', () => {
    fc.assert(
      fc.property(worths, (values) => {
        const score = scoreOf(axes(values));
        const most = Math.max(...values);
        expect(score).toBeGreaterThanOrEqual(Math.min(Math.round(most * 10) / 10, 9.9) - 1e-9);
        expect(score === 10).toBe(most >= 10);
        expect(score).toBeLessThanOrEqual(10);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('never falls when an axis rises', () => {
    fc.assert(
      fc.property(worths, fc.nat(5), fc.float({ min: 0, max: 5, noNaN: true }), (values, index, more) => {
        const raised = values.map((value, at) => (at === index ? Math.min(10, value + more) : value));
        expect(scoreOf(axes(raised))).toBeGreaterThanOrEqual(scoreOf(axes(values)));
      }),
      { numRuns: 5000, seed: 2 },
    );
  });
});

it.each([
  [0, 0],
  [0.2, 1],
  [2, 1],
  [2.5, 2],
  [4.9, 2],
  [5, 3],
  [8.9, 3],
  [9, 4],
  [10, 4],
])('worth %f is level %i', (worth, level) => {
  expect(levelOf(worth)).toBe(level);
});
