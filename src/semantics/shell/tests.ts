/** `[ … ]`, `test` and `[[ … ]]`: decided where the text decides them; what asks the machine is open. */
import { isResolved } from '../../model/symbolic.ts';
import type { TestExpression } from '../../syntax/shell.ts';
import { parseInteger } from './arithmetic.ts';
import { expandPieces } from './expansion.ts';
import { conditionalPieces, type Field, fieldText } from './fields.ts';
import { patternOf } from './operations.ts';
import { parameterIsSet } from './parameter.ts';
import { matchesPattern, type Pattern } from './pattern.ts';
import { answerOf, type Comparison } from './questions.ts';
import { asking, isQuestion, type Run, type Status, sourceOf } from './state.ts';
import { type Piece, soleText } from './value.ts';

const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

/** Whether a text that may hold symbols is empty; null if only the run can tell. */
function isEmpty(text: string): boolean | null {
  if (text === '') return true;
  return text.replace(/\uFDD2[^\uFDD3]*\uFDD3/g, '') === '' ? null : false;
}

export function negate(status: Status): Status {
  if (isQuestion(status)) return { holds: status.fails, fails: status.holds };
  return status === null ? null : !status;
}

/** A text that is asked for: its pieces, and how the whole test is written. */
interface Asked {
  readonly run: Run;
  readonly label: { readonly pos: number; readonly end: number; readonly text: string };
  /** True where the test as written holds when the question is answered with no. */
  readonly inverted: boolean;
}

function opposite(asked: Asked, ask: (asked: Asked) => Status): Status {
  return negate(ask({ ...asked, inverted: !asked.inverted }));
}

function answer(asked: Asked, pieces: readonly Piece[], compare: Comparison): Status {
  return answerOf(asked.run, pieces, compare, asked);
}

function asksEmpty(asked: Asked, pieces: readonly Piece[]): Status {
  return answer(asked, pieces, { key: '-z', decide: isEmpty });
}

function unary(asked: Asked, operator: string, pieces: readonly Piece[]): Status {
  if (operator === '-z') return asksEmpty(asked, pieces);
  return operator === '-n' ? opposite(asked, (one) => asksEmpty(one, pieces)) : null;
}

function binary(asked: Asked, left: readonly Piece[], operator: string, right: readonly Piece[]): Status {
  // One of the two is as a rule a fixed text.
  const [open, fixed] = isPlain(right) ? [left, right] : [right, left];
  if (!isPlain(fixed)) return null;
  const text = soleText(fixed) ?? '';
  const swapped = open !== left;
  if (operator === '=' || operator === '==') return equals(asked, open, text);
  if (operator === '!=') return opposite(asked, (one) => equals(one, open, text));
  const compare = NUMERIC[operator];
  if (compare === undefined) return null;
  const decide = (value: string): boolean | null => {
    const [a, b] = (swapped ? [text, value] : [value, text]).map((one) =>
      isResolved(one) && !isSymbolic(one) ? parseInteger(one) : null,
    );
    return a === null || a === undefined || b === null || b === undefined ? null : compare(a, b);
  };
  return answer(asked, open, { key: `${operator} ${text}${swapped ? ' swapped' : ''}`, decide });
}

function isPlain(pieces: readonly Piece[]): boolean {
  return pieces.every(({ when, fallback }) => when.length === 0 && fallback === undefined);
}

/** Where home or the workspace lie is not known, so two paths may be the same though their text differs. */
function isSymbolic(text: string): boolean {
  return /[\uFDD0\uFDD1]/.test(text);
}

function equals(asked: Asked, pieces: readonly Piece[], text: string): Status {
  const decide = (value: string): boolean | null => {
    if (!isResolved(value) || !isResolved(text)) return null;
    return value === text ? true : isSymbolic(value + text) ? null : false;
  };
  return answer(asked, pieces, { key: `= ${text}`, decide });
}

