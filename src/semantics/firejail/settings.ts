/** firejail's settings, from the command line and from profiles, which say the same in other words. */
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, HOME_SYMBOL, isResolved } from '../../model/symbolic.ts';
import { byDefault, explicit, type Origin } from '../../model/value.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import { programOf } from '../process/command.ts';
import { folderOf, isSource, namedFile } from '../process/named-file.ts';
import { type ProcessOption, unknownOption } from '../process/option-words.ts';
import { spellings } from '../process/spellings.ts';
import type { ShellWord } from '../shell/reading.ts';
import { isKnownOption } from './option-names.ts';
import { shippedProfile } from './shipped-profiles.ts';

export interface FirejailSettings {
  /** In the order in which firejail takes them: the command line, and its own profile behind it. */
  readonly settings: readonly ProcessOption[];
  readonly unresolved: readonly Unresolved[];
  readonly inside: readonly ShellWord[];
  /** Profiles of the project. */
  readonly files: readonly Source[];
}

export interface FirejailCall {
  readonly place: Place;
  /** Behind the command word. */
  readonly words: readonly ShellWord[];
  /** Root gets another profile than everyone else. */
  readonly isRoot: boolean;
  readonly project: Project;
  /** Of the script, relative to the project's root. */
  readonly folder: string;
}

const MAX_WORDS = 4000;
/** firejail itself stops includes at 16 (src/firejail/profile.c, MAX_INCLUDE_LEVEL). */
const MAX_DEPTH = 8;
const MAX_LINES = 5000;

interface Reading {
  readonly call: FirejailCall;
  readonly settings: ProcessOption[];
  readonly unresolved: Unresolved[];
  readonly files: Source[];
  /** Lines that profiles behind them may not set (firejail-profile(5), ignore). */
  readonly ignored: string[];
}

export function firejailSettings(call: FirejailCall): FirejailSettings {
  const { words } = call;
  const reading: Reading = { call, settings: [], unresolved: [], files: [], ignored: [] };
  let at = 0;
  for (; at < Math.min(words.length, MAX_WORDS); at += 1) {
    const word = words[at];
    if (word === undefined) break;
    if (word.value === '--') {
      at += 1;
      break;
    }
    const options = spellings(word).filter(({ value }) => value.startsWith('-'));
    if (options.length === 0 && !isUnknown(word, words.length - at)) break;
    if (options.length === 0) reading.unresolved.push(unknownOption(word));
    for (const { value, when } of options) readWord(value, when, word, reading);
  }
  const inside = words.slice(at);
  readUsualProfile(inside, reading);
  const { settings, unresolved, files } = reading;
  return { settings, unresolved, inside, files };
}

function isUnknown(word: ShellWord, left: number): boolean {
  if (isResolved(word.value)) return false;
  return word.many && (left > 1 || /OPT|ARG|FLAG|PARAM/i.test(word.value)) && !/[@*]/.test(word.value);
}

function readWord(value: string, when: ProcessOption['when'], word: ShellWord, reading: Reading): void {
  const [, name = '', given] = /^--?([\w.?-]+)(?:=(.*))?$/s.exec(value) ?? [];
  if (name === '' || !isResolved(name)) {
    reading.unresolved.push(unknownOption(word));
    return;
  }
  if (!isKnownOption(name)) {
    reading.unresolved.push({ ...unknownOption(word), why: `\`${displayText(value)}\` is not known here` });
    return;
  }
  const setting = {
    name,
    value: given ?? null,
    origin: explicit(word.place),
    when,
    text: displayText(value),
  };
  reading.settings.push(setting);
  if (name === 'ignore' && when.length === 0) reading.ignored.push(withMacros(given ?? ''));
  if (name === 'profile' || name === 'include') readNamedProfile(given ?? '', setting.origin, reading);
}

/** A profile of one's own takes the place of firejail's (firejail(1), SECURITY PROFILES). */
function readUsualProfile(inside: readonly ShellWord[], reading: Reading): void {
  const { settings, call } = reading;
  if (settings.some(({ name }) => name === 'profile')) return;
  // In what --build makes, hardly anything is kept away (firejail(1), --build).
  if (settings.some(({ name, when }) => /^(?:noprofile|build)$/.test(name) && when.length === 0)) return;
  // The profiles of node and what comes with it let it at its own settings (etc/profile-m-z/nodejs-common.profile).
  if (/^(?:node|npm|npx|pnpm|pnpx|yarn)$/.test(programOf(inside[0]))) {
    const own = byDefault(call.place, "firejail's profile of node");
    for (const name of ['.npmrc', '.npm', '.nvm', '.yarn', '.yarnrc']) {
      readLine({ text: `noblacklist \${HOME}/${name}`, origin: own }, '', reading, 0);
      reading.ignored.push(`read-only ${HOME_SYMBOL}/${name}`);
    }
  }
  const name = call.isRoot ? 'server.profile' : 'default.profile';
  const origin = byDefault(call.place, `firejail's ${call.isRoot ? 'profile for root' : 'default profile'}`);
  readShipped(name, shippedProfile(name) ?? [], origin, reading, 0);
}

