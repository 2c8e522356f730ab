/** Finds the profile that a sandbox-exec command names: a file of the project, or text of the script. */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { displayText, soleUnknown } from '../../model/symbolic.ts';
import { type MappedText, mappedBuilder, plainText } from '../../source/mapped.ts';
import { type Source, samePlace, sliceOf } from '../../source/source.ts';
import type { AssumedPlaces } from '../seatbelt/parameters.ts';
import type { ShellCommand, ShellRedirection, ShellWord } from '../shell/reading.ts';
import type { Launch } from './launch.ts';
import {
  alignedText,
  assignedTexts,
  concreteText,
  fittingText,
  knownRules,
  quotedText,
} from './profile-text.ts';

export interface FoundProfile {
  readonly text: MappedText;
  readonly source: Source;
  /** The file that it stands in by itself; null: it is part of the script. */
  readonly file: Source | null;
  /** Names of values that the script leaves open. */
  readonly unknown: readonly string[];
  /** Names of what may bring any rule along. */
  readonly left: readonly string[];
}

export interface Missing {
  readonly what: string;
  readonly why: string;
}

export interface Script {
  readonly source: Source;
  readonly project: Project;
  readonly commands: readonly ShellCommand[];
  readonly places: AssumedPlaces;
}

export function findProfile({ profile, place }: Launch, script: Script): FoundProfile | Missing {
  if (profile === null) return { what: 'the profile', why: 'the command names none' };
  const { kind, word } = profile;
  if (kind === 'file') return profileFile(word, script);
  if (kind === 'text') {
    const file = printedFile(word, script);
    if (file === null && knownRules(word.value).value.trim() === '') {
      return {
        what: displayText(sliceOf(word.place)).slice(0, 60),
        why: 'what it holds, the script does not say',
      };
    }
    return file === null ? profileWord(word, script) : profileFile({ ...word, value: file }, script);
  }
  const text = NAMED.get(word.value.replace(/^kSBXProfile/, ''));
  if (text === undefined) return { what: displayText(word.value), why: 'macOS has no profile of that name' };
  const builder = mappedBuilder(place.source);
  builder.replace(text, word.place.span.start, word.place.span.end);
  return { text: builder.build(), source: place.source, file: null, unknown: [], left: [] };
}

/** `-p "$(cat profile.sb)"`: the file that a command of the script prints. */
function printedFile({ value, place }: ShellWord, { commands }: Script): string | null {
  const written = /^"?\$\((?:cat |<) *["']?([\w./-]{1,400})["']?\)"?$/.exec(sliceOf(place))?.[1];
  if (written !== undefined) return written;
  const name = soleUnknown(value);
  if (name === null) return null;
  // The name of an unknown value keeps no slashes.
  const printer = commands.find(({ words }) => {
    const [cat, path, ...more] = words;
    return (
      cat?.value === 'cat' &&
      path !== undefined &&
      more.length === 0 &&
      name === `$(cat ${path.value.replaceAll('/', '_')})`
    );
  });
  return printer?.words[1]?.value ?? null;
}

/** The profiles of sandbox_init(3) in rules that come to the same. */
const NAMED: ReadonlyMap<string, string> = new Map(
  [
    ['no-internet', 'NoInternet', '(allow default) (deny network* (remote ip "*:*")) (deny network-bind)'],
    ['no-network', 'NoNetwork', '(allow default) (deny network*)'],
    ['no-write', 'NoWrite', '(allow default) (deny file-write*)'],
    [
      'no-write-except-temporary',
      'NoWriteExceptTemporary',
      '(allow default) (deny file-write*) (allow file-write* (subpath "/private/tmp") (subpath "/private/var/tmp") (subpath "/private/var/folders"))',
    ],
    ['pure-computation', 'PureComputation', '(deny default)'],
  ].flatMap(([name = '', constant = '', rules = '']) => {
    const text = `(version 1) ${rules}`;
    return [[name, text] as const, [constant, text] as const];
  }),
);

