/** From the rules' matches to findings: severity, confidence, one finding an Origin, subsumption. */
import { createHash } from 'node:crypto';
import { type Axis, CERTAINTY_FACTOR } from '../model/outcome.ts';
import {
  CONFIDENCES,
  type Confidence,
  type Match,
  type Rule,
  SEVERITIES,
  type Severity,
} from '../model/rule.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { severityOf } from '../model/worth.ts';
import type { CausedEvidence } from '../reach/fix-first.ts';
import type { Finding } from '../report/report.ts';
import { comparePlaces, type Place, samePlace } from '../source/source.ts';

/** One rule's match in one sandbox. */
interface Hit {
  readonly rule: Rule;
  readonly sandbox: Sandbox;
  readonly match: Match;
  readonly severity: Severity;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** By sandbox id: every match as evidence for what it gives, with what would make it go away. */
  readonly evidence: ReadonlyMap<string, readonly CausedEvidence[]>;
}

export function findingsOf(sandboxes: readonly Sandbox[], rules: readonly Rule[]): readonly Finding[] {
  return judge(sandboxes, rules).findings;
}

export function judge(sandboxes: readonly Sandbox[], rules: readonly Rule[]): Judgement {
  const hits = sandboxes.flatMap((sandbox) => hitsOf(sandbox, rules));
  const subsumed = subsumedHits(hits);
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    const key = groupKey(hit);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [hit]);
    else group.push(hit);
  }
  const grouped = [...groups.values()].map((group) => ({ group, finding: findingOf(group, subsumed) }));
  grouped.sort(
    (a, b) => comparePlaces(a.finding.at, b.finding.at) || (a.finding.rule.id < b.finding.rule.id ? -1 : 1),
  );
  const findings = withUniqueIds(grouped.map(({ finding }) => finding));
  const evidence = new Map<string, CausedEvidence[]>();
  grouped.forEach(({ group }, index) => {
    const id = findings[index]?.id ?? '';
    for (const hit of group) {
      const list = evidence.get(hit.sandbox.id);
      if (list === undefined) evidence.set(hit.sandbox.id, [evidenceOf(hit, id)]);
      else list.push(evidenceOf(hit, id));
    }
  });
  return { findings, evidence };
}

function evidenceOf({ rule, match }: Hit, finding: string): CausedEvidence {
  return {
    rule: rule.id,
    message: `${match.evidence}: ${match.consequence}`,
    origin: match.at,
    gains: match.gains ?? [],
    setting: match.setting ?? rule.setting ?? null,
    finding,
  };
}

function hitsOf(sandbox: Sandbox, rules: readonly Rule[]): Hit[] {
  const hits: Hit[] = [];
  for (const rule of rules) {
    if (rule.formats !== undefined && !rule.formats.includes(sandbox.format)) continue;
    rule.check(sandbox, (match) => {
      hits.push({ rule, sandbox, match, severity: severityFor(rule, match, sandbox) });
    });
  }
  return hits;
}

/** A service is not where hostile code runs: what would harden it is worth a note, no more. */
function severityFor(rule: Rule, match: Match, sandbox: Sandbox): Severity {
  if (sandbox.role.kind === 'service' && rule.hardening) return 'info';
  return match.severity ?? (match.gains === undefined ? rule.severity : severityOf(match.gains, sandbox));
}

/** One finding per rule and Origin; the subject keeps apart what one line grants twice. */
function groupKey({ rule, match }: Hit): string {
  const { source, span } = match.at.place;
  return [rule.id, source.path, span.start, span.end, match.subject ?? ''].join('\0');
}

function worst<T>(scale: readonly T[], values: readonly T[]): T | undefined {
  return scale.find((step) => values.includes(step));
}

function findingOf(group: readonly Hit[], subsumed: ReadonlySet<Hit>): Finding {
  const severity =
    worst(
      SEVERITIES,
      group.map((hit) => hit.severity),
    ) ?? 'info';
  const main = group.find((hit) => hit.severity === severity) ?? (group[0] as Hit);
  const { match, rule } = main;
  const assumes = assumptionsOf(match);
  return {
    id: fingerprint(main),
    rule,
    severity,
    confidence:
      worst(
        CONFIDENCES,
        group.map((hit) => confidenceOf(hit.match)),
      ) ?? 'low',
    evidence: match.evidence,
    consequence: match.consequence,
    remedy: match.remedy,
    assumes,
    sandboxes: [...new Set(group.map((hit) => hit.sandbox.id))],
    subsumed: group.every((hit) => subsumed.has(hit)),
    at: match.at.place,
    origin: match.at.kind,
    related: relatedPlaces(group),
    fixes: [{ applicability: 'suggestion', title: match.remedy, edits: [] }],
    gains: match.gains ?? [],
  };
}

