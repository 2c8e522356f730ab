/** The report for people: by sandbox, worst first, readable in 80 columns, without colours, in a log. */
import { Chalk } from 'chalk';
import { SEVERITIES } from '../model/rule.ts';
import { byRadius, byWeight, type FindingsById, findingsById, worstGrade } from './blast-radius.ts';
import { pointOf } from './location.ts';
import { createPage, type Page, type TerminalOptions } from './page.ts';
import { displayWidth } from './paragraph.ts';
import { withoutCommands } from './printable.ts';
import { redactionOf } from './redaction.ts';
import type { FileDiagnostic, Finding, Report, ReportedFile, ReportedSandbox } from './report.ts';
import {
  countsOf,
  type FindingsBySandbox,
  findingsBySandbox,
  includerOf,
  type Showing,
  showingOf,
  suppressedCount,
} from './selection.ts';
import { findingLines, oneLine, unknownLines } from './terminal-finding.ts';
import { gradeLines, gradeText, radiusLines, rangeText } from './terminal-radius.ts';
import { tableLines } from './terminal-table.ts';
import { counted, countsInWords, listed } from './wording.ts';

export type { TerminalOptions } from './page.ts';

/** What the pieces of the output share. */
interface Setting {
  readonly page: Page;
  readonly report: Report;
  readonly options: TerminalOptions;
  readonly bySandbox: FindingsBySandbox;
  readonly byId: FindingsById;
  readonly showing: ReadonlyMap<Finding, Showing>;
  /** Subsumed findings by the one that says more. */
  readonly included: ReadonlyMap<Finding, readonly Finding[]>;
  /** Names of sandboxes by id. */
  readonly names: ReadonlyMap<string, string>;
}

export function renderTerminal(report: Report, options: TerminalOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const page = createPage(redactionOf(report.secrets), chalk, options.width);
  const bySandbox = findingsBySandbox(report.findings);
  const setting: Setting = {
    page,
    report,
    options,
    bySandbox,
    byId: findingsById(report),
    showing: new Map(report.findings.map((finding) => [finding, showingOf(finding, options)])),
    included: includedBy(report, bySandbox),
    names: new Map(report.sandboxes.map(({ id, name }) => [id, page.text(name)])),
  };
  const blocks = options.quiet
    ? [quietLines(setting), fileLines(setting)]
    : [
        ...sandboxBlocks(setting),
        fileLines(setting),
        verboseLines(setting),
        tableLines(report, page),
        summaryLines(setting),
      ];
  const lines = blocks
    .filter((block) => block.length > 0)
    .flatMap((block, at) => (at === 0 || options.quiet ? block : ['', ...block]));
  return lines.length === 0 ? '' : withoutCommands(`${lines.join('\n')}\n`);
}

function includedBy(report: Report, bySandbox: FindingsBySandbox): Map<Finding, Finding[]> {
  const included = new Map<Finding, Finding[]>();
  for (const finding of report.findings) {
    const by = finding.subsumed ? includerOf(finding, bySandbox) : null;
    if (by === null) continue;
    const list = included.get(by);
    if (list === undefined) included.set(by, [finding]);
    else list.push(finding);
  }
  return included;
}

function rank({ severity }: Finding): number {
  return SEVERITIES.indexOf(severity);
}

/** Services that say nothing of their own come last, a line each. */
function sandboxBlocks(setting: Setting): string[][] {
  const printed = new Set<Finding>();
  const folded: string[] = [];
  const blocks = byRadius(setting.report.sandboxes).map((sandbox) => {
    const own = findingsIn(sandbox, setting, printed);
    const quiet = own.fresh.length + own.unknown.length === 0;
    if (sandbox.role.kind === 'sandbox' || setting.options.verbose || !quiet) {
      return sandboxLines(sandbox, own, setting);
    }
    folded.push(...serviceLine(sandbox, setting.page));
    return [];
  });
  return [...blocks, folded];
}

