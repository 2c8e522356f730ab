/** What the commands of a script print. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import { type MappedText, originalPlace, sliceMapped } from '../../source/mapped.ts';
import { type Place, type Source, type Span, sliceOf } from '../../source/source.ts';
import { beyond } from '../process/line-ways.ts';
import type { ShellCommand, ShellRedirection, ShellWord } from '../shell/reading.ts';
import {
  joinWritten,
  literalAt,
  NOTHING,
  printersIn,
  type Script,
  underConditions,
  type Written,
} from './profile-script.ts';
import { type Replacement, replaced, sedCall } from './sed.ts';
import { wordText } from './word-text.ts';
import { contentOf } from './written-files.ts';
import { alignedText, quotedText } from './written-text.ts';

/** A command that is looked at, among all of the script. */
export interface Moment {
  readonly script: Script;
  /** Index of the command; what comes later has not happened yet. */
  readonly at: number;
  /** Files that are made of files. */
  readonly depth: number;
}

export const MAX_DEPTH = 6;

/** They print nothing, as scripts call them. */
const SILENT: ReadonlySet<string> = new Set(
  'true : cd mkdir rm chmod touch set local export readonly declare shift trap exit return sleep'.split(' '),
);

/** Text that a command prints. */
export function outputOf(command: ShellCommand, moment: Moment): Written {
  const [word, ...words] = command.words;
  const name = word?.value.replace(/^.*\//s, '') ?? '';
  if (word === undefined || moment.depth > MAX_DEPTH) return unknownOutput(command);
  if (SILENT.has(name)) return NOTHING;
  switch (name) {
    case 'echo':
      return echoed(words, word.place, moment);
    case 'printf':
      return printed(words, command, moment);
    case 'cat':
      return catOutput(words, command, moment);
    case 'tee':
      return inputOf(command, moment);
    case 'sed':
      return sedOutput(words, command, moment);
    case 'envsubst':
      return expanded(inputOf(command, moment), command);
    default:
      return unknownOutput(command);
  }
}

export function unknownOutput({ place }: ShellCommand): Written {
  const text = displayText(sliceOf(place)).replace(/\s+/g, ' ');
  const name = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const why = 'what it prints, the script does not say';
  return { parts: [], unknown: [{ name, why, place }] };
}

function separator(text: string, { source, span }: Place): Written {
  return plain(literalAt(text, { source, span: { start: span.end, end: span.end } }));
}

function plain(text: MappedText): Written {
  return { parts: [{ text, file: null, when: [] }], unknown: [] };
}

/** echo of bash: `-n` keeps the line open (bash(1)). */
function echoed(words: readonly ShellWord[], place: Place, { script }: Moment): Written {
  const options = words.findIndex(({ value }) => !/^-[neE]+$/.test(value));
  const rest = options === -1 ? [] : words.slice(options);
  const isOpen = words.slice(0, words.length - rest.length).some(({ value }) => value.includes('n'));
  const last = rest.at(-1)?.place ?? place;
  const parts = rest.flatMap((word, index) => {
    const text = underConditions(wordText(word, script), word.conditions);
    return index === 0 ? [text] : [separator(' ', word.place), text];
  });
  return joinWritten([...parts, ...(isOpen ? [] : [separator('\n', last)])]);
}

/** A format of plain text and `%s`, which is repeated for all words (printf(1)). */
function printed(words: readonly ShellWord[], command: ShellCommand, { script }: Moment): Written {
  const [format, ...values] = words[0]?.value === '--' ? words.slice(1) : words;
  if (format === undefined) return NOTHING;
  const pieces = format.alternatives === undefined ? piecesOf(format) : null;
  if (pieces === null) return unknownOutput(command);
  const slots = pieces.filter((one) => one === null).length;
  const rounds = slots === 0 ? 1 : Math.max(1, Math.ceil(values.length / slots));
  const rest = [...values];
  const found = Array.from({ length: rounds }, () => pieces).flatMap((round) =>
    round.map((piece): Written => {
      if (piece !== null) return plain(piece);
      const value = rest.shift();
      return value === undefined ? NOTHING : underConditions(wordText(value, script), value.conditions);
    }),
  );
  return joinWritten(found);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\n', '\n'],
  ['\\t', '\t'],
  ['\\\\', '\\'],
  ['\\"', '"'],
  ["\\'", "'"],
  ['%%', '%'],
]);

