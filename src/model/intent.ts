/** Fixes in the model's words; a front end turns them into edits of its own text. */
import type { Origin } from './value.ts';

export type Applicability = 'safe' | 'unsafe' | 'suggestion';

export type Intent =
  | { readonly kind: 'remove'; readonly what: string; readonly origin: Origin; readonly breaks: string }
  | {
      readonly kind: 'make-read-only';
      readonly what: string;
      readonly origin: Origin;
      readonly breaks: string;
    }
  | { readonly kind: 'limit'; readonly resource: 'memory' | 'cpu' | 'processes'; readonly value: string }
  | { readonly kind: 'drop-capabilities' }
  | { readonly kind: 'no-new-privileges' }
  | { readonly kind: 'bind-loopback'; readonly origin: Origin };
