/**
 * From files to one tree: what Compose does before it reads any setting. Per file: `include`, then
 * `extends`, then the merge with the files before it (compose-go loader/loader.go). Substitution is left to
 * whoever reads a scalar, with the scope of the file that the scalar stands in.
 */
import type { HiddenId } from '../../knowledge/hidden.ts';
import { hostPath } from '../../model/host-path.ts';
import type { FileLookup, Project } from '../../model/project.ts';
import type { Place, Source } from '../../source/source.ts';
import { placeAt } from '../../source/source.ts';
import { childOf, entriesOf, type MappingEntry, type Node, type SyntaxProblem } from '../../syntax/node.ts';
import { readYaml } from '../../syntax/yaml.ts';
import { type EnvEntry, readEnvFile, variableScope } from './dotenv.ts';
import { isRemote } from './files.ts';
import { interpolate, type VariableScope } from './interpolation.ts';
import { isReset, type MergeBudget, mergeBudget, mergeNodes } from './merge.ts';

/** What holds for everything that stands in one file. */
export interface FileScope {
  /** Relative paths start here; relative to the project's root. */
  readonly directory: string;
  readonly variables: VariableScope;
}

/** Something of a service that lies where it cannot be read. */
export interface Gap {
  /** Null: of every service. */
  readonly service: string | null;
  readonly what: string;
  readonly why: string;
  readonly names: readonly string[];
  readonly mayHide: HiddenId;
  readonly kind: 'text' | 'ambient';
  readonly place: Place;
}

export interface Loading {
  readonly project: Project;
  readonly scopes: Map<Source, FileScope>;
  readonly roots: Map<Source, Node | null>;
  readonly problems: SyntaxProblem[];
  readonly diagnostics: SyntaxProblem[];
  readonly gaps: Gap[];
  /** Files other than the given ones, by path, in the order of reading. */
  readonly consulted: Set<string>;
  /** Services that came by `include`, with the path of the file they stand in. */
  readonly included: Map<string, string>;
  readonly budget: MergeBudget;
  /** Services by name, of each file's tree. */
  readonly services: Map<Node, ReadonlyMap<string, Node>>;
}

const NOWHERE: FileScope = { directory: '', variables: { lookup: () => null } };

export function startLoading(project: Project, first: Source | undefined): Loading {
  const diagnostics: SyntaxProblem[] = [];
  const exhausted = (): void => {
    if (first === undefined) return;
    const message = 'merging the files takes too many steps; the rest was not merged';
    diagnostics.push({ severity: 'limit', message, place: placeAt(first, 0, 0) });
  };
  return {
    project,
    scopes: new Map(),
    roots: new Map(),
    problems: [],
    diagnostics,
    gaps: [],
    consulted: new Set(),
    included: new Map(),
    budget: mergeBudget(exhausted),
    services: new Map(),
  };
}

export function scopeOf(loading: Loading, source: Source): FileScope {
  return loading.scopes.get(source) ?? NOWHERE;
}

/** Substituted text of a scalar; null for collections and nothing. */
export function scalarText(loading: Loading, node: Node | undefined): string | null {
  if (node?.kind !== 'scalar' || node.value === null || isReset(node)) return null;
  return interpolate(node.text, scopeOf(loading, node.source).variables).text;
}

/** The whole of a file: its documents merged. Read once; null where nothing can be made of it. */
export function rootOf(loading: Loading, source: Source): Node | null {
  const seen = loading.roots.get(source);
  if (seen !== undefined) return seen;
  const { documents, problems } = readYaml(source);
  loading.problems.push(...problems);
  const [first, ...rest] = documents;
  let root: Node | null = first ?? null;
  for (const document of rest) if (root !== null) root = mergeNodes(root, document, '', loading.budget);
  loading.roots.set(source, root);
  return root;
}

/** Looks up a file that another names. `text` is symbolic. */
export function lookUp(loading: Loading, text: string, directory: string): FileLookup {
  if (isRemote(text)) return { status: 'remote', why: 'it is an address, and nothing is fetched' };
  const path = hostPath(text, directory);
  if (path.root === 'unknown') return { status: 'missing', why: `${path.names.join(', ')} is not known` };
  if (path.root !== 'workspace') return { status: 'outside', why: 'it lies outside the project' };
  const result = loading.project.read(path.path);
  if (result.status === 'read') loading.consulted.add(result.source.path);
  return result;
}

/**
 * The `.env` of a project directory, or the files named instead of it; what a later file says wins.
 * @param directory that Compose is started in
 */
export function environmentAt(
  loading: Loading,
  directory: string,
  files: readonly string[],
  outer: VariableScope | null,
): VariableScope {
  const entries: EnvEntry[] = [];
  let scope = variableScope(directory, entries, outer);
  for (const file of files) {
    const found = loading.project.read(file);
    if (found.status !== 'read') continue;
    loading.consulted.add(found.source.path);
    entries.push(...readEnvFile(found.source, scope, 'compose'));
    scope = variableScope(directory, entries, outer);
  }
  return scope;
}

export function servicesIn(root: Node | null): readonly MappingEntry[] {
  return root === null ? [] : entriesOf(childOf(root, 'services'));
}

export function serviceNamed(loading: Loading, root: Node | null, name: string): Node | null {
  if (root === null) return null;
  let services = loading.services.get(root);
  if (services === undefined) {
    services = new Map(servicesIn(root).map((entry) => [entry.key, entry.value]));
    loading.services.set(root, services);
  }
  return services.get(name) ?? null;
}

/** Notes that a file which was referred to cannot be read. */
export function tellGap(
  loading: Loading,
  service: string | null,
  what: string,
  why: string,
  name: string,
  place: Place,
): void {
  loading.diagnostics.push({ severity: 'note', message: `${what} was not read: ${why}`, place });
  const mayHide = service === null ? 'neighbours' : 'any-setting';
  const kind = service === null ? 'ambient' : 'text';
  loading.gaps.push({ service, what, why, names: [name], mayHide, kind, place });
}
