/** What filters leave, and what is said of it. */
import { describe, expect, it } from 'vitest';
import { filtered, isAtLeast, showingOf } from '../../src/report/selection.ts';
import { createSource } from '../../src/source/source.ts';
import { findingAt, placeOf, reportOf } from '../support/report-builder.ts';

const source = createSource('a.yml', 'one\ntwo\n');
const [one, two] = [placeOf(source, 'one'), placeOf(source, 'two')];
const gains = [{ outcome: 'host-root', certainty: 'direct' }] as const;
const base = { sandboxes: ['a'], gains };
const ALL = { minSeverity: 'info', minConfidence: 'low' } as const;

describe('filters', () => {
  const rooted = findingAt(one, 'engine-socket', { ...base, confidence: 'low' });
  const beside = findingAt(one, 'privileged-container', { ...base, subsumed: true });
  const elsewhere = findingAt(two, 'host-network', { ...base, gains: [], subsumed: true });
  const stranger = findingAt(two, 'host-pid-namespace', { sandboxes: ['b'], subsumed: false });
  const report = reportOf({ findings: [rooted, beside, elsewhere, stranger] });
  const subsumed = (minConfidence: 'high' | 'low'): (readonly [string, boolean])[] =>
    filtered(report, { ...ALL, minConfidence }).findings.map((finding) => [
      finding.rule.id,
      finding.subsumed,
    ]);

  it('never leave a finding subsumed by one that they take away', () => {
    expect(subsumed('high')).toEqual([
      ['privileged-container', false],
      ['host-network', false],
      ['host-pid-namespace', false],
    ]);
    expect(subsumed('low')).toContainEqual(['privileged-container', true]);
  });

  it('leave the unknown', () => {
    const unknown = findingAt(one, 'unresolved-value', { severity: 'info', confidence: 'low' });
    const kept = filtered(reportOf({ findings: [unknown] }), {
      minSeverity: 'critical',
      minConfidence: 'high',
    });
    expect(kept.findings).toEqual([unknown]);
  });

  it('change nothing when they ask for all', () => {
    expect(filtered(report, ALL)).toBe(report);
  });
});

describe('showing', () => {
  const detail = { pedantic: false, failOn: 'high' } as const;
  it.each([
    ['folded', 'unlimited-memory', 'medium', detail],
    ['shown', 'unlimited-memory', 'medium', { ...detail, pedantic: true }],
    ['shown', 'unlimited-memory', 'medium', { ...detail, failOn: 'medium' as const }],
    ['folded', 'unlimited-memory', 'medium', { ...detail, failOn: 'never' as const }],
    ['shown', 'open-egress', 'low', detail],
    ['hidden', 'open-egress', 'info', detail],
    ['shown', 'open-egress', 'info', { ...detail, pedantic: true }],
    ['unknown', 'unresolved-value', 'info', detail],
  ] as const)('%s: %s %s', (expected, rule, severity, options) => {
    expect(showingOf(findingAt(one, rule, { severity }), options)).toBe(expected);
  });

  it('knows which severities reach a threshold', () => {
    expect(isAtLeast('critical', 'high')).toBe(true);
    expect(isAtLeast('high', 'high')).toBe(true);
    expect(isAtLeast('medium', 'high')).toBe(false);
    expect(isAtLeast('critical', 'never')).toBe(false);
  });
});
