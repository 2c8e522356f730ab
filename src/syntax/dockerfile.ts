/**
 * Reads a Dockerfile into stages and instructions with exact spans. Lines are split here, as Docker splits
 * them; words and `NAME=value` pairs of one line are told apart by dockerfile-ast, which then never meets a
 * continuation, a comment or a here-document.
 */
import { DockerfileParser, type Instruction, PropertyInstruction } from 'dockerfile-ast';
import { type Node as JsonNode, parseTree } from 'jsonc-parser';
import { type MappedText, mappedBuilder, originalOffset, originalPlace } from '../source/mapped.ts';
import type { Source, Span } from '../source/source.ts';
import {
  addPiece,
  type DockerfileHeredoc,
  heredocWords,
  type LogicalLine,
  logicalLines,
} from './dockerfile-line.ts';
import { type ProblemList, problemList, refusesSize } from './limits.ts';
import type { SyntaxProblem } from './node.ts';

export type { DockerfileHeredoc } from './dockerfile-line.ts';

/** A word of an instruction: white space parts words; as written, but in JSON form decoded. */
export interface DockerfileWord {
  readonly text: string;
  readonly span: Span;
}

/** `--name=value` before the first argument; a flag without `=` has no value. */
export interface DockerfileFlag {
  readonly name: string;
  readonly value: string | null;
  readonly span: Span;
}

/** `NAME=value` of ENV, ARG, LABEL, quotes removed; `value` is null where none is written. */
export interface DockerfileProperty {
  readonly name: string;
  readonly value: string | null;
  readonly span: Span;
}

export interface DockerfileInstruction {
  /** In upper case; not necessarily one that Docker knows. */
  readonly keyword: string;
  readonly keywordSpan: Span;
  readonly span: Span;
  readonly flags: readonly DockerfileFlag[];
  /** Arguments behind the flags. */
  readonly args: readonly DockerfileWord[];
  readonly properties: readonly DockerfileProperty[];
  /** True where the arguments are a JSON array of strings (the exec form). */
  readonly json: boolean;
  /** The shell text of RUN, CMD and ENTRYPOINT in shell form: one line, as Docker hands it to the shell. */
  readonly body?: MappedText;
  readonly heredocs: readonly DockerfileHeredoc[];
  /** The instruction inside ONBUILD, or the CMD inside HEALTHCHECK. */
  readonly inner?: DockerfileInstruction;
}

export interface DockerfileStage {
  /** From `AS name`, as written. */
  readonly name?: string;
  /** The image as written, variables unexpanded; empty text where FROM has none. */
  readonly from: DockerfileWord;
  readonly fromInstruction: DockerfileInstruction;
  /** Those behind FROM. */
  readonly instructions: readonly DockerfileInstruction[];
}

export interface DockerfileDocument {
  readonly source: Source;
  readonly stages: readonly DockerfileStage[];
  /** ARGs before the first FROM; `value` is the default. */
  readonly globalArgs: readonly DockerfileProperty[];
  readonly escape: '\\' | '`';
  readonly comments: readonly Span[];
  readonly problems: readonly SyntaxProblem[];
}

/** Never throws. A file without FROM has no stages and a problem that says so. */
export function readDockerfile(source: Source): DockerfileDocument {
  const list = problemList(source);
  const empty = { source, stages: [], globalArgs: [], escape: '\\', comments: [] } as const;
  if (refusesSize(source, list)) return { ...empty, problems: list.problems };
  try {
    const { lines, ...found } = logicalLines(source, list, heredocsOf);
    const instructions: DockerfileInstruction[] = [];
    for (const line of lines) {
      const instruction = readInstruction({ source, line, escape: found.escape }, 0, 0);
      if (instruction !== undefined) instructions.push(instruction);
    }
    return { source, ...grouped(instructions, list), ...found, problems: list.problems };
  } catch (error) {
    // A fault of the parser package: nothing is known to raise one, and a reader must not let it through.
    list.add(
      'error',
      `Dockerfile reader failed: ${error instanceof Error ? error.message : 'unknown'}`,
      0,
      0,
    );
    return { ...empty, problems: list.problems };
  }
}

