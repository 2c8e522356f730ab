/** What must hold of every located tree, whatever file it came from. */
import { expect } from 'vitest';
import { type MappedText, originalOffset } from '../../src/source/mapped.ts';
import type { Source, Span } from '../../src/source/source.ts';
import type { Node, ScalarNode, SyntaxResult } from '../../src/syntax/node.ts';

/** Every node once, though aliases share them. */
export function nodesOf(roots: readonly Node[]): readonly Node[] {
  const seen = new Set<Node>();
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...childrenOf(node));
  }
  return [...seen];
}

export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'sequence') return node.items;
  return node.kind === 'mapping' ? node.entries.map((entry) => entry.value) : [];
}

export function scalarsOf(roots: readonly Node[]): readonly ScalarNode[] {
  return nodesOf(roots).filter((node) => node.kind === 'scalar');
}

function inRange(source: Source, span: Span): boolean {
  return span.start >= 0 && span.start <= span.end && span.end <= source.text.length;
}

/** Spans lie in the file, and what was copied stands in the file where the map says. */
export function expectLocated(source: Source, result: SyntaxResult): void {
  const nodes = nodesOf(result.documents);
  const spans = nodes.map((node) => node.span);
  for (const node of nodes) if (node.kind === 'mapping') spans.push(...node.entries.map((e) => e.keySpan));
  spans.push(...result.comments, ...result.problems.map((problem) => problem.place.span));
  expect(spans.filter((span) => !inRange(source, span))).toEqual([]);
  for (const node of nodes) if (node.kind === 'scalar') expectMapped(node.mapped(), node.text);
}

export function expectMapped(mapped: MappedText, text: string): void {
  expect(mapped.text).toBe(text);
  const wrong: number[] = [];
  for (const [index, segment] of mapped.segments.entries()) {
    const stop = mapped.segments[index + 1]?.at ?? text.length;
    if (segment.end === undefined) {
      for (let at = segment.at; at < stop; at += 1)
        if (mapped.source.text[originalOffset(mapped, at)] !== text[at]) wrong.push(at);
    } else if (segment.end < segment.offset || segment.end > mapped.source.text.length)
      wrong.push(segment.at);
  }
  expect(wrong).toEqual([]);
}

/** True where the map is finer than one run that stands for the whole scalar. */
export function mappedExactly(node: ScalarNode): boolean {
  const [first, ...more] = node.mapped().segments;
  return more.length > 0 || first?.end === undefined || node.text.length <= 1;
}

/** Children lie inside their parents; holds only where no alias points elsewhere. */
export function expectNested(roots: readonly Node[]): void {
  for (const node of nodesOf(roots))
    for (const child of childrenOf(node)) {
      expect(child.span.start).toBeGreaterThanOrEqual(node.span.start);
      expect(child.span.end).toBeLessThanOrEqual(node.span.end);
    }
}

export type Plain = string | number | boolean | null | Plain[] | Map<string, Plain>;

/** The tree as bare values, to compare it with what was meant. */
export function plainOf(node: Node | undefined): Plain {
  if (node === undefined) return null;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(plainOf);
  return new Map(node.entries.map((entry) => [entry.key, plainOf(entry.value)]));
}

export function plainFrom(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(plainFrom);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, inner]) => [key, plainFrom(inner)]));
  return value as Plain;
}
