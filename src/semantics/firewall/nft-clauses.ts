/** Conditions of one rule of nft(8): what the packet must be. */
import type { Place } from '../../source/source.ts';
import type { Address, Family, Match } from './rules.ts';

export interface Token {
  readonly text: string;
  readonly place: Place;
}

/** Name of a chain or set, with the family and table that it belongs to. */
export type KeyOf = (name: string) => string;

export type Draft = { -readonly [K in keyof Match]: Match[K] };

/** `{ a, b timeout 1h }` or a single value. */
export function valuesIn(tokens: readonly Token[]): Address[] {
  const values: Address[] = [];
  let fresh = true;
  for (const { text, place } of tokens) {
    if (text === ',' || text === '{' || text === '}') fresh = true;
    else if (fresh) {
      values.push({ text, place });
      fresh = false;
    }
  }
  return values;
}

const PASSIVE = /^(?:counter|log|comment|meta|mark|set|limit)$/;

interface Operand {
  readonly negated: boolean;
  readonly values: readonly Address[];
  /** Tokens up to its end. */
  readonly length: number;
}

function operandAt(words: readonly Token[], start: number): Operand {
  let at = start;
  const negated = words[at]?.text === '!=';
  if (negated || words[at]?.text === '==') at += 1;
  if (words[at]?.text !== '{') {
    const values: Address[] = [];
    // `established,related` without braces.
    for (;;) {
      const word = words[at];
      if (word === undefined) break;
      values.push(word);
      at += 1;
      if (words[at]?.text !== ',') break;
      at += 1;
    }
    return { negated, values, length: at - start };
  }
  const end = words.findIndex(({ text }, index) => index > at && text === '}');
  const stop = end < 0 ? words.length : end + 1;
  return { negated, values: valuesIn(words.slice(at, stop)), length: stop - start };
}

/** Takes one condition off the rule. @returns how many tokens it has */
export function clause(
  match: Draft,
  words: readonly Token[],
  index: number,
  keyOf: KeyOf,
  only: { family: Family | null },
): number {
  const [head = '', field = ''] = [words[index]?.text, words[index + 1]?.text];
  if (/^(?:oif|oifname)$/.test(head)) {
    const { negated, values, length } = operandAt(words, index + 1);
    if (!negated && values.some(({ text }) => text === 'lo')) match.loopback = true;
    return 1 + length;
  }
  const pair = `${head} ${field}`;
  const operand = operandAt(words, index + 2);
  const known = PAIRS.get(pair);
  if (known !== undefined) {
    known(match, operand, keyOf);
    if (head === 'ip') only.family = 'ip4';
    if (head === 'ip6') only.family = 'ip6';
    return 2 + operand.length;
  }
  if (PASSIVE.test(head))
    return head === 'comment' || head === 'limit' ? passive(match, head, words, index) : 1;
  if (!/^(?:packets|bytes|prefix|level|\d+)$/.test(head) && words[index - 1]?.text !== 'prefix') {
    match.other = [...match.other, head];
  }
  return 1;
}

function passive(match: Draft, head: string, words: readonly Token[], index: number): number {
  if (head === 'comment') return 2;
  match.other = [...match.other, 'limit'];
  const rest = words
    .slice(index + 1)
    .findIndex(({ text }) => /^(?:accept|drop|reject|return|jump|log|counter)$/.test(text));
  return rest < 0 ? words.length : rest + 1;
}

function destination(match: Draft, { negated, values }: Operand, keyOf: KeyOf): void {
  const named = values.filter(({ text }) => text.startsWith('@')).map(({ text }) => keyOf(text.slice(1)));
  const plain = values.filter(({ text }) => !text.startsWith('@'));
  if (negated) {
    match.notSets = [...match.notSets, ...named];
    match.notTo = [...match.notTo, ...plain];
  } else {
    match.sets = [...match.sets, ...named];
    if (plain.length > 0) match.to = [...(match.to ?? []), ...plain];
  }
}

function ports(match: Draft, { negated, values }: Operand, protocol: string | null): void {
  if (negated) match.other = [...match.other, 'dport !='];
  else match.ports = values.map(({ text }) => (text === 'domain' ? '53' : text === 'ssh' ? '22' : text));
  if (protocol !== null) match.protocols = [protocol];
}

function connection(match: Draft, { negated, values }: Operand): void {
  const states = values.map(({ text }) => text);
  if (states.includes('new') !== negated) return;
  if (states.includes('established') || negated) match.connection = 'old';
  else match.other = [...match.other, `ct state ${states.join(',')}`];
}

function owner(match: Draft, { negated, values }: Operand): void {
  const name = values[0]?.text ?? '';
  if (negated) match.other = [...match.other, `! skuid ${name}`];
  else match.owner = name;
}

const protocols = (match: Draft, { negated, values }: Operand): void => {
  if (negated) match.other = [...match.other, 'l4proto !='];
  else match.protocols = values.map(({ text }) => text);
};

const PAIRS: ReadonlyMap<string, (match: Draft, operand: Operand, keyOf: KeyOf) => void> = new Map([
  ['ip daddr', destination],
  ['ip6 daddr', destination],
  ['ip protocol', protocols],
  ['ip6 nexthdr', protocols],
  ['meta l4proto', protocols],
  ['tcp dport', (match: Draft, operand: Operand) => ports(match, operand, 'tcp')],
  ['udp dport', (match: Draft, operand: Operand) => ports(match, operand, 'udp')],
  ['th dport', (match: Draft, operand: Operand) => ports(match, operand, null)],
  ['ct state', connection],
  ['meta skuid', owner],
  [
    'meta oifname',
    (match: Draft, { negated, values }: Operand) => {
      if (!negated && values.some(({ text }) => text === 'lo')) match.loopback = true;
    },
  ],
]);
