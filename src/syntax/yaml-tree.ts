/**
 * Turns one composed YAML document into located nodes: aliases become the anchor's own node (shared, never
 * copied), merge keys are applied, duplicate keys settled.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Source, Span } from '../source/source.ts';
import type { ProblemList } from './limits.ts';
import { type EntryList, entryList } from './mapping.ts';
import type { MappingNode, Node, ScalarNode } from './node.ts';
import { createScalar, type MappedBuilder } from './scalar.ts';
import {
  blockEnd,
  blockShape,
  decodeBlock,
  decodeDoubleQuoted,
  decodePlain,
  decodeSingleQuoted,
} from './yaml-text.ts';

/**
 * Nodes that aliases and merge keys may add to a document if it were written out. The tree is shared, but
 * whoever walks it meets each use, so this is what keeps an alias bomb from going off later.
 */
const ALIAS_BUDGET = 200_000;
/** Nesting of the tree with its aliases followed. */
const MAX_RESOLVED_DEPTH = 128;

/** A node with what its parents must know of it. */
interface Built {
  readonly node: Node;
  /** Where the node as written ends; for an alias the alias, not its anchor. */
  readonly end: number;
  /** Nodes in it with aliases followed. */
  readonly size: number;
  /** Levels below it with aliases followed. */
  readonly height: number;
}

interface Walk {
  readonly source: Source;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly list: ProblemList;
  /** `undefined` while the anchored node is still being built. */
  readonly anchors: Map<string, Built | undefined>;
  /** Size and height of every mapping that could be merged. */
  readonly measures: Map<Node, Built>;
  /** Stand-ins for aliases that were not followed; what was wrong with them is told already. */
  readonly refused: Set<Node>;
  budget: number;
}

/** The document's root, or undefined where the parser gave none. */
export function yamlTree(
  source: Source,
  text: string,
  document: Document.Parsed,
  list: ProblemList,
): Node | undefined {
  if (document.contents === null) return undefined;
  const anchors = new Map<string, Built | undefined>();
  const walk: Walk = {
    source,
    text,
    document,
    list,
    anchors,
    measures: new Map(),
    refused: new Set(),
    budget: ALIAS_BUDGET,
  };
  return build(walk, document.contents, 0).node;
}

function build(walk: Walk, node: ParsedNode, depth: number): Built {
  if (isAlias(node)) return buildAlias(walk, node, depth);
  const anchor = node.anchor;
  if (anchor !== undefined) walk.anchors.set(anchor, undefined);
  let built: Built;
  if (isMap(node)) built = buildMapping(walk, node, depth);
  else if (isSeq(node)) built = buildSequence(walk, node, depth);
  else built = buildScalar(walk, node);
  walk.measures.set(built.node, built);
  if (anchor !== undefined) walk.anchors.set(anchor, built);
  return built;
}

/** An alias that leads nowhere stays in the tree as the text that it is. */
function opaque(walk: Walk, start: number, end: number): Built {
  const text = walk.text.slice(start, end);
  const node = createScalar({
    source: walk.source,
    span: { start, end },
    value: text,
    text,
    style: 'plain',
    decode: (builder) => builder.copy(start, end),
  });
  walk.refused.add(node);
  return { node, end, size: 1, height: 0 };
}

function buildAlias(walk: Walk, alias: Alias.Parsed, depth: number): Built {
  const [start, end] = alias.range;
  const target = walk.anchors.get(alias.source);
  if (target === undefined) {
    const inside = walk.anchors.has(alias.source);
    const why = inside ? 'stands inside its own anchor' : 'has no anchor before it';
    walk.list.add('error', `alias *${alias.source} ${why}`, start, end);
    return opaque(walk, start, end);
  }
  if (walk.budget < target.size || depth + target.height > MAX_RESOLVED_DEPTH) {
    walk.list.add(
      'limit',
      `alias *${alias.source} is not followed: aliases make this file too large`,
      start,
      end,
    );
    return opaque(walk, start, end);
  }
  walk.budget -= target.size;
  return { ...target, end };
}

