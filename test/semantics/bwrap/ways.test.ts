/** Options whose words depend on branches: each way that the line can look, against that way written out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/semantics/shell/reading.ts';
import { answerFor, callIn, sandboxIn } from '../../support/bwrap.ts';

const SWITCHES = ['A', 'B', 'C'] as const;
type Switch = (typeof SWITCHES)[number];
type World = Readonly<Record<Switch, boolean>>;

const WORLDS: readonly World[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  A: (bits & 1) !== 0,
  B: (bits & 2) !== 0,
  C: (bits & 4) !== 0,
}));

/** Lines of a script that add words, and the words that they add in each world. */
interface Part {
  readonly script: string;
  words(world: World): readonly string[];
}

const test = (name: Switch): string => `[ "$${name}" = 1 ]`;
const paths = fc.constantFrom('/opt/a', '/opt/b', '/srv/c');
const switches = fc.constantFrom(...SWITCHES);

const mount = fc
  .tuple(fc.constantFrom('--bind', '--ro-bind'), paths, paths)
  .map(([option, from, to]) => [option, from, to]);
const empty = paths.map((path) => ['--tmpfs', path]);
const bare = fc.constantFrom(['--unshare-net'], ['--share-net'], ['--clearenv']);
const group = fc.oneof(mount, empty, bare);
const groups = fc.array(group, { maxLength: 2 }).map((list) => list.flat());

const plain = groups.map(
  (list): Part => ({ script: list.length === 0 ? ':' : `L+=(${list.join(' ')})`, words: () => list }),
);
const optional = fc.tuple(switches, groups).map(
  ([name, list]): Part => ({
    script: `if ${test(name)}; then L+=(${list.join(' ')}); fi`,
    words: (world) => (world[name] ? list : []),
  }),
);
/** A word that both branches begin with is there in any case, and only what is behind it depends on the choice. */
const eitherOr = fc.tuple(switches, groups, groups).map(
  ([name, yes, no]): Part => ({
    script: `if ${test(name)}; then V=(${yes.join(' ')}); else V=(${no.join(' ')}); fi\nL+=("\${V[@]}")`,
    words: (world) => (world[name] ? yes : no),
  }),
);
const value = fc.tuple(switches, switches, paths, paths, paths).map(
  ([one, two, first, second, third]): Part => ({
    script: `S=${first}; ${test(one)} && S=${second}; D=${first}; ${test(two)} && D=${third}\nL+=(--bind "$S" "$D")`,
    words: (world) => ['--bind', world[one] ? second : first, world[two] ? third : first],
  }),
);
const inner = fc.tuple(switches, switches, groups, groups).map(
  ([one, two, list, last]): Part => ({
    script: `if ${test(one)}; then L+=(${list.join(' ')}); if ${test(two)}; then L+=(${last.join(' ')}); fi; fi`,
    words: (world) => (world[one] ? [...list, ...(world[two] ? last : [])] : []),
  }),
);
const option = fc.tuple(switches, paths).map(
  ([name, path]): Part => ({
    script: `O=--ro-bind; if ${test(name)}; then O=--bind; fi\nL+=("$O" ${path} /mnt)`,
    words: (world) => [world[name] ? '--bind' : '--ro-bind', path, '/mnt'],
  }),
);
const parts = fc.array(fc.oneof(plain, optional, eitherOr, value, inner, option), {
  minLength: 1,
  maxLength: 4,
});

function holds({ text, negated }: Condition, world: World): boolean {
  const name = SWITCHES.find((one) => text === test(one));
  if (name === undefined) throw new Error(`a condition of its own: ${text}`);
  return world[name] !== negated;
}

describe('a line with branches', () => {
  it('has in each world the options of that world, in their order', () => {
    fc.assert(
      fc.property(parts, (list) => {
        const script = `L=()\n${list.map((part) => part.script).join('\n')}\nbwrap "\${L[@]}" -- agent`;
        const call = callIn(script);
        for (const world of WORLDS) {
          const words = list.flatMap((part) => part.words(world));
          const here = call.settings.filter(({ when }) => when.every((one) => holds(one, world)));
          const written = callIn(`bwrap ${words.join(' ')} -- agent`);
          expect(here.map(({ text }) => text)).toEqual(written.settings.map(({ text }) => text));
        }
        expect([call.command, call.unresolved]).toEqual(['agent', []]);
      }),
      { numRuns: 120, seed: 11 },
    );
  });

  it('goes on behind an option that both branches share', () => {
    const sandbox =
      sandboxIn(`if [ -n "$KEYS" ]; then V=(--ro-bind "$HOME/.ssh" "$HOME/.ssh"); else V=(--ro-bind /opt/a /opt/a); fi
bwrap "\${V[@]}" --unshare-all --bind /var/run/docker.sock /var/run/docker.sock agent`);
    expect(answerFor(sandbox, 'connect', '/run/docker.sock')).toBe('yes');
    expect(answerFor(sandbox, 'read', '~/.ssh/id_rsa')).toBe('yes?');
    expect(answerFor(sandbox, 'read', '/opt/a')).toBe('yes?');
    expect(sandbox.network.egress).toMatchObject({ value: { kind: 'none' } });
    expect(sandbox.agents).toEqual([]);
  });

  it('has many optional mounts, and every one of them', () => {
    const added = Array.from(
      { length: 90 },
      (_, n) => `[ -n "$V${n}" ] && L+=(--ro-bind /opt/${n} /opt/${n})`,
    );
    const call = callIn(`L=()\n${added.join('\n')}\nbwrap "\${L[@]}" --bind ~ ~ agent`);
    expect(call.settings).toHaveLength(91);
    expect(call.settings.at(-1)).toMatchObject({ text: '--bind ~ ~', when: [] });
  });

  it('whose first word is not known holds any option', () => {
    const [unknown] = callIn('while read -r l; do A+=("$l"); done < list\nbwrap "${A[@]}" agent').unresolved;
    expect(unknown?.mayHide).toBe('any-setting');
  });

  it('of too many values of one option takes what differs for unknown', () => {
    const sets = Array.from(
      { length: 6 },
      (_, n) => `[ -n "$V${n}" ] && S=/opt/${n}; [ -n "$W${n}" ] && D=/mnt/${n}`,
    );
    const call = callIn(`S=/s; D=/d\n${sets.join('\n')}\nbwrap --bind "$S" "$D" --unshare-net agent`);
    expect(call.settings.length).toBeLessThan(20);
    expect(call.settings.map(({ text }) => text)).toContain('--unshare-net');
    expect(call.settings.some(({ words }) => words[0]?.includes('\uFDD2'))).toBe(true);
  });
});
