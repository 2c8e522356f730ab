/** One finding on the terminal. */
import type { Severity } from '../model/rule.ts';
import type { Place } from '../source/source.ts';
import { frameOf } from './frame.ts';
import { pointOf } from './location.ts';
import { INDENT, type Page } from './page.ts';
import { displayWidth } from './paragraph.ts';
import type { Finding } from './report.ts';
import { counted } from './wording.ts';

export interface FindingDetail {
  /** Subsumed findings that this one stands for. */
  readonly included: readonly Finding[];
  /** Names of the other sandboxes that it touches, fit to be printed. */
  readonly also: readonly string[];
  readonly verbose: boolean;
}

export function findingLines(
  finding: Finding,
  page: Page,
  { included, also, verbose }: FindingDetail,
): string[] {
  const lines = [
    ...headLines(finding, page),
    ...page.paragraph(page.text(finding.evidence), 2),
    ...frameLines(finding.at, page),
    ...page.paragraph(page.text(finding.consequence), 2),
  ];
  if (finding.assumes.length > 0) {
    lines.push(...page.paragraph(`assuming that ${finding.assumes.map(page.text).join(' and that ')}`, 2));
  }
  lines.push(...page.paragraph(`fix: ${page.text(finding.remedy)}`, 2));
  if (also.length > 0) lines.push(...page.paragraph(`also: ${also.join(', ')}`, 2));
  if (included.length > 0) lines.push(...includedLines(finding, included, page, verbose));
  if (verbose) lines.push(...moreLines(finding, page));
  return lines;
}

/** The place comes on a line of its own where the path is long. */
function headLines({ severity, rule, at, confidence }: Finding, page: Page): string[] {
  const words = `${INDENT}${severityWord(severity, page)} ${page.chalk.bold(rule.id)}`;
  const place = `${pointOf(at)}${confidence === 'high' ? '' : ` (${confidence} confidence)`}`;
  const width = INDENT.length + severity.length + rule.id.length + displayWidth(place) + 2;
  return width <= page.width ? [`${words} ${place}`] : [words, ...page.paragraph(place, 2)];
}

/** In one line: file, position, severity, rule, evidence. */
export function oneLine(finding: Finding, page: Page): string[] {
  const { at, severity, rule, evidence } = finding;
  const point = pointOf(at);
  const word = rule.id === 'unresolved-value' ? 'unknown' : severity;
  return [`${point}: ${word}: ${rule.id}: ${page.text(evidence)}`];
}

export function unknownLines(finding: Finding, page: Page, also: readonly string[]): string[] {
  const others = also.length === 0 ? '' : ` (also: ${also.join(', ')})`;
  return page.paragraph(
    `unknown: ${pointOf(finding.at)} ${page.text(finding.evidence)}. ${page.text(finding.consequence)}${others}`,
    1,
  );
}

function severityWord(severity: Severity, { chalk }: Page): string {
  const paint = {
    critical: chalk.red.bold.inverse,
    high: chalk.red.bold,
    medium: chalk.yellow,
    low: chalk.cyan,
    info: chalk.dim,
  };
  return paint[severity](severity);
}

function frameLines(at: Place, page: Page): string[] {
  const gutter = `${INDENT}${INDENT}${INDENT}`;
  const frame = frameOf(at, page.redaction, page.width - gutter.length - 10);
  const number = String(frame.line);
  const bar = page.chalk.dim('|');
  const end = frame.endLine === null ? '' : ` to line ${frame.endLine}`;
  const mark = page.chalk.red('^'.repeat(frame.length));
  return [
    `${gutter}${page.chalk.dim(number)} ${bar} ${frame.text}`,
    `${gutter}${' '.repeat(number.length)} ${bar} ${' '.repeat(frame.before)}${mark}${end}`,
  ];
}

function includedLines(
  finding: Finding,
  included: readonly Finding[],
  page: Page,
  verbose: boolean,
): string[] {
  const names = [...new Set(included.map(({ rule }) => rule.id))].join(', ');
  const summary = page.paragraph(`and ${included.length} more that ${finding.rule.id} includes: ${names}`, 2);
  if (!verbose) return summary;
  return [
    ...summary,
    ...included.flatMap((one) =>
      page.paragraph(`${one.severity} ${one.rule.id} ${pointOf(one.at)}: ${page.text(one.evidence)}`, 3),
    ),
  ];
}

function moreLines({ related, rule }: Finding, page: Page): string[] {
  const { cis = [], owasp = [], attack = [], cwe = [], links = [] } = rule.references;
  const references = [
    ...cwe.map((number) => `CWE-${number}`),
    ...attack,
    ...cis.map((section) => `CIS Docker ${section}`),
    ...owasp.map((number) => `OWASP Docker #${number}`),
    ...links,
  ];
  return [
    ...(related.length === 0
      ? []
      : page.paragraph(`${counted(related.length, 'related place')}: ${related.map(pointOf).join(', ')}`, 2)),
    ...(references.length === 0 ? [] : page.paragraph(`see: ${references.join(', ')}`, 2)),
  ];
}
