/** Scripts that cost more than is worth following, and values that loops and branches rebuild. */
import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { named, only, read, shown } from '../../support/shell-reading.ts';

const HUGE = Array.from({ length: 200 }, (_, index) => index).join(' ');
/** Forty thousand rounds, in each of which something is decided. */
function costly(body = ''): string {
  return `for a in ${HUGE}; do for b in ${HUGE}; do
    if [ -e "/$a/$b" ]; then x="$a$b"; else x="$b"; fi
    ${body}
  done; done`;
}

function values(text: string, at: number): string[] {
  const word = only(text).words[at];
  const found = word?.alternatives?.map(({ value }) => value) ?? [word?.value ?? ''];
  return found.map(displayText).sort();
}

describe('a part that costs too much', () => {
  it('does not hide what stands behind it', () => {
    const script = `${costly()}\ndocker run --privileged img`;
    expect(shown(only(script))).toBe('docker run --privileged img');
    expect(only(script).conditions).toEqual([]);
    const limits = read(script).problems.filter(({ kind }) => kind === 'limit');
    expect(limits.map(({ message }) => message)).toEqual([
      'this part takes too many steps to follow; its commands are read by themselves',
    ]);
  });

  it('does not hide what stands behind it in the same function', () => {
    const script = `main() {\n${costly()}\n  docker run -v /:/host img\n}\nmain "$@"`;
    expect(shown(only(script))).toBe('docker run -v /:/host img');
  });

  it('does not hide its own commands', () => {
    const inside = costly('case $x in never) docker run --privileged "$x" img ;; esac');
    const [command] = named(inside);
    expect(shown(command)).toContain('docker run --privileged');
    const called = named(
      `start() { docker run --pid host img; }\n${costly('case $x in never) start ;; esac')}`,
    );
    expect(called.map(shown)).toContain('docker run --pid host img');
  });

  it('leaves what it changes unknown, and the rest as it was', () => {
    const script = `dir=/safe; kept=/kept; args=(--rm)\n${costly('dir="$x"; args+=(-v "$x:/x")')}
      docker run "\${args[@]}" -v "$dir:/d" -v "$kept:/k" img`;
    const [, , first, second, , mount, , kept] = only(script).words;
    expect([first?.value, second?.many, kept?.value]).toEqual(['--rm', true, '/kept:/k']);
    expect(mount?.alternatives?.map(({ value }) => displayText(value)).sort()).toEqual([
      '$dir:/d',
      '/safe:/d',
    ]);
  });

  it('is known by what it lengthens', () => {
    const script = `line='docker run'\n${costly('line="$line -v $x"')}\n$line img`;
    expect(shown(only(script))).toMatch(/^docker run\S* \S*img|^docker run .* img/);
  });

  it('never makes a command that does not run', () => {
    const script = `${costly('echo docker run --privileged img')}\n: docker run`;
    expect(named(script)).toEqual([]);
  });
});

describe('a command in a text', () => {
  const flags = Array.from({ length: 9 }, (_, index) => `[ -e /f${index} ] && C="$C --env V${index}=1"`).join(
    '\n',
  );

  it('keeps its words apart, whatever is missing between them', () => {
    const name = 'NAME=box; case "$1" in -n) NAME="$2" ;; esac';
    const command = only(
      `${name}\nC="docker run"\n${flags}\nC="$C --name $NAME --privileged -v /:/host img"\n$C`,
    );
    const certain = command.words.filter(({ conditions }) => conditions.length === 0);
    expect(certain.map(({ value }) => value).filter((value) => !/box|\uFDD2/.test(value))).toEqual([
      'docker',
      'run',
      '--name',
      '--privileged',
      '-v',
      '/:/host',
      'img',
    ]);
    expect(values(`${name}\nC="docker run"\n${flags}\nC="$C --name $NAME img"\n$C`, 2 + 18 + 1)).toEqual([
      '$2',
      'box',
    ]);
  });

  it('joins what nothing certain separates', () => {
    const script = 'A=x; [ -e /a ] && A="x "; [ -e /b ] && B=y; docker run $A$B img';
    expect(named(`B=\n${script}`)[0]?.words.length).toBeGreaterThanOrEqual(3);
    const words = only(`A=/src; [ -e /a ] && A=/other\ndocker run -v $A:/x img`).words;
    expect(words[3]?.alternatives?.map(({ value }) => value).sort()).toEqual(['/other:/x', '/src:/x']);
  });

  it('is known though it is printed on the way', () => {
    const print = `flags() { local F=""; for v in ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT; do
      if [ -n "\${!v}" ]; then F="$F -e $v"; fi; done; echo "$F"; }`;
    const command = only(`${print}\nF=$(flags)\ndocker run $F img`);
    expect(shown(command)).toBe(
      'docker run -e ONE -e TWO -e THREE -e FOUR -e FIVE -e SIX -e SEVEN -e EIGHT img',
    );
  });
});

describe('a value that is rebuilt', () => {
  const parse = `while [ $# -gt 0 ]; do case "$1" in
    ${Array.from({ length: 20 }, (_, index) => `--flag${index}) F${index}=1; shift ;;`).join('\n    ')}
    --dir) DIR="$2"; shift 2 ;;
    --) shift; break ;;
    *) break ;;
  esac; done`;

  it('has each value once, however many ways lead to it', () => {
    expect(values(`DIR="$PWD"\n${parse}\ndocker run -v "$DIR:/w" img`, 3)).toEqual(['$2:/w', '.:/w']);
  });

  it('has no value that mixes two ways', () => {
    const script = `A=one; while [ $# -gt 0 ]; do case "$1" in a) A=two; shift ;; b) shift ;; *) break ;; esac; done`;
    expect(values(`${script}\ndocker run "$A"`, 2)).toEqual(['one', 'two']);
  });

  it('keeps an option with its value when a list is filtered again and again', () => {
    const names = Array.from({ length: 12 }, (_, index) => `NAME_${index}`).join(' ');
    const filter = (no: number): string =>
      `if [ -n "$DROP${no}" ]; then new=(); for n in "\${list[@]}"; do [ "$n" != "$DROP${no}" ] && new+=("$n"); done; list=("\${new[@]}"); fi`;
    const script = `list=(${names})\n${[1, 2, 3, 4].map(filter).join('\n')}
      for n in "\${list[@]}"; do args+=(-e "$n"); done\ndocker run "\${args[@]}" img`;
    const words = only(`args=()\n${script}`).words.slice(2, -1);
    expect(words.length).toBeLessThan(200);
    for (const [at, { value }] of words.entries()) expect(value.startsWith('-e')).toBe(at % 2 === 0);
    expect(new Set(words.map(({ value }) => value)).size).toBe(13);
  });
});
