/** Sizes, numbers and times of run flags: what the engines take. */
import { parseCpus, parseDuration, parseFloat64, parseInteger, parseWhole } from './go-values.ts';
import { parseSize } from './limits.ts';
import type { Checks, OnceCheck } from './refusals.ts';

type Test = (value: string) => boolean | string;

function integer(least = -Infinity, most = Infinity): Test {
  return (value) => {
    const number = parseInteger(value);
    if (number === null) return 'it is no whole number';
    return (number >= least && number <= most) || `it lies outside ${range(least, most)}`;
  };
}

function range(least: number, most: number): string {
  return `${Number.isFinite(least) ? least : '…'} to ${Number.isFinite(most) ? most : '…'}`;
}

/** strconv.ParseUint: no sign. */
function unsigned(bits: bigint): Test {
  return (value) => {
    const whole = /^[+-]/.test(value) ? null : parseWhole(value);
    return (whole !== null && whole < 2n ** bits) || `it is no number of ${bits} bits`;
  };
}

function size(least = 0): Test {
  return (value) => {
    const bytes = parseSize(value);
    if (bytes === null) return 'it is no size';
    return bytes === 0 || bytes >= least || `it is less than ${least} bytes`;
  };
}

/** moby daemon/daemon_unix.go, linuxMinMemory. */
const LEAST_MEMORY = 6 * 2 ** 20;
/** moby api/types/container, MinimumDuration: one millisecond. */
const LEAST_TIME = 1;

const duration: OnceCheck = {
  each: (value) => parseDuration(value) !== null || 'it is no time with a unit',
  last: (value) => {
    const time = parseDuration(value) ?? 0;
    return time === 0 || time >= LEAST_TIME || 'it is less than a millisecond';
  },
};

const swap: Test = (value) => value === '-1' || size()(value);

const period: Test = (value) => value === '0' || integer(1_000, 1_000_000)(value);

const quota: Test = (value) => {
  const number = parseInteger(value);
  if (number === null) return 'it is no whole number';
  return number <= 0 || number >= 1_000 || 'it is less than a millisecond';
};

function cpus(least: number): Test {
  return (value) => {
    const amount = parseCpus(value);
    if (amount === null) return 'it is no number of billionths';
    return amount >= least || 'it is negative';
  };
}

/** `0-3,5`; whether the machine has them, only it can tell. */
const processors: Test = (value) =>
  value === '' ||
  value.split(',').every((part) => {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    return first !== undefined && Number(first) <= Number(last);
  });

/** docker/go-units, ulimitNameMapping. */
const ULIMITS = new Set(
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  ),
);
const DECIMAL = /^[+-]?\d{1,19}$/;

/** `name=soft[:hard]`; −1 is no limit. */
const ulimit: Test = (value) => {
  const [, name = '', soft = '', hard = soft] = /^([^=]*)=([^:]*)(?::([^:]*))?$/.exec(value) ?? [];
  if (!ULIMITS.has(name)) return 'there is no such limit';
  if (!DECIMAL.test(soft) || !DECIMAL.test(hard)) return 'a limit is a number, and a second one';
  const isWithin = Number(hard) === -1 || (Number(soft) !== -1 && Number(soft) <= Number(hard));
  return isWithin || 'the soft limit is above the hard one';
};

/** `/dev/x:rate` (docker/cli opts/throttledevice.go, opts/weightdevice.go). */
function rate(test: Test): Test {
  return (value) => {
    const [, rest] = /^\/dev\/[^:]*:(.*)$/s.exec(value) ?? [];
    return rest === undefined ? 'it is no device with a rate' : test(rest);
  };
}

const count: Test = (value) => /^\d{1,19}$/.test(value);
const weight: Test = (value) => value === '0' || (/^\d{2,4}$/.test(value) && integer(10, 1_000)(value));

export const DOCKER_LIMITS: Checks = {
  memory: { each: size(), last: size(LEAST_MEMORY) },
  'memory-reservation': { each: size(), last: size(LEAST_MEMORY) },
  'memory-swap': swap,
  'memory-swappiness': { each: integer(), last: integer(-1, 100) },
  'kernel-memory': size(),
  'shm-size': size(),
  'io-maxbandwidth': size(),
  'io-maxiops': unsigned(64n),
  cpus: { each: cpus(-Infinity), last: cpus(0) },
  'cpu-quota': { each: integer(), last: quota },
  'cpu-period': { each: integer(), last: period },
  'cpu-shares': integer(),
  'cpu-rt-period': integer(),
  'cpu-rt-runtime': integer(),
  'cpu-count': integer(),
  'cpu-percent': integer(),
  'cpuset-cpus': { last: processors },
  'cpuset-mems': { last: processors },
  'pids-limit': integer(),
  'oom-score-adj': { each: integer(), last: integer(-1_000, 1_000) },
  'blkio-weight': unsigned(16n),
  'blkio-weight-device': rate(weight),
  'device-read-bps': rate(size()),
  'device-write-bps': rate(size()),
  'device-read-iops': rate(count),
  'device-write-iops': rate(count),
  ulimit,
  'stop-timeout': integer(),
  'health-retries': { each: integer(), last: integer(0) },
  'health-interval': duration,
  'health-timeout': duration,
  'health-start-period': duration,
  'health-start-interval': duration,
};

/** An empty text sets nothing. */
const podmanSize: Test = (value) => value === '' || size()(value);

/** Times are read only where there is a command that they are for. */
const podmanDuration: OnceCheck = {
  last: (value, settings) => {
    const isRead = settings.some(({ flag, value: text }) => flag === 'health-cmd' && text !== '');
    return !isRead || value === 'disable' || parseDuration(value) !== null || 'it is no time with a unit';
  },
};

export const PODMAN_LIMITS: Checks = {
  memory: { last: podmanSize },
  'memory-reservation': { last: podmanSize },
  'memory-swap': { last: (value) => value === '-1' || podmanSize(value) },
  'memory-swappiness': { each: integer(), last: integer(-1, 100) },
  'shm-size': { last: podmanSize },
  cpus: (value) => parseFloat64(value) !== null || 'it is no number',
  'cpu-quota': { each: integer(), last: quota },
  'cpu-period': { each: unsigned(64n), last: period },
  'cpu-shares': unsigned(64n),
  'cpuset-cpus': { last: processors },
  'cpuset-mems': { last: processors },
  'pids-limit': integer(),
  'oom-score-adj': integer(),
  'device-read-bps': rate(size()),
  'device-write-bps': rate(size()),
  'device-read-iops': rate(count),
  'device-write-iops': rate(count),
  ulimit: (value) => value === 'host' || ulimit(value),
  'stop-timeout': unsigned(64n),
  timeout: unsigned(64n),
  'health-interval': podmanDuration,
  'health-timeout': podmanDuration,
  'health-start-period': podmanDuration,
  'health-retries': unsigned(64n),
};
