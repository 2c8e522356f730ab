import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { named, only, shown } from '../../support/shell-reading.ts';

/** Every value of the last word with the tests that decide it, sorted. */
function ways(text: string): string[] {
  const word = only(text).words.at(-1);
  const all = word?.alternatives ?? [{ value: word?.value ?? '', conditions: word?.conditions ?? [] }];
  return all
    .map(({ value, conditions }) =>
      [
        displayText(value),
        ...conditions.map(({ negated, text: test }) => `${negated ? 'not ' : ''}${test}`),
      ].join(' if '),
    )
    .sort();
}

const FIND = 'find_top() { if [[ -d "$1/.git" ]]; then echo "$1"; return 0; fi; return 1; }';

describe('success and output belong together', () => {
  it('in a && b || c', () => {
    const expected = ['~/.aws if [ -d /x ]', '~/.ssh if not [ -d /x ]'];
    expect(ways('D="$([ -d /x ] && echo "$HOME/.aws" || echo "$HOME/.ssh")"; docker run "$D"')).toEqual(
      expected,
    );
    expect(ways('[ -d /x ] && D="$HOME/.aws" || D="$HOME/.ssh"; docker run "$D"')).toEqual(expected);
    expect(ways('if [ -d /x ]; then D=~/.aws; false; else D=~/.ssh; fi && :; docker run "$D"')).toEqual(
      expected,
    );
  });

  it('in a function that ends the script where it fails', () => {
    const command = only(`${FIND}; top="$(find_top "$PWD")" || exit 1; docker run -v "$top/.git:/x"`);
    expect(shown(command)).toBe('docker run -v ./.git:/x');
    expect(command.words[3]?.alternatives).toBeUndefined();
    expect(command.guards.map(({ text }) => text)).toEqual(['[[ -d "$1/.git" ]]']);
  });

  it('in a function whose failure is answered', () => {
    expect(ways(`${FIND}; top=$(find_top "$PWD") || top=none; docker run "$top"`)).toEqual([
      '. if [[ -d "$1/.git" ]]',
      'none if not [[ -d "$1/.git" ]]',
    ]);
    const f = 'f() { case "$1" in a) echo A;; b) echo B; return 0;; *) return 1;; esac; }';
    expect(ways(`${f}; X=$(f "$1") || X=none; docker run "$X"`)).toEqual([
      'A if "$1" is a',
      'B if "$1" is b',
      'none if "$1" is *',
    ]);
  });

  it('where the function is asked in a test', () => {
    const commands = named(
      `${FIND}; if top=$(find_top here); then docker run "$top"; else docker run none; fi`,
    );
    expect(commands.map(shown)).toEqual(['docker run here', 'docker run none']);
    expect(commands.map(({ conditions }) => conditions.map(({ text }) => text))).toEqual([
      ['[[ -d "$1/.git" ]]'],
      ['[[ -d "$1/.git" ]]'],
    ]);
  });

  it('in a search that ends with the first find', () => {
    const find = 'find() { for d in a b c; do [[ -f "$d" ]] && { echo "$d"; return 0; }; done; return 1; }';
    const values = (text: string): (readonly string[] | undefined)[] =>
      named(`${find}; ${text}`).map(({ words }) =>
        words
          .at(-1)
          ?.alternatives?.map(({ value }) => value)
          .sort(),
      );
    expect(values('D=$(find) || exit 1; docker run "$D"')).toEqual([['a', 'b', 'c']]);
    expect(values('if D=$(find); then docker run "$D"; fi')).toEqual([['a', 'b', 'c']]);
    expect(values('D=$(find) || D=d; docker run "$D"')).toEqual([['a', 'b', 'c', 'd']]);
    expect(values('D=$(find); docker run "$D"')).toEqual([['', 'a', 'b', 'c']]);
  });

  it('in a subshell that ends early', () => {
    expect(ways('X=$(exit 1) || X=none; docker run "$X"')).toEqual(['none']);
    expect(ways('X=$(echo a; [ -e y ] || exit 2; echo b) || X=none; docker run "$X"')).toEqual([
      'a\nb if [ -e y ]',
      'none if not [ -e y ]',
    ]);
  });

  it('with a flag that holds true or false', () => {
    const commands = named('F=false; [ -e x ] && F=true; if $F; then docker run a; else docker run b; fi');
    expect(commands.map((one) => [shown(one), one.conditions.map(({ text }) => text)])).toEqual([
      ['docker run a', ['[ -e x ]']],
      ['docker run b', ['[ -e x ]']],
    ]);
  });

  it('and stay open where a command is asked', () => {
    expect(ways('X=$(ask) || X=none; docker run "$X"')).toEqual([
      '$(ask) if X=$(ask)',
      'none if not X=$(ask)',
    ]);
    expect(named('[ -x a ] && docker run one || docker run two')).toHaveLength(2);
  });

  it('an assignment of a text that is known succeeds', () => {
    expect(named('X=a$(echo b) || docker run never; docker run "$X"').map(shown)).toEqual(['docker run ab']);
  });
});

describe('a loop whose test is a question', () => {
  it.each(['[ -n "$X" ]', '[ "${X:-a}" = b ]', '[[ $X = b ]]'])('may run: while %s', (test) => {
    expect(named(`while ${test}; do docker run x; done`)).toHaveLength(1);
  });
});

describe('a way that is left', () => {
  const find =
    'find() { if [ -d a ]; then echo a; return 0; elif [ -d b ]; then echo b; return 0; fi; return 1; }';

  it('is no value of the words that stand behind it', () => {
    const add = 'add() { local d; d=$(find) || return 1; A+=(-v "$d/x:/x"); }';
    const command = only(`${find}; ${add}; A=(); add; docker run "\${A[@]}" img`);
    expect(command.words.map(({ value }) => value)).toEqual(['docker', 'run', '-v', 'a/x:/x', 'img']);
    expect(command.words[3]?.alternatives?.map(({ value }) => value)).toEqual(['a/x:/x', 'b/x:/x']);
    expect(command.words[3]?.conditions).not.toEqual([]);
  });
});
