/** What a profile leaves open of the network, in the model's words. */
import type { AllowedHost, Egress, EgressHole, EngineApi, Network } from '../../model/network.ts';
import {
  type Answer,
  answer,
  byDefault,
  known,
  type Origin,
  unknown,
  type Value,
} from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { type Decision, decide } from './decide.ts';
import { originOf, quoted } from './model-origins.ts';
import { isAtLeast, type NetworkReach, networkReach, type PortDecision } from './network.ts';
import type { SeatbeltRule } from './profile.ts';

/** @param anchor where it could have been said otherwise, for what no rule names */
export function seatbeltNetwork(rules: readonly SeatbeltRule[], anchor: Place): Network {
  const reach = networkReach(rules);
  const fallback = byDefault(anchor, 'no rule allows it');
  const egress = egressOf(rules, reach, fallback);
  return {
    egress,
    hostLoopback: loopback(reach, fallback),
    metadata: metadata(egress),
    neighbours: [],
    published: [],
    proxyVariables: [],
    engineApis: engineApis(reach),
    abstractSockets: answer('no', [fallback], 'macOS has no abstract sockets'),
  };
}

/** A port through which names are looked up anywhere, and nothing else is reached. */
const DNS_PORT = 53;

function egressOf(rules: readonly SeatbeltRule[], reach: NetworkReach, fallback: Origin): Value<Egress> {
  if (isAllowed(reach.remote)) return opened(reach.remote, fallback);
  const port = reach.remotePorts.find((one) => isAllowed(one.decision) && one.port !== DNS_PORT);
  // Whoever reaches any address at one port sends what it likes to whom it likes.
  if (port !== undefined) return opened(port.decision, fallback);
  const doubtful = [reach.remote, ...reach.remotePorts.map((one) => one.decision)].find(isDoubtful);
  if (doubtful !== undefined && isAtLeast(reach.possible, 'ports')) return doubt(doubtful, fallback);
  return narrowed(rules, reach, fallback);
}

function opened(decision: Decision, fallback: Origin): Value<Egress> {
  return known({ kind: 'open' }, originAt(decision, fallback), decision.assumptions);
}

function doubt(decision: Decision, fallback: Origin): Value<Egress> {
  const { rule, reasons } = decision;
  const raw = rule === null ? 'network-outbound' : quoted(rule, rule.place);
  return unknown(raw, reasons.join('; ') || 'it cannot be told', [], originAt(decision, fallback));
}

function narrowed(rules: readonly SeatbeltRule[], reach: NetworkReach, fallback: Origin): Value<Egress> {
  const holes = holesOf(rules, reach);
  const hosts = loopbackHosts(reach, fallback);
  const origin = hosts[0]?.origin ?? holes[0]?.origin ?? deniedAt(reach.remote, fallback);
  if (hosts.length === 0 && holes.length === 0) return known({ kind: 'none' }, origin);
  const text = hosts.map(({ host }) => host).join(', ') || 'no host at all';
  const removable = answer('no', [origin], 'the kernel holds the process to its profile');
  const control = { by: 'policy' as const, text, origin, removable, hosts, holes };
  return known({ kind: 'limited', control }, origin, assumptionsOf(reach));
}

function assumptionsOf({ loopback: any, loopbackPorts }: NetworkReach): readonly string[] {
  return isAllowed(any) ? any.assumptions : (loopbackPorts[0]?.decision.assumptions ?? []);
}

/** A rule that denies is worth pointing at, as the reason why there is no network. */
function deniedAt({ rule, at }: Decision, fallback: Origin): Origin {
  return rule === null || rule.action === 'allow' ? fallback : originOf(rule, at ?? rule.place);
}

function loopbackHosts(reach: NetworkReach, fallback: Origin): AllowedHost[] {
  const any = reach.loopback;
  if (isAllowed(any)) return [{ host: 'localhost:*', origin: originAt(any, fallback) }];
  const hosts = new Map<string, AllowedHost>();
  for (const { port, decision } of ownPorts(reach)) {
    const host = `localhost:${port}`;
    if (isAllowed(decision) && !hosts.has(host))
      hosts.set(host, { host, origin: originAt(decision, fallback) });
  }
  return [...hosts.values()];
}

