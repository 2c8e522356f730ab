/** The report for programs: fields are added, never changed; `schema/report.schema.json` describes them. */
import type { Place } from '../source/source.ts';
import { type FindingsById, findingsById, fixFirst, worstGrade } from './blast-radius.ts';
import { type At, atOf } from './location.ts';
import { safeJson } from './printable.ts';
import { type Redaction, redactionOf } from './redaction.ts';
import {
  type Finding,
  messageOf,
  type Report,
  type ReportedFile,
  type ReportedFix,
  type ReportedImprovement,
  type ReportedOutcome,
  type ReportedRadius,
  type ReportedSandbox,
} from './report.ts';
import { countsOf, suppressedCount } from './selection.ts';

export const JSON_SCHEMA_VERSION = 1;

export function renderJson(report: Report): string {
  const redaction = redactionOf(report.secrets);
  const byId = findingsById(report);
  return safeJson({
    schema: JSON_SCHEMA_VERSION,
    tool: report.tool,
    sandboxes: report.sandboxes.map((sandbox) => sandboxJson(sandbox, byId, redaction)),
    findings: report.findings.map((finding) => findingJson(finding, redaction)),
    files: report.files.map((file) => fileJson(file, redaction)),
    skipped: report.skipped,
    summary: {
      sandboxes: report.sandboxes.length,
      findings: countsOf(report.findings),
      suppressed: suppressedCount(report),
      worstGrade: worstGrade(report),
    },
  });
}

function sandboxJson(sandbox: ReportedSandbox, byId: FindingsById, redaction: Redaction) {
  const { id, name, format, role, place, files, radius } = sandbox;
  const { startLine } = atOf(place);
  const { kind, reason } = role;
  return {
    id: redaction.name(id),
    name: redaction.name(name),
    format,
    role: kind,
    roleReason: redaction.text(reason),
    file: place.source.path,
    line: startLine,
    files,
    score: scoreJson(radius, redaction),
    outcomes: radius.outcomes.map((outcome) => outcomeJson(outcome, redaction)),
    fixFirst: fixFirst(radius, byId).map((improvement) => improvementJson(improvement, redaction)),
    best: radius.best === null ? null : improvementJson(radius.best, redaction),
  };
}

export function scoreJson({ score, possible, grade, axes, unknowns }: ReportedRadius, redaction: Redaction) {
  const entries = axes.map(({ axis, level, worth, reason, at }) => [
    axis,
    { level, worth, reason: redaction.text(reason), at: atOrNull(at) },
  ]);
  return {
    value: score,
    possible,
    grade,
    axes: Object.fromEntries(entries),
    unknowns: unknowns.map(redaction.name),
  };
}

export function outcomeJson(
  { outcome, phrase, axis, worth, certainty, path }: ReportedOutcome,
  redaction: Redaction,
) {
  return {
    outcome,
    certainty,
    axis,
    worth,
    phrase: redaction.text(phrase),
    path: path.map(({ step, rule, message, at }) => ({
      step,
      ...(rule === null ? {} : { rule }),
      message: redaction.text(message),
      at: atOrNull(at),
    })),
  };
}

function improvementJson(
  { findings, hidden = [], scoreAfter, gradeAfter, leaves, exact }: ReportedImprovement,
  redaction: Redaction,
) {
  return {
    findings,
    ...(hidden.length > 0 && { hidden: hidden.map(({ rule, place }) => ({ rule, at: atOf(place) })) }),
    scoreAfter,
    gradeAfter,
    leaves: redaction.text(leaves),
    exact,
  };
}

function atOrNull(place: Place | null): At | null {
  return place === null ? null : atOf(place);
}

function findingJson(finding: Finding, redaction: Redaction) {
  const { id, rule, severity, confidence, sandboxes, subsumed, at, origin, related, fixes, suppressed } =
    finding;
  return {
    id,
    rule: rule.id,
    severity,
    confidence,
    axis: rule.axis,
    message: redaction.text(messageOf(finding)),
    evidence: redaction.text(finding.evidence),
    consequence: redaction.text(finding.consequence),
    remedy: redaction.text(finding.remedy),
    assumes: finding.assumes.map(redaction.text),
    hardening: rule.hardening === true,
    sandboxes: sandboxes.map(redaction.name),
    subsumed,
    at: atOf(at),
    origin,
    related: related.map(atOf),
    fixes: fixes.map((fix) => fixJson(fix, redaction)),
    ...(suppressed === undefined
      ? {}
      : { suppressed: { by: redaction.text(suppressed.by), reason: redaction.text(suppressed.reason) } }),
  };
}

interface EditJson {
  readonly at: At;
  readonly text: string;
}

/** An edit has to be exact: where it would show a secret the fix keeps its title alone. */
function fixJson({ applicability, title, edits }: ReportedFix, redaction: Redaction) {
  const told = edits.some(({ text }) => redaction.reveals(text)) ? [] : edits;
  return {
    applicability,
    title: redaction.text(title),
    edits: told.map(({ place, text }): EditJson => ({ at: atOf(place), text })),
  };
}

function fileJson({ path, format, status, diagnostics }: ReportedFile, redaction: Redaction) {
  return {
    path,
    format,
    status,
    diagnostics: diagnostics.map(({ message, place, severity }) => ({
      message: redaction.text(message),
      at: atOrNull(place),
      severity,
    })),
  };
}
