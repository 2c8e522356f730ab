/** What a script asks about a text: answered where the text tells, and else as a choice that others can depend on. */
import { soleUnknown, unknownNames } from '../../model/symbolic.ts';
import { answered, conditionOf } from './choices.ts';
import type { Condition, ConditionArm } from './reading.ts';
import { isOutside, newId, placeOf, type Question, type Run, restoreUnknowns, type Status } from './state.ts';
import { type Alternative, alternativesOf, type Piece, textOf } from './value.ts';

export interface Comparison {
  /** What is asked, the same for the same question. */
  readonly key: string;
  /** The answer for one text; null if only the run can tell. */
  decide(text: string): boolean | null;
}

interface Written {
  readonly label: {
    readonly pos: number;
    readonly end: number;
    /** The test as a reader would write it. */
    readonly text: string;
  };
  /** True where it holds when the question is answered with no: `[ -n "$X" ]` asks whether a text is empty. */
  readonly inverted: boolean;
}

/** The answer to a question about a text. */
export function answerOf(
  run: Run,
  pieces: readonly Piece[],
  comparison: Comparison,
  written: Written,
): Status {
  const alternatives = alternativesOf(pieces);
  if (alternatives === null) return null;
  const [only] = alternatives;
  if (alternatives.length === 1 && only !== undefined) return ofOne(run, only, comparison, written);
  if (pieces.some(({ fallback }) => fallback === true)) return null;
  const answers = new Set(alternatives.map(({ text }) => comparison.decide(text)));
  const [sole = null] = answers;
  if (answers.size === 1) return sole;
  return answers.has(null) ? null : ofWays(run, alternatives, comparison);
}

/** The answer goes with the way that the script went before: by the conditions of the values. */
function ofWays(run: Run, alternatives: readonly Alternative[], { decide }: Comparison): Status {
  const [first] = alternatives[0]?.when ?? [];
  if (first === undefined) return null;
  const { choice } = first;
  const arms: Record<'yes' | 'no', number[]> = { yes: [], no: [] };
  for (const { when, text } of alternatives) {
    const [condition, ...more] = when;
    if (condition?.choice !== choice || more.length > 0) return null;
    arms[decide(text) === true ? 'yes' : 'no'].push(...condition.arms);
  }
  return settled(run, { holds: conditionOf(choice, arms.yes), fails: conditionOf(choice, arms.no) });
}

function ofOne(
  run: Run,
  { text, pieces }: Alternative,
  { key, decide }: Comparison,
  { label, inverted }: Written,
): Status {
  const byDefault = pieces.some(({ fallback }) => fallback === true);
  const answer = decide(text);
  if (!byDefault && answer !== null) return answer;
  const subject = subjectOf(run, pieces);
  if (subject === null && !(byDefault && answer !== null)) return null;
  const place = placeOf(run, label);
  const question = `${subject ?? place.span.start}\0${key}`;
  let asked = subject === null ? undefined : run.questions.get(question);
  if (asked === undefined) {
    const arm = (yes: boolean): ConditionArm => {
      return { text: restoreUnknowns(run, label.text), place, negated: yes === inverted };
    };
    // Of a default, the first way is the one that it decides.
    const yes = byDefault && answer === false ? 1 : 0;
    const arms = yes === 0 ? [arm(true), arm(false)] : [arm(false), arm(true)];
    const kind = byDefault && answer !== null ? 'default' : 'test';
    asked = { choice: { id: newId(run), kind, arms, leaving: new Set() }, yes };
    if (subject !== null) run.questions.set(question, asked);
  }
  const { choice, yes } = asked;
  return settled(run, { holds: conditionOf(choice, [yes]), fails: conditionOf(choice, [1 - yes]) });
}

/**
 * What the question is about, if that is the same whenever it is asked: variables that nothing in the script
 * sets, and written defaults.
 */
function subjectOf(run: Run, pieces: readonly Piece[]): string | null {
  const names = unknownNames(textOf(pieces));
  if (!names.every((name) => /^[A-Za-z_]\w*$/.test(name) && isOutside(run, name))) return null;
  if (names.length > 0 && soleUnknown(textOf(pieces)) === null) return null;
  const defaults = pieces.filter(({ fallback }) => fallback === true);
  if (names.length === 0 && defaults.length === 0) return null;
  return [textOf(pieces), ...defaults.map(({ place }) => place.span.start)].join('\0');
}

/** On a way on which the answer is given already, it is no question any more. */
function settled(run: Run, question: Question): Status {
  const holds: Condition = question.holds;
  return answered(holds, run.state.path) ?? question;
}
