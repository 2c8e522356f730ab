/** Several files as one tree: override files over their base, and `include` (compose-spec 14-include.md). */
import { hostPath } from '../../model/host-path.ts';
import type { Source } from '../../source/source.ts';
import { childOf, itemsOf, type MappingNode, type Node, placeOf } from '../../syntax/node.ts';
import { withExtensions } from './extends.ts';
import { directoryOf, joinPath } from './files.ts';
import {
  environmentAt,
  type FileScope,
  type Loading,
  lookUp,
  rootOf,
  scalarText,
  servicesIn,
  tellGap,
} from './loading.ts';
import { isNull, isReset, mergeNodes } from './merge.ts';

const MAX_FILES = 200;
const MAX_INCLUDES = 16;

/** Loads files over one another, base first. */
export function loadFiles(
  loading: Loading,
  files: readonly Source[],
  scope: FileScope,
  stack: readonly Source[] = [],
): Node | null {
  let merged: Node | null = null;
  for (const source of files) {
    if (loading.scopes.size >= MAX_FILES) break;
    if (!loading.scopes.has(source)) loading.scopes.set(source, scope);
    const root = rootOf(loading, source);
    if (root?.kind !== 'mapping') continue;
    const included = includedTree(loading, root, scope, [...stack, source]);
    const extended = withExtensions(loading, root, merged);
    const complete: Node = included === null ? extended : mergeNodes(included, extended, '', loading.budget);
    merged = merged === null ? complete : mergeNodes(merged, complete, '', loading.budget);
  }
  return merged;
}

interface Include {
  readonly paths: readonly string[];
  readonly directory: string | null;
  readonly environment: readonly string[];
  readonly node: Node;
}

function textsOf(loading: Loading, node: Node | undefined): string[] {
  const nodes = node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node];
  return nodes.flatMap((item) => scalarText(loading, item) ?? []);
}

function includesOf(loading: Loading, root: MappingNode): Include[] {
  const include = childOf(root, 'include');
  if (include === undefined || isNull(include) || isReset(include)) return [];
  const nodes = include.kind === 'sequence' ? itemsOf(include) : [include];
  return nodes.map((node): Include => {
    if (node.kind !== 'mapping') {
      return { paths: textsOf(loading, node), directory: null, environment: [], node };
    }
    return {
      paths: textsOf(loading, childOf(node, 'path')),
      directory: scalarText(loading, childOf(node, 'project_directory')),
      environment: textsOf(loading, childOf(node, 'env_file')),
      node,
    };
  });
}

/** Services, networks and the rest of all included projects, each read in its own directory. */
function includedTree(
  loading: Loading,
  root: MappingNode,
  scope: FileScope,
  stack: readonly Source[],
): Node | null {
  let merged: Node | null = null;
  for (const include of includesOf(loading, root)) {
    const tree = includeOne(loading, include, scope, stack);
    if (tree === null) continue;
    merged = merged === null ? tree : mergeNodes(merged, tree, '', loading.budget);
  }
  return merged;
}

function includeOne(
  loading: Loading,
  include: Include,
  scope: FileScope,
  stack: readonly Source[],
): Node | null {
  const place = placeOf(include.node);
  const sources: Source[] = [];
  for (const path of include.paths) {
    const found = lookUp(loading, path, scope.directory);
    if (found.status !== 'read') tellGap(loading, null, `include ${path}`, found.why, path, place);
    else if (stack.includes(found.source) || stack.length >= MAX_INCLUDES) {
      const message = `include ${path}: the files include one another`;
      loading.diagnostics.push({ severity: 'error', message, place });
    } else sources.push(found.source);
  }
  const [first] = sources;
  if (first === undefined) return null;
  const within = (path: string): string | null => {
    const resolved = hostPath(path, scope.directory);
    return resolved.root === 'workspace' ? resolved.path : null;
  };
  const named = include.directory === null ? null : within(include.directory);
  const directory = named ?? directoryOf(loading.project.relative(first));
  const files =
    include.environment.length > 0
      ? include.environment.flatMap((path) => within(path) ?? [])
      : [joinPath(directory, '.env')];
  const variables = environmentAt(loading, directory, files, scope.variables);
  const tree = loadFiles(loading, sources, { directory, variables }, stack);
  for (const entry of servicesIn(tree)) loading.included.set(entry.key, first.path);
  return tree;
}
