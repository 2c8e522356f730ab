/** A difference for a comment on a pull request, in GitHub's Markdown. */
import { scoreText } from './blast-radius.ts';
import {
  causeOf,
  conclusionOf,
  type Difference,
  type DifferenceSide,
  lineIn,
  redactionOfBoth,
  type SandboxChange,
  sideOf,
  subjectOf,
} from './difference.ts';
import { markdownProse, markdownText } from './markup.ts';
import { printable, shortened, withoutCommands } from './printable.ts';
import type { ReportedOutcome, ReportedSandbox } from './report.ts';

const MOST_ROWS = 50;
const MOST_OUTCOMES = 12;
const LONGEST_TEXT = 300;

export function renderDifferenceMarkdown(difference: Difference): string {
  const redaction = redactionOfBoth(difference);
  const clean = (raw: string): string => shortened(redaction.text(raw), LONGEST_TEXT);
  const told = difference.changes.filter(({ status }) => status !== 'same');
  const rows = told.slice(0, MOST_ROWS).map((change) => rowOf(change, difference, clean));
  const table = ['| | sandbox | before | after | what changed |', '|---|---|---|---|---|', ...rows];
  const blocks = [
    `## ${conclusionOf(difference)}`,
    ...(rows.length === 0 ? [] : [table.join('\n')]),
    ...(told.length > rows.length ? [`And ${told.length - rows.length} more.`] : []),
    ...unreadBlock(difference),
  ];
  return withoutCommands(`${blocks.join('\n\n')}\n`);
}

type Clean = (raw: string) => string;

function rowOf(change: SandboxChange, difference: Difference, clean: Clean): string {
  const subject = subjectOf(change);
  const { status, before, after, gained, lost, axes, growth } = change;
  const place = subject === null ? '' : code(lineIn(sideOf(difference, change), subject.place));
  const outcomes = [
    ...gained.map(({ outcome }) => `**+** ${outcomeText(outcome, difference.new, clean)}`),
    ...lost.map((outcome) => `**-** ${outcomeText(outcome, difference.old, clean)}`),
  ];
  const more = outcomes.length > MOST_OUTCOMES ? [`and ${outcomes.length - MOST_OUTCOMES} more`] : [];
  const what = [
    ...axes.map((one) => `${one.axis} ${one.before.worth} → ${one.after.worth}`),
    ...outcomes.slice(0, MOST_OUTCOMES),
    ...more,
  ];
  const cells = [
    growth.length > 0 ? '**grew**' : status,
    `${markdownText(clean(subject?.name ?? ''))} (${subject?.format ?? ''})<br>${place}`,
    scoreOf(before),
    scoreOf(after),
    what.join('<br>'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}

function scoreOf(sandbox: ReportedSandbox | null): string {
  if (sandbox === null) return 'none';
  const { grade, score, possible } = sandbox.radius;
  const range = possible > score ? `, up to ${scoreText(possible)}` : '';
  return `**${grade}** ${scoreText(score)}${range}`;
}

function outcomeText(outcome: ReportedOutcome, side: DifferenceSide, clean: Clean): string {
  const { rule, at } = causeOf(outcome);
  const by = at === null ? '' : ` (${rule ?? ''} at ${code(lineIn(side, at))})`;
  const [, what] = outcome.outcome.split(':');
  const detail = what === undefined ? '' : `, ${markdownText(clean(what))}`;
  return `${markdownProse(clean(outcome.phrase))}${detail}${by}`;
}

function unreadBlock({ old, new: after }: Difference): string[] {
  const lines = [old, after].flatMap(({ prefix, report }) =>
    report.files
      .filter(({ status }) => status === 'failed' || status === 'partial')
      .slice(0, MOST_ROWS)
      .map(({ path, status }) => {
        const label = status === 'failed' ? 'not analysed' : 'analysed in part';
        return `- **${label}** ${code(printable(`${prefix}${path}`))}`;
      }),
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}
