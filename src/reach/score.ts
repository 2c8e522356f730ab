/** The formula: docs/score.md explains it with worked examples. */
import type { Axis } from '../model/outcome.ts';
import type { Grade } from '../model/radius.ts';

/**
 * `m + (10 - m) * o / 60`, where `m` is the worst axis and `o` the sum of the others: one dominating grant
 * decides, nothing is averaged away, and the rest moves the score within what is left above it.
 * @param worths worth by axis, 0 to 10
 */
export function scoreOf(worths: Readonly<Record<Axis, number>>): number {
  const values = Object.values(worths);
  const most = Math.max(...values);
  if (most >= 10) return 10;
  const others = values.reduce((sum, value) => sum + value, 0) - most;
  const score = Math.round((most + ((10 - most) * others) / 60) * 10) / 10;
  // Ten is for what is held directly; rounding must not promote anything else to it.
  return Math.min(score, 9.9);
}

const GRADES: readonly (readonly [below: number, grade: Grade])[] = [
  [1.5, 'A'],
  [3, 'B'],
  [5.5, 'C'],
  [7.5, 'D'],
  [9, 'E'],
];

export function gradeOf(score: number): Grade {
  return GRADES.find(([below]) => score < below)?.[1] ?? 'F';
}

/** 0 for nothing, 1 up to 2, 2 below 5, 3 below 9, 4 from 9. */
export function levelOf(worth: number): number {
  if (worth <= 0) return 0;
  if (worth <= 2) return 1;
  if (worth < 5) return 2;
  return worth < 9 ? 3 : 4;
}
