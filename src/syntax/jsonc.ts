/** Reads JSON with comments and trailing commas, as devcontainer.json and editor settings are written. */
import { createScanner, type Node as JsonNode, type ParseError, parseTree } from 'jsonc-parser';
import type { Source, Span } from '../source/source.ts';
import { MAX_DEPTH, type ProblemList, problemList, refusesSize } from './limits.ts';
import { entryList } from './mapping.ts';
import type { Node, SyntaxResult } from './node.ts';
import { createScalar, type MappedBuilder } from './scalar.ts';

/** Values of `SyntaxKind` in jsonc-parser's main.d.ts: a const enum, which this compiler setting cannot import. */
const OPEN_BRACE = 1;
const CLOSE_BRACE = 2;
const OPEN_BRACKET = 3;
const CLOSE_BRACKET = 4;
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const END_OF_FILE = 17;

/** By `ParseErrorCode` of jsonc-parser's main.d.ts. */
const MESSAGES: ReadonlyMap<number, string> = new Map([
  [1, 'this is not JSON'],
  [2, 'not a number in JSON'],
  [3, 'expected a property name in double quotes'],
  [4, 'expected a value'],
  [5, 'expected a colon'],
  [6, 'expected a comma'],
  [7, 'expected a closing brace'],
  [8, 'expected a closing bracket'],
  [9, 'expected the end of the file'],
  [11, 'comment is not closed'],
  [12, 'string is not closed'],
  [13, 'number is not finished'],
  [14, 'not a Unicode escape'],
  [15, 'not an escape in JSON'],
  [16, 'control character in a string'],
]);

/** Never throws. An empty file has no documents and no problems. */
export function readJsonc(source: Source): SyntaxResult {
  const list = problemList(source);
  const comments: Span[] = [];
  const documents: Node[] = [];
  if (refusesSize(source, list)) return { documents, problems: list.problems, comments };
  // The package takes a byte order mark for a mistake.
  const shift = source.text.startsWith('\uFEFF') ? 1 : 0;
  const text = source.text.slice(shift);
  try {
    const tooDeep = inspect(text, shift, comments);
    if (tooDeep !== undefined) {
      list.add('limit', `nested deeper than ${MAX_DEPTH}; the file was not read`, tooDeep, tooDeep + 1);
      return { documents, problems: list.problems, comments };
    }
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
    for (const { error, offset, length } of errors)
      list.add('error', MESSAGES.get(error) ?? 'not JSON', offset + shift, offset + shift + length);
    if (root !== undefined) documents.push(build({ source, shift, list }, root));
  } catch (error) {
    // A fault of the parser package: nothing is known to raise one, and a reader must not let it through.
    list.add('error', `JSON reader failed: ${error instanceof Error ? error.message : 'unknown'}`, 0, 0);
  }
  return { documents, problems: list.problems, comments };
}

/**
 * Collects comments; gives the offset of the first bracket that lies too deep for the recursive parser.
 * A closing bracket of the wrong kind closes nothing here, as in the parser, which stays where it was.
 */
function inspect(text: string, shift: number, comments: Span[]): number | undefined {
  const scanner = createScanner(text, false);
  const open: number[] = [];
  let tooDeep: number | undefined;
  for (let kind: number = scanner.scan(); kind !== END_OF_FILE; kind = scanner.scan()) {
    const start = scanner.getTokenOffset() + shift;
    if (kind === OPEN_BRACE || kind === OPEN_BRACKET) {
      open.push(kind);
      if (open.length > MAX_DEPTH) tooDeep ??= start;
    } else if (kind === CLOSE_BRACE || kind === CLOSE_BRACKET) {
      if (open.at(-1) === (kind === CLOSE_BRACE ? OPEN_BRACE : OPEN_BRACKET)) open.pop();
    } else if (kind === LINE_COMMENT || kind === BLOCK_COMMENT)
      comments.push({ start, end: Math.min(start + scanner.getTokenLength(), text.length + shift) });
  }
  return tooDeep;
}

interface Walk {
  readonly source: Source;
  readonly shift: number;
  readonly list: ProblemList;
}

function spanOf(walk: Walk, node: JsonNode): Span {
  const start = node.offset + walk.shift;
  return { start, end: Math.min(start + node.length, walk.source.text.length) };
}

function build(walk: Walk, node: JsonNode): Node {
  const { source } = walk;
  const span = spanOf(walk, node);
  if (node.type === 'array')
    return {
      kind: 'sequence',
      source,
      span,
      items: (node.children ?? []).map((child) => build(walk, child)),
    };
  if (node.type === 'object') {
    const entries = entryList(walk.list);
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (key === undefined) continue;
      const keySpan = spanOf(walk, key);
      const read = value === undefined ? missing(walk, keySpan.end) : build(walk, value);
      entries.put({ key: String(key.value), keySpan, source, value: read });
    }
    return { kind: 'mapping', source, span, entries: entries.entries() };
  }
  return buildScalar(walk, node, span);
}

/** A property without a value; the parser has told the error. */
function missing(walk: Walk, at: number): Node {
  const span = { start: at, end: at };
  return createScalar({
    source: walk.source,
    span,
    value: null,
    text: '',
    style: 'plain',
    decode: () => {},
  });
}

function buildScalar(walk: Walk, node: JsonNode, span: Span): Node {
  const { source } = walk;
  const { start, end } = span;
  if (node.type === 'string') {
    const text = String(node.value);
    const closed = end - start > 1 && source.text[end - 1] === '"';
    return createScalar({
      source,
      span,
      value: text,
      text,
      style: 'double',
      decode: (builder) => decodeString(source.text, start + 1, closed ? end - 1 : end, builder),
    });
  }
  const value: unknown = node.value;
  return createScalar({
    source,
    span,
    value: typeof value === 'number' || typeof value === 'boolean' ? value : null,
    text: source.text.slice(start, end),
    style: 'plain',
    decode: (builder) => builder.copy(start, end),
  });
}

/** RFC 8259 section 7. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function decodeString(text: string, start: number, end: number, builder: MappedBuilder): void {
  let run = start;
  let at = text.indexOf('\\', start);
  while (at !== -1 && at < end) {
    builder.copy(run, at);
    const letter = text[at + 1] ?? '';
    const digits = text.slice(at + 2, at + 6);
    const unicode = letter === 'u' && /^[0-9a-f]{4}$/i.test(digits);
    run = at + (unicode ? 6 : 2);
    const decoded = unicode ? String.fromCharCode(Number.parseInt(digits, 16)) : ESCAPES.get(letter);
    builder.replace(decoded ?? '', at, run);
    at = text.indexOf('\\', run);
  }
  builder.copy(run, end);
}
