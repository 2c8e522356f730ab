/** What the unknown may hide, at its worst. */
import { hiddenRow } from '../knowledge/hidden.ts';
import type { OutcomeId } from '../model/outcome.ts';
import type { Unresolved } from '../model/sandbox.ts';

export function worstOf(entry: Unresolved): readonly OutcomeId[] {
  return hiddenRow(entry.mayHide).worst;
}
