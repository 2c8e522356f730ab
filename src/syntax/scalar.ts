/** Makes scalar nodes whose decoded text knows its way back into the file. */
import { type MappedText, mappedBuilder } from '../source/mapped.ts';
import type { Source, Span } from '../source/source.ts';
import type { ScalarNode } from './node.ts';

export type MappedBuilder = ReturnType<typeof mappedBuilder>;

export interface ScalarParts {
  readonly source: Source;
  readonly span: Span;
  readonly value: ScalarNode['value'];
  readonly text: string;
  readonly style: ScalarNode['style'];
  readonly tag?: string | undefined;
  /** Decodes the scalar once more, piece by piece; the result counts only if it equals `text`. */
  readonly decode: (builder: MappedBuilder) => void;
}

/**
 * A scalar node. Should our decoding and the parser's ever differ (text with errors in it), the whole text
 * stands for the whole span: less exact, never wrong.
 */
export function createScalar(parts: ScalarParts): ScalarNode {
  const { source, span, value, text, style, tag, decode } = parts;
  return {
    kind: 'scalar',
    source,
    span,
    value,
    text,
    style,
    ...(tag === undefined ? {} : { tag }),
    mapped(): MappedText {
      const builder = mappedBuilder(source);
      decode(builder);
      const mapped = builder.build();
      if (mapped.text === text && text !== '') return mapped;
      if (text === '') return { source, text, segments: [], end: span.end };
      const whole = mappedBuilder(source);
      whole.replace(text, span.start, span.end);
      return whole.build();
    },
  };
}
