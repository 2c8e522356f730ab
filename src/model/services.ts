/** Programs outside that a policy lets the code act through (Seatbelt). */
import type { Answer, Origin, Value } from './value.ts';

export interface ServiceGrant {
  /** Row of `knowledge/apple-services`: `launch-services`, `apple-events`, `keychain`, … */
  readonly service: string;
  readonly text: string;
  readonly origin: Origin;
  readonly related: readonly Origin[];
  readonly assumes?: readonly string[];
}

export interface Services {
  readonly grants: readonly ServiceGrant[];
  /** Which programs it may start: any, or some. */
  readonly execution: Value<'any' | 'limited' | 'none'>;
  readonly keychain: Answer;
}