/** `test` and `[` by their number of arguments, as POSIX lays down. */
export function decideTest(run: Run, fields: readonly Field[], label: Asked['label']): Status {
  if (fields.some((field) => field.many || field.when.length > 0)) return null;
  const last = fields.at(-1);
  const bracket = fields[0] !== undefined && fieldText(fields[0]) === '[';
  const end = bracket && last !== undefined && fieldText(last) === ']' ? -1 : undefined;
  return decide({ run, label, inverted: false }, fields.slice(1, end));
}

function decide(asked: Asked, fields: readonly Field[]): Status {
  const words = fields.map(fieldText);
  const pieces = (at: number): readonly Piece[] => {
    const field = fields[at];
    return field === undefined ? [] : conditionalPieces(field);
  };
  if (fields.length === 0) return false;
  for (const [operator, stops] of [
    ['-o', true],
    ['-a', false],
  ] as const) {
    const at = words.length > 3 ? words.indexOf(operator) : -1;
    if (at > 0)
      return combine(stops, [decide(asked, fields.slice(0, at)), decide(asked, fields.slice(at + 1))]);
  }
  if (fields.length === 1) return opposite(asked, (one) => asksEmpty(one, pieces(0)));
  if (words[0] === '!') return opposite(asked, (one) => decide(one, fields.slice(1)));
  if (fields.length === 2) {
    return words[0] === '-v'
      ? parameterIsSet(asked.run, words[1] ?? '')
      : unary(asked, words[0] ?? '', pieces(1));
  }
  const operator = words[1] ?? null;
  return fields.length === 3 && operator !== null ? binary(asked, pieces(0), operator, pieces(2)) : null;
}

/** `stops` is the value that decides at once: true for "or", false for "and". */
function combine(stops: boolean, parts: readonly Status[]): Status {
  if (parts.includes(stops)) return stops;
  const open = parts.filter((part) => part !== !stops);
  const [only] = open;
  if (only === undefined) return !stops;
  return open.length === 1 ? only : null;
}

export function decideExpression(run: Run, node: TestExpression, depth = 0): Status {
  if (depth > 64) return null;
  const label = { pos: node.pos, end: node.end, text: `[[ ${sourceOf(run, node)} ]]` };
  const asked: Asked = { run, label, inverted: false };
  switch (node.type) {
    case 'TestUnary': {
      const pieces = asking(run, () => expandPieces(run, node.operand));
      if (node.operator === '-v') return parameterIsSet(run, soleText(pieces) ?? '');
      return unary(asked, node.operator, pieces);
    }
    case 'TestBinary':
      return decideBinary(asked, node);
    case 'TestLogical': {
      const stops = node.operator === '||';
      return combine(
        stops,
        node.operands.map((operand) => decideExpression(run, operand, depth + 1)),
      );
    }
    case 'TestNot': {
      const status = decideExpression(run, node.operand, depth + 1);
      return node.negations.length % 2 === 1 ? negate(status) : status;
    }
    case 'TestGroup':
      return decideExpression(run, node.expression, depth + 1);
  }
}

function decideBinary(asked: Asked, node: Extract<TestExpression, { type: 'TestBinary' }>): Status {
  const { run } = asked;
  const left = asking(run, () => expandPieces(run, node.left));
  const { operator } = node;
  if (operator !== '==' && operator !== '=' && operator !== '!=') {
    const right = asking(run, () => expandPieces(run, node.right));
    return binary(asked, left, operator, right);
  }
  const pattern = patternOf(run, node.right);
  if (pattern === null) return null;
  const key = pattern
    .map((unit) => (unit.kind === 'text' ? unit.text : `\0${JSON.stringify(unit)}`))
    .join('');
  const matches = (one: Asked): Status => answer(one, left, { key: `= ${key}`, decide: matcher(pattern) });
  return operator === '!=' ? opposite(asked, matches) : matches(asked);
}

/** Whether a text matches; null where a symbol in either may stand for more than it shows. */
export function matcher(pattern: NonNullable<Pattern>): (text: string) => boolean | null {
  const symbolic = pattern.some((unit) => unit.kind === 'text' && isSymbolic(unit.text));
  return (text) => {
    if (!isResolved(text)) return null;
    const matches = matchesPattern(pattern, [...text]);
    return !matches && (symbolic || isSymbolic(text)) ? null : matches;
  };
}
