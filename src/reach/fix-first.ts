/** Which change shrinks the blast radius most: each alone, and the smallest set that reaches a better grade. */
import type { Change } from '../model/change.ts';
import type { Grade, Radius } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { type Cause, type CausedEvidence, causesOf, keyOf } from './causes.ts';
import { reach } from './reach.ts';
import { smallest } from './smallest-set.ts';

export type { CausedEvidence } from './causes.ts';

export interface Improvement {
  /** The findings that it settles, one of each change first. */
  readonly findings: readonly string[];
  readonly changes: readonly Change[];
  /** Of its changes, those that no finding names: what they settle shows once others are gone. */
  readonly hidden: readonly CausedEvidence[];
  readonly scoreAfter: number;
  readonly gradeAfter: Grade;
  /** What is still open for the score after it: the worst axis and its reason. */
  readonly leaves: string;
  /** False when the set was found step by step, and a smaller one may exist. */
  readonly exact: boolean;
}

export interface FixPlan {
  /** Each single change that helps, the best first. */
  readonly single: readonly Improvement[];
  /** The smallest set that reaches a better grade; null where none does. */
  readonly nextGrade: Improvement | null;
  /**
   * The smallest set that reaches grade A, or the best grade that any set reaches: `gradeAfter` tells which, and
   * `leaves` what no edit changes. Null where no set reaches a better grade than there is.
   */
  readonly toA: Improvement | null;
  /** The best that all changes together reach. */
  readonly all: Improvement | null;
}

/** What the rules find in a sandbox as it would be after a change. */
export type Judge = (revised: Sandbox) => readonly CausedEvidence[];

/**
 * @param judge makes what is promised exact: one grant can hide another, which shows once the first is gone.
 * Without it, all evidence but that of what is changed counts as before.
 */
export function planFixes(
  sandbox: Sandbox,
  evidence: readonly CausedEvidence[],
  radius: Radius,
  judge: Judge | null = null,
): FixPlan {
  const trial = createTrial(sandbox, evidence, judge);
  const tried = causesOf(evidence, sandbox)
    .map((cause) => ({ cause, result: trial([cause], true) }))
    .filter((entry): entry is Tried => entry.result !== null)
    .sort((a, b) => a.result.scoreAfter - b.result.scoreAfter || b.cause.worth - a.cause.worth);
  const written = tried.map(({ cause }) => cause);
  const causes = judge === null ? written : withHidden(written, sandbox, judge);
  const all = trial(causes, true);
  const best = all?.gradeAfter ?? radius.grade;
  return {
    single: tried
      .map(({ result }) => result)
      .filter(({ scoreAfter }) => scoreAfter < radius.score)
      .slice(0, SINGLES_SHOWN),
    nextGrade: smallest(causes, trial, (result) => result !== null && result.gradeAfter < radius.grade),
    toA:
      best < radius.grade
        ? smallest(causes, trial, (result) => result !== null && result.gradeAfter <= best)
        : null,
    all,
  };
}

/**
 * The single changes alone, by the evidence at hand: for the many of a large tree, of which nobody reads the
 * plans one by one. A change that reaches a better grade by itself is the smallest set; larger ones are not
 * looked for.
 */
export function planSingles(sandbox: Sandbox, evidence: readonly CausedEvidence[], radius: Radius): FixPlan {
  const trial = createTrial(sandbox, evidence, null);
  const single = causesOf(evidence, sandbox)
    .flatMap((cause) => trial([cause], false) ?? [])
    .filter(({ scoreAfter }) => scoreAfter < radius.score)
    .sort((a, b) => a.scoreAfter - b.scoreAfter)
    .slice(0, SINGLES_SHOWN);
  const nextGrade = single.find(({ gradeAfter }) => gradeAfter < radius.grade) ?? null;
  return { single, nextGrade, toA: null, all: null };
}

/** Rounds in which what was hidden is looked for below what was hidden. */
const ROUNDS = 2;

/** Also the causes that show when the others are gone. */
function withHidden(causes: readonly Cause[], sandbox: Sandbox, judge: Judge): Cause[] {
  const known = new Map(causes.map((cause) => [keyOf(cause.change), cause]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const revised = revisedBy(sandbox, [...known.values()]);
    if (revised === null) break;
    for (const cause of causesOf(judge(revised), revised)) {
      const key = keyOf(cause.change);
      if (!known.has(key) && sandbox.revise(cause.change) !== null) known.set(key, cause);
    }
  }
  return [...known.values()];
}

interface Tried {
  readonly cause: Cause;
  readonly result: Improvement;
}

export type Goal = (result: Improvement | null) => boolean;

const SINGLES_SHOWN = 5;

export type Trial = (chosen: readonly Cause[], exact: boolean) => Improvement | null;

/** Removals first: a setting outlasts them. */
function inOrder(chosen: readonly Cause[]): Change[] {
  const changes = chosen.map(({ change }) => change);
  return changes.toSorted((a, b) => Number(a.kind === 'harden') - Number(b.kind === 'harden'));
}

function revisedBy(sandbox: Sandbox, chosen: readonly Cause[]): Sandbox | null {
  let revised: Sandbox | null = sandbox;
  for (const change of inOrder(chosen)) revised = revised?.revise(change) ?? null;
  return revised;
}

/** One evidence of each change that settles nothing that is reported. */
function hiddenIn(chosen: readonly Cause[], reported: ReadonlySet<CausedEvidence>): CausedEvidence[] {
  return chosen.flatMap(({ evidence }) =>
    evidence.some((entry) => reported.has(entry)) ? [] : evidence.slice(0, 1),
  );
}

/** What comes of a set of changes; null where the semantics cannot say. */
function createTrial(sandbox: Sandbox, evidence: readonly CausedEvidence[], judge: Judge | null): Trial {
  // By identity: what shows once others are gone may get the id of one of them.
  const reported = new Set(evidence);
  const before = new Map<string, Omit<Improvement, 'exact'> | null>();
  const attempt = (chosen: readonly Cause[]): Omit<Improvement, 'exact'> | null => {
    const revised = revisedBy(sandbox, chosen);
    if (revised === null) return null;
    const settled = new Set(chosen.flatMap((cause) => cause.evidence));
    const left = judge === null ? evidence.filter((entry) => !settled.has(entry)) : judge(revised);
    const after = reach(revised, left);
    const worst = [...after.axes].sort((a, b) => b.worth - a.worth)[0];
    const findings = [...settled].filter((entry) => reported.has(entry)).map(({ finding }) => finding);
    return {
      findings: [...new Set(findings)],
      changes: inOrder(chosen),
      hidden: hiddenIn(chosen, reported),
      scoreAfter: after.score,
      gradeAfter: after.grade,
      leaves: worst === undefined ? '' : `${worst.reason} (${worst.axis})`,
    };
  };
  return (chosen, exact) => {
    // Two goals ask about the same sets.
    const key = chosen
      .map(({ change }) => keyOf(change))
      .toSorted()
      .join('\0');
    const seen = before.get(key);
    const result = seen === undefined ? attempt(chosen) : seen;
    before.set(key, result);
    return result === null ? null : { ...result, exact };
  };
}
