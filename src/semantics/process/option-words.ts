/** Options of a command line in the manner of getopt(3), up to the first word that is none. */
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { placeAt } from '../../source/source.ts';
import type { Condition, ShellWord } from '../shell/reading.ts';
import { conjunction } from './conditions.ts';
import { followLine, type LineGrammar } from './line-ways.ts';
import { type Spelling, spellings } from './spellings.ts';

export interface ProcessOption {
  /** The long name, without dashes. */
  readonly name: string;
  /** Symbolic; null where none is given. */
  readonly value: string | null;
  readonly origin: Origin;
  /** It is given only if all of these hold. */
  readonly when: readonly Condition[];
  /** As people would write it. */
  readonly text: string;
}

export interface OptionReading {
  readonly options: readonly ProcessOption[];
  readonly unresolved: readonly Unresolved[];
  /** From the first word that is no option. */
  readonly rest: readonly ShellWord[];
}

type Arity = 'none' | 'inline' | 'next';

interface OptionRow {
  readonly name: string;
  readonly arity: Arity;
}

export type OptionTable = ReadonlyMap<string, OptionRow>;

/**
 * A table from words such as `n:net?` (short and long name; `?` takes a value behind `=` alone), `root=`
 * (takes a value in any case) and `fork`.
 */
export function optionTable(words: string): OptionTable {
  const table = new Map<string, OptionRow>();
  for (const word of words.trim().split(/\s+/)) {
    const arity: Arity = word.endsWith('=') ? 'next' : word.endsWith('?') ? 'inline' : 'none';
    const names = word.replace(/[=?]$/, '').split(':');
    const row = { name: names.at(-1) ?? word, arity };
    // A short option has no way to give a value that may be left out.
    const short: OptionRow = { ...row, arity: arity === 'inline' ? 'none' : arity };
    for (const one of names) table.set(one, one.length === 1 ? short : row);
  }
  return table;
}

/** More words than people write are not read. */
const MAX_WORDS = 4000;
/** Names by which scripts hand on the command to run, and options. */
const COMMAND_NAME = /^(?:\$?[@*\d]|\w*(?:CMD|COMMAND|EXEC|PROG|SHELL|APP)\w*)$/i;
const OPTION_NAME = /(?:OPT|ARG|FLAG|PARAM)/i;

/** @param words behind the command word */
export function readOptions(words: readonly ShellWord[], table: OptionTable): OptionReading {
  return readWords(words, table, false);
}

/** Of programs that look for options behind operands too, as getopt_long(3) does without `+`. */
export function readMixedOptions(words: readonly ShellWord[], table: OptionTable): OptionReading {
  return readWords(words, table, true);
}

function readWords(words: readonly ShellWord[], table: OptionTable, isMixed: boolean): OptionReading {
  const found: Found = { options: [], unresolved: [] };
  const operands = new Set<ShellWord>();
  const limited = words.slice(0, MAX_WORDS);
  const grammar: LineGrammar<State> = {
    start: REST,
    isRest: ({ pending }) => pending === null,
    next({ state: { pending } }, spelling, at) {
      if (pending !== null) {
        found.options.push(withValue(pending, spelling));
        return REST;
      }
      const { value, word } = spelling;
      if (value === '--') return at + 1;
      const kind = kindOf(word, limited.slice(at + 1));
      if (kind === 'option') return { pending: readSpelling(spelling, table, found) };
      if (kind === 'command' && !isMixed) return at;
      if (kind === 'command') operands.add(word);
      else if (!found.unresolved.some(({ origin }) => origin.place === word.place)) {
        found.unresolved.push(unknownOption(word));
      }
      return REST;
    },
    widen: ([first]) => first,
  };
  const { ends } = followLine(limited, grammar, []);
  return { ...found, rest: [...operands, ...words.slice(ends[0]?.at ?? words.length)] };
}

/** An option whose value is the next word. */
interface Pending {
  readonly row: OptionRow;
  readonly option: Spelling;
}

interface State {
  readonly pending: Pending | null;
}

const REST: State = { pending: null };

