/** nft(8): rulesets as text, in a file or here-document or as the words of a command. */
import { displayText } from '../../model/symbolic.ts';
import type { RestoreLine } from './iptables.ts';
import { clause, type Draft, type Token, valuesIn } from './nft-clauses.ts';
import { ANYTHING, type Family, type Step, type Target } from './rules.ts';

const MAX_TOKENS = 50_000;
const MAX_DEPTH = 16;

/** Braces, commas, semicolons and line ends are tokens of their own; comments are left out. */
function tokensOf(lines: readonly RestoreLine[]): Token[] {
  const tokens: Token[] = [];
  for (const { text, place } of lines) {
    const parts = text.match(/"[^"]*"|#.*$|[{};,]|\\$|[^\s{};,"#]+/g) ?? [];
    for (const part of parts) {
      if (part.startsWith('#')) break;
      if (part !== '\\') tokens.push({ text: part.replace(/^"|"$/g, ''), place });
    }
    if (parts.at(-1) !== '\\') tokens.push({ text: '\n', place });
    if (tokens.length > MAX_TOKENS) break;
  }
  return tokens;
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly steps: Step[];
}

interface Scope {
  readonly family: string;
  readonly table: string;
  readonly chain: string | null;
  readonly depth: number;
}

const OUTSIDE: Scope = { family: 'ip', table: '', chain: null, depth: 0 };

export function nftSteps(lines: readonly RestoreLine[]): Step[] {
  const reader: Reader = { tokens: tokensOf(lines), at: 0, steps: [] };
  if (reader.tokens.length > MAX_TOKENS) {
    const [{ place }] = [reader.tokens[0] as Token];
    return [{ kind: 'unreadable', why: 'the ruleset is too long', place, text: 'nft' }];
  }
  while (reader.at < reader.tokens.length) statement(reader, OUTSIDE);
  return reader.steps;
}

/** A statement up to its end, braces inside it included, and the token at which a block follows it. */
function statement(reader: Reader, scope: Scope): void {
  const words: Token[] = [];
  let depth = 0;
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at] as Token;
    if (depth === 0 && (token.text === ';' || token.text === '\n' || token.text === '}')) break;
    if (token.text === '{' && depth === 0 && opensBlock(words)) {
      reader.at += 1;
      block(reader, words, scope);
      return;
    }
    reader.at += 1;
    if (token.text === '{') depth += 1;
    if (token.text === '}') depth -= 1;
    if (token.text !== '\n') words.push(token);
  }
  if (words.length > 0) finished(reader, words, scope);
  // A brace that closes is the block's, and outside of all blocks nobody's.
  if (scope.depth === 0 || reader.tokens[reader.at]?.text !== '}') reader.at += 1;
}

/** `table inet f {`, `chain output {`, `set allowed {`: everything else in braces is a set of values. */
function opensBlock(words: readonly Token[]): boolean {
  const [verb, second] = words;
  if (/^(?:table|chain|set|map)$/.test(verb?.text ?? '')) return true;
  return /^(?:add|create)$/.test(verb?.text ?? '') && /^(?:table|chain|set|map)$/.test(second?.text ?? '');
}

function block(reader: Reader, head: readonly Token[], outer: Scope): void {
  const words = head.filter(({ text }) => text !== 'add' && text !== 'create');
  const scope = { ...scopeOf(words, outer), depth: outer.depth + 1 };
  const [kind] = words;
  if (kind?.text === 'chain' && scope.chain !== null) declare(reader, kind, scope, false);
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at] as Token;
    if (token.text === '}') {
      reader.at += 1;
      return;
    }
    if (scope.depth > MAX_DEPTH) {
      reader.at = reader.tokens.length;
      return;
    }
    statement(reader, kind?.text === 'set' || kind?.text === 'map' ? { ...scope, chain: null } : scope);
  }
}

const FAMILY = /^(?:ip|ip6|inet|arp|bridge|netdev)$/;

/** `[table|chain|set] [family] [table] [name]`, of which the block around it may have said the first. */
function scopeOf(words: readonly Token[], outer: Scope): Scope {
  const [kind, ...rest] = words.map(({ text }) => text);
  const family = FAMILY.test(rest[0] ?? '') ? (rest.shift() ?? 'ip') : outer.family;
  if (kind === 'table') return { ...outer, family, table: rest[0] ?? '' };
  const inTable = outer.table !== '';
  const table = inTable ? outer.table : (rest.shift() ?? '');
  return { ...outer, family, table, chain: rest[0] ?? null };
}

function keyOf({ family, table }: Scope, name: string): string {
  return `nft ${family} ${table} ${name}`;
}

function familiesOf({ family }: Scope): readonly Family[] {
  if (family === 'inet') return ['ip4', 'ip6'];
  return family === 'ip6' ? ['ip6'] : family === 'ip' ? ['ip4'] : [];
}

function declare(reader: Reader, { place }: Token, scope: Scope, base: boolean): void {
  for (const family of familiesOf(scope)) {
    const chain = `${keyOf(scope, scope.chain ?? '')} ${family}`;
    reader.steps.push({ kind: 'chain', family, chain, base, place, text: `chain ${scope.chain ?? ''}` });
  }
}