interface OwnFindings {
  /** To be shown here, the worst first. */
  readonly fresh: readonly Finding[];
  readonly unknown: readonly Finding[];
  readonly folded: readonly Finding[];
  /** Shown in a block above. */
  readonly elsewhere: readonly Finding[];
}

function findingsIn(sandbox: ReportedSandbox, setting: Setting, printed: Set<Finding>): OwnFindings {
  const { bySandbox, showing } = setting;
  const own = bySandbox.get(sandbox.id) ?? [];
  const of = (wanted: Showing): Finding[] => own.filter((finding) => showing.get(finding) === wanted);
  const shown = byWeight(of('shown'), sandbox);
  const fresh = shown.filter((finding) => !printed.has(finding));
  const unknown = of('unknown').filter((finding) => !printed.has(finding));
  const elsewhere = shown.filter((finding) => printed.has(finding));
  for (const finding of [...fresh, ...unknown]) printed.add(finding);
  return { fresh, unknown, folded: of('folded'), elsewhere };
}

function sandboxLines(sandbox: ReportedSandbox, own: OwnFindings, setting: Setting): string[] {
  const { fresh, unknown, folded, elsewhere } = own;
  return [
    ...headerLines(sandbox, setting),
    ...fresh.flatMap((finding) => ['', ...findingBlock(finding, sandbox, setting)]),
    ...spaced(
      unknown.flatMap((finding) => unknownLines(finding, setting.page, others(finding, sandbox, setting))),
    ),
    ...spaced([...aboveLines(elsewhere, setting), ...hardeningLines(folded, setting)]),
  ];
}

