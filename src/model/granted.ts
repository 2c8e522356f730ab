/** Exposures by the line that opens them: a grant of a directory is one thing to change, whatever it holds. */
import type { Exposure } from './exposure.ts';
import type { HostGrant } from './files.ts';
import { breadthOf, covers, type HostPath, samePath } from './host-path.ts';
import type { Certainty, Gain } from './outcome.ts';
import type { Sandbox } from './sandbox.ts';
import { worthOf } from './worth.ts';

/** What one grant exposes, the most valuable first. */
export interface Granted {
  readonly grant: HostGrant;
  readonly exposures: readonly Exposure[];
}

export function grantedBy(exposures: readonly Exposure[], sandbox: Sandbox): Granted[] {
  const byGrant = new Map<HostGrant, Exposure[]>();
  for (const exposure of exposures) {
    const list = byGrant.get(exposure.grant);
    if (list === undefined) byGrant.set(exposure.grant, [exposure]);
    else list.push(exposure);
  }
  return [...byGrant].map(([grant, list]) => ({
    grant,
    exposures: list.toSorted((a, b) => worthOf(b.gain, sandbox) - worthOf(a.gain, sandbox)),
  }));
}

/** Does it name most of a disk or a home, so that what lies in it is not meant one by one? */
export function isWide(path: HostPath): boolean {
  const breadth = breadthOf(path);
  return breadth === 'disk' || breadth === 'homes' || breadth === 'home';
}

/** Is the exposed thing not named, but somewhere in a directory that is? */
export function isIncidental({ grant, path }: Exposure): boolean {
  return covers(grant.path, path) === 'yes' && !samePath(grant.path, path);
}

/**
 * Every outcome once, with the best certainty that any exposure gives.
 * @param atMost for exposures that rest on an assumption: certainty is never better than this
 */
export function gainsOf(exposures: readonly Exposure[], atMost: Certainty = 'direct'): Gain[] {
  const gains = new Map<string, Gain>();
  for (const { gain } of exposures) {
    const certainty = atMost === 'direct' ? gain.certainty : atMost;
    const before = gains.get(gain.outcome);
    if (before === undefined || before.certainty === 'assumed') {
      gains.set(gain.outcome, { outcome: gain.outcome, certainty });
    }
  }
  return [...gains.values()];
}

/** The assumptions of all of them, each once. */
export function assumptionsOf(exposures: readonly Exposure[]): string[] {
  return [...new Set(exposures.flatMap(({ assumes }) => assumes))];
}

const NAMED = 3;

/** The most valuable assets by title and place, the others as a number. */
export function titlesOf(exposures: readonly Exposure[]): string {
  const titles = new Map<string, string>();
  for (const { asset, name } of exposures) {
    if (!titles.has(asset.id)) titles.set(asset.id, `${asset.title} (\`${name}\`)`);
  }
  const all = [...titles.values()];
  const rest = all.length - NAMED;
  return rest > 0 ? `${all.slice(0, NAMED).join(', ')} and ${rest} more` : joined(all);
}

function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
