/** `[ … ]`, `test` and `[[ … ]]`: decided where the text decides them; what asks the machine is open. */
import { isResolved } from '../../model/symbolic.ts';
import type { TestExpression } from '../../syntax/shell.ts';
import { parseInteger } from './arithmetic.ts';
import { expandPieces } from './expansion.ts';
import { type Field, fieldText } from './fields.ts';
import { patternOf } from './operations.ts';
import { parameterIsSet } from './parameter.ts';
import { matchesPattern } from './pattern.ts';
import { asking, type Run, type Status } from './state.ts';
import { soleText } from './value.ts';

const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

/** Whether a text that may hold symbols is empty; null if only the run can tell. */
function isEmpty(text: string | null): Status {
  if (text === null) return null;
  if (text === '') return true;
  return text.replace(/\uFDD2[^\uFDD3]*\uFDD3/g, '') === '' ? null : false;
}

function negate(status: Status): Status {
  return status === null ? null : !status;
}

function unary(operator: string, text: string | null): Status {
  if (operator === '-z') return isEmpty(text);
  return operator === '-n' ? negate(isEmpty(text)) : null;
}

function binary(left: string | null, operator: string, right: string | null): Status {
  if (left === null || right === null || !isResolved(left) || !isResolved(right)) return null;
  // Where home or the workspace lie is not known, so two paths may be the same though their text differs.
  const symbolic = /[\uFDD0\uFDD1]/.test(left + right);
  if (operator === '=' || operator === '==') return left === right ? true : symbolic ? null : false;
  if (operator === '!=') return left === right ? false : symbolic ? null : true;
  const compare = NUMERIC[operator];
  if (compare === undefined || symbolic) return null;
  const a = parseInteger(left);
  const b = parseInteger(right);
  return a === null || b === null ? null : compare(a, b);
}

/** `test` and `[` by their number of arguments, as POSIX lays down. */
export function decideTest(run: Run, fields: readonly Field[]): Status {
  if (fields.some((field) => field.many || field.when.length > 0)) return null;
  const last = fields.at(-1);
  const bracket = fields[0] !== undefined && fieldText(fields[0]) === '[';
  const end = bracket && last !== undefined && fieldText(last) === ']' ? -1 : undefined;
  return decide(run, fields.slice(1, end).map(fieldText));
}

function decide(run: Run, words: readonly (string | null)[]): Status {
  const [first = null, second = null, third = null] = words;
  if (words.length === 0) return false;
  for (const [operator, stops] of [
    ['-o', true],
    ['-a', false],
  ] as const) {
    const at = words.length > 3 ? words.indexOf(operator) : -1;
    if (at > 0) return combine(stops, [decide(run, words.slice(0, at)), decide(run, words.slice(at + 1))]);
  }
  if (words.length === 1) return negate(isEmpty(first));
  if (first === '!') return negate(decide(run, words.slice(1)));
  if (words.length === 2)
    return first === '-v' ? parameterIsSet(run, second ?? '') : unary(first ?? '', second);
  return words.length === 3 && second !== null ? binary(first, second, third) : null;
}

/** `stops` is the value that decides at once: true for "or", false for "and". */
function combine(stops: boolean, parts: readonly Status[]): Status {
  if (parts.includes(stops)) return stops;
  return parts.includes(null) ? null : !stops;
}

export function decideExpression(run: Run, node: TestExpression, depth = 0): Status {
  if (depth > 64) return null;
  switch (node.type) {
    case 'TestUnary': {
      const text = soleText(asking(run, () => expandPieces(run, node.operand)));
      return node.operator === '-v' ? parameterIsSet(run, text ?? '') : unary(node.operator, text);
    }
    case 'TestBinary':
      return decideBinary(run, node);
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

function decideBinary(run: Run, node: Extract<TestExpression, { type: 'TestBinary' }>): Status {
  const left = soleText(asking(run, () => expandPieces(run, node.left)));
  const { operator } = node;
  if (operator !== '==' && operator !== '=' && operator !== '!=') {
    return binary(left, operator, soleText(asking(run, () => expandPieces(run, node.right))));
  }
  const pattern = patternOf(run, node.right);
  if (left === null || pattern === null || !isResolved(left)) return null;
  const matches = matchesPattern(pattern, [...left]);
  const symbolic =
    !matches &&
    /[\uFDD0\uFDD1]/.test(left + pattern.map((unit) => (unit.kind === 'text' ? unit.text : '')).join(''));
  if (symbolic) return null;
  return operator === '!=' ? !matches : matches;
}
