/** What a service reaches over the network (systemd.resource-control(5), IPAddressAllow=; systemd.exec(5)). */
import type { HostFiles } from '../../model/files.ts';
import type { Egress, Network } from '../../model/network.ts';
import { displayText } from '../../model/symbolic.ts';
import { answer, known, type Origin, unknown, type Value } from '../../model/value.ts';
import { active, type ListItem, listOf, nameSet, type ServiceSettings } from './settings.ts';

export function serviceNetwork(settings: ServiceSettings, network: Network): Network {
  const joined = active(settings, 'NetworkNamespacePath');
  if (joined !== null) {
    const why = 'the namespace is set up elsewhere';
    const egress = unknown(displayText(joined.text), why, [], joined.origin);
    return { ...network, ...outside(egress, answer('unknown', [joined.origin])) };
  }
  if (network.egress.known && network.egress.value.kind === 'none') return network;
  return byFamilies(settings, network) ?? byInterfaces(settings, network) ?? byAddresses(settings, network);
}

function outside(egress: Value<Egress>, hostLoopback: Network['hostLoopback']) {
  return { egress, hostLoopback, metadata: answer('no', [egress.origin], 'its address is not let through') };
}

const INTERNET = ['AF_INET', 'AF_INET6', 'AF_PACKET'];

/** The families that may be used: by `none`, or by a list (systemd.exec(5), RestrictAddressFamilies=). */
function familiesOf(settings: ServiceSettings): { allows(family: string): boolean; origin: Origin } | null {
  const set = nameSet(settings, 'RestrictAddressFamilies');
  const last = settings.properties.findLast(({ name }) => name === 'RestrictAddressFamilies');
  if (set === null || last?.value === '') return null;
  return { allows: (family) => last?.value !== 'none' && set.has(family), origin: set.origin };
}

function byFamilies(settings: ServiceSettings, network: Network): Network | null {
  const families = familiesOf(settings);
  if (families === null) return null;
  const { origin } = families;
  const abstractSockets = families.allows('AF_UNIX') ? network.abstractSockets : answer('no', [origin]);
  // Packets by hand need a capability that few have; without both families there is no other way.
  if (INTERNET.slice(0, 2).some((family) => families.allows(family))) return null;
  const no = answer('no', [origin], 'sockets of the internet are refused');
  return { ...network, abstractSockets, ...outside(known({ kind: 'none' }, origin), no), metadata: no };
}

/** Without the family of unix sockets none is connected to, whatever is mounted. */
export function withFamilies(settings: ServiceSettings, files: HostFiles): HostFiles {
  const families = familiesOf(settings);
  if (families === null || families.allows('AF_UNIX')) return files;
  return {
    ...files,
    grants: files.grants.map((grant) => ({ ...grant, connect: 'no' })),
    can: (mode, path) =>
      mode === 'connect' ? { verdict: 'no', because: [families.origin], grant: null } : files.can(mode, path),
  };
}

/** `RestrictNetworkInterfaces=lo`. */
function byInterfaces(settings: ServiceSettings, network: Network): Network | null {
  const set = nameSet(settings, 'RestrictNetworkInterfaces');
  const names = listOf(settings, 'RestrictNetworkInterfaces');
  if (set === null || names.some(({ value }) => value.startsWith('~'))) return null;
  if (names.some(({ value }) => value !== 'lo')) return null;
  const loopback = set.has('lo') ? network.hostLoopback : answer('no', [set.origin]);
  return { ...network, ...outside(known({ kind: 'none' }, set.origin), loopback) };
}

const LOCAL = /^(?:localhost$|127\.|::1)/;

/** IPAddressDeny filters addresses of the internet protocols alone; what is allowed goes first. */
function byAddresses(settings: ServiceSettings, network: Network): Network {
  const denied = listOf(settings, 'IPAddressDeny').filter(({ when }) => when.length === 0);
  const covers = (text: string): ListItem | undefined => denied.find(({ value }) => value === text);
  const deny = covers('any') ?? (covers('::/0') === undefined ? undefined : covers('0.0.0.0/0'));
  if (deny === undefined) return network;
  const allowed = listOf(settings, 'IPAddressAllow');
  if (allowed.some(({ value }) => /^(?:any|0\.0\.0\.0\/0|::\/0)$/.test(value))) return network;
  const local = allowed.find(({ value }) => LOCAL.test(value));
  const others = allowed.filter(({ value }) => !LOCAL.test(value));
  const hostLoopback =
    local === undefined
      ? answer('no', [deny.origin], 'its address is not let through')
      : answer('yes', [local.origin], `\`${local.text}\` lets the host's loopback through`);
  if (others.length === 0) {
    return { ...network, ...outside(known({ kind: 'none' }, deny.origin), hostLoopback) };
  }
  const control = {
    by: 'runtime' as const,
    text: deny.text,
    origin: deny.origin,
    removable: answer('no', [deny.origin], 'the manager sets the filter, and the code does not run as it'),
    hosts: others.map(({ value, origin }) => ({ host: value, origin })),
    holes: [],
  };
  return { ...network, ...outside(known({ kind: 'limited', control }, deny.origin), hostLoopback) };
}
