/** The ordered operations that build the file system, with the host paths that each one shows. */

import { isWide } from '../../model/granted.ts';
import { type HostPath, samePath } from '../../model/host-path.ts';
import { displayText, HOME_SYMBOL, unknownPart } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { isExistenceTest } from '../process/conditions.ts';
import { scriptPath, settledText, sourcePath } from '../process/script-path.ts';
import type { Condition } from '../shell/reading.ts';
import type { BwrapCall, Setting } from './call.ts';

/** A part of the host that an operation puts at its destination. */
export interface Shown {
  readonly source: HostPath;
  readonly writable: boolean;
  /** Through an overlay: what is opened there is another file than the host's (a socket, for one). */
  readonly overlaid: boolean;
}

export interface Operation {
  /** Number in the order of the command line. */
  readonly index: number;
  /** Number of its option among all of the call's. */
  readonly position: number;
  /** `mount`: covers what was at its destination. `remount`: makes one mount read-only. */
  readonly kind: 'mount' | 'remount';
  readonly name: string;
  readonly destination: HostPath;
  /** Empty: a file system of its own, or data. */
  readonly shows: readonly Shown[];
  readonly devices: boolean;
  /** A tmpfs's ceiling in bytes; null: none, or no tmpfs. */
  readonly size: number | null;
  readonly when: readonly Condition[];
  /** The operation does not take place where this host path is missing. */
  readonly needs: HostPath | null;
  readonly text: string;
  readonly target: string;
  readonly origin: Origin;
}

/** Paths of every Linux host, so that an operation that needs one of them always takes place. */
const EVERYWHERE = /^\/(?:dev\/null|dev|proc|sys|usr|etc|tmp|run|var)?$/;

/** What is asked of a path grows with the square of the operations that show it; real scripts have a hundred. */
const MAX_OPERATIONS = 400;
const MAX_WIDE = 40;

export interface Operations {
  readonly list: readonly Operation[];
  /** Some were left out: there are more than a script that people wrote would have. */
  readonly cut: boolean;
}

/** In order; of too many the last ones, which decide most. */
export function boundedOperations(call: BwrapCall): Operations {
  const all = operationsOf(call);
  let wide = 0;
  const kept = all.toReversed().filter(({ shows }, index) => {
    if (index >= MAX_OPERATIONS) return false;
    if (shows.some(({ source }) => isWide(source))) wide += 1;
    return wide <= MAX_WIDE || !shows.some(({ source }) => isWide(source));
  });
  const list = kept.toReversed().map((operation, index) => ({ ...operation, index }));
  return { list, cut: list.length < all.length };
}

export function operationsOf(call: BwrapCall): readonly Operation[] {
  const found: Operation[] = [];
  const homes = homesOf(call.settings);
  let lower: HostPath[] = [];
  let size: number | null = null;
  for (const [position, setting] of call.settings.entries()) {
    if (setting.name === 'overlay-src') lower.push(sourcePath(setting.words[0] ?? ''));
    if (setting.name === 'size') size = sizeOf(setting);
    const draft = draftOf(setting, { lower, call });
    if (draft === null) continue;
    const text = settledText(draft.target);
    const destination = insidePath(text, homes);
    found.push({
      ...draft,
      index: found.length,
      position,
      destination,
      size: setting.name === 'tmpfs' ? size : null,
      ...conditionsOf(setting, draft, destination),
      text: setting.text,
      target: displayText(text),
      origin: setting.origin,
    });
    size = null;
    if (/overlay$/.test(setting.name)) lower = [];
  }
  return found;
}

/** How the call's destinations are read as paths, for options that mount nothing. */
export function destinationsOf({ settings }: BwrapCall): (text: string) => HostPath {
  const homes = homesOf(settings);
  return (text) => insidePath(settledText(text), homes);
}

function sizeOf({ words }: Setting): number | null {
  const [text = ''] = words;
  return /^\d+$/.test(text) ? Number(text) : null;
}

type Draft = Pick<Operation, 'kind' | 'name' | 'shows' | 'devices' | 'target'>;

