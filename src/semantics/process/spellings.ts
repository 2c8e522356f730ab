/** The values that a word of a command line can have. */
import type { Condition, ShellWord } from '../shell/reading.ts';
import { compatible, conjunction } from './conditions.ts';

export interface Spelling {
  readonly value: string;
  readonly when: readonly Condition[];
  readonly word: ShellWord;
}

/** Each value that the word can have, with the conditions of the word itself. */
export function spellings(word: ShellWord): readonly Spelling[] {
  const { alternatives, conditions, value } = word;
  if (alternatives === undefined) return [{ value, when: conditions, word }];
  return alternatives
    .filter((one) => compatible(one.conditions, conditions))
    .map((one) => ({ value: one.value, when: conjunction(conditions, one.conditions), word }));
}
