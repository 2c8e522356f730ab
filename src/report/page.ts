/** What every piece of the terminal's output needs: safe text, lines of one width, colours. */
import type { ChalkInstance } from 'chalk';
import { paragraph } from './paragraph.ts';
import { shortened } from './printable.ts';
import type { Redaction } from './redaction.ts';
import type { Detail } from './selection.ts';

export interface TerminalOptions extends Detail {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
  /** Bars are drawn with block characters, or else in ASCII. */
  readonly unicode: boolean;
  /** Also what is subsumed, related places, references, notes on files, and what was left out. */
  readonly verbose: boolean;
  /** One line a finding, and nothing else but what could not be read. */
  readonly quiet: boolean;
}

export interface Page {
  readonly chalk: ChalkInstance;
  readonly redaction: Redaction;
  readonly width: number;
  /** Text of others, masked, escaped, of bounded length. */
  text(text: string): string;
  /** A paragraph at a depth of indentation. What others wrote is to go through `text` first, piece by piece. */
  paragraph(text: string, depth: number): string[];
}

export const INDENT = '  ';
/** More than any message of ours; a file can make names of any length. */
const LONGEST_TEXT = 1_000;

export function createPage(redaction: Redaction, chalk: ChalkInstance, width: number): Page {
  const text = (raw: string): string => shortened(redaction.text(raw), LONGEST_TEXT);
  return {
    chalk,
    redaction,
    width,
    text,
    paragraph(words, depth) {
      const indent = INDENT.repeat(depth);
      return paragraph(words, { width, indent, hanging: `${indent}${INDENT}` });
    },
  };
}
