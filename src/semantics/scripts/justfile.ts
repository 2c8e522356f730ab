/** Recipes of a justfile (https://just.systems/man/en/): each line has a shell of its own. */
import { unknownPart, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { type MappedText, mappedBuilder, plainText } from '../../source/mapped.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import { type ScriptText, type ScriptTexts, substituted } from './script-text.ts';

const ASSIGNMENT = /^(?:export[ \t]+)?([A-Za-z_][\w-]*)[ \t]*:=[ \t]*(.*)$/;
const RECIPE = /^@?[A-Za-z_][\w-]*(?:[ \t][^:\n]*)?:(?!=)/;
const INTERPOLATION = /\{\{([^{}]{0,500})\}\}/g;

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Never throws. What an interpolation stands for is known for strings and the folder's own functions. */
export function justfileScripts(source: Source, environment: ReadonlyMap<string, string>): ScriptTexts {
  const lines = linesOf(source);
  const variables = new Map<string, string>();
  const comments: Place[] = [];
  const texts: ScriptText[] = [];
  const folder = environment.get('PWD') ?? WORKSPACE_SYMBOL;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    const hash = /^\s*#/.exec(line.text);
    if (hash !== null) comments.push(placeAt(source, line.start + hash[0].length - 1, line.end));
    const assignment = ASSIGNMENT.exec(line.text);
    if (assignment !== null) {
      const [whole, name = '', value = ''] = assignment;
      variables.set(name, textOf(value, variables, folder));
      const command = commandIn(source, name, line.start + whole.length - value.length, value);
      if (command !== null) texts.push({ text: command, environment });
    }
    if (!RECIPE.test(line.text)) continue;
    const body: Line[] = [];
    while (isBody(lines[at + 1])) {
      at += 1;
      body.push(lines[at] ?? line);
    }
    for (const text of recipeTexts(source, body)) {
      const expanded = substituted(text, INTERPOLATION, ([, inner = '']) => textOf(inner, variables, folder));
      texts.push({ text: expanded, environment });
    }
  }
  return { texts, problems: [], comments };
}

/** Backquotes run when just starts; where a recipe puts their value in, they are read there. */
function commandIn(source: Source, name: string, at: number, value: string): MappedText | null {
  const command = /^`([^`]*)`/.exec(value)?.[1];
  if (command === undefined || new RegExp(`\\{\\{[^{}]{0,500}\\b${name}\\b`).test(source.text)) return null;
  return plainText(source, at + 1, at + 1 + command.length);
}

function linesOf(source: Source): Line[] {
  return source.lineStarts.map((start, index) => {
    let end = source.lineStarts[index + 1] ?? source.text.length;
    while (end > start && /[\r\n]/.test(source.text[end - 1] ?? '')) end -= 1;
    return { start, end, text: source.text.slice(start, end) };
  });
}

function isBody(line: Line | undefined): boolean {
  return line !== undefined && (/^[ \t]/.test(line.text) || line.text === '');
}

/** With a shebang the whole body is one script; else a line with its continuations is one. */
function recipeTexts(source: Source, body: readonly Line[]): MappedText[] {
  const [first] = body;
  if (first === undefined) return [];
  if (/^\s*#!/.test(first.text)) return /sh\b/.test(first.text) ? [joined(source, body)] : [];
  const texts: MappedText[] = [];
  let group: Line[] = [];
  for (const line of body) {
    group.push(line);
    if (line.text.endsWith('\\')) continue;
    texts.push(joined(source, group));
    group = [];
  }
  if (group.length > 0) texts.push(joined(source, group));
  return texts.filter(({ text }) => text.trim() !== '');
}

function joined(source: Source, lines: readonly Line[]): MappedText {
  const builder = mappedBuilder(source);
  for (const [index, { start, end, text }] of lines.entries()) {
    const indent = /^[ \t]*(?:[@-]+[ \t]*)?/.exec(text)?.[0].length ?? 0;
    const skip = index === 0 || /^[ \t]*@/.test(text) ? indent : (/^[ \t]*/.exec(text)?.[0].length ?? 0);
    builder.copy(start + skip, end);
    builder.replace('\n', end, end);
  }
  return builder.build();
}

function textOf(expression: string, variables: ReadonlyMap<string, string>, folder: string): string {
  const text = expression.trim();
  const string = /^'([^']*)'$|^"([^"\\]*)"$/.exec(text);
  if (string !== null) return string[1] ?? string[2] ?? '';
  const known = variables.get(text);
  if (known !== undefined) return known;
  if (/^(?:justfile_directory|source_directory|invocation_directory)\(\)$/.test(text)) return folder;
  const variable =
    /^env(?:_var(?:_or_default)?)?\(\s*['"](\w+)['"]\s*(?:,\s*(?:'([^']*)'|"([^"]*)")\s*)?\)$/.exec(text);
  if (variable !== null) return `\${${variable[1] ?? ''}${defaulted(variable[2] ?? variable[3])}}`;
  const command = /^`([^`]*)`$/.exec(text);
  if (command !== null) return `$(${command[1] ?? ''})`;
  return unknownPart(text.replace(/[^\w.-]+/g, '_'));
}

function defaulted(value: string | undefined): string {
  return value === undefined || /[}"'`$\\]/.test(value) ? '' : `:-${value}`;
}
