/** The blast radius in HTML: axes, drawing, worst path, what to fix first. */
import {
  changesOf,
  fixFirst,
  isUnknownAxis,
  MOST_LEVEL,
  scoreText,
  stepText,
  worstOutcome,
} from './blast-radius.ts';
import { atHtml, type HtmlSetting } from './html-setting.ts';
import { reachDrawing } from './reach-drawing.ts';
import type { ReportedAxis, ReportedImprovement, ReportedRadius, ReportedSandbox } from './report.ts';
import { counted, listed } from './wording.ts';

const MOST_CHANGES = 6;

export function radiusHtml(sandbox: ReportedSandbox, setting: HtmlSetting): string {
  const { radius } = sandbox;
  const drawing = reachDrawing(sandbox, setting.clean);
  return [
    `<h3>What it comes to</h3><table class="axes">${radius.axes.map((axis) => axisHtml(axis, setting)).join('\n')}</table>`,
    drawing === '' ? '' : `<h3>How far code inside gets</h3>\n${drawing}`,
    pathHtml(radius, setting),
    fixHtml(radius, setting),
  ].join('\n');
}

function axisHtml(axis: ReportedAxis, { prose }: HtmlSetting): string {
  const { level, reason, at } = axis;
  const unknown = isUnknownAxis(axis);
  const cells = Array.from({ length: MOST_LEVEL }, (_, index) =>
    index < level ? '<i class="on"></i>' : '<i></i>',
  );
  const good = level === 0 && !unknown ? ' class="good"' : '';
  const number = unknown ? '?' : String(level);
  const where = at === null ? '' : ` ${atHtml(at)}`;
  return `<tr><td>${axis.axis}</td><td><span class="bar l${level}" aria-hidden="true">${cells.join('')}</span>${number}</td><td${good}>${prose(reason)}${where}</td></tr>`;
}

function pathHtml(radius: ReportedRadius, { byId, prose }: HtmlSetting): string {
  const worst = worstOutcome(radius);
  if (worst === null) return '';
  const steps = worst.path.map(
    (step) => `<li>${prose(stepText(step, byId))}${step.at === null ? '' : ` ${atHtml(step.at)}`}</li>`,
  );
  return `<h3>The worst, step by step</h3><ol><li>code runs inside</li>${steps.join('')}<li><b>hostile code ${prose(worst.phrase)}</b></li></ol>`;
}

function fixHtml(radius: ReportedRadius, setting: HtmlSetting): string {
  const { best, score } = radius;
  const items = fixFirst(radius, setting.byId).map((one) => improvementHtml(one, setting));
  if (best !== null && score > 0) {
    const after = best.scoreAfter < score ? `all edits together: ${afterHtml(best)};` : 'no edit lowers it:';
    items.push(`${after} what stays is ${setting.prose(best.leaves)}`);
  }
  if (items.length === 0) return '';
  return `<h3>What to fix first</h3><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function improvementHtml(improvement: ReportedImprovement, { byId }: HtmlSetting): string {
  const changes = changesOf(improvement, byId);
  const named = changes.slice(0, MOST_CHANGES).map(({ place, findings, hidden }) => {
    if (hidden !== null) return `<code>${hidden}</code> ${atHtml(place)} (hidden until then)`;
    const rules = [...new Set(findings.map(({ rule }) => rule.id))].map((id) => `<code>${id}</code>`);
    return `${rules.join(' ')} ${atHtml(place)}`;
  });
  if (changes.length > named.length) named.push(counted(changes.length - named.length, 'more edit'));
  const exact = improvement.exact ? '' : ' (a smaller set may do)';
  return `${listed(named)}: ${afterHtml(improvement)}${changes.length > 1 ? exact : ''}`;
}

function afterHtml({ gradeAfter, scoreAfter }: ReportedImprovement): string {
  return `<b>${gradeAfter} ${scoreText(scoreAfter)}</b> after it`;
}
