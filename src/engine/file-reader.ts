/**
 * The only door to the disk while auditing: regular files inside one root, never through a link that leads
 * out of it, never more than a limit.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/** No definition made by people comes near; readers of deep formats set smaller limits of their own. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

export type ReadResult =
  | { readonly status: 'read'; readonly text: string }
  | { readonly status: 'missing' | 'outside' | 'refused'; readonly why: string };

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

/** Is `path` (absolute) `root` itself or below it? */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (!way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way));
}

/** Where a path really leads, links followed; null where it leads nowhere. */
function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** Reads a file below `root` (both absolute). Never throws. */
export function readInside(root: string, path: string): ReadResult {
  if (!isInside(root, path)) return { status: 'outside', why: 'it lies outside the scanned directory' };
  const real = realPath(path);
  if (real === null) return { status: 'missing', why: 'it does not exist' };
  if (!isInside(realPath(root) ?? root, real)) {
    return { status: 'outside', why: 'it is a link that leads out of the scanned directory' };
  }
  return readRegular(real);
}

function readRegular(path: string): ReadResult {
  let descriptor: number | undefined;
  try {
    // O_NONBLOCK: opening a FIFO would wait for a writer. O_NOFOLLOW: the links were resolved above.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { status: 'refused', why: 'it is not a regular file' };
    if (status.size > MAX_FILE_BYTES)
      return { status: 'refused', why: `it is larger than ${MAX_FILE_BYTES} bytes` };
    return { status: 'read', text: decode(readAll(descriptor, status.size)) };
  } catch (error) {
    return { status: 'refused', why: `it cannot be read (${errorCode(error)})` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Reads what `fstat` announced, at most; /proc and the like announce 0 and are read up to the limit. */
function readAll(descriptor: number, size: number): Buffer {
  const buffer = Buffer.alloc(size === 0 ? 65_536 : size);
  let length = 0;
  while (length < buffer.length) {
    const got = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (got === 0) break;
    length += got;
  }
  return buffer.subarray(0, length);
}

/** UTF-16 with a byte order mark is what Windows editors write; everything else is read as UTF-8. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  }
  return bytes.toString('utf8');
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Entries of a directory in a fixed order; empty where it cannot be listed. Links count as what they lead to. */
export function listInside(root: string, directory: string): DirectoryEntry[] {
  if (!existsInside(root, directory)) return [];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .map((entry) => ({
        name: entry.name,
        kind: entry.isSymbolicLink()
          ? linkKind(root, join(directory, entry.name))
          : entry.isDirectory()
            ? ('directory' as const)
            : entry.isFile()
              ? ('file' as const)
              : ('other' as const),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** A link to a file inside the root is read; one to a directory is not walked, which also ends every loop. */
function linkKind(root: string, path: string): 'file' | 'other' {
  const real = realPath(path);
  if (real === null || !isInside(realPath(root) ?? root, real)) return 'other';
  try {
    return lstatSync(real).isFile() ? 'file' : 'other';
  } catch {
    return 'other';
  }
}

export function existsInside(root: string, path: string): boolean {
  const real = isInside(root, path) ? realPath(path) : null;
  return real !== null && isInside(realPath(root) ?? root, real);
}

/** `file`, `directory` or null, links followed: for paths that the invoker names. */
export function kindOf(path: string): 'file' | 'directory' | 'other' | null {
  const real = realPath(resolve(path));
  if (real === null) return null;
  const status = lstatSync(real);
  return status.isFile() ? 'file' : status.isDirectory() ? 'directory' : 'other';
}