/** The daemon that looks names up outside the sandbox, by socket or by message (mDNSResponder(8)). */
const RESOLVER_SERVICES: readonly string[] = ['com.apple.mDNSResponder', 'com.apple.dnssd.service'];

function holesOf(rules: readonly SeatbeltRule[], reach: NetworkReach): EgressHole[] {
  const services = RESOLVER_SERVICES.map((name) => decide(rules, 'mach-lookup', { kind: 'mach', name }));
  const ports = reach.remotePorts.filter(({ port }) => port === DNS_PORT).map(({ decision }) => decision);
  const open = [reach.dnsSocket, ...ports, ...services].find(
    (decision) => isAllowed(decision) && decision.rule !== null,
  );
  if (open === undefined || open.rule === null) return [];
  const place = open.at ?? open.rule.place;
  return [{ kind: 'dns', text: quoted(open.rule, place), origin: originOf(open.rule, place) }];
}

/** `*:443` is about the internet, though the host's own port 443 is among it. */
function ownPorts({ loopbackPorts, remotePorts }: NetworkReach): PortDecision[] {
  return loopbackPorts.filter(
    (own) =>
      !remotePorts.some(
        (any) =>
          any.port === own.port &&
          any.protocol === own.protocol &&
          any.decision.rule === own.decision.rule &&
          any.decision.verdict === own.decision.verdict,
      ),
  );
}

function loopback(reach: NetworkReach, fallback: Origin): Answer {
  const { loopback: any, loopbackPorts } = reach;
  if (isAllowed(any)) return withAssumptions(answer('yes', [originAt(any, fallback)], reasonOf(any)), any);
  const open = ownPorts(reach).filter(({ decision }) => isAllowed(decision));
  const [first] = open;
  if (first !== undefined) {
    const origins = uniqueOrigins(open, fallback);
    return withAssumptions(answer('yes', origins, reasonOf(first.decision)), first.decision);
  }
  const doubtful = [any, ...loopbackPorts.map(({ decision }) => decision)].some(isDoubtful);
  return answer(doubtful ? 'unknown' : 'no', [originAt(any, fallback)]);
}

function uniqueOrigins(ports: readonly PortDecision[], fallback: Origin): Origin[] {
  const origins = new Map<number, Origin>();
  for (const { decision } of ports) {
    const origin = originAt(decision, fallback);
    origins.set(origin.place.span.start, origin);
  }
  return [...origins.values()];
}

function reasonOf({ rule, at }: Decision): string {
  if (rule === null) return 'nothing forbids connections to the host itself';
  return `\`${quoted(rule, at ?? rule.place)}\` lets it connect to programs that listen on the host`;
}

function withAssumptions(found: Answer, { assumptions }: Decision): Answer {
  return assumptions.length === 0 ? found : { ...found, assumes: assumptions };
}

function metadata(egress: Value<Egress>): Answer {
  if (!egress.known) return answer('unknown', [egress.origin]);
  return answer(egress.value.kind === 'open' ? 'yes' : 'no', [egress.origin]);
}

/** Ports that IANA registers for Docker's API (https://docs.docker.com/engine/daemon/remote-access/). */
const ENGINE_PORTS: ReadonlySet<number> = new Set([2375, 2376]);

function engineApis({ loopbackPorts }: NetworkReach): EngineApi[] {
  const found = loopbackPorts.filter(({ port, protocol, decision }) => {
    return ENGINE_PORTS.has(port) && protocol === 'tcp' && isAllowed(decision) && decision.rule !== null;
  });
  return found.flatMap(({ decision: { rule, at } }): EngineApi[] => {
    if (rule === null) return [];
    const place = at ?? rule.place;
    const origin = originOf(rule, place);
    return [{ kind: 'tcp', text: quoted(rule, place), power: 'full', origin, related: [] }];
  });
}

function isAllowed(decision: Decision): boolean {
  return decision.verdict === 'allow';
}

function isDoubtful(decision: Decision): boolean {
  return decision.verdict === 'unknown';
}

function originAt({ rule, at }: Decision, fallback: Origin): Origin {
  return rule === null ? fallback : originOf(rule, at ?? rule.place);
}
