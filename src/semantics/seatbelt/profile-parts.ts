/** A profile that was put together from several texts, as the forms that it comes to. */
import type { MappedText } from '../../source/mapped.ts';
import { readSexpr, type SexprResult } from '../../syntax/sexpr.ts';
import { joinMapped } from '../../syntax/shell.ts';
import type { ProfilePart } from './evaluation.ts';
import type { Condition } from './profile.ts';

/** A stretch of a profile's text, and what holds where it is there. */
export interface ProfileText {
  readonly text: MappedText;
  readonly conditions: readonly Condition[];
}

/**
 * Texts of one file that are there together are read as one, so that a form may begin in one of them and end in
 * the next. Where a form goes on in a text that is there under other conditions, all count as there.
 */
export function partsOf(texts: readonly ProfileText[]): readonly ProfilePart[] {
  const parts = joined(texts).map(read);
  if (parts.length < 2 || parts.every(({ syntax }) => isBalanced(syntax))) return parts;
  const whole = joined(texts.map(({ text }) => ({ text, conditions: [] }))).map(read);
  return whole.every(({ syntax }) => isBalanced(syntax)) ? whole : parts;
}

function joined(texts: readonly ProfileText[]): readonly ProfileText[] {
  const found: ProfileText[] = [];
  for (const one of texts) {
    const last = found.at(-1);
    if (last !== undefined && last.text.source === one.text.source && areSame(last, one)) {
      found[found.length - 1] = { ...last, text: joinMapped([last.text, one.text]) };
    } else found.push(one);
  }
  return found;
}

function areSame(a: ProfileText, b: ProfileText): boolean {
  return (
    a.conditions.length === b.conditions.length &&
    a.conditions.every(({ key, holds }, at) => {
      const other = b.conditions[at];
      return other?.key === key && other.holds === holds;
    })
  );
}

function read({ text, conditions }: ProfileText): ProfilePart {
  return { syntax: readSexpr(text), conditions };
}

function isBalanced({ problems }: SexprResult): boolean {
  return problems.every(({ severity }) => severity === 'note');
}
