/** Shell patterns, matched by a loop that cannot run away: linear in pattern times text. */

export type PatternUnit =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'any' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly members: readonly (readonly [string, string])[];
    };

/** A pattern, or null for one that is not understood (extended globs, character classes). */
export type Pattern = readonly PatternUnit[] | null;

export function literalPattern(text: string): PatternUnit[] {
  return [...text].map((unit) => ({ kind: 'text', text: unit }));
}

/** Reads pattern text; a backslash quotes the next character. */
export function parsePattern(text: string): Pattern {
  const units: PatternUnit[] = [];
  const characters = [...text];
  for (let at = 0; at < characters.length; at += 1) {
    const unit = characters[at] ?? '';
    if (unit === '*') units.push({ kind: 'any' });
    else if (unit === '?') units.push({ kind: 'one' });
    else if (unit === '[') {
      const close = closingBracket(characters, at);
      if (close === -1) {
        units.push({ kind: 'text', text: unit });
        continue;
      }
      const set = parseSet(characters.slice(at + 1, close));
      if (set === null) return null;
      units.push(set);
      at = close;
    } else if (unit === '\\') {
      at += 1;
      units.push({ kind: 'text', text: characters[at] ?? '\\' });
    } else units.push({ kind: 'text', text: unit });
  }
  return units;
}

/** A `]` directly after `[`, `[!` or `[^` is a member, not the end. */
function closingBracket(characters: readonly string[], open: number): number {
  const negated = characters[open + 1] === '!' || characters[open + 1] === '^';
  return characters.indexOf(']', open + (negated ? 3 : 2));
}

function parseSet(inner: readonly string[]): PatternUnit | null {
  if (inner.includes('[') || inner.includes('\\')) return null;
  const negated = inner[0] === '!' || inner[0] === '^';
  const members: [string, string][] = [];
  for (let at = negated ? 1 : 0; at < inner.length; at += 1) {
    const from = inner[at] ?? '';
    if (inner[at + 1] === '-' && at + 2 < inner.length) {
      members.push([from, inner[at + 2] ?? from]);
      at += 2;
    } else members.push([from, from]);
  }
  return { kind: 'set', negated, members };
}

function matchesOne(unit: PatternUnit, character: string): boolean {
  if (unit.kind === 'text') return unit.text === character;
  if (unit.kind === 'set') {
    return unit.members.some(([from, to]) => character >= from && character <= to) !== unit.negated;
  }
  return true;
}

export function matchesPattern(pattern: readonly PatternUnit[], text: readonly string[]): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const unit = pattern[next];
    if (unit?.kind === 'any') {
      star = next;
      resume = at;
      next += 1;
    } else if (unit !== undefined && matchesOne(unit, text[at] ?? '')) {
      at += 1;
      next += 1;
    } else if (star !== -1) {
      next = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (pattern[next]?.kind === 'any') next += 1;
  return next === pattern.length;
}

/** Longest text on which removal and replacement are carried out; they cost up to its cube. */
const MAX_SUBJECT = 300;

/** What `${x#p}`, `##`, `%`, `%%` leave; null when that is not worked out. */
export function removeMatch(text: string, pattern: readonly PatternUnit[], operator: string): string | null {
  const units = [...text];
  if (units.length > MAX_SUBJECT) return null;
  const front = operator.startsWith('#');
  const lengths = [...units.keys(), units.length];
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    const part = front ? units.slice(0, length) : units.slice(units.length - length);
    if (matchesPattern(pattern, part)) {
      return (front ? units.slice(length) : units.slice(0, units.length - length)).join('');
    }
  }
  return text;
}

/** `${x/p/r}` and its kin; the longest match at the leftmost position is replaced. */
export function replaceMatch(
  text: string,
  pattern: readonly PatternUnit[],
  replacement: string,
  operator: string,
): string | null {
  const units = [...text];
  if (units.length > MAX_SUBJECT) return null;
  if (pattern.length === 0) {
    return operator === '/#' ? replacement + text : operator === '/%' ? text + replacement : text;
  }
  let out = '';
  let at = 0;
  while (at < units.length) {
    const end = operator === '/#' && at > 0 ? -1 : longestMatch(units, at, pattern, operator === '/%');
    if (end <= at) {
      out += units[at] ?? '';
      at += 1;
      continue;
    }
    out += replacement;
    at = end;
    if (operator !== '//') break;
  }
  return out + units.slice(at).join('');
}

function longestMatch(
  units: readonly string[],
  at: number,
  pattern: readonly PatternUnit[],
  toEnd: boolean,
): number {
  for (let end = units.length; end > at; end -= 1) {
    if (matchesPattern(pattern, units.slice(at, end))) return end;
    if (toEnd) return -1;
  }
  return -1;
}
