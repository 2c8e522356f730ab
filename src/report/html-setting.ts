/** What the pieces of the HTML report share. */
import type { Place } from '../source/source.ts';
import { type FindingsById, lineOf } from './blast-radius.ts';
import { htmlText } from './markup.ts';
import { printable } from './printable.ts';
import type { Redaction } from './redaction.ts';
import type { Finding, Report } from './report.ts';
import type { FindingsBySandbox, Showing } from './selection.ts';

export interface HtmlSetting {
  readonly report: Report;
  readonly redaction: Redaction;
  readonly byId: FindingsById;
  readonly bySandbox: FindingsBySandbox;
  readonly showing: ReadonlyMap<Finding, Showing>;
  /** Masked and fit to be printed, not yet HTML. */
  readonly clean: (raw: string) => string;
  /** Text of others as HTML. */
  readonly text: (raw: string) => string;
  /** The same, with what stands between backticks as code. */
  readonly prose: (raw: string) => string;
}

export function atHtml(place: Place): string {
  return `<span class="at">${htmlText(printable(lineOf(place)))}</span>`;
}
