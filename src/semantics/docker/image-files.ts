/** Files of an image that its Dockerfile tells of: what is in them, and whose they are. Nothing is built. */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { isResolved } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { type MappedText, plainText } from '../../source/mapped.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { matchesPattern, parsePattern } from '../shell/pattern.ts';
import type { CopyOperation, ImageLayout, RunOperation } from './image-layout.ts';
import { type RunEffect, runEffects } from './image-run.ts';

/** Where the files of the build context lie. */
export interface BuildContext {
  /** Relative to the project's root; null: outside of it, or an address. */
  readonly directory: string | null;
  readonly project: Project;
}

/** An image that is built here. */
export interface BuiltImage {
  readonly layout: ImageLayout;
  readonly context: BuildContext;
}

/** A file that is there, whatever is in it. */
export interface ImageFile {
  /** Null where its text cannot be had. */
  readonly text: MappedText | null;
  /** Why not, as a clause. */
  readonly why: string;
  /** Where the Dockerfile puts it. */
  readonly origin: Origin;
}

/** Who can change a file, beside root. */
export interface FileOwner {
  /** Null: anyone. */
  readonly user: string | null;
  readonly origin: Origin;
}

/** Stages, and files made from other files, that are followed. */
const MAX_DEPTH = 8;

/** @param path absolute; null: no instruction tells of such a file */
export function imageFile(layout: ImageLayout, path: string, context: BuildContext): ImageFile | null {
  return fileAt(layout, path, context, layout.operations.length, 0);
}

function fileAt(
  layout: ImageLayout,
  path: string,
  context: BuildContext,
  end: number,
  depth: number,
): ImageFile | null {
  if (depth > MAX_DEPTH) return null;
  for (let at = end - 1; at >= 0; at -= 1) {
    const operation = layout.operations[at];
    if (operation === undefined) continue;
    if (operation.kind === 'copy') {
      const found = copied(operation, path, context, depth);
      if (found !== null) return found;
      continue;
    }
    const effects = runEffects(operation, path).filter((one) => writes(one) && fits(one.path, path));
    if (effects.length === 0) continue;
    const before = (file: string): ImageFile | null => fileAt(layout, file, context, at, depth + 1);
    return afterwards(effects, path, operation.origin, before);
  }
  return null;
}

/** What a file is after a RUN: written anew, made the same as another one, or longer than it was. */
function afterwards(
  effects: readonly RunEffect[],
  path: string,
  origin: Origin,
  before: (path: string) => ImageFile | null,
): ImageFile | null {
  let file: ImageFile | null = null;
  let begun = false;
  for (const effect of effects) {
    if (effect.kind === 'text') file = { text: effect.text, why: '', origin };
    else if (effect.kind === 'same') file = before(effect.from);
    else if (effect.kind === 'made') file = { text: null, why: effect.why, origin };
    else if (effect.kind === 'more') {
      const earlier: ImageFile | null = begun ? file : before(path);
      file = { ...longer(earlier, effect.text), origin };
    }
    begun = true;
  }
  return file;
}

function longer(file: ImageFile | null, more: MappedText): Pick<ImageFile, 'text' | 'why'> {
  if (file === null) return { text: more, why: '' };
  if (file.text === null || file.text.source !== more.source)
    return { text: null, why: 'a command of the build changes it' };
  return { text: joinMapped([file.text, more]), why: '' };
}

function writes({ kind }: RunEffect): boolean {
  return kind === 'text' || kind === 'more' || kind === 'same' || kind === 'made';
}

/** A path with unknown parts, and one that it may be. */
function fits(pattern: string, path: string): boolean {
  if (isResolved(pattern)) return pattern === path;
  const escaped = pattern.replace(/[*?[\]\\]/g, '\\$&').replace(/\uFDD2[^\uFDD3]*\uFDD3/g, '*');
  const units = parsePattern(escaped);
  return units !== null && matchesPattern(units, [...path]);
}

