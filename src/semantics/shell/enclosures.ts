/**
 * What surrounds a command in the text of a script: substitutions that take its output, groups and functions
 * whose output goes into a file. The reader of scripts lists commands one by one and leaves that out.
 */
import { plainText } from '../../source/mapped.ts';
import type { Source, Span } from '../../source/source.ts';
import { forEachChild, parseShell, type SyntaxNode } from '../../syntax/shell.ts';

/** The standard output of a group of commands, or of one call of a function, into a file. */
export interface Outlet {
  readonly append: boolean;
  /** The file's name as it is written, with its quotes. */
  readonly target: string;
  readonly span: Span;
}

export interface Enclosures {
  readonly outlets: readonly Outlet[];
  /** `$(…)`, backquotes and `<(…)`. */
  readonly substitutions: readonly Span[];
  /** The substitutions, and `(…)`: what is changed in there is lost. */
  readonly subshells: readonly Span[];
  readonly functions: ReadonlyMap<string, Span>;
  /** Commands by their names, where each one stands. */
  readonly calls: ReadonlyMap<string, readonly Span[]>;
}

interface Draft {
  readonly outlets: Outlet[];
  readonly substitutions: Span[];
  readonly subshells: Span[];
  readonly functions: Map<string, Span>;
  readonly calls: Map<string, Span[]>;
}

const KNOWN = new WeakMap<Source, Enclosures>();

/** For a file that is a shell script as a whole. Never throws; a second call for the same Source costs nothing. */
export function enclosuresOf(source: Source): Enclosures {
  const known = KNOWN.get(source);
  if (known !== undefined) return known;
  const draft: Draft = {
    outlets: [],
    substitutions: [],
    subshells: [],
    functions: new Map(),
    calls: new Map(),
  };
  const script = parseShell(plainText(source));
  // Positions of a text without its carriage returns lead nowhere in the file.
  if (script.text === source.text) visitAll(script.statements, script.text, draft);
  KNOWN.set(source, draft);
  return draft;
}

/** Deep trees are walked without recursion. */
function visitAll(roots: readonly SyntaxNode[], text: string, draft: Draft): void {
  const open: SyntaxNode[] = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    note(node, text, draft);
    forEachChild(node, (child) => open.push(child));
  }
}

function note(node: SyntaxNode, text: string, draft: Draft): void {
  const span = { start: node.pos, end: node.end };
  switch (node.type) {
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      draft.substitutions.push(span);
      draft.subshells.push(span);
      return;
    case 'Subshell':
      draft.subshells.push(span);
      return;
    case 'Function':
      draft.functions.set(node.name.value, span);
      return;
    case 'Command': {
      const name = node.name?.value;
      if (name === undefined) return;
      draft.calls.set(name, [...(draft.calls.get(name) ?? []), span]);
      draft.outlets.push(...outletsOf(node.redirects, span, text));
      return;
    }
    case 'Redirected':
      draft.outlets.push(...outletsOf(node.redirects, span, text));
      return;
    default:
  }
}

type Redirects = Extract<SyntaxNode, { type: 'Redirected' }>['redirects'];

function outletsOf(redirects: Redirects, span: Span, text: string): Outlet[] {
  return redirects.flatMap((node): Outlet[] => {
    if (node.type === 'HereDoc' || node.type === 'HereString' || node.target === undefined) return [];
    if (!/^&?>(?:>|\|)?$/.test(node.operator)) return [];
    const { descriptor } = node;
    if (descriptor !== undefined && !(descriptor.type === 'FileDescriptor' && descriptor.value === 1))
      return [];
    return [
      {
        append: node.operator.endsWith('>>'),
        target: text.slice(node.target.pos, node.target.end),
        span,
      },
    ];
  });
}

export function isWithin(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Does a substitution between the two take what is printed at the inner one? */
export function isSubstituted(inner: Span, outer: Span, { substitutions }: Enclosures): boolean {
  return substitutions.some(
    (one) => isWithin(inner, one) && isWithin(one, outer) && one.start !== outer.start,
  );
}

/**
 * Where the commands of a span stand: in the span itself, and in the functions that nothing but it calls.
 * Null: one of its functions is called elsewhere too, and whose output is whose cannot be told.
 */
export function bodiesOf(span: Span, enclosures: Enclosures): readonly Span[] | null {
  const { functions, calls } = enclosures;
  const found: Span[] = [span];
  for (const body of found) {
    for (const [name, places] of calls) {
      const definition = functions.get(name);
      if (definition === undefined || found.includes(definition)) continue;
      if (!places.some((place) => isWithin(place, body) && !isSubstituted(place, body, enclosures))) continue;
      if (places.length > 1) return null;
      found.push(definition);
    }
  }
  return found;
}
