/**
 * The located tree: what the YAML and JSONC readers give. Every node knows its file and its exact span, so
 * no later layer ever searches text for a position.
 */
import type { MappedText } from '../source/mapped.ts';
import type { Place, Source, Span } from '../source/source.ts';

interface Located {
  readonly source: Source;
  /** The node's own text: quotes and brackets included, trailing comment and line end not. */
  readonly span: Span;
  /** YAML tag as written (`!reset`, `!override`, `!!str`), if any. */
  readonly tag?: string;
}

export interface ScalarNode extends Located {
  readonly kind: 'scalar';
  /** The value by the language's own core schema; a YAML `yes` is a string, `null`/empty is null. */
  readonly value: string | number | boolean | null;
  /** The decoded text: for a plain scalar what is written, for a quoted one its content. */
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** The decoded text with the way back into the file, for readers of embedded languages. */
  mapped(): MappedText;
}

export interface SequenceNode extends Located {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
}

export interface MappingEntry {
  readonly key: string;
  readonly keySpan: Span;
  /** File that holds the key; differs from the mapping's own after a merge of several files. */
  readonly source: Source;
  readonly value: Node;
}

export interface MappingNode extends Located {
  readonly kind: 'mapping';
  /** Effective entries in order: merge keys applied, of duplicates the last alone. */
  readonly entries: readonly MappingEntry[];
}

export type Node = ScalarNode | SequenceNode | MappingNode;

/** What a reader could not read, or read with a caveat. */
export interface SyntaxProblem {
  readonly message: string;
  readonly place: Place;
  /** `error`: part of the file was not understood; `limit`: refused by a safety limit; `note`: read all the same. */
  readonly severity: 'error' | 'limit' | 'note';
}

export interface SyntaxResult {
  /** One root a document; JSONC has one. Empty where nothing could be read. */
  readonly documents: readonly Node[];
  readonly problems: readonly SyntaxProblem[];
  readonly comments: readonly Span[];
}

export function entryOf(node: Node | undefined, key: string): MappingEntry | undefined {
  return node?.kind === 'mapping' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function childOf(node: Node | undefined, key: string): Node | undefined {
  return entryOf(node, key)?.value;
}

/** The node at a path of keys, or undefined where the path ends early. */
export function descend(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((at, key) => childOf(at, key), node);
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'sequence' ? node.items : [];
}

export function entriesOf(node: Node | undefined): readonly MappingEntry[] {
  return node?.kind === 'mapping' ? node.entries : [];
}

export function placeOf(node: Node): Place {
  return { source: node.source, span: node.span };
}

export function keyPlace(entry: MappingEntry): Place {
  return { source: entry.source, span: entry.keySpan };
}

/** Key and value together: where `privileged: true` stands. */
export function entryPlace(entry: MappingEntry): Place {
  if (entry.source !== entry.value.source || entry.value.span.end < entry.keySpan.end) return keyPlace(entry);
  const start = Math.min(entry.keySpan.start, entry.value.span.start);
  return { source: entry.source, span: { start, end: Math.max(entry.keySpan.end, entry.value.span.end) } };
}
