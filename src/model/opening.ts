/** What a sandbox can do to assets, by the line that lets it. */
import type { Asset } from '../knowledge/asset.ts';
import { assetsOf } from '../knowledge/assets/index.ts';
import { type Exposure, exposures } from './exposure.ts';
import type { FileMode, HostGrant } from './files.ts';
import { type Granted, grantedBy } from './granted.ts';
import { CERTAINTY_FACTOR, type Gain } from './outcome.ts';
import type { Sandbox } from './sandbox.ts';
import { worthOf } from './worth.ts';

/** Exposures of the assets in the given modes, grant by grant. Writes to a copy reach nobody. */
export function openings(
  sandbox: Sandbox,
  assets: readonly Asset[],
  modes: readonly FileMode[],
): readonly Granted[] {
  const found = exposures(sandbox.files, assets).filter(
    ({ mode, grant }) => modes.includes(mode) && !(mode === 'write' && grant.kind === 'copy'),
  );
  return grantedBy(found, sandbox);
}

/** Credentials that can be read through one grant, the most valuable first. */
export function readableCredentials(sandbox: Sandbox, grant: HostGrant): readonly Exposure[] {
  const all = openings(sandbox, assetsOf('credential-mount'), ['read']);
  return all.find((granted) => granted.grant === grant)?.exposures ?? [];
}

/** Every outcome once, with the best certainty that any of the gains has. */
export function surest(gains: readonly Gain[]): Gain[] {
  const best = new Map<string, Gain>();
  for (const { outcome, certainty } of gains) {
    const seen = best.get(outcome);
    if (seen === undefined || CERTAINTY_FACTOR[certainty] > CERTAINTY_FACTOR[seen.certainty]) {
      best.set(outcome, { outcome, certainty });
    }
  }
  return [...best.values()];
}

/** Exposures with their certainty lowered where `isGuess` says so, the most valuable first again. */
export function weakened(
  found: readonly Exposure[],
  isGuess: (exposure: Exposure) => boolean,
  sandbox: Sandbox,
): Exposure[] {
  return found
    .map(
      (exposure): Exposure =>
        isGuess(exposure) ? { ...exposure, gain: { ...exposure.gain, certainty: 'assumed' } } : exposure,
    )
    .sort((a, b) => worthOf(b.gain, sandbox) - worthOf(a.gain, sandbox));
}
