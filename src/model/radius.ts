/** Shape of the blast radius: what hostile code ends up holding, by which way, and how bad that is. */
import type { Axis, Certainty, OutcomeId } from './outcome.ts';
import type { Origin } from './value.ts';

/** One move from what is held to what is gained. */
export interface Step {
  /** `code-inside`, `rule`, or the name of a general step. */
  readonly step: string;
  /** The rule whose match is the evidence. */
  readonly rule: string | null;
  readonly message: string;
  readonly origin: Origin | null;
  readonly certainty: Certainty;
}

export interface HeldOutcome {
  readonly outcome: OutcomeId;
  readonly certainty: Certainty;
  /** A shortest way from "code runs inside". */
  readonly path: readonly Step[];
}

export interface AxisResult {
  readonly axis: Axis;
  /** 0 to 4. */
  readonly level: number;
  /** 0 to 10, certainty counted in. */
  readonly worth: number;
  /** In words, good news included: `network: none`. */
  readonly reason: string;
  readonly origin: Origin | null;
}

export type Grade = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

export interface Radius {
  /** 0.0 to 10.0, one decimal. */
  readonly score: number;
  /** The score if everything that is not known were at its worst; never below `score`. */
  readonly possible: number;
  readonly grade: Grade;
  readonly axes: readonly AxisResult[];
  readonly outcomes: readonly HeldOutcome[];
  /** What the range depends on: variables, files. */
  readonly unknowns: readonly string[];
}

/** A rule's match, as reach sees it. */
export interface Evidence {
  readonly rule: string;
  readonly message: string;
  readonly origin: Origin;
  readonly gains: readonly { readonly outcome: OutcomeId; readonly certainty: Certainty }[];
}
