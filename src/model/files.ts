/**
 * What of the host's files a sandbox can read, write and connect to. The formats decide it differently (a
 * union of mounts, the last of ordered operations, the most specific of ordered rules), so each semantics
 * brings its own `can`; the grants name the lines that open something.
 */
import type { HostPath } from './host-path.ts';
import type { Answer, Origin, Verdict } from './value.ts';

export type FileMode = 'read' | 'write' | 'connect';

/** One line that opens a part of the host's files. */
export interface HostGrant {
  /** The part that is opened: with everything below it, unless `tree` is false. */
  readonly path: HostPath;
  readonly tree: boolean;
  readonly read: Verdict;
  readonly write: Verdict;
  /** Unix sockets below it can be connected to; read-only does not prevent that (unix(7), connect(2)). */
  readonly connect: Verdict;
  /** Device nodes below it can be opened. */
  readonly devices: Verdict;
  /** As written, for messages; never a secret's value. */
  readonly text: string;
  /** Where it appears inside, if it does so under another name. */
  readonly target: string | null;
  readonly propagation: 'private' | 'slave' | 'shared';
  /**
   * `mount`: the host's own files. `copy`: a copy, so that writes do not reach the host. `rule`: a policy's rule.
   */
  readonly kind: 'mount' | 'copy' | 'rule';
  /** Something makes a socket here usable for the user inside, whatever its mode (a Feature's relay, a group). */
  readonly opened?: Origin;
  readonly origin: Origin;
  readonly assumes?: readonly string[];
}

export interface FileAnswer extends Answer {
  /** The grant that decides a `yes`. */
  readonly grant: HostGrant | null;
}

export interface HostFiles {
  readonly grants: readonly HostGrant[];
  can(mode: FileMode, path: HostPath): FileAnswer;
  /** What a path of the tables is called on this kind of host, where that is another name; null: the same. */
  named?(path: HostPath): string | null;
  /** A protection inside a writable tree that a rename of a directory above it defeats. */
  readonly defeated: readonly DefeatedProtection[];
  /** Without a filter, what is not forbidden is allowed (Seatbelt's `(allow default)`, `--bind / /`). */
  readonly openByDefault: Origin | null;
}

export interface DefeatedProtection {
  readonly path: HostPath;
  /** The directory that can be renamed. */
  readonly through: HostPath;
  readonly text: string;
  readonly origin: Origin;
  readonly related: readonly Origin[];
}
