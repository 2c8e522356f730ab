/** What a sandbox can reach over the network. */
import type { Answer, Origin, Value } from './value.ts';

/**
 * Where traffic can go.
 * - `none`: nowhere.
 * - `limited`: to what an enforced control lets through.
 * - `open`: to any address, from a network of its own.
 * - `host`: to any address, from the host's own network.
 */
export type Egress =
  | { readonly kind: 'none' }
  | { readonly kind: 'limited'; readonly control: EgressControl }
  | { readonly kind: 'open' }
  | { readonly kind: 'host' };

export interface EgressControl {
  /** `proxy`: routing leaves only a proxy. `firewall`: rules inside the sandbox. `policy`: the sandbox's own rules. */
  readonly by: 'proxy' | 'firewall' | 'policy' | 'runtime';
  readonly text: string;
  readonly origin: Origin;
  /** Can the code inside switch it off or rewrite it? */
  readonly removable: Answer;
  /** Hosts let through; null where they cannot be told. */
  readonly hosts: readonly AllowedHost[] | null;
  readonly holes: readonly EgressHole[];
}

export interface AllowedHost {
  readonly host: string;
  readonly origin: Origin;
}

/** Something that an allow-list lets through beside its list. */
export interface EgressHole {
  readonly kind: 'dns' | 'ssh' | 'ipv6' | 'host-network' | 'any-port' | 'late' | 'established' | 'admin-port';
  readonly text: string;
  readonly origin: Origin;
}

export interface PublishedPort {
  /** Container port or range, as written. */
  readonly target: string;
  readonly published: string | null;
  /** Null: every interface of the host. */
  readonly hostIp: string | null;
  readonly protocol: string;
  readonly origin: Origin;
}

/** Another service that the sandbox can talk to. */
export interface Neighbour {
  readonly name: string;
  /** What it holds, by `knowledge/neighbours`: `database`, `cache`, `engine-proxy`, …; null when nothing is known. */
  readonly holds: string | null;
  readonly origin: Origin;
  /** The sandbox's id, when it is one of this run. */
  readonly sandbox: string | null;
}

export interface ProxyVariable {
  readonly name: string;
  readonly origin: Origin;
}

/** A control API of a container engine that is reached over the network, or granted by name. */
export interface EngineApi {
  readonly kind: 'tcp' | 'api-socket' | 'socket-proxy';
  readonly text: string;
  /** `full`: starts containers. `read`: lists and inspects. */
  readonly power: 'full' | 'read';
  readonly origin: Origin;
  readonly related: readonly Origin[];
}

export interface Network {
  readonly egress: Value<Egress>;
  /** Services that listen on the host's loopback or gateway address. */
  readonly hostLoopback: Answer;
  /** The cloud's metadata address, if the host is a cloud machine. */
  readonly metadata: Answer;
  readonly neighbours: readonly Neighbour[];
  readonly published: readonly PublishedPort[];
  readonly proxyVariables: readonly ProxyVariable[];
  readonly engineApis: readonly EngineApi[];
  /** Unix sockets in the abstract namespace of the host's network (X11, some D-Bus). */
  readonly abstractSockets: Answer;
}
