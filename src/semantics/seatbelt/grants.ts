/** What the rules of a profile name, so that a finding can point at the very line: roots, services, dead parts. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { type Filter, isCompound, type LeafFilter, leavesOf } from './filters.ts';
import { operationLevels } from './operations.ts';
import { deadPathReason, deadPatternReason, isLinkName } from './paths.ts';
import type { SeatbeltRule } from './profile.ts';

export interface GrantRoot {
  readonly rule: SeatbeltRule;
  /** The filter's own place where it stands inside the rule, else the rule's. */
  readonly place: Place;
  /**
   * `everything`: the rule is unfiltered. `pattern`: a regular expression, `path` is its anchored literal
   * beginning. `unknown`: the path cannot be known; `path` may still hold the known parts.
   */
  readonly test: 'literal' | 'subpath' | 'prefix' | 'ancestors' | 'pattern' | 'everything' | 'unknown';
  readonly path: string | null;
  /** Other filters have to hold too, so that less than this root may be granted. */
  readonly narrowed: boolean;
  /** Why the root can never match, or null. */
  readonly dead: string | null;
}

export interface GrantRoots {
  readonly read: readonly GrantRoot[];
  readonly write: readonly GrantRoot[];
  readonly connect: readonly GrantRoot[];
  readonly execute: readonly GrantRoot[];
}

/** The roots that allow-rules name. What a later rule takes away again is for `decide` to say. */
export function grantRoots(rules: readonly SeatbeltRule[]): GrantRoots {
  return {
    read: rootsOf(rules, ['file-read-data']),
    write: rootsOf(rules, ['file-write-create', 'file-write-data']),
    connect: rootsOf(rules, ['network-outbound']),
    execute: rootsOf(rules, ['process-exec']),
  };
}

/** Rules with this action that name one of the operations or what covers it. */
export function rulesOn(
  rules: readonly SeatbeltRule[],
  action: 'allow' | 'deny',
  operations: readonly string[],
): readonly SeatbeltRule[] {
  const names = new Set(operations.flatMap((operation) => operationLevels(operation)));
  return rules.filter((rule) => rule.action === action && rule.operations.some((name) => names.has(name)));
}

function rootsOf(rules: readonly SeatbeltRule[], operations: readonly string[]): readonly GrantRoot[] {
  return rulesOn(rules, 'allow', operations).flatMap((rule) => rootsOfRule(rule));
}

function rootsOfRule(rule: SeatbeltRule): readonly GrantRoot[] {
  if (rule.filter === null) {
    return [{ rule, place: rule.place, test: 'everything', path: null, narrowed: false, dead: null }];
  }
  return branches(rule.filter).flatMap(({ filter, narrowed }) => {
    const root = rootOfLeaf(rule, filter);
    return root === null ? [] : [{ ...root, narrowed }];
  });
}

/** The leaves that can make a filter hold, `require-not` parts left away. */
function branches(filter: Filter, narrowed = false): { filter: LeafFilter; narrowed: boolean }[] {
  if (filter.kind === 'not') return [];
  if (isCompound(filter)) {
    const narrower = narrowed || (filter.kind === 'all' && filter.parts.length > 1);
    return filter.parts.flatMap((part) => branches(part, narrower));
  }
  if (filter.kind === 'unix-socket' && filter.filter !== null) return branches(filter.filter, narrowed);
  return [{ filter, narrowed }];
}

function rootOfLeaf(rule: SeatbeltRule, leaf: LeafFilter): Omit<GrantRoot, 'narrowed'> | null {
  const place = placeInRule(rule, leaf);
  if (leaf.kind === 'path') {
    const dead = deadReason(leaf, rule);
    return { rule, place, test: isResolved(leaf.text) ? leaf.test : 'unknown', path: leaf.text, dead };
  }
  if (leaf.kind === 'pattern' && leaf.of === 'path') {
    return {
      rule,
      place,
      test: 'pattern',
      path: literalBeginning(leaf.source),
      dead: deadReason(leaf, rule),
    };
  }
  if (leaf.kind === 'unix-socket') return { rule, place, test: 'everything', path: null, dead: null };
  return leaf.kind === 'unknown' ? { rule, place, test: 'unknown', path: null, dead: null } : null;
}

function placeInRule(rule: SeatbeltRule, leaf: LeafFilter): Place {
  const { span, source } = leaf.place;
  const inside =
    source === rule.place.source && span.start >= rule.place.span.start && span.end <= rule.place.span.end;
  return inside ? leaf.place : rule.place;
}

