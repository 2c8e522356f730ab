/** Arithmetic on integers that are known; everything else is null. */
import type { ArithmeticExpression } from '../../syntax/shell.ts';

/** The variables that an expression reads and sets; null is a value that is not known. */
export interface Numbers {
  read(name: string): number | null;
  write(name: string, value: number | null): void;
  /** Value of an operand that is no plain name or number (`$x`, `${#a[@]}`). */
  word(node: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>): number | null;
}

export function parseInteger(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (/^-?(?:0|[1-9]\d{0,14})$/.test(trimmed)) return Number(trimmed);
  if (/^0[xX][0-9a-fA-F]{1,12}$/.test(trimmed)) return Number.parseInt(trimmed, 16);
  return /^0[0-7]{1,12}$/.test(trimmed) ? Number.parseInt(trimmed, 8) : null;
}

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? Number.NaN : Math.trunc(a / b)),
  '%': (a, b) => (b === 0 ? Number.NaN : a % b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
  ',': (_, b) => b,
};

const ASSIGNING = new Set(['=', '+=', '-=', '*=', '/=', '%=']);

export function calculate(
  node: ArithmeticExpression | undefined,
  numbers: Numbers,
  depth = 0,
): number | null {
  if (node === undefined || depth > 200) return null;
  const inner = (part: ArithmeticExpression): number | null => calculate(part, numbers, depth + 1);
  switch (node.type) {
    case 'ArithmeticWord':
      return operand(node, numbers);
    case 'ArithmeticGroup':
      return inner(node.expression);
    case 'ArithmeticUnary':
      return unary(node, numbers, inner);
    case 'ArithmeticBinary':
      return binary(node, numbers, inner);
    case 'ArithmeticTernary': {
      const test = inner(node.test);
      if (test === null) return null;
      return inner(test !== 0 ? node.consequent : node.alternate);
    }
    case 'ArithmeticCommandExpansion':
      return null;
  }
}

function operand(
  node: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>,
  numbers: Numbers,
): number | null {
  if (node.parts !== undefined || /[$`'"]/.test(node.value)) return numbers.word(node);
  return /^[A-Za-z_]\w*$/.test(node.value) ? numbers.read(node.value) : parseInteger(node.value);
}

function nameOf(node: ArithmeticExpression): string | null {
  return node.type === 'ArithmeticWord' && /^[A-Za-z_]\w*$/.test(node.value) ? node.value : null;
}

function unary(
  node: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>,
  numbers: Numbers,
  inner: (part: ArithmeticExpression) => number | null,
): number | null {
  const value = inner(node.operand);
  if (node.operator === '++' || node.operator === '--') {
    const name = nameOf(node.operand);
    const changed = value === null ? null : value + (node.operator === '++' ? 1 : -1);
    if (name !== null) numbers.write(name, changed);
    return node.prefix ? changed : value;
  }
  if (value === null) return null;
  if (node.operator === '-') return value === 0 ? 0 : -value;
  if (node.operator === '!') return Number(value === 0);
  return node.operator === '+' ? value : null;
}

function binary(
  node: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>,
  numbers: Numbers,
  inner: (part: ArithmeticExpression) => number | null,
): number | null {
  const name = nameOf(node.left);
  if (node.operator.endsWith('=') && !BINARY[node.operator]) {
    const right = inner(node.right);
    const old = node.operator === '=' ? 0 : inner(node.left);
    const value = ASSIGNING.has(node.operator) ? combine(node.operator.slice(0, -1), old, right) : null;
    if (name !== null) numbers.write(name, value);
    return value;
  }
  return combine(node.operator, inner(node.left), inner(node.right));
}

function combine(operator: string, left: number | null, right: number | null): number | null {
  if (operator === ',') return right;
  if (left === null || right === null) return null;
  if (operator === '') return right;
  const value = BINARY[operator]?.(left, right) ?? Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}
