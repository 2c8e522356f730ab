/** Paths of the host of which the beginning is known and the end is not: what may lie there, and what is taken for granted. */
import { ASSETS } from '../knowledge/assets/index.ts';
import type { HiddenId } from '../knowledge/hidden.ts';
import { assetPath } from './exposure.ts';
import { covers, displayPath, type HostPath } from './host-path.ts';
import { displayText, unknownPart } from './symbolic.ts';

/** With these the sandbox is none any more. */
const HOST = new Set([
  'host-root',
  'host-user',
  'host-memory',
  'host-input',
  'session',
  'home-write',
  'system-write',
]);

/**
 * What a mount of such a path may be, at its worst, by what lies below the directory that it begins with.
 * @param writable false where it is mounted read-only
 */
export function hiddenBy(path: HostPath, writable: boolean): HiddenId {
  if (path.root !== 'unknown' || path.within === undefined) return 'mount';
  const below = ASSETS.filter(({ paths }) => paths.some((text) => covers(path, assetPath(text)) !== 'no'));
  const outcomes = below.flatMap(({ read, write, connect }) =>
    [read, connect, ...(writable ? [write] : [])].flatMap((gain) => gain?.outcome.split(':', 1) ?? []),
  );
  if (outcomes.some((outcome) => HOST.has(outcome))) return 'directory-of-the-host';
  const secret = outcomes.some((outcome) => outcome === 'credential' || outcome === 'vault');
  return secret ? 'credential' : 'directory';
}

/** What is assumed of the part that is not known; nothing for other paths. */
export function enclosureAssumptions(path: HostPath): string[] {
  if (path.root !== 'unknown' || path.within === undefined) return [];
  const names = path.names.map((name) => `\`${displayText(unknownPart(name))}\``).join(' and ');
  return [`${names} leads nowhere but below \`${displayPath(path.within.directory)}\``];
}