function finished(reader: Reader, words: readonly Token[], scope: Scope): void {
  const [first, second] = words;
  if (first === undefined) return;
  const { place } = first;
  const text = displayText(words.map((word) => word.text).join(' '));
  switch (first.text) {
    case 'flush':
    case 'delete':
    case 'destroy':
      flush(reader, words.slice(1), scope);
      return;
    case 'type':
      if (scope.chain !== null) hook(reader, words, scope);
      return;
    case 'policy':
      policy(reader, words, scope);
      return;
    case 'elements':
      members(reader, words.slice(1), scope, setIn(reader, scope));
      return;
    case 'include':
      reader.steps.push({ kind: 'unreadable', why: 'another ruleset is included', place, text });
      return;
    case 'add':
    case 'insert':
    case 'replace':
    case 'create':
      command(reader, words, scope, second?.text ?? '');
      return;
    case 'rule':
    case 'element':
      command(reader, [first, ...words], scope, first.text);
      return;
    case 'define':
    case 'table':
    case 'chain':
    case 'set':
    case 'flags':
    case 'list':
      return;
    default:
      if (scope.chain !== null) rule(reader, words, scope, null);
  }
}

/** The set whose block the statement stands in: the last that was opened. */
function setIn(reader: Reader, scope: Scope): string {
  for (let at = reader.at - 1, depth = 0; at >= 0; at -= 1) {
    const { text } = reader.tokens[at] as Token;
    if (text === '}') depth += 1;
    if (text === '{') depth -= 1;
    if (depth < 0) return keyOf(scope, reader.tokens[at - 1]?.text ?? '');
  }
  return keyOf(scope, '');
}

function flush(reader: Reader, words: readonly Token[], outer: Scope): void {
  const [kind] = words;
  if (kind === undefined || !/^(?:ruleset|table|chain|set)$/.test(kind.text)) return;
  const scope = scopeOf(words, { ...outer, table: outer.table });
  const chains =
    kind.text === 'ruleset' ? 'nft ' : keyOf(scope, kind.text === 'chain' ? (scope.chain ?? '') : '');
  const written = { place: kind.place, text: `${displayText(words.map(({ text }) => text).join(' '))}` };
  if (kind.text === 'set') reader.steps.push({ ...written, kind: 'empty', set: chains });
  else
    for (const family of ['ip4', 'ip6'] as const)
      reader.steps.push({ ...written, kind: 'flush', family, chains });
}

function hook(reader: Reader, words: readonly Token[], scope: Scope): void {
  const values = words.map(({ text }) => text);
  const [first] = words;
  if (first !== undefined && values.includes('filter') && values[values.indexOf('hook') + 1] === 'output')
    declare(reader, first, scope, true);
}

function policy(reader: Reader, words: readonly Token[], scope: Scope): void {
  const [first, verdict] = words;
  if (first === undefined || scope.chain === null) return;
  for (const family of familiesOf(scope)) {
    reader.steps.push({
      kind: 'policy',
      family,
      chain: `${keyOf(scope, scope.chain)} ${family}`,
      verdict: verdict?.text === 'accept' ? 'accept' : 'drop',
      place: first.place,
      text: `policy ${displayText(verdict?.text ?? '')}`,
    });
  }
}

/** `add rule inet f output …`, `add element inet f allowed { … }`. */
function command(reader: Reader, words: readonly Token[], outer: Scope, object: string): void {
  const rest = words.slice(1);
  const scope = scopeOf(rest, outer);
  const family = FAMILY.test(rest[1]?.text ?? '') ? 1 : 0;
  const names = outer.table === '' ? 2 : 1;
  const body = rest.slice(1 + family + names);
  if (object === 'element') members(reader, body, scope, keyOf(scope, scope.chain ?? ''));
  else if (object === 'rule') {
    const numbered = /^(?:position|handle|index)$/.test(body[0]?.text ?? '') ? body.slice(2) : body;
    rule(reader, numbered, scope, words[0]?.text === 'insert' ? 0 : null);
  }
}

function members(reader: Reader, words: readonly Token[], _: Scope, set: string): void {
  const [first] = words;
  if (first === undefined) return;
  const found = valuesIn(words.filter(({ text }) => text !== '='));
  reader.steps.push({ kind: 'member', set, members: found, place: first.place, text: set });
}

function rule(reader: Reader, words: readonly Token[], scope: Scope, at: number | null): void {
  const [first] = words;
  if (first === undefined || scope.chain === null) return;
  const match: Draft = { ...ANYTHING };
  const only: { family: Family | null } = { family: null };
  let target: Target = { kind: 'next' };
  for (let index = 0; index < words.length; ) {
    const found = verdictAt(words, index, scope);
    if (found !== null) {
      target = found;
      break;
    }
    index += clause(match, words, index, (name) => keyOf(scope, name), only);
  }
  for (const family of familiesOf(scope)) {
    if (only.family !== null && only.family !== family) continue;
    reader.steps.push({
      kind: 'rule',
      family,
      chain: `${keyOf(scope, scope.chain)} ${family}`,
      match,
      target: target.kind === 'jump' ? { kind: 'jump', chain: `${target.chain} ${family}` } : target,
      at,
      place: first.place,
      text: displayText(words.map(({ text }) => text).join(' ')),
    });
  }
}

function verdictAt(words: readonly Token[], index: number, scope: Scope): Target | null {
  const text = words[index]?.text ?? '';
  if (text === 'accept' || text === 'drop' || text === 'return') return { kind: text };
  if (text === 'reject') return { kind: 'drop' };
  if (text === 'continue') return { kind: 'next' };
  if (text === 'jump' || text === 'goto')
    return { kind: 'jump', chain: keyOf(scope, words[index + 1]?.text ?? '') };
  return null;
}