function spaced(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function headerLines(sandbox: ReportedSandbox, { page, options, byId }: Setting): string[] {
  const { name, format, place, role, radius } = sandbox;
  const [shown, point] = [page.text(name), pointOf(place)];
  const title = `${page.chalk.bold.underline(shown)} (${format})`;
  // As for a finding: a long path comes on a line of its own.
  const fits = displayWidth(`${shown} (${format}) ${point}`) <= page.width;
  const lines = fits ? [`${title} ${point}`] : [title, ...page.paragraph(point, 1)];
  const isService = role.kind === 'service';
  if (isService)
    lines.push(...page.paragraph(`a service beside the sandboxes: ${page.text(role.reason)}`, 1));
  else if (options.verbose) lines.push(...page.paragraph(`a sandbox: ${page.text(role.reason)}`, 1));
  if (isService && !options.verbose) return [...lines, ...gradeLines(radius, page)];
  return [...lines, ...radiusLines(sandbox, page, byId, options)];
}

function serviceLine({ name, format, place, radius }: ReportedSandbox, page: Page): string[] {
  const grade = `${gradeText(radius)}${rangeText(radius, page)}`;
  return page.paragraph(`service ${page.text(name)} (${format}) ${pointOf(place)}: ${grade}`, 0);
}

function others(finding: Finding, sandbox: ReportedSandbox, { names }: Setting): string[] {
  return finding.sandboxes.filter((id) => id !== sandbox.id).map((id) => names.get(id) ?? '');
}

function findingBlock(finding: Finding, sandbox: ReportedSandbox, setting: Setting): string[] {
  const included = setting.included.get(finding) ?? [];
  const { verbose } = setting.options;
  return findingLines(finding, setting.page, { included, verbose, also: others(finding, sandbox, setting) });
}

function aboveLines(findings: readonly Finding[], { page }: Setting): string[] {
  if (findings.length === 0) return [];
  return page.paragraph(`also here, shown above: ${ruleNames(findings)}`, 1);
}

function hardeningLines(folded: readonly Finding[], { page }: Setting): string[] {
  if (folded.length === 0) return [];
  return page.paragraph(`hardening: ${ruleNames(folded)} (--pedantic shows them)`, 1);
}

/** Each rule once, worst first. */
function ruleNames(findings: readonly Finding[]): string {
  return [...new Set(byWeight(findings, null).map(({ rule }) => rule.id))].join(', ');
}

function quietLines({ report, showing, page }: Setting): string[] {
  return report.findings
    .filter((finding) => showing.get(finding) === 'shown' || showing.get(finding) === 'unknown')
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((finding) => oneLine(finding, page));
}

const FILE_WORDS = {
  failed: 'not analysed',
  partial: 'analysed in part',
  skipped: 'not read',
  analysed: 'note',
};

/** What could not be read is said even under `--quiet`: it is no clean file. */
function fileLines({ report, page, options }: Setting): string[] {
  const told = new Set(report.sandboxes.flatMap(({ files }) => files));
  return report.files.flatMap((file) => {
    // Of a file without a sandbox nothing else is said.
    const isAlone = !options.quiet && !told.has(file.path);
    const diagnostics = file.diagnostics.filter(
      ({ severity }) => severity !== 'note' || options.verbose || isAlone || file.status === 'skipped',
    );
    if (diagnostics.length === 0 && file.status !== 'failed' && file.status !== 'partial') return [];
    const lines = diagnostics.map((one) => `${pointIn(file, one, page)}: ${page.text(one.message)}`);
    const label = FILE_WORDS[file.status];
    if (lines.length === 0) return page.paragraph(`${label}: ${page.text(file.path)}`, 0);
    return lines.flatMap((line) => page.paragraph(`${label}: ${line}`, 0));
  });
}

function pointIn(file: ReportedFile, { place }: FileDiagnostic, page: Page): string {
  return place === null ? page.text(file.path) : pointOf(place);
}

function verboseLines({ report, options, page }: Setting): string[] {
  if (!options.verbose || report.skipped.length === 0) return [];
  return report.skipped.map((path) => `directory skipped: ${page.text(path)}`);
}

function summaryLines(setting: Setting): string[] {
  const { report, page } = setting;
  const skipped =
    report.skipped.length === 0
      ? []
      : [`${counted(report.skipped.length, 'directory', 'directories')} skipped by name`];
  if (report.sandboxes.length === 0) {
    const why = report.files.some(({ status }) => status !== 'analysed')
      ? 'No sandbox could be audited'
      : 'Nothing to audit: no sandbox definition was found';
    return page.paragraph(`${[why, ...skipped].join('; ')}.`, 0);
  }
  const services = report.sandboxes.filter(({ role }) => role.kind === 'service').length;
  const inside = report.sandboxes.length - services;
  const read = report.files.filter(({ status }) => status !== 'skipped');
  const files = new Set(read.map(({ path }) => path)).size;
  const suppressed = suppressedCount(report);
  const where = [
    `${listed([...(inside > 0 ? [counted(inside, 'sandbox', 'sandboxes')] : []), ...(services > 0 ? [counted(services, 'service')] : [])])} in ${counted(files, 'file')}`,
    ...(suppressed > 0 ? [`${counted(suppressed, 'finding')} suppressed by this repository`] : []),
    ...skipped,
  ];
  return [
    ...page.paragraph(verdict(setting), 0).map((line) => page.chalk.bold(line)),
    ...page.paragraph(`${where.join('; ')}.`, 0),
  ];
}

function verdict({ report, showing }: Setting): string {
  const counts = countsOf(report.findings);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const grade = `Worst grade ${worstGrade(report)}`;
  if (total === 0) return `No findings. ${grade}.`;
  const of = (wanted: Showing): number => [...showing.values()].filter((one) => one === wanted).length;
  const folded = of('folded');
  const hidden = of('hidden');
  const apart = [
    ...(folded > 0 ? [counted(folded, 'hardening note')] : []),
    ...(hidden > 0 ? [`${hidden} for information`] : []),
  ];
  const rest = apart.length === 0 ? '' : `, of which ${listed(apart)} not shown in full (--pedantic)`;
  return `${grade}. ${counted(total, 'finding')}: ${countsInWords(counts)}${rest}.`;
}
