/** Networks, ports, hosts and addresses of run flags: what the engines take. */
import { isCsv, splitCsv } from './csv.ts';
import { isAddress, isHardwareAddress, parseInteger } from './go-values.ts';
import type { Check, Checks } from './refusals.ts';
import { isNetworkCsv } from './run-spec-network.ts';

const NETWORK_KEYS = new Set([
  'name',
  'alias',
  'ip',
  'ip6',
  'mac-address',
  'link-local-ip',
  'driver-opt',
  'gw-priority',
]);

/** docker/cli opts/network.go. */
const network: Check = (value) => {
  if (value === '') return 'it names no network';
  if (!isNetworkCsv(value)) return value !== 'container' && value !== 'container:';
  if (!isCsv(value)) return 'it is no list of fields';
  const fields = splitCsv(value).map(networkField);
  const refused = fields.find(({ reason }) => reason !== null);
  if (refused !== undefined) return refused.reason ?? false;
  const name = fields.findLast(({ key }) => key === 'name')?.value ?? '';
  return name !== '' || 'it names no network';
};

interface NetworkField {
  readonly key: string;
  readonly value: string;
  readonly reason: string | null;
}

function networkField(field: string): NetworkField {
  const equals = field.indexOf('=');
  const key = (equals < 0 ? '' : field.slice(0, equals)).trim().toLowerCase();
  const value = field.slice(equals + 1).trim();
  return {
    key,
    value,
    reason: NETWORK_KEYS.has(key) ? fieldReason(key, value) : `"${field}" is no field of it`,
  };
}

function fieldReason(key: string, value: string): string | null {
  if (/^(?:ip6?|link-local-ip)$/.test(key) && !isAddress(value)) return `"${value}" is no address`;
  if (key === 'mac-address' && !isHardwareAddress(value)) return `"${value}" is no address`;
  if (key === 'driver-opt' && !/^[^=]+=/.test(value)) return `"${value}" has no value`;
  return key === 'gw-priority' && parseInteger(value) === null ? `"${value}" is no number` : null;
}

/** A port, or the first and the last of several; null: neither. */
function portRange(text: string): readonly [first: number, last: number] | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined || Number(first) > Number(last) || Number(last) > 65_535) return null;
  return [Number(first), Number(last)];
}

/** `[[ip:]port:]port[/protocol]` (docker/go-connections nat, ParsePortSpec). */
function publishReason(text: string): string | null {
  const parts = text.split(':');
  const [inside = '', protocol = 'tcp'] = (parts.at(-1) ?? '').split('/', 2);
  const outside = parts.at(-2) ?? '';
  const address = parts.slice(0, -2).join(':');
  if (!['tcp', 'udp', 'sctp', ''].includes(protocol.toLowerCase())) return 'there is no such protocol';
  if (address !== '' && !isAddress(address.replace(/^\[(.*)\]$/, '$1'))) return `"${address}" is no address`;
  const [target, published] = [portRange(inside), outside === '' ? null : portRange(outside)];
  if (target === null) return `"${inside}" is no port`;
  if (outside === '') return null;
  if (published === null) return `"${outside}" is no port`;
  const [width, wide] = [target[1] - target[0], published[1] - published[0]];
  return width === wide || width === 0 ? null : 'the ranges differ in length';
}

/** The long form is put together to the short one; a protocol is then always there. */
const publish: Check = (value) => {
  if (!value.includes('=')) return publishReason(value) ?? true;
  const fields = value.split(',').map((field) => field.split('='));
  if (fields.some(([key = '', ...rest]) => key === '' || rest.length === 0)) return 'a field has no value';
  const of = (key: string): string =>
    fields
      .findLast(([name]) => name === key)
      ?.slice(1)
      .join('=') ?? '';
  return publishReason(`${of('published')}:${of('target')}/${of('protocol') || 'tcp'}`) ?? true;
};

const podmanPublish: Check = (value) => {
  const reason = publishReason(value);
  if (reason !== null) return reason;
  return !/(?:^|:)0:/.test(value) || 'there is no port 0';
};

const expose: Check = (value) => portRange(value.split('/', 1)[0] ?? '') !== null || 'it is no port';

/** `name:address`, or with `=` (docker/cli opts/hosts.go, ValidateExtraHost). */
const dockerHost: Check = (value) => {
  const at = value.includes('=') ? value.indexOf('=') : value.indexOf(':');
  const [name, address] = [value.slice(0, Math.max(at, 0)), value.slice(at + 1)];
  if (name === '' || name.includes(':')) return 'it is no name with an address';
  const bare = /^\[(.+)\]$/.exec(address)?.[1] ?? address;
  return address === 'host-gateway' || isAddress(bare.trim()) || `"${address}" is no address`;
};

const podmanHost: Check = (value) => {
  const [, name = '', address = ''] = /^([^:]*):(.*)$/s.exec(value) ?? [];
  if (name === '') return 'it is no name with an address';
  return address === 'host-gateway' || isAddress(address) || `"${address}" is no address`;
};

const address: Check = (value) => isAddress(value.trim()) || 'it is no address';
/** An empty text sets nothing. */
function orNone(check: Check): Check {
  return (value, settings) => value === '' || check(value, settings);
}

const hardware: Check = (value) => isHardwareAddress(value.trim()) || 'it is no address';

const DOMAIN = /^[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?(?:\.[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?)*\.?\s*$/;

/** docker/cli opts/opts.go, ValidateDNSSearch. */
const domain: Check = (value) => {
  const name = value.replace(/^ +| +$/g, '');
  return name === '.' || (/[a-z]/i.test(name) && name.length < 255 && DOMAIN.test(name)) || 'it is no domain';
};

export const DOCKER_NETWORK: Checks = {
  network,
  publish,
  expose,
  'add-host': dockerHost,
  dns: address,
  'dns-search': domain,
  ip: { last: orNone(address) },
  ip6: { last: orNone(address) },
  'mac-address': { last: orNone(hardware) },
  link: (value) => /^[^:]+(?::[^:]*)?$/.test(value) || 'it is no container with a name for it',
};

export const PODMAN_NETWORK: Checks = {
  publish: podmanPublish,
  expose,
  'add-host': podmanHost,
  dns: orNone((value, settings) => value === 'none' || address(value, settings)),
  ip: { last: orNone(address) },
  ip6: { last: orNone(address) },
  'mac-address': { last: orNone(hardware) },
};
