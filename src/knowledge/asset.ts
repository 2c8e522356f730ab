/**
 * Shape of the tables of assets: places on a developer's machine that are worth something to hostile code.
 * Every asset row is owned by exactly one rule, so that one grant is reported once.
 */

/** A path in table notation: `~/…` below home, `/…` absolute. */
export type AssetPath = string;

export interface Asset {
  /** Unique: `ssh-keys`. */
  readonly id: string;
  /** What it is, for messages: `SSH private keys`. */
  readonly title: string;
  /**
   * Where it lies. A path ending in `/` is a directory of which everything counts. Asked one by one; the
   * first that answers yes is named.
   */
  readonly paths: readonly AssetPath[];
  /** Paths below `paths` that are not this asset (`~/.ssh/known_hosts`). */
  readonly except?: readonly AssetPath[];
  /** No directory holds it, though its path looks so: only that path itself opens it. */
  readonly alone?: true;
  /** The rule that reports it. */
  readonly rule: string;
  /** What reading, writing or connecting gives; absent: nothing. */
  readonly read?: AssetGain;
  readonly write?: AssetGain;
  readonly connect?: AssetGain;
  /** Why, in one sentence for people. */
  readonly reason: string;
  /** Where the fact can be checked. */
  readonly reference: string;
}

export interface AssetGain {
  /** A row of `knowledge/outcomes`, with its detail: `credential:ssh`. */
  readonly outcome: string;
  readonly certainty: 'direct' | 'next' | 'assumed';
  /** What hostile code does with it, as a clause that follows "code inside can": "log in to your servers". */
  readonly lets: string;
}
