/** The services of macOS that a profile leaves within reach, and the ways out of the sandbox among them. */
import type { Place } from '../../source/source.ts';
import { type Decision, decide } from './decide.ts';
import { noSandboxGrants } from './execution.ts';
import type { SeatbeltRule } from './profile.ts';

/** Ways to act through programs outside the sandbox. */
export type ServiceName =
  | 'launch-services'
  | 'apple-events'
  | 'job-creation'
  | 'task-ports'
  | 'pasteboard'
  | 'window-server'
  | 'keychain'
  | 'input-devices'
  | 'signal-others'
  | 'process-info'
  | 'preferences-write'
  | 'camera'
  | 'microphone'
  | 'dns-service'
  | 'mount';

interface ServiceQuestion {
  readonly service: ServiceName;
  /** Every one of these has to be allowed … */
  readonly all: readonly (readonly [operation: string, object: Parameters<typeof decide>[2]])[];
}

function mach(name: string): readonly [string, Parameters<typeof decide>[2]] {
  return ['mach-lookup', { kind: 'mach', name }];
}

/**
 * One row a way, several rows where there are several ways. `open` needs both launch services and `lsopen`
 * (eugene1g/agent-safehouse#181, docker/model-runner#715); Apple events likewise need both halves.
 */
const SERVICES: readonly ServiceQuestion[] = [
  { service: 'launch-services', all: [['lsopen', null], mach('com.apple.coreservices.launchservicesd')] },
  { service: 'apple-events', all: [['appleevent-send', null], mach('com.apple.coreservices.appleevents')] },
  { service: 'job-creation', all: [['job-creation', null]] },
  { service: 'task-ports', all: [['mach-priv-task-port', { kind: 'target', target: 'others' }]] },
  { service: 'pasteboard', all: [mach('com.apple.pasteboard.1')] },
  { service: 'window-server', all: [mach('com.apple.windowserver.active')] },
  { service: 'window-server', all: [mach('com.apple.windowserver')] },
  { service: 'keychain', all: [mach('com.apple.SecurityServer')] },
  { service: 'keychain', all: [mach('com.apple.securityd')] },
  { service: 'keychain', all: [mach('com.apple.securityd.xpc')] },
  {
    service: 'input-devices',
    all: [
      ['iokit-open-user-client', { kind: 'name', of: 'iokit-user-client-class', name: 'IOHIDLibUserClient' }],
    ],
  },
  {
    service: 'input-devices',
    all: [['iokit-open', { kind: 'name', of: 'iokit-registry-entry-class', name: 'IOHIDLibUserClient' }]],
  },
  { service: 'signal-others', all: [['signal', { kind: 'target', target: 'others' }]] },
  { service: 'process-info', all: [['process-info-pidinfo', { kind: 'target', target: 'others' }]] },
  {
    service: 'preferences-write',
    all: [['user-preference-write', { kind: 'name', of: 'preference-domain', name: 'com.apple.unnamed' }]],
  },
  { service: 'camera', all: [['device-camera', null]] },
  { service: 'microphone', all: [['device-microphone', null]] },
  { service: 'dns-service', all: [mach('com.apple.dnssd.service')] },
  { service: 'dns-service', all: [mach('com.apple.mDNSResponder')] },
  { service: 'mount', all: [['file-mount', { kind: 'path', path: '/unnamed/mount', vnode: 'DIRECTORY' }]] },
];

export interface ServiceReach {
  readonly service: ServiceName;
  readonly verdict: 'allow' | 'unknown';
  /** One a thing that the service needs; the places to point at. */
  readonly decisions: readonly Decision[];
}

/** The services that are reachable, or may be; each once, at its strongest. */
export function serviceReach(rules: readonly SeatbeltRule[]): readonly ServiceReach[] {
  const found = new Map<ServiceName, ServiceReach>();
  for (const { service, all } of SERVICES) {
    const decisions = all.map(([operation, object]) => decide(rules, operation, object));
    if (decisions.some((one) => one.verdict === 'deny')) continue;
    const verdict = decisions.some((one) => one.verdict === 'unknown') ? 'unknown' : 'allow';
    if (found.get(service)?.verdict !== 'allow') found.set(service, { service, verdict, decisions });
  }
  return [...found.values()];
}

/** Ways out of the sandbox altogether: what runs there is bound by no rule. */
export interface Escape {
  readonly kind: 'no-sandbox' | 'launch-services' | 'apple-events';
  readonly certain: boolean;
  readonly places: readonly Place[];
}

export function escapes(rules: readonly SeatbeltRule[]): readonly Escape[] {
  const outside = noSandboxGrants(rules)
    .filter((grant) => grant.full !== 'no')
    .map((grant): Escape => ({ kind: 'no-sandbox', certain: grant.full === 'yes', places: [grant.place] }));
  const services = serviceReach(rules).flatMap((one): Escape[] => {
    if (one.service !== 'launch-services' && one.service !== 'apple-events') return [];
    const places = one.decisions.flatMap((decision) => (decision.at === null ? [] : [decision.at]));
    return [{ kind: one.service, certain: one.verdict === 'allow', places }];
  });
  return [...outside, ...services];
}
