/** What a file holds when a command reads it: what the script has written into it by then, or what the project keeps. */
import { hostPath } from '../../model/host-path.ts';
import { displayText, isResolved, soleUnknown } from '../../model/symbolic.ts';
import { plainText } from '../../source/mapped.ts';
import { type Source, samePlace, sliceOf } from '../../source/source.ts';
import { beyond } from '../process/line-ways.ts';
import { complement } from '../shell/choices.ts';
import { bodiesOf, type Outlet } from '../shell/enclosures.ts';
import type { Condition, ShellCommand, ShellWord } from '../shell/reading.ts';
import { inputOf, MAX_DEPTH, type Moment, outputOf, outputRedirection, substituted } from './outputs.ts';
import {
  joinWritten,
  NOTHING,
  printersIn,
  type UnknownText,
  underConditions,
  type Written,
} from './profile-script.ts';
import { sedCall } from './sed.ts';
import { below, directoriesAt } from './working-directory.ts';

/** One step in the life of a file. */
interface Write {
  readonly at: number;
  readonly when: readonly Condition[];
  readonly append: boolean;
  /** @param before what the file holds so far */
  content(before: Written): Written;
}

/** A file that nothing tells of is one unknown part. */
export function contentOf(file: ShellWord, moment: Moment): Written {
  const { script, at, depth } = moment;
  if (depth > MAX_DEPTH) return missing(file, 'files are made of files too often');
  const user = script.commands[at];
  const told = user === undefined ? [] : [...user.guards, ...user.conditions];
  const all = writesTo(file, moment);
  // A library may define the reader of a file in front of its writer.
  const before = all.filter((write) => write.at < at);
  const writes = (before.length > 0 ? before : all).toSorted((a, b) => a.at - b.at);
  if (writes.length === 0) return projectFile(file, moment);
  let found = writes[0]?.append === true ? existing(file, moment) : NOTHING;
  for (const write of writes) {
    const when = beyond(write.when, told);
    const content = underConditions(write.content(found), when);
    if (write.append) found = joinWritten([found, content]);
    else found = when.length === 0 ? content : joinWritten([unless(found, when), content]);
  }
  return found;
}

/** Text that is there where the conditions do not hold. */
function unless({ parts, unknown }: Written, when: readonly Condition[]): Written {
  const rest = complement([when]);
  if (rest === null) return { parts, unknown };
  return { unknown, parts: rest.flatMap((one) => underConditions({ parts, unknown: [] }, one).parts) };
}

/** What `>>` puts its text behind: a file of the project, or nothing. */
function existing(file: ShellWord, moment: Moment): Written {
  const found = projectFile(file, moment);
  return found.parts.length > 0 ? found : NOTHING;
}

function writesTo(file: ShellWord, moment: Moment): readonly Write[] {
  const { commands } = moment.script;
  const own = commands.flatMap((command, at) => ownWrite(command, file, { ...moment, at }) ?? []);
  return [...own, ...outletWrites(file, moment)];
}

function ownWrite(command: ShellCommand, file: ShellWord, moment: Moment): Write | null {
  const then = { ...moment, depth: moment.depth + 1 };
  const make = (append: boolean, content: Write['content']): Write => {
    return { at: moment.at, when: command.conditions, append, content };
  };
  const target = outputRedirection(command)?.target ?? null;
  if (target !== null && isSameFile(target, file)) {
    const append = outputRedirection(command)?.operator.endsWith('>>') === true;
    return make(append, () => outputOf(command, then));
  }
  const [name, ...words] = command.words;
  const operands = words.filter(({ value }) => !value.startsWith('-'));
  switch (name?.value.replace(/^.*\//s, '')) {
    case 'tee':
      if (!operands.some((word) => isSameFile(word, file))) return null;
      return make(
        words.some(({ value }) => /^-\w*a|^--append$/.test(value)),
        () => inputOf(command, then),
      );
    case 'cp':
    case 'mv':
    case 'install': {
      const [from, to, ...more] = operands;
      if (from === undefined || to === undefined || more.length > 0 || !isSameFile(to, file)) return null;
      return make(false, () => contentOf(from, then));
    }
    case 'sed': {
      const { replacements, files, inPlace } = sedCall(words);
      if (!inPlace || !files.some((word) => isSameFile(word, file))) return null;
      return make(false, (before) => substituted(before, replacements, command));
    }
    default:
      return null;
  }
}

/** `{ …; } > file`, and `function > file`. */
function outletWrites(file: ShellWord, { script, depth }: Moment): readonly Write[] {
  const { source, commands } = script;
  const enclosures = script.enclosuresOf(source);
  return (enclosures?.outlets ?? []).flatMap((outlet): Write[] => {
    if (enclosures === null || !isWrittenAs(file, outlet)) return [];
    const { append } = outlet;
    const spans = bodiesOf(outlet.span, enclosures);
    if (spans === null) {
      const unknown = [sharedFunction(outlet, source)];
      return [{ at: -1, when: [], append, content: () => ({ parts: [], unknown }) }];
    }
    // A command that goes into the file by itself is told by its own redirection.
    const printers = printersIn(spans, source, script).filter((one) => outputRedirection(one) === null);
    const [first] = printers;
    if (first === undefined) return [];
    const content = (): Written =>
      joinWritten(
        printers.map((one) => {
          const at = commands.indexOf(one);
          return underConditions(outputOf(one, { script, at, depth: depth + 1 }), one.conditions);
        }),
      );
    return [{ at: commands.indexOf(first), when: [], append, content }];
  });
}

function sharedFunction({ span }: Outlet, source: Source): UnknownText {
  const place = { source, span };
  const name = displayText(sliceOf(place)).replace(/\s+/g, ' ').slice(0, 60);
  return { name, why: 'its functions print elsewhere too', place };
}

/** By the text where the name comes from a variable: the groups of a script are known as text alone. */
function isWrittenAs(file: ShellWord, { target }: Outlet): boolean {
  const written = unquoted(target);
  if (written === file.value) return true;
  return [file.place, ...(file.via ?? [])].some((place) => unquoted(sliceOf(place)) === written);
}

function unquoted(text: string): string {
  return text.replace(/["']/g, '').replace(/\$\{(\w+)\}/g, '$$$1');
}

/** Two files of mktemp(1) have the same name for us, and are told apart by where they are made. */
function isSameFile(a: ShellWord, b: ShellWord): boolean {
  const values = [a.value, ...(a.alternatives ?? []).map(({ value }) => value)];
  if (!values.includes(b.value)) return false;
  return soleUnknown(b.value)?.startsWith('$(') !== true || samePlace(a.place, b.place);
}

function projectFile(file: ShellWord, { script, at }: Moment): Written {
  if (!isResolved(file.value)) return missing(file, 'which file it is, the script does not say');
  let isInside = false;
  for (const directory of directoriesAt(script, at)) {
    const path = hostPath(below(directory, file.value), '');
    if (path.root !== 'workspace') continue;
    isInside = true;
    const lookup = script.project.read(path.path);
    if (lookup.status !== 'read') continue;
    const { source } = lookup;
    return { parts: [{ text: plainText(source), file: source, when: [] }], unknown: [] };
  }
  return missing(file, isInside ? 'there is no such file in the project' : 'it lies outside the project');
}

function missing(file: ShellWord, why: string): Written {
  return { parts: [], unknown: [{ name: displayText(file.value), why, place: file.place }] };
}
