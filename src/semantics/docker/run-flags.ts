/**
 * The command line of `run`, `create` and `exec`: which words are flags, which are their values, where the
 * image stands.
 */
import { type RunArguments, type RunContext, type RunToken, readFlags } from './flag-grammar.ts';
import { flagTable } from './run-flag-tables.ts';
import type { Engine } from './spec.ts';

export type { RunArguments, RunContext, RunError, RunSetting, RunToken } from './flag-grammar.ts';
export { spanning } from './flag-grammar.ts';

/** Reads the words after the command; interspersed flags are off. */
export function parseRunArguments(
  input: readonly RunToken[],
  engine: Engine,
  context: RunContext,
): RunArguments {
  return readFlags(input, flagTable(engine, context.command ?? 'run'), context);
}
