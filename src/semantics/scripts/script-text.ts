/** Shell texts as other files hold them: pieces of mapped text, put together without losing their places. */
import { type MappedText, mappedBuilder, originalPlace, sliceMapped } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';
import { joinMapped } from '../../syntax/shell.ts';

/** One text that a shell of its own reads. */
export interface ScriptText {
  readonly text: MappedText;
  /** Variables that the file around it sets; symbolic. */
  readonly environment: ReadonlyMap<string, string>;
}

/** What a file holds of shell: its texts in order, and the comments that stand between them. */
export interface ScriptTexts {
  readonly texts: readonly ScriptText[];
  readonly problems: readonly SyntaxProblem[];
  readonly comments: readonly Place[];
}

export const NO_TEXTS: ScriptTexts = { texts: [], problems: [], comments: [] };

/** `text`, all of which stands for one place. */
export function standIn(text: string, place: Place): MappedText {
  const builder = mappedBuilder(place.source);
  builder.replace(text, place.span.start, place.span.end);
  return builder.build();
}

/**
 * Replaces what a pattern finds; `null` leaves a match as it is.
 * @param pattern global, and without a way to run away
 */
export function substituted(
  mapped: MappedText,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => string | null,
): MappedText {
  const parts: MappedText[] = [];
  let at = 0;
  for (const match of mapped.text.matchAll(pattern)) {
    const text = replacement(match);
    if (text === null) continue;
    const end = match.index + match[0].length;
    if (match.index > at) parts.push(sliceMapped(mapped, at, match.index));
    parts.push(standIn(text, originalPlace(mapped, match.index, end)));
    at = end;
  }
  if (parts.length === 0) return mapped;
  if (at < mapped.text.length) parts.push(sliceMapped(mapped, at, mapped.text.length));
  return joinMapped(parts);
}

/** The words of an exec form as a line that a shell reads as just these words. */
export function quotedLine(words: readonly MappedText[]): MappedText | null {
  const parts = words.flatMap((word, index) => {
    const start = originalPlace(word, 0, 0);
    const end = originalPlace(word, word.text.length, word.text.length);
    const open = standIn(index === 0 ? "'" : " '", start);
    return [open, substituted(word, /'/g, () => "'\\''"), standIn("'", end)];
  });
  return parts.length === 0 ? null : joinMapped(parts);
}
