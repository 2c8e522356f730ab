/** The path to an outcome as a code flow (SARIF 2.1.0, 3.36), and the grades as properties. */
import type { CodeFlow, Location, PhysicalLocation, ThreadFlowLocation } from 'sarif';
import type { Place } from '../source/source.ts';
import { byRadius, outcomeThrough, worstGrade, worstOfGrades } from './blast-radius.ts';
import type { Redaction } from './redaction.ts';
import type { Finding, Report, ReportedSandbox } from './report.ts';

/** How the log writes places and words of others. */
export interface FlowWriter {
  readonly physical: (place: Place) => PhysicalLocation;
  /** One sentence. */
  readonly words: (text: string) => string;
}

/** The worst outcome that the finding leads to; nothing for a finding that leads to none. */
export function codeFlowsOf(
  finding: Finding,
  sandboxes: readonly ReportedSandbox[],
  { physical, words }: FlowWriter,
): CodeFlow[] {
  const through = outcomeThrough(finding, sandboxes);
  if (through === null) return [];
  const { sandbox, outcome } = through;
  let last = sandbox.place;
  const location = (place: Place | null, text: string): ThreadFlowLocation => {
    // Code scanning shows a step at a line: one without a place of its own happens where the last one did.
    last = place ?? last;
    const written: Location = { physicalLocation: physical(last), message: { text: words(text) } };
    return { location: written };
  };
  const locations = [
    location(null, 'code runs inside the sandbox'),
    ...outcome.path.map(({ at, message }) => location(at, message)),
    location(null, `hostile code ${outcome.phrase}`),
  ];
  const message = { text: words(`how hostile code ${outcome.phrase}`) };
  return [{ message, threadFlows: [{ locations }] }];
}

/** Places of all paths: files that the log has to name. */
export function pathPlaces(sandboxes: readonly ReportedSandbox[]): Place[] {
  return sandboxes.flatMap(({ place, radius }) => [
    place,
    ...radius.outcomes.flatMap(({ path }) => path.flatMap(({ at }) => (at === null ? [] : [at]))),
  ]);
}

/** Of the worst sandbox that a finding touches. */
export function scoreProperties(sandboxes: readonly ReportedSandbox[]): Record<string, unknown> {
  const worst = sandboxes.toSorted((a, b) => b.radius.score - a.radius.score)[0];
  if (worst === undefined) return {};
  const { score, possible } = worst.radius;
  return { score, possible, grade: worstOfGrades(sandboxes) };
}

export function runProperties(report: Report, redaction: Redaction): Record<string, unknown> {
  return {
    worstGrade: worstGrade(report),
    sandboxes: byRadius(report.sandboxes).map(({ id, name, role, radius }) => ({
      id: redaction.name(id),
      name: redaction.name(name),
      role: role.kind,
      score: radius.score,
      possible: radius.possible,
      grade: radius.grade,
    })),
  };
}
