/**
 * iptables, ip6tables and their `-restore` programs: iptables(8), iptables-extensions(8),
 * iptables-restore(8). Tables other than `filter` rewrite packets and let none through by themselves.
 */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import {
  type Address,
  ANYTHING,
  type Family,
  type Match,
  type Step,
  type Target,
  type Word,
} from './rules.ts';

interface Option {
  readonly name: string;
  readonly words: readonly Word[];
  readonly negated: boolean;
}

const LONG: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '--append': '-A',
    '--insert': '-I',
    '--replace': '-R',
    '--delete': '-D',
    '--policy': '-P',
    '--flush': '-F',
    '--delete-chain': '-X',
    '--new-chain': '-N',
    '--new': '-N',
    '--check': '-C',
    '--table': '-t',
    '--protocol': '-p',
    '--proto': '-p',
    '--destination': '-d',
    '--dst': '-d',
    '--source': '-s',
    '--src': '-s',
    '--out-interface': '-o',
    '--in-interface': '-i',
    '--jump': '-j',
    '--goto': '-g',
    '--match': '-m',
    '--destination-port': '--dport',
    '--destination-ports': '--dport',
    '--dports': '--dport',
    '--ports': '--dport',
    '--ctstate': '--state',
  }),
);

/** `-tnat`, `-p=tcp`, `--table=nat` are one word for two. */
function split(word: Word): readonly Word[] {
  const match = /^(--[a-z-]+)=(.*)$/s.exec(word.value) ?? /^(-[tpdsoij])([^-].*)$/s.exec(word.value);
  if (match === null) return [word];
  return [
    { ...word, value: match[1] ?? '' },
    { ...word, value: match[2] ?? '' },
  ];
}

/** Everything up to the next option belongs to an option. A `!` stands before the option, or once behind it. */
function optionsOf(words: readonly Word[]): Option[] {
  const options: { name: string; words: Word[]; negated: boolean }[] = [];
  let negated = false;
  for (const word of words.flatMap(split)) {
    const { value } = word;
    const last = options.at(-1);
    if (value === '!') {
      if (last !== undefined && last.words.length === 0 && /^-[dspoi]$/.test(last.name)) last.negated = true;
      else negated = true;
    } else if (/^--?[A-Za-z]/.test(value)) {
      options.push({ name: LONG.get(value) ?? value, words: [], negated });
      negated = false;
    } else if (last !== undefined) last.words.push(word);
    else options.push({ name: '', words: [word], negated: false });
  }
  return options;
}

const TARGETS: ReadonlyMap<string, Target['kind']> = new Map<string, Target['kind']>([
  ['ACCEPT', 'accept'],
  ['DROP', 'drop'],
  ['REJECT', 'drop'],
  ['RETURN', 'return'],
]);
/** Targets that look at a packet or mark it, and let the next rule decide. */
const PASSIVE = /^(?:LOG|NFLOG|ULOG|MARK|CONNMARK|AUDIT|TRACE|TOS|DSCP|TCPMSS|SET|CLASSIFY|CHECKSUM)$/;

/** @param words behind the program's name */
export function iptablesSteps(family: Family, words: readonly Word[], place: Place): Step[] {
  const text = displayText(words.map(({ value }) => value).join(' '));
  const written = { place, text: `${family === 'ip6' ? 'ip6tables' : 'iptables'} ${text}` };
  const options = optionsOf(words);
  const table = options.find(({ name }) => name === '-t')?.words[0]?.value ?? 'filter';
  if (table !== 'filter') return [];
  const stray = options[0]?.name === '' ? options[0].words[0] : undefined;
  if (stray !== undefined)
    return [{ ...written, kind: 'unreadable', why: `${displayText(stray.value)} is not known` }];
  const command = options.find(({ name }) => /^-[AIRDPFXN]$/.test(name));
  if (command === undefined) return [];
  const [chainWord, second] = command.words;
  const chain = chainWord?.value ?? null;
  if (chain !== null && !isResolved(chain)) {
    return [{ ...written, kind: 'unreadable', why: `${displayText(chain)} is not known` }];
  }
  if (command.name === '-F') return [{ ...written, kind: 'flush', family, chains: prefix(family, chain) }];
  if (chain === null) return [];
  const key = prefix(family, chain);
  if (command.name === '-P') return policy(family, key, second, written);
  if (command.name === '-N') return [{ ...written, kind: 'chain', family, chain: key, base: false }];
  if (command.name === '-X') return [];
  return ruleStep(family, key, command, options, written);
}

