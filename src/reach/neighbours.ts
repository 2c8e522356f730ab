/** The way out through a neighbour: what another service on the same network holds, for whoever takes it over. */
import type { HeldOutcome } from '../model/radius.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { CausedEvidence } from './causes.ts';

const HOST: ReadonlySet<string> = new Set(['host-root', 'host-user']);

/**
 * @param held what each sandbox of the run holds by itself, by id
 */
export function throughNeighbours(
  sandbox: Sandbox,
  held: ReadonlyMap<string, readonly HeldOutcome[]>,
): CausedEvidence[] {
  return sandbox.network.neighbours.flatMap((neighbour) => {
    const outcomes = neighbour.sandbox === null ? [] : (held.get(neighbour.sandbox) ?? []);
    const best = outcomes.find(({ outcome, certainty }) => HOST.has(outcome) && certainty === 'direct');
    if (best === undefined) return [];
    const message = `${neighbour.name}, on the same network, holds the host: whoever takes it over has it too`;
    return [
      {
        rule: 'neighbour-reach',
        message,
        origin: neighbour.origin,
        gains: [{ outcome: best.outcome, certainty: 'assumed' as const }],
        setting: null,
        finding: '',
      },
    ];
  });
}
