/** What a part of a script may change and run, by its text alone: for parts that are not followed. */
import {
  type Assignment,
  type Command,
  forEachChild,
  type SyntaxNode,
  type Word,
} from '../../syntax/shell.ts';
import type { Run } from './state.ts';

/** `lengthened`: something is put behind the old value; `list`: it becomes an array; `set`: any other value. */
export type Change = 'lengthened' | 'list' | 'set';

/** Builtins whose operands are names of variables that they set. */
const SETTING = new Set([
  'read',
  'mapfile',
  'readarray',
  'getopts',
  'unset',
  'let',
  'export',
  'declare',
  'local',
]);
/** An assignment inside an arithmetic expression, or an increment. */
const ARITHMETIC = /([A-Za-z_]\w{0,99})\s{0,9}(?:[-+*/%&|^]?=(?!=)|\+\+|--)/g;

/** Variables that the node may set, with the functions that it calls; what subshells set is lost anyway. */
export function changesOf(run: Run, node: SyntaxNode): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  walk(run, node, new Set(), (found, { text }) => {
    for (const [name, change] of ownChanges(found, text)) note(changes, name, change);
    return found.type !== 'Subshell' && found.type !== 'Word';
  });
  return changes;
}

function ownChanges(node: SyntaxNode, text: string): readonly (readonly [string, Change])[] {
  switch (node.type) {
    case 'Assignment':
      return [[node.name, changeOf(node)]];
    case 'For':
    case 'Select':
      return [[node.name.value, 'set']];
    case 'ArithmeticCommand':
      return arithmetic(text.slice(node.pos, node.end));
    case 'ArithmeticFor':
      return arithmetic(text.slice(node.pos, node.body.pos));
    case 'Command':
      return namesSet(node).map((name) => [name, 'set']);
    default:
      return [];
  }
}

function arithmetic(text: string): [string, Change][] {
  return [...text.matchAll(ARITHMETIC)].map(([, name = '']) => [name, 'set']);
}

function note(changes: Map<string, Change>, name: string, change: Change): void {
  const known = changes.get(name);
  if (known === undefined) changes.set(name, change);
  else if (known !== change) changes.set(name, known === 'list' || change === 'list' ? 'list' : 'set');
}

function changeOf({ name, value, append }: Assignment): Change {
  if (value.type === 'ArrayValue') return append === true ? 'lengthened' : 'list';
  const again = new RegExp(`^"?\\$(?:${name}\\b|\\{${name}\\})`);
  return append === true || again.test(value.text) ? 'lengthened' : 'set';
}

function namesSet(command: Command): string[] {
  const name = command.name?.text ?? '';
  if (name === 'cd' || name === 'pushd' || name === 'popd') return ['PWD'];
  const words = command.args.filter((word): word is Word => word.type === 'Word');
  if (name === 'printf') return words[0]?.text === '-v' ? isName(words[1]?.text) : [];
  return SETTING.has(name) ? words.flatMap(({ text }) => isName(text)) : [];
}

function isName(text: string | undefined): string[] {
  return text !== undefined && /^[A-Za-z_]\w*$/.test(text) ? [text] : [];
}

interface Found {
  readonly node: Command;
  readonly script: Run['script'];
}

/** The simple commands of the node and of the functions that it calls, in the order of the text. */
export function commandsOf(run: Run, node: SyntaxNode): readonly Found[] {
  const commands: Found[] = [];
  walk(run, node, new Set(), (found, script) => {
    if (found.type === 'Command') commands.push({ node: found, script });
    return true;
  });
  return commands;
}

/** Visits a node and what is below it, and the body of each function that it calls once. */
function walk(
  run: Run,
  node: SyntaxNode,
  called: Set<string>,
  visit: (node: SyntaxNode, script: Run['script']) => boolean,
  script = run.script,
): void {
  const open: SyntaxNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // Backquotes with escapes are read from a text of their own, which positions here do not index.
    if (next.type === 'Script' && next.source !== undefined) continue;
    if (!visit(next, script)) continue;
    const name = next.type === 'Command' ? next.name?.text : undefined;
    const definition = name === undefined ? undefined : run.definedFunctions.get(name);
    if (name !== undefined && definition !== undefined && !called.has(name)) {
      called.add(name);
      walk(run, definition.node.body, called, visit, definition.script);
    }
    const children: SyntaxNode[] = [];
    forEachChild(next, (child) => children.push(child));
    open.push(...children.reverse());
  }
}