function grouped(instructions: readonly DockerfileInstruction[], list: ProblemList) {
  const stages: (DockerfileStage & { instructions: DockerfileInstruction[] })[] = [];
  const globalArgs: DockerfileProperty[] = [];
  for (const instruction of instructions) {
    const { keyword, args, span } = instruction;
    const stage = stages.at(-1);
    if (keyword === 'FROM') {
      const from = args[0] ?? { text: '', span: { start: span.end, end: span.end } };
      if (args[0] === undefined) list.add('error', 'FROM names no image', span.start, span.end);
      const name = args[1]?.text.toLowerCase() === 'as' ? args[2]?.text : undefined;
      const named = name === undefined ? {} : { name };
      stages.push({ ...named, from, fromInstruction: instruction, instructions: [] });
    } else if (stage !== undefined) stage.instructions.push(instruction);
    else if (keyword === 'ARG') globalArgs.push(...instruction.properties);
    else list.add('error', `${keyword.slice(0, 40)} stands before any FROM`, span.start, span.end);
  }
  if (stages.length === 0) list.add('error', 'there is no FROM', 0, 0);
  return { stages, globalArgs };
}

/** Keywords behind which BuildKit looks for here-documents (`heredocDirectives` in its parser.go). */
const HEREDOC_KEYWORDS = new Set(['ADD', 'COPY', 'RUN']);
const SHELL_KEYWORDS = new Set(['RUN', 'CMD', 'ENTRYPOINT']);
const JSON_KEYWORDS = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME']);
const PROPERTY_KEYWORDS = new Set(['ARG', 'ENV', 'LABEL']);

function heredocsOf(line: string): readonly { name: string; chomp: boolean; literal: boolean }[] {
  const [first = '', second = ''] = line.trimStart().split(/\s+/, 2);
  const keyword = (first.toUpperCase() === 'ONBUILD' ? second : first).toUpperCase();
  if (!HEREDOC_KEYWORDS.has(keyword)) return [];
  const words = heredocWords(line);
  if (words.length === 0) return words;
  const rest = line
    .slice(line.toUpperCase().indexOf(keyword) + keyword.length)
    .replace(/^(?:\s+--\S+)*\s*/, '');
  return jsonStrings(rest) === undefined ? words : [];
}

interface Context {
  readonly source: Source;
  readonly line: LogicalLine;
  readonly escape: string;
}

/** Reads the instruction that begins at `at` of the logical line; `depth` counts ONBUILD and HEALTHCHECK around it. */
function readInstruction(context: Context, at: number, depth: number): DockerfileInstruction | undefined {
  const { line } = context;
  const text = line.text.text;
  const begin = at + (text.slice(at).length - text.slice(at).trimStart().length);
  const word = /^[^\t ]+/.exec(text.slice(begin))?.[0];
  if (word === undefined) return undefined;
  const keyword = word.toUpperCase();
  const restAt = begin + word.length;
  const words = wordsOf(context, restAt);
  const { flags, count } = flagsOf(words);
  const args = words.slice(count);
  const argsAt = args[0]?.at ?? text.length;
  const json = JSON_KEYWORDS.has(keyword) ? jsonWords(context, argsAt) : undefined;
  const innerAt = innerStart(keyword, args);
  const inner =
    innerAt === undefined || depth >= 2 ? undefined : readInstruction(context, innerAt, depth + 1);
  const shell = SHELL_KEYWORDS.has(keyword) && json === undefined && args.length > 0;
  return {
    keyword,
    keywordSpan: originalPlace(line.text, begin, restAt).span,
    span: depth === 0 ? line.span : { start: originalOffset(line.text, begin), end: line.span.end },
    flags,
    args: json ?? args.map(({ text: value, span }) => ({ text: value, span })),
    properties: PROPERTY_KEYWORDS.has(keyword) ? propertiesOf(context, keyword, restAt, words) : [],
    json: json !== undefined,
    heredocs: line.heredocs,
    ...(shell ? { body: bodyFrom(context, argsAt) } : {}),
    ...(inner === undefined ? {} : { inner }),
  };
}

function innerStart(keyword: string, args: readonly LineWord[]): number | undefined {
  if (keyword === 'ONBUILD') return args[0]?.at;
  if (keyword === 'HEALTHCHECK' && args[0]?.text.toUpperCase() === 'CMD') return args[0].at;
  return undefined;
}

