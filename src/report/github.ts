/**
 * Annotations of a GitHub workflow run, by its commands
 * (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
 */
import { SEVERITIES, type Severity } from '../model/rule.ts';
import type { Place } from '../source/source.ts';
import { regionOf } from './location.ts';
import { printable, withoutCommands } from './printable.ts';
import { type Redaction, redactionOf } from './redaction.ts';
import { type FileDiagnostic, type Finding, messageOf, type Report, type ReportedFile } from './report.ts';
import { countsOf, type Detail, showingOf } from './selection.ts';
import { counted, countsInWords } from './wording.ts';

type Command = 'error' | 'warning' | 'notice';

const COMMANDS: Readonly<Record<Severity, Command>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/** Worst first: GitHub shows ten annotations of each kind a step, and drops the rest. */
export function renderGithub(report: Report, detail: Detail): string {
  const redaction = redactionOf(report.secrets);
  const findings = report.findings
    .filter((finding) => ['shown', 'unknown'].includes(showingOf(finding, detail)))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const commands = [
    ...report.files.flatMap((file) => fileCommands(file, redaction)),
    ...findings.map((finding) => findingCommand(finding, redaction)),
  ];
  const counts = countsInWords(countsOf(report.findings));
  const summary = `${counted(report.sandboxes.length, 'sandbox', 'sandboxes')}: ${counts === '' ? 'no findings' : counts}`;
  return [...commands, withoutCommands(summary), ''].join('\n');
}

function findingCommand(finding: Finding, redaction: Redaction): string {
  const { rule, severity, at, remedy } = finding;
  const title = `${rule.id} (${severity})`;
  const message = `${redaction.text(messageOf(finding))}\nFix: ${redaction.text(remedy)}`;
  return command(COMMANDS[severity], { path: at.source.path, place: at, title, message });
}

function fileCommands(file: ReportedFile, redaction: Redaction): string[] {
  if (file.status !== 'failed' && file.status !== 'partial') return [];
  const title = file.status === 'failed' ? 'not analysed' : 'analysed in part';
  return file.diagnostics
    .filter(({ severity }) => severity !== 'note')
    .map(({ message, place }: FileDiagnostic) =>
      command('warning', {
        path: place?.source.path ?? file.path,
        place,
        title,
        message: redaction.text(message),
      }),
    );
}

interface Annotation {
  readonly path: string;
  readonly place: Place | null;
  readonly title: string;
  readonly message: string;
}

function command(name: Command, { path, place, title, message }: Annotation): string {
  const properties = { file: printable(path), ...(place === null ? {} : linesOf(place)), title };
  const written = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapedProperty(String(value))}`,
  );
  return `::${name} ${written.join(',')}::${escapedData(message)}`;
}

/** Columns are for ranges within one line alone. */
function linesOf(place: Place): Record<string, number> {
  const { startLine, startColumn, endLine, endColumn } = regionOf(place);
  if (startLine !== endLine) return { line: startLine, endLine };
  return { line: startLine, endLine, col: startColumn, endColumn: Math.max(startColumn, endColumn) };
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
