/** The findings of one sandbox in HTML, folded by the browser. */
import { byWeight } from './blast-radius.ts';
import { frameOf } from './frame.ts';
import { atHtml, type HtmlSetting } from './html-setting.ts';
import { htmlText } from './markup.ts';
import { ruleUrl } from './project-links.ts';
import type { Finding, ReportedSandbox } from './report.ts';
import type { Showing } from './selection.ts';

const FRAME_WIDTH = 110;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** @param printed findings that stand above: each is shown once, and added here */
export function findingsHtml(sandbox: ReportedSandbox, setting: HtmlSetting, printed: Set<Finding>): string {
  const own = setting.bySandbox.get(sandbox.id) ?? [];
  const of = (...wanted: Showing[]): Finding[] =>
    own.filter((one) => wanted.includes(setting.showing.get(one) ?? 'hidden') && !printed.has(one));
  const unknown = of('unknown');
  const shown = byWeight(of('shown'), sandbox);
  const notes = byWeight(of('folded', 'hidden', 'subsumed'), sandbox);
  for (const finding of [...unknown, ...shown, ...notes]) printed.add(finding);
  const parts = [
    ...unknown.map((one) => unknownHtml(one, setting)),
    ...shown.map((one) => findingHtml(one, setting, sandbox.role.kind === 'sandbox')),
    notes.length === 0
      ? ''
      : `<details><summary class="soft">${notes.length} more, of less weight or included above</summary>`,
    ...notes.map((one) => findingHtml(one, setting, false)),
    notes.length === 0 ? '' : '</details>',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `<h3>Findings</h3>\n${parts.join('\n')}\n`;
}

function unknownHtml({ at, evidence, consequence }: Finding, { prose }: HtmlSetting): string {
  return `<p><span class="severity">unknown</span> ${atHtml(at)} ${prose(evidence)}. ${prose(consequence)}</p>`;
}

function findingHtml(finding: Finding, setting: HtmlSetting, open: boolean): string {
  const { rule, severity, at, evidence, consequence, remedy, assumes, confidence } = finding;
  const { prose } = setting;
  const link = `<a href="${htmlText(ruleUrl(rule.id))}" rel="noopener noreferrer">${rule.id}</a>`;
  const sure = confidence === 'high' ? '' : ` <span class="soft">(${confidence} confidence)</span>`;
  const assumed =
    assumes.length === 0 ? '' : `<p>Assuming that ${assumes.map(prose).join(' and that ')}.</p>`;
  return [
    `<details${open ? ' open' : ''}><summary><span class="severity ${severity}">${severity}</span> <b>${htmlText(rule.title)}</b> ${atHtml(at)}${sure}</summary>`,
    `<p>${prose(evidence)}</p>${frameHtml(finding, setting)}<p>${prose(consequence)}</p>${assumed}`,
    `<p><b>Fix:</b> ${prose(remedy)} ${link}</p></details>`,
  ].join('\n');
}

function frameHtml({ at }: Finding, { redaction }: HtmlSetting): string {
  const { line, text, before, length } = frameOf(at, redaction, FRAME_WIDTH);
  const number = `<span class="number">${line} </span>`;
  // Columns are characters in plain text alone.
  if (!PRINTABLE_ASCII.test(text)) return `<pre>${number}${htmlText(text)}</pre>`;
  const [left, marked, right] = [
    text.slice(0, before),
    text.slice(before, before + length),
    text.slice(before + length),
  ];
  return `<pre>${number}${htmlText(left)}<mark>${htmlText(marked)}</mark>${htmlText(right)}</pre>`;
}
