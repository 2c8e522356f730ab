/**
 * The services that a line starts, often from several files. Where that changes nothing of what a file says by
 * itself, the service bears the id that it has there, and so is told once.
 */
import type { EgressControl } from '../../model/network.ts';
import type { Project } from '../../model/project.ts';
import type { Role } from '../../model/sandbox.ts';
import type { Source } from '../../source/source.ts';
import type { MappingEntry } from '../../syntax/node.ts';
import { roleOf } from '../docker/role.ts';
import type { ContainerSpec, Engine } from '../docker/spec.ts';
import type { ProjectChoice } from './command-line.ts';
import { type FileSet, filesOf, idOf, isFragment, projectOf, reportedServices } from './file-set.ts';
import { directoryOf, fileNameOf } from './files.ts';
import { type ComposeProject, composeProject, composeSandboxId, serviceEntry } from './project.ts';
import { serviceSpec } from './service.ts';

export interface CombinedService {
  /** Of its sandbox. */
  readonly id: string;
  readonly name: string;
  readonly spec: ContainerSpec;
  readonly entry: MappingEntry;
  readonly role: Role;
}

export interface Combination {
  readonly services: readonly CombinedService[];
  /** True when one of them is another than in the files by themselves. */
  readonly changes: boolean;
  /** Ids of sandboxes of files that make no project by themselves, for which these ones stand. */
  readonly absorbs: readonly string[];
}

/** What the compose front end makes of one file. */
interface Alone {
  readonly set: FileSet;
  readonly compose: ComposeProject;
}

const ALONE = new WeakMap<Project, Map<Source, Alone>>();

function aloneOf(source: Source, project: Project): Alone {
  let known = ALONE.get(project);
  if (known === undefined) {
    known = new Map();
    ALONE.set(project, known);
  }
  let alone = known.get(source);
  if (alone === undefined) {
    const set = filesOf(source, project);
    alone = { set, compose: projectOf(set, project) };
    known.set(source, alone);
  }
  return alone;
}

/** The project of a line; `where` that is, for ids of what only its shell decides. */
export function combinedProject(
  choice: ProjectChoice,
  project: Project,
  { engine, where }: { readonly engine: Engine; readonly where: string },
): ComposeProject {
  return composeProject(choice.files, project, {
    ...choice.options,
    id: `${combinedId(choice, project, where)}${engine === 'docker' ? '' : ` with ${engine}`}`,
  });
}

function combinedId({ files, options, unread }: ProjectChoice, project: Project, where: string): string {
  const [first] = files;
  const own = first === undefined ? '' : directoryOf(project.relative(first));
  const plain = [...files.map(({ path }) => path), ...unread.flatMap(({ names }) => names)].join('+');
  const directory = options.directory === own ? '' : ` in ${options.directory || '.'}`;
  const usual = new Set(
    [own, options.startedIn ?? own].map((folder) => (folder === '' ? '.env' : `${folder}/.env`)),
  );
  const others = (options.environmentFiles ?? []).filter((file) => !usual.has(file));
  const environment = others.length === 0 ? '' : ` with ${others.join('+')}`;
  const byShell = (options.variables?.size ?? 0) > 0 || asksForDirectory(files, options.startedIn, own);
  const isAlone = files.length + unread.length === 1 && directory === '' && environment === '';
  return `${plain}${directory}${environment}${byShell || isAlone ? ` by ${where}` : ''}`;
}

