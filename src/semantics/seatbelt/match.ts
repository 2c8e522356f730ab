/** Whether a filter holds for an object: yes, no, or what the text cannot tell. */
import { isResolved, unknownNames } from '../../model/symbolic.ts';
import type {
  EndpointFilter,
  Filter,
  NameFilter,
  PathFilter,
  PatternFilter,
  SocketFilter,
  WordFilter,
} from './filters.ts';
import { isInside, withoutDataVolume } from './paths.ts';
import { matchesPattern } from './pattern.ts';

/** What an operation is done to. Paths are absolute; the known links of macOS are resolved by `decide`. */
export type SeatbeltObject =
  | { readonly kind: 'path'; readonly path: string; readonly vnode?: VnodeType }
  | {
      readonly kind: 'ip';
      readonly direction: 'outbound' | 'inbound' | 'bind';
      readonly protocol: 'tcp' | 'udp';
      /** The peer; for `bind` the interface. `any-remote` is a host on the internet. */
      readonly host: 'localhost' | 'any-remote';
      /** Port of the peer (outbound) or of this side; null for one that no rule names. */
      readonly port: number | null;
    }
  | { readonly kind: 'unix-socket'; readonly path: string }
  | { readonly kind: 'mach'; readonly name: string; readonly namespace?: MachNamespace }
  /** Anything else that has a name: a sysctl, a preference domain; `of` is the filter that asks for it. */
  | { readonly kind: 'name'; readonly of: string; readonly name: string }
  | { readonly kind: 'target'; readonly target: 'self' | 'others' | 'same-sandbox' | 'children' | 'pgrp' };

export type VnodeType =
  | 'REGULAR-FILE'
  | 'DIRECTORY'
  | 'SYMLINK'
  | 'SOCKET'
  | 'CHARACTER-DEVICE'
  | 'BLOCK-DEVICE'
  | 'FIFO'
  | 'TTY';
export type MachNamespace = 'global-name' | 'local-name' | 'xpc-service-name';

export type Answer = 'yes' | 'no' | 'unknown';

/** One question to a filter, collecting what its answer rests on. */
export interface Query {
  readonly object: SeatbeltObject | null;
  /** What the rule does if the filter holds: doubt about a `deny` counts the other way. */
  readonly action: 'allow' | 'deny';
  readonly assumptions: Set<string>;
  /** Why an answer is unknown. */
  readonly reasons: Set<string>;
}

export function matchFilter(filter: Filter, query: Query): Answer {
  switch (filter.kind) {
    case 'all':
      return combine(filter.parts, query, 'no');
    case 'any':
      return combine(filter.parts, query, 'yes');
    case 'not':
      return opposite(combine(filter.parts, query, 'yes'));
    case 'unknown':
      query.reasons.add(filter.reason);
      return 'unknown';
    case 'path':
      return matchPath(filter, query);
    case 'pattern':
      return matchExpression(filter, query);
    case 'endpoint':
      return matchEndpoint(filter, query);
    case 'unix-socket':
      return matchSocket(filter, query);
    case 'name':
      return matchName(filter, query);
    case 'word':
      return matchWord(filter, query);
  }
}

/** `decisive` ends it: `no` among parts that must all hold, `yes` among those of which one must. */
function combine(parts: readonly Filter[], query: Query, decisive: 'yes' | 'no'): Answer {
  let result: Answer = decisive === 'yes' ? 'no' : 'yes';
  for (const part of parts) {
    const answer = matchFilter(part, query);
    if (answer === decisive) return decisive;
    if (answer === 'unknown') result = 'unknown';
  }
  return result;
}

function opposite(answer: Answer): Answer {
  return answer === 'unknown' ? answer : answer === 'yes' ? 'no' : 'yes';
}

/** The unknown answer of a filter that asks for what this operation's object was not told to have. */
function unasked(query: Query): Answer {
  if (query.object !== null) return 'no';
  query.reasons.add('the filter asks for something that was not named');
  return 'unknown';
}

function pathOf(object: SeatbeltObject | null): string | null {
  return object?.kind === 'path' || object?.kind === 'unix-socket' ? object.path : null;
}

function matchPath(filter: PathFilter, query: Query): Answer {
  const path = pathOf(query.object);
  if (path === null) return unasked(query);
  if (!isResolved(filter.text)) return matchOpenPath(filter, path, query);
  const holds = pathHolds(filter, filter.text, path);
  if (holds) {
    for (const assumption of filter.assumptions) query.assumptions.add(assumption);
    return 'yes';
  }
  const plain = withoutDataVolume(filter.text);
  if (plain === null || !pathHolds(filter, plain, path)) return 'no';
  query.reasons.add('which spelling of a path on the data volume a filter sees is not reliable');
  return 'unknown';
}

function pathHolds(filter: PathFilter, text: string, path: string): boolean {
  switch (filter.test) {
    case 'literal':
      return path === text;
    case 'subpath':
      return isInside(path, text);
    case 'prefix':
      return path.startsWith(text);
    case 'ancestors':
      return path !== text && isInside(text, path);
  }
}

