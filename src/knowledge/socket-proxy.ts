/** Proxies before the Docker socket, and which of their switches let everything through; relays let all of it. */
import { parseImageReference } from './image-reference.ts';

/** `full`: containers can be created or entered. `read`: lists and inspects, environments of all containers included. */
export type ProxyPower = 'full' | 'read';

export interface SocketProxyRow {
  readonly id: string;
  /** Repositories, registry left out. */
  readonly repositories: readonly string[];
  /** Power by the environment, names in upper case. */
  readonly power: (environment: ReadonlyMap<string, string>) => ProxyPower;
  /** The variable that says the same as an option of the command; null: the option says nothing of this. */
  readonly option?: (name: string) => string | null;
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
    option: (name) => (/^allow[A-Z]{1,10}$/.test(name) ? `SP_ALLOW_${name.slice('allow'.length)}` : null),
    reason: 'Paths are allowed by pattern and method.',
    reference: 'https://github.com/wollomatic/socket-proxy',
  },
];

/** Images by which a proxy of another maker is told: forks keep the name. */
const FORK_NAMES: ReadonlySet<string> = new Set(['docker-socket-proxy', 'socket-proxy']);

/** `tcp-listen:2375,fork unix-connect:/var/run/docker.sock`: every byte goes through (socat(1)). */
const RELAY = /\bunix(?:-connect|-client|)?:[^\s,:]{0,200}(?:docker|podman|containerd)[^\s,:]{0,50}\.sock\b/i;
const RELAY_OPTION = /^-{1,2}([A-Za-z]{1,20})=(.{0,2000})$/s;

/**
 * What a service with this image, environment and command lets others do with the Docker engine.
 * @returns null when it is neither proxy nor relay of the socket
 */
export function socketProxyPower(
  image: string,
  environment: ReadonlyMap<string, string>,
  command = '',
): ProxyPower | null {
  const words = command.slice(0, 10_000);
  if (RELAY.test(words)) return 'full';
  const reference = parseImageReference(image);
  if (reference === null) return null;
  const row = SOCKET_PROXIES.find((proxy) => proxy.repositories.includes(reference.repository));
  const upper = new Map([...environment].map(([name, value]) => [name.toUpperCase(), value]));
  for (const word of words.split(/\s+/)) {
    const [, name = '', value = ''] = RELAY_OPTION.exec(word) ?? [];
    const variable = row?.option?.(name) ?? null;
    if (variable !== null) upper.set(variable, value);
  }
  if (row !== undefined) return row.power(upper);
  return FORK_NAMES.has(reference.name) ? switchedPower(upper) : null;
}
