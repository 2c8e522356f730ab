/**
 * S-expressions as Seatbelt profiles write them: a TinyScheme reader with raw `#"..."` strings, plus the
 * placeholders of the templates that profiles are generated from. Iterative, bounded, and never throws.
 */
import { type MappedText, originalPlace } from '../source/mapped.ts';
import type { Place, Span } from '../source/source.ts';
import type { SyntaxProblem } from './node.ts';

interface Placed {
  readonly place: Place;
}

export interface SexprList extends Placed {
  readonly kind: 'list';
  readonly items: readonly Sexpr[];
  /** What follows the dot of `(a . b)`. */
  readonly tail: Sexpr | null;
}

export interface SexprText extends Placed {
  readonly kind: 'string';
  readonly text: string;
  /** Written as `#"..."`: backslashes were kept. */
  readonly raw: boolean;
}

export interface SexprSymbol extends Placed {
  readonly kind: 'symbol';
  readonly name: string;
}

/** A part that a template fills in before the profile is loaded, outside any string. */
export interface SexprPlaceholder extends Placed {
  readonly kind: 'placeholder';
  readonly name: string;
}

export type Sexpr =
  | SexprList
  | SexprText
  | SexprSymbol
  | SexprPlaceholder
  | (Placed & { readonly kind: 'number'; readonly value: number })
  | (Placed & { readonly kind: 'boolean'; readonly value: boolean });

export interface SexprResult {
  readonly forms: readonly Sexpr[];
  readonly problems: readonly SyntaxProblem[];
  /** Comments in the file's own offsets, in order. */
  readonly comments: readonly Span[];
}

const MAX_LENGTH = 2_000_000;
const MAX_NODES = 400_000;
const MAX_DEPTH = 200;
const MAX_RECOVERIES = 64;
/** Limits are reported beyond it: there are few of them. */
const MAX_PROBLEMS = 1_000;
const MAX_PLACEHOLDER = 1_000;

/** A list, or a prefix (`'`, `#;`) that still waits for its datum. */
interface Frame {
  readonly kind: 'list' | 'prefix' | 'skip';
  readonly start: number;
  /** Name of the form that a prefix stands for. */
  readonly name: string;
  readonly items: Sexpr[];
  dotted: boolean;
  tail: Sexpr | null;
}

interface Reader {
  readonly mapped: MappedText;
  readonly text: string;
  at: number;
  /** Reading ends here; before the end of the text while an unclosed form is read again. */
  stop: number;
  nodes: number;
  recoveries: number;
  forms: Sexpr[];
  frames: Frame[];
  problems: SyntaxProblem[];
  comments: Span[];
  /** Where the current top-level form began and what was collected before it. */
  mark: { readonly at: number; readonly problems: number; readonly comments: number; readonly nodes: number };
}

/** Reads every form of a profile. What cannot be read is a problem, and reading goes on at the next form. */
export function readSexpr(mapped: MappedText): SexprResult {
  const reader = createReader(mapped);
  if (mapped.text.length > MAX_LENGTH) {
    report(reader, 'limit', `the profile is longer than ${MAX_LENGTH} characters`, 0, 1);
    return { forms: [], problems: reader.problems, comments: [] };
  }
  unwrapRawLiteral(reader);
  const end = reader.stop;
  while (reader.at < reader.stop || reader.frames.length > 0 || reader.stop < end) {
    if (reader.at < reader.stop) readToken(reader);
    else if (!recover(reader, end)) break;
    if (reader.nodes > MAX_NODES) {
      report(reader, 'limit', `the profile has more than ${MAX_NODES} parts`, reader.at, reader.at + 1);
      break;
    }
  }
  return { forms: reader.forms, problems: reader.problems, comments: reader.comments };
}

function createReader(mapped: MappedText): Reader {
  return {
    mapped,
    text: mapped.text,
    at: mapped.text.startsWith('\uFEFF') ? 1 : 0,
    stop: mapped.text.length,
    nodes: 0,
    recoveries: 0,
    forms: [],
    frames: [],
    problems: [],
    comments: [],
    mark: { at: 0, problems: 0, comments: 0, nodes: 0 },
  };
}

