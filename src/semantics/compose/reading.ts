/** Reads settings of one service: substituted, located, and with a note of whatever stays unknown. */
import type { HiddenId } from '../../knowledge/hidden.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { explicit, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import {
  entriesOf,
  entryOf,
  entryPlace,
  keyPlace,
  type MappingEntry,
  type Node,
  placeOf,
} from '../../syntax/node.ts';
import type { LocatedText } from '../docker/spec.ts';
import { interpolate } from './interpolation.ts';
import { scopeOf } from './loading.ts';
import { isNull, isReset } from './merge.ts';
import type { ComposeProject } from './project.ts';

/** One service while it is read. */
export interface Reading {
  readonly compose: ComposeProject;
  readonly name: string;
  readonly entry: MappingEntry;
  /** The service's key. */
  readonly anchor: Place;
  readonly unresolved: Unresolved[];
}

/** A scalar after substitution. */
export interface Text {
  /** Symbolic. */
  readonly text: string;
  readonly origin: Origin;
  readonly assumes: readonly string[];
  readonly hostNames: readonly string[];
  readonly fileNames: readonly string[];
}

export function startReading(compose: ComposeProject, entry: MappingEntry): Reading {
  return { compose, name: entry.key, entry, anchor: keyPlace(entry), unresolved: [] };
}

/** The entry under a key; what is null or `!reset` counts as not written. */
export function field(node: Node | undefined, key: string): MappingEntry | undefined {
  const entry = entryOf(node, key);
  return entry === undefined || isNull(entry.value) || isReset(entry.value) ? undefined : entry;
}

export function fieldAt(node: Node | undefined, ...keys: readonly string[]): MappingEntry | undefined {
  let entry: MappingEntry | undefined;
  let at = node;
  for (const key of keys) {
    entry = field(at, key);
    at = entry?.value;
  }
  return entry;
}

/** An explicit origin; what stands outside the service (an anchor, a base) names the service as its user. */
export function originAt(reading: Reading, place: Place): Origin {
  const { source, span } = reading.entry.value;
  const inside = place.source === source && place.span.start >= span.start && place.span.end <= span.end;
  return explicit(place, inside ? [] : [reading.anchor]);
}

/** Substitutes in a scalar. Null for collections and null. */
export function readText(reading: Reading, node: Node | undefined, place?: Place): Text | null {
  if (node?.kind !== 'scalar' || node.value === null || isReset(node)) return null;
  const { loading } = reading.compose;
  const result = interpolate(node.text, scopeOf(loading, node.source).variables);
  if (result.error !== null) {
    const message = `${result.error}; Compose refuses the file`;
    const at = placeOf(node);
    const told = loading.diagnostics.some((one) => one.place.span === node.span);
    if (!told && loading.diagnostics.length < 100)
      loading.diagnostics.push({ severity: 'error', message, place: at });
  }
  return { ...result, origin: originAt(reading, place ?? placeOf(node)) };
}

/** The text under a key, located at key and value together. */
export function readField(reading: Reading, entry: MappingEntry | undefined): Text | null {
  return entry === undefined ? null : readText(reading, entry.value, entryPlace(entry));
}

/** Notes an unknown part of a text, one entry for each cause; passes the text on. */
export function noteUnknown<T extends Pick<Text, 'text' | 'origin'>>(
  reading: Reading,
  text: T,
  mayHide: HiddenId,
  kind: Unresolved['kind'] = 'text',
): T {
  if (isResolved(text.text)) return text;
  const names = unknownNames(text.text);
  const verb = names.length === 1 ? 'is' : 'are';
  reading.unresolved.push({
    what: displayText(text.text),
    why: `${names.map((name) => `$${name}`).join(', ')} ${verb} not set in any scanned file`,
    names,
    mayHide,
    origin: text.origin,
    kind,
  });
  return text;
}

/** A text whose unknown parts stay in it as symbols. */
export function symbolicValue(text: Text): Value<string> {
  return known(text.text, text.origin, text.assumes);
}

/** A text that must be wholly known to mean anything. */
export function stringValue(reading: Reading, text: Text, mayHide: HiddenId): Value<string> {
  if (isResolved(text.text)) return symbolicValue(text);
  noteUnknown(reading, text, mayHide);
  return unknownValue(text);
}

