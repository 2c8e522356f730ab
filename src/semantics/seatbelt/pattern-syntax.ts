/**
 * The syntax of regular expressions in profiles: POSIX extended as far as profiles use it. Anything else
 * (`(?…)`, back references, `\d`) is not understood, because how macOS compiles it is not documented.
 */

export interface UnitTest {
  readonly ranges: readonly (readonly [number, number])[];
  readonly negated: boolean;
}

export type PatternTree =
  | { readonly kind: 'unit'; readonly test: UnitTest }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternTree[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternTree;
      readonly min: number;
      readonly max: number | null;
    };

const MAX_NESTING = 40;
const MAX_REPEAT = 256;

/** Null for an expression outside the known syntax. */
export function parsePattern(source: string): PatternTree | null {
  const parser = { source, at: 0, depth: 0 };
  const tree = parseChoice(parser);
  return parser.at < source.length ? null : tree;
}

interface Parser {
  readonly source: string;
  at: number;
  depth: number;
}

function parseChoice(parser: Parser): PatternTree | null {
  if (parser.depth > MAX_NESTING) return null;
  const parts: PatternTree[] = [];
  for (;;) {
    const part = parseSequence(parser);
    if (part === null) return null;
    parts.push(part);
    if (parser.source.charAt(parser.at) !== '|') break;
    parser.at += 1;
  }
  return parts.length === 1 ? (parts[0] ?? null) : { kind: 'choice', parts };
}

function parseSequence(parser: Parser): PatternTree | null {
  const parts: PatternTree[] = [];
  while (parser.at < parser.source.length) {
    const unit = parser.source.charAt(parser.at);
    if (unit === '|' || (unit === ')' && parser.depth > 0)) break;
    const atom = parseAtom(parser, unit);
    const repeated = atom === null ? null : parseRepeats(parser, atom);
    if (repeated === null) return null;
    parts.push(repeated);
  }
  return { kind: 'sequence', parts };
}

function parseAtom(parser: Parser, unit: string): PatternTree | null {
  if (unit === '(') return parseGroup(parser);
  if (unit === '[') return parseBracket(parser);
  if (unit === '*' || unit === '+' || unit === '?' || unit === ')') return null;
  parser.at += 1;
  if (unit === '^') return { kind: 'start' };
  if (unit === '$') return { kind: 'end' };
  if (unit === '.') return { kind: 'unit', test: { ranges: [], negated: true } };
  if (unit !== '\\') return literalUnit(unit);
  const escaped = parser.source.charAt(parser.at);
  parser.at += 1;
  return escaped === '' || /[A-Za-z0-9]/.test(escaped) ? null : literalUnit(escaped);
}

function literalUnit(unit: string): PatternTree {
  const code = unit.charCodeAt(0);
  return { kind: 'unit', test: { ranges: [[code, code]], negated: false } };
}

function parseGroup(parser: Parser): PatternTree | null {
  parser.at += 1;
  if (parser.source.charAt(parser.at) === '?') return null;
  parser.depth += 1;
  const inner = parseChoice(parser);
  parser.depth -= 1;
  if (inner === null || parser.source.charAt(parser.at) !== ')') return null;
  parser.at += 1;
  return inner;
}

const CLASSES: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  [
    'alpha',
    [
      [65, 90],
      [97, 122],
    ],
  ],
  ['digit', [[48, 57]]],
  [
    'alnum',
    [
      [48, 57],
      [65, 90],
      [97, 122],
    ],
  ],
  ['upper', [[65, 90]]],
  ['lower', [[97, 122]]],
  [
    'space',
    [
      [9, 13],
      [32, 32],
    ],
  ],
  [
    'blank',
    [
      [9, 9],
      [32, 32],
    ],
  ],
  [
    'punct',
    [
      [33, 47],
      [58, 64],
      [91, 96],
      [123, 126],
    ],
  ],
  [
    'xdigit',
    [
      [48, 57],
      [65, 70],
      [97, 102],
    ],
  ],
]);

function parseBracket(parser: Parser): PatternTree | null {
  parser.at += 1;
  const negated = parser.source.charAt(parser.at) === '^';
  if (negated) parser.at += 1;
  const ranges: (readonly [number, number])[] = [];
  for (let first = true; ; first = false) {
    const unit = parser.source.charAt(parser.at);
    if (unit === '') return null;
    if (unit === ']' && !first) break;
    const named = /^\[:([a-z]+):\]/.exec(parser.source.slice(parser.at, parser.at + 12));
    if (named !== null) {
      const known = CLASSES.get(named[1] ?? '');
      if (known === undefined) return null;
      ranges.push(...known);
      parser.at += named[0].length;
      continue;
    }
    const low = bracketUnit(parser);
    if (low === null) return null;
    ranges.push(low);
  }
  parser.at += 1;
  return { kind: 'unit', test: { ranges, negated } };
}

/**
 * One unit or range of a bracket. POSIX keeps a backslash literal in there, Perl does not; a backslash before
 * punctuation means that punctuation in every profile seen, before a letter the expression is not understood.
 */
function bracketUnit(parser: Parser): readonly [number, number] | null {
  const read = (): number | null => {
    const unit = parser.source.charAt(parser.at);
    parser.at += 1;
    if (unit !== '\\') return unit === '' ? null : unit.charCodeAt(0);
    const escaped = parser.source.charAt(parser.at);
    parser.at += 1;
    return escaped === '' || /[A-Za-z0-9]/.test(escaped) ? null : escaped.charCodeAt(0);
  };
  const low = read();
  if (low === null) return null;
  const dash = parser.source.charAt(parser.at) === '-';
  if (!dash || parser.source.charAt(parser.at + 1) === ']') return [low, low];
  parser.at += 1;
  const high = read();
  return high === null || high < low ? null : [low, high];
}

function parseRepeats(parser: Parser, atom: PatternTree): PatternTree | null {
  const bounds = repeatBounds(parser);
  if (bounds === null) return parser.source.charAt(parser.at) === '{' ? null : atom;
  const { min, max } = bounds;
  if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT || (max !== null && max < min)) return null;
  // A second operator is Perl's lazy or possessive form, which POSIX leaves undefined.
  if (repeatBounds(parser) !== null) return null;
  return { kind: 'repeat', part: atom, min, max };
}

/** Takes the repetition that stands next, if one does. */
function repeatBounds(parser: Parser): { min: number; max: number | null } | null {
  const unit = parser.source.charAt(parser.at);
  if (unit === '*' || unit === '+' || unit === '?') {
    parser.at += 1;
    return { min: unit === '+' ? 1 : 0, max: unit === '?' ? 1 : null };
  }
  const written = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(parser.source.slice(parser.at, parser.at + 12));
  if (written === null) return null;
  parser.at += written[0].length;
  const min = Number(written[1]);
  if (written[2] === undefined) return { min, max: min };
  return { min, max: written[3] === '' || written[3] === undefined ? null : Number(written[3]) };
}
