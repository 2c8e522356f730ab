/**
 * What a definition may ask about other files. The engine answers, inside the scanned root alone; nothing
 * below the engine touches the disk.
 */
import type { Source } from '../source/source.ts';

export type FileLookup =
  | { readonly status: 'read'; readonly source: Source }
  /** `missing`: not there. `outside`: beyond the scanned root, not looked at. `remote`: an address, not a path.
   * `refused`: not a regular file, or over a limit. */
  | { readonly status: 'missing' | 'outside' | 'remote' | 'refused'; readonly why: string };

export interface Project {
  /**
   * Looks up a file.
   * @param path relative to the project's root (the notation of HostPath `workspace`), `..` allowed
   */
  read(path: string): FileLookup;
  /** True when the file exists, without reading it. */
  exists(path: string): boolean;
  /** Names of the entries of a directory of the project; empty when it is not there. */
  list(path: string): readonly string[];
  /** The path of a source that `read` gave, or of the audited file, relative to the project's root. */
  relative(source: Source): string;
}
