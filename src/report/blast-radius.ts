/** What the reporters say of a blast radius: one answer for all of them, with no text made fit for any. */
import { outcomeRow } from '../knowledge/outcomes.ts';
import { CERTAINTY_FACTOR } from '../model/outcome.ts';
import type { Grade } from '../model/radius.ts';
import { SEVERITIES } from '../model/rule.ts';
import { type Place, positionAt, samePlace } from '../source/source.ts';
import type {
  Finding,
  Report,
  ReportedAxis,
  ReportedImprovement,
  ReportedOutcome,
  ReportedRadius,
  ReportedSandbox,
  ReportedStep,
} from './report.ts';

/** The highest level of an axis. */
export const MOST_LEVEL = 4;

export function scoreText(score: number): string {
  return score.toFixed(1);
}

export interface Range {
  readonly possible: string;
  /** What it depends on: variables, files. */
  readonly unknowns: readonly string[];
}

/** How far the score may go up; null where it is known. */
export function rangeOf({ score, possible, unknowns }: ReportedRadius): Range | null {
  return possible > score ? { possible: scoreText(possible), unknowns } : null;
}

/** The sandboxes that the worst grade is taken from: where hostile code runs, or all where it runs nowhere. */
export function judgedSandboxes({ sandboxes }: Pick<Report, 'sandboxes'>): readonly ReportedSandbox[] {
  const inside = sandboxes.filter(({ role }) => role.kind === 'sandbox');
  return inside.length > 0 ? inside : sandboxes;
}

export function worstGrade(report: Pick<Report, 'sandboxes'>): Grade | null {
  return worstOfGrades(judgedSandboxes(report));
}

export function worstOfGrades(sandboxes: readonly ReportedSandbox[]): Grade | null {
  const grades = sandboxes.map(({ radius }) => radius.grade).sort();
  return grades.at(-1) ?? null;
}

/** Worst first: where hostile code runs before the services; what is equal stays in its order. */
export function byRadius(sandboxes: readonly ReportedSandbox[]): ReportedSandbox[] {
  const service = ({ role }: ReportedSandbox): number => Number(role.kind === 'service');
  return sandboxes.toSorted(
    (a, b) =>
      service(a) - service(b) || b.radius.score - a.radius.score || b.radius.possible - a.radius.possible,
  );
}

/** The worst that hostile code ends up holding; null where that is nothing. */
export function worstOutcome({ outcomes }: ReportedRadius): ReportedOutcome | null {
  return outcomes[0] ?? null;
}

/** In one clause: the worst outcome, or what the worst axis leaves. */
export function worstInWords(radius: ReportedRadius): string {
  const outcome = worstOutcome(radius);
  if (outcome !== null) return outcome.phrase;
  const axis = radius.axes.toSorted((a, b) => b.worth - a.worth)[0];
  return axis === undefined ? 'nothing' : `${axis.reason} (${axis.axis})`;
}

/**
 * Whether the axis rests on something that could not be known. Its level is then what is certain, and no good
 * news. The floors of the axes say it in these words.
 */
export function isUnknownAxis({ reason }: ReportedAxis): boolean {
  return /\bnot known\b/.test(reason);
}

export function goodNews({ axes }: ReportedRadius): readonly ReportedAxis[] {
  return axes.filter((axis) => axis.level === 0 && !isUnknownAxis(axis));
}

/** `file:line`, exact: to be made fit for its format. */
export function lineOf({ source, span }: Place): string {
  return `${source.path}:${positionAt(source, span.start).line}`;
}

/** A step in few words: what its finding says is there, else the message of the step. */
export function stepText(step: ReportedStep, all: FindingsById): string {
  const { rule, at, message } = step;
  if (rule === null || at === null) return message;
  for (const finding of all.values()) {
    const { evidence } = finding;
    // One line can grant several things to one rule.
    if (finding.rule.id === rule && samePlace(finding.at, at) && message.startsWith(evidence))
      return evidence;
  }
  return message;
}

/** The worst outcome whose path goes through a finding, with the sandbox that it is held in. */
export function outcomeThrough(
  finding: Finding,
  sandboxes: readonly ReportedSandbox[],
): { readonly sandbox: ReportedSandbox; readonly outcome: ReportedOutcome } | null {
  for (const sandbox of byRadius(sandboxes)) {
    const outcome = sandbox.radius.outcomes.find(({ path }) =>
      path.some(({ rule, at }) => rule === finding.rule.id && at !== null && samePlace(at, finding.at)),
    );
    if (outcome !== undefined) return { sandbox, outcome };
  }
  return null;
}

/** One edit, and the findings that it settles. */
export interface ReportedChange {
  readonly place: Place;
  readonly findings: readonly Finding[];
  /** The rule that will report what no finding names yet; null where there are findings. */
  readonly hidden: string | null;
}

/**
 * The edits of an improvement: what one line causes is one edit, and so is each setting that is missing. Those
 * that show once others are made come last.
 */
export function changesOf(
  { findings: ids, hidden = [] }: ReportedImprovement,
  all: FindingsById,
): ReportedChange[] {
  const changes = new Map<string, { place: Place; findings: Finding[] }>();
  for (const id of ids) {
    const finding = all.get(id);
    if (finding === undefined) continue;
    const { at, rule } = finding;
    const key = rule.setting ?? `${at.source.path}:${at.span.start}:${at.span.end}`;
    const change = changes.get(key);
    if (change === undefined) changes.set(key, { place: at, findings: [finding] });
    else change.findings.push(finding);
  }
  return [
    ...[...changes.values()].map((change) => ({ ...change, hidden: null })),
    ...hidden.map(({ rule, place }) => ({ place, findings: [], hidden: rule })),
  ];
}

export type FindingsById = ReadonlyMap<string, Finding>;

/** With those that a filter leaves out: what to fix does not depend on what is shown. */
export function findingsById({ findings, unfiltered = findings }: Report): FindingsById {
  return new Map(unfiltered.map((finding) => [finding.id, finding]));
}

/** What to do first: the set for the next grade where that takes several edits, then single ones. */
export function fixFirst(
  { fixFirst: singles, nextGrade }: ReportedRadius,
  all: FindingsById,
): readonly ReportedImprovement[] {
  if (nextGrade === null || changesOf(nextGrade, all).length < 2) return singles;
  return [nextGrade, ...singles];
}

/** Worst first by severity, then by what the finding gives; what is equal stays in its order. */
export function byWeight(findings: readonly Finding[], sandbox: ReportedSandbox | null): Finding[] {
  const worths = new Map(findings.map((finding) => [finding, worthOf(finding, sandbox)]));
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return findings.toSorted((a, b) => rank(a) - rank(b) || (worths.get(b) ?? 0) - (worths.get(a) ?? 0));
}

/** The worth of a gain depends on the sandbox: taken from the outcome that it holds, at the gain's own certainty. */
function worthOf({ gains }: Finding, sandbox: ReportedSandbox | null): number {
  const worths = gains.map(({ outcome, certainty }) => {
    const held = sandbox?.radius.outcomes.find((one) => one.outcome === outcome);
    if (held !== undefined) {
      return (held.worth / CERTAINTY_FACTOR[held.certainty]) * CERTAINTY_FACTOR[certainty];
    }
    const worth = outcomeRow(outcome)?.worth ?? 0;
    return (typeof worth === 'number' ? worth : worth.open) * CERTAINTY_FACTOR[certainty];
  });
  return Math.max(0, ...worths);
}
