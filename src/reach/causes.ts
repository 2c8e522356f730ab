/** What an edit can take away: the evidence of the rules, by the change that would settle it. */
import { outcomeRow } from '../knowledge/outcomes.ts';
import type { Change, HardenedSetting } from '../model/change.ts';
import type { Evidence } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Origin } from '../model/value.ts';
import { worthOf } from '../model/worth.ts';

/** Evidence with what would make it go away. */
export interface CausedEvidence extends Evidence {
  readonly setting: HardenedSetting | null;
  /** Id of the finding that reports it. */
  readonly finding: string;
}

/** One change, with everything that it settles. */
export interface Cause {
  readonly change: Change;
  readonly evidence: readonly CausedEvidence[];
  /** The worst that it gives. */
  readonly worth: number;
}

/** What nobody wrote can be set, what someone wrote can be removed; the rest no edit changes. */
function changeFor(entry: CausedEvidence, sandbox: Sandbox): Change | null {
  if (servesFirewall(entry, sandbox)) return null;
  // Only a command line that starts a container says what becomes of it afterwards.
  if (entry.setting === 'removed-after-use' && sandbox.format !== 'docker-run') return null;
  if (entry.setting !== null) return { kind: 'harden', setting: entry.setting };
  if (entry.origin.kind === 'default' || entry.gains.length === 0) return null;
  return { kind: 'remove', place: entry.origin.place };
}

/**
 * A firewall inside is set up by sudo and with NET_ADMIN (iptables(8), sudo(8)): without them it does not
 * stand, and the network is open. What it rests on is no edit to recommend.
 */
function servesFirewall(entry: CausedEvidence, { network: { egress }, privilege }: Sandbox): boolean {
  const stands = egress.known
    ? egress.value.kind === 'limited' && egress.value.control.by === 'firewall'
    : /firewall/i.test(egress.why);
  if (!stands) return false;
  if (entry.setting === 'no-new-privileges') return true;
  const key = placeKey(entry.origin);
  const granted = privilege.capabilities?.added ?? [];
  return granted.some(({ name, origin }) => /^NET_(?:ADMIN|RAW)$/.test(name) && placeKey(origin) === key);
}

function placeKey({ place }: Origin): string {
  return keyOf({ kind: 'remove', place });
}

/** A sandbox without its project is of no use: that code inside changes it is left, and said to be left. */
function isByDesign({ gains }: CausedEvidence): boolean {
  return gains.every(({ outcome }) => outcome === 'rewrite');
}

export function causesOf(evidence: readonly CausedEvidence[], sandbox: Sandbox): Cause[] {
  const causes = new Map<string, { change: Change; evidence: CausedEvidence[]; worth: number }>();
  const ordered = evidence.toSorted((a, b) => Number(isByDesign(a)) - Number(isByDesign(b)));
  for (const entry of ordered) {
    const change = changeFor(entry, sandbox);
    if (change === null) continue;
    const worth = Math.max(0, ...entry.gains.map((gain) => worthOf(gain, sandbox)));
    const key = keyOf(change);
    const cause = causes.get(key);
    if (cause !== undefined) {
      cause.evidence.push(entry);
      cause.worth = Math.max(cause.worth, worth);
    } else if (entry.setting !== null || !isByDesign(entry)) {
      causes.set(key, { change, evidence: [entry], worth });
    }
  }
  const narrowing = narrowingOf(sandbox, evidence);
  return [...causes.values(), ...(narrowing === null ? [] : [narrowing])];
}

/** Whoever leaves the host's network is on an open one, which no rule has found yet: both are one edit. */
function narrowingOf(sandbox: Sandbox, evidence: readonly CausedEvidence[]): Cause | null {
  const { egress } = sandbox.network;
  if (!egress.known || egress.value.kind !== 'host') return null;
  const key = placeKey(egress.origin);
  return {
    change: { kind: 'harden', setting: 'network-allow-list' },
    evidence: evidence.filter((entry) => placeKey(entry.origin) === key && isOfNetwork(entry)),
    worth: 0,
  };
}

/** At a place by default stands all that nobody wrote; of that, this edit settles what the network gives. */
function isOfNetwork({ origin, gains }: CausedEvidence): boolean {
  if (origin.kind !== 'default') return true;
  return gains.some(({ outcome }) => outcomeRow(outcome)?.axis === 'network');
}

export function keyOf(change: Change): string {
  if (change.kind === 'harden') return change.setting;
  const { source, span } = change.place;
  return `${source.path}:${span.start}:${span.end}`;
}
