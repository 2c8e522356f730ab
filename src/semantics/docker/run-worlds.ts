/**
 * A run line whose words depend on choices of the script, read once for each way that it can look: no two
 * branches that exclude each other ever meet in one reading.
 */
import { isSecretAddress, isSecretName, judgeLiteral } from '../../knowledge/secrets.ts';
import { isResolved, unknownNames, unknownPart } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { Condition, ShellWord, WordAlternative } from '../shell/reading.ts';
import type { EngineCall } from './run-command.ts';
import { holds, isDescribed, type World, worldsFor } from './run-ways.ts';
import type { LocatedText } from './spec.ts';

/**
 * An explicit place with what must hold for the line to count, as clauses.
 */
export interface ConditionalOrigin extends Origin {
  readonly assumes?: readonly string[];
}

/** A word of one way that the line can look. */
export interface RunWord extends LocatedText {
  readonly origin: ConditionalOrigin;
  /** Stands for any number of words, none included. */
  readonly many: boolean;
  readonly conditions: readonly Condition[];
}

/** One way that a line can look. */
export interface RunWay {
  readonly words: readonly RunWord[];
  /** True for the run that the script describes: all tests of written defaults go by the default. */
  readonly described: boolean;
}

export interface RunWays {
  readonly ways: readonly RunWay[];
  /** True if words that can be there are in none of them. */
  readonly cut: boolean;
}

/**
 * The ways that a line can look, the plainest first: without what a branch adds, with the defaults of
 * variables. Every word that can be there is in one of them.
 * @param fixed conditions under which the command runs at all
 */
export function runWays(words: readonly ShellWord[], fixed: readonly Condition[]): RunWays {
  const settled = words.map(withoutUnset);
  const { worlds, cut } = worldsFor(conjunctions(settled), fixed);
  const ways = new Map<string, RunWay>();
  for (const world of worlds) {
    const read = settled.flatMap((word) => wordIn(word, world));
    const key = read.map(({ text, origin }) => `${text}\0${origin.place.span.start}`).join('\n');
    const before = ways.get(key);
    const described = isDescribed(world, fixed);
    if (before === undefined) ways.set(key, { words: read, described });
    else if (described && !before.described) ways.set(key, { ...before, described });
  }
  return { ways: [...ways.values()], cut };
}

/** The words of each way. */
export function runWorlds(
  words: readonly ShellWord[],
  fixed: readonly Condition[],
): readonly (readonly RunWord[])[] {
  return runWays(words, fixed).ways.map((way) => way.words);
}

/** The plainest way that a line can look. */
export function plainWords({ words, command }: Pick<EngineCall, 'words' | 'command'>): readonly RunWord[] {
  return runWorlds(words, command.conditions)[0] ?? [];
}

/**
 * Of `${NAME:-default}` the default is taken: what whoever starts the script puts there instead is theirs.
 * The same holds for a variable that is first asked for and then set.
 */
function withoutUnset(word: ShellWord): ShellWord {
  const { alternatives } = word;
  if (alternatives === undefined) return word;
  // `-e TOKEN=${TOKEN:-}` is there to hand the variable in.
  const handsIn = ENVIRONMENT_WORD.test(word.value);
  const known = alternatives.filter(
    ({ value, conditions }) =>
      isResolved(value) !== handsIn || !conditions.some(({ choice }) => choice.kind === 'set'),
  );
  return known.length === 0 ? word : { ...word, alternatives: known };
}

function* conjunctions(words: readonly ShellWord[]): Generator<readonly Condition[]> {
  for (const { conditions, alternatives } of words) {
    if (conditions.length > 0) yield conditions;
    for (const alternative of alternatives ?? []) {
      if (alternative.conditions.length > 0) yield [...conditions, ...alternative.conditions];
    }
  }
}

/** What a loop may have put in any number of times. */
const REPEATED = /(\uFDD2…\uFDD3)(?:\uFDD2…\uFDD3)+/g;

