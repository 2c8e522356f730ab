/**
 * Recipes of a makefile: what make hands to the shell, line by line
 * (https://www.gnu.org/software/make/manual/, chapters 3 and 5). Conditionals are not decided: the lines of
 * every branch are read, and of a variable that both set the later one counts.
 */
import { type MappedText, mappedBuilder, plainText, sliceMapped } from '../../source/mapped.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { emptyScope, expandMake, type MakeScope } from './make-variables.ts';
import { type ScriptText, type ScriptTexts, standIn } from './script-text.ts';

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Recipe {
  readonly lines: readonly (readonly Line[])[];
}

interface Makefile {
  readonly source: Source;
  readonly variables: Map<string, MappedText>;
  readonly recipes: Recipe[];
  readonly comments: Place[];
  readonly include: (path: string) => Source | null;
  /** Files being read, so that none includes itself. */
  readonly open: Set<Source>;
  /** Names that recipes find in their environment. */
  readonly exported: Set<string>;
  oneShell: boolean;
  /** Characters that may still be assigned and expanded. */
  left: number;
}

const ASSIGNMENT = /^(?:(?:export|override|private)[ \t]+)*([\w.-]+)[ \t]*(\?=|:{0,3}=|\+=|!=)[ \t]*/;
const TARGET_ASSIGNMENT =
  /^[^\s:=#][^:=#]*::?[ \t]+(?:(?:export|override|private)[ \t]+)*([\w.-]+)[ \t]*(\?=|:{0,3}=|\+=)[ \t]*/;
const RULE = /^[^\s#=:][^=#:]*::?(?!=)/;
const DEFINE = /^(?:override[ \t]+)?define[ \t]+([\w.-]+)/;
const INCLUDE = /^[-s]?include[ \t]+(.+)$/;
const MAX_INCLUDES = 20;
/** Characters of one makefile's variables and recipes, all expansions done. */
const MAX_EXPANDED = 4_000_000;

/**
 * The recipes' texts as the shell gets them. Never throws.
 * @param include reads a makefile by its path as written; null where it cannot be had
 */
export function makefileScripts(
  source: Source,
  environment: ReadonlyMap<string, string>,
  include: (path: string) => Source | null,
): ScriptTexts {
  const makefile: Makefile = {
    source,
    variables: new Map(),
    recipes: [],
    comments: [],
    include,
    open: new Set(),
    exported: new Set(),
    oneShell: false,
    left: MAX_EXPANDED,
  };
  readLines(makefile, source);
  const scope: MakeScope = { ...emptyScope(environment.get('PWD')), variables: makefile.variables };
  const exported = new Map([...environment, ...exportsOf(makefile, scope)]);
  const recipes = makefile.recipes.flatMap((recipe) => recipeTexts(makefile, recipe, scope, exported));
  const texts = [...recipes, ...calledWhileRead(makefile, scope, recipes)];
  return { texts, problems: problemsOf(makefile), comments: makefile.comments };
}

function problemsOf({ left, source }: Makefile): SyntaxProblem[] {
  if (left >= 0) return [];
  const message = 'the variables expand to too much text; the rest was not read';
  return [{ message, place: placeAt(source, 0, 0), severity: 'limit' }];
}

/** Values that make itself knows pass to the shell only by `export`. */
function exportsOf({ variables, exported }: Makefile, scope: MakeScope): (readonly [string, string])[] {
  const all = variables.has('.EXPORT_ALL_VARIABLES');
  return [...variables]
    .filter(([name]) => all || exported.has(name))
    .map(([name, value]) => [name, expandMake(value, scope).text] as const);
}

/** `NAME := $(shell …)` runs while the makefile is read, also where no recipe uses the name. */
function calledWhileRead(makefile: Makefile, scope: MakeScope, recipes: readonly ScriptText[]): ScriptText[] {
  const environment = new Map([['PWD', scope.folder]]);
  return [...makefile.variables.values()].flatMap((value) => {
    const call = /^\$\(shell[ \t]+([\s\S]*)\)[ \t]*$/.exec(value.text);
    if (call?.[1] === undefined || makefile.left < 0) return [];
    const end = value.text.lastIndexOf(')');
    const text = expandMake(sliceMapped(value, end - call[1].length, end), scope);
    makefile.left -= text.text.length + text.segments.length;
    const isUsed = recipes.some((recipe) => recipe.text.text.includes(`$(${text.text})`));
    return isUsed ? [] : [{ text, environment }];
  });
}

function linesOf(source: Source): Line[] {
  return source.lineStarts.map((start, index) => {
    let end = source.lineStarts[index + 1] ?? source.text.length;
    while (end > start && /[\r\n]/.test(source.text[end - 1] ?? '')) end -= 1;
    return { start, end, text: source.text.slice(start, end) };
  });
}

function readLines(makefile: Makefile, source: Source): void {
  if (makefile.open.has(source) || makefile.open.size > MAX_INCLUDES) return;
  makefile.open.add(source);
  const groups = grouped(linesOf(source));
  let recipe: (readonly Line[])[] | null = null;
  for (let at = 0; at < groups.length; at += 1) {
    const group = groups[at] ?? [];
    const [first] = group;
    if (first === undefined || first.text.trim() === '') continue;
    const define = DEFINE.exec(first.text);
    // Recipes of an included file are that file's own.
    if (first.text.startsWith('\t')) {
      if (source === makefile.source) recipe?.push(group);
    } else if (define !== null) at = readDefine(makefile, source, groups, at, define[1] ?? '');
    else if (readDirective(makefile, source, group)) recipe = isConditional(first.text) ? recipe : null;
    else if (RULE.test(first.text)) recipe = startRecipe(makefile, source, group);
  }
}

/** @returns the index of the `endef` */
function readDefine(
  makefile: Makefile,
  source: Source,
  groups: readonly (readonly Line[])[],
  at: number,
  name: string,
): number {
  const end = groups.findIndex((lines, index) => index > at && /^\s*endef\b/.test(lines[0]?.text ?? ''));
  const stop = end === -1 ? groups.length : end;
  put(makefile, name, recipeText(source, groups.slice(at + 1, stop).flat()));
  return stop;
}

function startRecipe(makefile: Makefile, source: Source, group: readonly Line[]): (readonly Line[])[] {
  const recipe: (readonly Line[])[] = [];
  const [first] = group;
  if (source === makefile.source) makefile.recipes.push({ lines: recipe });
  const inline = first === undefined ? null : inlineRecipe(first);
  if (inline !== null) recipe.push([inline, ...group.slice(1)]);
  return recipe;
}

/** Text that grows by its own earlier value costs what it is long; past the budget nothing is assigned. */
function put(makefile: Makefile, name: string, value: MappedText): void {
  makefile.left -= value.text.length + value.segments.length;
  if (makefile.left >= 0) makefile.variables.set(name, value);
}

/** Lines with those that continue them. */
function grouped(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  let open = false;
  for (const line of lines) {
    const last = groups.at(-1);
    if (open && last !== undefined) last.push(line);
    else groups.push([line]);
    open = /(?:^|[^\\])(?:\\\\)*\\$/.test(line.text.slice(-40));
  }
  return groups;
}

function isConditional(text: string): boolean {
  return /^\s*(?:ifn?def|ifn?eq|else|endif)\b/.test(text) || /^\s*#/.test(text);
}

/** @returns true for a line that is no rule */
function readDirective(makefile: Makefile, source: Source, group: readonly Line[]): boolean {
  const [first] = group;
  if (first === undefined) return true;
  const text = first.text.trimStart();
  const indent = first.text.length - text.length;
  if (text.startsWith('#')) {
    if (source === makefile.source) makefile.comments.push(placeAt(source, first.start + indent, first.end));
    return true;
  }
  const names = /^export[ \t]+(?=\w)([\w.\- \t]+)$/.exec(text);
  for (const name of names?.[1]?.trim().split(/\s+/) ?? []) makefile.exported.add(name);
  if (isConditional(text) || /^(?:un)?export\s|^vpath\s|^undefine\s/.test(text)) {
    if (!ASSIGNMENT.test(text)) return true;
  }
  if (/^\.ONESHELL\s*:/.test(text)) {
    makefile.oneShell = true;
    return true;
  }
  if (/^\.EXPORT_ALL_VARIABLES\s*:/.test(text)) {
    makefile.variables.set('.EXPORT_ALL_VARIABLES', plainText(source, first.start, first.end));
    return true;
  }
  const include = INCLUDE.exec(text);
  if (include !== null) {
    for (const path of (include[1] ?? '').trim().split(/\s+/)) {
      const found = path.includes('$') ? null : makefile.include(path);
      if (found !== null) readLines(makefile, found);
    }
    return true;
  }
  return assign(makefile, source, group, indent);
}

function assign(makefile: Makefile, source: Source, group: readonly Line[], indent: number): boolean {
  const [first] = group;
  const text = first?.text.slice(indent) ?? '';
  const match = ASSIGNMENT.exec(text) ?? TARGET_ASSIGNMENT.exec(text);
  if (match === null || first === undefined) return false;
  if (makefile.left < 0) return true;
  const [whole, name = '', operator] = match;
  const value = valueText(source, group, first.start + indent + whole.length);
  if (/^(?:\w+[ \t]+)*export[ \t]/.test(text)) makefile.exported.add(name);
  const before = makefile.variables.get(name);
  if (operator === '?=' && before !== undefined) return true;
  if (operator === '!=') {
    const place = placeAt(source, first.start + indent, first.end);
    put(makefile, name, joinMapped([standIn('$(shell ', place), value, standIn(')', place)]));
  } else if (operator === '+=' && before?.source === source) {
    const builder = mappedBuilder(source);
    builder.replace(' ', first.start, first.start);
    put(makefile, name, joinMapped([before, builder.build(), value]));
  } else {
    // A simply expanded variable that names itself (`A := $(A) x`) means its earlier value.
    const own = new Map(before === undefined ? [] : [[name, before] as const]);
    const settled = new RegExp(`\\$[({]${name.replace(/[.]/g, '\\.')}[)}]`).test(value.text)
      ? expandOwn(value, own)
      : value;
    put(makefile, name, settled);
  }
  return true;
}

function expandOwn(value: MappedText, variables: ReadonlyMap<string, MappedText>): MappedText {
  return expandMake(value, { ...emptyScope(undefined), variables });
}

/** The value without the comment behind it; a continued line is joined by a space. */
function valueText(source: Source, group: readonly Line[], from: number): MappedText {
  const builder = mappedBuilder(source);
  for (const [index, line] of group.entries()) {
    const last = index === group.length - 1;
    const start = index === 0 ? from : line.start + (line.text.length - line.text.trimStart().length);
    const text = source.text.slice(start, last ? line.end : Math.max(start, line.end - 1));
    const hash = /(?:^|[^\\])#/.exec(text);
    const cut = hash === null ? text : text.slice(0, hash.index + hash[0].length - 1);
    builder.copy(start, start + cut.trimEnd().length);
    if (hash !== null) break;
    if (!last) builder.replace(' ', line.end, line.end);
  }
  return builder.build();
}

/** `target: prerequisites ; command` */
function inlineRecipe(line: Line): Line | null {
  const at = line.text.indexOf(';');
  if (at === -1) return null;
  return { start: line.start + at + 1, end: line.end, text: line.text.slice(at + 1) };
}

/** A recipe's lines without the tab that makes them so, and what silences them. */
function recipeText(source: Source, lines: readonly Line[]): MappedText {
  const builder = mappedBuilder(source);
  for (const [index, { start, end, text }] of lines.entries()) {
    const continued = index > 0 && (lines[index - 1]?.text ?? '').endsWith('\\');
    const skip = /^[ \t]*(?:[@+-][@+ \t-]*)?/.exec(text)?.[0].length ?? 0;
    const from = continued ? start + (text.startsWith('\t') ? 1 : 0) : start + silencers(text, skip);
    builder.copy(from, end);
    builder.replace('\n', end, end);
  }
  return builder.build();
}

/** `@`, `-` and `+` count only directly before a command, not as the head of a flag. */
function silencers(text: string, skip: number): number {
  return /^[ \t]*--/.test(text) ? 0 : skip;
}

function recipeTexts(
  makefile: Makefile,
  { lines }: Recipe,
  scope: MakeScope,
  environment: ReadonlyMap<string, string>,
): ScriptText[] {
  const groups = makefile.oneShell ? [lines.flat()] : lines;
  return groups.flatMap((group) => {
    if (group.length === 0 || makefile.left < 0) return [];
    const text = withoutSilencers(expandMake(recipeText(makefile.source, group), scope));
    makefile.left -= text.text.length + text.segments.length;
    return [{ text, environment }];
  });
}

/** A variable such as `$(Q)` brings the `@` along. */
function withoutSilencers(text: MappedText): MappedText {
  const silencer = /^[ \t]*@/.exec(text.text)?.[0].length ?? 0;
  return silencer === 0 ? text : sliceMapped(text, silencer, text.text.length);
}
