/** From what a container starts with to what its network lets through. */
import type { EgressControl, EgressHole } from '../../model/network.ts';
import type { InertSetting, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { type Answer, answer, explicit, known, type Origin, unknown } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import type { FileOwner } from '../docker/image-files.ts';
import type { ContainerSpec } from '../docker/spec.ts';
import { shownCommand } from './checks.ts';
import { type FirewallReading, firewallOf } from './firewall.ts';
import { canSet, type Rewritable, removableBy } from './removal.ts';
import type { FileText } from './script.ts';
import { type Started, setsFilter } from './started.ts';

/** One start command that sets a filter. */
export interface StartCommand {
  /** Symbolic. */
  readonly text: string;
  readonly origin: Origin;
  readonly started: Started;
}

export interface StartContext {
  /** Path inside of a file that a script names. */
  readonly inside: (file: string) => string;
  readonly find: FileText;
  /** Where code inside may run before the firewall is up: the property that says when it starts. */
  readonly late: { readonly text: string; readonly origin: Origin } | null;
  /** Commands that run while the container is made, and not when it is started again. */
  readonly once: boolean;
  /** True when the engine starts the commands, and not the user inside. */
  readonly asRoot: boolean;
  /** True when they run with all capabilities, whatever the container has (`docker exec --privileged`). */
  readonly privileged: boolean;
  /** True when the commands go on to what the container is for, and so say as whom it runs. */
  readonly goesOn: boolean;
  /** Who can change a file inside, beside root. */
  readonly ownerOf: (path: string) => FileOwner | null;
  /** True when the network has IPv6, which engines leave off unless told otherwise. */
  readonly ipv6: boolean;
}

/** Commands that bear on the filter; empty where nothing does. */
export function filterCommands(commands: readonly StartCommand[]): StartCommand[] {
  return commands.filter(({ started }) => setsFilter(started));
}

/**
 * The container with what its firewall makes of an open network; any other network stays as it is.
 * @param commands in the order in which they run
 */
export function behindFirewall(
  spec: ContainerSpec,
  commands: readonly StartCommand[],
  context: StartContext,
): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open') return spec;
  const filters = filterCommands(commands);
  const [first] = filters;
  if (first === undefined) return mayBeHidden(spec, commands);
  const all = filters.flatMap(({ started }) => started.commands);
  const read = firewallOf(all, context.find);
  const reading = context.goesOn ? read : { ...read, dropsTo: null, before: null };
  const unread = filters.flatMap(({ started }) => started.scripts).find(({ text }) => text === null);
  const hidden = unread === undefined ? null : `${unread.file} cannot be read`;
  if (hidden === null && reading.verdict === 'open') return leftOpen(spec, first, reading);
  const able = context.privileged ? answer('yes', []) : canSet(spec, context.asRoot);
  if (able.verdict === 'no') return leftOpen(spec, first, { ...reading, narrows: true, why: whyNot(able) });
  const files = rewritable(filters, reading, context);
  const removable = removableIn(spec, reading, filters, files);
  if (able.verdict === 'unknown')
    return undecided(spec, first, 'it hangs on the image whether its rules can be set');
  const why = hidden ?? (reading.verdict === 'unknown' ? reading.why : null);
  if (why === null) return narrowed(spec, first, { reading, removable, context });
  if (removable.verdict !== 'yes') return undecided(spec, first, why);
  return limitedTo(spec, controlOf(first, removable, null, []), []);
}

/** A supervisor starts code inside as users that its own files name. */
function removableIn(
  spec: ContainerSpec,
  { dropsTo }: FirewallReading,
  filters: readonly StartCommand[],
  files: readonly Rewritable[],
): Answer {
  const removable = removableBy(spec, dropsTo, files);
  const supervisor = filters.flatMap(({ started }) => started.supervisor ?? [])[0];
  if (supervisor === undefined || dropsTo !== null || removable.verdict !== 'yes') return removable;
  const why = `${displayText(supervisor.name)} starts the code inside, and its own files say as whom`;
  return answer('unknown', [explicit(supervisor.place)], why);
}

/**
 * Nothing that can be read sets a filter. Where the container was given what it takes, and its image is made here,
 * what cannot be read may set one.
 */
function mayBeHidden(spec: ContainerSpec, commands: readonly StartCommand[]): ContainerSpec {
  const given = spec.capAdd.find(({ text }) => /^(?:CAP_)?NET_ADMIN$/i.test(text));
  if (given === undefined || !spec.image.built) return spec;
  for (const command of commands) {
    const { supervisor, unread } = command.started;
    const name = supervisor?.name ?? unread[0]?.file;
    if (name === undefined) continue;
    const shownName = displayText(name);
    const reason = supervisor === null ? 'cannot be read' : 'starts what its own files say';
    const why = `whether rules are set inside cannot be told: ${shownName} ${reason}`;
    const egress = unknown(shown(command), why, [shownName], command.origin);
    return { ...spec, network: { ...spec.network, egress } };
  }
  return spec;
}

function whyNot({ reason }: Answer): string {
  return reason === undefined
    ? 'without NET_ADMIN no rule can be set'
    : `${reason}, and only root sets rules`;
}

const LONGEST_SHOWN = 100;

