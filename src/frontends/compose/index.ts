/** Compose files: `compose.yaml`, `docker-compose.yml` and their kin. */
import type { Project } from '../../model/project.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import {
  type FileSet,
  filesOf,
  idOf,
  projectOf,
  reportedServices,
} from '../../semantics/compose/file-set.ts';
import { directoryOf, fileNameOf } from '../../semantics/compose/files.ts';
import { unrecognisedKeys } from '../../semantics/compose/keys.ts';
import { type ComposeProject, serviceEntry } from '../../semantics/compose/project.ts';
import { serviceSpec } from '../../semantics/compose/service.ts';
import { roleOf } from '../../semantics/docker/role.ts';
import { containerSandbox } from '../../semantics/docker/sandbox.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { childOf, entryOf, entryPlace, keyPlace } from '../../syntax/node.ts';
import type { Claim, Diagnostic, Frontend, FrontendResult } from '../frontend.ts';

export const composeFrontend: Frontend = { id: 'compose', claims, recognises, audit };

function claims(path: string): Claim {
  const name = fileNameOf(path).toLowerCase();
  if (/^(?:compose|docker-compose|compose\..+|docker-compose.+)\.ya?ml$/.test(name)) return 'yes';
  return /compose.*\.ya?ml$/.test(name) ? 'maybe' : 'no';
}

/** Lines after `services:` that are looked through for a service. */
const LOOK_AHEAD = 400;

/** Keys that a service is rarely without. */
const COMMON_KEY =
  /^\s+["']?(?:image|build|extends|command|entrypoint|environment|env_file|volumes|ports|container_name|depends_on|networks|network_mode|restart|privileged|profiles|deploy|provider)["']?\s*:/;

/**
 * A top-level mapping `services` with a service's usual keys below it. A list there is GitLab's, and one that
 * is indented a workflow's.
 */
function recognises(text: string): boolean {
  const start = /^["']?services["']?[ \t]*:[ \t]*(?:#.*)?\r?$/m.exec(text);
  if (start === null) return /^\s*\{\s*"services"\s*:\s*\{/m.test(text.slice(0, 10_000));
  const lines = text.slice(start.index + start[0].length + 1, start.index + 100_000).split('\n', LOOK_AHEAD);
  const [first] = lines.filter((line) => /^\s*[^\s#]/.test(line));
  if (first === undefined || !/^\s+[^\s-]/.test(first)) return false;
  for (const line of lines) {
    if (/^[^\s#]/.test(line)) return false;
    if (COMMON_KEY.test(line.slice(0, 200))) return true;
  }
  return false;
}

function audit(source: Source, project: Project): FrontendResult {
  const set = filesOf(source, project);
  const compose = projectOf(set, project);
  const sandboxes = reportedServices(compose, set).flatMap((name) => sandboxOf(compose, name, set) ?? []);
  const ours = isCompose(compose);
  const diagnostics =
    ours || claims(source.path) === 'yes' ? diagnosticsOf(compose, source, project, set) : [];
  const broken = compose.problems.some(({ severity }) => severity !== 'note');
  // A broken file of the right name is one of ours, however little of it can be read.
  const failed = broken && (compose.root === null || (!ours && claims(source.path) === 'yes'));
  const others = set.files.filter((file) => file !== source).map(({ path }) => path);
  return {
    sandboxes,
    diagnostics: [...diagnostics, ...sandboxes.flatMap(defaultNote)],
    ours: ours || failed,
    absorbs: [...compose.included].map(([service, path]) => `${path}#${service}`),
    consulted: [...new Set([...others, ...compose.consulted])],
    ...(failed ? { failed } : {}),
  };
}

function isCompose(compose: ComposeProject): boolean {
  const { root } = compose;
  if (root === null || root.kind !== 'mapping') return false;
  const services = childOf(root, 'services');
  return services === undefined ? entryOf(root, 'include') !== undefined : services.kind === 'mapping';
}

function sandboxOf(compose: ComposeProject, name: string, set: FileSet): Sandbox | null {
  const spec = serviceSpec(compose, name);
  const entry = serviceEntry(compose, name);
  if (spec === null || entry === null) return null;
  const identity = { format: 'compose', role: roleOf(spec), id: `${idOf(set)}#${name}` } as const;
  if (set.variant === null) return containerSandbox(spec, { ...identity, name, place: keyPlace(entry) });
  const root = compose.loading.roots.get(set.variant) ?? undefined;
  const own = entryOf(childOf(root, 'services'), name);
  return containerSandbox(spec, {
    ...identity,
    name: `${name} (${fileNameOf(set.variant.path)})`,
    place: keyPlace(own ?? entry),
  });
}

function diagnosticsOf(
  compose: ComposeProject,
  source: Source,
  project: Project,
  set: FileSet,
): Diagnostic[] {
  const keys = compose.serviceNames.flatMap((name) => {
    const entry = serviceEntry(compose, name);
    return entry === null ? [] : unrecognisedKeys(entry.value, name);
  });
  return [
    ...compose.problems,
    ...compose.diagnostics,
    ...once(keys),
    ...shapeProblems(compose, source),
    ...(set.options.startedIn === undefined ? composeFileNote(compose, source, project) : []),
  ];
}

/** An anchor's key is told once, however many services use it. */
function once(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map(
    diagnostics.map((one) => [`${one.place?.source.path ?? ''}:${one.place?.span.start ?? 0}`, one]),
  );
  return [...seen.values()];
}

/** `privileged: ${PRIV:-false}`: no finding as it stands, and full privileges for whoever sets the variable. */
function defaultNote({ privilege: { privileged } }: Sandbox): Diagnostic[] {
  if (privileged === null || !privileged.known || privileged.value) return [];
  if (privileged.assumes === undefined) return [];
  const message = `\`privileged\` is false only as long as ${privileged.assumes.join(' and ')}`;
  return [{ message, place: privileged.origin.place, severity: 'note' }];
}

function shapeProblems(compose: ComposeProject, source: Source): Diagnostic[] {
  const { root } = compose;
  if (root === null) return [];
  const services = entryOf(root, 'services');
  if (services === undefined || services.value.kind === 'mapping') return [];
  if (services.value.kind === 'scalar' && services.value.value === null) return [];
  const place = services.source === source ? entryPlace(services) : placeAt(source, 0, 0);
  return [{ severity: 'error', message: '"services" is no mapping of services', place }];
}

/** `.env` can name other files for a bare `docker compose up`, which then reads those instead. */
function composeFileNote(compose: ComposeProject, source: Source, project: Project): Diagnostic[] {
  const scope = compose.loading.scopes.get(source);
  const named = scope?.variables.lookup('COMPOSE_FILE');
  if (named?.from !== 'file' || named.text === '') return [];
  const own = fileNameOf(project.relative(source));
  const files = named.text.split(/[:;]/).map((path) => path.replace(/^\.\//, ''));
  if (files.length === 1 && files[0] === own) return [];
  const where = directoryOf(project.relative(source)) || 'the project directory';
  const message = `COMPOSE_FILE in the .env of ${where} makes Compose read ${files.join(', ')}; this file was read by itself`;
  return [{ severity: 'note', message, place: null }];
}
