/**
 * Command lines by the grammar of spf13/pflag (flag.go): which words are flags, which are their values, and where
 * the operands begin.
 */
import { displayText, isResolved, soleUnknown } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { comparePlaces, type Place } from '../../source/source.ts';
import { splitCsv } from './csv.ts';
import type { FlagTable, RunCommand } from './run-flag-tables.ts';
import type { LocatedText } from './spec.ts';

export type { FlagTable } from './run-flag-tables.ts';

/** One flag as given; a flag that is repeated gives several. */
export interface RunSetting {
  /** Canonical long name without dashes. */
  readonly flag: string;
  /** Symbolic; of a boolean flag `true`, `false` or an unknown part. */
  readonly value: string;
  readonly origin: Origin;
  /** The flag is there in some ways of the line only. */
  readonly conditional?: true;
}

export interface RunError {
  readonly message: string;
  readonly origin: Origin;
}

export interface RunArguments {
  readonly settings: readonly RunSetting[];
  /** Null where the words end before one. */
  readonly image: LocatedText | null;
  readonly command: readonly LocatedText[];
  /** Words that can stand for any number of flags. */
  readonly unresolved: readonly LocatedText[];
  /** The engine refuses the line; what could be read is in the rest. */
  readonly errors: readonly RunError[];
}

/** A word as a shell gives it. */
export interface RunToken extends LocatedText {
  /** Stands for any number of words, none included: `$OPTS`, `"$@"` of unknown values. */
  readonly many?: boolean;
}

export interface RunContext {
  /** False for lists of flags alone, such as `runArgs` of devcontainer.json: the image follows elsewhere. */
  readonly image: boolean;
  /** Where none is given, that of `run`. */
  readonly command?: RunCommand;
  /** True where flags may stand behind an operand as well (`docker compose up web -d`). */
  readonly interspersed?: boolean;
}

/** What Go's strconv.ParseBool takes. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

interface Reading {
  readonly table: FlagTable;
  readonly words: readonly RunToken[];
  readonly settings: RunSetting[];
  readonly errors: RunError[];
  readonly unresolved: LocatedText[];
  /** Met before the end of the flags. */
  readonly operands: RunToken[];
  at: number;
}

/**
 * Reads the words behind a verb; the first operand is the image, or what stands in its place. Where the program
 * would refuse a word, an error says so and the reading goes on behind it.
 */
export function readFlags(input: readonly RunToken[], table: FlagTable, context: RunContext): RunArguments {
  const reading: Reading = {
    table,
    words: input,
    operands: [],
    settings: [],
    errors: [],
    unresolved: [],
    at: 0,
  };
  while (reading.at < input.length && readWord(reading, context)) reading.at += 1;
  const rest = [...reading.operands, ...input.slice(reading.at)];
  const image = context.image ? (rest[0] ?? null) : null;
  return {
    settings: reading.settings,
    image,
    command: rest.slice(image === null ? 0 : 1),
    unresolved: reading.unresolved,
    errors: reading.errors,
  };
}

/** @returns false where the flags end; `at` is then at the image */
function readWord(reading: Reading, context: RunContext): boolean {
  const word = reading.words[reading.at];
  if (word === undefined) return false;
  const { text } = word;
  if (text === '--') {
    reading.at += 1;
    return false;
  }
  if (text.startsWith('--')) {
    readLong(reading, word);
    return true;
  }
  if (text.startsWith('-') && text !== '-') {
    readCluster(reading, word);
    return true;
  }
  if (mayBeFlags(reading, word, context)) {
    reading.unresolved.push(word);
    return true;
  }
  if (context.interspersed === true) {
    reading.operands.push(word);
    return true;
  }
  if (context.image) return false;
  // Without an image of its own the word would be taken for one, and all that follows for its command.
  reading.errors.push({ message: `"${displayText(text)}" is taken for the image`, origin: word.origin });
  return false;
}

const FLAG_NAME = /opt|arg|flag|param|extra|mount|vol|env|port|net|gpu|limit|cap|user|device|label/i;
const IMAGE_NAME = /image|img|tag|container|repo/i;

/**
 * A word of unknown text alone may hold flags, or be the image. A flag behind it says that it holds flags;
 * failing that its name is the best witness.
 */
