/** What others wrote: no secret is shown, no terminal is steered, no build is commanded. */
import { describe, expect, it } from 'vitest';
import { frameOf } from '../../src/report/frame.ts';
import { renderGithub } from '../../src/report/github.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { printable, safeJson, withoutCommands } from '../../src/report/printable.ts';
import { MASK, redactionOf } from '../../src/report/redaction.ts';
import type { Report, ReportedRadius } from '../../src/report/report.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { renderTerminal, type TerminalOptions } from '../../src/report/terminal.ts';
import { createSource, type Place, placeAt } from '../../src/source/source.ts';
import {
  axesWith,
  fileOf,
  findingAt,
  outcomeBy,
  placeOf,
  reportOf,
  sandboxAt,
} from '../support/report-builder.ts';

const OPTIONS: TerminalOptions = {
  color: false,
  width: 80,
  unicode: true,
  pedantic: true,
  verbose: true,
  quiet: false,
  failOn: 'high',
};

function everyFormat(report: Report): [string, string][] {
  return [
    ['terminal', renderTerminal(report, OPTIONS)],
    ['quiet', renderTerminal(report, { ...OPTIONS, quiet: true })],
    ['json', renderJson(report)],
    ['sarif', renderSarif(report, new Map())],
    ['github', renderGithub(report, OPTIONS)],
    ['markdown', renderMarkdown(report, OPTIONS)],
    ['html', renderHtml(report, OPTIONS)],
  ];
}

/** Put together here, so that no scanner of repositories takes it for a real one. */
const TOKEN = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
const KEY_LINE = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
const PASSWORD = 'tr0ub4dor-and-three';
/** Under a name that says nothing: only its place tells. */
const QUIET_VALUE = 'zanzibar-quince';

/** Everything that a radius can repeat of a file. */
function radiusSaying(text: string, at: Place): Partial<ReportedRadius> {
  const after = { findings: [], scoreAfter: 1, gradeAfter: 'A', leaves: text, exact: true } as const;
  return {
    score: 5,
    possible: 9,
    axes: axesWith({ host: { reason: text, at } }),
    outcomes: [
      outcomeBy('engine-socket', at, 'host-root', {
        path: [{ step: 'rule', rule: 'engine-socket', message: text, at }],
      }),
    ],
    unknowns: [text],
    fixFirst: [after],
    best: after,
  };
}

function secretReport(): Report {
  const source = createSource(
    'compose.yml',
    [
      'services:',
      '  agent:',
      '    environment:',
      `      DB_PASSWORD: ${PASSWORD}`,
      `      COLOUR: ${QUIET_VALUE}`,
      `    command: curl -H "Authorization: Bearer ${TOKEN}" x`,
      '    key: |',
      '      -----BEGIN RSA PRIVATE KEY-----',
      `      ${KEY_LINE}`,
      '      -----END RSA PRIVATE KEY-----',
    ].join('\n'),
  );
  const at = (word: string) => placeOf(source, word);
  const sandbox = sandboxAt(
    at('agent'),
    `agent ${TOKEN}`,
    'sandbox',
    radiusSaying(`${PASSWORD} ${TOKEN}`, at('agent')),
  );
  const common = {
    sandboxes: [sandbox.id],
    evidence: `it says ${PASSWORD} and ${TOKEN}`,
    consequence: `Whoever has ${PASSWORD} gets in.`,
    remedy: `Remove ${TOKEN}.`,
    assumes: [`${PASSWORD} is real`],
  };
  const lines = ['DB_PASSWORD', 'COLOUR', 'command', KEY_LINE, 'key: |'];
  return reportOf({
    sandboxes: [sandbox],
    findings: [
      ...lines.map((word) => findingAt(at(word), 'secret-in-config', common)),
      findingAt(at(PASSWORD), 'secret-env-file', {
        ...common,
        fixes: [
          {
            applicability: 'safe',
            title: `Remove ${PASSWORD}`,
            edits: [{ place: at('agent'), text: `x: ${TOKEN}` }],
          },
        ],
        suppressed: { by: PASSWORD, reason: TOKEN },
      }),
    ],
    files: [
      fileOf('compose.yml', {
        status: 'partial',
        diagnostics: [{ message: `bad ${PASSWORD}`, place: at(TOKEN), severity: 'error' }],
      }),
    ],
    secrets: [at(PASSWORD), at(QUIET_VALUE)],
  });
}

