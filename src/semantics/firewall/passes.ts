/** What the rules of a filter let through: hosts by name, and what goes beyond a list of them. */
import { isHostName, METADATA_ADDRESSES } from '../../knowledge/system-hosts.ts';
import type { AllowedHost, EgressHole } from '../../model/network.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { type MappedText, originalPlace } from '../../source/mapped.ts';
import { type Place, sliceOf } from '../../source/source.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { isPrivateNetwork, isWide, networkHas } from './address.ts';
import { type Address, isAnyAddress, type Match, type Rule } from './rules.ts';
import type { FileText } from './script.ts';
import { type AddressSource, addressSources } from './sources.ts';
import { type Pass, samePass } from './verdict.ts';

/** Something that is let through and cannot be named. */
export interface Unlisted {
  readonly text: string;
  readonly place: Place;
}

export interface Member {
  readonly address: Address;
  readonly command: number;
}

export interface Passed {
  readonly hosts: AllowedHost[];
  readonly holes: EgressHole[];
  readonly unlisted: Unlisted[];
  readonly lists: Unlisted[];
  established: EgressHole | null;
}

export interface Passing {
  readonly commands: readonly ShellCommand[];
  readonly sets: ReadonlyMap<string, readonly Member[]>;
  readonly file: FileText;
}

interface Context extends Passing {
  readonly found: Passed;
}

/** Each host and hole once, the first place that opens it. */
export function passedBy(passes: readonly Pass[], passing: Passing): Passed {
  const found: Passed = { hosts: [], holes: [], unlisted: [], lists: [], established: null };
  const distinct = passes.filter((pass, at, all) => all.findIndex((one) => samePass(one, pass)) === at);
  for (const pass of distinct) readPass(pass, { ...passing, found });
  return {
    ...found,
    hosts: unique(found.hosts, ({ host }) => host.toLowerCase()),
    holes: unique(found.holes, ({ kind, text }) => `${kind} ${text}`),
    unlisted: unique(found.unlisted, ({ text }) => text),
  };
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(key(item))) byKey.set(key(item), item);
  return [...byKey.values()];
}

/** The rule as it is written, where that is one short line. */
function ruleText({ text, place }: { readonly text: string; readonly place: Place }): string {
  const written = sliceOf(place).trim();
  return written.length <= 120 && !written.includes('\n') ? written : text;
}

function readPass({ match, rule }: Pass, context: Context): void {
  const { found } = context;
  if (match.loopback) return;
  if (match.connection === 'old') {
    found.established ??= { kind: 'established', text: ruleText(rule), origin: explicit(rule.place) };
    return;
  }
  // What root may send, code inside sends only when it is root, and then no rule binds it.
  if (/^(?:root|0)$/.test(match.owner ?? '')) return;
  const { to, sets } = match;
  const ports = portHole(match, rule);
  // Rules for names are reported as such, whoever answers.
  if (ports?.kind === 'dns') found.holes.push(ports);
  if (ports?.kind === 'dns' && to !== null) return;
  if (to === null && sets.length === 0) {
    if (ports !== null && ports.kind !== 'dns') found.holes.push(ports);
    return;
  }
  for (const address of to ?? []) readAddress({ address, command: rule.command }, rule, context, ports);
  for (const set of sets) {
    const members = context.sets.get(set);
    if (members === undefined) {
      const name = set.slice(set.lastIndexOf(' ') + 1);
      found.unlisted.push({ text: `the set ${displayText(name)}`, place: rule.place });
    }
    for (const member of members ?? []) readAddress(member, rule, context, ports);
  }
}

/** What a rule opens that holds for every address. */
function portHole({ ports, protocols, other }: Match, rule: Rule): EgressHole | null {
  const text = ruleText(rule);
  const origin = explicit(rule.place);
  const has = (port: number): boolean => ports?.some((range) => inRange(range, port)) ?? false;
  const only = (port: number): boolean => ports?.every((range) => range === String(port)) ?? false;
  if (has(53) && (ports ?? []).every((range) => /^(?:53|853|5353|domain)$/.test(range))) {
    return { kind: 'dns', text, origin };
  }
  if (only(22) && protocols?.join() !== 'udp') return { kind: 'ssh', text, origin };
  const quiet = protocols?.every((one) => /^(?:ip(?:v6)?-?)?icmp(?:v6)?$|^(?:1|58)$/.test(one));
  // A rule for replies, or for what comes from one port, opens no connection of its own.
  if (quiet || other.some((one) => /^-{1,2}(?:s|sport|source-port)|sport/.test(one))) return null;
  return { kind: 'any-port', text, origin };
}

function inRange(range: string, port: number): boolean {
  const names: Readonly<Record<string, string>> = { domain: '53', ssh: '22', https: '443', http: '80' };
  const [from = '', to] = (names[range] ?? range).split(/[:-]/);
  return to === undefined ? Number(from) === port : Number(from) <= port && port <= Number(to);
}

function readAddress(member: Member, rule: Rule, context: Context, ports: EgressHole | null): void {
  for (const source of addressSources(member.address, context.commands, member.command)) {
    readSource(source, rule, context, ports);
  }
}

function readSource(
  source: AddressSource,
  rule: Rule,
  { file, found }: Context,
  ports: EgressHole | null,
): void {
  const origin = explicit(source.place);
  switch (source.kind) {
    case 'local':
      found.holes.push({ kind: 'host-network', text: ruleText(rule), origin: explicit(rule.place) });
      return;
    case 'resolver':
      found.holes.push({ kind: 'dns', text: ruleText(rule), origin: explicit(rule.place) });
      return;
    case 'unknown':
      found.unlisted.push({ text: source.text, place: source.place });
      return;
    case 'file': {
      found.lists.push({ text: source.path, place: source.place });
      const text = file(source.path);
      if (text === null) found.unlisted.push({ text: `the list in ${source.path}`, place: source.place });
      else found.hosts.push(...listed(text));
      return;
    }
    case 'host':
      if (/^(?:127\.|::1|localhost$)/.test(source.host)) return;
      if (isAnyAddress(source.host)) {
        if (ports !== null) found.holes.push(ports);
      } else if (isPrivateNetwork(source.host) || isHostName(source.host)) {
        found.holes.push({ kind: 'host-network', text: ruleText(rule), origin: explicit(rule.place) });
      } else if (isWide(source.host)) {
        found.holes.push({ kind: 'any-port', text: ruleText(rule), origin: explicit(rule.place) });
      } else found.hosts.push(...hostsOf(source.host, origin));
  }
}

/** A network that holds a metadata address lets it through, though it is not written. */
function hostsOf(host: string, origin: AllowedHost['origin']): AllowedHost[] {
  const metadata = METADATA_ADDRESSES.filter((address) => address !== host && networkHas(host, address));
  return [host, ...metadata].map((one) => ({ host: one, origin }));
}

const MAX_LISTED = 2000;

/** One host a line; what follows `#` is a remark. */
function listed(text: MappedText): AllowedHost[] {
  const hosts: AllowedHost[] = [];
  for (const match of text.text.matchAll(/^[ \t]*([\w*.:/-]{1,253})[ \t]*(?:#.*)?\r?$/gm)) {
    const host = match[1] ?? '';
    const start = match.index + match[0].indexOf(host);
    hosts.push({ host, origin: explicit(originalPlace(text, start, start + host.length)) });
    if (hosts.length >= MAX_LISTED) break;
  }
  return hosts;
}
