/**
 * Regular expressions of profiles, matched by simulating an automaton: time is bounded by states times
 * text length, whatever the expression. An expression is searched for anywhere in the text unless `^` or
 * `$` hold it.
 */
import { type PatternTree, parsePattern, type UnitTest } from './pattern-syntax.ts';

type Step =
  | { readonly kind: 'unit'; readonly test: UnitTest; readonly next: number }
  | { readonly kind: 'split'; readonly next: number; readonly other: number }
  | { readonly kind: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'done' };

export interface Pattern {
  readonly steps: readonly Step[];
  readonly entry: number;
}

const MAX_STEPS = 2_000;
/** Longest text that is searched, in UTF-16 units; macOS paths end at 1024 bytes (PATH_MAX). */
const MAX_TEXT = 4_096;

/** Null for an expression outside the known syntax or past the size limits. */
export function compilePattern(source: string): Pattern | null {
  if (source.length > MAX_STEPS) return null;
  const tree = parsePattern(source);
  if (tree === null) return null;
  const steps: Step[] = [{ kind: 'done' }];
  const entry = emit(steps, tree, 0);
  return entry === null ? null : { steps, entry };
}

/** Adds the states of `tree`, which continue at `next`; gives the state to begin at, null past the limit. */
function emit(steps: Step[], tree: PatternTree, next: number): number | null {
  if (steps.length > MAX_STEPS) return null;
  switch (tree.kind) {
    case 'unit':
      return steps.push({ kind: 'unit', test: tree.test, next }) - 1;
    case 'start':
    case 'end':
      return steps.push({ kind: tree.kind, next }) - 1;
    case 'sequence':
      return tree.parts.reduceRight<number | null>(
        (at, part) => (at === null ? null : emit(steps, part, at)),
        next,
      );
    case 'choice':
      return emitChoice(steps, tree.parts, next);
    case 'repeat':
      return emitRepeat(steps, tree, next);
  }
}

function emitChoice(steps: Step[], parts: readonly PatternTree[], next: number): number | null {
  let entry: number | null = null;
  for (const part of parts) {
    const at = emit(steps, part, next);
    if (at === null) return null;
    entry = entry === null ? at : steps.push({ kind: 'split', next: at, other: entry }) - 1;
  }
  return entry;
}

function emitRepeat(steps: Step[], tree: PatternTree & { kind: 'repeat' }, next: number): number | null {
  let at: number | null = next;
  if (tree.max === null) {
    const loop = steps.push({ kind: 'split', next, other: next }) - 1;
    const body = emit(steps, tree.part, loop);
    if (body === null) return null;
    steps[loop] = { kind: 'split', next: body, other: next };
    at = loop;
  } else {
    for (let count = tree.min; count < tree.max && at !== null; count += 1) {
      const body: number | null = emit(steps, tree.part, at);
      at = body === null ? null : steps.push({ kind: 'split', next: body, other: next }) - 1;
    }
  }
  for (let count = 0; count < tree.min && at !== null; count += 1) {
    const before = steps.length;
    at = emit(steps, tree.part, at);
    // An empty part repeats to nothing: `((){256}){256}` must not cost its product.
    if (steps.length === before) break;
  }
  return at;
}

/** Null for a text too long to search. */
export function matchesPattern(pattern: Pattern, text: string): boolean | null {
  if (text.length > MAX_TEXT) return null;
  let current: number[] = [];
  const seen = new Int32Array(pattern.steps.length).fill(-1);
  for (let at = 0; at <= text.length; at += 1) {
    const active: number[] = [];
    for (const state of [...current, pattern.entry]) {
      if (follow(pattern, state, at, text.length, seen, active)) return true;
    }
    if (at === text.length) break;
    current = [];
    const code = text.charCodeAt(at);
    for (const state of active) {
      const step = pattern.steps[state];
      if (step?.kind === 'unit' && passes(step.test, code)) current.push(step.next);
    }
  }
  return false;
}

/** Collects the states that wait for a unit, reachable without one; true when the end is among them. */
function follow(
  pattern: Pattern,
  from: number,
  at: number,
  length: number,
  seen: Int32Array,
  active: number[],
): boolean {
  const pending = [from];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (seen[state] === at) continue;
    seen[state] = at;
    const step = pattern.steps[state];
    if (step === undefined) continue;
    if (step.kind === 'done') return true;
    if (step.kind === 'unit') active.push(state);
    else if (step.kind === 'split') pending.push(step.other, step.next);
    else if (step.kind === 'start' ? at === 0 : at === length) pending.push(step.next);
  }
  return false;
}

function passes(test: UnitTest, code: number): boolean {
  return test.ranges.some(([low, high]) => code >= low && code <= high) !== test.negated;
}
