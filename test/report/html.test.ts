/** The HTML report loads nothing, runs nothing, and what others wrote stays text in it. */
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import type { Report } from '../../src/report/report.ts';
import { createSource } from '../../src/source/source.ts';
import {
  axesWith,
  fileOf,
  findingAt,
  fullReport,
  outcomeBy,
  placeOf,
  reportOf,
  sandboxAt,
} from '../support/report-builder.ts';

const DETAIL = { pedantic: false, failOn: 'high' } as const;

/** Everything that a file can say, said by one text. */
function reportSaying(text: string): Report {
  const source = createSource(`${text}.yml`, `key: ${text}\nx: y\n`);
  const at = placeOf(source, text);
  const phrase = { phrase: text };
  const path = [
    { step: 'rule', rule: 'engine-socket', message: text, at },
    { step: text, rule: null, message: text, at: null },
  ];
  const improvement = {
    findings: ['engine-socket-0123456789abcdef'],
    scoreAfter: 1,
    gradeAfter: 'A',
    leaves: text,
    exact: true,
  } as const;
  const radius = {
    score: 5,
    possible: 9,
    grade: 'C',
    unknowns: [text],
    axes: axesWith({ host: { level: 3, worth: 5, reason: text, at } }),
    outcomes: [outcomeBy('engine-socket', at, `credential:${text}`, { ...phrase, path })],
    fixFirst: [improvement],
    best: improvement,
  } as const;
  const sandbox = sandboxAt(at, text, 'sandbox', radius);
  const other = sandboxAt(at, `${text} `, 'service', radius);
  const said = { sandboxes: [sandbox.id], evidence: text, consequence: text, remedy: text, assumes: [text] };
  return reportOf({
    sandboxes: [
      { ...sandbox, role: { kind: 'sandbox', reason: text } },
      { ...other, role: { kind: 'service', reason: text } },
    ],
    findings: [findingAt(at, 'engine-socket', said), findingAt(at, 'unresolved-value', said)],
    files: [
      fileOf(text, { status: 'failed', diagnostics: [{ message: text, place: at, severity: 'error' }] }),
    ],
  });
}

const tagsOf = (html: string): string[] => html.match(/<\/?[a-zA-Z!][\w-]*(?:\s+[\w-]+(?==))*/g) ?? [];
const html = renderHtml(fullReport(), DETAIL);

describe('html', () => {
  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></svg><svg onload=alert(1)>',
    '<!--',
    ']]>',
    '&lt;b&gt;',
    '`<b>` `',
  ])('keeps %s text', (hostile) => {
    const [said, plain] = [hostile, 'z'.repeat(hostile.length)].map((text) =>
      renderHtml(reportSaying(text), DETAIL),
    );
    // Backticks alone make an element of ours.
    const code = (tag: string): boolean => !/^<\/?code/.test(tag);
    expect(tagsOf(said ?? '').filter(code)).toEqual(tagsOf(plain ?? '').filter(code));
    expect(said).not.toContain(hostile);
  });

  it('loads and runs nothing', () => {
    for (const page of [html, renderHtml(reportSaying('https://example.org/x.js'), DETAIL)]) {
      expect(page).toContain(
        `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
      );
      expect(page).not.toMatch(/<(?:script|link|iframe|img|object|embed|base|form|use|image)\b/i);
      expect(page).not.toMatch(/\b(?:src|srcset|action|xlink:href|on\w+)=/i);
      expect(page).not.toMatch(/url\(|@import|javascript:/i);
      const anchors = page.match(/<a [^>]*>/g) ?? [];
      expect(anchors.length).toBeGreaterThan(0);
      for (const anchor of anchors) {
        expect(anchor).toMatch(
          /^<a href="(?:#s\d+"|https:\/\/github\.com\/sandbox-audit\/[\w/.-]+" rel="noopener noreferrer")>$/,
        );
      }
    }
  });

  it('is a whole page with a title, for light, dark and paper', () => {
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(html).toContain('<title>Blast radius: F - sandbox-audit</title>');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('@media print');
    expect(html.trimEnd().endsWith('</html>')).toBe(true);
  });

  it('closes every element that it opens, in order', () => {
    const open: string[] = [];
    const body = html.slice(html.indexOf('<body>'), html.indexOf('</html>'));
    for (const [, close, name = '', rest = ''] of body.matchAll(/<(\/)?([a-z][\w-]*)([^>]*)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (!rest.endsWith('/') && name !== 'br') open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('draws the way from code inside over the grants to the outcomes', () => {
    const [svg = ''] = /<svg[\s\S]*?<\/svg>/.exec(html) ?? [];
    expect(svg).toContain('>code inside<');
    expect(svg).toContain('>engine-socket<');
    expect(svg).toContain('>docker/compose.yml:7<');
    expect(svg).toContain('>becomes root on the host<');
    // Two grants, two outcomes: an edge to each.
    expect(svg.match(/<path /g)).toHaveLength(4);
    expect(renderHtml(reportOf({ sandboxes: fullReport().sandboxes.slice(1, 2) }), DETAIL)).not.toContain(
      '<svg',
    );
  });

  it('shows every finding once, the secret in none', () => {
    expect(html.match(/<b>Container engine socket inside<\/b>/g)).toHaveLength(1);
    expect(html).not.toContain('correct-horse-battery');
    expect(html).toContain('up to <b>9.8</b> while <code>$OPTS</code> and <code>$MORE</code> are unknown');
  });

  it('says when there is nothing', () => {
    expect(renderHtml(reportOf(), DETAIL)).toContain('No sandbox definition was found.');
  });
});
