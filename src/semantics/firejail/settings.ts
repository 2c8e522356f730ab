/** firejail's settings, from the command line and from profiles, which say the same in other words. */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, HOME_SYMBOL, isResolved } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { type ProcessOption, unknownOption } from '../process/option-words.ts';
import { settledText } from '../process/script-path.ts';
import { spellings } from '../process/spellings.ts';
import type { ShellWord } from '../shell/reading.ts';

export interface FirejailSettings {
  readonly settings: readonly ProcessOption[];
  readonly unresolved: readonly Unresolved[];
  readonly inside: readonly ShellWord[];
  readonly files: readonly Source[];
  /** Whether firejail's own profiles are read besides. */
  readonly profile: 'default' | 'none' | 'written';
}

const MAX_WORDS = 4000;
/** firejail itself stops includes at 16 (src/firejail/profile.c, MAX_INCLUDE_LEVEL). */
const MAX_DEPTH = 8;
const MAX_LINES = 5000;

/** @param words behind the command word */
export function firejailSettings(words: readonly ShellWord[], project: Project): FirejailSettings {
  const settings: ProcessOption[] = [];
  const unresolved: Unresolved[] = [];
  let at = 0;
  for (; at < Math.min(words.length, MAX_WORDS); at += 1) {
    const word = words[at];
    if (word === undefined) break;
    if (word.value === '--') {
      at += 1;
      break;
    }
    const values = spellings(word).filter(({ value }) => value.startsWith('-'));
    if (values.length === 0 && !isUnknown(word, words.length - at)) break;
    if (values.length === 0) unresolved.push(unknownOption(word));
    for (const { value, when } of values) {
      const [, name = '', given] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(value) ?? [];
      if (name === '' || !isResolved(name)) unresolved.push(unknownOption(word));
      else settings.push(written(name, given ?? null, explicit(word.place), when, displayText(value)));
    }
  }
  const profiles = readProfiles(settings, project);
  return {
    settings: [...profiles.settings, ...settings],
    unresolved: [...unresolved, ...profiles.unresolved],
    inside: words.slice(at),
    files: profiles.files,
    profile: profileKind(settings),
  };
}

function isUnknown(word: ShellWord, left: number): boolean {
  if (isResolved(word.value)) return false;
  return word.many && (left > 1 || /OPT|ARG|FLAG|PARAM/i.test(word.value)) && !/[@*]/.test(word.value);
}

function written(
  name: string,
  value: string | null,
  origin: Origin,
  when: ProcessOption['when'],
  text: string,
): ProcessOption {
  return { name, value, origin, when, text };
}

/** A profile of one's own takes the place of firejail's; without one there is always one (firejail(1)). */
function profileKind(settings: readonly ProcessOption[]): FirejailSettings['profile'] {
  if (settings.some(({ name, when }) => name === 'noprofile' && when.length === 0)) return 'none';
  return settings.some(({ name, value }) => name === 'profile' && !isShipped(value ?? ''))
    ? 'written'
    : 'default';
}

/** `--profile=firefox`: one that comes with firejail, all of which begin with the same lists. */
function isShipped(value: string): boolean {
  return isResolved(value) && !value.includes('/') && !value.endsWith('.profile') && !value.endsWith('.inc');
}

interface Profiles {
  readonly settings: ProcessOption[];
  readonly unresolved: Unresolved[];
  readonly files: Source[];
}

function readProfiles(settings: readonly ProcessOption[], project: Project): Profiles {
  const found: Profiles = { settings: [], unresolved: [], files: [] };
  for (const { name, value, origin } of settings) {
    if (name !== 'profile' || value === null || isShipped(value)) continue;
    readProfile(value, '', origin, { project, found, depth: 0 });
  }
  return found;
}

interface Reading {
  readonly project: Project;
  readonly found: Profiles;
  readonly depth: number;
}

function readProfile(name: string, base: string, origin: Origin, reading: Reading): void {
  const { project, found, depth } = reading;
  const path = hostPath(settledText(name), base);
  const lookup = path.root === 'workspace' ? project.read(path.path) : null;
  if (lookup?.status !== 'read') {
    found.unresolved.push({
      what: displayText(name),
      why: lookup === null ? 'it lies outside the project' : lookup.why,
      names: [displayText(name)],
      mayHide: 'any-setting',
      origin,
      kind: 'text',
    });
    return;
  }
  const { source } = lookup;
  if (depth >= MAX_DEPTH || found.files.includes(source)) return;
  found.files.push(source);
  const folder = project.relative(source).replace(/[^/]*$/, '');
  for (const line of linesOf(source).slice(0, MAX_LINES)) {
    const [, word = '', rest = ''] = /^([\w.-]+)(?:\s+(.*))?$/.exec(line.text) ?? [];
    if (word === 'include') includeProfile(rest, folder, line.origin, { ...reading, depth: depth + 1 });
    else if (word !== '') {
      const value = rest === '' ? null : withMacros(rest);
      found.settings.push(written(word, value, line.origin, [], line.text));
    }
  }
}

/** What comes with firejail takes away and never gives, but for `allow-*.inc` and `whitelist-*.inc`. */
function includeProfile(name: string, folder: string, origin: Origin, reading: Reading): void {
  if (
    /^(?:\$\{CFG\}\/|\/etc\/firejail\/)?(?:disable|allow|whitelist|default|globals)[\w-]*\.(?:inc|profile|local)$/.test(
      name,
    )
  ) {
    if (/disable-common\.inc|default\.profile/.test(name)) {
      reading.found.settings.push(written('include-common', name, origin, [], `include ${name}`));
    }
    return;
  }
  if (!name.endsWith('.local')) readProfile(name, folder, origin, reading);
}

/** firejail-profile(5), "Macros". */
function withMacros(text: string): string {
  return text
    .replaceAll('${HOME}', HOME_SYMBOL)
    .replaceAll('${RUNUSER}', '/run/user/1000')
    .replace(/^~(?=\/|$)/, HOME_SYMBOL);
}

interface Line {
  readonly text: string;
  readonly origin: Origin;
}

function linesOf(source: Source): readonly Line[] {
  return source.lineStarts.slice(0, MAX_LINES).flatMap((start, index) => {
    const end = source.lineStarts[index + 1] ?? source.text.length;
    const whole = source.text.slice(start, end);
    const text = whole.trim();
    if (text === '' || text.startsWith('#')) return [];
    const from = start + whole.indexOf(text);
    return [{ text, origin: explicit(placeAt(source, from, from + text.length)) }];
  });
}
