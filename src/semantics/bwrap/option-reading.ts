/** The options of a bwrap command line in order: which word belongs to which, under which conditions. */
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames, unknownPart } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { conjunction } from '../process/conditions.ts';
import { beyond, followLine, type LineEnd, type LineGrammar, type LineWay } from '../process/line-ways.ts';
import { type Spelling, spellings } from '../process/spellings.ts';
import type { Condition, ShellCommand, ShellWord } from '../shell/reading.ts';
import { argumentsFrom } from './arguments-file.ts';
import type { Refusal } from './call.ts';
import { type Found, foundSetting, usedAt } from './option-words.ts';
import { arityOf } from './options.ts';

/** bwrap refuses more (MAX_ARGS in bubblewrap.c). */
const MAX_WORDS = 9000;
/** Values of one option that are told apart; of more, what differs counts as unknown. */
const MAX_VALUES = 16;

export interface OptionReading {
  readonly settings: readonly Found[];
  readonly unresolved: readonly Unresolved[];
  readonly refusals: readonly Refusal[];
  /** Where the command inside begins: more than once where that depends on a choice. */
  readonly ends: readonly LineEnd[];
}

interface Reading {
  readonly command: ShellCommand;
  readonly commands: readonly ShellCommand[];
  readonly given: readonly Condition[];
  readonly settings: Found[];
  readonly unresolved: Unresolved[];
  readonly refusals: Refusal[];
}

/**
 * @param words behind the command word
 * @param commands all commands of the script, for what feeds `--args`
 */
export function readOptions(
  words: readonly ShellWord[],
  command: ShellCommand,
  commands: readonly ShellCommand[],
): OptionReading {
  const given = [...command.guards, ...command.conditions];
  const reading: Reading = { command, commands, given, settings: [], unresolved: [], refusals: [] };
  const ends = readLine(reading, words.slice(0, MAX_WORDS), false);
  return { ...reading, ends };
}

/** An option on its way to its last word. */
interface Pending {
  readonly option: Spelling;
  readonly arity: number;
  readonly given: readonly Spelling[];
  /** What held where it began. */
  readonly from: readonly Condition[];
}

interface State {
  readonly pending: Pending | null;
}

const REST: State = { pending: null };

/** @param nested the words stand in a file: a command among them is ignored (bwrap(1), --args) */
function readLine(reading: Reading, words: readonly ShellWord[], nested: boolean): readonly LineEnd[] {
  const counts = new Map<ShellWord, number>();
  const complete = (pending: Pending, when: readonly Condition[]): State => {
    const { option, given } = pending;
    const count = (counts.get(option.word) ?? 0) + 1;
    counts.set(option.word, count);
    if (count <= MAX_VALUES) addOption(reading, pending, when, nested);
    else if (count === MAX_VALUES + 1) {
      const unknown = given.map((word) => ({ ...word, value: asUnknown(word), when: [] }));
      addOption(reading, { ...pending, given: unknown }, [], nested);
    }
    return REST;
  };
  const grammar: LineGrammar<State> = {
    start: REST,
    isRest: ({ pending }) => pending === null,
    next(way, word, at) {
      const { pending } = way.state;
      if (pending !== null) {
        const grown = { ...pending, given: [...pending.given, word] };
        return grown.given.length === grown.arity ? complete(grown, way.when) : { pending: grown };
      }
      if (word.value === '--') return at + 1;
      const kind = kindOf(word, words, at, reading);
      if (kind === 'command') return at;
      if (kind === 'unknown') noteUnknown(reading, word.word);
      if (kind !== 'option') return REST;
      const arity = arityOf(word.value);
      if (arity === null) return refused(reading, way, word);
      const begun: Pending = { option: word, arity, given: [], from: way.when };
      return arity === 0 ? complete(begun, way.when) : { pending: begun };
    },
    widen: ([first, ...others]) => ({ pending: widened(first.pending, others) }),
  };
  const { ends, open } = followLine(words, grammar, reading.given);
  for (const way of open) noteShort(reading, way, words);
  return ends;
}

function asUnknown({ word, value }: Spelling): string {
  return word.alternatives === undefined ? value : unknownPart(word.value);
}

