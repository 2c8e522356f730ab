/** The contract between the engine and the formats. */
import type { Project } from '../model/project.ts';
import type { Sandbox, SandboxFormat } from '../model/sandbox.ts';
import type { Place, Source } from '../source/source.ts';

/** Something about a file that its author should know, beside findings. */
export interface Diagnostic {
  readonly message: string;
  readonly place: Place | null;
  /**
   * `error`: part of the file was not understood. `limit`: a safety limit was hit. Both make the file
   * `partial`, or `failed` when nothing of it was understood. `note`: for information.
   */
  readonly severity: 'error' | 'limit' | 'note';
}

export interface FrontendResult {
  readonly sandboxes: readonly Sandbox[];
  /**
   * Sandboxes of definitions in other files, as a line of this one puts them together. They stand behind what
   * those files say by themselves, and the first of one id counts.
   */
  readonly combined?: readonly Sandbox[];
  readonly diagnostics: readonly Diagnostic[];
  /** False when the file, looked at closely, is none of this format. */
  readonly ours: boolean;
  /** Ids of sandboxes of other files that these ones stand for: a service that a devcontainer names. */
  readonly absorbs: readonly string[];
  /** Paths (as in Source) of other files that were read on the way. */
  readonly consulted: readonly string[];
  /** True when nothing of the file could be understood. */
  readonly failed?: boolean;
}

export type Claim = 'yes' | 'maybe' | 'no';

export interface Frontend {
  readonly id: SandboxFormat;
  /** Whether a file of this name (relative path, `/`) is of this format; `maybe` asks `recognises`. */
  claims(path: string): Claim;
  /** Whether a text looks like this format, whatever its name. Cheap, and never throws. */
  recognises(text: string): boolean;
  /** Reads one definition and everything it refers to. Never throws, never touches the disk. */
  audit(source: Source, project: Project): FrontendResult;
}

/** The result of a file that is one definition as a whole, or none of this format. */
export function wholeFile(sandbox: Sandbox | null): FrontendResult {
  return {
    sandboxes: sandbox === null ? [] : [sandbox],
    diagnostics: [],
    ours: sandbox !== null,
    absorbs: [],
    consulted: [],
  };
}
