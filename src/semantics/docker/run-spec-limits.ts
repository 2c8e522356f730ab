/** Values of the flags that bound resources. */
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { known, unknown, type Value } from '../../model/value.ts';
import { parseSize } from './limits.ts';
import type { RunSetting } from './run-flags.ts';
import type { LimitSpec } from './spec.ts';

/** Microseconds: what a quota is a part of when nothing else is said (kernel docs, sched-bwc.rst). */
const DEFAULT_PERIOD = 100_000;

/** Adds the ceilings among the settings; of a repeated flag the last counts. */
export function limitsOf(settings: readonly RunSetting[], current: LimitSpec): LimitSpec {
  const last = (flag: string): RunSetting | undefined =>
    settings.findLast((setting) => setting.flag === flag);
  const memory = last('memory');
  const processes = last('pids-limit');
  return {
    memory: memory === undefined ? current.memory : ceiling(memory, positive(parseSize(memory.value))),
    cpu: cpuOf(last('cpus'), last('cpu-quota'), last('cpu-period'), last('cpuset-cpus')) ?? current.cpu,
    processes:
      processes === undefined ? current.processes : ceiling(processes, positive(Number(processes.value))),
  };
}

/** Zero and negative numbers switch a ceiling off (moby daemon/daemon_unix.go). */
function positive(amount: number | null): number | null {
  return amount !== null && Number.isFinite(amount) && amount > 0 ? amount : null;
}

function ceiling({ value, origin }: RunSetting, amount: number | null): Value<number | null> {
  if (isResolved(value)) return known(amount, origin);
  return unknown(
    displayText(value),
    `${displayText(value)} is not set in any file`,
    unknownNames(value),
    origin,
  );
}

function cpuOf(
  cpus: RunSetting | undefined,
  quota: RunSetting | undefined,
  period: RunSetting | undefined,
  set: RunSetting | undefined,
): Value<number | null> | null {
  if (cpus !== undefined) return ceiling(cpus, positive(Number(cpus.value)));
  if (quota !== undefined) {
    const share = Number(quota.value) / (period === undefined ? DEFAULT_PERIOD : Number(period.value));
    return ceiling(quota, positive(share));
  }
  return set === undefined ? null : ceiling(set, positive(countOf(set.value)));
}

/** `0-3,5`: five processors. */
function countOf(list: string): number {
  return list.split(',').reduce((sum, part) => {
    const range = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim());
    if (range === null) return sum;
    return sum + Math.max(0, Number(range[2] ?? range[1]) - Number(range[1]) + 1);
  }, 0);
}
