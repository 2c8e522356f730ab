/** Which files make up the project that a compose file stands for. */
import type { Project } from '../../model/project.ts';
import {
  BASE_NAMES,
  directoryOf,
  fileNameOf,
  firstPresent,
  joinPath,
  OVERRIDE_NAMES,
} from '../../semantics/compose/files.ts';
import type { Source } from '../../source/source.ts';
import { childOf, entriesOf, type Node } from '../../syntax/node.ts';
import { readYaml } from '../../syntax/yaml.ts';

/** Files to be read over one another, and what of them is to be reported. */
export interface FileSet {
  /** Base first. */
  readonly files: readonly Source[];
  /** Set for a file that only makes sense over its base: its own services are reported, under its name. */
  readonly variant: Source | null;
}

/**
 * A base is read with the override beside it, as `docker compose up` does, and an override with its base. A
 * file whose services lack what makes one, although those of the base have it, is meant for `-f base -f it`.
 */
export function filesOf(source: Source, project: Project): FileSet {
  const path = project.relative(source);
  const directory = directoryOf(path);
  const name = fileNameOf(path);
  const present = project.list(directory);
  const baseName = firstPresent(present, BASE_NAMES);
  const read = (file: string | null): Source | null => {
    const found = file === null ? null : project.read(joinPath(directory, file));
    return found?.status === 'read' ? found.source : null;
  };
  const alone: FileSet = { files: [source], variant: null };
  if (isOneOf(BASE_NAMES, name)) {
    const override = baseName === name ? read(firstPresent(present, OVERRIDE_NAMES)) : null;
    return override === null ? alone : { files: [source, override], variant: null };
  }
  const ordinary = read(baseName);
  if (ordinary !== null && name === firstPresent(present, OVERRIDE_NAMES)) {
    return { files: [ordinary, source], variant: null };
  }
  const base = read(firstPresent(present, ownBases(name))) ?? ordinary;
  return base !== null && isVariantOf(source, base) ? { files: [base, source], variant: source } : alone;
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

function servicesOf(source: Source): (readonly [string, Node])[] {
  const [root] = readYaml(source).documents;
  return entriesOf(childOf(root, 'services')).map((entry) => [entry.key, entry.value] as const);
}
