/**
 * Which rule decides an operation. From the operation up to `default`: among the rules of a level whose
 * filter holds the last one wins, then the level's last unfiltered rule, then the next level is asked. So a
 * rule on a narrower operation outranks a wider one, and a filtered rule an unfiltered one, whatever the
 * order. Apple documents none of it; it was measured in microsoft/mxc#754 and #749 and
 * GreyhavenHQ/greywall#20, and Homebrew's and nix's profiles depend on it.
 */
import type { Place } from '../../source/source.ts';
import { type Filter, isCompound } from './filters.ts';
import { type Answer, matchFilter, type Query, type SeatbeltObject } from './match.ts';
import { isLeftOpen, operationLevels } from './operations.ts';
import { canonicalPath, isLinkName } from './paths.ts';
import type { Condition, SeatbeltRule } from './profile.ts';

export interface Decision {
  readonly verdict: 'allow' | 'deny' | 'unknown';
  /** The rule that decides; for `unknown` the one whose effect is in doubt. */
  readonly rule: SeatbeltRule | null;
  /** The part of the rule that covers the object, or the rule itself. */
  readonly at: Place | null;
  /** `left-open`: `(deny default)` does not reach the operation. `no-rule`: nothing names it, so it is denied. */
  readonly by: 'rule' | 'left-open' | 'no-rule';
  /** What the verdict rests on. */
  readonly assumptions: readonly string[];
  /** Why the verdict is unknown; empty otherwise. */
  readonly reasons: readonly string[];
}

interface Candidate {
  readonly rule: SeatbeltRule;
  readonly level: number;
  readonly answer: Answer;
  readonly query: Query;
}

/** Conditions that are tried both ways; beyond that a conditional rule is in doubt on its own. */
const MAX_CONDITIONS = 6;

/** `object` is null for an operation that has none, such as `lsopen`. */
export function decide(
  rules: readonly SeatbeltRule[],
  operation: string,
  object: SeatbeltObject | null = null,
): Decision {
  const levels = operationLevels(operation);
  const candidates = collect(rules, levels, resolveObject(operation, object));
  const facts = conditionKeys(candidates);
  if (facts.size === 0) return conclude(candidates, operation, levels, null);
  if (facts.size > MAX_CONDITIONS) return conclude(candidates, operation, levels, new Map());
  return decideBothWays(candidates, operation, levels, [...facts.values()]);
}

function resolveObject(operation: string, object: SeatbeltObject | null): SeatbeltObject | null {
  if (object?.kind === 'path' && operation === 'file-read-metadata' && isLinkName(object.path)) return object;
  if (object?.kind !== 'path' && object?.kind !== 'unix-socket') return object;
  return { ...object, path: canonicalPath(object.path) };
}

/** The rules that may have a say, each at the narrowest level that it names. */
function collect(
  rules: readonly SeatbeltRule[],
  levels: readonly string[],
  object: SeatbeltObject | null,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const rule of rules) {
    const level = levels.findIndex((name) => rule.operations.includes(name));
    if (level < 0) continue;
    const query: Query = { object, action: rule.action, assumptions: new Set(), reasons: new Set() };
    const answer = rule.filter === null ? 'yes' : matchFilter(rule.filter, query);
    if (answer !== 'no') candidates.push({ rule, level, answer, query });
  }
  return candidates.sort(byPrecedence);
}

function byPrecedence(a: Candidate, b: Candidate): number {
  if (a.level !== b.level) return a.level - b.level;
  const filtered = Number(b.rule.filter !== null) - Number(a.rule.filter !== null);
  return filtered === 0 ? b.rule.index - a.rule.index : filtered;
}

function conditionKeys(candidates: readonly Candidate[]): Map<string, Condition> {
  const keys = new Map<string, Condition>();
  for (const { rule } of candidates) {
    for (const condition of rule.conditions) keys.set(condition.key, condition);
  }
  return keys;
}

function decideBothWays(
  candidates: readonly Candidate[],
  operation: string,
  levels: readonly string[],
  facts: readonly Condition[],
): Decision {
  const decisions: Decision[] = [];
  for (let bits = 0; bits < 2 ** facts.length; bits += 1) {
    const holding = new Map(facts.map((fact, index) => [fact.key, (bits >> index) % 2 === 1] as const));
    const present = candidates.filter(({ rule }) =>
      rule.conditions.every(({ key, holds }) => (holding.get(key) ?? holds) === holds),
    );
    decisions.push(conclude(present, operation, levels, null));
  }
  const first = decisions[0];
  const same = decisions.every((one) => one.verdict === first?.verdict);
  if (first !== undefined && same) return decisions.find((one) => one.rule !== null) ?? first;
  const branches = facts.filter(({ branch }) => branch !== undefined);
  if (branches.length > 0) return onBranches(candidates, operation, levels, { facts, branches });
  const reasons = [...decisions.flatMap((one) => one.reasons), ...deciding(decisions, facts)];
  const allowing =
    decisions.find((one) => one.verdict === 'allow') ?? decisions.find((one) => one.verdict === 'unknown');
  return {
    verdict: 'unknown',
    rule: allowing?.rule ?? null,
    at: allowing?.at ?? null,
    by: allowing?.by ?? 'rule',
    assumptions: allowing?.assumptions ?? [],
    reasons: [...new Set(reasons)],
  };
}

interface Facts {
  readonly facts: readonly Condition[];
  readonly branches: readonly Condition[];
}

