/** The blast radius on the terminal: grade, picture, worst path, what to fix first. */
import type { ChalkInstance } from 'chalk';
import type { Axis } from '../model/outcome.ts';
import type { Grade } from '../model/radius.ts';
import type { Place } from '../source/source.ts';
import {
  byWeight,
  changesOf,
  type FindingsById,
  goodNews,
  isUnknownAxis,
  lineOf,
  MOST_LEVEL,
  rangeOf,
  scoreText,
  stepText,
  worstOutcome,
} from './blast-radius.ts';
import type { Page, TerminalOptions } from './page.ts';
import { cut } from './paragraph.ts';
import { printable } from './printable.ts';
import type { ReportedAxis, ReportedImprovement, ReportedRadius, ReportedSandbox } from './report.ts';
import { counted, listed } from './wording.ts';

/** Columns of a step's words: the finding below says the rest. */
const LONGEST_STEP = 110;
const MOST_UNKNOWNS = 3;
/** Rules that one line settles: the worst of them say why it is to go. */
const MOST_RULES = 2;
const MOST_CHANGES = 4;
/** `credentials` and a space before its bar, a bar, and what parts the columns. */
const CELL_WIDTH = 12 + MOST_LEVEL + 3;

type Options = Pick<TerminalOptions, 'verbose' | 'unicode'>;

/** Everything about the radius of a sandbox, below its name. */
export function radiusLines(
  sandbox: ReportedSandbox,
  page: Page,
  findings: FindingsById,
  options: Options,
): string[] {
  const { radius } = sandbox;
  const where = whereIn(sandbox);
  return [
    ...gradeLines(radius, page),
    ...pictureLines(radius, page, options.unicode),
    ...axisLines(radius, page, where),
    ...(options.verbose ? formulaLines(radius, page) : []),
    ...pathLines(radius, page, findings, where),
    ...fixLines(radius, page, findings, where),
  ];
}

/** `F 10.0/10`, with how far it may go up. */
export function gradeLines(radius: ReportedRadius, page: Page): string[] {
  const [first = '', ...rest] = page.paragraph(`${gradeText(radius)}${rangeText(radius, page)}`, 1);
  const [, grade = '', after = ''] = /^(\s*\S+ \S+?)([,\s].*)?$/.exec(first) ?? [];
  return [`${paintOf(radius.grade, page.chalk)(grade)}${after}`, ...rest];
}

export function gradeText({ grade, score }: ReportedRadius): string {
  return `${grade} ${scoreText(score)}/10`;
}

/** Empty where the score is known. */
export function rangeText(radius: ReportedRadius, page: Page): string {
  const range = rangeOf(radius);
  if (range === null) return '';
  const { possible, unknowns } = range;
  if (unknowns.length === 0) return `, up to ${possible} while something is unknown`;
  const named = unknowns.slice(0, MOST_UNKNOWNS).map(page.text);
  if (unknowns.length > named.length) named.push(`${unknowns.length - named.length} more`);
  return `, up to ${possible} while ${listed(named)} ${unknowns.length === 1 ? 'is' : 'are'} unknown`;
}

export function paintOf(grade: Grade, chalk: ChalkInstance): ChalkInstance {
  if (grade <= 'B') return chalk.green.bold;
  return grade <= 'C' ? chalk.yellow.bold : chalk.red.bold;
}

/** As many columns as fit, in the order of the axes. */
function pictureLines({ axes }: ReportedRadius, page: Page, unicode: boolean): string[] {
  const columns = Math.max(1, Math.floor((page.width - 2) / CELL_WIDTH));
  const inRow = Math.min(columns, 3);
  const lines: string[] = [];
  for (let at = 0; at < axes.length; at += inRow) {
    const cells = axes
      .slice(at, at + inRow)
      .map((axis) => `${axis.axis.padEnd(11)} ${barOf(axis, page.chalk, unicode)}`);
    lines.push(`  ${cells.join('   ')}`);
  }
  return lines;
}

function barOf(axis: ReportedAxis, chalk: ChalkInstance, unicode: boolean): string {
  const { level } = axis;
  if (isUnknownAxis(axis)) return chalk.yellow('?'.repeat(MOST_LEVEL));
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  const paint = level >= 3 ? chalk.red : level === 2 ? chalk.yellow : level === 1 ? chalk.cyan : chalk.green;
  return paint(`${full.repeat(level)}${empty.repeat(MOST_LEVEL - level)}`);
}

