/** Finds the profile that a sandbox-exec command names: a file of the project, or text that the script puts together. */
import { unknownPart } from '../../model/symbolic.ts';
import { type Source, type Span, sliceOf } from '../../source/source.ts';
import { assumption, isExistenceTest } from '../process/conditions.ts';
import { beyond } from '../process/line-ways.ts';
import type { AssumedPlaces } from '../seatbelt/parameters.ts';
import type { Condition as ProfileCondition } from '../seatbelt/profile.ts';
import type { ProfileText } from '../seatbelt/profile-parts.ts';
import { bodiesOf } from '../shell/enclosures.ts';
import type { Condition, ShellWord } from '../shell/reading.ts';
import { unknownPiece } from '../shell/value.ts';
import type { Launch } from './launch.ts';
import { MAX_DEPTH, type Moment, outputOf, printedBy } from './outputs.ts';
import { joinWritten, literalAt, type UnknownText, underConditions, type Written } from './profile-script.ts';
import { concreted, stretchesOf } from './symbolic-text.ts';
import { wordText } from './word-text.ts';
import { contentOf } from './written-files.ts';

export interface FoundProfile {
  /** In order; empty: nothing of it could be read. */
  readonly texts: readonly ProfileText[];
  /** Profiles of the project that it is made of. */
  readonly files: readonly Source[];
  /** Names of values in it that the script leaves open. */
  readonly names: readonly string[];
  /** What may bring any rule along. */
  readonly unknown: readonly UnknownText[];
}

/** @param moment the command itself, among all of the script */
export function findProfile({ profile, place }: Launch, moment: Moment, places: AssumedPlaces): FoundProfile {
  if (profile === null) {
    const why = 'the command names none';
    return { texts: [], files: [], names: [], unknown: [{ name: 'the profile', why, place }] };
  }
  const { kind, word } = profile;
  if (kind === 'name') return concrete(namedProfile(word), [], places);
  const written = kind === 'file' ? profileFile(word, moment) : wordText(word, moment.script);
  const user = moment.script.commands[moment.at];
  const told = user === undefined ? [] : [...user.guards, ...user.conditions];
  const found = concrete(filledIn(written, moment), told, places);
  if (found.texts.length > 0 || found.unknown.length > 0) return found;
  return { ...found, unknown: [unknownText(word, 'what it holds, the script does not say')] };
}

function unknownText({ place }: ShellWord, why: string): UnknownText {
  return { name: sliceOf(place).slice(0, 60), why, place };
}

/** `-f <(…)` and `-f /dev/stdin`, or a file. */
function profileFile(word: ShellWord, moment: Moment): Written {
  const { script, at } = moment;
  const user = script.commands[at];
  if (user !== undefined && /^\/dev\/(?:stdin|fd\/0)$/.test(word.value)) {
    return outputOf({ ...user, words: [{ ...word, value: 'cat' }] }, moment);
  }
  if (!/^\uFDD2<\(/.test(word.value)) return contentOf(word, moment);
  const { source, span } = word.place;
  const enclosures = script.enclosuresOf(source);
  if (enclosures === null) return printedBy([span], source, moment);
  const inside = enclosures.substitutions.find(({ start, end }) => span.start <= start && end <= span.end);
  const spans = bodiesOf(inside ?? span, enclosures);
  if (spans !== null) return printedBy(spans, source, moment);
  return { parts: [], unknown: [unknownText(word, 'what it prints, the script does not say')] };
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

function namedProfile(word: ShellWord): Written {
  const text = NAMED.get(word.value.replace(/^kSBXProfile/, ''));
  if (text === undefined)
    return { parts: [], unknown: [unknownText(word, 'macOS has no profile of that name')] };
  return { parts: [{ text: literalAt(text, word.place), file: null, when: [] }], unknown: [] };
}

/** With the output of commands in the place of their marks, as far as the script tells what they print. */
function filledIn(written: Written, moment: Moment): Written {
  let inString = false;
  const parts = written.parts.map((part): Written => {
    const found = stretchesOf(part.text, inString);
    inString = found.inString;
    const stretches = found.list.map((stretch): Written => {
      if (stretch.kind === 'text') return { parts: [{ ...part, text: stretch.text }], unknown: [] };
      const { name, place } = stretch;
      const printed = substituted(name, moment);
      if (printed !== null) return underConditions(filledIn(printed, deeper(moment)), part.when);
      const shown = /^\w+$/.test(name) ? `$${name}` : name;
      return { parts: [], unknown: [{ name: shown, why: 'it may bring any rule', place }] };
    });
    return joinWritten(stretches);
  });
  return joinWritten([...parts, { parts: [], unknown: written.unknown }]);
}

function deeper(moment: Moment): Moment {
  return { ...moment, depth: moment.depth + 1 };
}

/** What a mark stands for that is the text of a substitution, or of a command in one; null: nobody knows. */
function substituted(name: string, moment: Moment): Written | null {
  const { script, depth, at } = moment;
  if (depth > MAX_DEPTH || !name.startsWith('$(')) return null;
  const { source } = script;
  const isNamed = (text: string): boolean => markOf(text, source) === unknownPart(name);
  const enclosures = script.enclosuresOf(source);
  const span = enclosures?.substitutions.find((one: Span) => isNamed(source.text.slice(one.start, one.end)));
  if (enclosures !== null && span !== undefined) {
    const spans = bodiesOf(span, enclosures);
    return spans === null ? null : printedBy(spans, source, deeper(moment));
  }
  const command = script.commands.slice(0, at).findLast(({ place }) => isNamed(`$(${sliceOf(place)})`));
  return command === undefined ? null : outputOf(command, deeper(moment));
}

/** The mark that the reader of scripts leaves for the output of a command. */
function markOf(text: string, source: Source): string {
  const collapsed = text.replace(/\\\n/g, ' ').replace(/\s+/g, ' ').trim();
  return unknownPiece(collapsed, { source, span: { start: 0, end: 0 } }).text;
}

function concrete(written: Written, told: readonly Condition[], places: AssumedPlaces): FoundProfile {
  const names: string[] = [];
  const texts = written.parts.map(({ text, when }, index): ProfileText => {
    const found = concreted(text, places, written.parts[index - 1]?.text.text.at(-1));
    names.push(...found.unknown);
    return { text: found.text, conditions: conditionsOf(beyond(when, told)) };
  });
  const files = new Set(written.parts.flatMap(({ file }) => file ?? []));
  const isBlank = texts.every(({ text }) => text.text.trim() === '');
  return {
    texts: isBlank ? [] : texts,
    files: [...files],
    names: [...new Set(names)],
    unknown: written.unknown,
  };
}

/** A rule about a path that is not there does nothing, so that a test for it is no condition. */
export function conditionsOf(when: readonly Condition[]): readonly ProfileCondition[] {
  return when.filter((one) => !isExistenceTest(one)).map(conditionOf);
}

/** The arms of a choice of two are the one fact and its opposite. */
function conditionOf(condition: Condition): ProfileCondition {
  const { choice, arms, text } = condition;
  const [arm = 0] = arms;
  const isPair = choice.arms.length === 2 && arms.length === 1;
  const key = isPair ? `branch ${choice.id}` : `branch ${choice.id} ${arms.join()}`;
  const [yes = text] = assumption([condition], true);
  const [no = text] = assumption([condition], false);
  const holds = !isPair || arm === 0;
  return { key, text, holds, branch: holds ? { taken: yes, left: no } : { taken: no, left: yes } };
}
