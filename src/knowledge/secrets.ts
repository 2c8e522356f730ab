/**
 * Secrets in environments and text, by name and by shape. Everything is linear in the length of what it is
 * given, whatever that is.
 */
import { isPlaceholder } from './placeholders.ts';
import { isSecretAddress, isSecretName } from './secret-names.ts';
import { type Span, tokenSpans, urlPassword } from './token-shapes.ts';

export { isPlaceholder } from './placeholders.ts';
export {
  isSecretAddress,
  isSecretName,
  MODEL_KEYS,
  type ModelKey,
  modelKeyOf,
  type SecretClass,
  secretClass,
} from './secret-names.ts';
export { looksLikeToken, type Span, TOKEN_SHAPES, tokenSpans, urlPassword } from './token-shapes.ts';

/** `secret`: a real one. `placeholder`: one that everybody knows. Null: none. */
export type LiteralVerdict = 'secret' | 'placeholder' | null;

/** References to where a secret lies, by the tools that resolve them. */
const INDIRECT = /^(?:op|vault|awssm|aws-sm|gcp-sm|akv|keyring|secretsmanager|ssm|file|env):|^ENC\[|^enc:/i;

/** Roots of directories that a value beginning with `/` can be taken to lie in. */
const PATH_VALUE =
  /^(?:~|\.{1,2}|\/(?:run|etc|var|home|root|Users|app|workspace|opt|tmp|usr|mnt|secrets?|data|srv|certs?))\//;

/**
 * Is a variable with this literal value a secret? The name tells, or the shape of the value under any name;
 * an address counts by the password in it.
 */
export function judgeLiteral(name: string, value: string): LiteralVerdict {
  const password = urlPassword(value);
  if (password !== null) {
    return isPlaceholder(value.slice(password.start, password.end)) ? 'placeholder' : 'secret';
  }
  if (tokenSpans(value).length > 0) return 'secret';
  if (isSecretAddress(name) || !isSecretName(name)) return null;
  const text = value.trim();
  if (text === '' || isSwitch(text) || INDIRECT.test(text) || PATH_VALUE.test(text)) return null;
  return isPlaceholder(text) || echoes(name, text) ? 'placeholder' : 'secret';
}

/** `ACME_PASSWORD=acme`: the password is the name of what it opens. */
function echoes(name: string, text: string): boolean {
  return name.toLowerCase().split(/[_.-]/).includes(text.toLowerCase());
}

/** A number or truth value under a secret's name is a setting. */
function isSwitch(text: string): boolean {
  return /^(?:true|false|yes|no|on|off|null|none|\d{1,4})$/i.test(text);
}

/** A name, then what separates it from a value; bounded, so that a long word costs no more than its length. */
const ASSIGNMENT =
  /(-{0,2})([A-Za-z_][\w.-]{0,150})(["']?[ \t]{0,20}(?::=|\?=|=>|!=|={1,3}~?|:)[ \t]{0,20}|[ \t]{1,20})/g;
/** `${NAME:-default}`, `${NAME=default}` (Shell Command Language, 2.6.2); `+` and `?` bring no value of its own. */
const DEFAULT = /\$\{!?([A-Za-z_]\w{0,150}):?[-=]/g;
const LONGEST_DEFAULT = 4_096;
const BEARER = /\b(?:Bearer|Basic|token)[ \t]{1,4}(?=[\w+/.~=-]{8})/gi;
const AUTHORIZATION = /^(?:proxy-)?authorization$|^x-api-key$|^x-auth-token$|^private-token$/i;

/**
 * Parts of a text that must not be printed: tokens by shape, passwords in addresses, and the values of
 * names and flags that say secret. Rather too much than too little. In order, apart from each other.
 */
export function secretSpans(text: string): readonly Span[] {
  return merged([
    ...tokenSpans(text),
    ...addressSpans(text),
    ...assignmentSpans(text),
    ...defaultSpans(text),
    ...bearerSpans(text),
  ]);
}

/** What stands in for a secret that is not set: it is one itself, unless it is empty or names another variable. */
function defaultSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(DEFAULT)) {
    if (!isSecretName(match[1] ?? '')) continue;
    const start = match.index + match[0].length;
    const end = expansionEnd(text, start);
    if (end > start && !isReference(text.slice(start, end))) spans.push({ start, end });
  }
  return spans;
}

/** The closing brace of an expansion; without one it goes on to the end of the line. */
function expansionEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_DEFAULT);
  let open = 1;
  for (let at = start; at < limit; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '{') open += 1;
    else if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  const line = text.indexOf('\n', start);
  return line === -1 ? text.length : line;
}

function addressSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (let from = 0; ; ) {
    const span = urlPassword(text, from);
    if (span === null) return spans;
    spans.push(span);
    from = span.end;
  }
}

function assignmentSpans(text: string): Span[] {
  const spans: Span[] = [];
  const pattern = new RegExp(ASSIGNMENT);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, dashes = '', name = '', between = ''] = match;
    const spaced = between.trim() === '';
    if (spaced && dashes !== '--') continue;
    const start = match.index + whole.length;
    if (isPathBefore(text, match.index, between) || isExpansion(text, match.index, between)) {
      pattern.lastIndex = start;
      continue;
    }
    if (!isSecretName(name) && !AUTHORIZATION.test(name)) continue;
    if (between === ':' && isMountTarget(text, start)) continue;
    const end = valueEnd(text, start, between.includes(':') && !between.includes('='));
    const value = text.slice(start, end);
    if (end > start && !isReference(value) && !/^(?:""|'')$/.test(value)) spans.push({ start, end });
    pattern.lastIndex = Math.max(end, start);
  }
  return spans;
}

/** `~/.config/credentials.json:/target` is a mount: what stands before its colon is a path and no name. */
function isPathBefore(text: string, at: number, between: string): boolean {
  return between === ':' && at > 0 && /[/\\.]/.test(text[at - 1] ?? '');
}

/**
 * `${TOKEN:-}` is told by itself, and in `$KEYS:/keys` the colon parts a mount. A script of another language may
 * well write `$token = "…"`.
 */
function isExpansion(text: string, at: number, between: string): boolean {
  if (text[at - 1] === '{' && /\$\{$/.test(text.slice(Math.max(0, at - 2), at))) return true;
  return text[at - 1] === '$' && between.startsWith(':') && !between.includes('=');
}

/** `api-token:/etc/token:ro`: a volume or file by its name, and where it is put. */
function isMountTarget(text: string, start: number): boolean {
  const target = /^\/[\w./-]{0,400}/.exec(text.slice(start, start + 401))?.[0] ?? '';
  return (
    PATH_VALUE.test(target) ||
    /^:(?:ro|rw|z|Z)\b/.test(text.slice(start + target.length, start + target.length + 4))
  );
}

/** `$TOKEN`, `${TOKEN:?}` name a secret and do not tell it. A default in one does. */
function isReference(value: string): boolean {
  return /^["']?\$(?:\w{1,150}|\{\w{1,150}(?::?\?[^}]{0,200})?\}|\{\{[^}]{0,200}\}\})["']?$/.test(value);
}

/** A value ends at its closing quote, else at white space, or, after a colon as in YAML, with the line. */
function valueEnd(text: string, start: number, wholeLine: boolean): number {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === quote) return at + 1;
    }
  }
  const unclosed = quote === '"' || quote === "'" ? start + 1 : start;
  const stop = wholeLine ? /[\n\r]| #|$/g : /[\s"'`;|&)]|$/g;
  stop.lastIndex = unclosed;
  return stop.exec(text)?.index ?? text.length;
}

function bearerSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(BEARER)) {
    const start = match.index + match[0].length;
    const stop = /[^\w+/.~=-]|$/g;
    stop.lastIndex = start;
    const end = stop.exec(text)?.index ?? text.length;
    // "token authentication" is prose: a credential has a digit in it.
    if (/\d/.test(text.slice(start, end))) spans.push({ start, end });
  }
  return spans;
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last !== undefined && span.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else result.push(span);
  }
  return result;
}
