/** Ceilings: `mem_limit`, `cpus`, `pids_limit` and `deploy.resources.limits`. Reservations are none. */
import { isResolved } from '../../model/symbolic.ts';
import { known, type Value } from '../../model/value.ts';
import type { Node } from '../../syntax/node.ts';
import { parseSize } from '../docker/limits.ts';
import type { LimitSpec } from '../docker/spec.ts';
import { field, fieldAt, type Reading, readField, type Text, unknownValue } from './reading.ts';

/** Microseconds: what a quota is a part of when nothing else is said (kernel docs, sched-bwc.rst). */
const DEFAULT_PERIOD = 100_000;

/** Both ways of writing count; where both are written they must agree (compose-spec deploy.md). */
export function readLimits(reading: Reading, service: Node): LimitSpec {
  const limit = (key: string): Text | null =>
    readField(reading, fieldAt(service, 'deploy', 'resources', 'limits', key));
  const own = (key: string): Text | null => readField(reading, field(service, key));
  return {
    memory: ceiling(limit('memory') ?? own('mem_limit'), parseSize),
    cpu: ceiling(limit('cpus') ?? own('cpus'), Number) ?? quota(own('cpu_quota'), own('cpu_period')),
    processes: ceiling(limit('pids') ?? own('pids_limit'), Number),
  };
}

/** Zero and negative numbers switch a ceiling off (moby daemon/daemon_unix.go). */
function ceiling(text: Text | null, parse: (text: string) => number | null): Value<number | null> | null {
  if (text === null) return null;
  if (!isResolved(text.text)) return unknownValue(text);
  const amount = parse(text.text.trim());
  const positive = amount !== null && Number.isFinite(amount) && amount > 0;
  return known(positive ? amount : null, text.origin, text.assumes);
}

function quota(text: Text | null, period: Text | null): Value<number | null> | null {
  const parts = period === null ? DEFAULT_PERIOD : microseconds(period.text);
  return ceiling(text, (amount) => microseconds(amount) / parts);
}

/** `50000` or a duration such as `50ms` (compose-spec 05-services.md, `cpu_period`). */
function microseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s)?$/.exec(text.trim());
  const factor = match?.[2] === 'ms' ? 1000 : match?.[2] === 's' ? 1_000_000 : 1;
  return match === null ? Number.NaN : Number(match[1]) * factor;
}
