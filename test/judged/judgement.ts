/** A definition with what must be said about it, and what must not. */
import { describe, expect, it } from 'vitest';
import { sliceOf } from '../../src/source/source.ts';
import { auditText } from '../support/audit-text.ts';

/** Rule, severity, and the source text that the finding points at. */
export type Expected = readonly [rule: string, severity: string, at: string];

export interface Judgement {
  readonly what: string;
  readonly format: 'compose' | 'devcontainer' | 'docker-run';
  readonly text: string;
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where the definition stands, if not in its usual place. */
  readonly path?: string;
  readonly fires?: readonly Expected[];
  /** Rules that must be silent. `severe`: no finding is high or worse. */
  readonly silent?: readonly (string | 'severe')[];
}

/** A service that is a sandbox, since it mounts the project's source. */
export function agent(lines: string, rest = ''): string {
  const own = lines.replace(/^(?=.)/gm, '    ');
  return `services:\n  agent:\n    image: node:22\n${own}${own === '' ? '' : '\n'}${rest}`;
}

/** A service with the project's source, and other mounts beside it. */
export function mounting(...volumes: readonly string[]): string {
  return agent(['volumes:', '  - .:/workspace', ...volumes.map((volume) => `  - ${volume}`)].join('\n'));
}

export const SOURCE = 'volumes: [".:/workspace"]';

/** @param properties beside an image whose user is not known to be root or to have sudo */
export function devcontainer(properties: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ image: 'node:22', ...properties }, null, 1);
}

export function runArgs(...args: readonly string[]): string {
  return JSON.stringify({ image: 'node:22', runArgs: args });
}

/** A line that mounts the project, so that it is a sandbox, with these words before the image. */
export function line(words: string, engine = 'docker'): string {
  return `${engine} run -v "$PWD":/work ${words} img\n`;
}

export function judge(title: string, judgements: readonly Judgement[]): void {
  describe(title, () => {
    it.each(judgements.map((judgement) => [judgement.what, judgement] as const))('%s', (_, judgement) => {
      const { format, text, files = {}, path, fires = [], silent = [] } = judgement;
      const { findings, result } = auditText(format, text, new Map(Object.entries(files)), path);
      expect(result.sandboxes.length).toBeGreaterThan(0);
      const said = findings.map(({ rule, severity, at }): Expected => [rule.id, severity, sliceOf(at)]);
      for (const expected of fires) {
        expect(said.filter(([rule]) => rule === expected[0])).toContainEqual(expected);
      }
      const counted = findings.filter(({ severity, subsumed }) => !subsumed && isSevere(severity));
      for (const rule of silent) {
        const wrong = rule === 'severe' ? counted : findings.filter((finding) => finding.rule.id === rule);
        expect(wrong.map((finding) => `${finding.rule.id} ${finding.severity}: ${finding.evidence}`)).toEqual(
          [],
        );
      }
    });
  });
}

function isSevere(severity: string): boolean {
  return severity === 'critical' || severity === 'high';
}
