/**
 * A change of a definition in the model's words, to ask what would be if it were made. Each semantics
 * applies it to its own facts and answers anew; nothing is edited.
 */
import type { Place } from '../source/source.ts';

export type Change =
  /** What is written at the place is gone: a mount, a flag, a Feature, a rule. */
  | { readonly kind: 'remove'; readonly place: Place }
  /** What nobody wrote is written as it should be. */
  | { readonly kind: 'harden'; readonly setting: HardenedSetting };

export type HardenedSetting =
  | 'network-allow-list'
  | 'memory-limit'
  | 'cpu-limit'
  | 'process-limit'
  | 'drop-capabilities'
  | 'no-new-privileges'
  | 'ordinary-user'
  | 'read-only-root'
  | 'removed-after-use'
  | 'empty-environment'
  | 'own-processes'
  | 'own-session';
