/**
 * Shell text as a tree that keeps positions: the one place that touches the parser package.
 * Spans of the tree index `ShellScript.text`; `scriptPlace` leads back to the file.
 */
import { forEachChild, type ParsedScript, parse, type Statement, type SyntaxNode, type Word } from 'unbash';
import { type MappedText, mappedBuilder, originalPlace, sliceMapped } from '../source/mapped.ts';
import type { Place } from '../source/source.ts';
import type { SyntaxProblem } from './node.ts';

export type * from 'unbash';
export { forEachChild } from 'unbash';

/** A script, or a piece of one that is read again (`eval`, `sh -c`, one result of a brace expansion). */
export interface ShellScript {
  readonly mapped: MappedText;
  /** What the tree's positions index: the text without the carriage returns of its line ends. */
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly problems: readonly SyntaxProblem[];
}

export interface ShellComment {
  /** With its `#`. */
  readonly text: string;
  readonly place: Place;
}

const MAX_TEXT = 4_000_000;
/** Here-documents opened on one line cost the parser quadratic time; nobody writes more than a few. */
const MAX_HEREDOCS_ON_LINE = 200;
const MAX_REPAIRS = 20;
const MAX_PROBLEMS = 50;

/** Parses; never throws. What could not be read is in `problems`, and the rest is there all the same. */
export function parseShell(input: MappedText): ShellScript {
  const mapped = withoutCarriageReturns(input);
  const text = mapped.text;
  const refused = refusal(text);
  if (refused !== null) return unreadable(mapped, refused);
  const problems: SyntaxProblem[] = [];
  try {
    const first = parse(text);
    const statements = [...first.commands];
    addErrors(problems, mapped, first);
    const repaired = repair(first, text, (again) => {
      statements.push(...again.commands);
      addErrors(problems, mapped, again);
    });
    if (!repaired) problems.push(problem(mapped, text.length, 'too many syntax errors', 'limit'));
    return { mapped, text, statements, problems: problems.slice(0, MAX_PROBLEMS) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unreadable(mapped, 'the script is nested too deeply to be read');
  }
}

/** The place in the file that a node, or any span of the script's text, came from. */
export function scriptPlace(script: ShellScript, start: number, end: number): Place {
  // Nodes of unterminated input can end a character or two behind the text.
  const limit = script.text.length;
  return originalPlace(script.mapped, Math.min(start, limit), Math.min(end, limit));
}

/** Reads a part of a script (or text put together from parts) as exactly one word, if it is one. */
export function parseWord(mapped: MappedText): { script: ShellScript; word: Word } | null {
  const builder = mappedBuilder(mapped.source);
  const at = mapped.segments[0]?.offset ?? 0;
  builder.replace(': ', at, at);
  const script = parseShell(joinMapped([builder.build(), mapped]));
  const command = script.statements.length === 1 ? script.statements[0]?.command : undefined;
  if (command?.type !== 'Command' || command.suffix.length !== 1) return null;
  const word = command.suffix[0];
  return word?.type === 'Word' ? { script, word } : null;
}

/** Puts mapped texts of one file behind each other. */
export function joinMapped(parts: readonly MappedText[]): MappedText {
  const first = parts[0];
  if (first === undefined) throw new TypeError('nothing to join');
  let text = '';
  const segments: MappedText['segments'][number][] = [];
  for (const part of parts) {
    for (const segment of part.segments) segments.push({ ...segment, at: segment.at + text.length });
    text += part.text;
  }
  return { source: first.source, text, segments, end: parts.at(-1)?.end ?? first.end };
}

/**
 * A backslash before CR LF escapes the CR in bash too, and the continuation is lost; scripts with such line
 * ends run only where something strips them first, so they are read as they were meant.
 */
function withoutCarriageReturns(mapped: MappedText): MappedText {
  if (!mapped.text.includes('\r\n')) return mapped;
  const parts: MappedText[] = [];
  let start = 0;
  for (let at = mapped.text.indexOf('\r\n'); at !== -1; at = mapped.text.indexOf('\r\n', at + 1)) {
    if (at > start) parts.push(sliceOfPlain(mapped, start, at));
    start = at + 1;
  }
  if (start < mapped.text.length) parts.push(sliceOfPlain(mapped, start, mapped.text.length));
  return joinMapped(parts);
}

function sliceOfPlain(mapped: MappedText, start: number, end: number): MappedText {
  const only = mapped.segments.length === 1 ? mapped.segments[0] : undefined;
  if (only === undefined || only.end !== undefined) return sliceMapped(mapped, start, end);
  const offset = only.offset + start - only.at;
  const text = mapped.text.slice(start, end);
  return { source: mapped.source, text, segments: [{ at: 0, offset }], end: offset + text.length };
}

function refusal(text: string): string | null {
  if (text.length > MAX_TEXT) return `the script is longer than ${MAX_TEXT} characters`;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 10) count = 0;
    else if (unit === 60 && text.charCodeAt(at + 1) === 60) {
      count += 1;
      at += 1;
      if (count > MAX_HEREDOCS_ON_LINE) return 'too many here-documents on one line';
    }
  }
  return null;
}

