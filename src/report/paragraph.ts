/** Width of text on a terminal, and lines of at most a width. */

/** `Intl.Segmenter` takes quadratic time on long text that is not Latin: longer words are measured up to here. */
const LONGEST_MEASURED = 500;

const WIDE =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Extended_Pictographic}\uFE0F/u;
const ASCII = /^[ -~]*$/;

let segmenter: Intl.Segmenter | undefined;

/** What is seen as one character each. The text is to be short. */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns that a text takes, as terminals commonly show it (Unicode TR 11). */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  const rest = Math.max(0, text.length - LONGEST_MEASURED);
  return rest + graphemes(text.slice(0, LONGEST_MEASURED)).reduce((sum, one) => sum + graphemeWidth(one), 0);
}

export function graphemeWidth(grapheme: string): number {
  if (ASCII.test(grapheme)) return grapheme.length;
  if (/^\p{M}+$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** At most `width` columns; what is cut is marked. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let result = '';
  let used = 1;
  for (const grapheme of graphemes(text.slice(0, LONGEST_MEASURED))) {
    used += graphemeWidth(grapheme);
    if (used > width) break;
    result += grapheme;
  }
  return `${result.trimEnd()}…`;
}

export interface Layout {
  /** Columns in all. */
  readonly width: number;
  /** Put before the first line; `hanging` before the others. */
  readonly indent: string;
  readonly hanging?: string;
}

/** Breaks at spaces alone: a path or address stays whole, to be copied. */
export function paragraph(text: string, { width, indent, hanging = indent }: Layout): string[] {
  const lines: string[] = [];
  let line = indent;
  let used = displayWidth(indent);
  let empty = true;
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const needed = displayWidth(word);
    if (!empty && used + 1 + needed > width) {
      lines.push(line);
      line = hanging;
      used = displayWidth(hanging);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    used += needed + (empty ? 0 : 1);
    empty = false;
  }
  lines.push(line);
  return lines;
}
