/** Severity of a finding: what it alone gives in this sandbox. */
import { outcomeRow } from '../knowledge/outcomes.ts';
import { CERTAINTY_FACTOR, type Gain } from './outcome.ts';
import type { Severity } from './rule.ts';
import type { Sandbox } from './sandbox.ts';

/** The widest way out: for data, what is not known to be narrowed counts as open. */
export function channelOf(sandbox: Sandbox): 'open' | 'limited' | 'none' {
  const { egress } = sandbox.network;
  if (!egress.known) return 'open';
  if (egress.value.kind === 'none') return 'none';
  if (egress.value.kind !== 'limited') return 'open';
  // A control that the code inside can switch off narrows nothing.
  return egress.value.control.removable.verdict === 'yes' ? 'open' : 'limited';
}

/** Worth from 0 to 10 of one gain in one sandbox, certainty counted in. */
export function worthOf(gain: Gain, sandbox: Sandbox): number {
  const outcome = outcomeRow(gain.outcome);
  if (outcome === undefined) return 0;
  const worth = typeof outcome.worth === 'number' ? outcome.worth : outcome.worth[channelOf(sandbox)];
  return worth * CERTAINTY_FACTOR[gain.certainty];
}

export function severityOf(gains: readonly Gain[], sandbox: Sandbox): Severity {
  const worth = Math.max(0, ...gains.map((gain) => worthOf(gain, sandbox)));
  if (worth >= 9) return 'critical';
  if (worth >= 6) return 'high';
  return worth >= 3 ? 'medium' : 'low';
}
