import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { only } from '../../support/shell-reading.ts';

/** Every value of the last word, sorted. */
function values(text: string): string[] {
  const word = only(text).words.at(-1);
  const all = word?.alternatives?.map(({ value }) => value) ?? [word?.value ?? ''];
  return all.map(displayText).sort();
}

describe('the newline at the end of what a command prints', () => {
  it('goes on each way', () => {
    const f = 'f() { case "$K" in w) if [ -d /x ]; then echo a; else echo b; fi;; *) echo "$1";; esac; }';
    expect(values(`${f}; D="$(f "$HOME/.ssh")"; docker run "$D"`)).toEqual(['a', 'b', '~/.ssh']);
    expect(values('D=$(if [ -e x ]; then echo 1; echo 2; else echo 3; fi); docker run "$D"')).toEqual(['1\n2', '3']);
  });

  it('goes only where no line follows', () => {
    const text = 'D="$(echo base; [ -x a ] && echo one; [ -x b ] && echo two)"; docker run "$D"';
    expect(values(text)).toEqual(['base', 'base\none', 'base\none\ntwo', 'base\ntwo']);
    expect(values('D="$([ -x a ] && echo one; [ -x b ] && echo two)"; docker run "x$D"')).toEqual([
      'x',
      'xone',
      'xone\ntwo',
      'xtwo',
    ]);
  });

  it('stays between more lines than can be told apart', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `[ -e /${at} ] && echo "-v /${at}:/x"`).join('; ');
    const { words } = only(`docker run $(${lines}) img`);
    expect(words.some(({ value }) => value.includes('…'))).toBe(false);
    expect(new Set(words.map(({ value }) => value)).size).toBe(34);
  });
});