/** What stands before the first unknown part can already rule the path out. */
function matchOpenPath(filter: PathFilter, path: string, query: Query): Answer {
  const known = filter.text.split('\uFDD2', 1)[0] ?? '';
  const possible =
    filter.test === 'ancestors' ? known.startsWith(path) || path.startsWith(known) : path.startsWith(known);
  if (!possible) return 'no';
  query.reasons.add(`${unknownNames(filter.text).join(', ')} cannot be known from the files`);
  return 'unknown';
}

function matchExpression(filter: PatternFilter, query: Query): Answer {
  const text = filter.of === 'path' ? pathOf(query.object) : nameOf(query.object, filter.of);
  if (text === null) return unasked(query);
  const holds = filter.pattern === null ? null : matchesPattern(filter.pattern, text);
  if (holds === null) {
    query.reasons.add('a regular expression that is not understood');
    return 'unknown';
  }
  if (!holds) return 'no';
  for (const assumption of filter.assumptions) query.assumptions.add(assumption);
  return 'yes';
}

/** The name that a filter of this kind sees; null where the object has none. */
function nameOf(object: SeatbeltObject | null, of: string): string | null {
  if (object?.kind === 'mach') return (object.namespace ?? 'global-name') === of ? object.name : null;
  return object?.kind === 'name' && object.of === of ? object.name : null;
}

function matchName(filter: NameFilter, query: Query): Answer {
  const name = nameOf(query.object, filter.of);
  if (name === null) return unasked(query);
  if (!isResolved(filter.text)) {
    const known = filter.text.split('\uFDD2', 1)[0] ?? '';
    if (!name.startsWith(known)) return 'no';
    query.reasons.add(`${unknownNames(filter.text).join(', ')} cannot be known from the files`);
    return 'unknown';
  }
  const holds = filter.test === 'exact' ? name === filter.text : name.startsWith(filter.text);
  if (holds) for (const assumption of filter.assumptions) query.assumptions.add(assumption);
  return holds ? 'yes' : 'no';
}

function matchWord(filter: WordFilter, query: Query): Answer {
  const { object } = query;
  if (filter.of === 'target') {
    if (object?.kind !== 'target') return unasked(query);
    return filter.words.includes(object.target) ? 'yes' : 'no';
  }
  const vnode = object?.kind === 'unix-socket' ? 'SOCKET' : object?.kind === 'path' ? object.vnode : null;
  if (vnode === null) return unasked(query);
  if (vnode !== undefined) return filter.words.includes(vnode) ? 'yes' : 'no';
  query.reasons.add('the kind of file is not known');
  return 'unknown';
}

function matchSocket(filter: SocketFilter, query: Query): Answer {
  if (query.object?.kind !== 'unix-socket') return unasked(query);
  if (filter.side === 'local') {
    query.reasons.add('a filter on the near end of a unix socket');
    return 'unknown';
  }
  return filter.filter === null ? 'yes' : matchFilter(filter.filter, query);
}

type IpObject = Extract<SeatbeltObject, { kind: 'ip' }>;

function matchEndpoint(filter: EndpointFilter, query: Query): Answer {
  const { object } = query;
  if (object?.kind !== 'ip') return unasked(query);
  const family = filter.protocol.replace(/[46]$/, '');
  if (family !== 'ip' && family !== object.protocol) return 'no';
  if (/[46]$/.test(filter.protocol) && query.action === 'deny') {
    query.reasons.add('the rule denies one of the two address families');
    return 'unknown';
  }
  return filter.side === 'local' ? matchNearEnd(filter, object, query) : matchFarEnd(filter, object, query);
}

/**
 * On an outbound operation a `local` filter is about the source address, which is not chosen yet when
 * connect() is checked: such an allow lets every destination through (anthropic-experimental/sandbox-runtime
 * #131 and #225, NixOS/nix#10078, bazelbuild/bazel#10068). Whether a deny does the same was not measured.
 * On inbound operations the peer cannot be restricted, so only the port counts.
 */
function matchNearEnd(filter: EndpointFilter, object: IpObject, query: Query): Answer {
  if (object.direction !== 'outbound') return matchPort(filter, object.port, query);
  if (query.action === 'allow') {
    query.assumptions.add('a `local` filter on outbound connections lets every destination through');
    return 'yes';
  }
  query.reasons.add('whether a `local` filter stops outbound connections is not known');
  return 'unknown';
}

function matchFarEnd(filter: EndpointFilter, object: IpObject, query: Query): Answer {
  if (filter.host === 'unknown') {
    query.reasons.add('the host of a network filter is not known');
    return 'unknown';
  }
  if (object.direction === 'bind') {
    query.reasons.add('a filter on the peer where there is none yet');
    return 'unknown';
  }
  if (object.direction === 'outbound') {
    if (filter.host === 'localhost' && object.host !== 'localhost') return 'no';
    return matchPort(filter, object.port, query);
  }
  if (filter.host === '*' && filter.port === '*') return 'yes';
  if (filter.host === 'localhost' && object.host === 'localhost' && filter.port === '*') return 'yes';
  query.reasons.add('Seatbelt cannot tell the peers of an inbound connection apart');
  return 'unknown';
}

function matchPort(filter: EndpointFilter, port: number | null, query: Query): Answer {
  if (filter.port === '*') return 'yes';
  if (filter.port !== null) return filter.port === port ? 'yes' : 'no';
  query.reasons.add('the port of a network filter is not known');
  return 'unknown';
}
