/**
 * `extends`: a service merged over another one, of the same file or of another, whose own `extends` is
 * followed first (compose-spec 05-services.md, compose-go loader/extends.go).
 */
import { displayText } from '../../model/symbolic.ts';
import type { Source } from '../../source/source.ts';
import {
  childOf,
  entryOf,
  type MappingEntry,
  type MappingNode,
  type Node,
  placeOf,
} from '../../syntax/node.ts';
import { directoryOf } from './files.ts';
import { type Loading, lookUp, rootOf, scalarText, scopeOf, serviceNamed, tellGap } from './loading.ts';
import { isNull, isReset, mergeNodes } from './merge.ts';

const MAX_CHAIN = 32;

/** One service on the way from the service that is audited down to its last base. */
interface Link {
  /** Name of the service that is audited. */
  readonly audited: string;
  readonly root: Node;
  /** Where the services of earlier files stand, for a name that this file lacks. */
  readonly earlier: Node | null;
  readonly stack: readonly Node[];
}

/** A file's tree with every service's bases merged in. */
export function withExtensions(loading: Loading, root: MappingNode, earlier: Node | null): MappingNode {
  const services = entryOf(root, 'services');
  if (services?.value.kind !== 'mapping') return root;
  if (!services.value.entries.some((entry) => childOf(entry.value, 'extends') !== undefined)) return root;
  const entries = services.value.entries.map((entry): MappingEntry => {
    const link: Link = { audited: entry.key, root, earlier, stack: [] };
    return { ...entry, value: extended(loading, entry.value, link) };
  });
  const value: MappingNode = { ...services.value, entries };
  return {
    ...root,
    entries: root.entries.map((entry) => (entry === services ? { ...entry, value } : entry)),
  };
}

function extended(loading: Loading, service: Node, link: Link): Node {
  const extension = childOf(service, 'extends');
  if (service.kind !== 'mapping' || extension === undefined || isNull(extension) || isReset(extension)) {
    return service;
  }
  const local: MappingNode = {
    ...service,
    entries: service.entries.filter((entry) => entry.key !== 'extends'),
  };
  if (link.stack.includes(service) || link.stack.length >= MAX_CHAIN) {
    const message = `${link.audited}: the services extend one another`;
    loading.diagnostics.push({ severity: 'error', message, place: placeOf(extension) });
    return local;
  }
  const base = baseOf(loading, extension, { ...link, stack: [...link.stack, service] });
  if (base === null) return local;
  // What was merged stands where the service does, so that only the base's own nodes lie elsewhere.
  return { ...mergeNodes(base, local, '', loading.budget), source: service.source, span: service.span };
}

function baseOf(loading: Loading, extension: Node, link: Link): Node | null {
  const mapping = extension.kind === 'mapping';
  const name = scalarText(loading, mapping ? childOf(extension, 'service') : extension);
  const file = mapping ? scalarText(loading, childOf(extension, 'file')) : null;
  const place = placeOf(extension);
  const what = `${link.audited} extends ${displayText(name ?? 'a service')}${file === null ? '' : ` of ${displayText(file)}`}`;
  const miss = (why: string): null => {
    tellGap(loading, link.audited, what, why, displayText(file ?? name ?? ''), place);
    return null;
  };
  if (name === null) return miss('it names no service');
  if (file === null) {
    const base = serviceNamed(loading, link.root, name) ?? serviceNamed(loading, link.earlier, name);
    return base === null ? miss('there is no such service') : extended(loading, base, link);
  }
  const found = lookUp(loading, file, scopeOf(loading, extension.source).directory);
  if (found.status !== 'read') return miss(found.why);
  enterFile(loading, found.source, extension.source);
  const root = rootOf(loading, found.source);
  const base = serviceNamed(loading, root, name);
  if (root === null || base === null) return miss('the file has no such service');
  return extended(loading, base, { ...link, root, earlier: null });
}

/** An extended file's paths start from its own directory; its variables are those of who extends it. */
function enterFile(loading: Loading, source: Source, from: Source): void {
  if (loading.scopes.has(source)) return;
  const directory = directoryOf(loading.project.relative(source));
  loading.scopes.set(source, { directory, variables: scopeOf(loading, from).variables });
}