/** The rest of the logical line from `at`, mapped piece by piece. */
function bodyFrom(context: Context, at: number): MappedText {
  const { source, line } = context;
  const from = originalOffset(line.text, at);
  const builder = mappedBuilder(source);
  for (const piece of line.pieces)
    if (piece.end > from)
      addPiece(source.text, { start: Math.max(piece.start, from), end: piece.end }, builder);
  return builder.build();
}

interface LineWord extends DockerfileWord {
  /** Offset in the logical line. */
  readonly at: number;
}

/** Lets dockerfile-ast read `rest` behind `keyword`; `offset` turns its columns into offsets of `rest`. */
function parseRest(keyword: string, rest: string, mark: string) {
  const head = mark === '\\' ? '' : `# escape=${mark}\n`;
  const [instruction] = DockerfileParser.parse(`${head}${keyword} ${rest}`).getInstructions();
  return { instruction, offset: (character: number) => character - keyword.length - 1 };
}

function wordsOf(context: Context, restAt: number): readonly LineWord[] {
  const { line } = context;
  // WORDS is no instruction, so the package applies no rules of one and gives bare words.
  const { instruction, offset } = parseRest('WORDS', line.text.text.slice(restAt), context.escape);
  return (instruction?.getArguments() ?? []).map((argument) => {
    const range = argument.getRange();
    const at = restAt + offset(range.start.character);
    const end = restAt + offset(range.end.character);
    return { text: line.text.text.slice(at, end), span: originalPlace(line.text, at, end).span, at };
  });
}

/** `--` alone ends the flags (`extractBuilderFlags` in BuildKit's split_command.go). */
function flagsOf(words: readonly LineWord[]): { readonly flags: DockerfileFlag[]; readonly count: number } {
  const flags: DockerfileFlag[] = [];
  for (const { text, span } of words) {
    if (text === '--') return { flags, count: flags.length + 1 };
    if (!text.startsWith('--')) break;
    const equals = text.indexOf('=');
    const name = text.slice(2, equals === -1 ? text.length : equals);
    flags.push({ name, value: equals === -1 ? null : text.slice(equals + 1), span });
  }
  return { flags, count: flags.length };
}

function propertiesOf(
  context: Context,
  keyword: string,
  restAt: number,
  words: readonly LineWord[],
): readonly DockerfileProperty[] {
  // `ARG a b` declares two, where `ENV a b` sets one; the package reads both the second way.
  if (keyword === 'ARG' && words[0]?.text.includes('=') === false) return words.map(declared);
  const { line } = context;
  const { instruction, offset } = parseRest(keyword, line.text.text.slice(restAt), context.escape);
  if (!isPropertyInstruction(instruction)) return [];
  return instruction.getProperties().map((property) => {
    const { start, end } = property.getRange();
    const from = restAt + offset(start.character);
    const { span } = originalPlace(line.text, from, restAt + offset(end.character));
    return { name: property.getName(), value: property.getValue(), span };
  });
}

function isPropertyInstruction(instruction: Instruction | undefined): instruction is PropertyInstruction {
  return instruction instanceof PropertyInstruction;
}

function declared({ text, span }: LineWord): DockerfileProperty {
  const equals = text.indexOf('=');
  if (equals === -1) return { name: text, value: null, span };
  return { name: text.slice(0, equals), value: text.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2'), span };
}

/** The strings of a JSON array of strings; undefined for all else, which Docker then takes for shell text. */
function jsonStrings(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const strings = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
    return Array.isArray(value) && strings?.length === value.length ? strings : undefined;
  } catch {
    return undefined;
  }
}

function jsonWords(context: Context, at: number): readonly DockerfileWord[] | undefined {
  const { text } = context.line.text;
  const rest = text.slice(at);
  // Only what JSON.parse took for a flat array goes to the recursive parser.
  if (jsonStrings(rest) === undefined) return undefined;
  const children: readonly JsonNode[] = parseTree(rest)?.children ?? [];
  return children.map((node) => ({
    text: String(node.value),
    span: originalPlace(context.line.text, at + node.offset, at + node.offset + node.length).span,
  }));
}
