/** What a RUN instruction does to files whose paths it names. */
import { isResolved } from '../../model/symbolic.ts';
import { type MappedText, mappedBuilder } from '../../source/mapped.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { shellCommands } from '../shell/shell-commands.ts';
import { absolute, type RunOperation } from './image-layout.ts';

/** Paths are absolute. */
export type RunEffect =
  /** The file is written anew. */
  | { readonly kind: 'text'; readonly path: string; readonly text: MappedText }
  /** It is written at the end of the file. */
  | { readonly kind: 'more'; readonly path: string; readonly text: MappedText }
  /** It becomes what another file is: `cp`, `mv`, `ln`, `install`. */
  | { readonly kind: 'same'; readonly path: string; readonly from: string }
  /** It is made, and no text tells what is in it. */
  | { readonly kind: 'made'; readonly path: string; readonly why: string }
  | { readonly kind: 'owner'; readonly path: string; readonly user: string }
  | { readonly kind: 'mode'; readonly path: string; readonly mode: string };

const EFFECTS = new WeakMap<RunOperation, readonly RunEffect[]>();
/** Longer texts are package lists and the like; they are not read for files. */
const MAX_TEXT = 100_000;

/** What it does that may bear on a path; nothing where its text does not mention the file or a directory above. */
export function runEffects(operation: RunOperation, path: string): readonly RunEffect[] {
  const known = EFFECTS.get(operation);
  if (known !== undefined) return known;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!operation.texts.some(({ text }) => text.includes(name) || /\bch(?:own|mod)\b/.test(text))) return [];
  const effects = operation.texts.flatMap((text) => effectsOf(text, operation));
  EFFECTS.set(operation, effects);
  return effects;
}

function effectsOf(text: MappedText, operation: RunOperation): RunEffect[] {
  if (text.text.length > MAX_TEXT) return [];
  const environment = new Map([...operation.environment, ['PWD', operation.directory]]);
  return shellCommands(text, { environment }).commands.flatMap((command) => {
    const directory = command.exported.get('PWD') ?? operation.directory;
    const path = (word: ShellWord | undefined): string =>
      word === undefined ? '' : absolute(word.value, isResolved(directory) ? directory : '/');
    return [...written(command, operation, path), ...changed(command, path)];
  });
}

type PathOf = (word: ShellWord | undefined) => string;

/** `… > file`, `tee file`. */
function written(command: ShellCommand, operation: RunOperation, path: PathOf): RunEffect[] {
  const { words, redirections } = command;
  const teeAppends = words.some(({ value }) => /^(?:-\w*a\w*|--append)$/.test(value));
  const targets = redirections
    .filter(({ operator }) => /^&?>>?\|?$/.test(operator))
    .map(({ operator, target }) => ({ file: target, appends: operator.includes('>>') }));
  const operands = programOf(command) === 'tee' ? operandsOf(words) : [];
  const files = [...operands.map((file) => ({ file, appends: teeAppends })), ...targets];
  return files.flatMap(({ file, appends }): RunEffect[] => {
    if (file === null || /^\/dev\//.test(file.value) || /^\d+$/.test(file.value)) return [];
    const text = textOf(command, operation);
    if (text === null) return [{ kind: 'made', path: path(file), why: 'a command of the build writes it' }];
    return [{ kind: appends ? 'more' : 'text', path: path(file), text }];
  });
}

/** What a command puts out, where that is written down: a here-document, or the words of echo and printf. */
function textOf(command: ShellCommand, { documents }: RunOperation): MappedText | null {
  const own = command.redirections.find(({ body }) => body !== undefined)?.body;
  const program = programOf(command);
  if (program === 'cat' || program === 'tee') {
    if (documents.length > 0) return documents.length === 1 ? (documents[0] ?? null) : null;
    return own ?? null;
  }
  if (program !== 'echo' && program !== 'printf') return null;
  const words = command.words.slice(1).filter(({ value }) => !/^-[neE]+$/.test(value));
  const lines = program === 'printf' && /%[sb]/.test(words[0]?.value ?? '') ? words.slice(1) : words;
  const [first] = lines;
  if (first === undefined || lines.some(({ value, many }) => many || !isResolved(value))) return null;
  const builder = mappedBuilder(first.place.source);
  for (const { value, place } of lines) {
    // Of an image's `sh`, echo and printf both take `\n` for a new line.
    const text = value.replaceAll('\\n', '\n');
    builder.replace(`${text}${program === 'printf' ? '\n' : ' '}`, place.span.start, place.span.end);
  }
  builder.replace('\n', first.place.span.end, first.place.span.end);
  return builder.build();
}

function programOf({ words }: ShellCommand): string {
  return (words[0]?.value ?? '').replace(/^.*\//, '');
}

function operandsOf(words: readonly ShellWord[]): ShellWord[] {
  return words.slice(1).filter(({ value }) => !value.startsWith('-'));
}

function changed(command: ShellCommand, path: PathOf): RunEffect[] {
  const { words } = command;
  const [first, ...rest] = operandsOf(words);
  switch (programOf(command)) {
    case 'chown': {
      const user = first?.value.split(':', 1)[0] ?? '';
      return rest.map((word) => ({ kind: 'owner', path: path(word), user }));
    }
    case 'chmod':
      return rest.map((word) => ({ kind: 'mode', path: path(word), mode: first?.value ?? '' }));
    case 'cp':
    case 'mv':
    case 'ln':
      return moved(operandsOf(words), path);
    case 'install':
      return moved(operandsOf(withoutValues(words, /^-[mogt]$/)), path);
    case 'curl':
    case 'wget':
      return downloaded(words, path);
    default:
      return [];
  }
}

function withoutValues(words: readonly ShellWord[], flag: RegExp): ShellWord[] {
  return words.filter(({ value }, at) => !flag.test(value) && !flag.test(words[at - 1]?.value ?? ''));
}

/** The last operand is the file, or the directory that gets files of these names. */
function moved(operands: readonly ShellWord[], path: PathOf): RunEffect[] {
  const target = operands.at(-1);
  if (target === undefined || operands.length < 2) return [];
  return operands.slice(0, -1).flatMap((source): RunEffect[] => {
    const from = path(source).replace(/\/$/, '');
    const directory = path(target).replace(/\/$/, '');
    const name = from.slice(from.lastIndexOf('/'));
    const inside: RunEffect = { kind: 'same', path: `${directory}${name}`, from };
    return operands.length > 2 ? [inside] : [inside, { kind: 'same', path: directory, from }];
  });
}

function downloaded(words: readonly ShellWord[], path: PathOf): RunEffect[] {
  const at = words.findIndex(({ value }) => /^-\w*[oO]$|^--output(?:-document)?$/.test(value));
  const file = at < 0 ? undefined : words[at + 1];
  if (file === undefined || file.value === '-') return [];
  return [{ kind: 'made', path: path(file), why: 'it is fetched when the image is built' }];
}
