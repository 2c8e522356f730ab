/** Conditions of shell words, as far as they bear on options: which go together, and how they are told. */
import type { Condition } from '../shell/reading.ts';

const LONGEST = 80;

/** The assumption that the conditions hold, or that they do not, as a clause. */
export function assumption(conditions: readonly Condition[], holds: boolean): string[] {
  return conditions.map((condition) => {
    const text = condition.text.length > LONGEST ? `${condition.text.slice(0, LONGEST)}…` : condition.text;
    const isTrue = condition.negated !== holds;
    const called = condition.choice.kind === 'event' ? / is called$/.exec(text) : null;
    if (called !== null) return `\`${text.slice(0, called.index)}\` is ${isTrue ? '' : 'not '}called`;
    return `\`${text}\` ${isTrue ? 'holds' : 'does not hold'}`;
  });
}

/** Clauses of one answer, each once. */
export function told(clauses: readonly string[]): readonly string[] {
  // Two rounds of a loop ask the same, and may well find it once.
  const holding = new Set(clauses.filter((one) => one.endsWith(' holds')));
  return [...new Set(clauses)].filter(
    (one) => !holding.has(one.replace(/ does not hold$/, ' holds')) || holding.has(one),
  );
}

/** Can all of the conditions hold at once? */
export function compatible(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.every((one) =>
    b.every((other) => one.choice.id !== other.choice.id || one.arms.some((arm) => other.arms.includes(arm))),
  );
}

/** Does every way in which `a` holds make `b` hold? */
export function implies(a: readonly Condition[], b: readonly Condition[]): boolean {
  return b.every((wanted) =>
    a.some(
      (given) => given.choice.id === wanted.choice.id && given.arms.every((arm) => wanted.arms.includes(arm)),
    ),
  );
}

export function conjunction(...parts: readonly (readonly Condition[])[]): readonly Condition[] {
  const all: Condition[] = [];
  for (const condition of parts.flat()) if (!implies(all, [condition])) all.push(condition);
  return all;
}

/**
 * `[ -d "$HOME/x" ]` before a mount of it: without the directory there is nothing to mount, so that the mount
 * is as good as its `-try` form.
 */
export function isExistenceTest({ text, negated }: Condition): boolean {
  if (negated) return /^(?:\[\[?|test)\s[^&]*!\s*-[defrswxLShGO]\s[^&|]*$/.test(text);
  return /^(?:\[\[?|test)\s+-[defrswxLShGO]\s[^&|!]*$/.test(text);
}

/** The arms of choices that are still open when some conditions hold and others do not. */
export interface Ways {
  /** False when no way is left. */
  exclude(conditions: readonly Condition[]): boolean;
}

export function waysOf(start: readonly Condition[]): Ways {
  const open = new Map<number, ReadonlySet<number>>();
  for (const { choice, arms } of start) open.set(choice.id, new Set(arms));
  return {
    exclude(conditions) {
      // That not all of several hold leaves each of them open.
      const [only, ...others] = conditions;
      if (only === undefined || others.length > 0) return true;
      const { choice, arms } = only;
      const before = open.get(choice.id) ?? possibleArms(choice);
      const left = new Set([...before].filter((arm) => !arms.includes(arm)));
      open.set(choice.id, left);
      return left.size > 0;
    },
  };
}

function possibleArms({ arms, leaving }: Condition['choice']): ReadonlySet<number> {
  return new Set([...arms.keys()].filter((arm) => !leaving.has(arm)));
}
