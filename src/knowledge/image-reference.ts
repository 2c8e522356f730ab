/** References to images, read as engines read them: distribution/reference `reference.go`, `normalize.go`. */

export interface ImageReference {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** With the `library/` that Docker Hub's official images stand under. */
  readonly repository: string;
  /** Last segment of the repository. */
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** `digest`: cannot change. `tag`: names a version. `moving`: `latest` and the like, or no tag. */
export type Pinning = 'digest' | 'tag' | 'moving';

/** Tags that are moved with every release, by custom. */
const MOVING_TAGS: ReadonlySet<string> = new Set([
  'latest',
  'lts',
  'stable',
  'edge',
  'nightly',
  'main',
  'master',
  'dev',
  'canary',
  'current',
  'rolling',
  'mainline',
  'unstable',
  'next',
]);

const LONGEST_REFERENCE = 1024;
const REGISTRY = /^[a-z0-9][a-z0-9.-]*(?::\d{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;

/** A first segment is a registry when it has a dot or a port, or is `localhost`. */
function isRegistry(segment: string): boolean {
  return segment.includes('.') || segment.includes(':') || segment === 'localhost';
}

function splitTag(text: string): readonly [path: string, tag: string | null] {
  const colon = text.lastIndexOf(':');
  if (colon < 0 || text.includes('/', colon)) return [text, null];
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/**
 * Reads a reference as it stands in `image:`, `FROM` or after the flags of `run`.
 * @returns null for what cannot be an image's name; unresolved variables make it so
 */
export function parseImageReference(text: string): ImageReference | null {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LONGEST_REFERENCE) return null;
  const [named = '', digest = null] = trimmed.split('@', 2);
  const [path, tag] = splitTag(named);
  if (tag !== null && !/^\w[\w.-]{0,127}$/.test(tag)) return null;
  if (digest !== null && !/^[a-z0-9+._-]{1,32}:[0-9a-fA-F]{32,128}$/.test(digest)) return null;
  const segments = path.split('/');
  const first = segments[0] ?? '';
  const hasRegistry = segments.length > 1 && isRegistry(first);
  const registry = hasRegistry ? canonicalRegistry(first.toLowerCase()) : 'docker.io';
  const rest = hasRegistry ? segments.slice(1) : segments;
  if (!REGISTRY.test(registry) || !rest.every((segment) => REPOSITORY.test(segment))) return null;
  const official = registry === 'docker.io' && rest.length === 1;
  return {
    registry,
    repository: official ? `library/${rest[0]}` : rest.join('/'),
    name: rest.at(-1) ?? '',
    tag,
    digest,
  };
}

function canonicalRegistry(registry: string): string {
  return registry === 'index.docker.io' || registry === 'registry-1.docker.io' ? 'docker.io' : registry;
}

export function pinningOf(reference: ImageReference): Pinning {
  if (reference.digest !== null) return 'digest';
  return reference.tag === null || MOVING_TAGS.has(reference.tag.toLowerCase()) ? 'moving' : 'tag';
}

/** How firmly a reference as written names its image; `unknown` for what is no image's name. */
export function imagePinning(text: string): Pinning | 'unknown' {
  const reference = parseImageReference(text);
  return reference === null ? 'unknown' : pinningOf(reference);
}

/** Registry and repository as tables write them: `postgres`, `grafana/grafana`, `mcr.microsoft.com/…`. */
export function familiarName(reference: ImageReference): string {
  if (reference.registry !== 'docker.io') return `${reference.registry}/${reference.repository}`;
  return reference.repository.startsWith('library/')
    ? reference.repository.slice('library/'.length)
    : reference.repository;
}
