/** Is a definition made to hold hostile code, or does it stand beside? */
import { AGENTS } from '../../knowledge/agents.ts';
import { type NeighbourKind, neighbourKind } from '../../knowledge/neighbours.ts';
import { assetPath } from '../../model/exposure.ts';
import { covers, type HostPath, workspacePath } from '../../model/host-path.ts';
import type { Role } from '../../model/sandbox.ts';
import { isResolved } from '../../model/symbolic.ts';
import type { ContainerSpec, MountSpec } from './spec.ts';

/**
 * Names of directories that hold what a service keeps or is configured with, and no source: their being
 * mounted does not make a service the place where the project's code runs.
 */
const NO_SOURCE =
  /^\.?(?:data|dbdata|db|database|postgres\w*|mysql|mongo\w*|redis|pgdata|volumes?|storage|uploads?|media|backups?|dumps?|logs?|conf|config|configs|etc|certs?|ssl|tls|secrets?|keys|nginx|caddy|traefik|grafana|prometheus|provisioning|init|initdb|sql|migrations|scripts|fixtures|cache|tmp|models?|public|static|assets|html|dist|build|env)(?:[-_.]?(?:data|db|dev|development|prod|production|local|test|dir|files?|volumes?|store|logs?|conf|configs?|dumps?|backups?|d|\d{1,4})s?){0,2}$/i;

/**
 * A definition is a `sandbox` when it starts a coding agent or mounts the project's source, and a `service`
 * otherwise.
 */
export function roleOf(spec: ContainerSpec): Role {
  const [agent] = spec.agents;
  if (agent !== undefined) return { kind: 'sandbox', reason: `it runs the coding agent ${agent}` };
  const state = spec.mounts.find(holdsAgentState);
  if (state !== undefined)
    return { kind: 'sandbox', reason: `it mounts a coding agent's state (${state.text})` };
  const key = spec.variables.find(({ name, phase }) => phase === 'run' && KEY_OWNERS.has(name));
  if (key !== undefined)
    return { kind: 'sandbox', reason: `it gets the key of a coding agent (${key.name})` };
  const source = spec.mounts.find((mount) => isSourceMount(spec, mount));
  if (source !== undefined)
    return { kind: 'sandbox', reason: `it mounts the project's source (${source.text})` };
  const kind = neighbourOf(spec);
  return {
    kind: 'service',
    reason: kind === null ? noSource(spec) : `it ${saidOf(kind)}`,
  };
}

function noSource({ mounts, unresolved }: ContainerSpec): string {
  const isOpen =
    mounts.some(({ type, host }) => type === 'bind' && host?.root === 'unknown') ||
    unresolved.some(({ mayHide }) => mayHide === 'mount' || mayHide === 'any-setting');
  if (isOpen) return "it mounts none of the project's source that is known";
  const part = mounts.find(({ host }) => host?.root === 'workspace');
  return part === undefined
    ? "it mounts none of the project's source"
    : `it mounts nothing of the project that looks like its source (${part.text})`;
}

function saidOf(kind: NeighbourKind): string {
  if (kind === 'monitoring') return 'is for monitoring';
  return `is ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind.replaceAll('-', ' ')}`;
}

const AGENT_DIRECTORIES = AGENTS.flatMap(({ name, directories }) =>
  directories.map((directory) => ({ agent: name, path: assetPath(directory) })),
);

const KEY_OWNERS = new Map(AGENTS.flatMap(({ name, ownKeys }) => ownKeys.map((key) => [key, name] as const)));

/** Logins, settings or transcripts of an agent are of use to that agent alone. */
function holdsAgentState(mount: MountSpec): boolean {
  return stateOwners(mount).length > 0;
}

function stateOwners({ type, host }: MountSpec): string[] {
  if (type !== 'bind' || host === null) return [];
  return AGENT_DIRECTORIES.filter(({ path }) => covers(path, host) === 'yes').map(({ agent }) => agent);
}

/** The agents that run there, by what starts them, by their state that is mounted, by keys that are theirs alone. */
export function agentsOfSpec({ agents, mounts, variables }: ContainerSpec): string[] {
  const keys = variables.filter(({ phase }) => phase === 'run');
  const owners = keys.flatMap(({ name }) => KEY_OWNERS.get(name) ?? []);
  return [...new Set([...agents, ...mounts.flatMap(stateOwners), ...owners])];
}

function neighbourOf(spec: ContainerSpec): NeighbourKind | null {
  const { reference, built } = spec.image;
  if (built || reference === null || !reference.known || !isResolved(reference.value)) return null;
  return neighbourKind(reference.value);
}

function isSourceMount(spec: ContainerSpec, mount: MountSpec): boolean {
  if (mount.type !== 'bind' || mount.host === null) return false;
  const whole = holdsDefinition(mount.host, directoryOf(spec));
  if (neighbourOf(spec) !== null) return whole && mount.readOnly.known && !mount.readOnly.value;
  return whole || isSourceDirectory(mount, directoryOf(spec));
}

/** The directory of the definition, in which its mounts are named. */
function directoryOf(spec: ContainerSpec): string {
  const host = spec.definition[0]?.host;
  return host?.root === 'workspace' ? host.path.split('/').slice(0, -1).join('/') : '';
}

/** The directory of the definition, or one above it up to the project and beyond: all of the source. */
function holdsDefinition(path: HostPath, directory: string): boolean {
  return path.root === 'workspace' && covers(path, workspacePath(directory)) === 'yes';
}

/** Where images expect what they are configured with or keep, and no source. */
const NO_SOURCE_TARGET =
  /^\/(?:etc|var\/(?:lib|log|cache)|config|data|logs?|usr\/(?:share|local\/(?:etc|share))|docker-entrypoint\S*|bitnami|certs?|secrets|run|tmp|backups?)(?:\/|$)/;

/** A directory of the project, mounted writable, that is neither by its name nor by its target data or configuration. */
function isSourceDirectory({ host, readOnly, target }: MountSpec, directory: string): boolean {
  if (host?.root !== 'workspace' || host.path.startsWith('..')) return false;
  if (!readOnly.known || readOnly.value) return false;
  if (target !== null && NO_SOURCE_TARGET.test(target)) return false;
  const isBelow = directory !== '' && host.path.startsWith(`${directory}/`);
  const parts = (isBelow ? host.path.slice(directory.length + 1) : host.path).split('/');
  const name = parts.at(-1) ?? '';
  const isFile = /\.\w{1,5}$/.test(name) && !name.startsWith('.');
  return !isFile && !parts.some((part) => NO_SOURCE.test(part));
}
