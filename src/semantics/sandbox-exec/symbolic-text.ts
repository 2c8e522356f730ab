/** Text of a profile in which some parts are known by their names alone, on its way to the text that macOS reads. */
import { HOME_SYMBOL, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { type MappedText, mappedBuilder, originalPlace, sliceMapped } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { type AssumedPlaces, assumedParameter } from '../seatbelt/parameters.ts';

/** A symbolic text as macOS would see it, and the names in it that stand for something unknown. */
export interface ConcreteText {
  readonly text: string;
  readonly unknown: readonly string[];
}

/** Below here stands what no file of the project tells; no table of assets names it. */
const NOWHERE = '/private/var/not-known';

const MARKS = new RegExp(`${HOME_SYMBOL}|${WORKSPACE_SYMBOL}|\uFDD2([^\uFDD3]*)\uFDD3`, 'g');

export function concreteText(symbolic: string, places: AssumedPlaces): ConcreteText {
  const unknown: string[] = [];
  const text = symbolic.replace(MARKS, (mark, name: string | undefined, at: number) =>
    concreteMark(mark, name, { before: symbolic[at - 1], places, unknown }),
  );
  return { text, unknown };
}

interface Surroundings {
  /** The unit in front of the mark. */
  readonly before: string | undefined;
  readonly places: AssumedPlaces;
  readonly unknown: string[];
}

/** An unknown value that begins a text is a path of its own; one that continues a text is a name in it. */
function concreteMark(mark: string, name: string | undefined, around: Surroundings): string {
  const { places, before, unknown } = around;
  if (mark === HOME_SYMBOL) return places.home;
  if (mark === WORKSPACE_SYMBOL) return places.workspace;
  const assumed = assumedParameter(name ?? '', places);
  if (assumed !== null) return assumed.text;
  unknown.push(name ?? '');
  const plain = (name ?? '').replace(/\W+/g, '-');
  return before === undefined || /["\s()]/.test(before) ? `${NOWHERE}/${plain}` : plain;
}

/**
 * A text without marks, and the names of what is unknown in it.
 * @param behind the last unit of the text in front of it
 */
export function concreted(
  text: MappedText,
  places: AssumedPlaces,
  behind?: string,
): { readonly text: MappedText; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const parts: MappedText[] = [];
  let from = 0;
  for (const match of text.text.matchAll(MARKS)) {
    const [mark, name] = match;
    const at = match.index;
    if (at > from) parts.push(sliceMapped(text, from, at));
    const before = at === 0 ? behind : text.text[at - 1];
    from = at + mark.length;
    const { span } = originalPlace(text, at, from);
    const builder = mappedBuilder(text.source);
    builder.replace(concreteMark(mark, name, { before, places, unknown }), span.start, span.end);
    parts.push(builder.build());
  }
  if (parts.length === 0) return { text, unknown };
  if (from < text.text.length) parts.push(sliceMapped(text, from, text.text.length));
  return { text: joinMapped(parts), unknown };
}

/** A part of a profile between its strings: text, or a value of which nothing is known and that may be any rule. */
export type Stretch =
  | { readonly kind: 'text'; readonly text: MappedText }
  | { readonly kind: 'unknown'; readonly name: string; readonly place: Place };

export interface Stretches {
  readonly list: readonly Stretch[];
  /** Whether the text ends inside a string. */
  readonly inString: boolean;
}

const UNKNOWN = /\uFDD2([^\uFDD3]*)\uFDD3/y;

/** Inside a string an unknown value is a path of its own; between rules it may be any rule. */
export function stretchesOf(mapped: MappedText, beginsInString: boolean): Stretches {
  const { text } = mapped;
  const found: Stretch[] = [];
  let from = 0;
  let inString = beginsInString;
  const add = (to: number): void => {
    if (to > from) found.push({ kind: 'text', text: sliceMapped(mapped, from, to) });
  };
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at];
    if (unit === '\\') at += 1;
    else if (unit === '"') inString = !inString;
    else if (unit === ';' && !inString) {
      const line = text.indexOf('\n', at);
      at = line === -1 ? text.length : line;
    } else if (unit === '\uFDD2') {
      UNKNOWN.lastIndex = at;
      const [mark, name = ''] = UNKNOWN.exec(text) ?? [unit];
      if (!inString) {
        add(at);
        found.push({ kind: 'unknown', name, place: originalPlace(mapped, at, at + mark.length) });
        from = at + mark.length;
      }
      at += mark.length - 1;
    }
  }
  add(text.length);
  return { list: found, inString };
}
