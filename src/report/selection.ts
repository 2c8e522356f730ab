/** Which findings are shown, folded, hidden or counted: one answer for every reporter and the exit code. */
import { CONFIDENCES, type Confidence, SEVERITIES, type Severity } from '../model/rule.ts';
import { samePlace } from '../source/source.ts';
import { type Finding, isCounted, type Report } from './report.ts';

/** What `--fail-on` takes. */
export type Threshold = Exclude<Severity, 'info'> | 'never';

export interface Filter {
  readonly minSeverity: Severity;
  readonly minConfidence: Confidence;
}

export interface Detail {
  /** Nothing is folded or hidden, what is subsumed aside. */
  readonly pedantic: boolean;
  readonly failOn: Threshold;
}

/** The one rule that no filter hides: silence must not be taken for safety. */
export const UNKNOWN_RULE = 'unresolved-value';

export function isAtLeast(severity: Severity, threshold: Threshold): boolean {
  return threshold !== 'never' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

/**
 * The report without what the invoker does not ask for. What was subsumed by a finding that is filtered out
 * stands on its own again.
 */
export function filtered(report: Report, { minSeverity, minConfidence }: Filter): Report {
  const kept = report.findings.filter(
    (finding) =>
      finding.rule.id === UNKNOWN_RULE ||
      (SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(minSeverity) &&
        CONFIDENCES.indexOf(finding.confidence) <= CONFIDENCES.indexOf(minConfidence)),
  );
  if (kept.length === report.findings.length) return report;
  const bySandbox = findingsBySandbox(kept);
  const findings = kept.map((finding) =>
    finding.subsumed && includerOf(finding, bySandbox) === null ? { ...finding, subsumed: false } : finding,
  );
  return { ...report, findings, unfiltered: report.unfiltered ?? report.findings };
}

export type FindingsBySandbox = ReadonlyMap<string, readonly Finding[]>;

export function findingsBySandbox(findings: readonly Finding[]): FindingsBySandbox {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const id of finding.sandboxes) {
      const group = groups.get(id);
      if (group === undefined) groups.set(id, [finding]);
      else group.push(finding);
    }
  }
  return groups;
}

/** The finding that says more than a subsumed one: at the same place, or one that gives root on the host. */
export function includerOf(finding: Finding, bySandbox: FindingsBySandbox): Finding | null {
  const candidates = finding.sandboxes
    .flatMap((id) => bySandbox.get(id) ?? [])
    .filter((other) => other !== finding && !other.subsumed);
  const beside = candidates.find((other) => samePlace(other.at, finding.at) && gives(other, finding));
  return beside ?? candidates.find(givesHostRoot) ?? null;
}

function gives(a: Finding, b: Finding): boolean {
  const given = new Set(a.gains.map((gain) => gain.outcome));
  return b.gains.length > 0 && b.gains.every((gain) => given.has(gain.outcome));
}

function givesHostRoot({ gains }: Finding): boolean {
  return gains.some((gain) => gain.outcome === 'host-root' && gain.certainty === 'direct');
}

/**
 * - `shown`: with everything that is known of it.
 * - `unknown`: in one line, always.
 * - `folded`: by its rule's name, in one line a sandbox.
 * - `hidden`: counted alone.
 */
export type Showing = 'shown' | 'unknown' | 'folded' | 'hidden' | 'subsumed' | 'suppressed';

export function showingOf(finding: Finding, { pedantic, failOn }: Detail): Showing {
  if (finding.suppressed !== undefined) return 'suppressed';
  if (finding.subsumed) return 'subsumed';
  if (finding.rule.id === UNKNOWN_RULE) return 'unknown';
  if (pedantic || isAtLeast(finding.severity, failOn)) return 'shown';
  if (finding.severity === 'info') return 'hidden';
  return finding.rule.hardening === true ? 'folded' : 'shown';
}

export type Counts = Readonly<Record<Severity, number>>;

/** Findings by severity, neither subsumed nor suppressed ones. */
export function countsOf(findings: readonly Finding[]): Counts {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of findings) if (isCounted(finding)) counts[finding.severity] += 1;
  return counts;
}

export function suppressedCount(report: Report): number {
  return report.findings.filter((finding) => finding.suppressed !== undefined).length;
}
