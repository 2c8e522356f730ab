/** The settings of a run line over all the ways that it can look: every grant, and only what surely restrains. */
import { isResolved } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { refusals } from './refusals.ts';
import type { RunCommand } from './run-flag-tables.ts';
import { parseRunArguments, type RunArguments, type RunError, type RunSetting } from './run-flags.ts';
import {
  assumptionsOf,
  type ConditionalOrigin,
  conditionsAt,
  type RunWays,
  type RunWord,
} from './run-worlds.ts';
import type { Engine, LocatedText } from './spec.ts';

export interface LineReading {
  readonly settings: readonly RunSetting[];
  readonly image: LocatedText | null;
  readonly command: readonly LocatedText[];
  /** Words that can stand for any number of flags. */
  readonly unresolved: readonly LocatedText[];
  readonly errors: readonly RunError[];
  /** True if the line can look in more ways than were read. */
  readonly cut: boolean;
}

export interface LineContext {
  readonly command: RunCommand;
  /** False where the program is a variable: another engine may take what this one refuses. */
  readonly certain: boolean;
  /** The grammar of the command, where it is not the engine's own `run`. */
  readonly parse?: (words: readonly RunWord[]) => RunArguments;
}

interface Reading {
  readonly words: readonly RunWord[];
  readonly described: boolean;
  readonly parsed: RunArguments;
}

export function readLine(
  { ways, cut }: RunWays,
  engine: Engine,
  { command, certain, parse }: LineContext,
): LineReading {
  const read = (words: readonly RunWord[]): RunArguments =>
    parse === undefined ? parseRunArguments(words, engine, { image: true, command }) : parse(words);
  const readings = ways.map((way): Reading => {
    const parsed = read(way.words);
    const refused = certain ? refusals(parsed.settings, engine) : [];
    return { ...way, parsed: { ...parsed, errors: [...parsed.errors, ...refused] } };
  });
  const named = bestNamed(readings);
  const merged = mergedSettings(readings);
  const settings = settled(merged);
  return {
    settings,
    image: named?.parsed.image ?? null,
    command: named?.parsed.command ?? [],
    unresolved: uniqueTexts(readings.flatMap(({ parsed }) => parsed.unresolved)),
    errors: certainErrors(readings),
    cut,
  };
}

/** The plainest reading that names an image, one whose name is known before the others. */
function bestNamed(readings: readonly Reading[]): Reading | undefined {
  const named = readings.filter(({ parsed }) => parsed.image !== null);
  return named.find(({ parsed }) => isResolved(parsed.image?.text ?? '')) ?? named[0] ?? readings[0];
}

/** The settings of all readings in the order of the line. */
function mergedSettings(readings: readonly Reading[]): RunSetting[] {
  const everywhere = commonTo(readings);
  const merged: RunSetting[] = [];
  const seen = new Map<string, RunSetting>();
  for (const { words, parsed } of readings) {
    const conditional = words.filter(({ conditions }) => conditions.length > 0);
    // From the last one back: what is new stands behind what it is an alternative to, and before what follows it.
    let at = merged.length;
    for (const setting of parsed.settings.toReversed()) {
      const key = keyOf(setting);
      const place = `${key}\0${setting.origin.place.source.path}\0${setting.origin.place.span.start}`;
      const before = seen.get(place);
      if (before !== undefined) {
        at = Math.min(at, merged.indexOf(before));
        continue;
      }
      const always = everywhere.has(key);
      const counts =
        always || !restrains(setting) || (isScalar(setting.flag) && everywhere.has(setting.flag));
      if (!counts) continue;
      const origin = conditioned(setting.origin, conditional, always);
      const added: RunSetting = { ...setting, origin, ...(always ? {} : { conditional: true }) };
      seen.set(place, added);
      merged.splice(at, 0, added);
    }
  }
  return merged;
}

/** Where a setting stands in every reading, only the defaults of variables are left to assume. */
function conditioned(origin: Origin, words: readonly RunWord[], always: boolean): ConditionalOrigin {
  const conditions = conditionsAt(origin, words);
  const asked = always ? conditions.filter(({ choice }) => choice.kind === 'set') : conditions;
  const assumes = assumptionsOf(asked);
  if (assumes.length === 0) return origin;
  return { ...origin, assumes, via: [...(origin.via ?? []), ...asked.map(({ place }) => place)] };
}

function keyOf({ flag, value }: RunSetting): string {
  return `${flag}\0${value}`;
}

