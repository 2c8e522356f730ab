import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { named, only, shown } from '../../support/shell-reading.ts';

/** The words behind `run`; `*` marks any number of them, `?` one that may be absent. */
function words(text: string): string[] {
  return only(text)
    .words.slice(2)
    .map(({ value, many, conditions }) => {
      return displayText(value) + (many ? '*' : '') + (conditions.length > 0 ? '?' : '');
    });
}

const all = (text: string): string[] => named(text).map(shown);

describe('an array of lines', () => {
  it.each([
    ["mapfile -t A < <(printf '%s\\n' -v '/a b:/c' '' x)", ['-v', '/a b:/c', '', 'x']],
    ["readarray -t A <<< $'a\\nb'", ['a', 'b']],
    ['mapfile -t A <<E\na\nb\nE', ['a', 'b']],
    ["mapfile -d '' -t A < <(printf '%s\\0' a 'b c')", ['a', 'b c']],
    ['f() { echo a; [ -e /y ] && echo b; }; mapfile -t A < <(f)', ['a', 'b?']],
    ['f() { printf "%s\\n" "$@"; }; mapfile -t A < <(f -v "/a b:/c")', ['-v', '/a b:/c']],
  ])('has the lines of a text that is known: %s', (text, expected) => {
    expect(words(`${text}\ndocker run "\${A[@]}"`)).toEqual(expected);
  });

  it.each([
    ['mapfile -t A < list', ['$A*']],
    ['mapfile -t A < <(list)', ['$(list)*']],
    ['mapfile -t A < <(echo a; list; echo b)', ['a', '$(list)b*']],
    ['mapfile -t -u 3 A < <(echo a)', ['$A*']],
    ['mapfile -t A < <(printf "%s\\n" -e "$X" "$@")', ['-e', '$X', '$@*']],
  ])('has unknown words where the text is not: %s', (text, expected) => {
    expect(words(`${text}\ndocker run "\${A[@]}"`)).toEqual(expected);
  });
});

describe('read', () => {
  it.each([
    ['IFS=: read -r a b c <<< "/etc:/h"', ['/etc', '/h', '']],
    ['read -r a b c <<< " 1  2 3 4 "', ['1', '2', '3 4']],
    ['read -r a b c < <(echo 1 2 3)', ['1', '2', '3']],
    ['IFS=: read -r a b c <<< "$X:/h:ro"', ['$X', '/h', 'ro']],
    ['read -r a b c <<< "$X"', ['$a', '$b', '$c']],
    ['read a b c <<< "1 2\\\\ 3"', ['$a', '$b', '$c']],
    ['{ read -r a; read -r b; c=; } <<< "1"', ['1', '$b', '']],
    ['read -r -u 3 a b c <<< "1 2 3"', ['$a', '$b', '$c']],
  ])('cuts a line: %s', (text, expected) => {
    expect(words(`${text}; docker run "$a" "$b" "$c"`)).toEqual(expected);
  });

  it('fills an array', () => {
    expect(words('read -ra A <<< "--privileged -v /:/h"; docker run "${A[@]}"')).toEqual([
      '--privileged',
      '-v',
      '/:/h',
    ]);
    expect(words('IFS=, read -ra A <<< "a,b,,c,"; docker run "${A[@]}"')).toEqual(['a', 'b', '', 'c']);
    expect(words("IFS=$'\\n' read -rd '' -a A <<< $'a b\\nc'; docker run \"${A[@]}\"")).toEqual(['a b', 'c']);
    expect(words('read -ra A <<< "$OPTS"; docker run "${A[@]}"')).toEqual(['$OPTS*']);
    const open = 'O=-i; [ -t 0 ] && O="$O -t"; read -ra A <<< "$O"; docker run "${A[@]}"';
    expect(words(open)).toEqual(['-i', '-t?']);
  });

  it('takes the value of each branch', () => {
    const word = only('if x; then P=/a:1; else P=/b:2; fi; IFS=: read -r a b <<< "$P"; docker run "$a"')
      .words[2];
    expect(word?.alternatives?.map(({ value }) => value)).toEqual(['/a', '/b']);
  });
});

describe('a loop over read', () => {
  it.each([
    ["while read -r x; do docker run \"$x\"; done < <(printf '%s\\n' a 'b c')", ['a', 'b c']],
    ['printf \'%s\\n\' a b | while read -r x; do docker run "$x"; done', ['a', 'b']],
    ['while read -r x || [[ -n $x ]]; do docker run "$x"; done <<< $\'a\\nb\'', ['a', 'b']],
    ["while IFS= read -r -d '' x; do docker run \"$x\"; done < <(printf '%s\\0' a 'b c')", ['a', 'b c']],
    ['while read -r x; do [ -z "$x" ] && continue; docker run "$x"; done <<E\na\n\nb\nE', ['a', 'b']],
    ['while read -r x; do docker run "$x"; break; done <<< $\'a\\nb\'', ['a']],
  ])('runs once a line: %s', (text, expected) => {
    expect(all(text)).toEqual(expected.map((word) => `docker run ${word}`));
  });

  it('cuts each line', () => {
    const loop = 'while IFS=: read -r s d; do A+=(-v "$s:/x$d"); done <<E\n/a:/b\n/c:/d\nE';
    expect(words(`A=()\n${loop}\ndocker run "\${A[@]}"`)).toEqual(['-v', '/a:/x/b', '-v', '/c:/x/d']);
  });

  it('knows which lines may be absent', () => {
    const lines = 'f() { echo a; [ -e /y ] && echo b; }';
    expect(
      words(`A=(); ${lines}; while read -r x; do A+=("$x"); done < <(f); docker run "\${A[@]}"`),
    ).toEqual(['a', 'b?']);
  });

  it('adds any number of words where the lines are not known', () => {
    for (const input of ['< list', '< <(list)', '< <(printf "%s\\n" "$@")']) {
      const loop = `A=(--rm); while read -r x; do A+=("$x"); done ${input}; docker run "\${A[@]}" img`;
      expect(words(loop)).toEqual(['--rm', '$x*?', 'img']);
    }
    const pairs = 'A=(); while read -r x; do A+=(-v "$x:/x"); done < list; docker run "${A[@]}"';
    expect(words(pairs)).toEqual(['-v?', '$x:/x?']);
  });
});

describe('a word from a line', () => {
  it('is written where the line is', () => {
    const place = (text: string): string | undefined => {
      const word = only(text).words[2];
      return word && sliceOf(word.place);
    };
    expect(place('mapfile -t A <<E\n-v\n/a:/b\nE\ndocker run "${A[@]}"')).toBe('-v');
    expect(place('while read -r x; do docker run "$x"; done <<E\n/a:/b\nE')).toBe('/a:/b');
  });
});

describe('words that pass through text', () => {
  it.each([
    ['A=(docker run "a b"); eval "$(printf "%q " "${A[@]}")"', ['a b']],
    ['A=(docker run "a b"); eval "${A[@]@Q}"', ['a b']],
    ['A=(docker run "it\'s" ""); bash -c "${A[*]@Q}"', ["it's", '']],
    ['A=(docker run "a b"); eval "${A[*]}"', ['a', 'b']],
    ['A=(docker run "$X" y); eval "$(printf "%q " "${A[@]}")"', ['$X', 'y']],
    ['A=(docker run); script -qec "$(printf "%q " "${A[@]}" "$@")" /dev/null', ['$@*']],
  ])('stay words: %s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});
