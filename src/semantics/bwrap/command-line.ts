/** From the words of a bwrap command to its options: which word belongs to which, under which conditions. */
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, soleUnknown, unknownNames } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { callerOf } from '../process/caller.ts';
import { compatible } from '../process/conditions.ts';
import { type Spelling, spellings } from '../process/spellings.ts';
import type { Condition, ShellCommand, ShellWord } from '../shell/reading.ts';
import { argumentsFrom } from './arguments-file.ts';
import type { BwrapCall, OpenDescriptor, Refusal } from './call.ts';
import { combinations, type Found, foundSetting, usedAt, withLoopPlaces } from './option-words.ts';
import { arityOf } from './options.ts';
import { refusalsOf } from './refusals.ts';

/** bwrap refuses more (MAX_ARGS in bubblewrap.c). */
const MAX_WORDS = 9000;

const VARIABLE = /^(?:\w+_)?(?:BWRAP|BUBBLEWRAP)(?:_(?:BIN|PATH|CMD|EXE))?$/i;
const LOOK_UP = /^\$?\(?(?:command -v|which|type -[Pp]) ["']?(?:\S*\/)?bwrap["']?\)?$/;

/** True for `bwrap`, by whatever path or variable it is called. */
export function isBwrap({ words }: ShellCommand): boolean {
  const [word] = words;
  if (word === undefined) return false;
  const values = [word.value, ...(word.alternatives ?? []).map(({ value }) => value)];
  return values.some((value) => {
    const name = soleUnknown(value);
    return name === null ? /^(?:.*\/)?bwrap$/s.test(value) : VARIABLE.test(name) || LOOK_UP.test(name);
  });
}

/** @param commands all commands of the script, for what feeds `--args` and for `ulimit` */
export function bwrapCall(command: ShellCommand, commands: readonly ShellCommand[]): BwrapCall | null {
  const [word, ...rest] = command.words;
  if (word === undefined || !isBwrap(command)) return null;
  const reading: Reading = {
    command,
    commands,
    settings: [],
    unresolved: [],
    refusals: [],
  };
  const end = readOptions(reading, rest.slice(0, MAX_WORDS), false);
  const inside = rest.slice(end);
  const settings = withLoopPlaces(reading.settings);
  const query = settings.some(
    ({ name, when }) => (name === 'help' || name === 'version') && when.length === 0,
  );
  const before = commands.slice(0, Math.max(0, commands.indexOf(command)));
  const caller = callerOf(command, before);
  return {
    place: word.place,
    settings: settings.map(({ setting }) => setting),
    descriptors: descriptorsOf(command),
    caller,
    assigned: command.assignments.map(({ name, value, place }) =>
      writtenVariable(name, value.value, explicit(place)),
    ),
    command: inside.map(({ value }) => displayText(value)).join(' '),
    unresolved: reading.unresolved,
    refusals: [
      ...reading.refusals,
      ...refusalsOf(
        settings.map(({ setting }) => setting),
        {
          place: word.place,
          commanded: inside.length > 0,
          open: reading.unresolved.length > 0,
          root: caller.root !== null,
        },
      ),
    ],
    query,
  };
}

interface Reading {
  readonly command: ShellCommand;
  readonly commands: readonly ShellCommand[];
  readonly settings: Found[];
  readonly unresolved: Unresolved[];
  readonly refusals: Refusal[];
}

/** @returns index of the first word of the command inside */
function readOptions(reading: Reading, words: readonly ShellWord[], nested: boolean): number {
  const taken = new Set<number>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined || taken.has(at)) continue;
    if (word.value === '--' && word.alternatives === undefined) return at + 1;
    const kind = kindOf(word, words, at, reading);
    if (kind === 'command') return at;
    if (kind === 'unknown') {
      noteUnknown(reading, word);
      continue;
    }
    for (const option of spellings(word)) {
      readOption(reading, option, { words, at, taken, nested });
    }
  }
  return words.length;
}

type WordKind = 'option' | 'command' | 'unknown';

