/** The text of a unit file: sections of `Name=value` lines (systemd.syntax(7)). */
import { explicit } from '../../model/value.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { MAX_TEXT } from '../../syntax/limits.ts';
import type { ProcessOption } from '../process/option-words.ts';

export interface UnitText {
  /** Lines of `[Service]`, in order. */
  readonly service: readonly ProcessOption[];
  /** Those of `[Install]`. */
  readonly install: readonly ProcessOption[];
  /** The heading of that section. */
  readonly heading: { readonly start: number; readonly end: number } | null;
}

const MAX_LINES = 20_000;

/** Never throws; what is no line of a unit is passed over, as systemd does. */
export function readUnit(source: Source): UnitText {
  const sections: Readonly<Record<string, ProcessOption[]>> = { Service: [], Install: [] };
  const { Service: service = [], Install: install = [] } = sections;
  let heading: UnitText['heading'] = null;
  let lines: ProcessOption[] | undefined;
  for (const { text, start, end } of unitLines(source)) {
    const section = /^\s*\[(\w[\w-]*)\]$/.exec(text)?.[1];
    if (section !== undefined) {
      lines = Object.hasOwn(sections, section) ? sections[section] : undefined;
      if (lines === service) heading ??= { start, end: start + text.length };
      continue;
    }
    const setting = settingOf(text);
    if (setting === null) continue;
    const written = source.text.slice(start, end);
    const from = start + (written.length - written.trimStart().length);
    const place = placeAt(source, from, start + written.trimEnd().length);
    lines?.push({ ...setting, origin: explicit(place), when: [], text: text.trim() });
  }
  return { service, install, heading };
}

interface UnitLine {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A backslash at the end joins the next line; comments in between are left out (systemd.syntax(7)). */
function unitLines(source: Source): readonly UnitLine[] {
  if (source.text.length > MAX_TEXT) return [];
  const count = Math.min(source.lineStarts.length, MAX_LINES);
  const found: UnitLine[] = [];
  for (let line = 0; line < count; line += 1) {
    const start = source.lineStarts[line] ?? 0;
    let end = source.lineStarts[line + 1] ?? source.text.length;
    let text = source.text.slice(start, end).trimEnd();
    while (text.endsWith('\\') && line + 1 < source.lineStarts.length) {
      line += 1;
      const next = source.text.slice(end, source.lineStarts[line + 1] ?? source.text.length);
      end += next.length;
      if (!/^\s*[#;]/.test(next)) text = `${text.slice(0, -1)} ${next.trim()}`;
    }
    found.push({ text, start, end });
  }
  return found;
}

function settingOf(text: string): { name: string; value: string } | null {
  if (/^\s*[#;]/.test(text)) return null;
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  return /^[A-Za-z]\w*$/.test(name) ? { name, value: text.slice(equals + 1).trim() } : null;
}
