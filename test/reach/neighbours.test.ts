import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { judge } from '../../src/engine/findings.ts';
import { radiiOf } from '../../src/engine/radius.ts';
import { closure } from '../../src/reach/closure.ts';
import { createSource } from '../../src/source/source.ts';
import { auditText } from '../support/audit-text.ts';

function radiusOf(text: string, name: string) {
  const { sandboxes } = auditText('compose', text).result;
  const { evidence } = judge(sandboxes, RULES);
  const judged = sandboxes.map((sandbox) => ({ sandbox, evidence: evidence.get(sandbox.id) ?? [] }));
  const radii = radiiOf(judged, (revised) => judge([revised], RULES).evidence.get(revised.id) ?? []);
  return radii[sandboxes.findIndex((sandbox) => sandbox.name === name)];
}

const AGENT = `services:
  agent:
    image: node:22
    volumes: [".:/workspace"]
`;
const PROXY = `  proxy:
    image: traefik:3
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
`;

describe('a neighbour that holds the host', () => {
  it('is a way to it, by the assumption that it can be taken over', () => {
    const held = radiusOf(AGENT + PROXY, 'agent')?.outcomes.find(({ outcome }) => outcome === 'host-root');
    expect(held?.certainty).toBe('assumed');
    expect(held?.path[0]?.rule).toBe('neighbour-reach');
    expect(held?.path[0]?.message).toContain('proxy');
  });

  it('is none on a network of its own', () => {
    const apart = `${AGENT}    networks: [inside]\n${PROXY}    networks: [outside]\nnetworks:\n  inside:\n  outside:\n`;
    const outcomes = radiusOf(apart, 'agent')?.outcomes.map(({ outcome }) => outcome);
    expect(outcomes).not.toContain('host-root');
  });

  it('is none where it holds nothing', () => {
    const harmless = PROXY.replace('    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n', '');
    expect(radiusOf(AGENT + harmless, 'agent')?.outcomes.map(({ outcome }) => outcome)).not.toContain(
      'host-root',
    );
  });
});

describe('credentials and a way out', () => {
  const origin = {
    kind: 'explicit' as const,
    place: { source: createSource('a', 'x'), span: { start: 0, end: 1 } },
  };
  const evidence = (outcome: string, certainty: 'direct' | 'next' = 'direct') => ({
    rule: outcome,
    message: outcome,
    origin,
    gains: [{ outcome, certainty }],
  });
  const exfiltration = (...all: readonly ReturnType<typeof evidence>[]) =>
    closure(all).find(({ outcome }) => outcome === 'exfiltration')?.certainty;

  it.each([
    ['both', [evidence('credential:ssh'), evidence('internet')], 'direct'],
    ["the host's network", [evidence('credential:ssh'), evidence('host-network')], 'direct'],
    ['the weaker decides', [evidence('credential:ssh', 'next'), evidence('internet')], 'next'],
    ['whichever it is', [evidence('credential:ssh'), evidence('internet', 'next')], 'next'],
    ['no way out', [evidence('credential:ssh')], undefined],
    ['nothing to send', [evidence('internet')], undefined],
  ])('%s', (_, all, certainty) => {
    expect(exfiltration(...all)).toBe(certainty);
    expect(exfiltration(...all.toReversed())).toBe(certainty);
  });
});
