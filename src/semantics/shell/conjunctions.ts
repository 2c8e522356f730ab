/** Conditions that hold together: what one conjunction says of another. */
import { sameCondition } from './choices.ts';
import type { Condition } from './reading.ts';

export type Conjunction = readonly Condition[];

/** True if both can never hold. */
export function excludes(a: Conjunction, b: Conjunction): boolean {
  return a.some(({ choice, arms }) =>
    b.some((other) => other.choice === choice && !other.arms.some((arm) => arms.includes(arm))),
  );
}

/** Both, each condition once; null if they can never hold together. */
export function conjunction(a: Conjunction, b: Conjunction): Conjunction | null {
  if (excludes(a, b)) return null;
  return [...a, ...b.filter((condition) => !a.some((other) => sameCondition(other, condition)))];
}