function asksForDirectory(files: readonly Source[], startedIn: string | undefined, own: string): boolean {
  return startedIn !== own && files.some(({ text }) => /\$\{?PWD\b/.test(text));
}

/**
 * Of a project that a file belongs to which cannot be read, what is made to hold hostile code is always told.
 * @param started names of the services that the line starts
 * @param told one of them that the line tells by itself
 */
export function combination(
  compose: ComposeProject,
  started: readonly string[],
  project: Project,
  told: string | null = null,
): Combination {
  const alone = compose.files.map((file) => ({ file, ...aloneOf(file, project) }));
  const replaced = alone.filter((one) => compose.files.length > 1 && isGuess(one));
  const standing = alone.filter((one) => !replaced.includes(one));
  const isOpen = compose.unread.length > 0;
  const label = labelOf(compose);
  const services: CombinedService[] = [];
  const said = new Map<string, string>();
  for (const service of started) {
    const spec = serviceSpec(compose, service);
    const entry = serviceEntry(compose, service);
    if (spec === null || entry === null || service === told) continue;
    const role = roleOf(spec);
    const digest = digestOf(spec);
    const same = standing.find(
      (one) =>
        reportedServices(one.compose, one.set).includes(service) && digest === digestIn(one.compose, service),
    );
    const own = composeSandboxId(compose, service);
    if (same === undefined || (isOpen && role.kind === 'sandbox')) {
      services.push({ id: own, name: `${service} (${label})`, spec, entry, role });
    } else {
      const id = `${idOf(same.set)}#${service}`;
      said.set(own, id);
      const unresolved = spec.unresolved.filter(
        ({ what }) => !compose.unread.some((gap) => gap.what === what),
      );
      services.push({ id, name: service, spec: { ...spec, unresolved }, entry, role });
    }
  }
  return {
    services: services.map((one) => ({ ...one, spec: withNeighbourIds(one.spec, said) })),
    changes: services.length > said.size,
    absorbs: replaced.flatMap(({ set }) => started.map((service) => `${idOf(set)}#${service}`)),
  };
}

/** True where a file was read by itself, or over a base that its name suggests, although it makes no project. */
function isGuess({ file, set }: Alone & { readonly file: Source }): boolean {
  const byItself = set.variant === file || (set.files.length === 1 && set.files[0] === file);
  return byItself && isFragment(file);
}

/** The base goes without saying. */
function labelOf({ files, unread }: ComposeProject): string {
  const names = [...files.map(({ path }) => fileNameOf(path)), ...unread.flatMap((gap) => gap.names)];
  return (names.length > 1 ? names.slice(1) : names).join(' + ');
}

/** @param ids of sandboxes that are told under another one */
export function withNeighbourIds(spec: ContainerSpec, ids: ReadonlyMap<string, string>): ContainerSpec {
  const neighbours = spec.network.neighbours.map((one) => ({
    ...one,
    sandbox: one.sandbox === null ? null : (ids.get(one.sandbox) ?? one.sandbox),
  }));
  return { ...spec, network: { ...spec.network, neighbours } };
}

const DIGESTS = new WeakMap<ComposeProject, Map<string, string | null>>();

function digestIn(compose: ComposeProject, service: string): string | null {
  let known = DIGESTS.get(compose);
  if (known === undefined) {
    known = new Map();
    DIGESTS.set(compose, known);
  }
  let digest = known.get(service);
  if (digest === undefined) {
    const spec = serviceSpec(compose, service);
    digest = spec === null ? null : digestOf(spec);
    known.set(service, digest);
  }
  return digest;
}

/**
 * Everything that is asked of the engine, with where it is written. Neighbours are told by their own
 * sandboxes, and what files that cannot be read may add is told once a line.
 */
export function digestOf(spec: ContainerSpec): string {
  const unresolved = spec.unresolved.filter(({ mayHide }) => mayHide !== 'any-setting');
  const network = { ...spec.network, neighbours: [] };
  const told = { ...spec, unresolved, network, definition: [], command: '', engine: 'docker' };
  return JSON.stringify(told, (key, value: unknown) => {
    // How a firewall is called is no more than its name; what it lets through stands beside.
    if (key === 'control') return { ...(value as EgressControl), text: '' };
    return key === 'source' && isSource(value) ? value.path : value;
  });
}

function isSource(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && 'lineStarts' in value && 'path' in value;
}