/** A command of one line as it is; of a longer one the script that it runs. */
function shown({ text, started }: StartCommand): string {
  const line = displayText(text)
    .replace(/'([\w./:=@%+,-]+)'/g, '$1')
    .trim();
  if (line.length <= LONGEST_SHOWN && !line.includes('\n')) return line;
  const [script] = started.scripts;
  if (script !== undefined) return displayText(script.file);
  const whole = line.replace(/\s+/g, ' ');
  return whole.length <= LONGEST_SHOWN ? whole : `${whole.slice(0, LONGEST_SHOWN - 1)}…`;
}

/** The words of `why` follow "the firewall": rules look for it when they ask what a capability is for. */
function undecided(spec: ContainerSpec, command: StartCommand, why: string): ContainerSpec {
  const files = command.started.scripts.map(({ file }) => displayText(file));
  const names = files.length === 0 ? [shown(command)] : files;
  const egress = unknown(
    shown(command),
    `a firewall decides what is let through: ${why}`,
    names,
    command.origin,
  );
  return { ...spec, network: { ...spec.network, egress } };
}

/** Nothing is narrowed, and whoever wrote the rules should know. */
function leftOpen(
  spec: ContainerSpec,
  command: StartCommand,
  { narrows, why, decides }: FirewallReading,
): ContainerSpec {
  if (!narrows) return spec;
  const inert: InertSetting = {
    setting: `the firewall of \`${shown(command)}\``,
    why,
    instead: why.includes('NET_ADMIN')
      ? 'give the container NET_ADMIN, or let another container own the network and its rules'
      : why.includes('root')
        ? 'let sudo run this one script, which the user cannot write'
        : 'let the last rule drop what the others do not let through: `iptables -P OUTPUT DROP`',
    origin: through(command.origin, decides?.place ?? null),
  };
  return { ...spec, inert: [...spec.inert, inert] };
}

function through(origin: Origin, place: Place | null): Origin {
  return place === null ? origin : { ...origin, via: [...(origin.via ?? []), place] };
}

function rewritable(
  filters: readonly StartCommand[],
  { lists }: FirewallReading,
  { inside, ownerOf }: StartContext,
): Rewritable[] {
  const at = (path: string, origin: Origin): Rewritable => ({ path, origin, owner: ownerOf(path) });
  const scripts = filters.flatMap(({ started, origin }) =>
    started.scripts.map(({ file }) => at(inside(displayText(file)), origin)),
  );
  return [...scripts, ...lists.map(({ text, place }) => at(inside(text), explicit(place)))];
}

interface Narrowing {
  readonly reading: FirewallReading;
  readonly removable: Answer;
  readonly context: StartContext;
}

function narrowed(
  spec: ContainerSpec,
  command: StartCommand,
  { reading, removable, context }: Narrowing,
): ContainerSpec {
  const { late, once } = context;
  const holes: EgressHole[] = [...reading.holes];
  if (context.ipv6 && reading.ipv6 !== null) holes.push(reading.ipv6);
  const before = late ?? startedFirst(reading);
  if (before !== null) {
    holes.push({ kind: 'late', text: before.text, origin: before.origin });
    if (reading.established !== null) holes.push(reading.established);
  }
  const nameless = reading.unlisted.length > 0 && reading.hosts.length === 0;
  const control = controlOf(
    command,
    removable,
    nameless ? null : reading.hosts,
    holes,
    reading.decides?.place,
  );
  const assumes = [
    ...reading.assumes,
    ...(reading.checked ? [] : ['every command of the firewall works, which nothing checks']),
    ...(once ? ['the container is not started a second time, when its rules would be gone'] : []),
  ];
  const limited = limitedTo(spec, control, assumes);
  return { ...limited, unresolved: [...limited.unresolved, ...unlisted(reading)] };
}

function startedFirst({ before }: FirewallReading): StartContext['late'] {
  return before === null ? null : { text: shownCommand(before), origin: explicit(before.place) };
}

function limitedTo(spec: ContainerSpec, control: EgressControl, assumes: readonly string[]): ContainerSpec {
  const egress = known({ kind: 'limited' as const, control }, control.origin, assumes);
  return { ...spec, network: { ...spec.network, egress } };
}

function controlOf(
  command: StartCommand,
  removable: Answer,
  hosts: EgressControl['hosts'],
  holes: readonly EgressHole[],
  decides?: Place,
): EgressControl {
  const origin = through(command.origin, decides ?? null);
  return { by: 'firewall', text: shown(command), origin, removable, hosts, holes };
}

const MAX_UNLISTED = 5;

function unlisted(reading: FirewallReading): Unresolved[] {
  return reading.unlisted.slice(0, MAX_UNLISTED).map(({ text, place }) => ({
    what: text,
    why: 'the firewall lets it through, and no file tells which hosts it holds',
    names: [text],
    mayHide: 'network',
    origin: explicit(place),
    kind: 'text',
  }));
}

/** The control as seen by a container that shares the network of the one whose firewall it is. */
export function sharedControl(spec: ContainerSpec, control: EgressControl): EgressControl {
  const own = removableBy(spec, null, []);
  const rewritten =
    control.removable.verdict === 'yes' && (control.removable.reason?.startsWith('it can rewrite') ?? false);
  return { ...control, removable: rewritten ? control.removable : own };
}
