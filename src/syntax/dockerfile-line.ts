/**
 * Splits a Dockerfile into its logical lines, as BuildKit does it (frontend/dockerfile/parser/parser.go in
 * github.com/moby/buildkit): comments and line continuations gone, here-documents set apart.
 */
import { type MappedText, mappedBuilder, originalPlace } from '../source/mapped.ts';
import type { Source, Span } from '../source/source.ts';
import type { ProblemList } from './limits.ts';

export interface DockerfileHeredoc {
  readonly name: string;
  /** The lines between; with `<<-` their leading tabs are gone. Variables in it are not expanded. */
  readonly content: MappedText;
  /** True where the name was quoted, so that Docker expands no variable in it. */
  readonly literal: boolean;
}

export interface LogicalLine {
  /** One line, without continuations and comments. */
  readonly text: MappedText;
  /** Runs of the file that make up `text`, in order. */
  readonly pieces: readonly Span[];
  /** From the first character to the end of the last here-document. */
  readonly span: Span;
  readonly heredocs: readonly DockerfileHeredoc[];
}

export interface LogicalLines {
  readonly lines: readonly LogicalLine[];
  readonly comments: readonly Span[];
  readonly escape: '\\' | '`';
}

/** Logical lines read from one file; a build of so many instructions would not run either. */
const MAX_LINES = 10_000;
const MAX_HEREDOCS = 64;

interface Reader {
  readonly source: Source;
  readonly list: ProblemList;
  readonly comments: Span[];
  escape: '\\' | '`';
  at: number;
}

/** `heredocsOf` says which here-documents a finished line opens, for that depends on its keyword. */
export function logicalLines(
  source: Source,
  list: ProblemList,
  heredocsOf: (line: string) => readonly HeredocWord[],
): LogicalLines {
  const at = source.text.startsWith('\uFEFF') ? 1 : 0;
  const reader: Reader = { source, list, comments: [], escape: '\\', at };
  readDirectives(reader);
  const lines: LogicalLine[] = [];
  while (reader.at < source.text.length) {
    const start = reader.at;
    const line = readLine(reader, heredocsOf);
    if (line === undefined) continue;
    if (lines.length >= MAX_LINES) {
      list.add('limit', `more than ${MAX_LINES} instructions; the rest was not read`, start, start);
      break;
    }
    lines.push(line);
  }
  return { lines, comments: reader.comments, escape: reader.escape };
}

/** The physical line at the reader, without its line break; Docker breaks lines at LF only. */
function nextLine(reader: Reader): Span {
  const { text } = reader.source;
  const start = reader.at;
  const feed = text.indexOf('\n', start);
  let end = feed === -1 ? text.length : feed;
  reader.at = feed === -1 ? text.length : feed + 1;
  while (end > start && text[end - 1] === '\r') end -= 1;
  return { start, end };
}

/** `# escape=` and its like stand above everything else (docs.docker.com/reference/dockerfile, parser directives). */
function readDirectives(reader: Reader): void {
  const { text } = reader.source;
  while (reader.at < text.length) {
    const before = reader.at;
    const line = nextLine(reader);
    const body = text.slice(line.start, line.end).trim();
    const match = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=(.*)$/.exec(body);
    if (match === null) {
      reader.at = before;
      return;
    }
    reader.comments.push(line);
    const value = match[2]?.trim() ?? '';
    if (match[1]?.toLowerCase() !== 'escape') continue;
    if (value === '`' || value === '\\') reader.escape = value;
    else reader.list.add('error', 'the escape directive must be ` or \\', line.start, line.end);
  }
}

