/** Where a service's traffic can go: its networks, those of the service whose it shares, and proxies on them. */
import { covers } from '../../model/host-path.ts';
import type { Egress, EgressControl } from '../../model/network.ts';
import type { Sharing } from '../../model/privilege.ts';
import { type Answer, answer, explicit, known, type Origin, unknown, type Value } from '../../model/value.ts';
import { keyPlace, type MappingEntry } from '../../syntax/node.ts';
import { readVolumes } from './mounts.ts';
import {
  type Attachment,
  attachmentsBeside,
  attachmentsOf,
  type NetworkMode,
  networkMode,
} from './networks.ts';
import {
  field,
  noteUnknown,
  type Reading,
  readField,
  readPairs,
  startReading,
  unknownValue,
} from './reading.ts';

export interface Reach {
  readonly egress: Value<Egress>;
  readonly namespace: Value<Sharing>;
  readonly hostGateway: Answer;
  /** The networks that it is on, its own or those of the service whose network it shares. */
  readonly attachments: readonly Attachment[];
  /** The services whose network namespace it shares, nearest first. */
  readonly shares: readonly string[];
}

const MAX_CHAIN = 16;

export function reachOf(reading: Reading): Reach {
  return reachFrom(reading, []);
}

function reachFrom(reading: Reading, chain: readonly string[]): Reach {
  const mode = networkMode(reading);
  if (mode === null) return reachOfNetworks(reading, attachmentsOf(reading));
  const { origin } = mode.text;
  const base: Reach = {
    egress: known({ kind: 'open' }, origin, mode.text.assumes),
    namespace: known('own', origin, mode.text.assumes),
    hostGateway: answer('unknown', [origin], GATEWAY),
    attachments: [],
    shares: [],
  };
  switch (mode.kind) {
    case 'none':
      return {
        ...base,
        egress: known({ kind: 'none' }, origin, mode.text.assumes),
        hostGateway: answer('no', [origin], 'it has no network'),
      };
    case 'host':
      return {
        ...base,
        egress: known({ kind: 'host' }, origin, mode.text.assumes),
        namespace: known('host', origin, mode.text.assumes),
      };
    case 'service':
      return sharedReach(reading, mode, chain, base);
    case 'container':
      return elsewhere(reading, mode, `the container ${mode.of} is not defined here`, base);
    case 'unknown': {
      noteUnknown(reading, mode.text, 'network');
      const missing = unknownValue(mode.text);
      return { ...base, egress: missing, namespace: missing };
    }
    default:
      return base;
  }
}

const GATEWAY = 'what listens on all interfaces of the host answers on the gateway';

function elsewhere(reading: Reading, mode: NetworkMode, why: string, base: Reach): Reach {
  const { text, origin } = mode.text;
  const mayHide = 'network';
  reading.unresolved.push({ what: text, why, names: [mode.of], mayHide, origin, kind: 'text' });
  return { ...base, egress: unknown(text, why, [mode.of], origin), namespace: known('other', origin) };
}

/** `service:x`: the network of x, whatever that is; the line that shares it is on the way. */
function sharedReach(reading: Reading, mode: NetworkMode, chain: readonly string[], base: Reach): Reach {
  const entry = reading.compose.services.get(mode.of);
  if (entry === undefined) return elsewhere(reading, mode, `there is no service ${mode.of}`, base);
  if (chain.includes(mode.of) || chain.length >= MAX_CHAIN || mode.of === reading.name) {
    return elsewhere(reading, mode, 'the services share one another in a circle', base);
  }
  const other = reachFrom(startReading(reading.compose, entry), [...chain, reading.name]);
  const { origin } = mode.text;
  const through = (at: Origin): Origin => ({ ...at, via: [...(at.via ?? []), origin.place] });
  const isHost = other.namespace.known && other.namespace.value === 'host';
  return {
    ...other,
    egress: { ...other.egress, origin: through(other.egress.origin) },
    namespace: known(isHost ? 'host' : 'other', origin),
    shares: [mode.of, ...other.shares],
  };
}

function reachOfNetworks(reading: Reading, attachments: readonly Attachment[]): Reach {
  const first = attachments[0];
  const origin = first?.origin ?? explicit(reading.anchor);
  const base: Reach = {
    egress: known({ kind: 'open' }, origin),
    namespace: known('own', origin),
    hostGateway: answer('unknown', [origin], GATEWAY),
    attachments,
    shares: [],
  };
  const of = (kind: Attachment['kind']): Attachment | undefined =>
    attachments.find((one) => one.kind === kind);
  const host = of('host');
  if (host !== undefined) {
    return {
      ...base,
      egress: known({ kind: 'host' }, host.origin),
      namespace: known('host', host.origin),
    };
  }
  const open = attachments.find((one) => one.kind === 'bridge' && !one.external) ?? of('bridge');
  if (open !== undefined) {
    const assumes = open.external ? [`the network ${open.name} is not internal`] : [];
    return { ...base, egress: known({ kind: 'open' }, open.origin, assumes) };
  }
  const undecided = of('unknown');
  if (undecided !== undefined) {
    const why = `whether the network ${undecided.name} is internal is not known`;
    return { ...base, egress: unknown(undecided.name, why, [undecided.name], undecided.origin) };
  }
  const internal = attachments.filter((one) => one.kind === 'internal');
  if (internal.length === 0) {
    return {
      ...base,
      egress: known({ kind: 'none' }, origin),
      hostGateway: answer('no', [origin], 'it has no network'),
    };
  }
  return { ...base, egress: internalEgress(reading, internal), hostGateway: gatewayOf(internal) };
}