/** Keys of chains: the program's family and the chain; without a chain, what the keys of all begin with. */
function prefix(family: Family, chain: string | null): string {
  return `iptables ${family} ${chain ?? ''}`;
}

function policy(
  family: Family,
  chain: string,
  verdict: Word | undefined,
  written: { place: Place; text: string },
): Step[] {
  const word = verdict?.value ?? '';
  if (!isResolved(word))
    return [{ ...written, kind: 'unreadable', why: `${displayText(word)} is not known` }];
  return [{ ...written, kind: 'policy', family, chain, verdict: word === 'ACCEPT' ? 'accept' : 'drop' }];
}

function ruleStep(
  family: Family,
  chain: string,
  command: Option,
  options: readonly Option[],
  written: { place: Place; text: string },
): Step[] {
  const number = command.words[1]?.value;
  const at = number !== undefined && /^\d{1,6}$/.test(number) ? Math.max(0, Number(number) - 1) : null;
  if (command.name === '-D' && at !== null) return [{ ...written, kind: 'delete', family, chain, rule: at }];
  const match = matchOf(options);
  const target = targetOf(family, options);
  if (target === null) return [{ ...written, kind: 'unreadable', why: 'where the rule leads is not known' }];
  if (command.name === '-D') return [{ ...written, kind: 'delete', family, chain, rule: { match, target } }];
  const rule: Step = { ...written, kind: 'rule', family, chain, match, target, at };
  if (command.name === '-I') return [{ ...rule, at: at ?? 0 }];
  if (command.name === '-R' && at !== null)
    return [{ ...written, kind: 'delete', family, chain, rule: at }, rule];
  return [{ ...rule, at: null }];
}

function targetOf(family: Family, options: readonly Option[]): Target | null {
  const option = options.find(({ name }) => name === '-j' || name === '-g');
  const name = option?.words[0]?.value;
  if (name === undefined) return { kind: 'next' };
  if (!isResolved(name)) return null;
  const kind = TARGETS.get(name);
  if (kind !== undefined && kind !== 'jump') return { kind };
  return PASSIVE.test(name) ? { kind: 'next' } : { kind: 'jump', chain: prefix(family, name) };
}

type Draft = { -readonly [K in keyof Match]: Match[K] };

function matchOf(options: readonly Option[]): Match {
  const match: Draft = { ...ANYTHING };
  for (const option of options) apply(match, option);
  return match;
}

function apply(match: Draft, option: Option): void {
  const { name, words, negated } = option;
  const [first] = words;
  const value = first?.value ?? '';
  switch (name) {
    case '-d':
    case '--dst-range':
      if (negated) match.notTo = [...match.notTo, ...addresses(words)];
      else match.to = addresses(words);
      return;
    case '-p':
      if (negated) match.other = [...match.other, `! -p ${value}`];
      else if (value !== 'all' && value !== '0') match.protocols = [value.toLowerCase()];
      return;
    case '--dport':
      if (negated) match.other = [...match.other, `! --dport ${value}`];
      else match.ports = value.split(',');
      return;
    case '-o':
      // A container has one interface to the outside, so that naming it narrows nothing.
      if (value === 'lo' && !negated) match.loopback = true;
      return;
    case '--match-set':
      applySet(match, words, negated);
      return;
    case '--state':
      applyState(match, value, negated);
      return;
    case '--uid-owner':
      if (negated) match.other = [...match.other, `! --uid-owner ${value}`];
      else match.owner = value;
      return;
    default:
      if (NARROWING.test(name)) match.other = [...match.other, `${name} ${value}`];
  }
}

