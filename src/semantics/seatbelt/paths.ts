/**
 * Paths as the kernel compares them: fully resolved. `/tmp`, `/var` and `/etc` are links into `/private`, so
 * no access to what lies below them is ever seen under those names (openai/codex and NixOS/nix resolve paths
 * before they write a profile; chromium sandbox/policy/mac/common.sb says the same).
 */
import { isResolved } from '../../model/symbolic.ts';

const LINKS: readonly (readonly [string, string])[] = [
  ['/tmp', '/private/tmp'],
  ['/var', '/private/var'],
  ['/etc', '/private/etc'],
  ['/home', '/System/Volumes/Data/home'],
];

/** The data volume also shows what firmlinks put at the root; which name a filter sees there is not reliable. */
const DATA_VOLUME = '/System/Volumes/Data';

export function isInside(path: string, directory: string): boolean {
  if (directory === '/') return path.startsWith('/');
  return path === directory || path.startsWith(`${directory}/`);
}

/** The name under which the kernel sees `path`, as far as the links of every macOS go. */
export function canonicalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  const link = LINKS.find(([from]) => isInside(clean, from));
  return link === undefined ? clean : link[1] + clean.slice(link[0].length);
}

/** `path` without the data volume's own name in front, or null where it has none. */
export function withoutDataVolume(path: string): string | null {
  if (!isInside(path, DATA_VOLUME) || path === DATA_VOLUME) return null;
  const rest = path.slice(DATA_VOLUME.length);
  return isInside(rest, '/home') ? null : rest;
}

/** Why a filter on this path can never match, or null. `prefix` filters may end anywhere. */
export function deadPathReason(text: string, isPrefix: boolean): string | null {
  if (text === '') return null;
  if (isResolved(text)) {
    if (text.startsWith('~')) return 'Seatbelt does not expand `~`';
    if (/^\$\w/.test(text)) return 'Seatbelt does not expand variables';
    if (!text.startsWith('/')) return 'the path is not absolute, and the kernel compares absolute paths';
  }
  if (/\/\$\w/.test(text)) return 'Seatbelt does not expand variables';
  if (/(^|\/)\.\.?(\/|$)/.test(text)) return 'the kernel compares resolved paths, which have no `.` or `..`';
  if (text.includes('//')) return 'the kernel compares resolved paths, which have no double slash';
  if (!isPrefix && text.length > 1 && text.endsWith('/')) return 'resolved paths do not end in a slash';
  const link = LINKS.find(([from]) => isInside(text, from) || (isPrefix && text === `${from}/`));
  if (link !== undefined) return `\`${link[0]}\` is a link: the kernel compares \`${link[1]}\``;
  return null;
}

/** True for the name of a link itself, whose own metadata a filter on it does reach. */
export function isLinkName(text: string): boolean {
  return LINKS.some(([from]) => text === from);
}

/** Why an anchored expression can never match a path, or null. */
export function deadPatternReason(source: string): string | null {
  const anchored = /^\^(\/(?:tmp|var|etc|home))(\/|\$$|\(|$)/.exec(source);
  if (anchored?.[1] !== undefined) {
    const link = LINKS.find(([from]) => from === anchored[1]);
    return link === undefined ? null : `\`${link[0]}\` is a link: the kernel compares \`${link[1]}\``;
  }
  if (source.startsWith('^~')) return 'Seatbelt does not expand `~`';
  return null;
}