/**
 * An internal network's rules stand in the forwarding chain alone: the host itself still answers on the
 * bridge's address (moby integration/network/bridge/iptablesdoc/generated/usernet-internal.md).
 */
function gatewayOf(internal: readonly Attachment[]): Answer {
  const origins = internal.map(({ definition, origin }) => definition ?? origin);
  return internal.every(({ isolated }) => isolated)
    ? answer('no', origins, 'the bridge keeps the host off')
    : answer('yes', origins, 'the host answers on the address of an internal network');
}

function internalEgress(reading: Reading, internal: readonly Attachment[]): Value<Egress> {
  const [first] = internal;
  const origin = first?.definition ?? explicit(reading.anchor);
  const names = new Set(internal.map(({ name }) => name));
  const hosts = proxyHosts(reading);
  for (const entry of reading.compose.services.values()) {
    if (entry.key === reading.name || !isProxy(reading, entry, hosts)) continue;
    const other = startReading(reading.compose, entry);
    if (networkMode(other) !== null) continue;
    const theirs = attachmentsBeside(reading.compose, entry);
    if (!theirs.some(({ name }) => names.has(name)) || !theirs.some(({ kind }) => kind !== 'internal'))
      continue;
    return known({ kind: 'limited', control: proxyControl(reading, other, origin) }, origin);
  }
  return known({ kind: 'none' }, origin);
}

/** Programs whose purpose is to forward traffic outwards. */
const FORWARD_PROXY =
  /\b(?:squid|tinyproxy|mitmproxy|smokescreen|privoxy|3proxy|dante|gost|glider|danted|forward-?proxy|egress(?:-?\w*)|outbound-?proxy|http-?proxy|web-?proxy|socks5?(?:-?proxy)?)\b/i;
/** Programs that serve as one now and then, and more often the other way round. */
const ANY_PROXY = /\b(?:envoy|nginx|haproxy|traefik|caddy|gateway|proxy|firewall|sandbox-?proxy)\b/i;

/** A neighbour that forwards: by its name or image, or because the service's proxy variables name it. */
function isProxy(reading: Reading, entry: MappingEntry, hosts: ReadonlySet<string>): boolean {
  const image = readField(reading, field(entry.value, 'image'))?.text ?? '';
  const context = field(entry.value, 'build');
  const build = context?.value.kind === 'scalar' ? (readField(reading, context)?.text ?? '') : '';
  const told = `${entry.key} ${image} ${build}`.slice(0, 1000).replaceAll('_', '-');
  if (FORWARD_PROXY.test(told)) return true;
  return hosts.has(entry.key) || (hosts.size === 0 && ANY_PROXY.test(told));
}

/** Hosts that the service's own proxy variables name. */
function proxyHosts(reading: Reading): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { name, value } of readPairs(reading, field(reading.entry.value, 'environment'))) {
    if (!/^(?:https?|all)_proxy$/i.test(name) || value === null) continue;
    const host = /^(?:[a-z0-9]+:\/\/)?(?:[^@/]*@)?([^:/]+)/i.exec(value.text.slice(0, 1000))?.[1];
    if (host !== undefined) hosts.add(host);
  }
  return hosts;
}

function proxyControl(reading: Reading, proxy: Reading, origin: Origin): EgressControl {
  return {
    by: 'proxy',
    text: `an internal network with the proxy ${proxy.name}`,
    origin,
    removable: proxyRewritable(reading, proxy),
    hosts: null,
    holes: [],
  };
}

/** The control is worth nothing when the proxy reads its rules from where the code inside can write. */
function proxyRewritable(reading: Reading, proxy: Reading): Answer {
  const own = startReading(reading.compose, reading.entry);
  const writable = readVolumes(own, own.entry.value).mounts.filter(
    (mount) => mount.type === 'bind' && !(mount.readOnly.known && mount.readOnly.value),
  );
  for (const theirs of readVolumes(proxy, proxy.entry.value).mounts) {
    if (theirs.type !== 'bind' || theirs.host === null) continue;
    const { host } = theirs;
    const ours = writable.find((mount) => mount.host !== null && covers(mount.host, host) === 'yes');
    if (ours !== undefined) {
      return answer(
        'yes',
        [ours.origin, theirs.origin],
        `it can rewrite ${theirs.text}, which ${proxy.name} reads`,
      );
    }
  }
  return answer('no', [explicit(keyPlace(proxy.entry))], 'routing leaves only the proxy');
}
