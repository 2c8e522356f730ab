/** Values of the flags that bound resources. */
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { known, unknown, type Value } from '../../model/value.ts';
import { parseCpus, parseInteger } from './go-values.ts';
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
  const without = last('cgroups');
  if (without?.value === 'disabled') return unbounded(without);
  return {
    memory: memory === undefined ? current.memory : ceiling(memory, positive(parseSize(memory.value))),
    cpu: cpuOf(last('cpus'), last('cpu-quota'), last('cpu-period'), last('cpuset-cpus')) ?? current.cpu,
    processes:
      processes === undefined
        ? current.processes
        : ceiling(processes, positive(parseInteger(processes.value))),
  };
}

/** podman's `--cgroups=disabled`: nothing is there to bound the container with. */
function unbounded({ origin }: RunSetting): LimitSpec {
  const none = known(null, origin);
  return { memory: none, cpu: none, processes: none };
}

/** Zero and negative numbers switch a ceiling off (moby daemon/daemon_unix.go). */
function positive(amount: number | null): number | null {
  return amount !== null && amount > 0 ? amount : null;
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

/** Time and processors bound a container together: the smaller number counts. */
function cpuOf(
  cpus: RunSetting | undefined,
  quota: RunSetting | undefined,
  period: RunSetting | undefined,
  set: RunSetting | undefined,
): Value<number | null> | null {
  // None of the one leaves the other.
  const time = cpus !== undefined && parseCpus(cpus.value) === 0 ? (quota ?? cpus) : (cpus ?? quota);
  const ceilings = [
    ...(time === undefined
      ? []
      : [ceiling(time, positive(time === cpus ? parseCpus(time.value) : share(quota, period)))]),
    ...(set === undefined ? [] : [ceiling(set, positive(countOf(set.value)))]),
  ];
  const amounts = ceilings.flatMap((value) => (value.known && value.value !== null ? [value.value] : []));
  const least = ceilings.find((value) => value.known && value.value === Math.min(...amounts));
  return least ?? ceilings.find(({ known }) => !known) ?? ceilings[0] ?? null;
}

function share(quota: RunSetting | undefined, period: RunSetting | undefined): number | null {
  const length = (period === undefined ? 0 : parseInteger(period.value)) || DEFAULT_PERIOD;
  const time = quota === undefined ? null : parseInteger(quota.value);
  return time === null ? null : time / length;
}

/** `0-3,5`: five processors. */
function countOf(list: string): number {
  return list.split(',').reduce((sum, part) => {
    const range = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim());
    if (range === null) return sum;
    return sum + Math.max(0, Number(range[2] ?? range[1]) - Number(range[1]) + 1);
  }, 0);
}
