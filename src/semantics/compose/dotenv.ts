/**
 * Env files as Compose reads them (compose-go dotenv/parser.go): `KEY=value`, `KEY: value`, `export`, quotes
 * over several lines, comments, variables in unquoted and double-quoted values. `raw` files, and those of
 * `docker run --env-file`, know neither quotes nor variables.
 */
import { PATH_VARIABLES } from '../../model/host-path.ts';
import { soleUnknown, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import type { Place, Source } from '../../source/source.ts';
import { type Binding, interpolate, type VariableScope } from './interpolation.ts';

export interface EnvEntry {
  readonly name: string;
  /** Symbolic text; null: a name alone, taken from the environment of whoever runs it. */
  readonly value: string | null;
  readonly hostNames: readonly string[];
  /** The name, never the value: places are shown. */
  readonly place: Place;
}

const MAX_ENTRIES = 10_000;
const ASSIGNMENT = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:([=:])[ \t]*)?/y;

/** The entries of an env file in order. Never throws; what is no entry is passed over. */
export function readEnvFile(source: Source, outer: VariableScope, format: 'compose' | 'raw'): EnvEntry[] {
  const entries: EnvEntry[] = [];
  const known = new Map<string, Binding>();
  const scope: VariableScope = { lookup: (name) => known.get(name) ?? outer.lookup(name) };
  const { text } = source;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length && entries.length < MAX_ENTRIES) {
    ASSIGNMENT.lastIndex = at;
    const match = ASSIGNMENT.exec(text);
    const name = match?.[1];
    const from = at + (match?.[0].length ?? 0);
    if (match === null || name === undefined) {
      at = lineEnd(text, at) + 1;
      continue;
    }
    const start = at + match[0].indexOf(name, match[0].trimStart().startsWith('export ') ? 7 : 0);
    const place: Place = { source, span: { start, end: start + name.length } };
    const raw = match[2] === undefined ? null : readValue(text, from, format);
    at = lineEnd(text, raw?.end ?? from) + 1;
    if (raw === null) {
      entries.push({ name, value: null, hostNames: [name], place });
      continue;
    }
    const { text: value, hostNames } = raw.expands
      ? interpolate(raw.text, scope)
      : { text: raw.text, hostNames: [] };
    known.set(name, { text: value, from: 'file', certain: true });
    entries.push({ name, value, hostNames, place });
  }
  return entries;
}

interface RawValue {
  readonly text: string;
  readonly end: number;
  readonly expands: boolean;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function readValue(text: string, at: number, format: 'compose' | 'raw'): RawValue {
  const end = lineEnd(text, at);
  if (format === 'raw') return { text: text.slice(at, end).replace(/\r$/, ''), end, expands: false };
  const quote = text[at];
  if (quote === '"' || quote === "'") {
    const close = closingQuote(text, at, quote);
    if (close > 0) {
      const inner = text.slice(at + 1, close);
      const decoded = quote === '"' ? inner.replace(/\\(["\\nrt])/g, unescaped) : inner;
      return { text: decoded, end: close + 1, expands: quote === '"' };
    }
  }
  const line = text.slice(at, end);
  const comment = /(?:^|[ \t])#/.exec(line);
  return { text: (comment === null ? line : line.slice(0, comment.index)).trim(), end, expands: true };
}

function closingQuote(text: string, open: number, quote: string): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescaped(_: string, letter: string): string {
  const control: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return control[letter] ?? letter;
}

/**
 * Variables that every session has: Compose lets the process's environment win over `.env` (compose-go
 * cli/options.go, WithOsEnv), so these are never taken from a file.
 * @param directory that Compose is started in, relative to the project's root
 */
function sessionBinding(name: string, directory: string): Binding | null {
  if (name === 'PWD') {
    const text = directory === '' ? WORKSPACE_SYMBOL : `${WORKSPACE_SYMBOL}/${directory}`;
    return { text, from: 'table', certain: true };
  }
  if (name !== 'HOME' && name !== 'USERPROFILE') return null;
  return { text: PATH_VARIABLES.get(name) ?? '', from: 'table', certain: name === 'HOME' };
}

/**
 * What is known of the variables at one project directory. Later entries win over earlier ones, all of them
 * over what tables say a session usually has, and the session's own HOME and PWD over everything.
 * @param directory that Compose is started in, relative to the project's root
 * @param outer scope of the project that includes this one, or of the shell that starts Compose; it wins
 */
export function variableScope(
  directory: string,
  entries: readonly EnvEntry[],
  outer: VariableScope | null,
): VariableScope {
  const files = new Map<string, string>();
  for (const { name, value } of entries) if (value !== null) files.set(name, value);
  return {
    lookup(name) {
      const session = sessionBinding(name, directory);
      if (session !== null) return session;
      const inherited = outer?.lookup(name) ?? null;
      if (inherited?.from === 'file') return inherited;
      const text = files.get(name);
      if (text !== undefined) return { text, from: 'file', certain: true };
      const usual = PATH_VARIABLES.get(name);
      return usual === undefined ? null : { text: usual, from: 'table', certain: false };
    },
  };
}

/**
 * Variables that the script which starts Compose has set.
 * @param values symbolic texts; one that is nothing but its own unknown name says no more than no entry
 */
export function shellScope(values: ReadonlyMap<string, string>): VariableScope {
  return {
    lookup(name) {
      const text = values.get(name);
      return text === undefined || soleUnknown(text) === name ? null : { text, from: 'file', certain: true };
    },
  };
}
