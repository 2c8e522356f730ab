/**
 * The report for job summaries and comments on pull requests, in GitHub's Markdown: a table of the sandboxes,
 * and what was found folded below it.
 */
import type { Place } from '../source/source.ts';
import {
  byRadius,
  byWeight,
  changesOf,
  type FindingsById,
  findingsById,
  isUnknownAxis,
  lineOf,
  rangeOf,
  scoreText,
  stepText,
  worstGrade,
  worstInWords,
  worstOutcome,
} from './blast-radius.ts';
import { markdownProse, markdownText } from './markup.ts';
import { printable, shortened, withoutCommands } from './printable.ts';
import { ruleUrl } from './project-links.ts';
import { redactionOf } from './redaction.ts';
import type { Finding, Report, ReportedImprovement, ReportedRadius, ReportedSandbox } from './report.ts';
import { countsOf, type Detail, findingsBySandbox, showingOf, suppressedCount } from './selection.ts';
import { counted, countsInWords, listed } from './wording.ts';

/** A job summary may have a mebibyte, a comment 65,536 characters (GitHub Docs, workflow commands; REST API). */
const MOST_SANDBOXES = 50;
const MOST_FINDINGS = 100;
const LONGEST_TEXT = 400;
const MOST_CHANGES = 4;

interface Setting {
  readonly report: Report;
  readonly detail: Detail;
  readonly byId: FindingsById;
  /** Text of others, as text. */
  readonly text: (raw: string) => string;
  /** The same, with what stands between backticks as code. */
  readonly prose: (raw: string) => string;
}

