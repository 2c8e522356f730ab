/** From matches to findings: how bad, how sure, one an Origin, and what is folded away. */
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../src/engine/findings.ts';
import type { Axis, Certainty, Gain } from '../../src/model/outcome.ts';
import type { Match, Rule, Severity } from '../../src/model/rule.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { byDefault, explicit, implied, known, type Origin } from '../../src/model/value.ts';
import type { Finding } from '../../src/report/report.ts';
import { createSource, placeAt } from '../../src/source/source.ts';
import { auditText } from '../support/audit-text.ts';

const COMPOSE = 'services:\n  agent:\n    image: node:22\n    volumes: [".:/w"]\n';
const BASE = auditText('compose', COMPOSE).result.sandboxes[0] as Sandbox;
const SERVICE: Sandbox = { ...BASE, id: 'x#db', name: 'db', role: { kind: 'service', reason: 'a database' } };
const OTHER: Sandbox = { ...BASE, id: 'x#other', name: 'other' };

const TEXT = createSource('compose.yml', 'one two three four');
const line = (start: number, end = start + 3): Origin => explicit(placeAt(TEXT, start, end));
const ONE = line(0);
const TWO = line(4, 7);

const gains = (...outcomes: readonly string[]): Gain[] =>
  outcomes.map((outcome) => ({ outcome, certainty: 'direct' }));

interface Fake extends Partial<Rule> {
  readonly matches?: readonly Partial<Match>[];
  /** Fires for these sandboxes alone. */
  readonly only?: readonly Sandbox[];
}

function rule(id: string, { matches = [{}], only, ...head }: Fake = {}): Rule {
  return {
    id,
    title: id,
    summary: id,
    axis: 'host',
    severity: 'low',
    gives: [],
    references: {},
    ...head,
    check(sandbox, report) {
      if (only !== undefined && !only.includes(sandbox)) return;
      for (const match of matches) {
        report({ at: ONE, evidence: id, consequence: 'Bad.', remedy: 'Stop.', ...match });
      }
    },
  };
}

const findings = (rules: readonly Rule[], ...sandboxes: readonly Sandbox[]): readonly Finding[] =>
  findingsOf(sandboxes.length === 0 ? [BASE] : sandboxes, rules);

function sole(fake: Fake, ...sandboxes: readonly Sandbox[]): Finding {
  const [finding, ...more] = findings([rule('a', fake)], ...sandboxes);
  if (finding === undefined || more.length > 0) throw new Error('expected one finding');
  return finding;
}

describe('severity', () => {
  const none: Sandbox = {
    ...BASE,
    network: { ...BASE.network, egress: known({ kind: 'none' }, ONE) },
  };
  const WORTH: readonly (readonly [outcome: string, certainty: Certainty, open: Severity, shut: Severity])[] =
    [
      ['host-root', 'direct', 'critical', 'critical'],
      ['home-write', 'next', 'critical', 'critical'],
      ['host-root', 'assumed', 'medium', 'medium'],
      ['credential:ssh', 'direct', 'high', 'medium'],
      ['home-read', 'direct', 'high', 'medium'],
      ['credential:ssh', 'assumed', 'medium', 'low'],
      ['internet', 'direct', 'medium', 'medium'],
      ['rewrite', 'direct', 'low', 'low'],
      ['no such outcome', 'direct', 'low', 'low'],
    ];

  it.each(WORTH)('of %s, %s: %s, and %s without a way out', (outcome, certainty, open, shut) => {
    const matches = [{ gains: [{ outcome, certainty }] }];
    expect([sole({ matches }).severity, sole({ matches }, none).severity]).toEqual([open, shut]);
  });

  it('follows the worst gain', () => {
    expect(sole({ matches: [{ gains: gains('identity', 'host-root', 'internet') }] }).severity).toBe(
      'critical',
    );
  });

  it('is the match’s own where it says one, and the rule’s where nothing is gained', () => {
    expect(sole({ matches: [{ severity: 'low', gains: gains('host-root') }] }).severity).toBe('low');
    expect(sole({ severity: 'medium' }).severity).toBe('medium');
  });

  it('of hardening is a note in a service', () => {
    const matches = [{ severity: 'high' as const }];
    expect(sole({ hardening: true, matches }, SERVICE).severity).toBe('info');
    expect(sole({ hardening: true, matches }).severity).toBe('high');
    expect(sole({ matches }, SERVICE).severity).toBe('high');
  });
});