function report(
  reader: Reader,
  severity: SyntaxProblem['severity'],
  message: string,
  start: number,
  end: number,
): void {
  if (reader.problems.length >= MAX_PROBLEMS && severity !== 'limit') return;
  reader.problems.push({ message, severity, place: originalPlace(reader.mapped, start, end) });
}

function reportAt(reader: Reader, message: string, place: Place): void {
  if (reader.problems.length < MAX_PROBLEMS) reader.problems.push({ message, severity: 'error', place });
}

/**
 * A profile that a C++ program includes as text stands in a raw string literal, `R""(` … `)""`
 * (NixOS/nix src/libstore/darwin/build/sandbox-defaults.sb).
 */
function unwrapRawLiteral(reader: Reader): void {
  const open = /^\s*R"([^\s()\\]{0,16})\(/.exec(reader.text.slice(0, 200)) ?? /^\s*R""\(/.exec(reader.text);
  if (open === null) return;
  const delimiter = open[1] ?? '';
  const closing = reader.text.lastIndexOf(`)${delimiter}"`);
  reader.at = open[0].length;
  if (closing >= reader.at) reader.stop = closing;
}

function pushFrame(reader: Reader, kind: Frame['kind'], width: number, name = ''): void {
  if (reader.frames.length >= MAX_DEPTH) {
    report(reader, 'limit', `forms are nested deeper than ${MAX_DEPTH}`, reader.at, reader.at + 1);
    skipToNextForm(reader);
    return;
  }
  if (reader.frames.length === 0) {
    const { problems, comments, nodes, at } = reader;
    reader.mark = { at, problems: problems.length, comments: comments.length, nodes };
  }
  reader.frames.push({ kind, start: reader.at, name, items: [], dotted: false, tail: null });
  reader.at += width;
}

/** Drops the form being read and goes on at the next line that begins with a parenthesis. */
function skipToNextForm(reader: Reader): void {
  reader.frames = [];
  reader.recoveries += 1;
  const next = reader.text.indexOf('\n(', reader.at);
  const found = next >= 0 && next < reader.stop && reader.recoveries <= MAX_RECOVERIES;
  reader.at = found ? next + 1 : reader.stop;
}

/**
 * The text ended inside a form. The unclosed form is read once more, up to the next line that begins with a
 * parenthesis, and closed there, so that one missing parenthesis does not swallow the rest of the file.
 * False when nothing is left to read.
 */
function recover(reader: Reader, end: number): boolean {
  const open = reader.frames[0];
  if (reader.stop < end) {
    closeAll(reader);
    reader.at = reader.stop;
    reader.stop = end;
    return true;
  }
  if (open === undefined) return false;
  const next = reader.text.indexOf('\n(', open.start);
  const mark = reader.mark;
  reader.recoveries += 1;
  if (next >= 0 && next + 1 < end && reader.recoveries <= MAX_RECOVERIES) {
    reader.problems.length = mark.problems;
    reader.comments.length = mark.comments;
    reader.nodes = mark.nodes;
    reader.frames = [];
    reader.at = mark.at;
    reader.stop = next + 1;
    report(reader, 'error', 'this form is not closed', open.start, open.start + 1);
    return true;
  }
  report(reader, 'error', 'this form is not closed', open.start, open.start + 1);
  closeAll(reader);
  return true;
}

function closeAll(reader: Reader): void {
  while (reader.frames.length > 0) closeFrame(reader, reader.stop);
}

function closeFrame(reader: Reader, end: number): void {
  const frame = reader.frames.pop();
  if (frame?.kind !== 'list') return;
  complete(reader, {
    kind: 'list',
    items: frame.items,
    tail: frame.tail,
    place: originalPlace(reader.mapped, frame.start, end),
  });
}

/** Hands a finished datum to whatever waits for it. */
function complete(reader: Reader, datum: Sexpr): void {
  reader.nodes += 1;
  let node = datum;
  for (;;) {
    const frame = reader.frames.at(-1);
    if (frame === undefined) {
      reader.forms.push(node);
      return;
    }
    if (frame.kind === 'list') {
      if (!frame.dotted) frame.items.push(node);
      else if (frame.tail === null) frame.tail = node;
      else reportAt(reader, 'more than one datum after the dot', node.place);
      return;
    }
    reader.frames.pop();
    if (frame.kind === 'skip') return;
    const place = originalPlace(reader.mapped, frame.start, Math.max(frame.start + 1, reader.at));
    const symbol: SexprSymbol = {
      kind: 'symbol',
      name: frame.name,
      place: originalPlace(reader.mapped, frame.start, frame.start + 1),
    };
    node = { kind: 'list', items: [symbol, node], tail: null, place };
  }
}

