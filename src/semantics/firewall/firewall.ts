/** What a script's packet filter lets out of the container that it runs in. */
import type { AllowedHost, EgressHole } from '../../model/network.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { isChecked } from './checks.ts';
import { type LaterUser, laterUser, setupCommands } from './later-user.ts';
import { startedBefore } from './order.ts';
import { type Member, passedBy, type Unlisted } from './passes.ts';
import type { Step } from './rules.ts';
import { certaintyOf, type FileText, filterProgram, stepsOf } from './script.ts';
import type { StartedCommand } from './started.ts';
import { emptyFilter, type Filter, take, type Verdict, verdictOf } from './verdict.ts';

export interface FirewallReading {
  /**
   * `limited`: everything but `hosts`, `holes` and `unlisted` is dropped. `open`: nothing drops what leaves, or
   * a rule lets all of it through. `unknown`: it cannot be told which.
   */
  readonly verdict: 'limited' | 'open' | 'unknown';
  /** For `open` and `unknown`: the reason, as a clause. */
  readonly why: string;
  /** What drops the rest (`limited`), lets it through (`open`) or cannot be read; null: nothing does. */
  readonly decides: { readonly text: string; readonly place: Place } | null;
  /** True when it sets rules for what leaves, and so is meant to narrow it. */
  readonly narrows: boolean;
  readonly hosts: readonly AllowedHost[];
  readonly holes: readonly EgressHole[];
  readonly unlisted: readonly Unlisted[];
  /** Files that say what is let through, as the script names them. */
  readonly lists: readonly Unlisted[];
  /** Where IPv6 has a way that IPv4 has not; null: it is filtered too, or off. */
  readonly ipv6: EgressHole | null;
  /** The rule that keeps connections of before alive. */
  readonly established: EgressHole | null;
  /** An error in it ends what was to be started, or it tries afterwards what must not work. */
  readonly checked: boolean;
  /** The command by which code inside runs before the rules are set; null: none does. */
  readonly before: StartedCommand | null;
  /** Where it goes on as another user, who starts what the container is for. */
  readonly dropsTo: LaterUser | null;
  /** What must hold in the image, as clauses. */
  readonly assumes: readonly string[];
}

/**
 * Reads iptables, nft, ipset and ufw commands in the order in which the script runs them.
 * @param file text of a ruleset or list of addresses that the script names; null where it cannot be had
 */
export function firewallOf(
  commands: readonly StartedCommand[],
  file: FileText = () => null,
): FirewallReading {
  const build = buildFilter(commands, file);
  const verdict = verdictOf(build.filter, 'ip4');
  const narrows = verdict.kind === 'denied' || build.narrows;
  const dropsTo = laterUser(commands.slice(build.last + 1));
  const shared = { narrows, ...EMPTY, dropsTo, assumes: [...build.assumes] };
  const [unread] = build.unreadable;
  if (unread !== undefined) {
    return { ...shared, verdict: 'unknown', why: unread.why, decides: unread, narrows: true };
  }
  if (verdict.doubt !== null) {
    const why = 'whether the rules stay in force hangs on something outside the files';
    return { ...shared, verdict: 'unknown', why, decides: verdict.doubt, narrows: true };
  }
  if (verdict.kind === 'open') {
    const why = verdict.by === null ? 'no rule drops what leaves' : 'a rule lets everything through';
    return { ...shared, verdict: 'open', why, decides: verdict.by };
  }
  return limited(commands, build, verdict, shared, file);
}

const EMPTY = {
  hosts: [],
  holes: [],
  unlisted: [],
  lists: [],
  ipv6: null,
  established: null,
  checked: false,
  before: null,
} as const;

interface Build {
  readonly filter: Filter;
  readonly sets: Map<string, Member[]>;
  readonly unreadable: (Step & { kind: 'unreadable' })[];
  readonly assumes: Set<string>;
  /** Index of the last command that sets a rule. */
  last: number;
  narrows: boolean;
  noIpv6: boolean;
}

const MAX_STEPS = 20_000;

function buildFilter(commands: readonly StartedCommand[], file: FileText): Build {
  const build: Build = {
    filter: emptyFilter(),
    sets: new Map(),
    unreadable: [],
    assumes: new Set(),
    last: -1,
    narrows: false,
    noIpv6: false,
  };
  let count = 0;
  const setup = new Set(setupCommands(commands));
  commands.forEach((command, index) => {
    const certainty = setup.has(command) ? certaintyOf(command) : 'never';
    if (certainty === 'never' || count > MAX_STEPS) return;
    const steps = stepsOf(command, file);
    count += steps.length;
    if (steps.length === 0) return;
    if (certainty === 'if') build.assumes.add(`the image has ${filterProgram(command) ?? 'the program'}`);
    build.last = index;
    for (const step of steps) takeStep(build, step, index, certainty !== 'maybe');
  });
  if (count > MAX_STEPS) build.unreadable.push(tooLong(commands));
  return build;
}

function tooLong(commands: readonly StartedCommand[]): Step & { kind: 'unreadable' } {
  const [first] = commands as readonly [StartedCommand];
  return {
    kind: 'unreadable',
    why: 'there are too many rules to read',
    place: first.place,
    text: 'the script',
  };
}

function takeStep(build: Build, step: Step, command: number, certain: boolean): void {
  switch (step.kind) {
    case 'unreadable':
      build.unreadable.push(step);
      return;
    case 'no-ipv6':
      build.noIpv6 ||= certain;
      return;
    case 'member': {
      const members = build.sets.get(step.set) ?? [];
      members.push(...step.members.map((address) => ({ address, command })));
      build.sets.set(step.set, members);
      return;
    }
    case 'empty':
      if (!certain) return;
      if (step.set === null) build.sets.clear();
      else build.sets.delete(step.set);
      return;
    case 'rule':
      build.narrows ||= /^iptables ip[46] OUTPUT$|^ufw outgoing|^nft /.test(step.chain);
      break;
    default:
  }
  take(build.filter, step, command, certain);
}

function limited(
  commands: readonly StartedCommand[],
  build: Build,
  verdict: Verdict,
  shared: Pick<FirewallReading, 'narrows' | 'assumes' | 'dropsTo'>,
  file: FileText,
): FirewallReading {
  const owners = [...new Set(verdict.owners)].map((owner) => `code inside runs as ${displayText(owner)}`);
  return {
    ...shared,
    ...passedBy(verdict.passes, { commands, sets: build.sets, file }),
    verdict: 'limited',
    why: '',
    decides: verdict.by,
    ipv6: ipv6Hole(build, verdict),
    checked: isChecked(commands, build.last),
    before: startedBefore(commands, build.last),
    assumes: [...shared.assumes, ...owners],
  };
}

/** iptables knows IPv4 alone; IPv6 has rules of its own (ip6tables(8)). */
function ipv6Hole({ filter, noIpv6 }: Build, { by }: Verdict): EgressHole | null {
  if (noIpv6 || by === null || verdictOf(filter, 'ip6').kind === 'denied') return null;
  return { kind: 'ipv6', text: by.text, origin: explicit(by.place) };
}
