/** `case`: which items the text can take, and under which conditions. */
import type * as Syntax from '../../syntax/shell.ts';
import { conditionOf } from './choices.ts';
import { expandPieces } from './expansion.ts';
import { runStatements } from './interpreter.ts';
import { branch, goWays } from './joining.ts';
import { patternOf } from './operations.ts';
import type { Choice, ConditionArm } from './reading.ts';
import { asking, placeOf, type Run, type Status, sourceOf } from './state.ts';
import { matcher } from './tests.ts';
import { type Alternative, alternativesOf } from './value.ts';

/** Whether a text takes an item; null if only the run can tell. */
type Taking = (text: string) => boolean | null;

export function runCase(run: Run, node: Syntax.Case): Status {
  const pieces = asking(run, () => expandPieces(run, node.word));
  const alternatives = alternativesOf(pieces) ?? [];
  const taking = node.items.map(({ pattern }) => takingOf(run, pattern));
  const byDefault = pieces.some(({ fallback }) => fallback === true);
  const known = byDefault ? null : knownWays(alternatives, taking);
  const body = (item: number): (() => Status) => (item === -1 ? () => true : () => runItems(run, node, item));
  if (known !== null) {
    const [only, ...others] = [...known.ways];
    if (only === undefined) return true;
    if (others.length === 0) return body(only[0])();
    const conditions = [...known.ways.values()].map((arms) => conditionOf(known.choice, arms));
    return goWays(run, conditions, [...known.ways.keys()].map(body));
  }
  return openCase(run, node, alternatives, taking, byDefault, body);
}

function takingOf(run: Run, patterns: readonly Syntax.Word[]): Taking {
  const matchers = patterns.map((word) => {
    const pattern = patternOf(run, word);
    if (pattern?.length === 1 && pattern[0]?.kind === 'any') return () => true;
    return pattern === null ? () => null : matcher(pattern);
  });
  return (text) => {
    const found = new Set(matchers.map((matches) => matches(text)));
    if (found.has(true)) return true;
    return found.has(null) ? null : false;
  };
}

/** The item of each value, where all have one and the same choice tells the values apart; -1: none of them. */
function knownWays(
  alternatives: readonly Alternative[],
  taking: readonly Taking[],
): { readonly choice: Choice; readonly ways: ReadonlyMap<number, number[]> } | null {
  const choice = alternatives[0]?.when[0]?.choice;
  const ways = new Map<number, number[]>();
  if (choice === undefined) return null;
  for (const { text, when } of alternatives) {
    const [condition, ...more] = when;
    const answers = taking.map((takes) => takes(text));
    const item = answers.indexOf(true);
    const before = item === -1 ? answers : answers.slice(0, item);
    if (condition?.choice !== choice || more.length > 0 || before.includes(null)) return null;
    ways.set(item, [...(ways.get(item) ?? []), ...condition.arms]);
  }
  return { choice, ways };
}

/** Goes every way that the text leaves open; of a written default, the one that it takes comes first. */
function openCase(
  run: Run,
  node: Syntax.Case,
  alternatives: readonly Alternative[],
  taking: readonly Taking[],
  byDefault: boolean,
  body: (item: number) => () => Status,
): Status {
  const subject = sourceOf(run, node.word);
  const open: { item: number; label: ConditionArm }[] = [];
  let decided = false;
  for (const [item, takes] of taking.entries()) {
    const always = takes('\uFDD2\uFDD3') === true;
    const status = always ? true : byDefault ? null : together(alternatives.map(({ text }) => takes(text)));
    if (status === false) continue;
    open.push({ item, label: labelOf(run, node, item, subject) });
    decided = status === true;
    if (decided) break;
  }
  const [only, ...others] = open;
  if (only === undefined) return true;
  if (decided && others.length === 0) return body(only.item)();
  if (!decided) {
    const texts = open.map(({ label }) => label.text.slice(subject.length + 4));
    const label = { text: `${subject} is ${texts.join('|')}`, place: placeOf(run, node.word), negated: true };
    open.push({ item: -1, label });
  }
  const text = alternatives.length === 1 ? alternatives[0]?.text : undefined;
  const first = byDefault && text !== undefined ? taking.findIndex((takes) => takes(text) === true) : -1;
  const at = open.findIndex(({ item }) => item === first);
  const ordered = byDefault && at > 0 ? [...open.slice(at, at + 1), ...open.toSpliced(at, 1)] : open;
  return branch(
    run,
    byDefault && at !== -1 ? 'default' : 'case',
    ordered.map(({ label }) => label),
    ordered.map(({ item }) => body(item)),
  );
}

function together(answers: readonly (boolean | null)[]): boolean | null {
  const [only = null, ...others] = new Set(answers);
  return others.length === 0 ? only : null;
}

function labelOf(run: Run, node: Syntax.Case, item: number, subject: string): ConditionArm {
  const pattern = node.items[item]?.pattern ?? [];
  const [first, last] = [pattern[0], pattern.at(-1)];
  const span = { pos: first?.pos ?? node.pos, end: last?.end ?? node.end };
  const text = `${subject} is ${pattern.map((word) => sourceOf(run, word)).join('|')}`;
  return { text, place: placeOf(run, span), negated: false };
}

/** A body that ends with `;&` runs into the next one. */
function runItems(run: Run, node: Syntax.Case, from: number): Status {
  let status: Status = true;
  for (const item of node.items.slice(from)) {
    status = runStatements(run, item.body.commands);
    if (item.terminator !== ';&' || run.state.ended !== null) break;
  }
  return status;
}
