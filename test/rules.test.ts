/** The pages of the rules are their tests: each bad example is found, each good one passes. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../rules/index.ts';
import { FRONTENDS } from '../src/frontends/index.ts';
import { auditText } from './support/audit-text.ts';
import { examplesOf, pageNames, pageOf } from './support/pages.ts';

const HEADINGS = [
  '## What it flags',
  '## What hostile code gains',
  '## How to fix',
  '## When it is acceptable',
  '## Examples',
];

/** Rules that speak about one format's own words. */
const formatsOf = (id: string): readonly string[] | undefined =>
  RULES.find((rule) => rule.id === id)?.formats;

describe('every rule', () => {
  it('has a page, and every page a rule', () => {
    expect(pageNames()).toEqual(RULES.map((rule) => rule.id).sort());
  });

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s is complete', (id, rule) => {
    const page = pageOf(id);
    const positions = HEADINGS.map((heading) => page.indexOf(`\n${heading}\n`));
    expect(
      positions.every((at) => at > 0),
      `headings of rules/${id}.md`,
    ).toBe(true);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
    expect(page.startsWith(`# ${id}\n`)).toBe(true);
    const examples = examplesOf(id);
    expect(examples.filter((example) => example.expectation === 'bad').length).toBeGreaterThan(0);
    expect(examples.filter((example) => example.expectation === 'good').length).toBeGreaterThan(0);
    const formats = new Set(examples.map((example) => example.format));
    expect(formats.size).toBeGreaterThanOrEqual(Math.min(2, formatsOf(id)?.length ?? 2));
    const references = rule.references;
    expect(
      [references.attack, references.cwe, references.cis, references.owasp, references.links].flat(),
    ).not.toHaveLength(0);
  });
});

/** Formats that examples may be in before their front end is there. */
const LATER: ReadonlySet<string> = new Set(['seatbelt', 'bwrap', 'docker-run', 'unshare']);
const isReadable = (format: string): boolean =>
  !LATER.has(format) || FRONTENDS.some((frontend) => frontend.id === format);

const readableExamples = (rule: string) => examplesOf(rule).filter((example) => isReadable(example.format));

describe.each(pageNames().filter((rule) => readableExamples(rule).length > 0))('%s', (rule) => {
  it.each(
    readableExamples(rule).map(
      (example) => [`line ${example.line}: ${example.format} ${example.expectation}`, example] as const,
    ),
  )('%s', (_, example) => {
    const { findings, result } = auditText(example.format, example.text, example.files, example.path);
    expect(result.diagnostics.filter((diagnostic) => diagnostic.severity !== 'note')).toEqual([]);
    expect(result.sandboxes.length).toBeGreaterThan(0);
    const own = findings.filter((finding) => finding.rule.id === rule);
    if (example.expectation === 'bad') expect(own.length, 'findings of this rule').toBeGreaterThan(0);
    else expect(own.map((finding) => finding.evidence)).toEqual([]);
    if (example.expectation === 'unknown') {
      expect(findings.map((finding) => finding.rule.id)).toContain('unresolved-value');
    }
  });
});
