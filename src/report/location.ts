/** Places in the notations of the reports. */
import { type Place, positionAt } from '../source/source.ts';
import { printable } from './printable.ts';

/** Counted from 1, columns in UTF-16 units, the end exclusive. */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface At extends Region {
  readonly file: string;
}

export function regionOf({ source, span }: Place): Region {
  const start = positionAt(source, span.start);
  const end = positionAt(source, span.end);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

export function atOf(place: Place): At {
  return { file: place.source.path, ...regionOf(place) };
}

/** `file:line:column`, as editors and terminals open it. */
export function pointOf({ source, span }: Place): string {
  const { line, column } = positionAt(source, span.start);
  return `${printable(source.path)}:${line}:${column}`;
}

/**
 * A path relative to the working directory as a relative reference (RFC 3986, 4.2): what has a meaning in an
 * address is encoded, a colon too, since it would make the first part a scheme.
 */
export function uriOf(path: string): string {
  const wellFormed = path.replace(/\p{Cs}/gu, '\uFFFD');
  return wellFormed.split('/').map(encodeURIComponent).join('/');
}
