/** Values of `--network`, `--publish` and `--add-host`. */
import type { PublishedPort } from '../../model/network.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { splitCsv } from './csv.ts';
import type { Engine, LocatedText, NetworkSpec } from './spec.ts';

/** Without a word about it: a bridge of the engine's own, from which nothing is filtered. */
export function defaultNetwork(anchor: Place, note = "the engine's default network"): NetworkSpec {
  return openNetwork(byDefault(anchor, note));
}

function openNetwork(origin: Origin): NetworkSpec {
  return {
    egress: known({ kind: 'open' }, origin),
    namespace: known('own', origin),
    neighbours: [],
    hostNames: [],
    engineApis: [],
    hostGateway: answer(
      'unknown',
      [origin],
      'what listens on all interfaces of the host answers on the gateway',
    ),
  };
}

/**
 * The network of a container by its `--network` flags. The first is the mode, the rest further endpoints
 * (docker/cli opts.go, parseNetworkOpts); one way out is enough for open egress.
 */
export function networkOf(flags: readonly LocatedText[], engine: Engine, current: NetworkSpec): NetworkSpec {
  const networks = flags.map((flag) => singleNetwork(flag, engine));
  const [first] = networks;
  if (first === undefined) return current;
  const open = networks.find(({ egress }) => egress.known && egress.value.kind === 'open');
  const chosen =
    first.egress.known && first.egress.value.kind === 'none' && open !== undefined ? open : first;
  return {
    ...chosen,
    neighbours: current.neighbours,
    hostNames: [...current.hostNames, ...networks.flatMap(({ hostNames }) => hostNames)],
    engineApis: current.engineApis,
  };
}

function singleNetwork({ text, origin }: LocatedText, engine: Engine): NetworkSpec {
  const mode = engine === 'podman' ? text : networkMode(text);
  const open = openNetwork(origin);
  if (!isResolved(mode)) {
    const names = unknownNames(mode);
    const missing = unknown(displayText(text), `${displayText(mode)} is not set in any file`, names, origin);
    return { ...open, egress: missing, namespace: missing };
  }
  const [head = '', options = ''] = splitOnce(mode, ':');
  switch (head) {
    case 'none':
      return {
        ...open,
        egress: known({ kind: 'none' }, origin),
        hostGateway: answer('no', [origin], 'it has no network'),
      };
    case 'host':
      return { ...open, egress: known({ kind: 'host' }, origin), namespace: known('host', origin) };
    case 'container':
      return elsewhere(open, text, options, origin);
    case 'ns':
      return engine === 'docker' ? named(open, mode, origin) : elsewhere(open, text, options, origin);
    case 'pasta':
    case 'slirp4netns':
      return engine === 'podman' ? rootlessNetwork(open, text, options, origin) : named(open, mode, origin);
    default:
      return ORDINARY.has(head) ? open : named(open, mode, origin);
  }
}

function elsewhere(open: NetworkSpec, text: string, owner: string, origin: Origin): NetworkSpec {
  return {
    ...open,
    egress: unknown(text, `it depends on the network of ${owner}`, [], origin),
    namespace: known('other', origin),
  };
}

const ORDINARY = new Set(['', 'bridge', 'default', 'nat', 'private']);

/**
 * The mode, or the name of the network, in a value of `--network`. The client lowers keys and values alike
 * where there are any: `name=HOST` is the host's network.
 */
export function networkMode(text: string): string {
  if (!isNetworkCsv(text) || /^(?:bridge|pasta|slirp4netns|ns|container):/.test(text)) return text;
  const [name] = splitCsv(text).flatMap((field) => /^\s*name\s*=(.*)$/is.exec(field)?.[1] ?? []);
  if (name === undefined) return text;
  return isResolved(name) ? name.trim().toLowerCase() : name.trim();
}

/** CSV when a `name=value` stands in it (docker/cli opts/network.go): `name=host,alias=x`. */
export function isNetworkCsv(text: string): boolean {
  return /\w=[\w\uFDD2]/.test(text);
}

/** Whether a network made elsewhere is internal, no file here says. */
function named(open: NetworkSpec, name: string, origin: Origin): NetworkSpec {
  return {
    ...open,
    egress: known({ kind: 'open' }, origin, [`the network ${displayText(name)} is not internal`]),
  };
}

/** The gateway stands for the host's loopback when these say so (pasta(1) `--map-gw`; slirp4netns(1)). */
function rootlessNetwork(open: NetworkSpec, text: string, options: string, origin: Origin): NetworkSpec {
  const mapsHost = options
    .split(',')
    .some((option) => /^(?:--map-gw|-T|--tcp-ns|--map-host-loopback|allow_host_loopback=true)/.test(option));
  return mapsHost ? { ...open, hostNames: [{ text, origin }] } : open;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** `--add-host name:host-gateway`, with `=` as good as the colon; other addresses are no way to the host. */
export function hostNameOf({ text, origin }: LocatedText): LocatedText[] {
  return /[:=](?:host-gateway|127\.\d+\.\d+\.\d+|172\.17\.0\.1|\[?::1\]?)$/.test(text)
    ? [{ text, origin }]
    : [];
}

/**
 * `[[ip:]published:]target[/protocol]`, ranges included, or the older `published=…,target=…`
 * (docker/cli opts.go, convertToStandardNotation).
 */
export function parsePort(text: string, origin: Origin): PublishedPort {
  if (text.includes('=')) return parseLongPort(text, origin);
  const [address, protocol = 'tcp'] = splitProtocol(text);
  const bracket = /^\[([^\]]*)\]:(.*)$/.exec(address);
  const fields = bracket === null ? address.split(':') : [bracket[1] ?? '', ...(bracket[2] ?? '').split(':')];
  const target = fields.at(-1) ?? '';
  const published = fields.length > 1 ? (fields.at(-2) ?? '') : '';
  const ip = fields.length > 2 ? fields.slice(0, -2).join(':') : '';
  return {
    target: displayText(target),
    published: published === '' ? null : displayText(published),
    hostIp: everyInterface(ip) ? null : displayText(ip),
    protocol,
    origin,
  };
}

function splitProtocol(text: string): [string, string?] {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return [text];
  return [text.slice(0, slash), text.slice(slash + 1).toLowerCase() || 'tcp'];
}

function everyInterface(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::';
}

/** The client puts the fields together to the short form, and reads that (convertToStandardNotation). */
function parseLongPort(text: string, origin: Origin): PublishedPort {
  const fields = new Map(text.split(',').map((field) => splitOnce(field, '=')));
  const protocol = fields.get('protocol') ?? 'tcp';
  return parsePort(`${fields.get('published') ?? ''}:${fields.get('target') ?? ''}/${protocol}`, origin);
}
