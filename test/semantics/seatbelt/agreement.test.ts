import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide } from '../../../src/semantics/seatbelt/decide.ts';
import type { SeatbeltObject } from '../../../src/semantics/seatbelt/match.ts';
import {
  NAIVE_OPERATIONS,
  type NaiveFilter,
  type NaiveObject,
  type NaiveRule,
  naiveAnswers,
  naiveObjects,
} from '../../support/naive-seatbelt.ts';
import { profileOf } from '../../support/seatbelt.ts';

const paths = fc.constantFrom(
  '/',
  '/a',
  '/a/b',
  '/ab',
  '/Users/u',
  '/Users/u/.ssh',
  '/Users/u/w',
  '/Users/u/w/.git',
  '/private/tmp',
  '/private/tmp/x',
  '/usr',
  '/private/var/run/docker.sock',
);
const expressions = fc.constantFrom(
  '^/a',
  '/b$',
  '^/Users/[^/]+/[.]',
  'w',
  '^/(a|usr)(/.*)?$',
  '^/a.?$',
  '(/[a-z]+){3}',
  '^$',
);
const pathFilter: fc.Arbitrary<NaiveFilter> = fc.oneof(
  fc.record({
    form: fc.constantFrom('literal' as const, 'subpath' as const, 'prefix' as const),
    text: paths,
  }),
  fc.record({ form: fc.constant('regex' as const), text: expressions }),
);
const leaf: fc.Arbitrary<NaiveFilter> = fc.oneof(
  { weight: 5, arbitrary: pathFilter },
  {
    weight: 1,
    arbitrary: fc.record({
      form: fc.constantFrom('global-name' as const, 'global-name-prefix' as const),
      text: fc.constantFrom('com.apple.SecurityServer', 'com.apple.', 'org.x', ''),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      form: fc.constant('remote' as const),
      protocol: fc.constantFrom('ip' as const, 'tcp' as const, 'udp' as const),
      address: fc.constantFrom('*:*', '*:443', 'localhost:*', 'localhost:8080'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ form: fc.constant('socket' as const), inner: fc.option(pathFilter) }) },
);
const filter: fc.Arbitrary<NaiveFilter> = fc.letrec<{ filter: NaiveFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({
        form: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ form: fc.constant('not' as const), part: tie('filter') }) },
  ),
})).filter;
const operations = [...new Set(Object.values(NAIVE_OPERATIONS).flat())];
const rule: fc.Arbitrary<NaiveRule> = fc.record({
  action: fc.constantFrom('allow' as const, 'deny' as const),
  operations: fc.uniqueArray(fc.constantFrom(...operations), { minLength: 1, maxLength: 3 }),
  filters: fc.array(filter, { maxLength: 3 }),
});
/** A rule and one of the ways to write it. */
const written = fc.tuple(rule, fc.integer({ min: 0, max: 6 }));

function filterText(one: NaiveFilter): string {
  switch (one.form) {
    case 'and':
      return `(require-all ${one.parts.map(filterText).join(' ')})`;
    case 'or':
      return `(require-any ${one.parts.map(filterText).join(' ')})`;
    case 'not':
      return `(require-not ${filterText(one.part)})`;
    case 'socket':
      return one.inner === null ? '(remote unix-socket)' : `(remote unix-socket ${filterText(one.inner)})`;
    case 'remote':
      return `(remote ${one.protocol} "${one.address}")`;
    case 'regex':
      return `(regex #"${one.text}")`;
    default:
      return `(${one.form} "${one.text}")`;
  }
}

function ruleText({ action, operations: names, filters }: NaiveRule, way: number, index: number): string {
  const shown = filters.map(filterText).join(' ');
  const plain = `(${action} ${names.join(' ')} ${shown})`;
  if (way === 1) return `(define (r${index}) ${plain}) (r${index})`;
  if (way === 2) return `(if (string=? "x" "y") (${action === 'allow' ? 'deny' : 'allow'} default) ${plain})`;
  if (way === 3) return `(for-each (lambda (unused) ${plain}) '(1))`;
  if (way === 4) return `(${action} (with report) ${names.join(' ')} ${shown} (with no-log))`;
  if (way === 5 && filters.length > 0) {
    return `(with-filter (require-any ${shown}) (${action} ${names.join(' ')}))`;
  }
  if (way === 6 && filters.length > 0) {
    return `(define (f${index} . more) (apply require-any more)) (${action} ${names.join(' ')} (f${index} ${shown}))`;
  }
  return plain;
}

function asked(object: NaiveObject): SeatbeltObject {
  switch (object.is) {
    case 'file':
      return { kind: 'path', path: object.name };
    case 'socket':
      return { kind: 'unix-socket', path: object.name };
    case 'service':
      return { kind: 'mach', name: object.name };
    case 'host': {
      const { protocol, port, local } = object;
      return { kind: 'ip', direction: 'outbound', protocol, host: local ? 'localhost' : 'any-remote', port };
    }
  }
}

it('decides 2,000 generated profiles as the naive evaluator does', () => {
  let denied = 0;
  let allowed = 0;
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 8 }), (list) => {
      const text = list.map(([one, way], index) => ruleText(one, way, index)).join('\n');
      const profile = profileOf(text, { given: {} });
      expect(profile.diagnostics).toEqual([]);
      const rules = list.map(([one]) => one);
      for (const operation of Object.keys(NAIVE_OPERATIONS)) {
        const ours = naiveObjects(operation).map(
          (object) => decide(profile.rules, operation, asked(object)).verdict,
        );
        const theirs = naiveAnswers(rules, operation).map((one) => (one ? 'allow' : 'deny'));
        expect({ operation, verdicts: ours }).toEqual({ operation, verdicts: theirs });
        allowed += theirs.filter((one) => one === 'allow').length;
        denied += theirs.filter((one) => one === 'deny').length;
      }
    }),
    { numRuns: 2_000, seed: 20_260 },
  );
  // Agreement on questions that are nearly all answered alike would say little.
  expect(Math.min(allowed, denied) / (allowed + denied)).toBeGreaterThan(0.2);
}, 60_000);
