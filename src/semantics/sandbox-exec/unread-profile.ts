/** A sandbox whose profile could not be read, or only a part that leaves the rest open. */
import type { HostFiles } from '../../model/files.ts';
import type { Network } from '../../model/network.ts';
import type { Sandbox, Unresolved } from '../../model/sandbox.ts';
import { type Answer, answer, unknown } from '../../model/value.ts';

/** What the part opens is open; that something is closed, it cannot say. */
export function openEnded(part: Sandbox, missing: Unresolved): Sandbox {
  return {
    ...part,
    files: openFiles(part.files, missing),
    network: openNetwork(part.network, missing),
    revise(change) {
      const revised = part.revise(change);
      return revised === null ? null : openEnded(revised, missing);
    },
  };
}

function openFiles(files: HostFiles, { origin }: Unresolved): HostFiles {
  return {
    ...files,
    can(mode, path) {
      const found = files.can(mode, path);
      return found.verdict === 'no' ? { verdict: 'unknown', because: [origin], grant: null } : found;
    },
  };
}

function openNetwork(network: Network, { what, why, origin }: Unresolved): Network {
  const open = (found: Answer): Answer => (found.verdict === 'no' ? answer('unknown', [origin]) : found);
  const isClosed = network.egress.known && network.egress.value.kind === 'none';
  return {
    ...network,
    egress: isClosed ? unknown(what, why, [what], origin) : network.egress,
    hostLoopback: open(network.hostLoopback),
    metadata: open(network.metadata),
    abstractSockets: open(network.abstractSockets),
  };
}
