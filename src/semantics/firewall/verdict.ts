/** What a filter does with packets that leave: the order of rules decides, and the first one that holds. */
import { samePlace } from '../../source/source.ts';
import { ANYTHING, type Family, isEverything, type Match, type Rule, type Step } from './rules.ts';

interface Chain {
  policy: 'accept' | 'drop';
  policyStep: Step | null;
  base: boolean;
  readonly rules: Rule[];
  /** A step that may undo what the chain denies, and hangs on something unknown. */
  doubt: Step | null;
}

/** A filter while a script builds it. */
export interface Filter {
  readonly chains: Map<string, Chain>;
}

export function emptyFilter(): Filter {
  return { chains: new Map() };
}

function chainOf(filter: Filter, key: string): Chain {
  const found = filter.chains.get(key);
  if (found !== undefined) return found;
  const base = /^iptables ip[46] OUTPUT$|^ufw outgoing/.test(key);
  const chain: Chain = { policy: 'accept', policyStep: null, base, rules: [], doubt: null };
  filter.chains.set(key, chain);
  return chain;
}

/** @param certain false where it hangs on something unknown whether the step is done */
export function take(filter: Filter, step: Step, command: number, certain: boolean): void {
  switch (step.kind) {
    case 'chain':
      if (step.base) chainOf(filter, step.chain).base = true;
      else chainOf(filter, step.chain);
      return;
    case 'policy':
      setPolicy(chainOf(filter, step.chain), step, certain);
      return;
    case 'flush':
      for (const [key, chain] of filter.chains) {
        if (!`${key} `.startsWith(step.chains.endsWith(' ') ? step.chains : `${step.chains} `)) continue;
        if (key.startsWith('nft ') && !key.endsWith(step.family)) continue;
        if (certain) clear(key, chain);
        else chain.doubt = step;
      }
      return;
    case 'rule':
      addRule(chainOf(filter, step.chain), step, command, certain);
      return;
    case 'delete':
      remove(chainOf(filter, step.chain), step, certain);
      return;
    default:
  }
}

/** Flushing keeps the policy of iptables; `ufw disable` and a deleted table of nft take it along. */
function clear(key: string, chain: Chain): void {
  chain.rules.length = 0;
  chain.doubt = null;
  if (key.startsWith('iptables ')) return;
  chain.policy = 'accept';
  chain.policyStep = null;
}

function setPolicy(chain: Chain, step: Step & { kind: 'policy' }, certain: boolean): void {
  if (!certain) {
    if (step.verdict !== chain.policy) chain.doubt = step;
    return;
  }
  chain.policy = step.verdict;
  chain.policyStep = step;
  if (step.verdict === 'drop' && chain.doubt?.kind === 'policy') chain.doubt = null;
}

function addRule(chain: Chain, step: Step & { kind: 'rule' }, command: number, certain: boolean): void {
  const { match, target, text, place } = step;
  if (!certain && target.kind !== 'accept') {
    chain.doubt = step;
    return;
  }
  const rule: Rule = { match, target, text, place, command };
  chain.rules.splice(step.at ?? chain.rules.length, 0, rule);
}

function remove(chain: Chain, step: Step & { kind: 'delete' }, certain: boolean): void {
  const { rule } = step;
  const at =
    typeof rule === 'number'
      ? rule
      : chain.rules.findIndex(
          ({ match, target }) =>
            JSON.stringify([keyed(match), target]) === JSON.stringify([keyed(rule.match), rule.target]),
        );
  if (at < 0 || chain.rules[at] === undefined) return;
  if (certain) chain.rules.splice(at, 1);
  else if (chain.rules[at]?.target.kind !== 'accept') chain.doubt = step;
}

/** A match without its places. */
function keyed(match: Match): unknown {
  const texts = (addresses: Match['notTo'] | null): unknown => addresses?.map(({ text }) => text) ?? null;
  return { ...match, to: texts(match.to), notTo: texts(match.notTo) };
}