describe('confidence', () => {
  it.each([
    ['what is written', {}, 'high'],
    ['a default', { at: byDefault(ONE.place, 'the engine') }, 'medium'],
    ['what a Feature brings', { at: implied(ONE.place, 'a Feature') }, 'medium'],
    ['an assumption', { assumes: ['the host has one'] }, 'medium'],
    ['no assumption', { assumes: [] }, 'high'],
    ['what the match says', { confidence: 'low' }, 'low'],
    ['never more than the match says', { confidence: 'medium' }, 'medium'],
    ['never more than the origin', { confidence: 'high', at: byDefault(ONE.place, 'x') }, 'medium'],
  ] as const)('in %s: %s', (_, match, expected) => {
    expect(sole({ matches: [match] }).confidence).toBe(expected);
  });
});

describe('one finding a rule and Origin', () => {
  it('names every sandbox', () => {
    expect(sole({}, BASE, OTHER, SERVICE).sandboxes).toEqual([BASE.id, OTHER.id, SERVICE.id]);
  });

  it('has the worst severity of all', () => {
    expect(sole({ hardening: true, severity: 'medium' }, SERVICE, BASE)).toMatchObject({
      severity: 'medium',
      sandboxes: [SERVICE.id, BASE.id],
    });
  });

  it.each([
    ['two places', [{ at: ONE }, { at: TWO }], 2],
    ['two subjects', [{ subject: 'x' }, { subject: 'y' }], 2],
    ['the same twice', [{ subject: 'x' }, { subject: 'x' }], 1],
  ] as const)('%s: %3$i', (_, matches, count) => {
    expect(findings([rule('a', { matches })])).toHaveLength(count);
  });

  it('is not shared by two rules', () => {
    expect(findings([rule('a'), rule('b')])).toHaveLength(2);
  });

  it('keeps the places on the way, each once, its own left out', () => {
    const at = explicit(ONE.place, [TWO.place, ONE.place]);
    const related = [line(8, 13), TWO];
    const found = sole({ matches: [{ at, related }] });
    expect(found.related.map(({ span }) => span.start)).toEqual([4, 8]);
  });

  it('comes in the order of the text, then of the rules’ names', () => {
    const rules = [rule('b'), rule('c', { matches: [{ at: TWO }, { at: ONE }] }), rule('a')];
    expect(findings(rules).map(({ rule: { id }, at }) => `${id}${at.span.start}`)).toEqual([
      'a0',
      'b0',
      'c0',
      'c4',
    ]);
  });

  it('is made for the formats of its rule alone', () => {
    expect(
      findings([rule('a', { formats: ['seatbelt'] }), rule('b', { formats: ['compose'] })]),
    ).toHaveLength(1);
  });
});

