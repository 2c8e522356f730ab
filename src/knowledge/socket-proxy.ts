/** Proxies before the Docker socket, and which of their switches let everything through. */
import { parseImageReference } from './image-reference.ts';

/** `full`: containers can be created or entered. `read`: lists and inspects, environments of all containers included. */
export type ProxyPower = 'full' | 'read';

export interface SocketProxyRow {
  readonly id: string;
  /** Repositories, registry left out. */
  readonly repositories: readonly string[];
  /** Power by the environment, names in upper case. */
  readonly power: (environment: ReadonlyMap<string, string>) => ProxyPower;
  readonly reason: string;
  readonly reference: string;
}

/** The proxies write 1 for yes; what is not known when the file is read is taken for yes. */
function isOn(environment: ReadonlyMap<string, string>, name: string): boolean {
  const value = environment.get(name)?.trim().toLowerCase();
  return value !== undefined && value !== '' && value !== '0' && value !== 'false' && value !== 'no';
}

/**
 * `POST` opens every method but GET; then a section that creates or enters containers is enough. HAProxy rules:
 * https://github.com/Tecnativa/docker-socket-proxy/blob/master/haproxy.cfg
 */
const CREATING = ['CONTAINERS', 'EXEC', 'BUILD', 'SERVICES', 'SWARM', 'PLUGINS', 'TASKS'] as const;

function switchedPower(environment: ReadonlyMap<string, string>): ProxyPower {
  const posts = isOn(environment, 'POST');
  return posts && CREATING.some((name) => isOn(environment, name)) ? 'full' : 'read';
}

/** Its switches are patterns of paths by method: `SP_ALLOW_POST=/v1\..{1,2}/containers/.*`. */
function patternPower(environment: ReadonlyMap<string, string>): ProxyPower {
  for (const [name, value] of environment) {
    if (!/^SP_ALLOW_(?:POST|PUT)(?:_\w{1,50})?$/.test(name)) continue;
    if (
      /containers|exec|build|services|plugins|\.\*|\.\+/.test(value.slice(0, 2000)) &&
      !isRestartOnly(value)
    )
      return 'full';
  }
  return 'read';
}

/** Starting and stopping what exists creates nothing. */
function isRestartOnly(value: string): boolean {
  return (
    value.length < 2000 && /\/(?:\(?(?:\?:)?(?:start|stop|restart|kill|pause|unpause|\|)+\)?)\$?$/.test(value)
  );
}

export const SOCKET_PROXIES: readonly SocketProxyRow[] = [
  {
    id: 'tecnativa',
    repositories: ['tecnativa/docker-socket-proxy', 'tecnativa/docker-socket-proxy/docker-socket-proxy'],
    power: switchedPower,
    reason: 'Sections are switched by name, and POST lets changes through.',
    reference:
      'https://github.com/Tecnativa/docker-socket-proxy#grant-or-revoke-access-to-certain-api-sections',
  },
  {
    id: 'linuxserver',
    repositories: ['linuxserver/socket-proxy'],
    power: switchedPower,
    reason: 'Sections are switched by name, and POST lets changes through.',
    reference: 'https://github.com/linuxserver/docker-socket-proxy',
  },
  {
    id: 'wollomatic',
    repositories: ['wollomatic/socket-proxy'],
    power: patternPower,
    reason: 'Paths are allowed by pattern and method.',
    reference: 'https://github.com/wollomatic/socket-proxy',
  },
];

/** Images by which a proxy of another maker is told: forks keep the name. */
const FORK_NAMES: ReadonlySet<string> = new Set(['docker-socket-proxy', 'socket-proxy']);

/**
 * What a service with this image and environment lets others do with the Docker engine.
 * @returns null when it is no proxy of the socket
 */
export function socketProxyPower(image: string, environment: ReadonlyMap<string, string>): ProxyPower | null {
  const reference = parseImageReference(image);
  if (reference === null) return null;
  const row = SOCKET_PROXIES.find((proxy) => proxy.repositories.includes(reference.repository));
  const upper = new Map([...environment].map(([name, value]) => [name.toUpperCase(), value]));
  if (row !== undefined) return row.power(upper);
  return FORK_NAMES.has(reference.name) ? switchedPower(upper) : null;
}
