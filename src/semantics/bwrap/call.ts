/** One bwrap command line: its options in order, with where each is written. */
import type { Variable } from '../../model/environment.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import type { Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import type { Caller } from '../process/caller.ts';
import type { StartingEnvironment } from '../process/command.ts';
import type { Condition } from '../shell/reading.ts';

/** One option with its words. */
export interface Setting {
  /** Without the dashes. */
  readonly name: string;
  /** Symbolic texts, as many as the option takes. */
  readonly words: readonly string[];
  readonly origin: Origin;
  /** It is given only if all of these hold. */
  readonly when: readonly Condition[];
  /** As people would write it. */
  readonly text: string;
}

/** A reason for which bwrap refuses the command line and runs nothing. */
export interface Refusal {
  readonly message: string;
  readonly place: Place;
  /** The words may be those of another program, so that nothing is wrong with the script. */
  readonly doubtful?: boolean;
}

/** A file that the shell opened for the command: `10<profile`. */
export interface OpenDescriptor {
  readonly number: number;
  /** What it was opened on, symbolic; null: a pipe or text. */
  readonly path: string | null;
  readonly readable: boolean;
  readonly origin: Origin;
}

export interface BwrapCall {
  /** The command word. */
  readonly place: Place;
  readonly settings: readonly Setting[];
  readonly descriptors: readonly OpenDescriptor[];
  readonly caller: Caller;
  /** Variables that are set for the command alone: `A=b bwrap …`. */
  readonly assigned: readonly Variable[];
  /** What runs inside, for people and for the table of agents. */
  readonly command: string;
  /** What `env` in front of that does to its environment. */
  readonly starting: StartingEnvironment;
  readonly unresolved: readonly Unresolved[];
  readonly refusals: readonly Refusal[];
  /** `--help` and `--version`: nothing is run. */
  readonly query: boolean;
  /** Nothing but an idle program is run, to see whether bwrap works. */
  readonly probe: boolean;
}