/** Tag in the short form in which tags are written. */
function tagOf(walk: Walk, node: ParsedNode): string | undefined {
  return node.tag === undefined ? undefined : (walk.document.directives.tagString(node.tag) ?? node.tag);
}

/** Untagged and `!!` scalars as the parser read them; under a tag of others (`!override`) the core schema still holds. */
function scalarValue(node: Scalar.Parsed, text: string): ScalarNode['value'] {
  if (node.type === 'PLAIN' && node.tag !== undefined && !node.tag.startsWith('tag:')) return coreValue(text);
  const value = node.value;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
}

/** YAML 1.2.2 section 10.3.2. */
function coreValue(text: string): ScalarNode['value'] {
  if (/^(?:null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return text.toLowerCase() === 'true';
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  if (/^0x[0-9a-fA-F]+$/.test(text) || /^0o[0-7]+$/.test(text)) return Number(text);
  return text;
}

const STYLES = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
} as const;

function buildScalar(walk: Walk, node: Scalar.Parsed): Built {
  const style = STYLES[node.type ?? 'PLAIN'];
  const place = style === 'block' ? blockPlace(walk, node) : flowPlace(walk, node, style);
  const span = { start: Math.min(node.range[0], place.end), end: place.end };
  const text = node.source;
  const value = scalarValue(node, text);
  const tag = tagOf(walk, node);
  const scalar = createScalar({ source: walk.source, span, value, text, style, tag, decode: place.decode });
  return { node: scalar, end: place.end, size: 1, height: 0 };
}

interface ScalarPlace {
  readonly end: number;
  readonly decode: (builder: MappedBuilder) => void;
}

function flowPlace({ text }: Walk, node: Scalar.Parsed, style: ScalarNode['style']): ScalarPlace {
  const [start, end] = node.range;
  if (start === end) return { end: start - blanksBefore(text, start), decode: () => {} };
  if (style === 'single') return { end, decode: (to) => decodeSingleQuoted(text, start + 1, end - 1, to) };
  if (style === 'double') return { end, decode: (to) => decodeDoubleQuoted(text, start + 1, end - 1, to) };
  return { end, decode: (to) => decodePlain(text, start, end, to) };
}

/** The parser puts an empty value behind the blanks that follow the colon or dash. */
function blanksBefore(text: string, start: number): number {
  let at = start;
  while (at > 0 && (text[at - 1] === ' ' || text[at - 1] === '\t')) at -= 1;
  const indentation = at === 0 || text[at - 1] === '\n';
  return indentation ? 0 : start - at;
}

function blockPlace({ text }: Walk, node: Scalar.Parsed): ScalarPlace {
  const [start, rangeEnd] = node.range;
  const token = node.srcToken;
  const shape = blockShape(
    text,
    start,
    rangeEnd,
    token !== undefined && 'indent' in token ? token.indent : 0,
  );
  const header = /^[|>][-+0-9]*/.exec(text.slice(start, start + 16))?.[0] ?? '';
  return {
    end: blockEnd(text, start, rangeEnd, shape) ?? start + header.length,
    decode: (to) => decodeBlock(text, start, rangeEnd, shape, to),
  };
}

function buildSequence(walk: Walk, node: YAMLSeq.Parsed, depth: number): Built {
  const items: Node[] = [];
  let size = 1;
  let height = 0;
  let end = node.range[0] + 1;
  for (const item of node.items) {
    const built = build(walk, item, depth + 1);
    items.push(built.node);
    size += built.size;
    height = Math.max(height, built.height + 1);
    end = Math.max(end, built.end);
  }
  const span = collectionSpan(walk, node, end);
  const tag = tagOf(walk, node);
  const sequence: Node = {
    kind: 'sequence',
    source: walk.source,
    span,
    items,
    ...(tag === undefined ? {} : { tag }),
  };
  return { node: sequence, end: span.end, size, height };
}

/** Flow collections reach to their bracket, block ones to their last child. */
function collectionSpan(walk: Walk, node: YAMLMap.Parsed | YAMLSeq.Parsed, childEnd: number): Span {
  const [start, rangeEnd] = node.range;
  if (node.flow !== true) return { start, end: Math.max(start, childEnd) };
  const trimmed = start + walk.text.slice(start, rangeEnd).trimEnd().length;
  return { start, end: Math.max(trimmed, childEnd) };
}

interface Tally {
  size: number;
  height: number;
}

function buildMapping(walk: Walk, node: YAMLMap.Parsed, depth: number): Built {
  const written = entryList(walk.list);
  const merges: { readonly built: Built; readonly start: number; readonly end: number }[] = [];
  const tally: Tally = { size: 1, height: 0 };
  let end = node.range[0];
  for (const pair of node.items as Pair<ParsedNode, ParsedNode | null>[]) {
    // The key first: an anchor on it holds for its own value.
    const key = readKey(walk, pair.key, depth);
    const { start, end: keyEnd } = key.keySpan;
    const value = pair.value === null ? emptyValue(walk, keyEnd) : build(walk, pair.value, depth + 1);
    end = Math.max(end, keyEnd, value.end);
    if (isMergeKey(pair.key)) {
      merges.push({ built: value, start, end: Math.max(keyEnd, value.end) });
      continue;
    }
    written.put({ ...key, source: walk.source, value: value.node });
    tally.size += value.size;
    tally.height = Math.max(tally.height, value.height + 1);
  }
  for (const merge of merges) applyMerge(walk, merge.built, merge.start, merge.end, written, tally);
  const tag = tagOf(walk, node);
  const span = collectionSpan(walk, node, end);
  const mapping: MappingNode = {
    kind: 'mapping',
    source: walk.source,
    span,
    entries: written.entries(),
    ...(tag === undefined ? {} : { tag }),
  };
  return { node: mapping, end: span.end, ...tally };
}

function emptyValue(walk: Walk, at: number): Built {
  const node = createScalar({
    source: walk.source,
    span: { start: at, end: at },
    value: null,
    text: '',
    style: 'plain',
    decode: () => {},
  });
  return { node, end: at, size: 1, height: 0 };
}

/** A key that is itself a collection has no name; its own text stands for one. */
function readKey(walk: Walk, key: ParsedNode, depth: number): { key: string; keySpan: Span } {
  const { node, end } = build(walk, key, depth + 1);
  const keySpan = isAlias(key) ? { start: key.range[0], end } : node.span;
  if (node.kind === 'scalar') return { key: node.text, keySpan };
  walk.list.add(
    'note',
    'a mapping key that is itself a collection is read as text',
    keySpan.start,
    keySpan.end,
  );
  return { key: walk.text.slice(keySpan.start, keySpan.end), keySpan };
}

/** Only a plain `<<` merges, as go-yaml (`isMerge` in decode.go of github.com/go-yaml/yaml) has it. */
function isMergeKey(key: ParsedNode): boolean {
  return (
    isScalar(key) &&
    key.type === 'PLAIN' &&
    key.source === '<<' &&
    (key.tag === undefined || key.tag === '!' || key.tag === 'tag:yaml.org,2002:merge')
  );
}

/** https://yaml.org/type/merge.html: keys of the mapping itself win, then those merged earlier. */
function applyMerge(
  walk: Walk,
  built: Built,
  start: number,
  end: number,
  entries: EntryList,
  tally: Tally,
): void {
  const from = built.node.kind === 'sequence' ? new Set(built.node.items) : [built.node];
  for (const node of from) {
    if (walk.refused.has(node)) continue;
    if (node.kind !== 'mapping') {
      walk.list.add('error', 'the value of a merge key must be a mapping or a list of mappings', start, end);
      continue;
    }
    const measure = walk.measures.get(node);
    if (measure === undefined || walk.budget < measure.size) {
      walk.list.add('limit', 'this merge is not applied: merges make this file too large', start, end);
      continue;
    }
    walk.budget -= measure.size;
    for (const entry of node.entries) entries.inherit(entry);
    tally.size += measure.size;
    tally.height = Math.max(tally.height, measure.height);
  }
}
