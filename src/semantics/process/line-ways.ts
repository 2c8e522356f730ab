/**
 * A command line whose words depend on choices of the script, read along every way that it can look: which word
 * is the value of which option is told for each way by itself, as no two branches that exclude each other ever
 * meet in one line. Ways part where a word is there on one of them alone, and meet again between two options;
 * so forty optional mounts cost forty steps, not 2^40 lines.
 */
import { conditionOf, openConditions, possibleArms } from '../shell/choices.ts';
import type { Condition, ShellWord } from '../shell/reading.ts';
import { compatible, implies } from './conditions.ts';
import { type Spelling, spellings } from './spellings.ts';

export interface LineWay<State> {
  /** What the reader has of the line so far. */
  readonly state: State;
  /** What holds on the way, at most one condition a choice. */
  readonly when: readonly Condition[];
  /** Of each of these something does not hold: words that are not there on this way. */
  readonly without: readonly (readonly Condition[])[];
}

export interface LineGrammar<State extends object> {
  readonly start: State;
  /** The state behind a word that is there; a number: the line ends, and what it starts begins at that word. */
  next(way: LineWay<State>, word: Spelling, at: number): State | number;
  /** True between two options, where nothing is left to tell ways apart by. */
  isRest(state: State): boolean;
  /** One state for several that differ in a value, where there are too many to read each. */
  widen(states: readonly [State, ...State[]]): State;
}

export interface LineEnd {
  /** Index of the first word of what the line starts. */
  readonly at: number;
  readonly when: readonly Condition[];
}

export interface FollowedLine<State> {
  /** How the line can end, in the order in which the ends stand. */
  readonly ends: readonly LineEnd[];
  /** Ways on which no word ended it. */
  readonly open: readonly LineWay<State>[];
}

/** Ways within one option that are told apart; of more, what differs counts as unknown. */
const MAX_WAYS = 32;

/** @param given what holds for the command as a whole */
export function followLine<State extends object>(
  words: readonly ShellWord[],
  grammar: LineGrammar<State>,
  given: readonly Condition[],
): FollowedLine<State> {
  const ends: LineEnd[] = [];
  const start = { state: grammar.start, when: narrowed([], given) ?? [], without: [] };
  let ways: readonly LineWay<State>[] = [start];
  for (const [at, word] of words.entries()) {
    const found: LineWay<State>[] = [];
    const values = spellings(word);
    for (const way of ways) {
      for (const value of values) {
        const on = withWord(way, value.when);
        if (on === null) continue;
        const state = grammar.next(on, value, at);
        if (typeof state === 'number') ends.push({ at: state, when: on.when });
        else found.push({ ...on, state });
      }
      const off = withoutWord(way, word.conditions);
      if (off !== null) found.push(off);
    }
    ways = together(found, grammar);
    if (ways.length === 0) break;
  }
  return { ends, open: ways };
}

/** The way on which a word is there under these conditions; null: there is none. */
function withWord<State>(way: LineWay<State>, conditions: readonly Condition[]): LineWay<State> | null {
  const when = narrowed(way.when, conditions);
  return when === null || way.without.some((absent) => implies(when, absent)) ? null : { ...way, when };
}

/** The way on which a word is not there; null: it is in any case. */
function withoutWord<State>(way: LineWay<State>, conditions: readonly Condition[]): LineWay<State> | null {
  const open = openConditions(conditions).filter((condition) => !implies(way.when, [condition]));
  const [only, ...others] = open;
  if (only === undefined) return null;
  if (!compatible(way.when, open)) return way;
  if (others.length > 0) {
    const isKnown = way.without.some((absent) => implies(open, absent));
    return isKnown ? way : { ...way, without: [...way.without, open] };
  }
  const before = way.when.find(({ choice }) => choice === only.choice)?.arms ?? possibleArms(only.choice);
  const left = before.filter((arm) => !only.arms.includes(arm));
  if (left.length === 0) return null;
  const when = narrowed(way.when, [conditionOf(only.choice, left)]);
  return when === null ? null : { ...way, when };
}

/** All of the conditions together, one a choice; null where they exclude each other. */
function narrowed(when: readonly Condition[], conditions: readonly Condition[]): readonly Condition[] | null {
  let found = when;
  for (const condition of conditions) {
    const before = found.find(({ choice }) => choice === condition.choice);
    if (before === undefined) {
      found = [...found, condition];
      continue;
    }
    const arms = before.arms.filter((arm) => condition.arms.includes(arm));
    if (arms.length === 0) return null;
    if (arms.length === before.arms.length) continue;
    const both = arms.length === condition.arms.length ? condition : conditionOf(condition.choice, arms);
    found = found.map((one) => (one === before ? both : one));
  }
  return found;
}

/** Ways between two options are one from there on, under what holds on all of them. */
function together<State extends object>(
  ways: readonly LineWay<State>[],
  grammar: LineGrammar<State>,
): readonly LineWay<State>[] {
  const [first, ...others] = ways.filter(({ state }) => grammar.isRest(state));
  const rest = first === undefined ? [] : [others.reduce(meeting, first)];
  const within = ways.filter(({ state }) => !grammar.isRest(state));
  const [one, ...more] = within;
  if (one === undefined || within.length <= MAX_WAYS) return [...rest, ...within];
  const state = grammar.widen([one.state, ...more.map((way) => way.state)]);
  return [...rest, { ...more.reduce(meeting, one), state }];
}

function meeting<State>(a: LineWay<State>, b: LineWay<State>): LineWay<State> {
  return {
    state: a.state,
    when: a.when.filter((condition) => implies(b.when, [condition])),
    without: a.without.filter((absent) => b.without.includes(absent)),
  };
}

/** What holds on a way beyond some conditions that are told already. */
export function beyond(way: readonly Condition[], told: readonly Condition[]): readonly Condition[] {
  return way.filter((condition) => !implies(told, [condition]));
}
