/**
 * A run line whose words depend on choices of the script, read once for each way that it can look: no two
 * branches that exclude each other ever meet in one reading.
 */
import { isResolved, unknownNames } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { Choice, Condition, ShellWord } from '../shell/reading.ts';
import type { EngineCall } from './run-command.ts';
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

/** Ways that one line is read in; a script with more choices than that is read in the first of them. */
const MAX_WORLDS = 40;

type World = ReadonlyMap<Choice, number>;

/**
 * The ways that a line can look, the plainest first: without what a branch adds, with the defaults of
 * variables. Every word that can be there is in one of them.
 * @param fixed conditions under which the command runs at all
 */
export function runWorlds(
  words: readonly ShellWord[],
  fixed: readonly Condition[],
): readonly (readonly RunWord[])[] {
  const settled = words.map(withoutUnset);
  const start: World = new Map(
    fixed.flatMap(({ choice, arms }) => arms.slice(0, 1).map((arm) => [choice, arm])),
  );
  const worlds: World[] = [start];
  for (const conditions of conjunctions(settled)) {
    if (worlds.length >= MAX_WORLDS) break;
    const world = consistent(start, conditions);
    if (world !== null) worlds.push(world);
  }
  const seen = new Set<string>();
  return worlds.flatMap((world) => {
    const read = settled.flatMap((word) => wordIn(word, world));
    const key = read.map(({ text, origin }) => `${text}\0${origin.place.span.start}`).join('\n');
    if (seen.has(key)) return [];
    seen.add(key);
    return [read];
  });
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
  const handsIn = /^(?:--env=|-e)?[A-Z_][A-Z\d_]*=/.test(word.value);
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

/** The world in which all conditions hold; null where they exclude each other, or what is fixed. */
function consistent(start: World, conditions: readonly Condition[]): World | null {
  const world = new Map(start);
  const allowed = new Map<Choice, readonly number[]>();
  for (const { choice, arms } of conditions) {
    const before = allowed.get(choice) ?? arms;
    const both = before.filter((arm) => arms.includes(arm));
    const [first] = both;
    if (first === undefined) return null;
    allowed.set(choice, both);
    const given = start.get(choice);
    if (given !== undefined && !both.includes(given)) return null;
    world.set(choice, given ?? first);
  }
  return world;
}

/** A choice that nothing asks for goes the way in which its text does not hold, or its last. */
function armOf(choice: Choice, world: World): number {
  const given = world.get(choice);
  if (given !== undefined) return given;
  if (choice.kind === 'default' && !choice.leaving.has(0)) return 0;
  const open = choice.arms.findIndex(({ negated }, arm) => negated && !choice.leaving.has(arm));
  if (open !== -1) return open;
  const staying = choice.arms.findLastIndex((_, arm) => !choice.leaving.has(arm));
  return Math.max(0, staying);
}

function holds(conditions: readonly Condition[], world: World): boolean {
  return conditions.every(({ choice, arms }) => arms.includes(armOf(choice, world)));
}

/** What a loop may have put in any number of times. */
const REPEATED = /(\uFDD2…\uFDD3)(?:\uFDD2…\uFDD3)+/g;

function wordIn(word: ShellWord, world: World): RunWord[] {
  if (!holds(word.conditions, world)) return [];
  const [first] = word.alternatives ?? [];
  const chosen = word.alternatives?.find(({ conditions }) => holds(conditions, world)) ?? first;
  const conditions = [...word.conditions, ...(chosen?.conditions ?? [])];
  const text = (chosen?.value ?? word.value).replace(REPEATED, '$1');
  return [{ text, origin: originOf(word), many: word.many, conditions }];
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
