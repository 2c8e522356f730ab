/** The Markdown report: what others wrote makes no markup, no link, no mention in it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { markdownProse, markdownText } from '../../src/report/markup.ts';
import { createSource } from '../../src/source/source.ts';
import { findingAt, fullReport, placeOf, reportOf, sandboxAt } from '../support/report-builder.ts';

const DETAIL = { pedantic: false, failOn: 'high' } as const;

/** As a browser shows it, spaces of no width aside. */
function shown(markdown: string): string {
  return markdown
    .replaceAll('&#8203;', '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

const line = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });

describe('text of others', () => {
  it('is shown as it was, with nothing left that means anything', () => {
    fc.assert(
      fc.property(line, (text) => {
        const escaped = markdownText(text);
        expect(shown(escaped)).toBe(text);
        expect(escaped.replace(/&#\d+;/g, '')).not.toMatch(/[&<>"'`*_{}[\]()#!|~\\$@^]|:\/\/|www\./);
      }),
    );
  });

  it('is code between backticks, and a lone backtick is a character', () => {
    expect(markdownProse('`a*b` and `c')).toBe('<code>a&#42;b</code> and &#96;c');
    fc.assert(
      fc.property(line, (text) => {
        const plain = shown(markdownProse(text).replace(/<\/?code>/g, ''));
        expect(plain.replaceAll('`', '')).toBe(text.replaceAll('`', ''));
      }),
    );
  });

  it.each([
    ['@octocat', '&#64;&#8203;octocat'],
    ['see #12', 'see &#35;&#8203;12'],
    ['GH-12', 'GH&#45;12'],
    ['https://example.org', 'https&#58;//example.org'],
    ['www.example.org', 'www&#46;example.org'],
  ])('%s is no reference', (text, expected) => expect(markdownText(text)).toBe(expected));
});

describe('report', () => {
  it('is a table with everything else folded', async () => {
    await expect(renderMarkdown(fullReport(), DETAIL)).toMatchFileSnapshot('../snapshots/report.md');
  });

  it('keeps its table and its folds whatever a file says', () => {
    const hostile = '</details> | x | <img src=x> ![i](https://example.org) @admins\u001b[0m ::error::x';
    const source = createSource('a.yml', hostile);
    const place = placeOf(source, 'x');
    const sandbox = sandboxAt(place, hostile);
    const said = { sandboxes: [sandbox.id], evidence: hostile, consequence: hostile, remedy: hostile };
    const text = renderMarkdown(
      reportOf({ sandboxes: [sandbox], findings: [findingAt(place, 'engine-socket', said)] }),
      DETAIL,
    );
    for (const row of text.split('\n').filter((one) => one.startsWith('|')))
      expect(row.split('|')).toHaveLength(7);
    expect(text.match(/<\/details>/g)).toHaveLength(1);
    expect(text).not.toMatch(/<img|!\[|@admins|^\s*::/m);
    expect(text).not.toContain('\u001b');
  });

  it('stays a summary for a great many sandboxes, and says what it leaves out', () => {
    const source = createSource('a.yml', 'x');
    const place = placeOf(source, 'x');
    const sandboxes = Array.from({ length: 500 }, (_, index) => sandboxAt(place, `s${index}`));
    const findings = sandboxes.map(({ id }, index) =>
      findingAt(place, 'engine-socket', { id: `f${index}`, sandboxes: [id], evidence: 'e'.repeat(5_000) }),
    );
    const text = renderMarkdown(reportOf({ sandboxes, findings }), DETAIL);
    expect(text.length).toBeLessThan(500_000);
    expect(text).toContain('And 450 more, none of them worse.');
  });
});