function readToken(reader: Reader): void {
  const { text, at } = reader;
  const unit = text.charAt(at);
  if (isBlank(unit)) {
    reader.at += 1;
  } else if (unit === ';') {
    readLineComment(reader);
  } else if (unit === '(') {
    pushFrame(reader, 'list', 1);
  } else if (unit === ')') {
    readClosing(reader);
  } else if (unit === '"') {
    readString(reader, 1, false);
  } else if (unit === "'") {
    pushFrame(reader, 'prefix', 1, 'quote');
  } else if (unit === '`') {
    pushFrame(reader, 'prefix', 1, 'quasiquote');
  } else if (unit === ',') {
    const splicing = text.charAt(at + 1) === '@';
    pushFrame(reader, 'prefix', splicing ? 2 : 1, splicing ? 'unquote-splicing' : 'unquote');
  } else if (unit === '#') {
    readHash(reader);
  } else {
    readAtom(reader);
  }
}

function isBlank(unit: string): boolean {
  return (
    unit === ' ' || unit === '\n' || unit === '\t' || unit === '\r' || unit === '\f' || unit === '\uFEFF'
  );
}

function readLineComment(reader: Reader): void {
  const start = reader.at;
  const newline = reader.text.indexOf('\n', start);
  reader.at = newline < 0 || newline > reader.stop ? reader.stop : newline;
  keepComment(reader, start);
}

function keepComment(reader: Reader, start: number): void {
  reader.comments.push(originalPlace(reader.mapped, start, reader.at).span);
}

function readClosing(reader: Reader): void {
  const end = reader.at + 1;
  while (reader.frames.length > 0 && reader.frames.at(-1)?.kind !== 'list') {
    reader.frames.pop();
    report(reader, 'error', 'a quote without a datum', reader.at, end);
  }
  reader.at = end;
  if (reader.frames.length > 0) closeFrame(reader, end);
  else report(reader, 'error', 'a closing parenthesis without an opening one', end - 1, end);
}

function readHash(reader: Reader): void {
  const next = reader.text.charAt(reader.at + 1);
  if (next === '"') readString(reader, 2, true);
  else if (next === '|') readBlockComment(reader);
  else if (next === ';') pushFrame(reader, 'skip', 2);
  else if (next === '(') {
    reader.at += 1;
    pushFrame(reader, 'list', 1);
  } else readAtom(reader);
}

function readBlockComment(reader: Reader): void {
  const start = reader.at;
  let depth = 0;
  let at = start;
  while (at < reader.stop) {
    const pair = reader.text.slice(at, at + 2);
    if (pair === '#|') depth += 1;
    if (pair === '|#') depth -= 1;
    at += pair === '#|' || pair === '|#' ? 2 : 1;
    if (depth === 0) break;
  }
  reader.at = Math.min(at, reader.stop);
  keepComment(reader, start);
  if (depth > 0) report(reader, 'error', 'this comment is not closed', start, start + 2);
}

/**
 * In a plain string TinyScheme knows `\n`, `\t`, `\r`, `\"`, `\\`, `\xHH` and octal, and of any other escape
 * keeps the character alone: `"\."` is `.` (tinyscheme 1.41, scheme.c, readstrexp).
 */
