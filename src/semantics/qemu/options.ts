/** QEMU's command line: every option with at most one value, of which most are lists of `key=value`. */
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { compatible, conjunction } from '../process/conditions.ts';
import { joined, type ProcessOption, unknownOption } from '../process/option-words.ts';
import { type Spelling, spellings } from '../process/spellings.ts';
import type { ShellWord } from '../shell/reading.ts';

/** Options without a value (qemu-options.hx, options without HAS_ARG). */
const FLAGS: ReadonlySet<string> = new Set(
  `h help version nographic snapshot enable-kvm daemonize nodefaults no-user-config no-reboot no-shutdown S s
  usb full-screen no-acpi no-hpet no-fd-bootchk mem-prealloc portrait singlestep win2k-hack only-migratable
  no-quit alt-grab ctrl-grab old-param semihosting xen-attach xen-domid-restrict enable-fips no-kvm
  no-kvm-irqchip curses sdl gtk preconfig async-teardown enable-sync-profile`.split(/\s+/),
);

export interface QemuReading {
  readonly options: readonly ProcessOption[];
  /** Disk images that stand alone. */
  readonly images: readonly ProcessOption[];
  readonly unresolved: readonly Unresolved[];
}

const MAX_WORDS = 4000;

interface Found {
  readonly options: ProcessOption[];
  readonly images: ProcessOption[];
  readonly unresolved: Unresolved[];
}

export function qemuOptions(words: readonly ShellWord[]): QemuReading {
  const found: Found = { options: [], images: [], unresolved: [] };
  for (let at = 0; at < Math.min(words.length, MAX_WORDS); at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const taken = spellings(word).map((spelling) => readWord(spelling, words[at + 1], found));
    if (taken.includes(true)) at += 1;
  }
  return found;
}

/** @returns whether the next word is the option's value */
function readWord(spelling: Spelling, next: ShellWord | undefined, found: Found): boolean {
  const { value, when, word } = spelling;
  const name = /^--?([a-zA-Z][\w-]*)$/.exec(value)?.[1];
  if (name === undefined) {
    if (word.many) found.unresolved.push(unknownOption(word));
    else if (value !== '') found.images.push(option('image', value, word, when, displayText(value)));
    return false;
  }
  if (FLAGS.has(name)) {
    found.options.push(option(name, null, word, when, value));
    return false;
  }
  if (next !== undefined) readValue(name, spelling, next, found);
  return true;
}

function readValue(name: string, { value, when, word }: Spelling, next: ShellWord, found: Found): void {
  if (next.many) found.unresolved.push(unknownOption(next));
  for (const one of spellings(next)) {
    if (!compatible(when, one.when)) continue;
    const text = `${value} ${displayText(one.value)}`;
    const written = option(name, one.value, word, conjunction(when, one.when), text);
    found.options.push({ ...written, origin: explicit(joined(word, next)) });
  }
}

function option(
  name: string,
  value: string | null,
  word: ShellWord,
  when: ProcessOption['when'],
  text: string,
): ProcessOption {
  return { name, value, origin: explicit(word.place), when, text };
}

export interface Suboptions {
  /** The first word, where it has no `=`, or what the type or driver says. */
  readonly kind: string;
  get(key: string): string | undefined;
  all(key: string): readonly string[];
  /** `readonly=on`, `readonly=yes`, and `readonly` alone. */
  isOn(key: string): boolean;
}

/** `user,id=n,restrict=on`; a doubled comma is one that belongs to the value (qemu(1), -drive). JSON says the same. */
export function suboptions(value: string): Suboptions {
  const pairs = value.startsWith('{') ? pairsOfJson(value) : pairsOf(value);
  const all = (key: string): readonly string[] =>
    pairs.filter(([name]) => name === key).map(([, text]) => text);
  const [first] = pairs;
  return {
    kind: first?.[1] === '' ? first[0] : (all('type').at(-1) ?? all('driver').at(-1) ?? ''),
    get: (key) => all(key).at(-1),
    all,
    isOn: (key) => all(key).length > 0 && /^(?:on|yes|true|y|)$/.test(all(key).at(-1) ?? ''),
  };
}

type Pair = readonly [key: string, value: string];

function pairsOf(value: string): readonly Pair[] {
  const parts = value
    .slice(0, 20_000)
    .replaceAll(',,', '\uE000')
    .split(',')
    .map((part) => part.replaceAll('\uE000', ','));
  return parts.map((part): Pair => {
    const equals = part.indexOf('=');
    return equals < 0 || !isResolved(part.slice(0, equals))
      ? [part, '']
      : [part.slice(0, equals), part.slice(equals + 1)];
  });
}

const MAX_JSON = 20_000;
const MAX_DEPTH = 8;

/** `{"driver": "file", "filename": "/x"}`, with the names of what lies deeper joined by dots. */
function pairsOfJson(value: string): readonly Pair[] {
  if (value.length > MAX_JSON) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return [];
  }
  const flatten = (node: unknown, name: string, depth: number): readonly Pair[] => {
    if (typeof node !== 'object' || node === null) {
      return [[name, node === true ? 'on' : node === false ? 'off' : String(node)]];
    }
    if (depth > MAX_DEPTH) return [];
    return Object.entries(node).flatMap(([key, child]) =>
      flatten(
        child,
        name === '' || Array.isArray(node) ? (Array.isArray(node) ? name : key) : `${name}.${key}`,
        depth + 1,
      ),
    );
  };
  return flatten(parsed, '', 0);
}