describe('subsumption', () => {
  const folded = (rules: readonly Rule[], ...sandboxes: readonly Sandbox[]): string[] =>
    findings(rules, ...sandboxes)
      .filter(({ subsumed }) => subsumed)
      .map(({ rule: { id } }) => id);
  const gives = (
    id: string,
    outcomes: readonly string[],
    match: Partial<Match> = {},
    axis: Axis = 'files',
  ): Rule => rule(id, { axis, matches: [{ gains: gains(...outcomes), ...match }] });

  it.each([
    ['one that gives less at the same Origin', ['home-read', 'identity'], ['identity'], ONE, ['b']],
    ['one that gives something else', ['home-read'], ['identity'], ONE, []],
    ['one that gives a part of it only', ['home-read'], ['home-read', 'identity'], ONE, ['a']],
    ['one at another Origin', ['home-read', 'identity'], ['identity'], TWO, []],
    ['of two that give the same, the later by name', ['identity'], ['identity'], ONE, ['b']],
  ] as const)('folds away %s', (_, first, second, at, expected) => {
    expect(folded([gives('a', first), gives('b', second, { at })])).toEqual(expected);
  });

  it('keeps the more severe of two that give the same', () => {
    expect(
      folded([gives('a', ['identity'], { severity: 'low' }), gives('b', ['identity'], { severity: 'high' })]),
    ).toEqual(['a']);
  });

  it('never folds a more severe finding under a less severe one', () => {
    const wide = gives('wide', ['session', 'host-root'], { severity: 'medium' });
    expect(folded([wide, gives('narrow', ['host-root'], { severity: 'high' })])).toEqual([]);
  });

  it('takes nothing for included that is less sure in what includes it', () => {
    const guess: Gain[] = [{ outcome: 'credential:ssh', certainty: 'assumed' }, ...gains('home-read')];
    const wide = rule('wide', { matches: [{ gains: guess }] });
    expect(folded([wide, gives('narrow', ['credential:ssh'])])).toEqual([]);
  });

  it('keeps what gives nothing by itself', () => {
    expect(folded([gives('a', ['identity']), rule('b', { axis: 'files' })])).toEqual([]);
  });

  it('keeps defaults apart, which share the anchor of everything that nobody wrote', () => {
    const at = byDefault(ONE.place, 'the engine');
    expect(folded([gives('a', ['home-read', 'identity'], { at }), gives('b', ['identity'], { at })])).toEqual(
      [],
    );
  });

  it.each([
    ['host', ['x']],
    ['limits', ['x']],
    ['files', []],
    ['credentials', []],
    ['network', []],
    ['persistence', []],
    [null, []],
  ] as const)('under root on the host, of the axis %s', (axis, expected) => {
    const note = rule('x', { axis, matches: [{ at: TWO }] });
    expect(folded([gives('root', ['host-root'], {}, 'host'), note])).toEqual(expected);
  });

  it('never hides secrets and egress beside a socket', () => {
    const text =
      'services:\n  agent:\n    image: node:22\n    environment: [GITHUB_TOKEN]\n    volumes: [".:/w", "/run/docker.sock:/s"]\n';
    const shown = auditText('compose', text).findings.filter(({ subsumed }) => !subsumed);
    const rules = shown.map(({ rule: { id } }) => id);
    for (const id of ['engine-socket', 'host-secret-passthrough', 'open-egress']) expect(rules).toContain(id);
    for (const id of ['root-user', 'unlimited-memory']) expect(rules).not.toContain(id);
  });

  it('needs root for certain', () => {
    const guess: Gain[] = [{ outcome: 'host-root', certainty: 'assumed' }];
    const root = rule('root', { matches: [{ gains: guess }] });
    expect(folded([root, rule('x', { matches: [{ at: TWO }] })])).toEqual([]);
  });

  it('leaves every way to root', () => {
    const roots = ['a', 'b'].map((id, at) => gives(id, ['host-root'], { at: at === 0 ? ONE : TWO }, 'host'));
    expect(folded(roots)).toEqual([]);
  });

  it('counts in one sandbox: a finding is folded away when it is in all of its own', () => {
    const root = (only: readonly Sandbox[]): Rule =>
      rule('root', { only, matches: [{ gains: gains('host-root') }] });
    const note = rule('note', { matches: [{ at: TWO }] });
    expect(folded([root([BASE]), note], BASE, OTHER)).toEqual([]);
    expect(folded([root([BASE, OTHER]), note], BASE, OTHER)).toEqual(['note']);
  });
});

describe('a fingerprint', () => {
  const ids = (text: string): Map<string, string> => {
    const { findings: all } = auditText('compose', text);
    const own = all.filter(({ sandboxes }) => sandboxes.includes('compose.yml#agent'));
    return new Map(own.map((finding) => [`${finding.rule.id} ${finding.evidence}`, finding.id]));
  };
  const TEXT_WITH_ALL = `${COMPOSE}    privileged: true\n    environment:\n      API_TOKEN: q8Zr1vX0cT7mK4bW\n`;

  it('survives a shift of lines', () => {
    const before = ids(TEXT_WITH_ALL);
    expect(before.size).toBeGreaterThan(5);
    expect(ids(`# a note\n\n${TEXT_WITH_ALL.replace('services:', 'name: x\nservices:')}`)).toEqual(before);
  });

  it('survives another service beside it', () => {
    const after = ids(`${TEXT_WITH_ALL}  db:\n    image: alpine:3\n`);
    for (const [key, id] of ids(TEXT_WITH_ALL)) expect(after.get(key)).toBe(id);
  });

  it('differs between findings', () => {
    const all = findings(
      [rule('a', { matches: [{ subject: 'x' }, { subject: 'y' }, { at: TWO, subject: 'x' }] }), rule('b')],
      BASE,
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(4);
  });

  it('differs between files and sandboxes', () => {
    const elsewhere = explicit(placeAt(createSource('other.yml', 'one'), 0, 3));
    const found = [sole({}), sole({}, OTHER), sole({ matches: [{ at: elsewhere }] })];
    expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  });
});