/** Of the ways that what writes the profile can go, the one that opens most, with what it takes to go it. */
function onBranches(
  candidates: readonly Candidate[],
  operation: string,
  levels: readonly string[],
  { facts, branches }: Facts,
): Decision {
  const rest = facts.filter((fact) => !branches.includes(fact));
  const ways = Array.from({ length: 2 ** branches.length }, (_, bits) => {
    const holding = new Map(branches.map(({ key }, index) => [key, (bits >> index) % 2 === 1] as const));
    const present = candidates.filter(({ rule }) =>
      rule.conditions.every(({ key, holds }) => (holding.get(key) ?? holds) === holds),
    );
    return rest.length === 0
      ? conclude(present, operation, levels, null)
      : decideBothWays(present, operation, levels, rest);
  });
  const verdict = (['allow', 'unknown', 'deny'] as const).find((one) =>
    ways.some((way) => way.verdict === one),
  );
  // Ways that need no branch to be taken come first: their bits are the lower ones.
  const at = ways.findIndex((way) => way.verdict === verdict);
  const found = ways[at];
  if (found === undefined) return conclude(candidates, operation, levels, new Map());
  const texts = branches.flatMap(({ branch }, index) => {
    const other = ways[at ^ (1 << index)];
    if (branch === undefined || other === undefined || other.verdict === found.verdict) return [];
    return [(at >> index) % 2 === 1 ? branch.taken : branch.left];
  });
  return { ...found, assumptions: [...texts, ...found.assumptions] };
}

/** The facts that change the verdict; `decisions` is indexed by their bits. */
function deciding(decisions: readonly Decision[], facts: readonly Condition[]): string[] {
  const matters = facts.filter((_, index) =>
    decisions.some((one, bits) => one.verdict !== decisions[bits ^ (1 << index)]?.verdict),
  );
  return matters.map((fact) => `it depends on whether ${fact.text}`);
}

/**
 * Goes through the candidates in precedence until one certainly decides. `doubt` is set where conditions
 * could not be tried: a conditional rule is then one that may not be there.
 */
function conclude(
  candidates: readonly Candidate[],
  operation: string,
  levels: readonly string[],
  doubt: ReadonlyMap<string, boolean> | null,
): Decision {
  const possible: Decision[] = [];
  for (const candidate of candidates) {
    const decision = decisionOf(candidate, operation, levels);
    const conditional = doubt !== null && candidate.rule.conditions.length > 0;
    if (candidate.answer === 'yes' && !conditional) {
      return settle(possible, withOrderNote(decision, candidate, candidates, levels));
    }
    const texts = conditional
      ? candidate.rule.conditions.map((one) => `it depends on whether ${one.text}`)
      : [];
    possible.push({ ...decision, reasons: [...candidate.query.reasons, ...texts] });
  }
  return settle(possible, nothingDecides(operation));
}

function nothingDecides(operation: string): Decision {
  const base = { rule: null, at: null, reasons: [] };
  if (!isLeftOpen(operation)) return { ...base, verdict: 'deny', by: 'no-rule', assumptions: [] };
  return { ...base, verdict: 'allow', by: 'left-open', assumptions: [leftOpenNote(operation)] };
}

function leftOpenNote(operation: string): string {
  return `\`(deny default)\` does not reach ${operation}`;
}

function decisionOf(candidate: Candidate, operation: string, levels: readonly string[]): Decision {
  const { rule, query } = candidate;
  const base = { rule, at: coveringPart(rule, query), reasons: [] };
  if (levels[candidate.level] === 'default' && rule.action === 'deny' && isLeftOpen(operation)) {
    return { ...base, verdict: 'allow', by: 'left-open', assumptions: [leftOpenNote(operation)] };
  }
  return { ...base, verdict: rule.action, by: 'rule', assumptions: [...query.assumptions] };
}

/** One verdict where every possible rule says the same; otherwise unknown, at the first that differs. */
function settle(possible: readonly Decision[], certain: Decision): Decision {
  const other = possible.find((one) => one.verdict !== certain.verdict);
  if (other === undefined) return certain;
  const reasons = possible.filter((one) => one.verdict !== certain.verdict).flatMap((one) => one.reasons);
  return { ...other, verdict: 'unknown', reasons: [...new Set(reasons)] };
}

/** Write-ups that only say "the last match wins" would decide otherwise: worth saying. */
function withOrderNote(
  decision: Decision,
  winner: Candidate,
  candidates: readonly Candidate[],
  levels: readonly string[],
): Decision {
  const wider = candidates.find(
    (one) =>
      one.level > winner.level &&
      levels[one.level] !== 'default' &&
      one.answer === 'yes' &&
      one.rule.action !== winner.rule.action &&
      one.rule.index > winner.rule.index,
  );
  if (wider === undefined) return decision;
  const note = `a rule on ${levels[winner.level]} outranks a later one on ${levels[wider.level]}`;
  return { ...decision, assumptions: [...decision.assumptions, note] };
}

/** Inside a rule that lists alternatives, the one that holds. */
function coveringPart(rule: SeatbeltRule, query: Query): Place {
  let filter: Filter | null = rule.filter;
  let place = rule.place;
  while (filter !== null) {
    if (filter.place.source === rule.place.source && isWithin(filter.place, rule.place)) place = filter.place;
    if (!isCompound(filter) || filter.kind !== 'any') break;
    filter = bestPart(filter.parts, query);
  }
  return place;
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.span.start >= outer.span.start && inner.span.end <= outer.span.end;
}

function bestPart(parts: readonly Filter[], query: Query): Filter | null {
  const ask = (part: Filter): Answer =>
    matchFilter(part, { ...query, assumptions: new Set(), reasons: new Set() });
  const answers = parts.map(ask);
  return parts[answers.indexOf('yes')] ?? parts[answers.indexOf('unknown')] ?? null;
}
