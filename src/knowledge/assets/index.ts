/** All assets, and those that one rule owns. */
import type { Asset } from '../asset.ts';
import { AGENT_SOCKETS } from './agent-sockets.ts';
import { CACHES } from './caches.ts';
import { CREDENTIALS } from './credentials.ts';
import { ENGINE_SOCKETS } from './engine-sockets.ts';
import { HOME_STARTUP } from './home-startup.ts';
import { SESSION_SOCKETS } from './session-sockets.ts';
import { SYSTEM_PATHS } from './system-paths.ts';

export const ASSETS: readonly Asset[] = [
  ...ENGINE_SOCKETS,
  ...SESSION_SOCKETS,
  ...AGENT_SOCKETS,
  ...SYSTEM_PATHS,
  ...HOME_STARTUP,
  ...CREDENTIALS,
  ...CACHES,
];

const BY_RULE = new Map<string, readonly Asset[]>();
for (const asset of ASSETS) BY_RULE.set(asset.rule, [...(BY_RULE.get(asset.rule) ?? []), asset]);

/** The assets that a rule reports, in the order of the tables; none for a rule that owns none. */
export function assetsOf(rule: string): readonly Asset[] {
  return BY_RULE.get(rule) ?? [];
}
