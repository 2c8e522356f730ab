/** The immutable result of an audit: all that a reporter sees, together with the sources. */

import type { Applicability } from '../model/intent.ts';
import type { Axis, Certainty, Gain } from '../model/outcome.ts';
import type { Grade } from '../model/radius.ts';
import type { Confidence, RuleHead, Severity } from '../model/rule.ts';
import type { Role, SandboxFormat } from '../model/sandbox.ts';
import type { Place } from '../source/source.ts';

/** A place in the path to an outcome, with what happens there. */
export interface ReportedStep {
  readonly step: string;
  readonly rule: string | null;
  readonly message: string;
  readonly at: Place | null;
}

export interface ReportedOutcome {
  readonly outcome: string;
  /** Completes "Hostile code …". */
  readonly phrase: string;
  readonly axis: Axis;
  readonly worth: number;
  readonly certainty: Certainty;
  readonly path: readonly ReportedStep[];
}

export interface ReportedAxis {
  readonly axis: Axis;
  /** 0 to 4. */
  readonly level: number;
  readonly worth: number;
  readonly reason: string;
  readonly at: Place | null;
}

/** Some changes together, and where they lead. */
export interface ReportedImprovement {
  readonly findings: readonly string[];
  /** Edits that it also takes and that no finding names yet: what is written there shows once others are gone. */
  readonly hidden?: readonly { readonly rule: string; readonly place: Place }[];
  readonly scoreAfter: number;
  readonly gradeAfter: Grade;
  /** The worst that is left after it. */
  readonly leaves: string;
  /** False: found step by step, a smaller set may exist. */
  readonly exact: boolean;
}

export interface ReportedRadius {
  readonly score: number;
  /** With everything unknown at its worst; never below `score`. */
  readonly possible: number;
  readonly grade: Grade;
  readonly axes: readonly ReportedAxis[];
  /** The worst first. */
  readonly outcomes: readonly ReportedOutcome[];
  readonly unknowns: readonly string[];
  /** Single changes, the most helpful first. */
  readonly fixFirst: readonly ReportedImprovement[];
  /** The smallest set that reaches a better grade; null where none does. */
  readonly nextGrade: ReportedImprovement | null;
  /** The smallest set that reaches grade A, or the best grade that any set reaches; null where none helps. */
  readonly toA: ReportedImprovement | null;
  /** What all changes together reach. */
  readonly best: ReportedImprovement | null;
}

export interface ReportedSandbox {
  readonly id: string;
  readonly name: string;
  readonly format: SandboxFormat;
  readonly role: Role;
  readonly place: Place;
  /** Paths of all files that define it, the first the one it is found in. */
  readonly files: readonly string[];
  readonly radius: ReportedRadius;
}

export interface ReportedEdit {
  readonly place: Place;
  readonly text: string;
}

export interface ReportedFix {
  readonly applicability: Applicability;
  readonly title: string;
  readonly edits: readonly ReportedEdit[];
}

export interface Suppression {
  readonly by: string;
  readonly reason: string;
}

export interface Finding {
  /** Stable as long as rule, file and evidence are, wherever the lines move: also the SARIF fingerprint. */
  readonly id: string;
  readonly rule: RuleHead;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly evidence: string;
  readonly consequence: string;
  readonly remedy: string;
  /** Named assumptions, as clauses. */
  readonly assumes: readonly string[];
  /** Ids of the sandboxes that it touches. */
  readonly sandboxes: readonly string[];
  /** Another finding of the same sandboxes says more: kept, folded away, not counted. */
  readonly subsumed: boolean;
  readonly at: Place;
  readonly origin: 'explicit' | 'default' | 'implied';
  readonly related: readonly Place[];
  readonly fixes: readonly ReportedFix[];
  readonly gains: readonly Gain[];
  readonly suppressed?: Suppression;
}

export type FileStatus = 'analysed' | 'partial' | 'failed' | 'skipped';

export interface FileDiagnostic {
  readonly message: string;
  readonly place: Place | null;
  readonly severity: 'error' | 'limit' | 'note';
}

export interface ReportedFile {
  readonly path: string;
  readonly format: SandboxFormat | null;
  readonly status: FileStatus;
  readonly diagnostics: readonly FileDiagnostic[];
}

export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  readonly sandboxes: readonly ReportedSandbox[];
  /** In canonical order: file, position, rule. */
  readonly findings: readonly Finding[];
  /** All of them, where a filter left some out of `findings`. */
  readonly unfiltered?: readonly Finding[];
  readonly files: readonly ReportedFile[];
  /** Every rule, whether it fired or not. */
  readonly rules: readonly RuleHead[];
  /** Directories that the walk left out by name. */
  readonly skipped: readonly string[];
  /** Where secrets stand in the sources: what no output may show. */
  readonly secrets: readonly Place[];
}

/** Severities, worst first, as they are counted: neither subsumed nor suppressed ones. */
export function isCounted(finding: Finding): boolean {
  return !finding.subsumed && finding.suppressed === undefined;
}

/** Message of a finding as one text. */
export function messageOf(finding: Finding): string {
  const assumes = finding.assumes.length === 0 ? '' : ` Assuming that ${finding.assumes.join(' and that ')}.`;
  return `${sentence(finding.evidence)} ${sentence(finding.consequence)}${assumes}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