/** The texts of a format, with null for each word that it takes; null where it takes more than texts. */
function piecesOf({ value, place }: ShellWord): readonly (MappedText | null)[] | null {
  if (!isResolved(value)) return null;
  const written = quotedText(place);
  const isExact = written.text === value;
  const found: (MappedText | null)[] = [];
  let at = 0;
  for (const token of value.match(/%[sqb]|%%|\\[nt"'\\]|[^%\\]+|[\s\S]/g) ?? []) {
    const from = at;
    at += token.length;
    if (/^%[sqb]$/.test(token)) found.push(null);
    else if (token === '%') return null;
    else {
      const own = isExact ? sliceMapped(written, from, at) : literalAt(token, place);
      const text = ESCAPES.get(token);
      found.push(text === undefined ? own : literalAt(text, originalPlace(own, 0, token.length)));
    }
  }
  return found;
}

function catOutput(words: readonly ShellWord[], command: ShellCommand, moment: Moment): Written {
  const files = words.filter(({ value }) => !/^-./.test(value));
  if (files.length === 0) return inputOf(command, moment);
  return joinWritten(
    files.map((file) => (file.value === '-' ? inputOf(command, moment) : within(file, moment))),
  );
}

/** The content of a file inside another text. */
function within(file: ShellWord, moment: Moment): Written {
  return underConditions(contentOf(file, { ...moment, depth: moment.depth + 1 }), file.conditions);
}

function sedOutput(words: readonly ShellWord[], command: ShellCommand, moment: Moment): Written {
  const { replacements, files } = sedCall(words);
  const input =
    files.length === 0 ? inputOf(command, moment) : joinWritten(files.map((file) => within(file, moment)));
  return substituted(input, replacements, command);
}

/** What sed does beside replacing fixed texts may take rules away, or bring others. */
export function substituted(
  input: Written,
  list: readonly Replacement[] | null,
  command: ShellCommand,
): Written {
  if (list === null) return joinWritten([input, unknownOutput(command)]);
  const parts = input.parts.map((part) => ({ ...part, text: list.reduce(replaced, part.text) }));
  return { ...input, parts };
}

/** envsubst(1): `$NAME` and `${NAME}`, of what is exported. */
function expanded(input: Written, { exported, assignments }: ShellCommand): Written {
  const values = new Map([
    ...exported,
    ...assignments.map(({ name, value }) => [name, value.value] as const),
  ]);
  const list = [...values].flatMap(([name, to]): Replacement[] => [
    { from: `\${${name}}`, to, everywhere: true },
    { from: `$${name}`, to, everywhere: true },
  ]);
  // `$DIR` begins `$DIRECTORY` too.
  const ordered = list.toSorted((a, b) => b.from.length - a.from.length);
  const parts = input.parts.map((part) => ({ ...part, text: ordered.reduce(replaced, part.text) }));
  return { ...input, parts };
}

/** What a command reads from its standard input. */
export function inputOf(command: ShellCommand, moment: Moment): Written {
  const redirection = command.redirections.findLast(
    ({ operator, descriptor }) => operator.startsWith('<') && (descriptor ?? 0) === 0,
  );
  if (redirection !== undefined) return redirected(redirection, command, moment);
  const { pipe } = command;
  if (pipe === null || pipe.stage === 0) return unknownOutput(command);
  const before = moment.script.commands.filter(
    ({ pipe: other }) => other?.id === pipe.id && other.stage === pipe.stage - 1,
  );
  return joinWritten(before.map((one) => conditional(one, command, moment)));
}

function redirected(redirection: ShellRedirection, command: ShellCommand, moment: Moment): Written {
  const { body, bodyValue, target, pipe } = redirection;
  if (body !== undefined) return plain(alignedText(body, bodyValue ?? ''));
  if (bodyValue !== undefined && target !== null) return wordText(target, moment.script);
  if (pipe !== undefined) {
    const writers = moment.script.commands.filter((one) => one.pipe?.id === pipe && one.pipe.stage === 0);
    return joinWritten(writers.map((one) => conditional(one, command, moment)));
  }
  return target === null ? unknownOutput(command) : within(target, moment);
}

/** The output of a command, under what must hold for it beside what must hold for another one. */
function conditional(command: ShellCommand, user: ShellCommand, moment: Moment): Written {
  const told = [...user.guards, ...user.conditions];
  return underConditions(outputOf(command, moment), beyond(command.conditions, told));
}

/** What a substitution of the script prints. */
export function printedBy(spans: readonly Span[], source: Source, moment: Moment): Written {
  const user = moment.script.commands[moment.at];
  const printers = printersIn(spans, source, moment.script).filter((one) => outputRedirection(one) === null);
  return joinWritten(
    printers.map((one) => (user === undefined ? outputOf(one, moment) : conditional(one, user, moment))),
  );
}

/** Where standard output goes; null: where that of the script goes. */
export function outputRedirection({ redirections }: ShellCommand): ShellRedirection | null {
  const found = redirections.findLast(
    ({ operator, descriptor }) => /^&?>/.test(operator) && (descriptor === null || descriptor === 1),
  );
  return found ?? null;
}