function baseName(path: string): string {
  return path.replace(/\/+$/, '').replace(/^.*\//, '');
}

/** The file that a copy puts at a path; null: none. */
function copied(
  operation: CopyOperation,
  path: string,
  context: BuildContext,
  depth: number,
): ImageFile | null {
  const { target, documents, sources, origin } = operation;
  const directory = target.replace(/\/$/, '');
  const isDirectory = target.endsWith('/');
  const document = documents.find(
    ({ name }) => (!isDirectory && fits(directory, path)) || fits(`${directory}/${name}`, path),
  );
  if (document !== undefined) return { text: document.text, why: '', origin };
  for (const source of sources.toReversed()) {
    for (const candidate of candidates(source, path, operation)) {
      const found = readSource(candidate, operation, context, depth);
      if (found !== null) return found;
    }
  }
  return null;
}

interface Candidate {
  /** Path in the context or the other stage. */
  readonly path: string;
  /** False where the source may as well be a directory that does not hold it. */
  readonly sure: boolean;
}

/** What a source would have to be for a copy of it to give the path. */
function candidates(source: string, path: string, { target, keepsParents }: CopyOperation): Candidate[] {
  const directory = target.replace(/\/$/, '');
  const isDirectory = target.endsWith('/');
  const parent = path.slice(0, path.lastIndexOf('/'));
  const own = baseName(path);
  if (/[*?[]/.test(source)) {
    const units = parsePattern(baseName(source));
    const matches = fits(directory, parent) && units !== null && matchesPattern(units, [...own]);
    const above = source.includes('/') ? `${source.slice(0, source.lastIndexOf('/'))}/` : '';
    return matches ? [{ path: `${above}${own}`, sure: false }] : [];
  }
  const found: Candidate[] = [];
  if (!isDirectory && fits(directory, path)) found.push({ path: source, sure: true });
  if (fits(directory, parent) && baseName(source) === own) found.push({ path: source, sure: true });
  const root = keepsParents ? `${directory}/${source}` : directory;
  const inside = isResolved(root) ? path.startsWith(`${root}/`) : false;
  if (inside) found.push({ path: `${source}/${path.slice(root.length + 1)}`, sure: false });
  return found;
}

function readSource(
  { path, sure }: Candidate,
  { from, origin }: CopyOperation,
  context: BuildContext,
  depth: number,
): ImageFile | null {
  const unread = (why: string): ImageFile | null => (sure ? { text: null, why, origin } : null);
  if (from.kind === 'elsewhere') return unread(from.why);
  if (!isResolved(path)) return unread('its name is set outside the files');
  if (from.kind === 'stage') {
    if (depth >= MAX_DEPTH) return unread('too many stages copy it from one another');
    const layout = from.layout();
    const inner = path.startsWith('/') ? path : `/${path}`;
    const found = fileAt(layout, plain(inner), context, layout.operations.length, depth + 1);
    return found ?? unread('the stage that makes it does not tell what is in it');
  }
  if (context.directory === null) return unread('the build context lies outside the project');
  const host = hostPath(path.replace(/^\/+/, ''), context.directory);
  const lookup = host.root === 'workspace' ? context.project.read(host.path) : null;
  if (lookup?.status === 'read') return { text: plainText(lookup.source), why: '', origin };
  return unread(lookup?.why ?? 'it lies outside the project');
}

function plain(path: string): string {
  return path.replace(/\/\.(?=\/|$)/g, '').replace(/\/{2,}/g, '/');
}

/** The last word about who owns a file or a directory above it; null: root, as after any COPY. */
export function imageFileOwner(layout: ImageLayout, path: string): FileOwner | null {
  return layout.operations.reduce<FileOwner | null>((owner, operation) => {
    if (operation.kind === 'copy') {
      const { mode, origin } = operation;
      if (!provides(operation, path)) return owner;
      return isOpenMode(mode) ? { user: null, origin } : ownedBy(operation.owner, origin);
    }
    return runEffects(operation, path).reduce(
      (before, effect) => ownerAfter(before, effect, path, operation),
      owner,
    );
  }, null);
}

function ownedBy(user: string | null, origin: Origin): FileOwner | null {
  return user === null || /^(?:root|0*)$/.test(user) ? null : { user, origin };
}

function ownerAfter(
  before: FileOwner | null,
  effect: RunEffect,
  path: string,
  { user, origin }: RunOperation,
): FileOwner | null {
  if (effect.kind === 'owner') return reaches(effect, path) ? ownedBy(effect.user, origin) : before;
  if (effect.kind === 'mode')
    return reaches(effect, path) && isOpenMode(effect.mode) ? { user: null, origin } : before;
  // What a program that is not root writes is its own; adding to a file changes nothing of whose it is.
  return effect.kind !== 'more' && fits(effect.path, path) ? ownedBy(user, origin) : before;
}

/** Whoever owns a directory above can put another file in its place. */
function reaches(effect: { readonly path: string }, path: string): boolean {
  if (fits(effect.path, path)) return true;
  return isResolved(effect.path) && path.startsWith(`${effect.path.replace(/\/$/, '')}/`);
}

function provides(operation: CopyOperation, path: string): boolean {
  const directory = operation.target.replace(/\/$/, '');
  return (
    fits(directory, path) ||
    operation.documents.some(({ name }) => fits(`${directory}/${name}`, path)) ||
    operation.sources.some((source) => candidates(source, path, operation).length > 0)
  );
}

/** Others may write. */
function isOpenMode(mode: string | null): boolean {
  if (mode === null) return false;
  return /^[0-7]*[2367]$/.test(mode) || /(?:^|,)(?:[ugoa]*[oa][ugoa]*)?[+=][rxXst]*w/.test(mode);
}

/** Directories in which a bare name is looked for, in the order of the usual PATH. */
export const PROGRAM_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
] as const;
