/** sed(1) as scripts use it on templates: one fixed text for another. */
import { type MappedText, originalPlace, sliceMapped } from '../../source/mapped.ts';
import { joinMapped } from '../../syntax/shell.ts';
import type { ShellWord } from '../shell/reading.ts';
import { literalAt } from './profile-script.ts';

export interface Replacement {
  readonly from: string;
  /** Symbolic. */
  readonly to: string;
  readonly everywhere: boolean;
}

export interface SedCall {
  /** Null: it does more than replace fixed texts. */
  readonly replacements: readonly Replacement[] | null;
  readonly files: readonly ShellWord[];
  /** `-i`: the file is written over. */
  readonly inPlace: boolean;
}

/** What a word of a sed command is; `other`: an option that does more than this reads. */
type Role = 'script-next' | 'in-place' | 'plain' | 'other' | 'operand';

function roleOf(value: string): Role {
  if (/^(?:-e|--expression)$/.test(value)) return 'script-next';
  if (/^-(?:-in-place(?:=.*)?|[Er]*i.*)$/s.test(value)) return 'in-place';
  if (/^-[Er]$|^--regexp-extended$/.test(value)) return 'plain';
  return value.startsWith('-') && value !== '-' ? 'other' : 'operand';
}

/** @param words behind the command word */
export function sedCall(words: readonly ShellWord[]): SedCall {
  const scripts: ShellWord[] = [];
  const operands: ShellWord[] = [];
  const roles = words.map(({ value }) => roleOf(value));
  for (const [at, word] of words.entries()) {
    const before = roles[at - 1];
    if (before === 'script-next') scripts.push(word);
    // BSD sed takes the ending of a copy as a word of its own, which is empty as a rule (sed(1) of macOS).
    else if (roles[at] === 'operand' && !(before === 'in-place' && word.value === '')) operands.push(word);
  }
  const files = scripts.length > 0 ? operands : operands.slice(1);
  const all = scripts.length > 0 ? scripts : operands.slice(0, 1);
  const replacements = all.map(replacementsIn);
  const isKnown = !roles.includes('other') && all.length > 0 && replacements.every((list) => list !== null);
  return {
    replacements: isKnown ? replacements.flatMap((list) => list ?? []) : null,
    files,
    inPlace: roles.includes('in-place'),
  };
}

function replacementsIn({ value, alternatives, many }: ShellWord): readonly Replacement[] | null {
  if (alternatives !== undefined || many) return null;
  const found: Replacement[] = [];
  let rest = value;
  while (rest.trim() !== '') {
    const next = replacementAt(rest.replace(/^[\s;]+/, ''));
    if (next === null) return null;
    found.push(next.replacement);
    rest = next.rest;
  }
  return found;
}

/** `s|from|to|g`, up to what separates it from the next one. */
function replacementAt(text: string): { replacement: Replacement; rest: string } | null {
  const mark = text[1];
  if (text[0] !== 's' || mark === undefined || /[\w\s\\]/.test(mark)) return null;
  const parts: string[] = [''];
  let at = 2;
  for (; at < text.length && parts.length < 3; at += 1) {
    const unit = text[at] ?? '';
    if (unit === '\\' && at + 1 < text.length) {
      const next = text[at + 1] ?? '';
      parts[parts.length - 1] += next === mark ? next : `\\${next}`;
      at += 1;
    } else if (unit === mark) parts.push('');
    else parts[parts.length - 1] += unit;
  }
  const [pattern = '', to = '', end] = parts;
  if (end === undefined) return null;
  const flags = /^[gIi]*/.exec(text.slice(at))?.[0] ?? '';
  const rest = text.slice(at + flags.length);
  const from = fixedText(pattern);
  // `&` and `\1` stand for what was found.
  if (from === null || /(?<!\\)&|\\[1-9]/.test(to) || !/^\s*(?:;|\n|$)/.test(rest)) return null;
  return { replacement: { from, to: to.replace(/\\(.)/g, '$1'), everywhere: flags.includes('g') }, rest };
}

/** The text that a pattern without wildcards finds; null for one with them. */
function fixedText(pattern: string): string | null {
  if (pattern === '' || /^\^|(?<!\\)(?:[[\]*.]|\$$)|\\[()|{}+?<>bwWsS\d]/.test(pattern)) return null;
  return pattern.replace(/\\(.)/g, '$1');
}

export function replaced(text: MappedText, { from, to, everywhere }: Replacement): MappedText {
  const parts: MappedText[] = [];
  let start = 0;
  let line = -1;
  for (let at = text.text.indexOf(from); at !== -1; at = text.text.indexOf(from, at + from.length)) {
    const own = text.text.lastIndexOf('\n', at);
    if (!everywhere && own === line && start > 0) continue;
    line = own;
    if (at > start) parts.push(sliceMapped(text, start, at));
    start = at + from.length;
    const { span } = originalPlace(text, at, start);
    if (to !== '') parts.push(literalAt(to, { source: text.source, span }));
  }
  if (start === 0) return text;
  if (start < text.text.length) parts.push(sliceMapped(text, start, text.text.length));
  return parts.length === 0 ? sliceMapped(text, 0, 0) : joinMapped(parts);
}
