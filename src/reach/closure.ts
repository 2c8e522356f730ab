/** From what the rules found and the general steps to everything that hostile code ends up holding. */
import { CERTAINTY_FACTOR, type Certainty, type OutcomeId } from '../model/outcome.ts';
import type { Evidence, HeldOutcome, Step } from '../model/radius.ts';
import { GENERAL_STEPS, type GeneralStep } from './steps.ts';

/** The weakest step decides a path. */
function weaker(a: Certainty, b: Certainty): Certainty {
  return CERTAINTY_FACTOR[a] <= CERTAINTY_FACTOR[b] ? a : b;
}

/** More certain first, then fewer steps. */
function isBetter(candidate: HeldOutcome, held: HeldOutcome | undefined): boolean {
  if (held === undefined) return true;
  const gain = CERTAINTY_FACTOR[candidate.certainty] - CERTAINTY_FACTOR[held.certainty];
  return gain !== 0 ? gain > 0 : candidate.path.length < held.path.length;
}

/** `credential:ssh` is held for a step from `credential`. */
function matches(held: OutcomeId, wanted: string): boolean {
  return held === wanted || held.startsWith(`${wanted}:`);
}

/** Ends because every replacement is better in a finite order; the table is small. */
export function closure(evidence: readonly Evidence[]): HeldOutcome[] {
  const held = new Map<OutcomeId, HeldOutcome>();
  const queue: HeldOutcome[] = [];
  const add = (candidate: HeldOutcome): void => {
    if (!isBetter(candidate, held.get(candidate.outcome))) return;
    held.set(candidate.outcome, candidate);
    queue.push(candidate);
  };
  for (const { rule, message, origin, gains } of evidence) {
    for (const { outcome, certainty } of gains) {
      add({ outcome, certainty, path: [{ step: 'rule', rule, message, origin, certainty }] });
    }
  }
  while (queue.length > 0) {
    const current = queue.shift();
    if (current === undefined || held.get(current.outcome) !== current) continue;
    for (const step of SINGLE_STEPS) {
      if (matches(current.outcome, step.from)) add(follow(current, step));
    }
  }
  // Nothing follows from what two outcomes give together: once, over all that is held, is enough.
  for (const candidate of joined([...held.values()])) add(candidate);
  return [...held.values()].sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
}

const SINGLE_STEPS = GENERAL_STEPS.filter((step) => step.with === undefined);
const JOINT_STEPS = GENERAL_STEPS.filter((step) => step.with !== undefined);

/** What pairs of outcomes give: the weaker of the two decides. */
function joined(held: readonly HeldOutcome[]): HeldOutcome[] {
  return JOINT_STEPS.flatMap((step) => {
    const besides = held.filter(({ outcome }) => matches(outcome, step.with ?? ''));
    return held
      .filter(({ outcome }) => matches(outcome, step.from))
      .flatMap((one) =>
        besides.map((other) => follow(one, { ...step, certainty: weaker(step.certainty, other.certainty) })),
      );
  });
}

function follow(current: HeldOutcome, general: GeneralStep): HeldOutcome {
  const certainty = weaker(current.certainty, general.certainty);
  const step: Step = {
    step: general.name,
    rule: null,
    message: general.message,
    origin: null,
    certainty: general.certainty,
  };
  return { outcome: general.to, certainty, path: [...current.path, step] };
}
