/**
 * Text of others in HTML and in Markdown that becomes HTML: it stays text. What comes in was made fit to be
 * printed before, so that it is one line without control characters.
 */

const HTML_ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** For the content of elements and for quoted values of attributes. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES.get(character) ?? '');
}

/** HTML in which what stands between backticks is set as code. */
export function htmlProse(text: string): string {
  return prose(text, htmlText);
}

/** What has a meaning anywhere in a line of GitHub's Markdown (https://github.github.com/gfm/), mathematics included. */
const MARKDOWN = /[&<>"'`*_{}[\]()#!|~\\$@^]/g;

/**
 * Numeric references are never markup (CommonMark 0.31, 6.2), so that no emphasis, link, image, table cell or
 * HTML comes of it. Mentions and references to issues are made from the finished text: a space of no width
 * parts `@` and `#` from what follows. Addresses are linked where they stand literally (GFM, 6.9): the colon and
 * the dot that they need are references too.
 */
export function markdownText(text: string): string {
  return text
    .replace(MARKDOWN, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(&#(?:64|35);)(?=[\w-])/g, '$1&#8203;')
    .replace(/\b(GH)-(?=\d)/gi, '$1&#45;')
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/\b(www)\./gi, '$1&#46;');
}

/** Markdown in which what stands between backticks is set as code; mentions are no mentions in there. */
export function markdownProse(text: string): string {
  return prose(text, markdownText);
}

/** A backtick without a partner is a character like any other. */
function prose(text: string, escaped: (text: string) => string): string {
  const pieces = text.split('`');
  const paired = pieces.length % 2 === 1 ? pieces.length : pieces.length - 1;
  let result = '';
  for (const [index, piece] of pieces.entries()) {
    if (index >= paired) result += `${escaped('`')}${escaped(piece)}`;
    else result += index % 2 === 1 ? `<code>${escaped(piece)}</code>` : escaped(piece);
  }
  return result;
}
