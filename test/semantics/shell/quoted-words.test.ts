import { describe, expect, it } from 'vitest';
import { only } from '../../support/shell-reading.ts';

/** The values of each word behind the command's name, sorted; a word that may be absent ends with `?`. */
function words(text: string): string[] {
  return only(text)
    .words.slice(1)
    .map(({ value, alternatives, conditions }) => {
      const values = alternatives?.map((one) => one.value).sort() ?? [value];
      return values.join('|') + (conditions.length > 0 ? '?' : '');
    });
}

describe('a quoted word', () => {
  it('is there when its value is empty', () => {
    expect(words('N=; [ -e /y ] && N=b; docker run --name "$N" img')).toEqual(['run', '--name', '|b', 'img']);
    expect(words('if x; then N=; else N=b; fi; docker run "${N:+z}" img')).toEqual(['run', '|z', 'img']);
  });

  it('in a default is there only with the default', () => {
    expect(words('N=; [ -e /y ] && N=b; docker run ${N:+"$N"} img')).toEqual(['run', 'b?', 'img']);
  });

  it('is one element of an array, one argument, one round of a loop', () => {
    const open = 'N=; [ -e /y ] && N=b';
    expect(words(`${open}; A=("$N"); docker run "\${A[@]}" img`)).toEqual(['run', '|b', 'img']);
    expect(words(`${open}; f() { docker run "$@"; }; f "$N" img`)).toEqual(['run', '|b', 'img']);
    expect(words(`${open}; for x in "$N"; do docker run "$x"; done`)).toEqual(['run', '|b']);
  });

  it('without its quotes is absent', () => {
    expect(words('N=; [ -e /y ] && N=b; docker run $N img')).toEqual(['run', 'b?', 'img']);
    expect(words('A=(); [ -e /y ] && A+=(b); docker run "${A[@]}" img')).toEqual(['run', 'b?', 'img']);
  });

  it('of a variable set for one command has both values', () => {
    const [assignment] = only('N=; [ -e /y ] && N=b; X="$N" docker run img').assignments;
    expect(assignment?.value.conditions).toEqual([]);
    expect(assignment?.value.alternatives?.map(({ value }) => value).sort()).toEqual(['', 'b']);
  });
});
