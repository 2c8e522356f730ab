/** Which files make up the project that a compose file stands for. */
import type { Project } from '../../model/project.ts';
import type { Source } from '../../source/source.ts';
import { childOf, entriesOf, entryOf, type Node } from '../../syntax/node.ts';
import { readYaml } from '../../syntax/yaml.ts';
import { namedByEnvironment } from './environment-files.ts';
import { BASE_NAMES, directoryOf, fileNameOf, firstPresent, joinPath, OVERRIDE_NAMES } from './files.ts';
import { type ComposeOptions, type ComposeProject, composeProject } from './project.ts';

/** Files to be read over one another, and what of them is to be reported. */
export interface FileSet {
  /** Base first. */
  readonly files: readonly Source[];
  /** Set for a file that only makes sense over its base: its own services are reported, under its name. */
  readonly variant: Source | null;
  readonly options: ComposeOptions;
}

/**
 * A base is read with the override beside it, as `docker compose up` does, and an override with its base; all
 * files that an `.env` names together. A file whose services lack what makes one, although those of the base
 * have it, is meant for `-f base -f it`.
 */
export function filesOf(source: Source, project: Project): FileSet {
  const named = namedByEnvironment(source, project);
  if (named !== null) return { ...named, variant: null };
  const path = project.relative(source);
  const directory = directoryOf(path);
  const name = fileNameOf(path);
  const present = project.list(directory);
  const baseName = firstPresent(present, BASE_NAMES);
  const read = (file: string | null): Source | null => {
    const found = file === null ? null : project.read(joinPath(directory, file));
    return found?.status === 'read' ? found.source : null;
  };
  const alone: FileSet = { files: [source], variant: null, options: {} };
  if (isOneOf(BASE_NAMES, name)) {
    const override = baseName === name ? read(firstPresent(present, OVERRIDE_NAMES)) : null;
    return override === null ? alone : { ...alone, files: [source, override] };
  }
  const ordinary = read(baseName);
  if (ordinary !== null && name === firstPresent(present, OVERRIDE_NAMES)) {
    return { ...alone, files: [ordinary, source] };
  }
  const base = read(firstPresent(present, ownBases(name))) ?? ordinary;
  return base !== null && isVariantOf(source, base)
    ? { ...alone, files: [base, source], variant: source }
    : alone;
}

/** `docker-compose.test.override.yml` is meant for `docker-compose.test.yml`. */
function ownBases(name: string): string[] {
  const stem = /^(.+)\.override\.ya?ml$/.exec(name)?.[1];
  return stem === undefined ? [] : [`${stem}.yml`, `${stem}.yaml`];
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

/** Keys of which every service has at least one (compose-spec 05-services.md). */
const MAKINGS = ['image', 'build', 'extends', 'provider'];

/** The project that a compose file stands for, with what of it is to be reported. */
export function projectOf(set: FileSet, project: Project): ComposeProject {
  return composeProject(set.files, project, set.options);
}

/** What ids of the sandboxes begin with: the first file, or the file that is a variant. */
export function idOf({ files, variant }: FileSet): string {
  return (variant ?? files[0])?.path ?? '';
}

/** All services, of a variant those that it names itself. */
export function reportedServices(compose: ComposeProject, { variant }: FileSet): readonly string[] {
  if (variant === null) return compose.serviceNames;
  const root = compose.loading.roots.get(variant) ?? undefined;
  return compose.serviceNames.filter((name) => entryOf(childOf(root, 'services'), name) !== undefined);
}

/** True when Compose would refuse the file by itself: one of its services has nothing to be made from. */
export function isFragment(source: Source): boolean {
  if (childOf(rootOf(source), 'include') !== undefined) return false;
  return servicesOf(source).some(([name, node]) => !name.startsWith('x-') && !isComplete(node));
}

function isVariantOf(source: Source, base: Source): boolean {
  const complete = new Set(servicesOf(base).flatMap(([name, node]) => (isComplete(node) ? [name] : [])));
  return servicesOf(source).some(([name, node]) => !isComplete(node) && complete.has(name));
}

/** A `build` with nothing but arguments adds to one that stands elsewhere. */
function isComplete(service: Node): boolean {
  return MAKINGS.some((key) => {
    const node = childOf(service, key);
    if (key !== 'build' || node?.kind !== 'mapping') return node !== undefined;
    return node.entries.some((entry) => /^(?:context|dockerfile|dockerfile_inline)$/.test(entry.key));
  });
}

const ROOTS = new WeakMap<Source, Node | null>();

function rootOf(source: Source): Node | undefined {
  const seen = ROOTS.get(source);
  if (seen !== undefined) return seen ?? undefined;
  const [root] = readYaml(source).documents;
  ROOTS.set(source, root ?? null);
  return root;
}

function servicesOf(source: Source): (readonly [string, Node])[] {
  return entriesOf(childOf(rootOf(source), 'services')).map((entry) => [entry.key, entry.value] as const);
}
