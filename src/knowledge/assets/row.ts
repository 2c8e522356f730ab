/** Builders of asset rows, so that each table reads as a list of facts. */
import type { Asset, AssetGain, AssetPath } from '../asset.ts';

type Certainty = AssetGain['certainty'];

export function gain(outcome: string, certainty: Certainty, lets: string): AssetGain {
  return { outcome, certainty, lets };
}

export type AssetRow = Omit<Asset, 'rule'>;

/** Gives every row of a table its one owner. */
export function ownedBy(rule: string, rows: readonly AssetRow[]): readonly Asset[] {
  return rows.map((row) => ({ ...row, rule }));
}

export interface Credential {
  readonly id: string;
  readonly title: string;
  readonly outcome: string;
  readonly lets: string;
  readonly paths: readonly AssetPath[];
  readonly except?: readonly AssetPath[];
  readonly reason: string;
  readonly reference: string;
}

/** A row that is worth reading. */
export const credential = ({ outcome, lets, ...row }: Credential): AssetRow => ({
  ...row,
  read: gain(outcome, 'direct', lets),
});

/** Files of one service: the token in it is the account. */
export const token = (
  id: string,
  service: string,
  outcome: string,
  paths: readonly AssetPath[],
  reference: string,
): AssetRow =>
  credential({
    id,
    title: `credentials of ${service}`,
    outcome,
    lets: `use your account at ${service}`,
    paths,
    reason: `The tools of ${service} keep a token there that works without a password.`,
    reference,
  });
