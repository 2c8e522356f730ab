/**
 * Variables of a makefile, expanded where a recipe uses them (https://www.gnu.org/software/make/manual/,
 * chapters 6 and 8). What only a run of make can tell becomes an unknown part, or is left to the shell.
 */
import { unknownPart, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import type { MappedText } from '../../source/mapped.ts';
import { originalPlace, sliceMapped } from '../../source/mapped.ts';
import { placeAt } from '../../source/source.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { standIn } from './script-text.ts';

export interface MakeScope {
  /** Texts as assigned, unexpanded. */
  readonly variables: ReadonlyMap<string, MappedText>;
  /** Directory that make runs in, symbolic. */
  readonly folder: string;
}

const MAX_DEPTH = 12;
/** Pieces that one recipe may expand to. */
const MAX_PIECES = 5_000;
const MAX_LENGTH = 200_000;

interface Expansion {
  readonly scope: MakeScope;
  /** `$(1)` and so on inside a `$(call …)`. */
  readonly args: readonly string[];
  readonly depth: number;
  readonly left: { pieces: number; length: number };
}

/** The text as make hands it to the shell: `$$` a dollar, `$(NAME)` the variable. Never throws. */
export function expandMake(text: MappedText, scope: MakeScope): MappedText {
  return expand(text, { scope, args: [], depth: 0, left: { pieces: MAX_PIECES, length: MAX_LENGTH } });
}

function expand(text: MappedText, context: Expansion): MappedText {
  const parts: MappedText[] = [];
  let at = 0;
  for (let dollar = text.text.indexOf('$'); dollar !== -1; dollar = text.text.indexOf('$', at)) {
    context.left.pieces -= 1;
    if (context.left.pieces < 0 || context.left.length < 0) break;
    if (dollar > at) parts.push(sliceMapped(text, at, dollar));
    const reference = referenceAt(text.text, dollar);
    const whole = sliceMapped(text, dollar, reference.end);
    parts.push(
      reference.name === '$' ? standIn('$', placeOf(whole)) : expanded(reference.name, whole, context),
    );
    at = reference.end;
  }
  if (parts.length === 0) return text;
  if (at < text.text.length) parts.push(sliceMapped(text, at, text.text.length));
  return joinMapped(parts);
}

function placeOf(text: MappedText) {
  return originalPlace(text, 0, text.text.length);
}

/** `$x`, `$(x)` or `${x}`, brackets inside it balanced. */
function referenceAt(text: string, dollar: number): { readonly name: string; readonly end: number } {
  const open = text[dollar + 1] ?? '';
  if (open !== '(' && open !== '{') return { name: open, end: Math.min(dollar + 2, text.length) };
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let at = dollar + 1; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    else if (text[at] === close) depth -= 1;
    if (depth === 0) return { name: text.slice(dollar + 2, at), end: at + 1 };
  }
  return { name: text.slice(dollar + 2), end: text.length };
}

function expanded(name: string, whole: MappedText, context: Expansion): MappedText {
  const { scope, args, depth, left } = context;
  const place = placeOf(whole);
  const argument = /^\d$/.test(name) ? args[Number(name) - 1] : undefined;
  if (argument !== undefined) return standIn(argument, place);
  const call = /^call\s+([\w.-]+)\s*,?([\s\S]*)$/.exec(name);
  const defined = scope.variables.get(call?.[1] ?? name);
  if (defined !== undefined && depth < MAX_DEPTH) {
    const given = call === null ? args : (call[2] ?? '').split(',').map((one) => one.trim());
    const value = expand(defined, { ...context, args: given, depth: depth + 1 });
    left.length -= value.text.length;
    if (left.length < 0) return standIn(unknownPart(label(name)), place);
    // Several words, or a flag, are reported where they are written; a single name where it is used.
    const own = value.source === whole.source && /^-|\s/.test(value.text.trim());
    return own ? value : standIn(value.text, place);
  }
  return standIn(builtIn(name, scope, context), place);
}

function builtIn(name: string, { folder }: MakeScope, context: Expansion): string {
  if (name === 'CURDIR' || name === 'PWD') return folder;
  if (name === 'MAKE') return 'make';
  if (/^(?:dir|abspath|realpath)\b.*MAKEFILE_LIST/.test(name)) return `${folder}/`;
  const shell = /^shell\s+([\s\S]+)$/.exec(name);
  if (shell !== null) return context.depth < MAX_DEPTH ? `$(${plainly(shell[1] ?? '', context)})` : '';
  const path = /^(?:abspath|realpath|strip)\s+([\s\S]+)$/.exec(name);
  if (path !== null) {
    const text = plainly(path[1] ?? '', context).trim();
    if (name.startsWith('strip') || /^[/~$\uFDD0-\uFDD2]/.test(text)) return text;
    return text === '.' ? folder : `${folder}/${text}`;
  }
  if (/^(?:info|warning|error|eval)\b/.test(name)) return '';
  // A name that no makefile sets comes from the environment, as the shell would take it.
  return /^[A-Za-z_]\w*$/.test(name) ? `\${${name}}` : unknownPart(label(name));
}

function plainly(text: string, context: Expansion): string {
  const source = { path: '', text, lineStarts: [0] };
  return expand(standIn(text, placeAt(source, 0, text.length)), { ...context, depth: context.depth + 1 })
    .text;
}

function label(name: string): string {
  return name.slice(0, 60).replace(/[^\w@<*^?.-]+/g, '_');
}

/** A scope with `folder` and no variables: `WORKSPACE_SYMBOL` for a makefile at the project's root. */
export function emptyScope(folder: string | undefined): MakeScope {
  return { variables: new Map(), folder: folder ?? WORKSPACE_SYMBOL };
}