/** What an anchored expression certainly begins with; empty for one that may match anywhere. */
export function literalBeginning(source: string): string {
  if (!source.startsWith('^')) return '';
  let text = '';
  for (let at = 1; at < source.length; at += 1) {
    const unit = source.charAt(at);
    const escaped = unit === '\\' ? source.charAt(at + 1) : '';
    if (escaped !== '' && /[A-Za-z0-9]/.test(escaped)) break;
    if (escaped === '' && /[$.|?*+()[\]{}\\]/.test(unit)) {
      // A repetition may leave out the character before it; an alternative leaves out everything.
      if (/[?*{]/.test(unit)) text = text.slice(0, -1);
      break;
    }
    text += escaped === '' ? unit : escaped;
    if (escaped !== '') at += 1;
  }
  return hasTopLevelChoice(source) ? '' : text;
}

function hasTopLevelChoice(source: string): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const unit = source.charAt(at);
    if (unit === '\\') at += 1;
    else if (unit === '(') depth += 1;
    else if (unit === ')') depth -= 1;
    else if (unit === '|' && depth <= 0) return true;
  }
  return false;
}

export interface DeadPart {
  readonly rule: SeatbeltRule;
  readonly place: Place;
  readonly text: string;
  /** Why it never matches: a sentence for people. */
  readonly reason: string;
  /** True when nothing else in the rule can match either. */
  readonly wholeRule: boolean;
}

/** Filters that can never match: a dead `deny` fails open. */
export function deadParts(rules: readonly SeatbeltRule[]): readonly DeadPart[] {
  return rules.flatMap((rule) => {
    if (rule.filter === null || rule.origin === 'implied') return [];
    const leaves = leavesOf(rule.filter).filter((one) => !one.negated);
    const dead = leaves.flatMap(({ leaf }) => {
      const reason = deadReason(leaf, rule);
      return reason === null ? [] : [{ leaf, reason }];
    });
    const wholeRule = isDead(rule.filter, rule);
    return dead.map(({ leaf, reason }) => ({
      rule,
      place: placeInRule(rule, leaf),
      text: leaf.kind === 'path' ? leaf.text : leaf.kind === 'pattern' ? leaf.source : '',
      reason,
      wholeRule,
    }));
  });
}

function isDead(filter: Filter, rule: SeatbeltRule): boolean {
  if (isCompound(filter)) {
    if (filter.kind === 'not') return false;
    const dead = (part: Filter): boolean => isDead(part, rule);
    return filter.kind === 'all' ? filter.parts.some(dead) : filter.parts.every(dead);
  }
  if (filter.kind === 'unix-socket') return filter.filter !== null && isDead(filter.filter, rule);
  return deadReason(filter, rule) !== null;
}

/** Reading the link itself is what `(literal "/tmp")` is good for (Apple's system.sb has it). */
function deadReason(leaf: LeafFilter, rule: SeatbeltRule): string | null {
  if (leaf.kind === 'pattern') return leaf.of === 'path' ? deadPatternReason(leaf.source) : null;
  if (leaf.kind !== 'path' || leaf.test === 'ancestors') return null;
  const reachesLink = rule.operations.some((name) => operationLevels('file-read-metadata').includes(name));
  if (reachesLink && leaf.test === 'literal' && isLinkName(leaf.text)) return null;
  return deadPathReason(leaf.text, leaf.test === 'prefix');
}

export interface MachGrant {
  readonly rule: SeatbeltRule;
  readonly place: Place;
  /** `any`: the rule is unfiltered. */
  readonly test: 'exact' | 'prefix' | 'pattern' | 'any' | 'unknown';
  readonly namespace: string;
  readonly name: string;
}

/** The services that allow-rules on `mach-lookup` name. */
export function machServices(rules: readonly SeatbeltRule[]): readonly MachGrant[] {
  return rulesOn(rules, 'allow', ['mach-lookup']).flatMap((rule): MachGrant[] => {
    if (rule.filter === null)
      return [{ rule, place: rule.place, test: 'any', namespace: 'global-name', name: '' }];
    return branches(rule.filter).flatMap(({ filter }): MachGrant[] => {
      const place = placeInRule(rule, filter);
      if (filter.kind === 'name') {
        const test = isResolved(filter.text) ? filter.test : 'unknown';
        return [{ rule, place, test, namespace: filter.of, name: filter.text }];
      }
      if (filter.kind === 'pattern' && filter.of !== 'path') {
        return [{ rule, place, test: 'pattern', namespace: filter.of, name: filter.source }];
      }
      return filter.kind === 'unknown'
        ? [{ rule, place, test: 'unknown', namespace: 'global-name', name: '' }]
        : [];
    });
  });
}

/** Home directories written out in the profile (`/Users/alice`), in order of appearance. */
export function writtenHomes(rules: readonly SeatbeltRule[]): readonly string[] {
  const homes = new Set<string>();
  for (const rule of rules) {
    if (rule.filter === null || rule.origin === 'implied') continue;
    for (const { leaf } of leavesOf(rule.filter)) {
      if ((leaf.kind !== 'path' && leaf.kind !== 'pattern') || leaf.assumptions.length > 0) continue;
      const text = leaf.kind === 'path' ? leaf.text : literalBeginning(leaf.source);
      const home = /^\/Users\/([A-Za-z0-9][\w.-]{0,60})(?=\/|$)/.exec(text);
      if (home !== null && home[1] !== 'Shared') homes.add(home[0]);
    }
  }
  return [...homes];
}