function kindOf(word: ShellWord, words: readonly ShellWord[], at: number, reading: Reading): WordKind {
  const values = spellings(word);
  if (values.some(({ value }) => value.startsWith('-') && isResolved(value))) return 'option';
  const isOpen = word.many || values.some(({ value }) => !isResolved(value));
  if (!isOpen) return 'command';
  const behind = words.slice(at + 1);
  if (word.many) {
    const names = unknownNames(word.value);
    const last = behind.every(({ many }) => !many) && !behind.some(isKnownOption);
    const isCommand = names.some((name) =>
      /^(?:\$?[@*\d]|\w*(?:CMD|COMMAND|EXEC|PROG|SHELL|APP)\w*)$/i.test(name),
    );
    return last && behind.length === 0 && isCommand && reading.settings.length > 0 ? 'command' : 'unknown';
  }
  if (values.some(({ value }) => value.startsWith('--'))) return 'unknown';
  return behind.slice(0, 4).some(isKnownOption) ? 'unknown' : 'command';
}

function isKnownOption({ value }: ShellWord): boolean {
  return arityOf(value) !== null;
}

function noteUnknown(reading: Reading, word: ShellWord): void {
  const names = unknownNames(word.value);
  const what = displayText(word.value);
  reading.unresolved.push({
    what,
    why: `${what} may hold any option of bwrap, and its value is not known`,
    names,
    mayHide: 'any-setting',
    origin: explicit(usedAt(word), [word.place]),
    kind: 'text',
  });
}

interface Position {
  readonly words: readonly ShellWord[];
  readonly at: number;
  readonly taken: Set<number>;
  readonly nested: boolean;
}

function readOption(reading: Reading, option: Spelling, position: Position): void {
  const { words, at, taken, nested } = position;
  const arity = arityOf(option.value);
  if (arity === null) {
    if (option.value === '' || option.when.length > 0) return;
    reading.refusals.push({
      message: `bwrap knows no option \`${displayText(option.value)}\`: the sandbox never starts`,
      place: usedAt(option.word),
    });
    return;
  }
  const given = following(words, at, arity, option.when);
  if (given.length < arity) {
    if (option.when.length > 0 || words.slice(at).some(({ many }) => many)) return;
    reading.refusals.push({
      message: `\`${option.value}\` takes ${arity} word${arity === 1 ? '' : 's'}: the sandbox never starts`,
      place: usedAt(option.word),
    });
    return;
  }
  for (const index of given) taken.add(index);
  const name = option.value.slice(2);
  const values = given.flatMap((index) => words[index] ?? []);
  if (name === 'args' && !nested) readFile(reading, values[0], option);
  for (const combination of combinations(values, option.when)) {
    reading.settings.push(foundSetting(option, name, values, combination));
  }
}

/** Indices of the words that the option takes: those that are there when the option is. */
function following(
  words: readonly ShellWord[],
  at: number,
  count: number,
  when: readonly Condition[],
): readonly number[] {
  const found: number[] = [];
  for (let index = at + 1; index < words.length && found.length < count; index += 1) {
    const word = words[index];
    if (word !== undefined && compatible(when, word.conditions)) found.push(index);
  }
  return found;
}

/** The options in the file stand where `--args` stands; a command in it is ignored (bwrap(1), --args). */
function readFile(reading: Reading, word: ShellWord | undefined, option: Spelling): void {
  const descriptor = word?.value ?? '';
  const words = argumentsFrom(descriptor, reading.command, reading.commands);
  if (words !== null) {
    readOptions(reading, words.slice(0, MAX_WORDS), true);
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

function descriptorsOf({ redirections }: ShellCommand): readonly OpenDescriptor[] {
  return redirections.flatMap(({ descriptor, operator, target, place }) => {
    if (typeof descriptor !== 'number' || descriptor < 3) return [];
    const readable = operator === '<' || operator === '<>';
    return [{ number: descriptor, path: target?.value ?? null, readable, origin: explicit(place) }];
  });
}