/** Errors of one line that are told. */
const MAX_ERRORS = 20;

/** What is wrong however the line looks; in one way alone it may be a way that the script never goes. */
function certainErrors(readings: readonly Reading[]): readonly RunError[] {
  const [first, ...others] = readings;
  const isEverywhere = ({ message }: RunError): boolean =>
    others.every(({ parsed }) => parsed.errors.some((error) => error.message === message));
  return (first?.parsed.errors ?? []).slice(0, MAX_ERRORS).filter(isEverywhere);
}

/**
 * Keys of settings, and names of flags, that stand in every reading of the run that the script describes. A
 * default is what its author wrote down for that run, be it in a word or behind a test.
 */
function commonTo(all: readonly Reading[]): ReadonlySet<string> {
  const described = all.filter((reading) => reading.described);
  const readings = described.length === 0 ? all : described;
  const sets = readings.map(
    ({ parsed }) => new Set(parsed.settings.flatMap((setting) => [keyOf(setting), setting.flag])),
  );
  const [first, ...others] = sets;
  return new Set([...(first ?? [])].filter((key) => others.every((other) => other.has(key))));
}

/** Flags of which the engine takes the last. */
const SCALARS = new Set(
  (
    'privileged read-only use-api-socket user pid ipc uts userns cgroupns runtime memory cpus cpu-quota cpu-period ' +
    'pids-limit network restart rm pull platform name'
  ).split(' '),
);

function isScalar(flag: string): boolean {
  return SCALARS.has(flag);
}

/** Flags that take something away from the container, whatever their value. */
const RESTRAINING = new Set(
  (
    'memory memory-swap cpus cpu-quota cpu-period cpu-shares cpuset-cpus pids-limit ulimit cap-drop read-only rm ' +
    'runtime storage-opt'
  ).split(' '),
);

/** What only counts when it is there in every case. */
function restrains({ flag, value }: RunSetting): boolean {
  if (RESTRAINING.has(flag)) return true;
  if (flag === 'privileged' || flag === 'use-api-socket') return value === 'false';
  if (flag === 'security-opt')
    return !/unconfined|disable|unmask|nested|spc_t|no-new-privileges[=:](?:0|f)/i.test(value);
  if (flag === 'user') return isResolved(value) && !/^(?:root|0)(?::|$)/.test(value);
  if (flag === 'userns' || flag === 'pid' || flag === 'ipc') return value !== 'host' && isResolved(value);
  return flag === 'network' && value === 'none';
}

/** How much a value of a flag that is given once lets through; of two that exclude each other the larger counts. */
function reachOf({ flag, value }: RunSetting): number {
  if (!isResolved(value)) return 2;
  if (restrains({ flag, value, origin: { kind: 'explicit', place: NOWHERE } })) return 0;
  return value === 'host' || value === 'true' || /^(?:root|0)(?::|$)/.test(value) ? 3 : 1;
}

const NOWHERE = { source: { path: '', text: '', lineStarts: [0] }, span: { start: 0, end: 0 } };

/**
 * Values of one flag that come from branches which exclude each other would all be applied; the one that
 * reaches furthest stands for them. What one and the same line repeats is the engine's to settle: there the
 * last counts, so what surely comes later stands above what a branch adds before.
 */
function settled(settings: readonly RunSetting[]): RunSetting[] {
  const last = new Map<string, number>();
  settings.forEach(({ flag, conditional }, at) => {
    if (conditional !== true && flag !== 'network') last.set(flag, at);
  });
  const open = settings.filter(
    ({ flag, conditional }, at) =>
      !isScalar(flag) || conditional !== true || at > (last.get(flag) ?? Number.NEGATIVE_INFINITY),
  );
  return open.filter((setting, at) => {
    if (!isScalar(setting.flag)) return true;
    const rivals = open.filter((other) => other.flag === setting.flag);
    if (!rivals.some(({ conditional }) => conditional === true)) return true;
    const mine = reachOf(setting);
    return !rivals.some(
      (other) => reachOf(other) > mine || (reachOf(other) === mine && open.indexOf(other) < at),
    );
  });
}

function uniqueTexts(texts: readonly LocatedText[]): LocatedText[] {
  const seen = new Map(
    texts.map((one) => [`${one.text}\0${one.origin.place.source.path}\0${one.origin.place.span.start}`, one]),
  );
  return [...seen.values()];
}
