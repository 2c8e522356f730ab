/** The smallest set of changes that reaches a goal: exact where few are free to choose, step by step beyond. */
import type { Cause } from './causes.ts';
import type { Goal, Improvement, Trial } from './fix-first.ts';

/** So many changes are added in every combination to those that are needed; beyond, step by step. */
const EXACT_SIZE = 3;
/** Trials that one search may cost. */
const MOST_TRIALS = 120;

/**
 * What the goal cannot be reached without belongs to every set that reaches it, since no change makes another
 * one useless. Of the rest, combinations are tried by size; where they are too many, all are taken
 * and left out again one by one.
 */
export function smallest(causes: readonly Cause[], trial: Trial, reaches: Goal): Improvement | null {
  const without = (chosen: readonly Cause[], one: Cause): Cause[] => chosen.filter((cause) => cause !== one);
  if (!reaches(trial(causes, true))) return smallestCombination([], causes, trial, reaches, 1);
  const needed = causes.filter((cause) => !reaches(trial(without(causes, cause), true)));
  const free = causes.filter((cause) => !needed.includes(cause));
  const found = smallestCombination(needed, free, trial, reaches, EXACT_SIZE);
  if (found !== null) return found;
  let chosen = [...causes];
  for (const cause of free.toSorted((a, b) => a.worth - b.worth)) {
    const fewer = without(chosen, cause);
    if (reaches(trial(fewer, false))) chosen = fewer;
  }
  return trial(chosen, false);
}

/** The best of the smallest sets of `needed` and up to so many others; null when there is none. */
function smallestCombination(
  needed: readonly Cause[],
  free: readonly Cause[],
  trial: Trial,
  reaches: Goal,
  most: number,
): Improvement | null {
  let left = MOST_TRIALS;
  for (let size = needed.length === 0 ? 1 : 0; size <= most; size += 1) {
    let best: Improvement | null = null;
    for (const chosen of combinations(free, size)) {
      left -= 1;
      if (left < 0) return best;
      const result = trial([...needed, ...chosen], true);
      if (result === null || !reaches(result)) continue;
      if (best === null || result.scoreAfter < best.scoreAfter) best = result;
    }
    if (best !== null) return best;
  }
  return null;
}

function* combinations<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= items.length - size; index += 1) {
    const item = items[index];
    if (item === undefined) continue;
    for (const rest of combinations(items, size - 1, index + 1)) yield [item, ...rest];
  }
}