/** `--profile=FILE`; `--profile=NAME` and `--profile=:NAME` look for NAME.profile where firejail keeps them. */
function readNamedProfile(text: string, origin: Origin, reading: Reading): void {
  const name = text.replace(/^:/, '');
  const isName = isResolved(name) && !name.includes('/') && !name.includes('.');
  const shipped = shippedProfile(isName ? `${name}.profile` : name);
  if (shipped !== null) {
    readShipped(name, shipped, origin, reading, 0);
    return;
  }
  if (readFile(name, reading.call.folder, origin, reading, 0)) return;
  if (!isName) return;
  // Those for single programs begin with the same lists, and take back what the program needs.
  readShipped(name, shippedProfile('default.profile') ?? [], origin, reading, 0);
}

/** @returns whether it could be read; what could not be is noted */
function readFile(name: string, folder: string, origin: Origin, reading: Reading, depth: number): boolean {
  const found = namedFile(name, { project: reading.call.project, folder, origin });
  if (isSource(found)) readProfile(found, reading, depth);
  else reading.unresolved.push(found);
  return isSource(found);
}

function readProfile(source: Source, reading: Reading, depth: number): void {
  if (depth > MAX_DEPTH || reading.files.includes(source)) return;
  reading.files.push(source);
  const folder = folderOf(source, reading.call.project);
  for (const line of linesOf(source)) readLine(line, folder, reading, depth);
}

function readShipped(
  name: string,
  lines: readonly string[],
  origin: Origin,
  reading: Reading,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return;
  const shown = name === 'default.profile' || name === 'server.profile' ? 'the default profile' : name;
  for (const text of lines) readLine({ text, origin, shown }, '', reading, depth);
}

interface Line {
  readonly text: string;
  readonly origin: Origin;
  /** In its place in messages. */
  readonly shown?: string;
}

function readLine(line: Line, folder: string, reading: Reading, depth: number): void {
  const text = conditional(line.text, reading.settings);
  if (text === null) return;
  const [, word = '', rest = ''] = /^([\w.-]+)(?:\s+(.*))?$/.exec(withMacros(text)) ?? [];
  const whole = rest === '' ? word : `${word} ${rest}`;
  if (word === '' || reading.ignored.some((one) => whole === one || whole.startsWith(`${one} `))) return;
  if (word === 'include') {
    includeProfile(rest, folder, line, reading, depth + 1);
    return;
  }
  if (word === 'ignore') reading.ignored.push(rest);
  reading.settings.push({
    name: word,
    value: rest === '' ? null : rest,
    origin: line.origin,
    when: [],
    text: line.shown ?? line.text,
  });
}

function includeProfile(name: string, folder: string, line: Line, reading: Reading, depth: number): void {
  const shipped = shippedProfile(name);
  if (shipped !== null) readShipped(line.shown ?? `include ${name}`, shipped, line.origin, reading, depth);
  else readFile(name, folder, line.origin, reading, depth);
}

/** `?HAS_NET: setting` (firejail-profile(5)): what the settings so far do not decide is taken for not so. */
const CONDITIONS: Readonly<Record<string, RegExp>> = {
  HAS_APPIMAGE: /^appimage$/,
  HAS_NET: /^net$/,
  HAS_NODBUS: /^(?:nodbus|dbus-(?:user|system))$/,
  HAS_NOSOUND: /^nosound$/,
  HAS_PRIVATE: /^private(?:-home)?$/,
  HAS_X11: /^x11$/,
};

function conditional(text: string, settings: readonly ProcessOption[]): string | null {
  const [, condition, rest = ''] = /^\?(\w+)\s*:\s*(.*)$/.exec(text) ?? [];
  if (condition === undefined) return text;
  const names = Object.hasOwn(CONDITIONS, condition) ? CONDITIONS[condition] : undefined;
  return names !== undefined && settings.some(({ name }) => names.test(name)) ? rest : null;
}

const DIRECTORIES: Readonly<Record<string, string>> = {
  DESKTOP: 'Desktop',
  DOCUMENTS: 'Documents',
  DOWNLOADS: 'Downloads',
  MUSIC: 'Music',
  PICTURES: 'Pictures',
  PROJECTS: 'Projects',
  PUBLICSHARE: 'Public',
  TEMPLATES: 'Templates',
  VIDEOS: 'Videos',
};

/** firejail-profile(5), "Macros"; `~` is firejail's own to expand. */
export function withMacros(text: string): string {
  return text
    .replaceAll('${HOME}', HOME_SYMBOL)
    .replaceAll('${RUNUSER}', '/run/user/1000')
    .replace(/\$\{([A-Z]+)\}/g, (whole, name: string) => {
      const directory = Object.hasOwn(DIRECTORIES, name) ? DIRECTORIES[name] : undefined;
      return directory === undefined ? whole : `${HOME_SYMBOL}/${directory}`;
    })
    .replace(/(^|\s)~(?=\/|$)/, `$1${HOME_SYMBOL}`);
}

function linesOf(source: Source): readonly Line[] {
  return source.lineStarts.slice(0, MAX_LINES).flatMap((start, index) => {
    const end = source.lineStarts[index + 1] ?? source.text.length;
    const whole = source.text.slice(start, end);
    const text = whole.replace(/#.*/s, '').trim();
    if (text === '') return [];
    const from = start + whole.indexOf(text);
    return [{ text, origin: explicit(placeAt(source, from, from + text.length)) }];
  });
}
