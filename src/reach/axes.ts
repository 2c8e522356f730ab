/** What each axis comes to: the worst outcome on it, or what the boundary alone leaves. */
import { outcomeRow } from '../knowledge/outcomes.ts';
import { homePath, workspacePath } from '../model/host-path.ts';
import { AXES, type Axis } from '../model/outcome.ts';
import type { AxisResult, HeldOutcome } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Origin } from '../model/value.ts';
import { worthOf } from '../model/worth.ts';
import { levelOf } from './score.ts';

interface Floor {
  readonly worth: number;
  readonly reason: string;
  readonly origin: Origin | null;
}

export function axesOf(sandbox: Sandbox, outcomes: readonly HeldOutcome[]): AxisResult[] {
  return AXES.map((axis) => {
    const floor = FLOORS[axis](sandbox);
    // How much can be exhausted depends on how many ceilings are missing, which no single outcome says.
    const worst = axis === 'limits' ? null : worstOn(axis, outcomes, sandbox);
    const { worth, reason, origin } = worst !== null && worst.worth >= floor.worth ? worst : floor;
    return { axis, worth: Math.round(worth * 100) / 100, level: levelOf(worth), reason, origin };
  });
}

function worstOn(axis: Axis, outcomes: readonly HeldOutcome[], sandbox: Sandbox): Floor | null {
  let worst: Floor | null = null;
  for (const held of outcomes) {
    const row = outcomeRow(held.outcome);
    if (row?.axis !== axis) continue;
    const worth = worthOf(held, sandbox);
    if (worst !== null && worth <= worst.worth) continue;
    const origin = held.path.find((step) => step.origin !== null)?.origin ?? null;
    worst = { worth, reason: row.phrase, origin };
  }
  return worst;
}

/**
 * What is left when no rule finds anything on the axis. Worths: DESIGN of the score, docs/score.md.
 */
const FLOORS: Readonly<Record<Axis, (sandbox: Sandbox) => Floor>> = {
  host: hostFloor,
  files: filesFloor,
  credentials: credentialsFloor,
  network: networkFloor,
  limits: limitsFloor,
  persistence: persistenceFloor,
};

function hostFloor(sandbox: Sandbox): Floor {
  const { privilege, boundary } = sandbox;
  const { runtime } = privilege;
  if (boundary === 'policy' && sandbox.services === null) {
    return { worth: 1.5, reason: 'what it may do on the host is not known', origin: null };
  }
  if (boundary === 'vm' || (runtime.known && runtime.value === 'vm')) {
    return { worth: 0.2, reason: 'a virtual machine stands between', origin: runtime.origin };
  }
  if (runtime.known && runtime.value === 'user-space-kernel') {
    return { worth: 0.3, reason: "a kernel of its own stands before the host's", origin: runtime.origin };
  }
  const mapped = privilege.rootIsHostRoot.verdict === 'no';
  const root = privilege.effectiveRoot.verdict !== 'no';
  const origin = privilege.effectiveRoot.because[0] ?? null;
  if (root && !mapped)
    return { worth: 2.5, reason: 'root inside, behind the kernel’s boundary alone', origin };
  if (isHardened(sandbox)) return { worth: 1, reason: 'no root, no capabilities, no new privileges', origin };
  return { worth: 1.5, reason: 'an ordinary user, behind the kernel’s boundary', origin };
}

function isHardened({ privilege, services }: Sandbox): boolean {
  if (services !== null) return true;
  const escalates = privilege.noNewPrivileges?.known === true && !privilege.noNewPrivileges.value;
  return !escalates && privilege.capabilities !== null && privilege.capabilities.bounding.size === 0;
}

function filesFloor(sandbox: Sandbox): Floor {
  const written = sandbox.files.can('write', workspacePath());
  const part = sandbox.files.grants.find(
    (grant) => grant.path.root === 'workspace' && grant.write === 'yes' && grant.kind !== 'copy',
  );
  if (written.verdict === 'yes' || part !== undefined) {
    const origin = written.because[0] ?? part?.origin ?? null;
    return { worth: 2, reason: 'it changes the project, which is its purpose', origin };
  }
  const readable = sandbox.files.grants.find((grant) => grant.read === 'yes' && grant.kind !== 'copy');
  if (readable !== undefined) {
    return {
      worth: 1,
      reason: 'it reads what is mounted and writes nothing of the host',
      origin: readable.origin,
    };
  }
  const reason = mayReach(sandbox)
    ? 'what it reaches of the host is not known'
    : 'nothing of the host is mounted';
  return { worth: 0, reason, origin: null };
}

/** Something that could not be read may open any part of the host's files. */
function mayReach({ files }: Sandbox): boolean {
  return files.can('read', homePath()).verdict === 'unknown';
}

function credentialsFloor(sandbox: Sandbox): Floor {
  const reason = mayReach(sandbox)
    ? 'whether credentials can be read is not known'
    : 'no credential is visible';
  return { worth: 0, reason, origin: null };
}

function networkFloor(sandbox: Sandbox): Floor {
  const { egress } = sandbox.network;
  if (!egress.known) return { worth: 0, reason: 'the way out is not known', origin: egress.origin };
  const { kind } = egress.value;
  if (kind === 'none') return { worth: 0, reason: 'no network', origin: egress.origin };
  if (kind === 'limited') {
    const holes = egress.value.control.holes.length > 0;
    const reason = holes ? 'an allow-list with holes' : 'an enforced allow-list';
    return { worth: holes ? 3 : 2, reason, origin: egress.value.control.origin };
  }
  if (kind === 'host') return { worth: 6, reason: "the host's own network", origin: egress.origin };
  return { worth: 4, reason: 'any address on the internet', origin: egress.origin };
}

function limitsFloor({ limits, boundary }: Sandbox): Floor {
  const named = { memory: limits.memory, processors: limits.cpu, processes: limits.processes };
  const entries = Object.entries(named);
  const unlimited = entries.filter(([, limit]) => !limit.known || limit.value.amount === null);
  const [first] = unlimited;
  if (first === undefined) {
    return { worth: 0, reason: 'memory, processors and processes are limited', origin: limits.memory.origin };
  }
  // A machine of its own has the memory and processors that it was given.
  const some = unlimited.length < entries.length || boundary === 'vm';
  const names = unlimited.map(([name]) => name).join(', ');
  return { worth: some ? 1 : 2, reason: `no limit for ${names}`, origin: first[1].origin };
}

function persistenceFloor({ lifetime }: Sandbox): Floor {
  const kept = lifetime.kept;
  if (kept.known && !kept.value)
    return { worth: 0, reason: 'nothing outlives the task', origin: kept.origin };
  return { worth: 1, reason: 'the container is kept after its task', origin: kept.origin };
}
