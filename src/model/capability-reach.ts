/** What a capability gives in the sandbox at hand: alone, or together with what else is granted there. */
import { type CapabilityCondition, capabilityRow } from '../knowledge/capabilities.ts';
import type { Gain } from './outcome.ts';
import type { AddedCapability, Privilege } from './privilege.ts';
import type { Sandbox } from './sandbox.ts';
import { surely } from './value.ts';

export interface CapabilityReach {
  readonly gain: Gain;
  /** Clause that follows "code inside can". */
  readonly lets: string;
  /** What makes it worse than it is alone; null: it needs nothing else. */
  readonly together: CapabilityCondition | null;
  readonly assumes: readonly string[];
}

/**
 * Capabilities beyond the engine's own: added ones. bwrap started as root adds nothing and keeps everything
 * (bwrap(1), --cap-drop).
 */
export function grantedCapabilities({ boundary, privilege }: Sandbox): readonly AddedCapability[] {
  const { capabilities } = privilege;
  if (capabilities === null) return [];
  const { added, dropsAll, usable, origin } = capabilities;
  const keepsAll = boundary === 'namespaces' && dropsAll === null && usable.has('SYS_ADMIN');
  return keepsAll && added.length === 0 ? [{ name: 'ALL', origin }] : added;
}

/** What a granted capability gives, or null when it crosses no boundary here. */
export function capabilityReach(sandbox: Sandbox, name: string): CapabilityReach | null {
  const row = capabilityRow(name);
  const worse = row?.together.find((candidate) => holds(candidate.with, sandbox));
  const found = worse ?? row?.alone;
  if (found === undefined || found === null) return null;
  const { outcome, certainty, lets } = found;
  const together = worse?.with ?? null;
  const obstacle = obstacleTo(sandbox, name, outcome);
  if (obstacle !== null)
    return { gain: { outcome, certainty: 'assumed' }, lets, together, assumes: [obstacle] };
  return {
    gain: { outcome, certainty },
    lets,
    together,
    assumes: sandbox.privilege.effectiveRoot.assumes ?? [],
  };
}

function obstacleTo(sandbox: Sandbox, name: string, outcome: string): string | null {
  const usable = sandbox.privilege.capabilities?.usable ?? new Set<string>();
  if (name === 'ALL' ? usable.size === 0 : !usable.has(name)) {
    return 'code inside becomes root there, and only then holds the capability';
  }
  if (name === 'NET_ADMIN' && outcome === 'kernel-surface' && servesFirewall(sandbox)) {
    return 'code inside gets at the capability that the firewall was given';
  }
  return null;
}

/** Rules of a firewall inside need NET_ADMIN; that code inside may remove them is another rule's business. */
function servesFirewall({ network: { egress } }: Sandbox): boolean {
  if (!egress.known) return /firewall/i.test(egress.why);
  return egress.value.kind === 'limited' && egress.value.control.by === 'firewall';
}

/** CAP_SYS_ADMIN, in use or by full privileges: what mounts and namespaces of the host's kernel ask for. */
export function canAdminister(privilege: Privilege): boolean {
  if (privilege.privileged !== null && surely(privilege.privileged, (on) => on)) return true;
  return privilege.capabilities?.usable.has('SYS_ADMIN') ?? false;
}

function holds(condition: CapabilityCondition, sandbox: Sandbox): boolean {
  const { namespaces, confinement, capabilities } = sandbox.privilege;
  switch (condition) {
    case 'pid-host':
      return namespaces !== null && surely(namespaces.pid, (sharing) => sharing === 'host');
    case 'network-host':
      return namespaces !== null && surely(namespaces.network, (sharing) => sharing === 'host');
    case 'apparmor-unconfined':
      return confinement !== null && surely(confinement.appArmor, (profile) => profile === 'unconfined');
    case 'device-memory':
      return opensMemory(sandbox.privilege);
    case 'capability-PERFMON':
      return capabilities?.usable.has('PERFMON') ?? false;
  }
}

/** /dev/mem, /dev/kmem and /dev/port are character devices of major number 1 (Documentation/admin-guide/devices.txt). */
function opensMemory({ devices, deviceRules }: Privilege): boolean {
  return (
    devices.some((grant) => /^\/dev\/(?:k?mem|port)$/.test(grant.device)) ||
    deviceRules.some((rule) => rule.type === 'a' || (rule.type === 'c' && /^(?:1|\*)$/.test(rule.major)))
  );
}