export function unknownValue(text: Text): ReturnType<typeof unknown> {
  const names = unknownNames(text.text);
  const why = `${names.map((name) => `$${name}`).join(', ')} is not set in any scanned file`;
  return unknown(displayText(text.text), why, names, text.origin);
}

/** Words that Compose casts to booleans (compose-go loader/interpolate.go, toBoolean). */
const TRUE = /^(?:true|t|1|yes|y|on)$/i;

/** A boolean, also quoted or substituted. Null: not written. */
export function readBoolean(
  reading: Reading,
  entry: MappingEntry | undefined,
  mayHide: HiddenId,
): Value<boolean> | null {
  const text = readField(reading, entry);
  if (text === null) return null;
  if (!isResolved(text.text)) {
    noteUnknown(reading, text, mayHide);
    return unknownValue(text);
  }
  return known(TRUE.test(text.text.trim()), text.origin, text.assumes);
}

/** A text or a list of texts, each at its own place. Budgeted: hostile aliases make lists without end. */
export function readList(reading: Reading, entry: MappingEntry | undefined): Text[] {
  if (entry === undefined) return [];
  if (entry.value.kind === 'scalar') {
    const text = readField(reading, entry);
    return text === null ? [] : [text];
  }
  return listItems(reading, entry.value).flatMap((node) => readText(reading, node) ?? []);
}

/** Items of a list that may be looked at; past the project's budget none. */
export function listItems(reading: Reading, node: Node | undefined): readonly Node[] {
  if (node?.kind !== 'sequence') return [];
  return allowed(reading, node.items);
}

/** Entries of a mapping that may be looked at; past the project's budget none. */
export function mappingEntries(reading: Reading, node: Node | undefined): readonly MappingEntry[] {
  return node === undefined ? [] : allowed(reading, entriesOf(node));
}

function allowed<T>(reading: Reading, items: readonly T[]): readonly T[] {
  const { compose, anchor } = reading;
  if (compose.items.left >= items.length) {
    compose.items.left -= items.length;
    return items;
  }
  const rest = items.slice(0, Math.max(0, compose.items.left));
  if (compose.items.left >= 0) {
    const message = 'the services hold too many settings; the rest was not read';
    compose.loading.diagnostics.push({ severity: 'limit', message, place: anchor });
  }
  compose.items.left = -1;
  return rest;
}

/** Texts of a list with a note for each unknown one. */
export function locatedList(
  reading: Reading,
  entry: MappingEntry | undefined,
  mayHide: HiddenId,
): LocatedText[] {
  return readList(reading, entry).map((text) => {
    noteUnknown(reading, text, mayHide);
    return { text: text.text, origin: text.origin };
  });
}

/** One `name: value` of settings that may be written as mapping or as list of `name=value`. */
export interface Pair {
  readonly name: string;
  /** Null: a name without value. */
  readonly value: Text | null;
  /** Of the whole pair. */
  readonly origin: Origin;
}

/** Pairs in order, of repeated names the last alone. */
export function readPairs(reading: Reading, entry: MappingEntry | undefined, separator = /=/): Pair[] {
  const pairs = new Map<string, Pair>();
  const put = (pair: Pair): void => {
    pairs.delete(pair.name);
    pairs.set(pair.name, pair);
  };
  const mapping = (node: Node): void => {
    for (const one of mappingEntries(reading, node)) {
      if (isReset(one.value)) continue;
      const place = entryPlace(one);
      const value = readText(reading, one.value, place);
      put({ name: one.key, value, origin: originAt(reading, place) });
    }
  };
  if (entry?.value.kind === 'mapping') mapping(entry.value);
  for (const node of listItems(reading, entry?.value)) {
    if (node.kind === 'mapping') mapping(node);
    const text = readText(reading, node);
    if (text !== null) put(splitPair(text, separator));
  }
  return [...pairs.values()];
}

function splitPair(text: Text, separator: RegExp): Pair {
  const at = text.text.search(separator);
  if (at < 0) return { name: text.text.trim(), value: null, origin: text.origin };
  const name = text.text.slice(0, at).trim();
  return { name, value: { ...text, text: text.text.slice(at + 1) }, origin: text.origin };
}