interface Surroundings {
  readonly lower: readonly HostPath[];
  readonly call: BwrapCall;
}

/** Null for what mounts nothing: directories, links and files are made in what is there. */
function draftOf(setting: Setting, { lower, call }: Surroundings): Draft | null {
  const { name, words } = setting;
  const [first = '', second = '', third = ''] = words;
  const mount = (target: string, shows: readonly Shown[] = [], devices = false): Draft => {
    return { kind: 'mount', name, shows, devices, target };
  };
  const below = lower.map((source): Shown => ({ source, writable: false, overlaid: true }));
  switch (name) {
    case 'bind':
    case 'bind-try':
    case 'dev-bind':
    case 'dev-bind-try':
    case 'ro-bind':
    case 'ro-bind-try':
      return mount(
        second,
        [{ source: sourcePath(first), writable: !name.startsWith('ro-'), overlaid: false }],
        name.startsWith('dev-'),
      );
    case 'bind-fd':
    case 'ro-bind-fd':
      return mount(second, [
        { source: openedPath(first, call), writable: name === 'bind-fd', overlaid: false },
      ]);
    case 'overlay':
      return mount(third, [...below, { source: sourcePath(first), writable: true, overlaid: true }]);
    case 'tmp-overlay':
    case 'ro-overlay':
      return mount(first, below);
    case 'bind-data':
    case 'ro-bind-data':
      return mount(second);
    case 'tmpfs':
    case 'proc':
    case 'dev':
    case 'mqueue':
      return mount(first);
    case 'remount-ro':
      return { kind: 'remount', name, shows: [], devices: false, target: first };
    default:
      return null;
  }
}

/** What the shell opened under that number for the command. */
function openedPath(descriptor: string, { descriptors }: BwrapCall): HostPath {
  const opened = descriptors.find(({ number }) => String(number) === descriptor);
  const text = opened?.path ?? null;
  return scriptPath(text ?? unknownPart(`file descriptor ${displayText(descriptor)}`));
}

function conditionsOf(
  { name, when }: Setting,
  { shows }: Draft,
  destination: HostPath,
): Pick<Operation, 'when' | 'needs'> {
  const existence = when.filter(isExistenceTest);
  const rest = when.filter((condition) => !isExistenceTest(condition));
  const source = shows[0]?.source;
  if (existence.length > 0) {
    const tested = source === undefined || isEverywhere(source) ? destination : source;
    return { when: rest, needs: tested };
  }
  const isTry = name.endsWith('-try') && source !== undefined && !isEverywhere(source);
  return { when, needs: isTry ? source : null };
}

function isEverywhere(path: HostPath): boolean {
  return path.root === 'absolute' && EVERYWHERE.test(path.path);
}

/** The homes that the sources name: `$HOME` in any spelling, and directories written out. */
interface Homes {
  readonly symbol: boolean;
  readonly written: ReadonlySet<string>;
}

const HOME_DIRECTORY = /^\/+(?:root|(?:home|Users)\/+[^/]+)(?=\/|$)/;

function homesOf(settings: readonly Setting[]): Homes {
  const written = new Set<string>();
  let symbol = false;
  for (const { name, words } of settings) {
    const [source = ''] = words;
    if (words.some((word) => word.startsWith(HOME_SYMBOL))) symbol = true;
    const home = /bind(?:-try)?$/.test(name) ? HOME_DIRECTORY.exec(source) : null;
    if (home !== null) written.add(home[0]);
  }
  return { symbol, written };
}

/**
 * A destination as a path of the host, for the comparison with what is shown there under its own name. A home
 * that only destinations name (`/home/sandbox`) is a place inside, and not the developer's.
 */
function insidePath(text: string, { symbol, written }: Homes): HostPath {
  const home = HOME_DIRECTORY.exec(text);
  const isInvented = home !== null && !written.has(home[0]) && (symbol || written.size > 0);
  if (!isInvented) return scriptPath(text);
  return { root: 'absolute', path: normal(text) };
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Is the host path shown under its own name? */
export function isIdentity({ destination }: Operation, { source }: Shown): boolean {
  return samePath(source, destination);
}