function wordIn(word: ShellWord, world: World): RunWord[] {
  if (!holds(word.conditions, world)) return [];
  const [first] = word.alternatives ?? [];
  const chosen = chosenIn(word, world) ?? first;
  const conditions = [...word.conditions, ...(chosen?.conditions ?? [])];
  const read = (chosen?.value ?? word.value).replace(REPEATED, '$1');
  const text = handedIn(read, (chosen ?? word).defaults ?? []);
  return [{ text, origin: originOf(word), many: word.many, conditions }];
}

const ENVIRONMENT_WORD = /^((?:--env=|-e)?([A-Z_][A-Z\d_]*)=)([\s\S]*)$/;

/** `T="${TOKEN:-}"; … -e TOKEN="$T"` hands a variable of the host in, although the script has a default for it. */
function handedIn(text: string, defaults: readonly string[]): string {
  const [, before = '', name = '', value = ''] = ENVIRONMENT_WORD.exec(text) ?? [];
  if (defaults.length === 0 || before === '') return text;
  const parts = defaults.map(unknownPart).join('');
  if (value === '') return before + parts;
  if (![name, ...defaults].some((one) => isSecretName(one) || isSecretAddress(one))) return text;
  if (!isResolved(value)) return text + parts;
  // What everybody knows is what its author uses.
  return judgeLiteral(name, value) === 'placeholder' ? text : before + parts;
}

/** What is said of one value may be less than what leads to it; the one of which most is said is the closest. */
function chosenIn({ alternatives = [] }: ShellWord, world: World): WordAlternative | undefined {
  const possible = alternatives.filter(({ conditions }) => holds(conditions, world));
  const most = Math.max(...possible.map(({ conditions }) => conditions.length));
  return possible.find(({ conditions }) => conditions.length === most);
}

/** What nobody wrote, as the arguments of the script, is reported where it is used. */
function originOf({ place, via = [] }: ShellWord): Origin {
  const used = via.at(-1);
  if (used !== undefined && place.span.start === place.span.end) return { kind: 'explicit', place: used };
  return via.length === 0 ? { kind: 'explicit', place } : { kind: 'explicit', place, via };
}

const LONGEST_TEXT = 60;

/** What must hold for a word to be there, as clauses; nothing for what the tests of the script itself decide. */
export function assumptionsOf(conditions: readonly Condition[]): string[] {
  const clauses = conditions
    .filter((condition) => !conditions.some((other) => saysLess(condition, other)))
    .flatMap((condition) => clauseOf(condition) ?? []);
  return [...new Set(clauses)];
}

/** `A && b` succeeds, besides `A`: the longer text adds nothing that a reader could use. */
function saysLess(long: Condition, short: Condition): boolean {
  const tests = long.choice.kind === 'test' && short.choice.kind === 'test';
  return (
    tests && !long.negated && !short.negated && long.text !== short.text && long.text.startsWith(short.text)
  );
}

function clauseOf({ choice, arms, text, negated }: Condition): string | null {
  const shown = shortened(text);
  switch (choice.kind) {
    case 'set':
      return negated ? `${named(shown)} is unset` : `${named(shown)} is set`;
    case 'loop':
      return `the loop "${shown}" runs`;
    case 'case':
      return negated ? `no pattern of the "case" matches` : `the branch "${shown}" is taken`;
    case 'event':
      return negated ? null : shown;
    case 'default':
      return arms.includes(0) ? null : testClause(shown, negated);
    case 'test':
      return testClause(shown, negated);
  }
}

function testClause(shown: string, negated: boolean): string {
  return negated ? `the branch "${shown}" is not taken` : `the branch "${shown}" is taken`;
}

function named(text: string): string {
  const [unknown] = unknownNames(text);
  const name = unknown ?? /^\$?\{?(\w+)/.exec(text)?.[1] ?? text;
  return `$${name}`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

/** Conditions of the words that a setting was read from, told by their places. */
export function conditionsAt(origin: Origin, words: readonly RunWord[]): readonly Condition[] {
  return words
    .filter((word) => word.conditions.length > 0 && contains(origin.place, word.origin.place))
    .flatMap((word) => word.conditions);
}

function contains(outer: Place, inner: Place): boolean {
  if (samePlace(outer, inner)) return true;
  const same = outer.source.path === inner.source.path;
  return same && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end;
}