describe('secrets', () => {
  it.each(everyFormat(secretReport()))('never appear in %s', (_, output) => {
    for (const secret of [TOKEN, KEY_LINE, PASSWORD, QUIET_VALUE]) expect(output).not.toContain(secret);
    expect(output).toContain(MASK);
  });

  it('do not blacken our own words, or the names and operators of a script', () => {
    const text = 'docker run \\\n  ${AGENT_TOKEN:+-e AGENT_TOKEN} image';
    const source = createSource('run.sh', `[[ -n "\${AGENT_TOKEN:-}" ]] && deploy\n${text}`);
    const at = placeOf(source, 'deploy');
    const leaves = 'takes credentials that work at once (credentials)';
    const axes = axesWith({ credentials: { reason: 'takes credentials that work at once', at } });
    const after = { findings: [], scoreAfter: 1, gradeAfter: 'A', leaves, exact: true } as const;
    const sandbox = sandboxAt(at, 'agent', 'sandbox', { score: 5, axes, best: after });
    const report = reportOf({
      sandboxes: [sandbox],
      findings: [
        findingAt(at, 'engine-socket', {
          sandboxes: [sandbox.id],
          assumes: ['`[[ -n "${AGENT_TOKEN:-}" ]]` holds'],
        }),
      ],
    });
    for (const [, output] of everyFormat(report)) expect(output).not.toContain(MASK);
    expect(renderTerminal(report, OPTIONS)).toContain('[[ -n "${AGENT_TOKEN:-}" ]] && deploy');
  });

  it('do not blacken the same word where it is none', () => {
    const source = createSource('compose.yml', 'NODE_ENV: production');
    const redaction = redactionOf([placeOf(source, 'production')]);
    expect(redaction.text('the production network')).toBe('the production network');
  });

  it('are masked in a message that repeats them without their name', () => {
    const source = createSource('a.yml', `DB_PASSWORD: "${PASSWORD}"`);
    expect(redactionOf([placeOf(source, `"${PASSWORD}"`)]).text(`got ${PASSWORD}!`)).toBe(`got ${MASK}!`);
  });
});

describe('escapes and commands', () => {
  const HOSTILE = '\u001b[2J\u009b31m\u202Egnp.\u2066x\u200b\r\n::error::owned\n##[set-output name=x]y';
  const path = `${HOSTILE}/compose.yml`;
  const source = createSource(path, `services:\n  ${HOSTILE.replaceAll('\n', ' ')}: x\n`);
  const place = placeAt(source, 12, 20);
  const sandbox = sandboxAt(place, HOSTILE, 'sandbox', radiusSaying(HOSTILE, place));
  const report = reportOf({
    sandboxes: [sandbox],
    findings: [
      findingAt(place, 'open-egress', {
        sandboxes: [sandbox.id],
        evidence: HOSTILE,
        consequence: HOSTILE,
        remedy: HOSTILE,
      }),
      findingAt(place, 'unresolved-value', { sandboxes: [sandbox.id], evidence: HOSTILE }),
    ],
    files: [
      fileOf(path, { status: 'failed', diagnostics: [{ message: HOSTILE, place: null, severity: 'error' }] }),
    ],
    skipped: [HOSTILE],
  });

  it.each(everyFormat(report))('do nothing in %s', (format, output) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/);
    expect(output).not.toContain('##[');
    const commands = output.split('\n').filter((line) => line.trimStart().startsWith('::'));
    const own =
      /^::(?:error|warning|notice) file=[^:,]*,(?:(?:line|endLine|col|endColumn)=\d+,)*title=[^:,]*::(?!.*\n)/;
    expect(commands.filter((line) => format !== 'github' || !own.test(line))).toEqual([]);
  });

  it('leave paths exact for programs', () => {
    const parsed = JSON.parse(renderJson(report));
    expect(parsed.findings[0].at.file).toBe(path);
    expect(parsed.sandboxes[0].name).toBe(HOSTILE);
  });

  it('of a wrapped word at the beginning of a line are taken apart', () => {
    expect(withoutCommands('a\n  ::error::x\n[::1]:80')).toBe('a\n  \\::error::x\n[::1]:80');
  });

  it.each([20, 40, 60, 70, 72, 74, 76])('do not begin a line that was wrapped after %i columns', (length) => {
    const evidence = `${'a'.repeat(length)} ::error::owned`;
    const wrapped = reportOf({
      sandboxes: [sandbox],
      findings: [
        findingAt(place, 'open-egress', { sandboxes: [sandbox.id], evidence, consequence: evidence }),
      ],
    });
    expect(renderTerminal(wrapped, OPTIONS)).not.toMatch(/^\s*::/m);
  });

  it('are shown by number, safe text as it is', () => {
    expect(printable('a\u001b[0m\u202e')).toBe('a\\u{1b}[0m\\u{202e}');
    expect(printable('Grüße ⚠️ 日本 [::1] a#b')).toBe('Grüße ⚠️ 日本 [::1] a#b');
    expect(printable('\ud800')).toBe('\\u{d800}');
  });

  it('survive a round through JSON', () => {
    const value = { text: `${HOSTILE}\u{e0041}\ud800` };
    expect(JSON.parse(safeJson(value))).toEqual(value);
  });
});