/** Traffic that gets through, narrowed by the rules that lead to it. */
export interface Pass {
  readonly match: Match;
  readonly rule: Rule;
}

export interface Verdict {
  /** `denied`: but for the passes. `open`: nothing drops the rest, or a rule lets everything through. */
  readonly kind: 'denied' | 'open';
  readonly passes: readonly Pass[];
  /** What denies the rest, or lets everything through; null: the default. */
  readonly by: { readonly text: string; readonly place: Rule['place'] } | null;
  readonly doubt: Step | null;
  /** Users whose traffic alone is denied. */
  readonly owners: readonly string[];
}

const MAX_DEPTH = 16;
const MAX_VISITS = 20_000;

/** Each base chain must let a packet through. */
export function verdictOf(filter: Filter, family: Family): Verdict {
  const bases = [...filter.chains].filter(([key, { base }]) => base && ofFamily(key, family));
  const verdicts = bases.map(([key, chain]) => verdictOfBase(filter, key, chain));
  const denied = verdicts.filter(({ kind }) => kind === 'denied');
  const [first] = denied;
  if (first === undefined) {
    const doubt = verdicts.find((one) => one.doubt !== null)?.doubt ?? null;
    return { kind: 'open', passes: [], by: verdicts[0]?.by ?? null, doubt, owners: [] };
  }
  return {
    ...first,
    passes: denied.flatMap(({ passes }) => passes),
    // A second filter that surely denies makes up for a doubt about the first.
    doubt: denied.every(({ doubt }) => doubt !== null) ? first.doubt : null,
  };
}

function ofFamily(key: string, family: Family): boolean {
  return key.startsWith(`iptables ${family} `) || key.endsWith(` ${family}`);
}

interface Walk {
  readonly filter: Filter;
  readonly passes: Pass[];
  readonly owners: string[];
  doubt: Step | null;
  visits: number;
}

interface End {
  readonly kind: 'denied' | 'open' | 'fell';
  readonly by: Rule | null;
  /** What left the chain by a return. */
  readonly returned: readonly Pass[];
}

function verdictOfBase(filter: Filter, key: string, chain: Chain): Verdict {
  const walk: Walk = { filter, passes: [], owners: [], doubt: null, visits: 0 };
  const end = walkChain(walk, key, 0);
  const denied = end.kind === 'denied' || (end.kind === 'fell' && chain.policy === 'drop');
  const { passes, owners, doubt } = walk;
  // What a chain gave back meets the rules behind the jump, if there are any, and then the policy.
  const ends = end.kind === 'denied' && chain.rules.at(-1)?.target.kind === 'jump';
  if (chain.policy === 'accept' || (end.kind === 'denied' && !ends)) passes.push(...end.returned);
  const by = end.kind === 'fell' ? chain.policyStep : end.by;
  if (denied) return { kind: 'denied', passes, by, doubt, owners };
  // Nothing but an uncertain step would have denied.
  return { kind: 'open', passes: [], by, doubt: deniesMaybe(doubt) ? doubt : null, owners };
}

function deniesMaybe(step: Step | null): boolean {
  if (step === null) return false;
  if (step.kind === 'policy') return step.verdict === 'drop';
  return step.kind === 'rule' && step.target.kind !== 'accept';
}

function walkChain(walk: Walk, key: string, depth: number): End {
  const chain = walk.filter.chains.get(key);
  const returned: Pass[] = [];
  if (chain === undefined || depth > MAX_DEPTH) return { kind: 'fell', by: null, returned };
  walk.doubt ??= chain.doubt;
  const protocols = new Set<string>();
  for (const rule of chain.rules) {
    walk.visits += 1;
    if (walk.visits > MAX_VISITS) return { kind: 'open', by: rule, returned };
    const end = ruleEnd(walk, rule, depth, returned, protocols);
    if (end !== null) return end;
  }
  return { kind: 'fell', by: null, returned };
}

