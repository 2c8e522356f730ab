/**
 * Reads YAML as Docker Compose and its like do, with exact spans. Broken files give what could be
 * understood. Limits: text size, nesting, documents, aliases; each is told as a problem.
 */
import { Composer, type CST, type Document, Parser } from 'yaml';
import type { Source, Span } from '../source/source.ts';
import { MAX_DEPTH, type ProblemList, problemList, refusesSize } from './limits.ts';
import type { Node, SyntaxResult } from './node.ts';
import { yamlTree } from './yaml-tree.ts';

const MAX_DOCUMENTS = 100;

/**
 * The schema is given in full, so that a `%YAML 1.1` line in the file cannot turn `yes` into a boolean, and
 * `uniqueKeys` is off because the package's check takes quadratic time; `yamlTree` does its own.
 */
const OPTIONS = {
  uniqueKeys: false,
  prettyErrors: false,
  keepSourceTokens: true,
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
} as const;

/** Never throws. An empty file has no documents and no problems. */
export function readYaml(source: Source): SyntaxResult {
  const list = problemList(source);
  if (refusesSize(source, list)) return { documents: [], problems: list.problems, comments: [] };
  const documents: Node[] = [];
  const comments: Span[] = [];
  try {
    const text = normalBreaks(source, list);
    for (const document of composed(text, list, comments)) {
      tellErrors(document, list);
      const root = yamlTree(source, text, document, list);
      if (root !== undefined) documents.push(root);
    }
  } catch (error) {
    // A fault of the parser package: nothing is known to raise one, and a reader must not let it through.
    list.add('error', `YAML reader failed: ${error instanceof Error ? error.message : 'unknown'}`, 0, 0);
  }
  return { documents, problems: list.problems, comments };
}

/**
 * YAML 1.2 counts a lone CR as a line break (section 5.4) and the package does not, which could hide a line
 * from us. The length stays the same. Compose reads with go-yaml, which follows YAML 1.1 and also breaks
 * lines at NEL, LS and PS (https://yaml.org/spec/1.1/#b-char): such a file is told as not fully understood.
 */
function normalBreaks(source: Source, list: ProblemList): string {
  const foreign = source.text.search(/[\u0085\u2028\u2029]/);
  if (foreign !== -1) {
    const message =
      'this character ends a line for YAML 1.1 readers (Docker Compose) but not for YAML 1.2 ones';
    list.add('error', message, foreign, foreign + 1);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  const control = source.text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (control !== -1) list.add('error', 'YAML does not allow this control character', control, control + 1);
  return source.text.replace(/\r(?!\n)/g, '\n');
}

function* composed(text: string, list: ProblemList, comments: Span[]): Generator<Document.Parsed> {
  const composer = new Composer(OPTIONS);
  let count = 0;
  for (const token of new Parser().parse(text)) {
    if (token.type === 'document') {
      count += 1;
      if (count > MAX_DOCUMENTS) {
        const message = `more than ${MAX_DOCUMENTS} documents; the rest was not read`;
        list.add('limit', message, token.offset, token.offset);
        break;
      }
    }
    if (token.type === 'comment') collectComments([token], comments);
    // Between documents these matter to writers alone.
    if (token.type === 'comment' || token.type === 'newline' || token.type === 'space') continue;
    const tooDeep = inspect(token, comments);
    if (tooDeep === undefined) yield* composer.next(token);
    else
      list.add('limit', `nested deeper than ${MAX_DEPTH}; this document was not read`, tooDeep, tooDeep + 1);
  }
  yield* composer.end();
  tellErrors(composer.streamInfo(), list);
}

interface Visit {
  readonly token: CST.Token;
  readonly depth: number;
}

/**
 * Walks a token tree without recursion. Collects the comments, in order, and gives the offset of the first
 * token that lies too deep: composing such a tree can abort the whole process (V8 ends it when a regular
 * expression is compiled near the stack's end).
 */
function inspect(root: CST.Token, comments: Span[]): number | undefined {
  const found: Span[] = [];
  const stack: Visit[] = [{ token: root, depth: 0 }];
  let tooDeep: number | undefined;
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { token, depth } = visit;
    for (const tokens of plainTokens(token)) collectComments(tokens, found);
    const isCollection = 'items' in token;
    if (isCollection && depth >= MAX_DEPTH) tooDeep = Math.min(tooDeep ?? token.offset, token.offset);
    else
      for (const child of nestedTokens(token))
        stack.push({ token: child, depth: isCollection ? depth + 1 : depth });
  }
  found.sort((a, b) => a.start - b.start);
  for (const span of found) comments.push(span);
  return tooDeep;
}

function nestedTokens(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [...(key ? [key] : []), ...(value ? [value] : [])]);
}

/** The lists of a token that hold no further collections. */
function plainTokens(token: CST.Token): readonly (readonly CST.Token[])[] {
  const lists: (readonly CST.Token[])[] = token.type === 'document' ? [token.start] : [];
  if ('props' in token) lists.push(token.props);
  if ('end' in token && token.end !== undefined) lists.push(token.end);
  if ('items' in token) for (const { start, sep } of token.items) lists.push(start, ...(sep ? [sep] : []));
  return lists;
}

function collectComments(tokens: readonly CST.Token[], found: Span[]): void {
  for (const token of tokens)
    if (token.type === 'comment')
      found.push({ start: token.offset, end: token.offset + token.source.trimEnd().length });
}

function tellErrors(document: Pick<Document.Parsed, 'errors' | 'warnings'>, list: ProblemList): void {
  for (const { message, pos } of document.errors) list.add('error', message, pos[0], pos[1]);
  for (const { code, message, pos } of document.warnings) {
    // An unknown tag is no problem of syntax: it is kept on the node for those who know it.
    if (code !== 'TAG_RESOLVE_FAILED') list.add('note', message, pos[0], pos[1]);
  }
}
