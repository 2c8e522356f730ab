/** What a script says about the texts that it writes: in parts, each with what holds where it is there. */
import type { Project } from '../../model/project.ts';
import { type MappedText, mappedBuilder } from '../../source/mapped.ts';
import type { Place, Source, Span } from '../../source/source.ts';
import { conjunction } from '../process/conditions.ts';
import { type Enclosures, isSubstituted, isWithin } from '../shell/enclosures.ts';
import type { Condition, ShellCommand } from '../shell/reading.ts';

export interface Script {
  readonly source: Source;
  readonly project: Project;
  readonly commands: readonly ShellCommand[];
  /** Null for a file that only holds scripts, such as a workflow. */
  enclosuresOf(source: Source): Enclosures | null;
}

/** A stretch of text; symbolic. */
export interface TextPart {
  readonly text: MappedText;
  /** The file of the project that it comes from; null: it stands in the script. */
  readonly file: Source | null;
  readonly when: readonly Condition[];
}

/** A part that is not known, by what a reader would recognise. */
export interface UnknownText {
  readonly name: string;
  readonly why: string;
  readonly place: Place;
}

export interface Written {
  readonly parts: readonly TextPart[];
  readonly unknown: readonly UnknownText[];
}

export const NOTHING: Written = { parts: [], unknown: [] };

export function joinWritten(list: readonly Written[]): Written {
  return { parts: list.flatMap(({ parts }) => parts), unknown: list.flatMap(({ unknown }) => unknown) };
}

export function underConditions({ parts, unknown }: Written, when: readonly Condition[]): Written {
  if (when.length === 0) return { parts, unknown };
  return { parts: parts.map((part) => ({ ...part, when: conjunction(when, part.when) })), unknown };
}

export function literalAt(text: string, { source, span }: Place): MappedText {
  const builder = mappedBuilder(source);
  builder.replace(text, span.start, span.end);
  return builder.build();
}

/**
 * The commands of a span whose output is the span's: no stage of a pipeline but its last, and nothing that a
 * substitution inside takes.
 */
export function printersIn(spans: readonly Span[], source: Source, script: Script): readonly ShellCommand[] {
  const enclosures = script.enclosuresOf(source);
  const inside = script.commands.filter(
    ({ place }) =>
      place.source === source &&
      spans.some(
        (span) =>
          isWithin(place.span, span) && (enclosures === null || !isSubstituted(place.span, span, enclosures)),
      ),
  );
  return inside.filter(
    ({ pipe }) =>
      pipe === null ||
      !inside.some((other) => other.pipe?.id === pipe.id && other.pipe.stage === pipe.stage + 1),
  );
}
