/**
 * Merging of compose trees, for override files and `extends` alike (compose-spec 13-merge.md, compose-go
 * override/merge.go). Every node of the result is a node of one of the files, or a collection of such nodes:
 * each fact keeps the line that decided it.
 */
import type { MappingEntry, MappingNode, Node, ScalarNode, SequenceNode } from '../../syntax/node.ts';

/** Nodes looked at in one project's merges; two alias bombs merged into one another would have no end. */
const MAX_STEPS = 200_000;

export interface MergeBudget {
  steps: number;
  /** Called once, when the limit is hit. */
  readonly exhausted: () => void;
}

export function mergeBudget(exhausted: () => void): MergeBudget {
  return { steps: MAX_STEPS, exhausted };
}

/** A later file replaces these wholly (compose-spec 13-merge.md, "Shell commands"). */
const REPLACED = new Set(['command', 'entrypoint', 'test']);
/** Names with values, of which a later null is a value too: taken from the host. */
const FLAT = new Set(['environment', 'args', 'labels', 'annotations', 'sysctls', 'extra_hosts']);
/** These are written as one text or as a list of them. */
const TEXT_OR_LIST = new Set(['env_file', 'tmpfs', 'dns', 'dns_search', 'label_file']);

/** `!reset` takes a setting away, its placeholder value ignored (compose-go loader/reset.go). */
export function isReset(node: Node): boolean {
  return node.tag === '!reset';
}

export function isNull(node: Node): node is ScalarNode {
  return node.kind === 'scalar' && node.value === null;
}

/**
 * @param key the key that both nodes stand under
 */
export function mergeNodes(base: Node, over: Node, key: string, budget: MergeBudget): Node {
  budget.steps -= 1;
  if (budget.steps < 0) {
    if (budget.steps === -1) budget.exhausted();
    return over;
  }
  if (over.tag === '!override' || isReset(over) || isReset(base) || isNull(base)) return over;
  if (REPLACED.has(key)) return over;
  if (isNull(over)) return base;
  if (FLAT.has(key)) return mergeFlat(base, over);
  if (TEXT_OR_LIST.has(key)) return concatenated(listOf(base), listOf(over));
  if (key === 'build') return mergeCollections(buildMapping(base), buildMapping(over), budget);
  return mergeCollections(base, over, budget);
}

function mergeCollections(base: Node, over: Node, budget: MergeBudget): Node {
  if (base.kind === 'mapping' && over.kind === 'mapping') return mergeMappings(base, over, budget);
  if (base.kind === 'scalar' || over.kind === 'scalar') return over;
  return concatenated(listOf(base), listOf(over));
}

function mergeMappings(base: MappingNode, over: MappingNode, budget: MergeBudget): MappingNode {
  const byKey = new Map(base.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const earlier = byKey.get(entry.key);
    byKey.set(entry.key, earlier === undefined ? entry : mergeEntries(earlier, entry, budget));
  }
  return { ...base, entries: [...byKey.values()] };
}

function mergeFlat(base: Node, over: Node): Node {
  if (base.kind !== 'mapping' || over.kind !== 'mapping') return concatenated(listOf(base), listOf(over));
  const byKey = new Map([...base.entries, ...over.entries].map((entry) => [entry.key, entry]));
  return { ...base, entries: [...byKey.values()] };
}

/** Where the result is one of the two values as it stands, its own key goes with it. */
function mergeEntries(base: MappingEntry, over: MappingEntry, budget: MergeBudget): MappingEntry {
  const value = mergeNodes(base.value, over.value, over.key, budget);
  if (value === over.value) return over;
  return { ...base, value };
}

function concatenated(base: SequenceNode, over: SequenceNode): SequenceNode {
  return { ...base, items: [...base.items, ...over.items] };
}

/** One form for what may be a list, a mapping or one text: a mapping becomes a list of its entries. */
function listOf(node: Node): SequenceNode {
  if (node.kind === 'sequence') return node;
  const { source, span } = node;
  if (node.kind === 'scalar') return { kind: 'sequence', source, span, items: [node] };
  const items = node.entries.map(
    (entry): MappingNode => ({
      kind: 'mapping',
      source: entry.source,
      span: entry.keySpan,
      entries: [entry],
    }),
  );
  return { kind: 'sequence', source, span, items };
}

/** `build: dir` is short for `build: {context: dir}`. */
function buildMapping(node: Node): Node {
  if (node.kind !== 'scalar') return node;
  const { source, span } = node;
  return {
    kind: 'mapping',
    source,
    span,
    entries: [{ key: 'context', keySpan: span, source, value: node }],
  };
}