export function renderMarkdown(report: Report, detail: Detail): string {
  const redaction = redactionOf(report.secrets);
  const short = (raw: string): string => shortened(redaction.text(raw), LONGEST_TEXT);
  const setting: Setting = {
    report,
    detail,
    byId: findingsById(report),
    text: (raw) => markdownText(short(raw)),
    prose: (raw) => markdownProse(short(raw)),
  };
  const blocks = [
    [titleOf(report)],
    tableLines(setting),
    unknownLines(setting),
    ...sandboxBlocks(setting),
    fileLines(setting),
    [summaryOf(report)],
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return withoutCommands(`${text.join('\n\n')}\n`);
}

function titleOf(report: Report): string {
  const grade = worstGrade(report);
  return `## Blast radius${grade === null ? '' : `: ${grade}`}`;
}

function tableLines({ report, byId, text, prose }: Setting): string[] {
  if (report.sandboxes.length === 0) return ['No sandbox definition was found.'];
  const ordered = byRadius(report.sandboxes);
  const rows = ordered.slice(0, MOST_SANDBOXES).map((sandbox) => {
    const { name, format, place, role, radius } = sandbox;
    const [first] = radius.fixFirst;
    const kind = role.kind === 'service' ? ', service' : '';
    const cells = [
      `**${radius.grade}**`,
      scoreOf(radius, text),
      `${text(name)} (${format}${kind})<br>${codeAt(place)}`,
      prose(worstInWords(radius)),
      first === undefined ? '' : improvementText(first, byId),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const left = ordered.length - rows.length;
  return [
    '| grade | score | sandbox | worst: hostile code … | fix first |',
    '|:-:|--:|---|---|---|',
    ...rows,
    ...(left > 0 ? ['', `And ${left} more, none of them worse.`] : []),
  ];
}

function scoreOf(radius: ReportedRadius, text: Setting['text']): string {
  const range = rangeOf(radius);
  if (range === null) return scoreText(radius.score);
  const names = range.unknowns.slice(0, MOST_CHANGES).map((name) => `<code>${text(name)}</code>`);
  const why = names.length === 0 ? '' : ` while ${listed(names)} unknown`;
  return `${scoreText(radius.score)}, up to ${range.possible}${why}`;
}

function codeAt(place: Place): string {
  return `<code>${markdownText(printable(lineOf(place)))}</code>`;
}

function improvementText(improvement: ReportedImprovement, byId: FindingsById): string {
  const changes = changesOf(improvement, byId);
  const named = changes.slice(0, MOST_CHANGES).map(({ place, findings, hidden }) => {
    if (hidden !== null) return `${hidden} at ${codeAt(place)} (hidden until then)`;
    const rules = [...new Set(findings.map(({ rule }) => rule.id))].join(', ');
    return `${rules} at ${codeAt(place)}`;
  });
  if (changes.length > named.length) named.push(counted(changes.length - named.length, 'more edit'));
  return `${listed(named)} → ${improvement.gradeAfter} ${scoreText(improvement.scoreAfter)}`;
}

/** Never folded: silence must not be taken for safety. */
function unknownLines({ report, detail, prose }: Setting): string[] {
  const unknown = report.findings.filter((finding) => showingOf(finding, detail) === 'unknown');
  return unknown
    .slice(0, MOST_FINDINGS)
    .map((one) => `- **unknown** ${codeAt(one.at)} ${prose(one.evidence)}. ${prose(one.consequence)}`);
}

/** A finding stands in the first block of those that it touches. */
function sandboxBlocks(setting: Setting): string[][] {
  const { report, detail } = setting;
  const bySandbox = findingsBySandbox(report.findings);
  const printed = new Set<Finding>();
  return byRadius(report.sandboxes).flatMap((sandbox) => {
    const shown = (bySandbox.get(sandbox.id) ?? []).filter(
      (finding) => ['shown', 'folded'].includes(showingOf(finding, detail)) && !printed.has(finding),
    );
    const room = Math.max(0, MOST_FINDINGS - printed.size);
    const findings = byWeight(shown, sandbox).slice(0, room);
    for (const finding of findings) printed.add(finding);
    if (findings.length === 0) return [];
    return [detailsOf(sandbox, findings, shown.length - findings.length, setting)];
  });
}

function detailsOf(
  sandbox: ReportedSandbox,
  findings: readonly Finding[],
  left: number,
  setting: Setting,
): string[] {
  const { radius, name } = sandbox;
  const { prose, text } = setting;
  const counts = countsInWords(countsOf(findings));
  return [
    `<details><summary>${radius.grade} <b>${text(name)}</b>: ${counts}</summary>`,
    '',
    `${axesText(radius)}.`,
    '',
    ...pathLines(radius, setting),
    ...fixLines(radius, setting),
    ...findings.map(({ rule, severity, at, evidence, consequence, remedy }) =>
      [
        `- **${severity}** [${rule.id}](${ruleUrl(rule.id)}) ${codeAt(at)} ${prose(evidence)}.`,
        `  ${prose(consequence)} <b>Fix:</b> ${prose(remedy)}`,
      ].join('<br>\n'),
    ),
    ...(left > 0 ? [`- and ${counted(left, 'finding')} more`] : []),
    '',
    '</details>',
  ];
}

function axesText({ axes }: ReportedRadius): string {
  return axes.map((axis) => `${axis.axis} ${isUnknownAxis(axis) ? '?' : axis.level}/4`).join(', ');
}

function pathLines(radius: ReportedRadius, { byId, prose }: Setting): string[] {
  const worst = worstOutcome(radius);
  if (worst === null) return [];
  const steps = worst.path.map((step) => {
    const at = step.at === null ? '' : ` (${codeAt(step.at)})`;
    return `1. ${prose(stepText(step, byId))}${at}`;
  });
  return ['1. code runs inside', ...steps, `1. **hostile code ${prose(worst.phrase)}**`, ''];
}

function fixLines({ nextGrade, best, score }: ReportedRadius, { byId, prose }: Setting): string[] {
  const lines: string[] = [];
  if (nextGrade !== null && changesOf(nextGrade, byId).length > 1) {
    lines.push(`To reach the next grade: ${improvementText(nextGrade, byId)}.`, '');
  }
  if (best !== null && best.scoreAfter < score) {
    const after = `${best.gradeAfter} ${scoreText(best.scoreAfter)}`;
    lines.push(`All edits together: ${after}; what no edit takes away: ${prose(best.leaves)}.`, '');
  }
  return lines;
}

function fileLines({ report, prose }: Setting): string[] {
  return report.files
    .filter(({ status }) => status === 'failed' || status === 'partial')
    .slice(0, MOST_FINDINGS)
    .map(({ path, status, diagnostics }) => {
      const what = diagnostics
        .filter(({ severity }) => severity !== 'note')
        .map(({ message }) => prose(message));
      const label = status === 'failed' ? 'not analysed' : 'analysed in part';
      return `- **${label}** <code>${markdownText(printable(path))}</code> ${what.slice(0, 3).join('; ')}`;
    });
}

function summaryOf(report: Report): string {
  const counts = countsInWords(countsOf(report.findings));
  const suppressed = suppressedCount(report);
  return [
    `${counted(report.sandboxes.length, 'definition')}: ${counts === '' ? 'no findings' : counts}`,
    ...(suppressed > 0 ? [`${counted(suppressed, 'finding')} suppressed by this repository`] : []),
  ].join('; ');
}
