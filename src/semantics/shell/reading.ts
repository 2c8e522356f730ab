/** What reading a script gives: the commands that it could run, each word with where it is written. */
import type { MappedText } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';
import type { ShellComment } from '../../syntax/shell.ts';

/** One way a choice can go. */
export interface ConditionArm {
  /** The text that decides, as written: a test, a case pattern, a command that must succeed. */
  readonly text: string;
  readonly place: Place;
  /** True where the arm is taken because the text does not hold. */
  readonly negated: boolean;
}

/**
 * A point at which the script goes one of several ways, and nothing in the text says which. `test`: a test
 * or any command's success in `if`, `&&`, `||`; `case`: a pattern; `loop`: whether a loop's body runs at all;
 * `set`: whether a variable from outside has a value; `default`: a test whose answer a written default decides
 * (arm 0), unless whoever starts the script sets something else; `event`: a trap.
 */
export interface Choice {
  readonly id: number;
  readonly kind: 'test' | 'case' | 'loop' | 'set' | 'default' | 'event';
  readonly arms: readonly ConditionArm[];
  /** Arms that leave the script (`exit`), so that nothing behind the choice depends on them. */
  readonly leaving: ReadonlySet<number>;
}

/** Holds when the choice goes one of `arms` (indices into `choice.arms`). */
export interface Condition extends ConditionArm {
  readonly choice: Choice;
  readonly arms: readonly number[];
  /** True where the other way leaves the script: an early `exit`, a `return`. */
  readonly guard: boolean;
}

export interface WordAlternative {
  readonly value: string;
  readonly conditions: readonly Condition[];
  /** As of the word. */
  readonly defaults?: readonly string[];
}

export interface ShellWord {
  /** A symbolic string; with `alternatives` the first of them. */
  readonly value: string;
  /** Every value the word can have, where there are several. */
  readonly alternatives?: readonly WordAlternative[];
  /** Variables from outside whose written default is part of the text. */
  readonly defaults?: readonly string[];
  /** Where the text is written: the word, or the assignment or array element that it came from. */
  readonly place: Place;
  /** Where it is used, innermost last, when that is somewhere else. */
  readonly via?: readonly Place[];
  readonly quoted: boolean;
  /** Stands for any number of words, none included: `$OPTS`, `"$@"` of values that are not known. */
  readonly many: boolean;
  /** The word is there only if all of these hold (beyond the command's own conditions). */
  readonly conditions: readonly Condition[];
}

export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord;
  readonly place: Place;
}

export interface ShellRedirection {
  readonly operator: string;
  /** Number, or name of the variable in `{name}<file`; null: the operator's own. */
  readonly descriptor: number | string | null;
  readonly target: ShellWord | null;
  /** Here-document: the body as written, and with its expansions done. */
  readonly body?: MappedText;
  readonly bodyValue?: string;
  /** `<(…)`: id of the pipe whose writers are the commands with this id and stage 0. */
  readonly pipe?: number;
  readonly place: Place;
}

/** A command's part in a pipeline: commands with the same id and `stage - 1` write what it reads. */
export interface PipePart {
  readonly id: number;
  readonly stage: number;
  readonly stages: number;
}

export interface ShellCommand {
  /** Never empty; wrappers such as `sudo` are peeled off into `wrappers`. */
  readonly words: readonly ShellWord[];
  readonly place: Place;
  readonly wrappers: readonly (readonly ShellWord[])[];
  /** `A=b command`, and what `env` adds. */
  readonly assignments: readonly ShellAssignment[];
  /** Variables that the script has exported so far, as far as their values are known. */
  readonly exported: ReadonlyMap<string, string>;
  readonly redirections: readonly ShellRedirection[];
  /** All must hold for the command to run; empty: it always runs. */
  readonly conditions: readonly Condition[];
  /** Earlier checks that would have ended the script. */
  readonly guards: readonly Condition[];
  readonly pipe: PipePart | null;
  /** The function (or `alias NAME`) that holds the command. */
  readonly function: string | null;
  /** False for a function that the script defines and never calls: its arguments are unknown. */
  readonly called: boolean;
  readonly background: boolean;
}

/**
 * `unknown`: a part of the script whose effect cannot be told. `unfollowed`: one that names an engine, and may run it.
 */
export interface ShellProblem {
  readonly kind: 'syntax' | 'limit' | 'unknown' | 'unfollowed';
  readonly message: string;
  readonly place: Place;
  readonly severity: SyntaxProblem['severity'];
}

export interface ShellReading {
  readonly commands: readonly ShellCommand[];
  readonly problems: readonly ShellProblem[];
  readonly comments: readonly ShellComment[];
}

export interface ShellOptions {
  /** Text of a script that `source` or `.` names; null where it cannot be had. */
  readonly files?: (path: string) => MappedText | null;
  /** Names of the entries of a folder that a script names; none where there are none to be had. */
  readonly list?: (folder: string) => readonly string[];
  /** Variables that are known to be set outside; every other one is unknown. `0` is the script's own path. */
  readonly environment?: ReadonlyMap<string, string>;
  /** True where `environment` is all that is set outside, the variables of every session aside. */
  readonly closed?: boolean;
  /** The script's own arguments; without them they are unknown. */
  readonly arguments?: readonly string[];
}
