/**
 * Text that was decoded out of a file (a JSON string, a block scalar, a shell line with its continuations
 * removed) together with the way back to the file, so that what is found in the decoded text is reported
 * where it really stands.
 */
import { type Place, placeAt, type Source } from './source.ts';

/** A run of decoded text: `text[at..]` came from `offset..` of the file, one unit for one unit. */
interface Segment {
  readonly at: number;
  readonly offset: number;
  /** True for a run whose units all came from the one place `offset..end` (an escape such as `\u0041`). */
  readonly end?: number;
}

export interface MappedText {
  readonly source: Source;
  readonly text: string;
  readonly segments: readonly Segment[];
  /** End, in the file, of the last decoded unit. */
  readonly end: number;
}

export function plainText(source: Source, start = 0, end = source.text.length): MappedText {
  return { source, text: source.text.slice(start, end), segments: [{ at: 0, offset: start }], end };
}

/** Collects decoded text piece by piece. */
export function mappedBuilder(source: Source) {
  let text = '';
  let end = 0;
  const segments: Segment[] = [];
  return {
    /** Adds `source.text[start..stop]` as it stands. */
    copy(start: number, stop: number): void {
      if (stop <= start) return;
      segments.push({ at: text.length, offset: start });
      text += source.text.slice(start, stop);
      end = stop;
    },
    /** Adds `decoded`, all of which stands for `source.text[start..stop]`. */
    replace(decoded: string, start: number, stop: number): void {
      if (decoded === '') return;
      segments.push({ at: text.length, offset: start, end: stop });
      text += decoded;
      end = stop;
    },
    build(): MappedText {
      return { source, text, segments, end };
    },
  };
}

/** Index of the segment that holds the decoded unit at `at`; -1 where there is none. */
function segmentIndex(mapped: MappedText, at: number): number {
  let low = 0;
  let high = mapped.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((mapped.segments[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return high < 0 ? -1 : low;
}

function segmentAt(mapped: MappedText, at: number): Segment | undefined {
  return mapped.segments[segmentIndex(mapped, at)];
}

/** Offset in the file of the decoded unit at `at`; the end of the text maps to the end of its source. */
export function originalOffset(mapped: MappedText, at: number): number {
  if (at >= mapped.text.length) return mapped.end;
  const segment = segmentAt(mapped, at);
  if (segment === undefined) return mapped.end;
  return segment.end === undefined ? segment.offset + (at - segment.at) : segment.offset;
}

/** The place in the file that `mapped.text[start..end]` came from. */
export function originalPlace(mapped: MappedText, start: number, end: number): Place {
  const from = originalOffset(mapped, start);
  if (end <= start) return placeAt(mapped.source, from, from);
  const last = segmentAt(mapped, end - 1);
  const to =
    last === undefined ? mapped.end : last.end === undefined ? last.offset + (end - last.at) : last.end;
  return placeAt(mapped.source, from, to);
}

/** A part of mapped text, still mapped. */
export function sliceMapped(mapped: MappedText, start: number, end: number): MappedText {
  const builder = mappedBuilder(mapped.source);
  let at = start;
  for (let index = segmentIndex(mapped, start); at < end; index += 1) {
    const segment = mapped.segments[index];
    if (segment === undefined) break;
    const stop = Math.min(end, mapped.segments[index + 1]?.at ?? mapped.text.length);
    if (segment.end === undefined) {
      const from = segment.offset + (at - segment.at);
      builder.copy(from, from + (stop - at));
    } else builder.replace(mapped.text.slice(at, stop), segment.offset, segment.end);
    if (stop <= at) break;
    at = stop;
  }
  return builder.build();
}