/** The good news with its lines, and what is neither good nor bad since nobody knows. */
function axisLines(radius: ReportedRadius, page: Page, where: Where): string[] {
  const words = (axis: ReportedAxis, level: string): string =>
    `${axis.axis} ${level}: ${page.text(axis.reason)}${axis.at === null ? '' : `, ${where(axis.at)}`}`;
  const good = goodNews(radius).map((axis) => words(axis, '0'));
  const open = radius.axes.filter(isUnknownAxis).map((axis) => words(axis, '?'));
  return [...open, ...good].flatMap((text) => page.paragraph(text, 1));
}

/** Files of a sandbox by their last name alone: the path stands in the line above. */
type Where = (place: Place) => string;

function whereIn(sandbox: ReportedSandbox): Where {
  const own = sandbox.place.source.path;
  return (place) => {
    const line = printable(lineOf(place));
    return place.source.path === own ? line.slice(line.lastIndexOf('/') + 1) : line;
  };
}

/** `score.ts` of the engine decides; this shows its arithmetic. */
function formulaLines({ axes, score }: ReportedRadius, page: Page): string[] {
  const worths = axes.map(({ worth }) => worth);
  const most = Math.max(0, ...worths);
  const others = round(worths.reduce((sum, worth) => sum + worth, 0) - most);
  const named = axes.map(({ axis, worth }: { axis: Axis; worth: number }) => `${axis} ${worth}`).join(', ');
  const sum =
    most >= 10
      ? 'the worst axis is 10'
      : `${most} + (10 - ${most}) x ${others} / 60, the worst axis and a part of what is left above it`;
  return page.paragraph(`score ${scoreText(score)}: ${sum} (${named})`, 1);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function pathLines(radius: ReportedRadius, page: Page, findings: FindingsById, where: Where): string[] {
  const worst = worstOutcome(radius);
  if (worst === null) return [];
  const steps = worst.path.map((step) => {
    const words = cut(page.text(stepText(step, findings)), LONGEST_STEP);
    return step.at === null ? words : `${words} (${where(step.at)})`;
  });
  const sure =
    worst.certainty === 'assumed' ? ' (assumed)' : worst.certainty === 'next' ? ' (when that happens)' : '';
  return page.paragraph(
    ['worst: code inside', ...steps, `${page.text(worst.phrase)}${sure}`].join(' -> '),
    1,
  );
}

function fixLines(radius: ReportedRadius, page: Page, findings: FindingsById, where: Where): string[] {
  const { fixFirst, nextGrade, best, score } = radius;
  const [first] = fixFirst;
  const lines: string[] = [];
  const isSet = nextGrade !== null && changesOf(nextGrade, findings).length > 1;
  // Of two that give the same neither helps alone: a set that changes the grade says more than a tenth of a point.
  if (first !== undefined && !(isSet && first.gradeAfter === radius.grade))
    lines.push(`fix first: ${changesText(first, findings, where)} -> ${afterText(first)}`);
  if (nextGrade !== null && isSet) {
    const exact = nextGrade.exact ? '' : ' (a smaller set may do)';
    lines.push(`to reach ${afterText(nextGrade)}: ${changesText(nextGrade, findings, where)}${exact}`);
  }
  if (best !== null && best.scoreAfter < score) {
    lines.push(`all edits together: ${afterText(best)}; what no edit takes away: ${page.text(best.leaves)}`);
  } else if (best !== null && score > 0) lines.push(`no edit lowers it: ${page.text(best.leaves)}`);
  return lines.flatMap((line) => page.paragraph(line, 1));
}

function afterText({ scoreAfter, gradeAfter }: ReportedImprovement): string {
  return `${gradeAfter} ${scoreText(scoreAfter)}`;
}

/** Rules with the lines where they fire, one edit after the other. */
function changesText(improvement: ReportedImprovement, findings: FindingsById, where: Where): string {
  const changes = changesOf(improvement, findings);
  const named = changes.slice(0, MOST_CHANGES).map(({ place, findings: settled, hidden }) => {
    const rules = [...new Set(byWeight(settled, null).map(({ rule }) => rule.id))];
    if (hidden !== null) return `${hidden} at ${where(place)} (hidden until then)`;
    const more = rules.length - MOST_RULES;
    const shown = more > 0 ? `${rules.slice(0, MOST_RULES).join(', ')} and ${more} more` : rules.join(', ');
    return `${shown} at ${where(place)}`;
  });
  if (changes.length > named.length) named.push(counted(changes.length - named.length, 'more edit'));
  return listed(named);
}
