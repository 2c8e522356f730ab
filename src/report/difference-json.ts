/** A difference for programs. Paths are relative to the directory of the side that they belong to. */
import { worstGrade } from './blast-radius.ts';
import {
  type Difference,
  type DifferenceSide,
  redactionOfBoth,
  type SandboxChange,
  subjectOf,
} from './difference.ts';
import { JSON_SCHEMA_VERSION, outcomeJson, scoreJson } from './json.ts';
import { atOf } from './location.ts';
import { safeJson } from './printable.ts';
import type { Redaction } from './redaction.ts';
import type { ReportedSandbox } from './report.ts';

export function renderDifferenceJson(difference: Difference): string {
  const redaction = redactionOfBoth(difference);
  return safeJson({
    schema: JSON_SCHEMA_VERSION,
    tool: difference.tool,
    old: sideJson(difference.old),
    new: sideJson(difference.new),
    grew: difference.grew,
    sandboxes: difference.changes.map((change) => changeJson(change, redaction)),
  });
}

function sideJson({ path, report }: DifferenceSide) {
  return {
    path,
    sandboxes: report.sandboxes.length,
    worstGrade: worstGrade(report),
    unread: report.files
      .filter(({ status }) => status === 'failed' || status === 'partial')
      .map((file) => file.path),
  };
}

function changeJson(change: SandboxChange, redaction: Redaction) {
  const { status, before, after, axes, gained, lost, growth } = change;
  const subject = subjectOf(change);
  return {
    status,
    name: redaction.name(subject?.name ?? ''),
    format: subject?.format ?? null,
    grew: growth.length > 0,
    growth,
    before: before === null ? null : sandboxJson(before, redaction),
    after: after === null ? null : sandboxJson(after, redaction),
    axes: axes.map(({ axis }) => axis),
    gained: gained.map(({ outcome, worthBefore }) => ({ ...outcomeJson(outcome, redaction), worthBefore })),
    lost: lost.map((outcome) => outcomeJson(outcome, redaction)),
  };
}

function sandboxJson({ id, role, place, radius }: ReportedSandbox, redaction: Redaction) {
  return {
    id: redaction.name(id),
    role: role.kind,
    file: place.source.path,
    line: atOf(place).startLine,
    score: scoreJson(radius, redaction),
  };
}