function readString(reader: Reader, width: number, raw: boolean): void {
  const start = reader.at;
  const parts: string[] = [];
  let at = start + width;
  let from = at;
  let closed = false;
  while (at < reader.stop) {
    const unit = reader.text.charAt(at);
    if (unit === '"') {
      closed = true;
      break;
    }
    if (unit !== '\\') at += 1;
    else if (raw) at += 2;
    else {
      parts.push(reader.text.slice(from, at));
      const decoded = decodeEscape(reader.text, at);
      parts.push(decoded.text);
      at = decoded.end;
      from = at;
    }
  }
  at = Math.min(at, reader.stop);
  parts.push(reader.text.slice(Math.min(from, at), at));
  reader.at = closed ? at + 1 : at;
  if (!closed) report(reader, 'error', 'this string is not closed', start, start + width);
  complete(reader, {
    kind: 'string',
    text: parts.join(''),
    raw,
    place: originalPlace(reader.mapped, start, reader.at),
  });
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

function decodeEscape(text: string, at: number): { text: string; end: number } {
  const code = /^(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(text.slice(at + 1, at + 5));
  if (code !== null) {
    const value = code[1] === undefined ? Number.parseInt(code[2] ?? '0', 8) : Number.parseInt(code[1], 16);
    return { text: String.fromCharCode(value & 0xff), end: at + 1 + code[0].length };
  }
  const unit = text.charAt(at + 1);
  return { text: ESCAPES.get(unit) ?? unit, end: at + 2 };
}

const TEMPLATE_PAIRS: readonly (readonly [string, string])[] = [
  ['<%', '%>'],
  ['${', '}'],
  ['{{', '}}'],
  ['{', '}'],
];

function readAtom(reader: Reader): void {
  const start = reader.at;
  const template = templateEnd(reader, start);
  if (template !== null) {
    reader.at = template;
    completePlaceholder(reader, start);
    return;
  }
  let at = start + 1;
  while (at < reader.stop && !isDelimiter(reader.text.charAt(at))) at += 1;
  reader.at = at;
  const word = reader.text.slice(start, at);
  if (isPlaceholderWord(word)) {
    completePlaceholder(reader, start);
    return;
  }
  if (word === '.' && reader.frames.at(-1)?.kind === 'list') {
    const frame = reader.frames.at(-1);
    if (frame !== undefined) frame.dotted = true;
    return;
  }
  complete(reader, atomOf(word, originalPlace(reader.mapped, start, at)));
}

function templateEnd(reader: Reader, start: number): number | null {
  for (const [open, close] of TEMPLATE_PAIRS) {
    if (!reader.text.startsWith(open, start)) continue;
    const window = reader.text.slice(start, Math.min(reader.stop, start + MAX_PLACEHOLDER));
    const end = window.indexOf(close, open.length);
    if (end < 0) return null;
    const inner = window.slice(open.length, end);
    if (open === '{' && !/^\s*[A-Za-z_][\w.]*\s*$/.test(inner)) return null;
    return start + end + close.length;
  }
  return null;
}

function completePlaceholder(reader: Reader, start: number): void {
  const raw = reader.text.slice(start, reader.at);
  const name = raw.replace(/^[<%=${[\s-]+|[%>}\]\s-]+$/g, '').slice(0, 80);
  const place = originalPlace(reader.mapped, start, reader.at);
  complete(reader, { kind: 'placeholder', name: name === '' ? raw : name, place });
}

function isPlaceholderWord(word: string): boolean {
  return (
    /^(?:__[A-Za-z][A-Za-z0-9_]*__|@[A-Za-z][A-Za-z0-9_]*@)$/.test(word) ||
    /^\[[A-Z][A-Z0-9_]+\]$/.test(word) ||
    word.includes('${')
  );
}

function isDelimiter(unit: string): boolean {
  return unit === '(' || unit === ')' || unit === '"' || unit === ';' || unit === "'" || isBlank(unit);
}

const RADIX: ReadonlyMap<string, number> = new Map([
  ['b', 2],
  ['o', 8],
  ['d', 10],
  ['x', 16],
]);

function atomOf(word: string, place: Place): Sexpr {
  if (word === '#t' || word === '#true') return { kind: 'boolean', value: true, place };
  if (word === '#f' || word === '#false') return { kind: 'boolean', value: false, place };
  const radix = /^#([bodx])([0-9a-fA-F]{1,12})$/.exec(word);
  if (radix !== null) {
    const value = Number.parseInt(radix[2] ?? '', RADIX.get(radix[1] ?? '') ?? 10);
    if (!Number.isNaN(value)) return { kind: 'number', value, place };
  }
  if (/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(word)) return { kind: 'number', value: Number(word), place };
  return { kind: 'symbol', name: word, place };
}
