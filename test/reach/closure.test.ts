/** From evidence to everything that is held. */
import { describe, expect, it } from 'vitest';
import { outcomeRow } from '../../src/knowledge/outcomes.ts';
import type { Gain } from '../../src/model/outcome.ts';
import type { Evidence, HeldOutcome } from '../../src/model/radius.ts';
import { closure } from '../../src/reach/closure.ts';
import { GENERAL_STEPS } from '../../src/reach/steps.ts';
import { createSource } from '../../src/source/source.ts';

const PLACE = { source: createSource('compose.yml', 'text'), span: { start: 0, end: 4 } };

const found = (rule: string, ...gains: readonly Gain[]): Evidence => ({
  rule,
  message: `${rule} fires`,
  origin: { kind: 'explicit', place: PLACE },
  gains,
});

function heldBy(...evidence: readonly Evidence[]): Record<string, HeldOutcome> {
  return Object.fromEntries(closure(evidence).map((held) => [held.outcome, held]));
}

const stepsOf = (held: HeldOutcome | undefined) => held?.path.map(({ rule, step }) => rule ?? step);

describe('the closure', () => {
  it('is empty without evidence', () => {
    expect(closure([])).toEqual([]);
    expect(closure([found('root-user')])).toEqual([]);
  });

  it('leads from root on the host to everything of the developer', () => {
    const held = heldBy(found('engine-socket', { outcome: 'host-root', certainty: 'direct' }));
    for (const outcome of ['host-user', 'home-write', 'home-read', 'credential:home', 'internet']) {
      expect(held[outcome]?.certainty).toBe('direct');
    }
    expect(stepsOf(held['credential:home'])).toEqual([
      'engine-socket',
      'root-is-you',
      'your-disk',
      'keys-in-home',
    ]);
  });

  it('makes a start-up file a matter of the next login', () => {
    const held = heldBy(found('writable-home', { outcome: 'home-write', certainty: 'direct' }));
    expect(held['host-user']?.certainty).toBe('next');
    expect(held.internet?.certainty).toBe('next');
  });

  it('keeps the weakest certainty of the way, and takes the surer of two ways', () => {
    const guess = found('session-socket', { outcome: 'host-user', certainty: 'assumed' });
    expect(heldBy(guess)['credential:home']?.certainty).toBe('assumed');
    const sure = found('readable-home', { outcome: 'home-read', certainty: 'direct' });
    const both = heldBy(guess, sure);
    expect(stepsOf(both['credential:home'])).toEqual(['readable-home', 'keys-in-home']);
    expect(both['host-user']?.certainty).toBe('assumed');
  });

  it('takes the shorter of two ways that are as sure', () => {
    const held = heldBy(
      found('broad-host-read', { outcome: 'disk-read', certainty: 'direct' }),
      found('readable-home', { outcome: 'home-read', certainty: 'direct' }),
    );
    expect(stepsOf(held['home-read'])).toEqual(['readable-home']);
  });

  it('ends at the project, which code inside is there to change', () => {
    const held = heldBy(found('any-rule', { outcome: 'workspace-write', certainty: 'direct' }));
    expect(Object.keys(held)).toEqual(['workspace-write']);
    expect(GENERAL_STEPS.map(({ from }) => from)).not.toContain('workspace-write');
  });

  it('goes only between outcomes of the table, each step with its reason', () => {
    for (const { from, to, reason, message } of GENERAL_STEPS) {
      expect(outcomeRow(from), from).toBeDefined();
      expect(outcomeRow(to), to).toBeDefined();
      expect(reason).not.toBe('');
      expect(message).not.toMatch(/\.$/);
    }
  });

  it('never makes root or the user of the host certain without evidence that is', () => {
    for (const { name, to, certainty, from } of GENERAL_STEPS) {
      if (!/^host-(?:root|user)$/.test(to) || from === 'host-root') continue;
      expect(certainty, name).not.toBe('direct');
    }
  });
});
