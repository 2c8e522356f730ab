/** Every format of one report, as files to be read by eye, and what each format promises. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { renderGithub } from '../../src/report/github.ts';
import { renderJson } from '../../src/report/json.ts';
import { displayWidth } from '../../src/report/paragraph.ts';
import type { Report } from '../../src/report/report.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { renderTerminal, type TerminalOptions } from '../../src/report/terminal.ts';
import { createSource } from '../../src/source/source.ts';
import { fileOf, findingAt, fullReport, placeOf, reportOf, sandboxAt } from '../support/report-builder.ts';

const PLAIN: TerminalOptions = {
  color: false,
  width: 80,
  unicode: true,
  pedantic: false,
  verbose: false,
  quiet: false,
  failOn: 'high',
};
const snapshot = (name: string): string => `../snapshots/${name}`;
const rulesOnce = (report: Report): Report => ({
  ...report,
  rules: report.rules.filter(({ id }) => report.findings.some(({ rule }) => rule.id === id)),
});

describe('snapshots', () => {
  it.each([
    ['terminal.txt', {}],
    ['terminal-pedantic.txt', { pedantic: true }],
    ['terminal-verbose.txt', { verbose: true }],
    ['terminal-quiet.txt', { quiet: true }],
  ])('%s', async (name, options) => {
    await expect(renderTerminal(fullReport(), { ...PLAIN, ...options })).toMatchFileSnapshot(snapshot(name));
  });

  it('report.json, report.sarif, github.txt', async () => {
    await expect(renderJson(fullReport())).toMatchFileSnapshot(snapshot('report.json'));
    await expect(
      renderSarif(rulesOnce(fullReport()), new Map([['engine-socket', '# engine-socket\n']])),
    ).toMatchFileSnapshot(snapshot('report.sarif'));
    await expect(renderGithub(fullReport(), PLAIN)).toMatchFileSnapshot(snapshot('github.txt'));
  });
});

describe('terminal', () => {
  const text = renderTerminal(fullReport(), PLAIN);

  it('keeps to the width and uses no colour when none is asked for', () => {
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
    expect(text).not.toContain('\u001b');
    expect(renderTerminal(fullReport(), { ...PLAIN, color: true })).toContain('\u001b[');
  });

  it('prints a finding of two sandboxes once', () => {
    expect(text.match(/engine-socket docker/g)).toHaveLength(1);
    expect(text).toContain('also: second');
  });

  it('shows hardening notes that decide the exit code', () => {
    expect(text).not.toContain('unlimited-memory docker');
    expect(renderTerminal(fullReport(), { ...PLAIN, failOn: 'medium' })).toContain('unlimited-memory docker');
  });

  it('says when there is nothing to audit, and when all is well', () => {
    expect(renderTerminal(reportOf({ skipped: ['a', 'b'] }), PLAIN)).toMatch(
      /^Nothing to audit: .*2 directories skipped/,
    );
    const source = createSource('compose.yml', 'services: {}');
    const clean = reportOf({
      sandboxes: [sandboxAt(placeOf(source, 'services'), 'agent')],
      files: [fileOf('compose.yml')],
    });
    expect(renderTerminal(clean, PLAIN)).toContain('No findings.');
  });

  it('never calls a tree with an unread file one with nothing to audit', () => {
    const report = reportOf({ files: [fileOf('a.yml', { status: 'failed', diagnostics: [] })] });
    expect(renderTerminal(report, PLAIN)).toContain('not analysed: a.yml');
    expect(renderTerminal(report, PLAIN)).not.toContain('Nothing to audit');
  });
});

interface SchemaObject {
  [key: string]: unknown;
}

/** The published schema lets fields be added; what this version writes has to be described in it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema as SchemaObject).map(([key, value]) => [key, closed(value)] as const);
  const copy: SchemaObject = Object.fromEntries(entries);
  return copy.type === 'object' ? { ...copy, additionalProperties: false } : copy;
}

describe('json', () => {
  const schema: SchemaObject = JSON.parse(
    readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'),
  );
  const valid = new Ajv2020({ allErrors: true }).compile(schema);
  const exact = new Ajv2020({ allErrors: true }).compile({
    ...(closed(schema) as SchemaObject),
    $id: 'closed',
  });

  it.each([
    ['full', fullReport()],
    ['empty', reportOf()],
    ['skipped file', reportOf({ files: [fileOf('x', { status: 'skipped', format: null })] })],
  ])('%s report follows the schema, with no field that it does not describe', (_, report) => {
    const parsed: unknown = JSON.parse(renderJson(report));
    valid(parsed);
    expect(valid.errors ?? []).toEqual([]);
    exact(parsed);
    expect(exact.errors ?? []).toEqual([]);
  });

  it('is refused by the schema when a field is missing or a place has one more', () => {
    const parsed = JSON.parse(renderJson(fullReport()));
    expect(valid({ ...parsed, summary: undefined })).toBe(false);
    parsed.findings[0].at.extra = 1;
    expect(valid(parsed)).toBe(false);
  });

  it('counts neither what is subsumed nor what is suppressed', () => {
    const { summary, findings } = JSON.parse(renderJson(fullReport()));
    expect(findings).toHaveLength(8);
    expect(summary).toMatchObject({
      findings: { critical: 1, high: 0, medium: 2, low: 1, info: 2 },
      suppressed: 1,
    });
  });
});

describe('sarif', () => {
  const log = (report: Report): Log => JSON.parse(renderSarif(report, new Map()));
  const [run] = log(fullReport()).runs;

  it('keeps within the limits of code scanning, with every index right', () => {
    const rules = run?.tool.driver.rules ?? [];
    expect(rules).toHaveLength(RULES.length);
    for (const rule of rules) {
      expect(rule.fullDescription?.text).toBeTruthy();
      expect(rule.help?.text).toBeTruthy();
      expect(rule.properties?.tags?.length).toBeLessThanOrEqual(20);
      expect(Number(rule.properties?.['security-severity'])).toBeLessThanOrEqual(10);
    }
    for (const result of run?.results ?? []) {
      expect(rules[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
      expect(result.locations).toHaveLength(1);
      const artifact = result.locations?.[0]?.physicalLocation?.artifactLocation;
      expect(run?.artifacts?.[artifact?.index ?? -1]?.location?.uri).toBe(artifact?.uri);
    }
  });

  it('gives relative addresses that name the file again', () => {
    const path = '../a b/#1/50%:ü.yml';
    const source = createSource(path, 'services:');
    const { runs } = log(reportOf({ findings: [findingAt(placeOf(source, 'services'), 'open-egress')] }));
    const uri = runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '';
    expect(uri).toBe('../a%20b/%231/50%25%3A%C3%BC.yml');
    expect(decodeURIComponent(uri)).toBe(path);
  });

  it('tells of files that were not understood, and that the run is not complete', () => {
    const [invocation] = run?.invocations ?? [];
    expect(invocation?.executionSuccessful).toBe(false);
    expect(invocation?.toolExecutionNotifications?.map(({ level }) => level)).toEqual(['warning', 'error']);
  });

  it('makes no links out of what a file says', () => {
    const source = createSource('a.yml', 'x');
    const evidence = 'see [here](https://example.org)';
    const { runs } = log(
      reportOf({ findings: [findingAt(placeOf(source, 'x'), 'open-egress', { evidence })] }),
    );
    expect(runs[0]?.results?.[0]?.message.text).not.toContain('](');
  });

  it('limits related places', () => {
    const source = createSource('a.yml', 'x');
    const related = Array.from({ length: 500 }, () => placeOf(source, 'x'));
    const { runs } = log(
      reportOf({ findings: [findingAt(placeOf(source, 'x'), 'open-egress', { related })] }),
    );
    expect(runs[0]?.results?.[0]?.relatedLocations).toHaveLength(100);
  });
});
