/** Keeps secrets out of everything that is printed: the lines of files and the words about them. */
import { isPlaceholder, secretSpans } from '../knowledge/secrets.ts';
import type { Place, Source, Span } from '../source/source.ts';
import { printable } from './printable.ts';

export const MASK = '•••';

export interface Redaction {
  /** A message: secrets masked, then fit to be printed. */
  text(text: string): string;
  /** Secrets masked, the rest exact: for names in formats that escape by themselves. */
  name(text: string): string;
  /** True when `text` would show a secret. */
  reveals(text: string): boolean;
  /** What of a file must not be shown, in order and apart from each other. */
  spans(source: Source): readonly Span[];
}

/** Shorter ones would be found inside ordinary words. */
const SHORTEST_KNOWN = 4;

/** @param secrets places of literal values: never shown, whatever they hold */
export function redactionOf(secrets: readonly Place[]): Redaction {
  const own = groupByPath(secrets);
  const found = new Map<string, readonly Span[]>();
  const byShape = (source: Source): readonly Span[] => {
    const seen = found.get(source.path);
    if (seen !== undefined) return seen;
    const spans = secretSpans(source.text);
    found.set(source.path, spans);
    return spans;
  };
  // Rules say the same words again and again.
  const inText = new Map<string, readonly Span[]>();
  let known: KnownSecrets | undefined;
  const spansInText = (text: string): readonly Span[] => {
    const seen = inText.get(text);
    if (seen !== undefined) return seen;
    known ??= knownSecrets(secrets, byShape);
    const spans = merged([...secretSpans(text), ...occurrences(text, known)]);
    inText.set(text, spans);
    return spans;
  };
  return {
    text: (text) => printable(masked(text, spansInText(text))),
    name: (text) => masked(text, spansInText(text)),
    reveals: (text) => spansInText(text).length > 0,
    spans: (source) =>
      merged([...(own.get(source.path) ?? []).map((place) => place.span), ...byShape(source)]),
  };
}

function groupByPath(places: readonly Place[]): Map<string, Place[]> {
  const groups = new Map<string, Place[]>();
  for (const place of places) {
    const group = groups.get(place.source.path);
    if (group === undefined) groups.set(place.source.path, [place]);
    else group.push(place);
  }
  return groups;
}

/** Texts of real secrets by their first characters, so that looking for them all is one pass. */
type KnownSecrets = ReadonlyMap<string, readonly string[]>;

/**
 * The values whose name or shape says secret. A message may repeat one without its name; `NODE_ENV=test`
 * in contrast must not blacken every "test".
 */
function knownSecrets(secrets: readonly Place[], byShape: (source: Source) => readonly Span[]): KnownSecrets {
  const known = new Map<string, string[]>();
  for (const { source, span } of secrets) {
    for (const one of byShape(source)) {
      const start = Math.max(one.start, span.start);
      const end = Math.min(one.end, span.end);
      if (end <= start) continue;
      const text = source.text.slice(start, end).replace(/^["']|["']$/g, '');
      // A password that is the project's own name is no news in a message that names its files.
      if (text.length < SHORTEST_KNOWN || isPlaceholder(text) || source.path.includes(text)) continue;
      const key = text.slice(0, SHORTEST_KNOWN);
      const list = known.get(key);
      if (list === undefined) known.set(key, [text]);
      else if (!list.includes(text)) list.push(text);
    }
  }
  return known;
}

function occurrences(text: string, known: KnownSecrets): Span[] {
  if (known.size === 0) return [];
  const spans: Span[] = [];
  for (let at = 0; at + SHORTEST_KNOWN <= text.length; at += 1) {
    for (const secret of known.get(text.slice(at, at + SHORTEST_KNOWN)) ?? []) {
      if (text.startsWith(secret, at)) spans.push({ start: at, end: at + secret.length });
    }
  }
  return spans;
}

function masked(text: string, spans: readonly Span[]): string {
  let result = '';
  let from = 0;
  for (const { start, end } of spans) {
    result += text.slice(from, start) + MASK;
    from = end;
  }
  return result + text.slice(from);
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && span.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else result.push(span);
  }
  return result;
}