function profileFile(word: ShellWord, script: Script): FoundProfile | Missing {
  const { project, commands } = script;
  const printed = printedProfile(word, script);
  if (printed !== null) return printed;
  const written = commands.filter((command) => writesTo(command, word.value)).at(-1);
  const body = written?.redirections.find(hasBody);
  if (body !== undefined) return bodyProfile(body, script);
  const path = hostPath(word.value, '');
  const shown = displayText(word.value);
  if (path.root === 'unknown') return { what: shown, why: 'which file it is, the script does not say' };
  if (path.root !== 'workspace') return { what: shown, why: 'it lies outside the project' };
  for (const candidate of [path.path, beside(script, path.path)]) {
    const lookup = project.read(candidate);
    if (lookup.status !== 'read') continue;
    const { source } = lookup;
    return { text: plainText(source), source, file: source, unknown: [], left: [] };
  }
  return { what: shown, why: 'there is no such file in the project' };
}

/** Scripts are started from where they lie as often as from the project's root. */
function beside({ source, project }: Script, path: string): string {
  const own = project.relative(source);
  return own.includes('/') ? `${own.slice(0, own.lastIndexOf('/'))}/${path}` : path;
}

/** `cat > profile <<EOF` and `tee profile <<EOF`. */
function writesTo({ words, redirections }: ShellCommand, path: string): boolean {
  if (!redirections.some(hasBody)) return false;
  const name = words[0]?.value;
  if (name === 'tee') return words.slice(1).some(({ value }) => value === path);
  return (
    name === 'cat' &&
    redirections.some(({ operator, target }) => operator.startsWith('>') && target?.value === path)
  );
}

function hasBody({ body, bodyValue }: ShellRedirection): boolean {
  return body !== undefined && bodyValue !== undefined;
}

function bodyProfile({ body, bodyValue = '' }: ShellRedirection, { places, source }: Script): FoundProfile {
  const written = body ?? plainText(source, 0, 0);
  const { value, left } = knownRules(bodyValue);
  const text = alignedText(written, value, places);
  return { text, source: written.source, file: null, unknown: concreteText(value, places).unknown, left };
}

/** `-f <(echo …)`, `-f /dev/stdin <<EOF`. */
function printedProfile(word: ShellWord, script: Script): FoundProfile | null {
  if (/^\/dev\/(?:stdin|fd\/0)$/.test(word.value)) {
    const body = script.commands.find(({ words }) => words.includes(word))?.redirections.find(hasBody);
    return body === undefined ? null : bodyProfile(body, script);
  }
  if (!displayText(word.value).startsWith('<(')) return null;
  const { source, span } = word.place;
  const writer = script.commands.find(({ place }) => {
    return place.source === source && place.span.start >= span.start && place.span.end <= span.end;
  });
  const body = writer?.redirections.find(hasBody);
  if (body !== undefined) return bodyProfile(body, script);
  const [name, text, ...more] = writer?.words ?? [];
  if (text === undefined || more.length > 0 || !/^(?:echo|printf)$/.test(name?.value ?? '')) return null;
  return profileWord(text, script);
}

function profileWord(word: ShellWord, script: Script): FoundProfile {
  const { commands, places } = script;
  const { value, left } = knownRules(word.value);
  const { unknown } = concreteText(value, places);
  const same = (value: string | undefined): boolean => value?.trimEnd() === word.value.trimEnd();
  const body = commands
    .flatMap(({ redirections }) => redirections)
    .find((one) => hasBody(one) && same(one.bodyValue) && !samePlace(one.place, word.place));
  if (body !== undefined) return bodyProfile(body, script);
  const assigned = assignedTexts(word.place).map((text) => fittingText(text, value, places));
  const text = assigned.find((one) => one !== null) ?? alignedText(quotedText(word.place), value, places);
  return { text, source: word.place.source, file: null, unknown, left };
}
