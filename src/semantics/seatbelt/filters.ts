/** What a rule's filter asks of the object of an operation, as a tree. */
import type { Place } from '../../source/source.ts';
import type { Pattern } from './pattern.ts';

interface FilterBase {
  /** The expression that made the filter; inside a function it is the function's own text. */
  readonly place: Place;
}

/** How a path is compared. `ancestors`: any directory above the path. */
export type PathTest = 'literal' | 'subpath' | 'prefix' | 'ancestors';

export interface PathFilter extends FilterBase {
  readonly kind: 'path';
  readonly test: PathTest;
  /** May hold unknown parts (`model/symbolic.ts`). */
  readonly text: string;
  readonly assumptions: readonly string[];
}

export interface PatternFilter extends FilterBase {
  readonly kind: 'pattern';
  /** The attribute that is matched: `path`, or the name of a name filter without its `-regex`. */
  readonly of: string;
  readonly source: string;
  /** Null for an expression that our engine does not know or that has unknown parts. */
  readonly pattern: Pattern | null;
  readonly assumptions: readonly string[];
}

export interface EndpointFilter extends FilterBase {
  readonly kind: 'endpoint';
  readonly side: 'remote' | 'local';
  /** `ip`, `tcp`, `udp`, or one of them with 4 or 6. */
  readonly protocol: string;
  readonly host: '*' | 'localhost' | 'unknown';
  /** Null: the port is not known. */
  readonly port: number | '*' | null;
}

export interface SocketFilter extends FilterBase {
  readonly kind: 'unix-socket';
  readonly side: 'remote' | 'local';
  /** Paths of the peer; null means any. */
  readonly filter: Filter | null;
}

export interface NameFilter extends FilterBase {
  readonly kind: 'name';
  /** `global-name`, `sysctl-name`, `preference-domain` … */
  readonly of: string;
  readonly test: 'exact' | 'prefix';
  readonly text: string;
  readonly assumptions: readonly string[];
}

/** One of a fixed set of words: `(target self)`, `(vnode-type DIRECTORY)`. */
export interface WordFilter extends FilterBase {
  readonly kind: 'word';
  readonly of: 'target' | 'vnode-type';
  readonly words: readonly string[];
}

/** A filter whose answer the text cannot give. */
export interface UnknownFilter extends FilterBase {
  readonly kind: 'unknown';
  readonly name: string;
  readonly reason: string;
}

export interface CompoundFilter extends FilterBase {
  readonly kind: 'all' | 'any' | 'not';
  /** One part for `not`. */
  readonly parts: readonly Filter[];
  /** Leaves below, counted as a tree. */
  readonly size: number;
  readonly depth: number;
}

export type LeafFilter =
  | PathFilter
  | PatternFilter
  | EndpointFilter
  | SocketFilter
  | NameFilter
  | WordFilter
  | UnknownFilter;
export type Filter = LeafFilter | CompoundFilter;

const MAX_FILTER_DEPTH = 60;
const MAX_FILTER_SIZE = 20_000;

export function isCompound(filter: Filter): filter is CompoundFilter {
  return filter.kind === 'all' || filter.kind === 'any' || filter.kind === 'not';
}

export function filterSize(filter: Filter): number {
  if (isCompound(filter)) return filter.size;
  return filter.kind === 'unix-socket' && filter.filter !== null ? filterSize(filter.filter) + 1 : 1;
}

function filterDepth(filter: Filter): number {
  if (isCompound(filter)) return filter.depth;
  return filter.kind === 'unix-socket' && filter.filter !== null ? filterDepth(filter.filter) + 1 : 1;
}

/** Null when the tree would grow past the limits. */
export function compound(
  kind: CompoundFilter['kind'],
  parts: readonly Filter[],
  place: Place,
): Filter | null {
  let size = 0;
  let depth = 0;
  for (const part of parts) {
    size += filterSize(part);
    depth = Math.max(depth, filterDepth(part));
  }
  if (size > MAX_FILTER_SIZE || depth >= MAX_FILTER_DEPTH) return null;
  return { kind, parts, place, size, depth: depth + 1 };
}

/** Null when the paths' filter is nested too deep. */
export function socketFilter(side: 'remote' | 'local', filter: Filter | null, place: Place): Filter | null {
  if (filter !== null && filterDepth(filter) >= MAX_FILTER_DEPTH) return null;
  return { kind: 'unix-socket', side, filter, place };
}

export function unknownFilter(name: string, reason: string, place: Place): UnknownFilter {
  return { kind: 'unknown', name, reason, place };
}

/** Every leaf, those of a socket's paths included, with whether an odd number of `require-not` stands above it. */
export function leavesOf(filter: Filter, negated = false): { leaf: LeafFilter; negated: boolean }[] {
  if (filter.kind === 'unix-socket' && filter.filter !== null) return leavesOf(filter.filter, negated);
  if (filter.kind === 'not') return filter.parts.flatMap((part) => leavesOf(part, !negated));
  if (isCompound(filter)) return filter.parts.flatMap((part) => leavesOf(part, negated));
  return [{ leaf: filter, negated }];
}