/** An unterminated quote or array swallows the rest of the file: what follows its first line is read again. */
function repair(first: ParsedScript, text: string, add: (again: ParsedScript) => void): boolean {
  let broken = swallowed(first);
  for (let round = 0; broken !== null; round += 1) {
    const next = text.indexOf('\n', broken);
    if (next === -1) return true;
    if (round === MAX_REPAIRS) return false;
    const again = parse(' '.repeat(next + 1) + text.slice(next + 1));
    add(again);
    broken = swallowed(again);
  }
  return true;
}

function swallowed(script: ParsedScript): number | null {
  return script.errors?.find((error) => error.message.startsWith('unterminated'))?.pos ?? null;
}

function addErrors(problems: SyntaxProblem[], mapped: MappedText, script: ParsedScript): void {
  for (const error of script.errors ?? []) {
    if (problems.length > MAX_PROBLEMS) return;
    problems.push(problem(mapped, error.pos, error.message, 'error'));
  }
}

function problem(
  mapped: MappedText,
  at: number,
  message: string,
  severity: SyntaxProblem['severity'],
): SyntaxProblem {
  return { message, place: originalPlace(mapped, at, Math.min(at + 1, mapped.text.length)), severity };
}

function unreadable(mapped: MappedText, message: string): ShellScript {
  return { mapped, text: mapped.text, statements: [], problems: [problem(mapped, 0, message, 'limit')] };
}

/** The comments of a script, which the parser drops: a `#` between the tokens, up to the end of its line. */
export function shellComments(script: ShellScript): readonly ShellComment[] {
  const covered = tokenSpans(script);
  const comments: ShellComment[] = [];
  let at = 0;
  for (const [start, end] of [...covered, [script.text.length, script.text.length] as const]) {
    if (start > at) collectComments(script, at, start, comments);
    at = Math.max(at, end);
  }
  return comments;
}

function collectComments(script: ShellScript, from: number, to: number, into: ShellComment[]): void {
  let at = from;
  while (at < to) {
    const hash = script.text.indexOf('#', at);
    if (hash === -1 || hash >= to) return;
    const before = hash === 0 ? '\n' : script.text[hash - 1];
    if (before === undefined || !/[\s;&|()]/.test(before)) {
      at = hash + 1;
      continue;
    }
    const newline = script.text.indexOf('\n', hash);
    const end = newline === -1 ? script.text.length : newline;
    into.push({ text: script.text.slice(hash, end), place: scriptPlace(script, hash, end) });
    at = end;
  }
}

/** Spans in which no comment can begin: words, here-document bodies, arithmetic. */
function tokenSpans(script: ShellScript): readonly (readonly [number, number])[] {
  const spans: (readonly [number, number])[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Word' || node.type === 'HereDocBody' || node.type === 'ArithmeticCommand') {
      spans.push([node.pos, node.end]);
      return;
    }
    if (node.type === 'Assignment') spans.push([node.pos, node.value.pos]);
    forEachChild(node, visit);
  };
  for (const statement of script.statements) visit(statement);
  return spans.sort((a, b) => a[0] - b[0]);
}
