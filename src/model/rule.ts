/** The one door through which `rules/` enters: a declarative head and a check. */
import type { HardenedSetting } from './change.ts';
import type { Intent } from './intent.ts';
import type { Axis, Gain, OutcomeId } from './outcome.ts';
import type { Sandbox, SandboxFormat } from './sandbox.ts';
import type { Origin } from './value.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export type Confidence = 'high' | 'medium' | 'low';
export const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low'];

/** Ids in published catalogues. `cis`: CIS Docker Benchmark 1.6.0; `owasp`: Docker Security Cheat Sheet rule. */
export interface References {
  readonly cis?: readonly string[];
  readonly owasp?: readonly string[];
  /** MITRE ATT&CK technique ids. */
  readonly attack?: readonly string[];
  /** CWE numbers. */
  readonly cwe?: readonly number[];
  /** Addresses of what a reader should read next. */
  readonly links?: readonly string[];
}

/** What a check reports: words for people, an Origin for the place, gains for severity and reach. */
export interface Match {
  readonly at: Origin;
  readonly related?: readonly Origin[];
  /** What stands there, in one clause without a full stop: "`/var/run/docker.sock` is mounted". */
  readonly evidence: string;
  /** What it gives to hostile code: one sentence. */
  readonly consequence: string;
  /** What to do: one imperative sentence. */
  readonly remedy: string;
  /** What hostile code gains by this alone. Decides the severity, unless `severity` does. */
  readonly gains?: readonly Gain[];
  /** For rules that are not about an outcome of their own (marked † in the table of rules). */
  readonly severity?: Severity;
  /** At most this; an origin by default and assumptions lower it further. */
  readonly confidence?: Confidence;
  /** Named assumptions that the match rests on. */
  readonly assumes?: readonly string[];
  readonly intents?: readonly Intent[];
  /** For what nobody wrote, or what another setting settles better than its removal: what to set. */
  readonly setting?: HardenedSetting;
  /** Tells apart two matches of one rule at one place; part of the fingerprint. Never a secret's value. */
  readonly subject?: string;
}

export interface RuleHead {
  readonly id: string;
  /** A noun phrase that names the flagged pattern. */
  readonly title: string;
  /** One sentence: what hostile code gains where it fires. */
  readonly summary: string;
  readonly axis: Axis | null;
  /** The usual severity, as listed. */
  readonly severity: Severity;
  /** Outcomes that a match can give. */
  readonly gives: readonly OutcomeId[];
  /** Hardening notes: folded on the terminal, `info` in a service. */
  readonly hardening?: boolean;
  /** For what is missing rather than written: what to set. Asked for what a fix would change. */
  readonly setting?: HardenedSetting;
  /** Formats that can trigger it; absent: all. */
  readonly formats?: readonly SandboxFormat[];
  readonly references: References;
}

export interface Rule extends RuleHead {
  readonly check: (sandbox: Sandbox, report: (match: Match) => void) => void;
}

export function defineRule(rule: Rule): Rule {
  return rule;
}
