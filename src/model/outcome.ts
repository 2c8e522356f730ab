/** What hostile code can end up holding, and how sure that is. */

/** The dimensions of the blast radius. */
export type Axis = 'host' | 'files' | 'credentials' | 'network' | 'limits' | 'persistence';

export const AXES: readonly Axis[] = ['host', 'files', 'credentials', 'network', 'limits', 'persistence'];

/**
 * - `direct`: needs nothing outside the sandbox.
 * - `next`: a routine event on the host runs it unseen (a shell start, a login, cron).
 * - `assumed`: rests on an assumption that the finding names.
 */
export type Certainty = 'direct' | 'next' | 'assumed';

/** Factors of DESIGN's score: an outcome's worth times its certainty. */
export const CERTAINTY_FACTOR: Readonly<Record<Certainty, number>> = { direct: 1, next: 0.9, assumed: 0.5 };

/**
 * Name of an outcome: a row of `knowledge/outcomes`, for some with what exactly after a colon:
 * `host-root`, `home-write`, `credential:ssh`, `internet`.
 */
export type OutcomeId = string;

/** What one finding alone gives. */
export interface Gain {
  readonly outcome: OutcomeId;
  readonly certainty: Certainty;
}
