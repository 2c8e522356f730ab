/** How the blast radius is told: on the terminal, in JSON and in SARIF. */
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { byWeight, findingsById, fixFirst, worstGrade } from '../../src/report/blast-radius.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { displayWidth } from '../../src/report/paragraph.ts';
import type { Report, ReportedSandbox } from '../../src/report/report.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { filtered } from '../../src/report/selection.ts';
import { renderTerminal, type TerminalOptions } from '../../src/report/terminal.ts';
import { createSource } from '../../src/source/source.ts';
import { auditTree, tree } from '../engine/tree.ts';
import { findingAt, fullReport, outcomeBy, placeOf, reportOf, sandboxAt } from '../support/report-builder.ts';

const PLAIN: TerminalOptions = {
  color: false,
  width: 80,
  unicode: true,
  pedantic: false,
  verbose: false,
  quiet: false,
  failOn: 'high',
};
const terminal = (report: Report, more: Partial<TerminalOptions> = {}): string =>
  renderTerminal(report, { ...PLAIN, ...more });
const source = createSource('dir/compose.yml', 'one\ntwo\nthree\n');
const [one, two] = [placeOf(source, 'one'), placeOf(source, 'two')];

describe('terminal', () => {
  it('begins with grade, picture, worst path and what to fix first', () => {
    const [title, grade, ...rest] = terminal(fullReport()).split('\n');
    expect(title).toBe('agent (compose) docker/compose.yml:2:3');
    expect(grade).toBe('  F 10.0/10');
    expect(rest.slice(0, 2)).toEqual([
      '  host        ████   files       █░░░   credentials ███░',
      '  network     ░░░░   limits      ░░░░   persistence ░░░░',
    ]);
    const head = rest.slice(0, rest.indexOf('')).join(' ').replace(/\s+/g, ' ');
    expect(head).toContain(
      'worst: code inside -> `/var/run/docker.sock` is mounted (compose.yml:7) -> root on the host can act as you -> becomes root on the host',
    );
    expect(head).toContain('fix first: engine-socket at compose.yml:7 -> E 8.3');
    expect(head).toContain(
      'to reach D 7.1: engine-socket at compose.yml:7 and privileged-container at compose.yml:4 (a smaller set may do)',
    );
    expect(head).toContain('all edits together: B 2.4; what no edit takes away: files:');
    expect(head).toContain('network 0: no network, compose.yml:3');
  });

  it('shows a range with what it depends on', () => {
    expect(terminal(fullReport())).toContain('  D 6.1/10, up to 9.8 while $OPTS and $MORE are unknown');
  });

  it('never draws what is not known as good news', () => {
    const root = tree({
      'compose.yml':
        'services:\n  agent:\n    image: node:22\n    network_mode: ${NET}\n    volumes: [".:/w"]\n',
    });
    const report = auditTree(root);
    expect(report.sandboxes[0]?.radius.axes.find(({ axis }) => axis === 'network')?.level).toBe(0);
    const text = terminal(report);
    expect(text).toMatch(/network {5}\?{4}/);
    expect(text).toContain('network ?: ');
    expect(text).not.toContain('network 0');
  });

  it('draws in ASCII where nothing else can be shown', () => {
    const text = terminal(fullReport(), { unicode: false });
    expect(text).toContain('  host        ####   files       #...   credentials ###.');
    expect(text).not.toMatch(/[█░]/);
  });

  it.each([40, 60, 80, 110])('keeps to %i columns', (width) => {
    const text = terminal(fullReport(), { width, verbose: true });
    const long = text.split('\n').filter((line) => displayWidth(line) > width && /\s\S+\s/.test(line.trim()));
    expect(long.filter((line) => !/[|^]/.test(line))).toEqual([]);
  });

  it('orders findings by severity, then by what they give', () => {
    const sandbox = sandboxAt(one, 'a', 'sandbox', {
      outcomes: [
        outcomeBy('home-write', one, 'home-write', { worth: 9, certainty: 'next' }),
        outcomeBy('open-egress', two, 'internet', { worth: 4 }),
      ],
    });
    const gains = (outcome: string, certainty: 'direct' | 'next' | 'assumed') => ({
      gains: [{ outcome, certainty }] as const,
    });
    const findings = [
      findingAt(one, 'open-egress', { severity: 'high', ...gains('internet', 'direct') }),
      findingAt(one, 'host-device', { severity: 'high', ...gains('home-write', 'assumed') }),
      findingAt(one, 'writable-home', { severity: 'high', ...gains('home-write', 'next') }),
      findingAt(one, 'engine-socket', { severity: 'critical', gains: [] }),
    ];
    expect(byWeight(findings, sandbox).map(({ rule }) => rule.id)).toEqual([
      'engine-socket',
      'writable-home',
      'host-device',
      'open-egress',
    ]);
  });

  it('ends with a table of several sandboxes, worst first, and tells equal names apart', () => {
    const many = [2, 9.1, 5].map((score, index) =>
      sandboxAt(index === 0 ? one : two, index === 0 ? 'b' : 'a', 'sandbox', {
        score,
        grade: score > 9 ? 'F' : 'B',
      }),
    );
    const lines = terminal(reportOf({ sandboxes: many })).split('\n');
    const from = lines.findIndex((line) => line.startsWith('grade'));
    expect(lines.slice(from + 1, from + 4).map((line) => line.replace(/ {2,}/g, ' '))).toEqual([
      'F 9.1 a dir/compose.yml:2 no host (host)',
      'B 5.0 a dir/compose.yml:2 no host (host)',
      'B 2.0 b no host (host)',
    ]);
    expect(terminal(reportOf({ sandboxes: many.slice(0, 1) }))).not.toContain('grade  score');
  });

  it('folds services into a line each, unless they have findings of their own', () => {
    const service = sandboxAt(one, 'db', 'service', { score: 4.7, grade: 'C' });
    const quiet = reportOf({ sandboxes: [service] });
    expect(terminal(quiet)).toContain('service db (compose) dir/compose.yml:1:1: C 4.7/10');
    expect(terminal(quiet)).not.toContain('░');
    const finding = findingAt(one, 'published-port', { sandboxes: [service.id], severity: 'low' });
    const told = terminal({ ...quiet, findings: [finding] });
    expect(told).not.toContain('service db');
    expect(told).toContain('low published-port');
    expect(terminal({ ...quiet, findings: [{ ...finding, severity: 'info' }] })).toContain('service db');
    const unknown = findingAt(one, 'unresolved-value', { sandboxes: [service.id] });
    expect(terminal({ ...quiet, findings: [unknown] })).toContain('unknown: dir/compose.yml:1:1');
  });

  it('shows the arithmetic of the score when it is asked to, and it comes out', () => {
    const root = tree({ 'compose.yml': 'services:\n  agent:\n    image: node:22\n    volumes: [".:/w"]\n' });
    const text = terminal(auditTree(root), { verbose: true }).replace(/\s+/g, ' ');
    const [, score, most, again, others] =
      /score ([\d.]+): ([\d.]+) \+ \(10 - ([\d.]+)\) x ([\d.]+) \/ 60/.exec(text)?.map(Number) ?? [];
    expect(again).toBe(most);
    const exact = (most ?? 0) + ((10 - (most ?? 0)) * (others ?? 0)) / 60;
    expect(Math.round(exact * 10) / 10).toBe(score);
    expect(terminal(auditTree(root))).not.toContain('/ 60');
  });
});

