/**
 * The report as one HTML file that loads nothing and runs nothing: its policy forbids all but its own style
 * (Content Security Policy 3, 3.3). What others wrote stands in it as text.
 */
import type { Place } from '../source/source.ts';
import {
  byRadius,
  findingsById,
  judgedSandboxes,
  lineOf,
  rangeOf,
  scoreText,
  worstGrade,
  worstInWords,
} from './blast-radius.ts';
import { findingsHtml } from './html-findings.ts';
import { radiusHtml } from './html-radius.ts';
import { atHtml, type HtmlSetting } from './html-setting.ts';
import { STYLE } from './html-style.ts';
import { htmlProse, htmlText } from './markup.ts';
import { printable, shortened, withoutCommands } from './printable.ts';
import { redactionOf } from './redaction.ts';
import type { Finding, Report, ReportedFile, ReportedRadius, ReportedSandbox } from './report.ts';
import { countsOf, type Detail, findingsBySandbox, showingOf, suppressedCount } from './selection.ts';
import { counted, countsInWords, listed } from './wording.ts';

const LONGEST_TEXT = 1_000;

export function renderHtml(report: Report, detail: Detail): string {
  const redaction = redactionOf(report.secrets);
  const clean = (raw: string): string => shortened(redaction.text(raw), LONGEST_TEXT);
  const setting: HtmlSetting = {
    report,
    redaction,
    byId: findingsById(report),
    bySandbox: findingsBySandbox(report.findings),
    showing: new Map(report.findings.map((finding) => [finding, showingOf(finding, detail)])),
    clean,
    text: (raw) => htmlText(clean(raw)),
    prose: (raw) => htmlProse(clean(raw)),
  };
  const grade = worstGrade(report);
  const title = grade === null ? 'Blast radius' : `Blast radius: ${grade}`;
  const body = [
    `<h1>${title}</h1>`,
    summaryHtml(report),
    tableHtml(report, setting),
    fileHtml(report.files, setting),
    ...sandboxCards(report, setting),
    `<footer>${htmlText(`${report.tool.name} ${report.tool.version}`)}: read from the definitions alone; nothing was run.</footer>`,
  ];
  return withoutCommands(page(`${title} - sandbox-audit`, body.filter((part) => part !== '').join('\n')));
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${htmlText(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function summaryHtml(report: Report): string {
  if (report.sandboxes.length === 0) return '<p>No sandbox definition was found.</p>';
  const judged = judgedSandboxes(report).length;
  const counts = countsInWords(countsOf(report.findings));
  const suppressed = suppressedCount(report);
  const parts = [
    counted(judged, 'sandbox', 'sandboxes'),
    ...(report.sandboxes.length > judged ? [counted(report.sandboxes.length - judged, 'service')] : []),
  ];
  const hidden = suppressed > 0 ? `; ${counted(suppressed, 'finding')} suppressed by this repository` : '';
  return `<p class="soft">${listed(parts)}: ${counts === '' ? 'no findings' : counts}${hidden}.</p>`;
}

function tableHtml(report: Report, { prose, text }: HtmlSetting): string {
  if (report.sandboxes.length < 2) return '';
  const rows = byRadius(report.sandboxes).map(({ name, format, place, role, radius }, index) => {
    const kind = role.kind === 'service' ? `${format}, service` : format;
    return [
      `<tr><td><span class="grade ${radius.grade}">${radius.grade}</span></td>`,
      `<td class="score">${scoreText(radius.score)}</td>`,
      `<td><a href="#s${index}">${text(name)}</a> <span class="soft">${kind}</span><br>${atHtml(place)}</td>`,
      `<td>${prose(worstInWords(radius))}</td></tr>`,
    ].join('');
  });
  const head = '<tr><th>grade</th><th>score</th><th>sandbox</th><th>worst: hostile code …</th></tr>';
  return `<div class="card"><table>${head}\n${rows.join('\n')}</table></div>`;
}

/** A finding stands in the first card of those that it touches. */
function sandboxCards(report: Report, setting: HtmlSetting): string[] {
  const printed = new Set<Finding>();
  return byRadius(report.sandboxes).map((sandbox, index) => {
    const findings = findingsHtml(sandbox, setting, printed);
    return `<section class="card" id="s${index}">\n${headHtml(sandbox, setting)}\n${radiusHtml(sandbox, setting)}\n${findings}</section>`;
  });
}

function headHtml({ name, format, place, role, radius }: ReportedSandbox, setting: HtmlSetting): string {
  const { text } = setting;
  const kind =
    role.kind === 'service' ? `a service beside the sandboxes: ${text(role.reason)}` : text(role.reason);
  return [
    `<div class="head"><span class="grade ${radius.grade}">${radius.grade}</span><div>`,
    `<h2>${text(name)}</h2>`,
    `<p><b>${scoreText(radius.score)}</b>/10${rangeHtml(radius, setting)}</p>`,
    `<p class="soft">${format}, ${atHtml(place)}; ${kind}</p></div></div>`,
  ].join('');
}

function rangeHtml(radius: ReportedRadius, { text }: HtmlSetting): string {
  const range = rangeOf(radius);
  if (range === null) return '';
  const names = range.unknowns.slice(0, 5).map((name) => `<code>${text(name)}</code>`);
  const what = names.length === 0 ? 'something' : listed(names);
  return `, up to <b>${range.possible}</b> while ${what} ${names.length > 1 ? 'are' : 'is'} unknown`;
}

function fileHtml(files: readonly ReportedFile[], { text }: HtmlSetting): string {
  const unread = files.filter(({ status }) => status === 'failed' || status === 'partial');
  if (unread.length === 0) return '';
  const items = unread.flatMap(({ path, status, diagnostics }) => {
    const label = status === 'failed' ? 'not analysed' : 'analysed in part';
    const point = (place: Place | null): string => htmlText(printable(place === null ? path : lineOf(place)));
    const told = diagnostics.filter(({ severity }) => severity !== 'note');
    if (told.length === 0) return [`<li><b>${label}</b> ${htmlText(printable(path))}</li>`];
    return told.map(({ place, message }) => `<li><b>${label}</b> ${point(place)}: ${text(message)}</li>`);
  });
  return `<div class="card"><h2>Not known</h2><ul>${items.join('\n')}</ul></div>`;
}
