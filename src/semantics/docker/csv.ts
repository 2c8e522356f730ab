/** One line of comma-separated values, as Go's encoding/csv reads it: the grammar of several flags' values. */
import { UNKNOWN_PART } from '../../model/symbolic.ts';

const UNITS = new RegExp(`${UNKNOWN_PART.source}|[\\s\\S]`, 'g');

/** Commas part fields, but not inside double quotes; `""` in quotes is one quote. Never refuses. */
export function splitCsv(text: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  // What stands in an unknown part is the name of something, and no text of the value.
  const units = text.match(UNITS) ?? [];
  for (let at = 0; at < units.length; at += 1) {
    const unit = units[at] ?? '';
    if (unit === '"' && quoted && units[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (unit === '"') quoted = !quoted;
    else if (unit === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += unit;
  }
  return [...fields, field];
}

/** A quote opens a field or stands in none; what it closes, a comma follows. */
const WELL_FORMED = /^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/;

/** Go's reader takes the line; it refuses a quote in the middle of a field, and a line without any text. */
export function isCsv(text: string): boolean {
  return text !== '' && WELL_FORMED.test(text);
}
