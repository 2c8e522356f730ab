/** What a profile leaves open of the network. */
import { type Decision, decide } from './decide.ts';
import { leavesOf } from './filters.ts';
import type { SeatbeltRule } from './profile.ts';

export type OutboundLevel = 'none' | 'dns-socket' | 'loopback' | 'ports' | 'open';

export interface PortDecision {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly decision: Decision;
}

export interface NetworkReach {
  /** The widest that is certainly allowed. */
  readonly outbound: OutboundLevel;
  /** The widest that may be allowed; wider than `outbound` only where something is unknown. */
  readonly possible: OutboundLevel;
  /** A host on the internet at a port that no rule names. */
  readonly remote: Decision;
  /** Ports at any host on the internet that are open, or may be, by a rule of their own. */
  readonly remotePorts: readonly PortDecision[];
  /** A service on the host's loopback at a port that no rule names. */
  readonly loopback: Decision;
  readonly loopbackPorts: readonly PortDecision[];
  /** The resolver's socket: names can be looked up, and data leave in them. */
  readonly dnsSocket: Decision;
  /** Accepting connections on some port. */
  readonly inbound: Decision;
}

const LEVELS: readonly OutboundLevel[] = ['none', 'dns-socket', 'loopback', 'ports', 'open'];

export function networkReach(rules: readonly SeatbeltRule[]): NetworkReach {
  const ports = namedPorts(rules);
  const remote = stronger(
    outbound(rules, 'any-remote', 'tcp', null),
    outbound(rules, 'any-remote', 'udp', null),
  );
  const loopback = stronger(
    outbound(rules, 'localhost', 'tcp', null),
    outbound(rules, 'localhost', 'udp', null),
  );
  const dnsSocket = decide(rules, 'network-outbound', {
    kind: 'unix-socket',
    path: '/private/var/run/mDNSResponder',
  });
  const found = {
    remote,
    remotePorts: openPorts(rules, 'any-remote', ports, remote),
    loopback,
    loopbackPorts: openPorts(rules, 'localhost', ports, loopback),
    dnsSocket,
  };
  const inbound = [null, ...ports].map((port) =>
    decide(rules, 'network-inbound', {
      kind: 'ip',
      direction: 'inbound',
      protocol: 'tcp',
      host: 'any-remote',
      port,
    }),
  );
  return {
    ...found,
    inbound: inbound.reduce(stronger),
    outbound: levelOf(found, (decision) => decision.verdict === 'allow'),
    possible: levelOf(found, (decision) => decision.verdict !== 'deny'),
  };
}

function levelOf(
  found: Pick<NetworkReach, 'remote' | 'remotePorts' | 'loopback' | 'loopbackPorts' | 'dnsSocket'>,
  holds: (decision: Decision) => boolean,
): OutboundLevel {
  if (holds(found.remote)) return 'open';
  if (found.remotePorts.some((one) => holds(one.decision))) return 'ports';
  if (holds(found.loopback) || found.loopbackPorts.some((one) => holds(one.decision))) return 'loopback';
  return holds(found.dnsSocket) ? 'dns-socket' : 'none';
}

/** True when `level` is at least as wide as `other`. */
export function isAtLeast(level: OutboundLevel, other: OutboundLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(other);
}

function outbound(
  rules: readonly SeatbeltRule[],
  host: 'localhost' | 'any-remote',
  protocol: 'tcp' | 'udp',
  port: number | null,
): Decision {
  return decide(rules, 'network-outbound', { kind: 'ip', direction: 'outbound', protocol, host, port });
}

function stronger(a: Decision, b: Decision): Decision {
  const rank = (decision: Decision): number => ['deny', 'unknown', 'allow'].indexOf(decision.verdict);
  return rank(b) > rank(a) ? b : a;
}

/** Enough for any real profile; a hostile one that names thousands is asked about the first. */
const MAX_PORTS = 64;

function namedPorts(rules: readonly SeatbeltRule[]): readonly number[] {
  const ports = new Set<number>();
  for (const rule of rules) {
    if (
      rule.filter === null ||
      !rule.operations.some((name) => name.startsWith('network') || name === 'default')
    )
      continue;
    for (const { leaf } of leavesOf(rule.filter)) {
      if (leaf.kind === 'endpoint' && typeof leaf.port === 'number' && ports.size < MAX_PORTS)
        ports.add(leaf.port);
    }
  }
  return [...ports].sort((a, b) => a - b);
}

function openPorts(
  rules: readonly SeatbeltRule[],
  host: 'localhost' | 'any-remote',
  ports: readonly number[],
  unnamed: Decision,
): readonly PortDecision[] {
  return ports.flatMap((port) =>
    (['tcp', 'udp'] as const).flatMap((protocol) => {
      const decision = outbound(rules, host, protocol, port);
      const adds = decision.verdict !== 'deny' && decision.rule !== unnamed.rule;
      return adds ? [{ port, protocol, decision }] : [];
    }),
  );
}
