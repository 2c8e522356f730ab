/** Is a definition made to hold hostile code, or does it stand beside? */
import { neighbourKind } from '../../knowledge/neighbours.ts';
import { breadthOf, type HostPath } from '../../model/host-path.ts';
import type { Role } from '../../model/sandbox.ts';
import { isResolved } from '../../model/symbolic.ts';
import type { ContainerSpec, MountSpec } from './spec.ts';

/**
 * Names of directories that hold what a service keeps or is configured with, and no source: their being
 * mounted does not make a service the place where the project's code runs.
 */
const NO_SOURCE =
  /^\.?(?:data|dbdata|db|database|postgres\w*|mysql|mongo\w*|redis|pgdata|volumes?|storage|uploads?|media|backups?|dumps?|logs?|conf|config|configs|etc|certs?|ssl|tls|secrets?|keys|nginx|caddy|traefik|grafana|prometheus|provisioning|init|initdb|sql|migrations|scripts|fixtures|cache|tmp|models?|public|static|assets|html|dist|build)(?:[-_.]?\w*)?$/i;

/**
 * A definition is a `sandbox` when it starts a coding agent or mounts the project's source, and a `service`
 * otherwise.
 */
export function roleOf(spec: ContainerSpec): Role {
  const [agent] = spec.agents;
  if (agent !== undefined) return { kind: 'sandbox', reason: `it runs the coding agent ${agent}` };
  const source = spec.mounts.find((mount) => isSourceMount(spec, mount));
  if (source !== undefined)
    return { kind: 'sandbox', reason: `it mounts the project's source (${source.text})` };
  const kind = neighbourOf(spec);
  return {
    kind: 'service',
    reason: kind === null ? "it mounts none of the project's source" : `it is a ${kind.replaceAll('-', ' ')}`,
  };
}

function neighbourOf(spec: ContainerSpec): string | null {
  const { reference, built } = spec.image;
  if (built || reference === null || !reference.known || !isResolved(reference.value)) return null;
  return neighbourKind(reference.value);
}

function isSourceMount(spec: ContainerSpec, mount: MountSpec): boolean {
  if (mount.type !== 'bind' || mount.host === null) return false;
  const whole = isProjectOrAbove(mount.host);
  if (neighbourOf(spec) !== null) return whole && mount.readOnly.known && !mount.readOnly.value;
  return whole || isSourceDirectory(mount);
}

function isProjectOrAbove(path: HostPath): boolean {
  const breadth = breadthOf(path);
  return path.root === 'workspace' && (breadth === 'outside' || path.path === '');
}

/** A directory of the project, mounted writable, that is not by its name data or configuration. */
function isSourceDirectory(mount: MountSpec): boolean {
  if (mount.host?.root !== 'workspace' || mount.host.path.startsWith('..')) return false;
  if (!mount.readOnly.known || mount.readOnly.value) return false;
  const name = mount.host.path.split('/').at(-1) ?? '';
  const isFile = /\.\w{1,5}$/.test(name) && !name.startsWith('.');
  return !isFile && !NO_SOURCE.test(name);
}
