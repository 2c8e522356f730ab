/** The words of a sandbox-exec command: which profile, with which parameters, and what runs under it. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

export interface LaunchParameter {
  readonly name: string;
  /** Symbolic. */
  readonly value: string;
  readonly place: Place;
}

export interface Launch {
  /** `file`: a path. `text`: the profile itself. `name`: one of macOS's own. Null: none is given. */
  readonly profile: { readonly kind: 'file' | 'text' | 'name'; readonly word: ShellWord } | null;
  readonly parameters: readonly LaunchParameter[];
  /** Words before the command that may be any option. */
  readonly unknown: readonly ShellWord[];
  readonly command: string;
  readonly place: Place;
}

const KINDS = { f: 'file', p: 'text', n: 'name' } as const;

export function isSandboxExec({ words }: ShellCommand): boolean {
  return /^(?:.*\/)?sandbox-exec$/s.test(words[0]?.value ?? '');
}

/** `sandbox-exec [-f file] [-n name] [-p text] [-D name=value …] command …` (sandbox-exec(1), getopt(3)). */
export function launchOf({ words }: ShellCommand): Launch | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  let profile: Launch['profile'] = null;
  const parameters: LaunchParameter[] = [];
  const unknown: ShellWord[] = [];
  let at = 0;
  for (let option = optionAt(rest, at); option !== null; option = optionAt(rest, at)) {
    at += option.length;
    const { letter, value } = option;
    if (letter === 'D') parameters.push(parameterOf(value));
    else if (letter === 'f' || letter === 'p' || letter === 'n')
      profile = { kind: KINDS[letter], word: value };
    else if (letter === null) unknown.push(value);
    if (letter === '-') break;
  }
  const command = rest
    .slice(at)
    .map(({ value }) => displayText(value))
    .join(' ');
  return { profile, parameters, unknown, command, place: first.place };
}

interface Option {
  /** `-` for the end of the options; null: a word that may be any of them. */
  readonly letter: string | null;
  readonly value: ShellWord;
  /** Words that it takes, itself included. */
  readonly length: number;
}

/** Null where the command begins. */
function optionAt(words: readonly ShellWord[], at: number): Option | null {
  const word = words[at];
  if (word === undefined) return null;
  if (word.value === '--') return { letter: '-', value: word, length: 1 };
  const letter = /^-([fpnDt])/.exec(word.value)?.[1];
  if (letter === undefined) {
    return isOpen(word) && at < words.length - 1 ? { letter: null, value: word, length: 1 } : null;
  }
  if (word.value.length > 2) return { letter, value: { ...word, value: word.value.slice(2) }, length: 1 };
  const value = words[at + 1];
  return value === undefined ? null : { letter, value, length: 2 };
}

function isOpen(word: ShellWord): boolean {
  return word.many || (!isResolved(word.value) && word.value.startsWith('-'));
}

function parameterOf({ value, place }: ShellWord): LaunchParameter {
  const equals = value.indexOf('=');
  const name = displayText(equals < 0 ? value : value.slice(0, equals));
  return { name, value: equals < 0 ? '' : value.slice(equals + 1), place };
}
