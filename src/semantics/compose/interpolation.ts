/**
 * Compose's variable substitution: `$V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+a} ${V+a} $$`, nested at will
 * (compose-spec 12-interpolation.md, compose-go template/template.go). What the shell that starts Compose
 * has set cannot be known here, so the result is symbolic text with the assumptions that it rests on.
 */
import { unknownPart } from '../../model/symbolic.ts';

export interface Binding {
  /** Symbolic text. */
  readonly text: string;
  /** `file`: an env file of the project sets it. `table`: a well-known variable of every session. */
  readonly from: 'file' | 'table';
  /** Of `table`: false for what may also be unset (`XDG_RUNTIME_DIR`). */
  readonly certain: boolean;
}

/** Variables as far as files and tables tell them. */
export interface VariableScope {
  /** Null: nothing here sets it; the shell may. */
  lookup(name: string): Binding | null;
}

export interface Interpolated {
  /** Symbolic text. */
  readonly text: string;
  readonly assumes: readonly string[];
  /** Variables of the host's environment that flow in, or would if they were set. */
  readonly hostNames: readonly string[];
  /** Variables that an env file of the project settled. */
  readonly fileNames: readonly string[];
  /** Why Compose would refuse it; the text then stands as written. */
  readonly error: string | null;
}

/** Longest result in UTF-16 units: no setting is longer, and repeated variables could make it arbitrary. */
const MAX_RESULT = 131_072;
const MAX_NESTING = 16;

interface State {
  readonly scope: VariableScope;
  readonly assumes: Set<string>;
  readonly hostNames: Set<string>;
  readonly fileNames: Set<string>;
  error: string | null;
  length: number;
}

/** Substitutes in one scalar. Never throws; linear in the text and the result. */
export function interpolate(template: string, scope: VariableScope): Interpolated {
  if (!template.includes('$')) {
    return { text: template, assumes: [], hostNames: [], fileNames: [], error: null };
  }
  const state: State = {
    scope,
    assumes: new Set(),
    hostNames: new Set(),
    fileNames: new Set(),
    error: null,
    length: 0,
  };
  const text = substitute(template, state, 0);
  return {
    text: state.error === null ? text : template,
    assumes: [...state.assumes],
    hostNames: [...state.hostNames],
    fileNames: [...state.fileNames],
    error: state.error,
  };
}

function substitute(template: string, state: State, depth: number): string {
  if (depth > MAX_NESTING) {
    state.error ??= `variables nested deeper than ${MAX_NESTING}`;
    return '';
  }
  const parts: string[] = [];
  let at = 0;
  while (state.error === null) {
    const dollar = template.indexOf('$', at);
    if (dollar < 0) break;
    parts.push(template.slice(at, dollar));
    const { text, end } = substituteOne(template, dollar, state, depth);
    state.length += text.length;
    if (state.length > MAX_RESULT) state.error ??= 'the substituted text is too long';
    parts.push(text);
    at = end;
  }
  parts.push(template.slice(at));
  return parts.join('');
}

interface Substitution {
  readonly text: string;
  /** Offset behind what was substituted. */
  readonly end: number;
}

const NAME = /[_a-z][_a-z0-9]*/iy;

function nameAt(text: string, at: number): string | null {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? null;
}

function substituteOne(template: string, dollar: number, state: State, depth: number): Substitution {
  const next = template[dollar + 1];
  if (next === '$') return { text: '$', end: dollar + 2 };
  if (next !== '{') {
    const name = nameAt(template, dollar + 1);
    if (name === null) return refuse(template, state);
    return { text: textFor(name, state), end: dollar + 1 + name.length };
  }
  const close = closingBrace(template, dollar);
  const name = nameAt(template, dollar + 2);
  if (close < 0 || name === null) return refuse(template, state);
  const rest = template.slice(dollar + 2 + name.length, close);
  if (rest === '') return { text: textFor(name, state), end: close + 1 };
  const operator = /^:?[-?+]/.exec(rest)?.[0];
  if (operator === undefined) return refuse(template, state);
  const operand = rest.slice(operator.length);
  return { text: conditional(name, operator, operand, state, depth), end: close + 1 };
}

function refuse(template: string, state: State): Substitution {
  state.error ??= 'a "$" that is no variable; write "$$" for the character itself';
  return { text: '', end: template.length };
}

/** Only `${` opens a level, so that a default may hold a lone `{`. */
function closingBrace(template: string, dollar: number): number {
  let open = 0;
  for (let at = dollar; at < template.length; at += 1) {
    if (template[at] === '}') {
      open -= 1;
      if (open === 0) return at;
    } else if (template[at] === '$' && template[at + 1] === '{') {
      open += 1;
      at += 1;
    }
  }
  return -1;
}

/** What a variable without an operator stands for. */
function textFor(name: string, state: State): string {
  const binding = state.scope.lookup(name);
  if (binding?.from === 'file') state.fileNames.add(name);
  else state.hostNames.add(name);
  return binding?.text ?? unknownPart(name);
}

function conditional(name: string, operator: string, operand: string, state: State, depth: number): string {
  const binding = state.scope.lookup(name);
  const emptyCounts = operator.startsWith(':');
  const isSet = binding !== null && !(emptyCounts && binding.text === '');
  const kind = operator.at(-1);
  if (binding === null) state.hostNames.add(name);
  if (kind === '?') return isSet ? textFor(name, state) : required(name, binding);
  assume(name, binding, isSet, state);
  if (kind === '+') return isSet ? substitute(operand, state, depth + 1) : '';
  return isSet ? textFor(name, state) : substitute(operand, state, depth + 1);
}

/** Compose stops without it, so whoever runs this has set it. */
function required(name: string, binding: Binding | null): string {
  return binding === null ? unknownPart(name) : '';
}

function assume(name: string, binding: Binding | null, isSet: boolean, state: State): void {
  if (binding === null) state.assumes.add(`$${name} is unset`);
  else if (binding.from === 'table' && !binding.certain) state.assumes.add(`$${name} is set`);
  else if (!isSet) state.fileNames.add(name);
}