function widened(first: Pending | null, others: readonly State[]): Pending | null {
  if (first === null) return null;
  const given = first.given.map((word, at) =>
    others.every(({ pending }) => pending?.given[at]?.value === word.value)
      ? word
      : { ...word, value: asUnknown(word), when: word.word.conditions },
  );
  return { ...first, given };
}

/** What the words of an option ask for, and that those between them are not there. */
function addOption(reading: Reading, pending: Pending, way: readonly Condition[], nested: boolean): void {
  const { option, given, from } = pending;
  const own = conjunction(option.when, ...given.map(({ when }) => when));
  const when = beyond([...own, ...beyond(way, [...from, ...own])], reading.given);
  if (option.value === '--args' && !nested) readFile(reading, given[0]?.value ?? '', option);
  reading.settings.push(foundSetting(option, given, when));
}

/** True where it is there whenever the command runs. */
function isCertain(reading: Reading, way: LineWay<State>): boolean {
  return way.without.length === 0 && beyond(way.when, reading.given).length === 0;
}

function refused(reading: Reading, way: LineWay<State>, { value, word }: Spelling): State {
  if (isCertain(reading, way)) {
    reading.refusals.push({
      message: `bwrap knows no option \`${displayText(value)}\`: the sandbox never starts`,
      place: usedAt(word),
    });
  }
  return REST;
}

function noteShort(reading: Reading, way: LineWay<State>, words: readonly ShellWord[]): void {
  const { pending } = way.state;
  if (pending === null || !isCertain(reading, way)) return;
  const { option, arity } = pending;
  if (words.slice(words.indexOf(option.word)).some(({ many }) => many)) return;
  reading.refusals.push({
    message: `\`${option.value}\` takes ${arity} word${arity === 1 ? '' : 's'}: the sandbox never starts`,
    place: usedAt(option.word),
  });
}

type WordKind = 'option' | 'command' | 'unknown' | 'nothing';

function kindOf(spelling: Spelling, words: readonly ShellWord[], at: number, reading: Reading): WordKind {
  const { value, word } = spelling;
  if (value.startsWith('-') && isResolved(value)) return 'option';
  const values = spellings(word);
  // Of a word that is an option as a rule, a variable may hold another.
  if (values.some((one) => one.value.startsWith('-') && isResolved(one.value))) return 'nothing';
  const isOpen = word.many || values.some((one) => !isResolved(one.value));
  if (!isOpen) return 'command';
  const behind = words.slice(at + 1);
  if (word.many) {
    const isLast = behind.length === 0 && reading.settings.length > 0;
    return isLast && unknownNames(word.value).some(isCommandName) ? 'command' : 'unknown';
  }
  if (values.some((one) => one.value.startsWith('--'))) return 'unknown';
  // Before any option, a command would have nothing to be found in.
  if (reading.settings.length === 0) return 'unknown';
  return behind.slice(0, 4).some(isKnownOption) ? 'unknown' : 'command';
}

function isCommandName(name: string): boolean {
  return /^(?:\$?[@*\d]|\w*(?:CMD|COMMAND|EXEC|PROG|SHELL|APP)\w*)$/i.test(name);
}

function isKnownOption({ value }: ShellWord): boolean {
  return arityOf(value) !== null;
}

function noteUnknown(reading: Reading, word: ShellWord): void {
  const names = unknownNames(word.value);
  const what = displayText(word.value);
  const origin = explicit(usedAt(word), [word.place]);
  const why = `${what} may hold any option of bwrap, and its value is not known`;
  if (reading.unresolved.some((known) => known.why === why && known.origin.place === origin.place)) return;
  reading.unresolved.push({ what, why, names, mayHide: 'any-setting', origin, kind: 'text' });
}

/** The options in the file stand where `--args` stands. */
function readFile(reading: Reading, descriptor: string, option: Spelling): void {
  const words = argumentsFrom(descriptor, reading.command, reading.commands);
  if (words !== null) {
    readLine(reading, words.slice(0, MAX_WORDS), true);
    return;
  }
  const opened = reading.command.redirections.find((one) => String(one.descriptor ?? 0) === descriptor);
  const what =
    opened?.target === null || opened?.target === undefined
      ? `--args ${displayText(descriptor)}`
      : displayText(opened.target.value);
  reading.unresolved.push({
    what,
    why: 'the options that bwrap reads from there are not in the script',
    names: [what],
    mayHide: 'any-setting',
    origin: explicit(usedAt(option.word)),
    kind: 'text',
  });
}
