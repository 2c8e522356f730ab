/** A compose project: all its files as one tree of services, networks, volumes, secrets and configs. */
import type { Project } from '../../model/project.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { childOf, entriesOf, type MappingEntry, type Node, type SyntaxProblem } from '../../syntax/node.ts';
import { shellScope } from './dotenv.ts';
import { directoryOf, joinPath } from './files.ts';
import { loadFiles } from './include.ts';
import { environmentAt, type Gap, type Loading, servicesIn, startLoading } from './loading.ts';
import { isReset } from './merge.ts';
import type { Beside } from './neighbours.ts';
import type { Attachment } from './networks.ts';

/** More services or list items in one project than this are not looked at. */
const MAX_SERVICES = 500;
const MAX_ITEMS = 50_000;

/** What a line that starts Compose says besides the files; all paths are relative to the project's root. */
export interface ComposeOptions {
  /** `--project-directory`; else the directory of the first file. */
  readonly directory?: string;
  /** That Compose is started in; else the project directory. */
  readonly startedIn?: string;
  /** Env files for substitution, of which the later win; else the `.env` of the project directory. */
  readonly environmentFiles?: readonly string[];
  /** Set by the shell that starts Compose, and so over all files; symbolic. */
  readonly variables?: ReadonlyMap<string, string>;
  /** What ids of the services' sandboxes begin with; else the path of the first file. */
  readonly id?: string;
  /** Compose files that belong to the project and cannot be read. */
  readonly unread?: readonly Gap[];
}

export interface ComposeProject {
  /** What ids of the services' sandboxes begin with. */
  readonly id: string;
  /** As given: base first. */
  readonly files: readonly Source[];
  /** Files that belong to the project and cannot be read. */
  readonly unread: readonly Gap[];
  /** Relative to the project's root: where `.env` is looked for and relative paths start. */
  readonly directory: string;
  /** The merged tree; null where no file could be read. */
  readonly root: Node | null;
  readonly serviceNames: readonly string[];
  readonly services: ReadonlyMap<string, MappingEntry>;
  readonly sections: Readonly<Record<Section, ReadonlyMap<string, MappingEntry>>>;
  /** Syntax problems of all files that were read. */
  readonly problems: readonly SyntaxProblem[];
  /** What loading and reading the services noticed; grows as services are asked for. */
  readonly diagnostics: readonly SyntaxProblem[];
  /** Paths (as in Source) of other files that were read; grows as services are asked for. */
  readonly consulted: ReadonlySet<string>;
  /** Services that came by `include`, with the path of the file that defines them. */
  readonly included: ReadonlyMap<string, string>;
  readonly loading: Loading;
  /** Networks of services, as others ask for them. */
  readonly attachments: Map<string, readonly Attachment[]>;
  /** What services ask of one another. */
  readonly beside: Map<string, Beside>;
  /** Items of lists that may still be read. */
  readonly items: { left: number };
}

/**
 * Reads compose files over one another, with what they extend and include and the `.env` beside the first.
 * Never throws.
 * @param files base first, as `-f a -f b`
 * @param options what the line that starts them says besides; without one the usual
 */
export function composeProject(
  files: readonly Source[],
  project: Project,
  options: ComposeOptions = {},
): ComposeProject {
  const [first] = files;
  const loading = startLoading(project, first);
  loading.gaps.push(...(options.unread ?? []));
  const directory = options.directory ?? (first === undefined ? '' : directoryOf(project.relative(first)));
  const variables = environmentAt(
    loading,
    options.startedIn ?? directory,
    options.environmentFiles ?? [joinPath(directory, '.env')],
    options.variables === undefined ? null : shellScope(options.variables),
  );
  const root = loadFiles(loading, files, { directory, variables });
  const services = servicesIn(root).filter((entry) => isService(entry));
  if (services.length > MAX_SERVICES && first !== undefined) {
    const message = `more than ${MAX_SERVICES} services; the rest was not read`;
    loading.diagnostics.push({ severity: 'limit', message, place: placeAt(first, 0, 0) });
  }
  const read = services.slice(0, MAX_SERVICES);
  return {
    id: options.id ?? first?.path ?? '',
    files,
    unread: options.unread ?? [],
    directory,
    root,
    serviceNames: read.map((entry) => entry.key),
    services: new Map(read.map((entry) => [entry.key, entry])),
    sections: {
      networks: sectionOf(root, 'networks'),
      volumes: sectionOf(root, 'volumes'),
      secrets: sectionOf(root, 'secrets'),
      configs: sectionOf(root, 'configs'),
    },
    problems: loading.problems,
    diagnostics: loading.diagnostics,
    consulted: loading.consulted,
    included: loading.included,
    loading,
    attachments: new Map(),
    beside: new Map(),
    items: { left: MAX_ITEMS },
  };
}

function isService(entry: MappingEntry): boolean {
  return entry.value.kind === 'mapping' && !entry.key.startsWith('x-') && !isReset(entry.value);
}

/** The id of a service's sandbox: the project's, usually its first file, and the service. */
export function composeSandboxId(compose: ComposeProject, service: string): string {
  return `${compose.id}#${service}`;
}

export function serviceEntry(compose: ComposeProject, service: string): MappingEntry | null {
  return compose.services.get(service) ?? null;
}

export type Section = 'networks' | 'volumes' | 'secrets' | 'configs';

/** An entry of a top-level section. */
export function definitionEntry(
  compose: ComposeProject,
  section: Section,
  name: string,
): MappingEntry | null {
  return compose.sections[section].get(name) ?? null;
}

function sectionOf(root: Node | null, section: Section): ReadonlyMap<string, MappingEntry> {
  const entries = root === null ? [] : entriesOf(childOf(root, section));
  return new Map(entries.filter((entry) => !isReset(entry.value)).map((entry) => [entry.key, entry]));
}