/** Options that hold for some packets only, and are not followed. */
const NARROWING =
  /^(?:-s|-i|--s(?:ource-)?ports?|--icmp(?:v6)?-type|--gid-owner|--limit|--string|--hex-string|--mark|--tcp-flags|--syn|--mac-source|--hashlimit.*|--connlimit.*|--src-range|--cgroup|--path|--probability|--every|--time.*|--bpf|--bytecode|--dst-type|--seconds|--rcheck|--update|--quota|--length|--ttl.*)$/;

function applySet(match: Draft, words: readonly Word[], negated: boolean): void {
  const [set, direction] = words;
  if (set === undefined) return;
  // Matching the sender's address says nothing of where the packet goes.
  if (direction !== undefined && !direction.value.split(',').includes('dst')) {
    match.other = [...match.other, `--match-set ${set.value} ${direction.value}`];
  } else if (negated) match.notSets = [...match.notSets, `ipset ${set.value}`];
  else match.sets = [...match.sets, `ipset ${set.value}`];
}

function applyState(match: Draft, value: string, negated: boolean): void {
  const states = value.toUpperCase().split(',');
  if (states.includes('NEW') !== negated) return;
  if (states.includes('ESTABLISHED') || negated) match.connection = 'old';
  else match.other = [...match.other, `--state ${value}`];
}

function addresses(words: readonly Word[]): Address[] {
  return words.flatMap(({ value, place }) => value.split(',').map((text) => ({ text: text.trim(), place })));
}

/** One line of the text that `iptables-restore` reads. */
export interface RestoreLine {
  readonly text: string;
  readonly place: Place;
}

/** Without `--noflush` what was there before is gone (iptables-restore(8)). */
export function restoreSteps(family: Family, lines: readonly RestoreLine[], keeps: boolean): Step[] {
  const steps: Step[] = [];
  let filter = true;
  for (const { text, place } of lines) {
    const line = text.trim();
    const words = wordsOf(line, place);
    if (line.startsWith('*')) {
      filter = line === '*filter';
      if (filter && !keeps)
        steps.push({ kind: 'flush', family, chains: prefix(family, null), place, text: line });
    } else if (!filter || line === '' || line.startsWith('#')) continue;
    else if (line.startsWith(':')) {
      const [chain, verdict] = words;
      const key = prefix(family, chain?.value.slice(1) ?? '');
      if (verdict?.value === 'ACCEPT' || verdict?.value === 'DROP') {
        steps.push(...policy(family, key, verdict, { place, text: line }));
      } else steps.push({ kind: 'chain', family, chain: key, base: false, place, text: line });
    } else if (line.startsWith('-')) steps.push(...iptablesSteps(family, words, place));
  }
  return steps;
}

const MAX_LINE = 5000;

function wordsOf(line: string, place: Place): Word[] {
  const parts = line.slice(0, MAX_LINE).match(/"[^"]*"|[^\s"]+/g) ?? [];
  return parts.map((part) => ({ value: part.replace(/^"|"$/g, ''), place }));
}

/** ipset(8): members of named sets. */
export function ipsetSteps(words: readonly Word[], place: Place): Step[] {
  const text = `ipset ${displayText(words.map(({ value }) => value).join(' '))}`;
  const [verb, set, member] = words.filter(({ value }) => !/^-(?:!|q|quiet|exist)$|^--?exist$/.test(value));
  const action = verb?.value.replace(/^-{1,2}/, '') ?? '';
  if (/^(?:restore|R)$/.test(action))
    return [{ kind: 'unreadable', why: 'the sets are read from elsewhere', place, text }];
  if (/^(?:flush|F|destroy|x|X)$/.test(action)) {
    return [{ kind: 'empty', set: set === undefined ? null : `ipset ${set.value}`, place, text }];
  }
  if (!/^(?:add|A)$/.test(action) || set === undefined || member === undefined) return [];
  // `hash:ip,port` members carry the port behind a comma.
  const address = isResolved(member.value) ? (member.value.split(',', 1)[0] ?? '') : member.value;
  return [
    {
      kind: 'member',
      set: `ipset ${set.value}`,
      members: [{ text: address, place: member.place }],
      place,
      text,
    },
  ];
}