describe('frame', () => {
  const none = redactionOf([]);
  const frame = (text: string, word: string, width = 60) => {
    const source = createSource('f', text);
    return frameOf(placeOf(source, word), none, width);
  };
  const marked = ({ text, before, length }: { text: string; before: number; length: number }): string =>
    text.slice(before, before + length);

  it('marks exactly the range', () => {
    const result = frame('a: 1\n  b: two # x\n', 'two');
    expect(result).toMatchObject({ line: 2, text: '  b: two # x', endLine: null });
    expect(marked(result)).toBe('two');
  });

  it.each([
    ['tabs', '\t\tkey:\tvalue', 'value', 'value'],
    ['escapes before it', '\u001b[31mkey: value', 'value', 'value'],
    ['a line of a mebibyte', `${'x '.repeat(500_000)}NEEDLE${' y'.repeat(500_000)}`, 'NEEDLE', 'NEEDLE'],
    ['the end of a long line', `${'x '.repeat(5_000)}NEEDLE`, 'NEEDLE', 'NEEDLE'],
  ])('under %s', (_, text, word, expected) => {
    const result = frame(text, word);
    expect(marked(result)).toBe(expected);
    expect(result.text.length).toBeLessThanOrEqual(60);
  });

  it('counts wide characters as two columns', () => {
    expect(frame('日本🎉: value', 'value').before).toBe(8);
  });

  it('is quick on a line of emoji', () => {
    const result = frame(`${'🎉'.repeat(50_000)}NEEDLE${'🎉'.repeat(50_000)}`, 'NEEDLE');
    expect(result.text).toContain('NEEDLE');
    expect(result.text).not.toContain('\ufffd');
  });

  it('says where a range of many lines ends', () => {
    const source = createSource('f', 'a:\n  b\n  c\nd');
    expect(frameOf(placeAt(source, 0, 11), none, 60)).toMatchObject({
      line: 1,
      text: 'a:',
      length: 2,
      endLine: 3,
    });
  });

  it('marks an empty range, at the end of a line and of the file too', () => {
    const source = createSource('f', 'ab\n');
    expect(frameOf(placeAt(source, 1, 1), none, 60)).toMatchObject({ before: 1, length: 1 });
    expect(frameOf(placeAt(source, 2, 2), none, 60)).toMatchObject({ line: 1, before: 2, length: 1 });
    expect(frameOf(placeAt(source, 3, 3), none, 60)).toMatchObject({ line: 2, text: '', length: 1 });
  });

  it('masks what of a secret lies on the line', () => {
    const source = createSource('f', 'x: "one\n  two"\ny');
    const secret = placeAt(source, 3, 14);
    expect(frameOf(secret, redactionOf([secret]), 60)).toMatchObject({
      text: `x: ${MASK}`,
      before: 3,
      length: 3,
    });
    const second = placeAt(source, 8, 10);
    expect(frameOf(second, redactionOf([secret]), 60).text).toBe(MASK);
  });
});