function skipSpace(text: string, span: Span): number {
  let at = span.start;
  while (at < span.end && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}

/**
 * End of the line's content where its last character continues it, else undefined. An escape before the
 * last one undoes it (`lineContinuationRegex` in BuildKit's parser.go).
 */
function continuedEnd(text: string, start: number, end: number, mark: string): number | undefined {
  let at = end;
  while (at > start && (text[at - 1] === ' ' || text[at - 1] === '\t')) at -= 1;
  if (at <= start || text[at - 1] !== mark) return undefined;
  return at - 2 >= start && text[at - 2] === mark ? undefined : at - 1;
}

/** Reads one logical line; undefined for a blank or a comment. */
function readLine(
  reader: Reader,
  heredocsOf: (line: string) => readonly HeredocWord[],
): LogicalLine | undefined {
  const { text } = reader.source;
  const first = nextLine(reader);
  const start = skipSpace(text, first);
  if (start >= first.end) return undefined;
  if (text[start] === '#') {
    reader.comments.push({ start, end: first.end });
    return undefined;
  }
  const { pieces, end } = readPieces(reader, { start, end: first.end });
  const builder = mappedBuilder(reader.source);
  for (const piece of pieces) addPiece(text, piece, builder);
  const line = builder.build();
  if (line.text.trim() === '') return undefined;
  const heredocs: DockerfileHeredoc[] = [];
  const opener = originalPlace(line, 0, 1).span;
  const words = heredocsOf(line.text);
  for (const word of words.slice(0, MAX_HEREDOCS)) heredocs.push(readHeredoc(reader, word, opener));
  if (words.length > MAX_HEREDOCS)
    reader.list.add(
      'limit',
      `more than ${MAX_HEREDOCS} here-documents in one instruction`,
      opener.start,
      opener.end,
    );
  const last = heredocs.length > 0 ? endOfLineBefore(text, reader.at) : end;
  return { text: line, pieces, span: { start, end: Math.max(last, start) }, heredocs };
}

function endOfLineBefore(text: string, at: number): number {
  let end = at;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return end;
}

function readPieces(reader: Reader, first: Span): { readonly pieces: Span[]; readonly end: number } {
  const { text } = reader.source;
  const pieces: Span[] = [];
  let line = first;
  for (;;) {
    const stop = continuedEnd(text, line.start, line.end, reader.escape);
    const end = stop ?? line.end;
    if (end > line.start) pieces.push({ start: line.start, end });
    if (stop === undefined) return { pieces, end };
    const following = skipIgnored(reader);
    if (following === undefined) return { pieces, end };
    line = following;
  }
}

/** The next line that is neither blank nor a comment: inside a continuation Docker passes over both. */
function skipIgnored(reader: Reader): Span | undefined {
  const { text } = reader.source;
  while (reader.at < text.length) {
    const line = nextLine(reader);
    const start = skipSpace(text, line);
    if (start >= line.end) continue;
    if (text[start] !== '#') return line;
    reader.comments.push({ start, end: line.end });
  }
  return undefined;
}

/** Copies a piece; CR, VT and FF are white space to Docker, and CR would end the line for others. */
export function addPiece(text: string, piece: Span, builder: ReturnType<typeof mappedBuilder>): void {
  let run = piece.start;
  for (let at = run; at < piece.end; at += 1) {
    const unit = text[at];
    if (unit !== '\r' && unit !== '\v' && unit !== '\f') continue;
    builder.copy(run, at);
    builder.replace(' ', at, at + 1);
    run = at + 1;
  }
  builder.copy(run, piece.end);
}

export interface HeredocWord {
  readonly name: string;
  readonly chomp: boolean;
  readonly literal: boolean;
}

/**
 * Here-documents that a shell-like line opens. Only a whole word `<<NAME` counts, quotes respected; a line
 * whose quotes do not close opens none (`heredocsFromLine` and `reHeredoc` in BuildKit's parser.go).
 */
export function heredocWords(line: string): readonly HeredocWord[] {
  if (!line.includes('<<')) return [];
  const found: HeredocWord[] = [];
  for (const word of quotedWords(line) ?? []) {
    const match = /^[0-9]*<<(-?)([^<]+)$/.exec(word);
    const rest = match?.[2];
    if (rest === undefined) continue;
    const name = rest.replace(/\\(.)|["']/g, '$1');
    if (name !== '') found.push({ name, chomp: match?.[1] === '-', literal: /["']/.test(rest) });
  }
  return found;
}

/** Words with their quotes kept; undefined where a quote stays open. */
function quotedWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const unit = line[at] ?? '';
    if (quote === '' && /\s/.test(unit)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += unit;
    if (unit === '\\' && quote !== "'") {
      at += 1;
      word += line[at] ?? '';
    } else if (unit === quote) quote = '';
    else if (quote === '' && (unit === '"' || unit === "'")) quote = unit;
  }
  if (word !== '') words.push(word);
  return quote === '' ? words : undefined;
}

function readHeredoc(reader: Reader, word: HeredocWord, opener: Span): DockerfileHeredoc {
  const { source, list } = reader;
  const builder = mappedBuilder(source);
  while (reader.at < source.text.length) {
    const line = nextLine(reader);
    let start = line.start;
    while (word.chomp && start < line.end && source.text[start] === '\t') start += 1;
    if (source.text.slice(start, line.end) === word.name)
      return { name: word.name, content: builder.build(), literal: word.literal };
    builder.copy(start, reader.at);
  }
  list.add('error', `here-document ${word.name} is not closed`, opener.start, opener.end);
  return { name: word.name, content: builder.build(), literal: word.literal };
}
