/** Packet filters in one vocabulary, whichever program sets them. */
import type { Place } from '../../source/source.ts';

export type Family = 'ip4' | 'ip6';

/** An address, host name or network as a rule names it. */
export interface Address {
  /** Symbolic. */
  readonly text: string;
  /** Where the text is written, or what computes it. */
  readonly place: Place;
}

/** What a packet must be for a rule to hold. Null and empty: it does not matter. */
export interface Match {
  readonly to: readonly Address[] | null;
  /** Everything but these. */
  readonly notTo: readonly Address[];
  readonly sets: readonly string[];
  readonly notSets: readonly string[];
  readonly protocols: readonly string[] | null;
  readonly ports: readonly string[] | null;
  /** Leaves by the loopback interface. */
  readonly loopback: boolean;
  /** `old`: only packets of connections that exist already. */
  readonly connection: 'any' | 'old';
  /** User that the sending process runs as. */
  readonly owner: string | null;
  /** Conditions that are not followed; they narrow the rule. */
  readonly other: readonly string[];
}

export const ANYTHING: Match = {
  to: null,
  notTo: [],
  sets: [],
  notSets: [],
  protocols: null,
  ports: null,
  loopback: false,
  connection: 'any',
  owner: null,
  other: [],
};

/** `next`: the rule decides nothing (a log line, a counter). */
export type Target =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'next' }
  | { readonly kind: 'jump'; readonly chain: string };

export interface Rule {
  readonly match: Match;
  readonly target: Target;
  readonly text: string;
  readonly place: Place;
  /** Index of the command that sets it. */
  readonly command: number;
}

interface Written {
  readonly place: Place;
  readonly text: string;
}

/**
 * One step of a script. Names of chains and sets hold the program and table, so that those of different
 * programs do not mix. `base`: the chain sees what leaves the machine.
 */
export type Step = Written &
  (
    | { readonly kind: 'chain'; readonly family: Family; readonly chain: string; readonly base: boolean }
    | {
        readonly kind: 'policy';
        readonly family: Family;
        readonly chain: string;
        readonly verdict: 'accept' | 'drop';
      }
    | { readonly kind: 'flush'; readonly family: Family; readonly chains: string }
    | {
        readonly kind: 'rule';
        readonly family: Family;
        readonly chain: string;
        readonly match: Match;
        readonly target: Target;
        /** Place in the chain from 0; null: at the end. */
        readonly at: number | null;
      }
    | {
        readonly kind: 'delete';
        readonly family: Family;
        readonly chain: string;
        /** Number from 0, or the rule's own words. */
        readonly rule: number | { readonly match: Match; readonly target: Target };
      }
    | { readonly kind: 'member'; readonly set: string; readonly members: readonly Address[] }
    | { readonly kind: 'empty'; readonly set: string | null }
    /** IPv6 is switched off altogether. */
    | { readonly kind: 'no-ipv6' }
    /** It sets rules, and which ones cannot be told. */
    | { readonly kind: 'unreadable'; readonly why: string }
  );

/** A word of a rule. */
export interface Word {
  readonly value: string;
  readonly place: Place;
}

/** True when the match takes in every packet that leaves for the outside. */
export function isEverything({ other, owner, connection, ...match }: Match): boolean {
  const addresses = match.to === null || match.to.some(({ text }) => isAnyAddress(text));
  const whole = match.notTo.length === 0 && match.sets.length === 0 && match.notSets.length === 0;
  const free = match.protocols === null && match.ports === null && !match.loopback;
  return addresses && whole && free && other.length === 0 && owner === null && connection === 'any';
}

export function isAnyAddress(text: string): boolean {
  return /^(?:0\.0\.0\.0|::|0|any|anywhere)(?:\/0)?$|^[\d.:a-f]{1,40}\/0(?:\.0\.0\.0)?$/i.test(text);
}
