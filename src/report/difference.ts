/** How the blast radius changed between two trees: all that the reporters of `diff` see. */
import type { Axis } from '../model/outcome.ts';
import type { Place } from '../source/source.ts';
import { lineOf } from './blast-radius.ts';
import { printable } from './printable.ts';
import { type Redaction, redactionOf } from './redaction.ts';
import type { Report, ReportedAxis, ReportedOutcome, ReportedSandbox } from './report.ts';

export interface DifferenceSide {
  /** What the invoker named. */
  readonly path: string;
  /** The file that was named, as its report calls it; null for a directory. */
  readonly file: string | null;
  /** Put before the paths of its report, to open them from the working directory. */
  readonly prefix: string;
  /** Paths are relative to the directory that was named, or to that of the file. */
  readonly report: Report;
}

export interface AxisChange {
  readonly axis: Axis;
  readonly before: ReportedAxis;
  readonly after: ReportedAxis;
}

/** An outcome that is held now and was not, or that is worth more than it was. */
export interface GainedOutcome {
  readonly outcome: ReportedOutcome;
  readonly worthBefore: number | null;
}

/** `moved`: in another file, with the same outcomes. */
export type ChangeStatus = 'added' | 'removed' | 'moved' | 'changed' | 'same';

/** Why a radius counts as grown: an axis, the score, its upper end, or a sandbox that was not there. */
export type Growth = Axis | 'score' | 'possible' | 'added';

export interface SandboxChange {
  readonly status: ChangeStatus;
  readonly before: ReportedSandbox | null;
  readonly after: ReportedSandbox | null;
  /** Axes whose worth differs. */
  readonly axes: readonly AxisChange[];
  readonly gained: readonly GainedOutcome[];
  readonly lost: readonly ReportedOutcome[];
  readonly growth: readonly Growth[];
}

export interface Difference {
  readonly tool: Report['tool'];
  readonly old: DifferenceSide;
  readonly new: DifferenceSide;
  /** What grew first, then the worst. */
  readonly changes: readonly SandboxChange[];
  readonly grew: boolean;
}

/** A secret of one side may be repeated by the other. */
export function redactionOfBoth({ old, new: after }: Difference): Redaction {
  const [a, b] = [redactionOf(old.report.secrets), redactionOf(after.report.secrets)];
  return {
    text: (text) => b.text(a.text(text)),
    name: (text) => b.name(a.name(text)),
    reveals: (text) => a.reveals(text) || b.reveals(text),
    spans: (source) => [...a.spans(source), ...b.spans(source)],
  };
}

/** `file:line` of one side, as it is opened from the working directory. */
export function lineIn({ prefix }: DifferenceSide, place: Place): string {
  return printable(`${prefix}${lineOf(place)}`);
}

/** The sandbox as it is now, or as it was. */
export function subjectOf({ before, after }: SandboxChange): ReportedSandbox | null {
  return after ?? before;
}

export function sideOf(difference: Difference, { after }: SandboxChange): DifferenceSide {
  return after === null ? difference.old : difference.new;
}

/** The first place of a path: the line that grants it. */
export function causeOf({ path }: ReportedOutcome): { rule: string | null; at: Place | null } {
  const step = path.find(({ at }) => at !== null);
  return { rule: step?.rule ?? null, at: step?.at ?? null };
}

/** The conclusion, in one sentence without a full stop. */
export function conclusionOf({ changes, grew }: Difference): string {
  const count = (wanted: (change: SandboxChange) => boolean): number => changes.filter(wanted).length;
  const parts = [
    [count(({ growth, status }) => growth.length > 0 && status !== 'added'), 'worse'],
    [
      count(({ growth, status }) => growth.length === 0 && (status === 'changed' || status === 'moved')),
      'no worse',
    ],
    [count(({ status }) => status === 'added'), 'added'],
    [count(({ status }) => status === 'removed'), 'removed'],
    [count(({ status }) => status === 'same'), 'unchanged'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  if (told.length === 0) return 'No sandbox definition was found on either side';
  return `The blast radius ${grew ? 'grew' : 'did not grow'}: ${told.join(', ')}`;
}