function relatedPlaces(group: readonly Hit[]): Place[] {
  const at = group[0]?.match.at.place;
  const places: Place[] = [];
  for (const { match } of group) {
    const candidates = [...(match.at.via ?? []), ...(match.related ?? []).map((origin) => origin.place)];
    for (const place of candidates) {
      if (at !== undefined && samePlace(place, at)) continue;
      if (!places.some((seen) => samePlace(seen, place))) places.push(place);
    }
  }
  return places;
}

function assumptionsOf({ assumes, at }: Match): string[] {
  return [...new Set([...(at.assumes ?? []), ...(assumes ?? [])])];
}

/** Certain from the text; medium by an engine's default, a known image, or an assumption; never above the match's own. */
function confidenceOf(match: Match): Confidence {
  const asked = match.confidence ?? 'high';
  const byOrigin: Confidence = match.at.kind === 'explicit' ? 'high' : 'medium';
  const byAssumption: Confidence = assumptionsOf(match).length > 0 ? 'medium' : 'high';
  const lowest = Math.max(...[asked, byOrigin, byAssumption].map((step) => CONFIDENCES.indexOf(step)));
  return CONFIDENCES[lowest] ?? 'low';
}

function givesHostRoot({ match }: Hit): boolean {
  return (match.gains ?? []).some((gain) => gain.outcome === 'host-root' && gain.certainty === 'direct');
}

const UNDER_HOST_ROOT: ReadonlySet<Axis | null> = new Set<Axis | null>(['host', 'limits']);

/**
 * B is subsumed by A in one sandbox if both have one Origin and what A gives includes what B gives, or if
 * A gives host root directly and B is on the axes host or limits.
 */
function subsumedHits(hits: readonly Hit[]): ReadonlySet<Hit> {
  const subsumed = new Set<Hit>();
  const bySandbox = new Map<string, Hit[]>();
  for (const hit of hits) {
    const list = bySandbox.get(hit.sandbox.id);
    if (list === undefined) bySandbox.set(hit.sandbox.id, [hit]);
    else list.push(hit);
  }
  for (const group of bySandbox.values()) {
    const rooted = group.some(givesHostRoot);
    for (const hit of group) {
      if (rooted && !givesHostRoot(hit) && UNDER_HOST_ROOT.has(hit.rule.axis)) subsumed.add(hit);
      else if (group.some((other) => includes(other, hit))) subsumed.add(hit);
    }
  }
  return subsumed;
}

/** Each outcome of a match with the factor of its best certainty. */
function surestGains({ gains = [] }: Match): ReadonlyMap<string, number> {
  const factors = new Map<string, number>();
  for (const { outcome, certainty } of gains) {
    factors.set(outcome, Math.max(factors.get(outcome) ?? 0, CERTAINTY_FACTOR[certainty]));
  }
  return factors;
}

function includes(a: Hit, b: Hit): boolean {
  if (a === b || a.rule === b.rule || !sameFact(a.match, b.match)) return false;
  const given = surestGains(a.match);
  const wanted = surestGains(b.match);
  // What A gives by an assumption alone does not include what B gives for certain.
  const covers = [...wanted].every(([outcome, factor]) => (given.get(outcome) ?? 0) >= factor);
  if (wanted.size === 0 || !covers) return false;
  // Nothing is hidden by something milder; of two that give the same the first by name stays.
  const order = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  if (order !== 0) return order < 0;
  return given.size > wanted.size || a.rule.id < b.rule.id;
}

/** Defaults share the anchor of everything that nobody wrote; that makes them no more one fact than their rules are. */
function sameFact(a: Match, b: Match): boolean {
  return a.at.kind !== 'default' && b.at.kind !== 'default' && samePlace(a.at.place, b.at.place);
}

/** Rule, file, sandbox name and subject: nothing that moves when lines do, nothing that quotes a value. */
function fingerprint({ rule, match, sandbox }: Hit): string {
  const parts = [rule.id, match.at.place.source.path, sandbox.name, match.subject ?? match.evidence];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

function withUniqueIds(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const count = (seen.get(finding.id) ?? 0) + 1;
    seen.set(finding.id, count);
    return count === 1 ? finding : { ...finding, id: `${finding.id}-${count}` };
  });
}