function mayBeFlags(reading: Reading, word: RunToken, context: RunContext): boolean {
  const name = soleUnknown(word.text);
  if (name === null) return false;
  const next = reading.words[reading.at + 1];
  // The caller's own arguments: flags when something follows them, else all the rest of the line.
  if (/^\$?[@*]$/.test(name)) return true;
  if (next === undefined) return !context.image;
  if (next.text.startsWith('-')) return !IMAGE_NAME.test(name) || FLAG_NAME.test(name);
  return FLAG_NAME.test(name) && !IMAGE_NAME.test(name);
}

function readLong(reading: Reading, word: LocatedText): void {
  const equals = word.text.indexOf('=');
  const written = word.text.slice(2, equals < 0 ? undefined : equals);
  if (written === '' || written.startsWith('-')) {
    refuse(reading, word, `"${displayText(word.text)}" is no flag`);
    return;
  }
  if (!isResolved(written)) {
    reading.unresolved.push(word);
    return;
  }
  const flag = reading.table.synonyms.get(written) ?? written;
  const value = equals < 0 ? null : word.text.slice(equals + 1);
  if (reading.table.booleans.has(flag)) addBoolean(reading, flag, value ?? 'true', word);
  else if (!reading.table.values.has(flag)) refuse(reading, word, `unknown flag --${written}`);
  else if (value !== null) addValue(reading, flag, value, word.origin);
  else takeNext(reading, flag, word);
}

/** `-itv/a:/b`: booleans one by one; the first letter with a value takes the rest, or the next word. */
function readCluster(reading: Reading, word: LocatedText): void {
  const { text } = word;
  for (let at = 1; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    const flag = reading.table.shorts.get(letter);
    if (flag === undefined) {
      if (isResolved(text.slice(at)))
        refuse(reading, word, `unknown flag -${letter} in ${displayText(text)}`);
      else reading.unresolved.push(word);
      return;
    }
    const rest = text.slice(at + 1);
    if (reading.table.booleans.has(flag)) {
      if (!rest.startsWith('=')) {
        addBoolean(reading, flag, 'true', word);
        continue;
      }
      addBoolean(reading, flag, rest.slice(1), word);
    } else if (rest === '') takeNext(reading, flag, word);
    else addValue(reading, flag, rest.startsWith('=') ? rest.slice(1) : rest, word.origin);
    return;
  }
}

function addBoolean(reading: Reading, flag: string, value: string, word: LocatedText): void {
  if (TRUE.has(value)) reading.settings.push({ flag, value: 'true', origin: word.origin });
  else if (FALSE.has(value)) reading.settings.push({ flag, value: 'false', origin: word.origin });
  else if (!isResolved(value)) reading.settings.push({ flag, value, origin: word.origin });
  else refuse(reading, word, `--${flag} takes no "${displayText(value)}"`);
}

function takeNext(reading: Reading, flag: string, word: LocatedText): void {
  const next = reading.words[reading.at + 1];
  if (next === undefined) {
    refuse(reading, word, `--${flag} needs a value`);
    return;
  }
  reading.at += 1;
  addValue(reading, flag, next.text, spanning(word.origin, next.origin));
}

function addValue(reading: Reading, flag: string, value: string, origin: Origin): void {
  const isList = reading.table.lists.has(flag) && !(flag === 'network' && /\w=/.test(value));
  // pflag reads an empty list from an empty text.
  const values = !isList ? [value] : value === '' ? [] : splitCsv(value);
  for (const part of values) reading.settings.push({ flag, value: part, origin });
}

function refuse(reading: Reading, word: LocatedText, message: string): void {
  reading.errors.push({ message, origin: word.origin });
}

/** Flag and value together where they stand in one file and in this order; else the value, by way of the flag. */
export function spanning(flag: Origin, value: Origin): Origin {
  const [from, to] = [flag.place, value.place];
  if (from.source !== to.source || comparePlaces(from, to) > 0 || !areNeighbours(from, to)) {
    return { ...value, via: [from, ...(value.via ?? [])] };
  }
  return { ...value, place: { source: from.source, span: { start: from.span.start, end: to.span.end } } };
}

const LONGEST_GAP = 300;

/** Nothing but white space, quotes and the like between the two; else they come from different lines. */
function areNeighbours(from: Place, to: Place): boolean {
  const start = Math.min(from.span.end, to.span.start);
  if (to.span.start - start > LONGEST_GAP) return false;
  return !/\w/.test(from.source.text.slice(start, to.span.start));
}
