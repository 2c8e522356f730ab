/**
 * The outcomes that rules can give, with their axis and worth (0 to 10) on it. Worths start from the
 * calibration in docs/score.md; a worth that depends on the way out of the sandbox names the three cases.
 */
import type { Axis } from '../model/outcome.ts';

/** By the way out: open egress (or the host's), an enforced allow-list, none. */
export interface ChannelWorth {
  readonly open: number;
  readonly limited: number;
  readonly none: number;
}

export interface OutcomeRow {
  readonly name: string;
  readonly axis: Axis;
  readonly worth: number | ChannelWorth;
  /** "Hostile code …" completes to a sentence: `becomes root on the host`. */
  readonly phrase: string;
}

const REAL: ChannelWorth = { open: 8, limited: 6, none: 4 };
const LIKELY: ChannelWorth = { open: 5, limited: 4, none: 3 };
const DISK: ChannelWorth = { open: 6, limited: 6, none: 3 };

const row = (name: string, axis: Axis, worth: number | ChannelWorth, phrase: string): OutcomeRow => ({
  name,
  axis,
  worth,
  phrase,
});

export const OUTCOMES: readonly OutcomeRow[] = [
  row('host-root', 'host', 10, 'becomes root on the host'),
  row('host-user', 'host', 10, 'runs commands on the host as you'),
  row('host-memory', 'host', 8, 'reads or writes the memory of the host'),
  row('session', 'host', 7, 'acts in your desktop session'),
  row('host-input', 'host', 7, 'reads or injects keystrokes'),
  row('host-processes', 'host', 6, 'sees, and can disturb, the processes of the host'),
  row('host-control', 'host', 5, 'changes settings of the host'),
  row('terminal', 'host', 5, 'types commands into your terminal'),
  row('host-data', 'host', 4, 'reads data of programs on the host'),
  row('sensors', 'host', 4, 'uses microphone, camera or screen'),
  row('kernel-surface', 'host', 3, 'attacks the kernel through interfaces that are usually closed'),
  row('denial-of-service', 'host', 2, 'disturbs the host'),
  row('home-write', 'files', 10, 'plants code in your home directory that runs at your next shell or login'),
  row('system-write', 'files', 10, 'changes system files that run as root'),
  row('host-write', 'files', 6, 'changes files of the host outside the project'),
  row('data-write', 'files', 4, 'changes data of the host that lies outside the project'),
  row('cache-write', 'files', 4, 'poisons a cache that other builds use'),
  row('disk-read', 'files', DISK, 'reads the disk of the host'),
  row('home-read', 'files', DISK, 'reads your home directory'),
  row('host-read', 'files', { open: 5, limited: 4, none: 2 }, 'reads files of the host outside the project'),
  row('workspace-write', 'files', 2, 'changes the project'),
  row('credential', 'credentials', REAL, 'takes credentials that work at once'),
  row('exfiltration', 'credentials', 8, 'sends your credentials to anyone on the internet'),
  row('vault', 'credentials', LIKELY, 'takes data that often holds credentials'),
  row('model-key', 'credentials', { open: 3, limited: 2, none: 2 }, "takes the agent's own model key"),
  row('identity', 'credentials', 1, 'learns who you are'),
  row('password', 'credentials', 1, 'takes a development password'),
  row('internet', 'network', 4, 'sends anything to anyone on the internet'),
  row('host-network', 'network', 6, "reaches everything on the host's network, loopback included"),
  row('host-loopback', 'network', 3, 'reaches services that listen on the host'),
  row('allow-list-hole', 'network', 3, 'sends data out through what the allow-list lets through'),
  row('allow-list', 'network', 2, 'reaches the hosts on the allow-list'),
  row('neighbours', 'network', 1, 'reaches other services on its network'),
  row('exhaustion', 'limits', 2, 'exhausts the resources of the host'),
  row('shared-state', 'persistence', 2, 'leaves something behind for other tasks'),
  row('rewrite', 'persistence', 2, 'rewrites what starts its next sandbox'),
  row('next-sandbox', 'persistence', 2, 'decides what its next sandbox may do'),
];

const BY_NAME = new Map(OUTCOMES.map((outcome) => [outcome.name, outcome]));

/** The row of an outcome id, detail after the colon left aside. */
export function outcomeRow(id: string): OutcomeRow | undefined {
  return BY_NAME.get(id.split(':', 1)[0] ?? id);
}