/** Null: the next rule decides. */
function ruleEnd(
  walk: Walk,
  rule: Rule,
  depth: number,
  returned: Pass[],
  protocols: Set<string>,
): End | null {
  const { match, target } = rule;
  switch (target.kind) {
    case 'accept':
      if (isEverything(match) || isWholeProtocol(match)) return { kind: 'open', by: rule, returned };
      walk.passes.push({ match, rule });
      return null;
    case 'drop':
      return denies(walk, rule, protocols) ? { kind: 'denied', by: rule, returned } : null;
    case 'return':
      if (isEverything(match)) return { kind: 'fell', by: rule, returned };
      returned.push({ match, rule });
      return null;
    case 'jump':
      return jump(walk, rule, target.chain, depth, returned);
    case 'next':
      return null;
  }
}

/** `-p tcp -j ACCEPT`: whoever sends has all of TCP, which is enough for anything. */
function isWholeProtocol(match: Match): boolean {
  const { protocols } = match;
  return (
    protocols !== null &&
    /^(?:tcp|udp|6|17)$/.test(protocols.join()) &&
    isEverything({ ...match, protocols: null })
  );
}

/** A drop of everything, of everything but some addresses, or at last of TCP and of UDP. */
function denies(walk: Walk, rule: Rule, protocols: Set<string>): boolean {
  const { match } = rule;
  const rest: Match = { ...match, owner: null, notTo: [], notSets: [], protocols: null };
  if (!isEverything(rest)) return false;
  if (match.owner !== null) {
    if (/^(?:root|0)$/.test(match.owner)) return false;
    walk.owners.push(match.owner);
  }
  if (match.notTo.length > 0) walk.passes.push({ match: { ...ANYTHING, to: match.notTo }, rule });
  if (match.notSets.length > 0) walk.passes.push({ match: { ...ANYTHING, sets: match.notSets }, rule });
  if (match.protocols === null) return true;
  for (const protocol of match.protocols) protocols.add(protocol);
  return (protocols.has('tcp') || protocols.has('6')) && (protocols.has('udp') || protocols.has('17'));
}

function jump(walk: Walk, rule: Rule, chain: string, depth: number, returned: Pass[]): End | null {
  const whole = isEverything(rule.match);
  const inner: Walk = { ...walk, passes: [], owners: [] };
  const end = walkChain(inner, chain, depth + 1);
  walk.visits = inner.visits;
  walk.doubt = inner.doubt;
  walk.passes.push(...inner.passes.map((pass) => ({ ...pass, match: both(rule.match, pass.match) })));
  walk.owners.push(...inner.owners);
  if (end.kind === 'open' && !whole) walk.passes.push({ match: rule.match, rule });
  if (end.kind === 'fell' || !whole) return null;
  if (end.kind === 'open') return { ...end, returned };
  // What the chain gave back goes on through the rules behind; the rest is denied for good.
  return { ...end, returned: [...returned, ...end.returned] };
}

/** The narrower of two matches, as far as it can be said. */
function both(outer: Match, inner: Match): Match {
  return {
    to: inner.to ?? outer.to,
    notTo: [...outer.notTo, ...inner.notTo],
    sets: inner.sets.length > 0 ? inner.sets : outer.sets,
    notSets: [...outer.notSets, ...inner.notSets],
    protocols: inner.protocols ?? outer.protocols,
    ports: inner.ports ?? outer.ports,
    loopback: inner.loopback || outer.loopback,
    connection: inner.connection === 'old' ? 'old' : outer.connection,
    owner: inner.owner ?? outer.owner,
    other: [...outer.other, ...inner.other],
  };
}

/** True when two passes come from one rule: a rule for both families, or in two chains. */
export function samePass({ rule: a }: Pass, { rule: b }: Pass): boolean {
  return a.command === b.command && a.text === b.text && samePlace(a.place, b.place);
}
