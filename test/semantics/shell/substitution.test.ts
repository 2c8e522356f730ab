import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { only, read, shown } from '../../support/shell-reading.ts';

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
    expect(values('D=$(if [ -e x ]; then echo 1; echo 2; else echo 3; fi); docker run "$D"')).toEqual([
      '1\n2',
      '3',
    ]);
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

describe('a path command', () => {
  it.each([
    ['cd "$D" && pwd', '$1 .'],
    ['realpath "$D"', '$1 .'],
    ['readlink -f "$D"', '$1 .'],
    ['dirname "$D/x"', '$1 .'],
    ['basename "$D/x.sh" .sh', 'x'],
    ['basename "$D"', '$(basename "$1") $(basename ".")'],
    ['cd "$D/sub" && cd .. && pwd', '$1 .'],
  ])('says what it does with each value: %s', (command, expected) => {
    const found = values(`D="$PWD"; [ -n "$1" ] && D=$1; D="$(${command})"; docker run "$D"`);
    expect(found).toEqual([...new Set(expected.split(/ (?=[$.])/))]);
  });

  it('goes up from a variable', () => {
    expect(values('docker run "$(dirname "$SSH_AUTH_SOCK")"')).toEqual(['$SSH_AUTH_SOCK/..']);
    expect(values('docker run "$(dirname "/srv/a-$X")"')).toEqual(['/srv']);
    expect(values('cd "$X"; cd sub; docker run "$(pwd)"')).toEqual(['$X/sub']);
  });

  it('with options that make it print something else is unknown', () => {
    expect(values('docker run "$(readlink link)"')).toEqual(['$(readlink link)']);
    expect(values('docker run "$(realpath --relative-to a b)"')).toEqual(['$(realpath --relative-to a b)']);
  });
});

describe('a command that works in silence', () => {
  it.each([
    ['mkdir -p "$HOME/x"; echo "$HOME/x"', '~/x'],
    ['mkdir -p "$HOME/x" && cd "$HOME/x" && pwd -P', '~/x'],
    ['cd "$1" >/dev/null && pwd', '$1'],
    ['chmod 600 f; touch f; rm -f g; echo done', 'done'],
    ['export A=1; local B=2; set -e; trap "" INT; echo done', 'done'],
    ['command -v docker >/dev/null; echo done', 'done'],
    ['sed -i s/a/b/ f && echo done', 'done'],
  ])('adds nothing: %s', (command, expected) => {
    expect(values(`D=$(${command}); docker run "$D"`)).toEqual([expected]);
  });

  it('is still asked whether it works', () => {
    expect(values('D=$(if grep -q x f; then echo a; else echo b; fi); docker run "$D"')).toEqual(['a', 'b']);
    expect(values('D=$(if mkdir lock; then echo a; else echo b; fi); docker run "$D"')).toEqual(['a', 'b']);
  });

  it.each(['mkdir -pv x', 'chmod -c 600 x', 'sed -n p x', 'grep x f', 'pushd x', 'umask'])(
    'with its options is not silent: %s',
    (command) => {
      expect(values(`D=$(${command}; echo done); docker run "$D"`)).toEqual([`$(${command})done`]);
    },
  );
});

describe('mktemp', () => {
  it.each([
    ['mktemp -d', '/tmp/tmp.XXXXXXXXXX'],
    ['mktemp', '/tmp/tmp.XXXXXXXXXX'],
    ['mktemp -d -t box.XXXX', '/tmp/box.XXXX'],
    ['mktemp --tmpdir box.XXXX', '/tmp/box.XXXX'],
    ['mktemp -p "$HOME" box.XXXX', '~/box.XXXX'],
    ['mktemp -d --tmpdir="$X" box.XXXX', '$X/box.XXXX'],
    ['mktemp -d /var/tmp/box.XXXX', '/var/tmp/box.XXXX'],
    ['mktemp -d box.XXXX', './box.XXXX'],
    ['TMPDIR=/scratch; mktemp', '/scratch/tmp.XXXXXXXXXX'],
  ])('gives a name that nothing else has: %s', (command, expected) => {
    expect(values(`D=$(${command}); docker run "$D"`)).toEqual([expected]);
  });
});

describe('a program that is looked up', () => {
  const programs = (text: string): string[] =>
    read(text)
      .commands.filter(({ words }) => words[1]?.value === 'run')
      .map(({ words, conditions }) =>
        [words[0]?.value.replace(/^.*\//s, ''), ...conditions.map((one) => one.negated)].join(' '),
      );

  it.each(['command -v docker', 'which docker', 'type -P docker', 'type -p docker', 'whence -p docker'])(
    'is the program: %s',
    (lookup) => {
      expect(programs(`RT=$(${lookup}); [ -n "$RT" ] || exit 1; "$RT" run img`)).toEqual(['docker']);
    },
  );

  it('is one of two', () => {
    expect(programs('RT=$(command -v podman || command -v docker); $RT run img')).toEqual([
      'docker true false',
      'podman false',
    ]);
    expect(programs('if [ -n "$(which podman)" ]; then R=podman; else R=docker; fi; $R run img')).toEqual([
      'podman false',
      'docker true',
    ]);
  });

  it('is its own path, or a function', () => {
    expect(shown(only('docker run "$(command -v /opt/x)"'))).toBe('docker run /opt/x');
    expect(shown(only('f() { :; }; docker run "$(command -v f)"'))).toBe('docker run f');
    expect(shown(only('docker run "$(which -a x)"'))).toBe('docker run $(which -a x)');
    expect(programs('f() { "$(which f)" run img; }; f')).toEqual(['f false', ' true']);
  });

  it('lies in a directory that is not known', () => {
    const word = only('docker run -v "$(dirname "$(command -v node)"):/n"').words[3];
    expect(displayText(word?.value ?? '')).toBe('$(dirname "$(command -v node)"):/n');
  });
});