function kindOf(word: ShellWord, behind: readonly ShellWord[]): 'option' | 'command' | 'unknown' {
  const values = spellings(word);
  if (values.some(({ value }) => /^-./.test(value) && isResolved(value.split('=')[0] ?? ''))) return 'option';
  const open = word.many || values.some(({ value }) => !isResolved(value));
  if (!open) return values.every(({ value }) => value === '') ? 'unknown' : 'command';
  const names = unknownNames(word.value);
  if (names.some((name) => COMMAND_NAME.test(name))) return 'command';
  if (names.some((name) => OPTION_NAME.test(name))) return 'unknown';
  return word.many && behind.length > 0 ? 'unknown' : 'command';
}

export function unknownOption(word: ShellWord): Unresolved {
  const names = unknownNames(word.value);
  return {
    what: displayText(word.value),
    why: `${names.map((name) => `$${name}`).join(', ') || 'it'} is not set in any scanned file`,
    names,
    mayHide: 'any-setting',
    origin: explicit(word.place),
    kind: 'text',
  };
}

interface Found {
  readonly options: ProcessOption[];
  readonly unresolved: Unresolved[];
}

/** @returns the option whose value is in the next word */
function readSpelling(spelling: Spelling, table: OptionTable, found: Found): Pending | null {
  const { value, when, word } = spelling;
  if (!value.startsWith('-')) return null;
  if (!value.startsWith('--')) return readCluster(spelling, table, found);
  const equals = value.indexOf('=');
  const row = rowOf(table, equals === -1 ? value.slice(2) : value.slice(2, equals));
  if (row === undefined) {
    found.unresolved.push({ ...unknownOption(word), why: `\`${displayText(value)}\` is not known here` });
    return null;
  }
  if (equals !== -1) {
    found.options.push(written(row.name, value.slice(equals + 1), word, when, displayText(value)));
    return null;
  }
  if (row.arity === 'next') return { row, option: spelling };
  found.options.push(written(row.name, null, word, when, value));
  return null;
}

/** A long name may be cut short as long as it stays the only one (getopt_long(3)). */
function rowOf(table: OptionTable, given: string): OptionRow | undefined {
  if (given.length < 2) return undefined;
  const exact = table.get(given);
  if (exact !== undefined) return exact;
  const rows = new Set([...table].flatMap(([name, row]) => (name.startsWith(given) ? [row] : [])));
  return rows.size === 1 ? [...rows][0] : undefined;
}

/** `-rmn`, `-R/dir`, `-R /dir`. */
function readCluster(spelling: Spelling, table: OptionTable, found: Found): Pending | null {
  const { value, when, word } = spelling;
  for (let at = 1; at < value.length; at += 1) {
    const letter = value[at] ?? '';
    const row = table.get(letter);
    if (row === undefined) {
      found.unresolved.push({ ...unknownOption(word), why: `\`-${displayText(letter)}\` is not known here` });
      return null;
    }
    if (row.arity !== 'next') {
      found.options.push(written(row.name, null, word, when, displayText(value)));
      continue;
    }
    if (at === value.length - 1) return { row, option: spelling };
    found.options.push(written(row.name, value.slice(at + 1), word, when, displayText(value)));
    return null;
  }
  return null;
}

function withValue({ row, option }: Pending, next: Spelling): ProcessOption {
  const when = conjunction(option.when, next.when);
  const text = `${displayText(option.value)} ${displayText(next.value)}`;
  const found = written(row.name, next.value, option.word, when, text);
  return { ...found, origin: explicit(joined(option.word, next.word)) };
}

function written(
  name: string,
  value: string | null,
  word: ShellWord,
  when: readonly Condition[],
  text: string,
): ProcessOption {
  return { name, value, origin: explicit(word.place), when, text };
}

/** Option and value together, where they stand side by side. */
export function joined(word: ShellWord, next: ShellWord): ShellWord['place'] {
  const [first, second] = [word.place, next.place];
  if (first.source !== second.source || second.span.start < first.span.end) return first;
  const between = first.source.text.slice(first.span.end, second.span.start);
  const together = between.length < 400 && /^(?:[\s"',]|\\\r?\n)*$/.test(between);
  return together ? placeAt(first.source, first.span.start, second.span.end) : first;
}

/** The last that is given in any case. */
export function certain(
  options: readonly ProcessOption[],
  ...names: readonly string[]
): ProcessOption | null {
  return options.findLast(({ name, when }) => names.includes(name) && when.length === 0) ?? null;
}

/** The last, whether it is given in any case or not. */
export function given(options: readonly ProcessOption[], ...names: readonly string[]): ProcessOption | null {
  return options.findLast(({ name }) => names.includes(name)) ?? null;
}
