/** A difference for people: per sandbox grade and axes before and after, and the lines that did it. */
import { Chalk } from 'chalk';
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
import { createPage, type Page } from './page.ts';
import { printable, withoutCommands } from './printable.ts';
import type { ReportedOutcome, ReportedSandbox } from './report.ts';
import { gradeText, paintOf, rangeText } from './terminal-radius.ts';

export interface DifferenceOptions {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

export function renderDifference(difference: Difference, { color, width }: DifferenceOptions): string {
  const page = createPage(redactionOfBoth(difference), new Chalk({ level: color ? 1 : 0 }), width);
  const blocks = [
    ...difference.changes
      .filter(({ status }) => status !== 'same')
      .map((one) => changeLines(one, difference, page)),
    unreadLines(difference, page),
    page.paragraph(`${conclusionOf(difference)}.`, 0).map((line) => page.chalk.bold(line)),
  ];
  const lines = blocks
    .filter((block) => block.length > 0)
    .flatMap((block, at) => (at === 0 ? block : ['', ...block]));
  return withoutCommands(`${lines.join('\n')}\n`);
}

function changeLines(change: SandboxChange, difference: Difference, page: Page): string[] {
  const subject = subjectOf(change);
  if (subject === null) return [];
  const { status, before, after, axes, gained, lost } = change;
  const place = lineIn(sideOf(difference, change), subject.place);
  const word = status === 'changed' ? '' : `${status}: `;
  return [
    ...page.paragraph(`${word}${page.text(subject.name)} (${subject.format}) ${place}`, 0),
    ...page.paragraph(`${scoreOf(before, page)} -> ${scoreOf(after, page)}`, 1),
    ...axes.flatMap((one) => {
      const up = one.after.worth > one.before.worth;
      const { at } = one.after;
      const where = at === null ? '' : ` (${lineIn(difference.new, at)})`;
      const words = `${one.axis} ${one.before.worth} -> ${one.after.worth}: ${page.text(one.after.reason)}${where}`;
      return page.paragraph(words, 1).map((line) => (up ? page.chalk.red(line) : page.chalk.green(line)));
    }),
    ...gained.flatMap(({ outcome, worthBefore }) =>
      page.paragraph(
        `+ ${outcomeText(outcome, difference.new, page)}${worthBefore === null ? '' : ', worse than before'}`,
        1,
      ),
    ),
    ...lost.flatMap((outcome) => page.paragraph(`- ${outcomeText(outcome, difference.old, page)}`, 1)),
  ];
}

function scoreOf(sandbox: ReportedSandbox | null, page: Page): string {
  if (sandbox === null) return 'none';
  const { radius } = sandbox;
  return `${paintOf(radius.grade, page.chalk)(gradeText(radius))}${rangeText(radius, page)}`;
}

function outcomeText(outcome: ReportedOutcome, side: DifferenceSide, page: Page): string {
  const { rule, at } = causeOf(outcome);
  const [, what] = outcome.outcome.split(':');
  const detail = what === undefined ? '' : ` (${page.text(what)})`;
  const by = at === null ? '' : `, by ${rule ?? 'what is'} at ${lineIn(side, at)}`;
  return `${page.text(outcome.phrase)}${detail}${by}`;
}

function unreadLines({ old, new: after }: Difference, page: Page): string[] {
  return [old, after].flatMap(({ prefix, report }) =>
    report.files
      .filter(({ status }) => status === 'failed' || status === 'partial')
      .flatMap(({ path, status }) => {
        const label = status === 'failed' ? 'not analysed' : 'analysed in part';
        return page.paragraph(`${label}: ${printable(`${prefix}${path}`)}`, 0);
      }),
  );
}
