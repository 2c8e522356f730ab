/** The score reproduces the order in which an expert ranks real shapes of sandboxes. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Radius } from '../../src/model/radius.ts';
import { reachedIn } from './radius-of-text.ts';

const ROOT = fileURLToPath(new URL('../../fixtures/calibration', import.meta.url));

interface Entry {
  readonly sandbox: string;
  readonly file: string;
  readonly grade: string;
  readonly ladder?: number;
  readonly why: string;
}

const FORMATS: Readonly<Record<string, string>> = {
  'compose.yml': 'compose',
  'devcontainer.json': 'devcontainer',
  'run.sh': 'docker-run',
  'profile.sb': 'seatbelt',
  'sandbox.sh': 'bwrap',
};

const { order } = parse(readFileSync(join(ROOT, 'order.yaml'), 'utf8')) as { readonly order: Entry[] };

function filesOf(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** The one sandbox of the directory that is made to hold code, or the only one; what stands beside it does not count. */
function radiusOf({ sandbox, file }: Entry): Radius {
  const { [file]: text = '', ...others } = filesOf(join(ROOT, sandbox));
  const reached = reachedIn(FORMATS[basename(file)] ?? '', text, others, file);
  const held = reached.filter((entry) => entry.sandbox.role.kind === 'sandbox');
  const [one, ...more] = held.length > 0 ? held : reached;
  if (one === undefined || more.length > 0) throw new Error(`${sandbox} holds not one sandbox`);
  return one.radius;
}

const RANKED = order.map((entry) => ({ entry, radius: radiusOf(entry) }));

describe('the calibration set', () => {
  it('is in the order of its index, in all formats, each with a reason', () => {
    const directories = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
    expect(order.map(({ sandbox }) => sandbox)).toEqual(directories);
    expect(order.length).toBeGreaterThanOrEqual(30);
    expect(new Set(order.map(({ file }) => FORMATS[basename(file)])).size).toBe(5);
    for (const { why } of order) expect(why.length).toBeGreaterThan(20);
  });

  it.each(RANKED)('$entry.sandbox has grade $entry.grade', ({ entry, radius }) => {
    expect(radius.grade).toBe(entry.grade);
  });

  it.each(RANKED.filter(({ entry }) => entry.ladder !== undefined))(
    '$entry.sandbox scores $entry.ladder',
    ({ entry, radius }) => {
      expect(Math.abs(radius.score - (entry.ladder ?? 0))).toBeLessThanOrEqual(0.2);
    },
  );

  it('has every rung of the ladder', () => {
    const rungs = order.flatMap(({ ladder }) => (ladder === undefined ? [] : [ladder]));
    expect(rungs).toEqual([10, 9.4, 8.6, 4.9, 2.7, 2.4, 0.2]);
  });

  it.each(RANKED.slice(1).map((next, index) => ({ next, before: RANKED[index] ?? next })))(
    '$next.entry.sandbox is no worse than the one before it',
    ({ next, before }) => {
      expect(next.radius.score).toBeLessThanOrEqual(before.radius.score);
    },
  );

  it.each(RANKED)('$entry.sandbox leaves nothing unknown', ({ radius }) => {
    expect(radius.possible).toBe(radius.score);
  });
});
