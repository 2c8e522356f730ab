/** Names of compose files, and paths between them. */

/** In the order in which Compose looks for them; the first is taken (compose-go cli/options.go). */
export const BASE_NAMES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const satisfies readonly string[];

/** Merged over the base unasked, the first that exists, whichever the base is called. */
export const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const satisfies readonly string[];

/** Directory of a path in `/` notation; '' for the top. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function joinPath(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}

/** The first of some names that a directory holds. */
export function firstPresent(present: readonly string[], names: readonly string[]): string | null {
  return names.find((name) => present.includes(name)) ?? null;
}

/** Addresses that Compose would fetch: git, OCI artefacts, archives (docker/compose pkg/remote). */
export function isRemote(text: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/|oci:)/i.test(text);
}