describe('what to fix first', () => {
  const finding = (id: string, rule: string, at = one) => findingAt(at, rule, { id });
  const improvement = (...findings: string[]) =>
    ({ findings, scoreAfter: 3, gradeAfter: 'C', leaves: 'x', exact: true }) as const;
  const radius = (next: string[]): ReportedSandbox['radius'] =>
    sandboxAt(one, 'a', 'sandbox', { fixFirst: [improvement('1')], nextGrade: improvement(...next) }).radius;
  const all = findingsById(
    reportOf({
      findings: [
        finding('1', 'writable-home'),
        finding('2', 'credential-mount'),
        finding('3', 'engine-socket', two),
        finding('4', 'unlimited-memory'),
        finding('5', 'unlimited-cpu'),
      ],
    }),
  );

  it.each<[number, string, string[]]>([
    [1, 'one line that two rules flag is one edit', ['1', '2']],
    [2, 'two lines are two edits', ['1', '3']],
    [2, 'two settings of one place are two edits', ['4', '5']],
  ])('%i: %s', (length, _, next) => {
    expect(fixFirst(radius(next), all)).toHaveLength(length);
  });

  it('does not depend on filters', () => {
    const report = fullReport();
    const few = filtered(report, { minSeverity: 'critical', minConfidence: 'high' });
    expect(few.findings.length).toBeLessThan(report.findings.length);
    const of = (one: Report): unknown =>
      JSON.parse(renderJson(one)).sandboxes.map((s: { fixFirst: unknown }) => s.fixFirst);
    expect(of(few)).toEqual(of(report));
    expect(terminal(few)).toContain('to reach D 7.1');
  });
});

