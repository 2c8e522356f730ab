/** What every reader refuses, and the list in which a reader says what it refused or could not read. */
import { placeAt, type Source } from '../source/source.ts';
import type { SyntaxProblem } from './node.ts';

/** Largest file that is read, in UTF-16 units; the readers take about a second for it. */
export const MAX_TEXT = 1_048_576;
/** Deepest nesting of collections in one file. */
export const MAX_DEPTH = 64;
/** Problems told per file; hostile input yields one an octet. */
const MAX_PROBLEMS = 100;
/** Longest message in UTF-16 units; a parser may quote a megabyte of the file in its own. */
const MAX_MESSAGE = 200;

export interface ProblemList {
  readonly problems: readonly SyntaxProblem[];
  add(severity: SyntaxProblem['severity'], message: string, start: number, end: number): void;
}

/** Collects problems of one file, in the order found, up to a limit that is itself told. */
export function problemList(source: Source): ProblemList {
  const problems: SyntaxProblem[] = [];
  let full = false;
  return {
    problems,
    add(severity, message, start, end): void {
      if (full) return;
      full = problems.length >= MAX_PROBLEMS;
      const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
      problems.push(
        full
          ? {
              severity: 'limit',
              message: `more than ${MAX_PROBLEMS} problems; the rest is not listed`,
              place: placeAt(source, start, start),
            }
          : { severity, message: text, place: placeAt(source, start, end) },
      );
    },
  };
}

/** True, with a problem told, where the file is too large to be read. */
export function refusesSize(source: Source, list: ProblemList): boolean {
  if (source.text.length <= MAX_TEXT) return false;
  list.add('limit', `file is larger than ${MAX_TEXT} characters and was not read`, 0, 0);
  return true;
}
