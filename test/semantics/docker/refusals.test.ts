/** What the engines refuse of run lines: the lists that `engine.test.ts` compares with the engines themselves. */
import { describe, expect, it } from 'vitest';
import { readWords } from '../../support/run-line.ts';
import { PROJECT_FILES, runLines, wordsOf } from '../../support/run-lines.ts';

const ENGINES = ['docker', 'podman'] as const;

function errorsOf(engine: (typeof ENGINES)[number], text: string): string[] {
  const run = readWords(engine, wordsOf(text, 'probe:1'), PROJECT_FILES);
  return run === null ? ['no container'] : run.errors.map(({ message }) => message);
}

describe.each(ENGINES)('%s', (engine) => {
  it.each(['taken', 'undecided'] as const)('takes what is %s', (list) => {
    const wrong = runLines(engine, list).flatMap(({ text }) => {
      const errors = errorsOf(engine, text);
      return errors.length === 0 ? [] : [`${text}: ${errors.join('; ')}`];
    });
    expect(wrong).toEqual([]);
  });

  it('refuses what is refused', () => {
    const wrong = runLines(engine, 'refused').filter(({ text }) => errorsOf(engine, text).length === 0);
    expect(wrong).toEqual([]);
  });
});