describe('json', () => {
  const parsed = JSON.parse(renderJson(fullReport()));

  it('has score, outcomes and fixes of each sandbox, by the names of the contract', () => {
    const agent = parsed.sandboxes.find(({ name }: { name: string }) => name === 'agent');
    expect(agent.score).toMatchObject({
      value: 10,
      possible: 10,
      grade: 'F',
      axes: {
        host: { level: 4, worth: 10, reason: 'becomes root on the host', at: { startLine: 7 } },
        limits: { at: null },
      },
    });
    expect(agent.outcomes[0]).toMatchObject({
      outcome: 'host-root',
      certainty: 'direct',
      path: [
        { step: 'rule', rule: 'engine-socket', at: { startLine: 7 } },
        { step: 'root-is-you', at: null },
      ],
    });
    expect(agent.outcomes[0].path[1]).not.toHaveProperty('rule');
    expect(agent.outcomes[1].outcome).toBe('credential:token');
    expect(agent.fixFirst.map((one: { gradeAfter: string }) => one.gradeAfter)).toEqual(['D', 'E']);
  });

  it('takes the worst grade from where hostile code runs', () => {
    expect(parsed.summary.worstGrade).toBe('F');
    const [inside, beside] = [
      sandboxAt(one, 'a', 'sandbox', { grade: 'B' }),
      sandboxAt(two, 'b', 'service', { grade: 'E' }),
    ];
    expect(worstGrade({ sandboxes: [inside, beside] })).toBe('B');
    expect(worstGrade({ sandboxes: [beside] })).toBe('E');
    expect(worstGrade({ sandboxes: [] })).toBe(null);
  });
});

describe('sarif', () => {
  const log: Log = JSON.parse(renderSarif(fullReport(), new Map()));
  const [run] = log.runs;
  const resultOf = (rule: string) => run?.results?.find(({ ruleId }) => ruleId === rule);

  it('tells the path of a finding, each step at a line', () => {
    const locations = resultOf('engine-socket')?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    expect(
      locations.map(({ location }) => [
        location?.physicalLocation?.region?.startLine,
        location?.message?.text,
      ]),
    ).toEqual([
      [2, 'Code runs inside the sandbox.'],
      [7, '`/var/run/docker.sock` is mounted: so.'],
      [7, 'Root on the host can act as you.'],
      [7, 'Hostile code becomes root on the host.'],
    ]);
    for (const { location } of locations) {
      const artifact = location?.physicalLocation?.artifactLocation;
      expect(run?.artifacts?.[artifact?.index ?? -1]?.location?.uri).toBe(artifact?.uri);
    }
  });

  it('has no path for what leads nowhere', () => {
    expect(resultOf('unlimited-memory')).not.toHaveProperty('codeFlows');
  });

  it('has score and grade in the properties of result and run', () => {
    expect(resultOf('engine-socket')?.properties).toMatchObject({ score: 10, grade: 'F' });
    expect(run?.properties).toMatchObject({
      worstGrade: 'F',
      sandboxes: [
        { name: 'agent', role: 'sandbox', score: 10, grade: 'F' },
        { name: 'second', possible: 9.8 },
        { name: 'database', role: 'service' },
      ],
    });
  });
});

describe('an edit that no finding names yet', () => {
  const report = () =>
    auditTree(
      tree({
        'agent.sb': `(version 1)
(deny default)
(allow file-read* (subpath (param "HOME")))
(allow mach-lookup
  (global-name "com.apple.windowserver.active")
  (global-name "com.apple.CARenderServer"))
`,
      }),
    );

  it('is named on the terminal, in Markdown, in HTML and in JSON', () => {
    const plain = (text: string): string => text.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    for (const text of [terminal(report()), renderMarkdown(report(), PLAIN), renderHtml(report(), PLAIN)])
      expect(plain(text)).toMatch(/apple-services (?:at )?agent\.sb:6 \(hidden until then\)/);
    const [sandbox] = JSON.parse(renderJson(report())).sandboxes;
    expect(sandbox.fixFirst[0].hidden).toMatchObject([{ rule: 'apple-services', at: { startLine: 6 } }]);
    expect(sandbox.fixFirst[1]).not.toHaveProperty('hidden');
  });
});

describe('the worst path of a writable git configuration', () => {
  it('does not speak of shells alone', () => {
    const root = tree({
      'compose.yml':
        'services:\n  agent:\n    image: node:22\n    volumes: [".:/w", "~/.gitconfig:/root/.gitconfig"]\n',
    });
    expect(renderJson(auditTree(root))).toContain('git command or agent session runs what was planted');
  });
});
