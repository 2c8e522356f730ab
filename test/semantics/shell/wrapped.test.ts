import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import type { ShellCommand } from '../../../src/semantics/shell/reading.ts';
import { named, read, shown } from '../../support/shell-reading.ts';

/** Each `docker` command with its wrappers, innermost last. */
function wrapped(text: string): string[] {
  return named(text).map((command) => [...wrappersOf(command), shown(command)].join(' > '));
}

function wrappersOf({ wrappers }: ShellCommand): string[] {
  return wrappers.map((words) => words.map(({ value }) => displayText(value)).join(' '));
}

describe('the operand of a wrapper', () => {
  const open = 'T=60; [ -n "$SLOW" ] && T=600';
  it.each([
    [`${open}; timeout "$T" docker run x`, ['timeout 600 > docker run x']],
    [`${open}; exec timeout $T docker run x`, ['exec > timeout 600 > docker run x']],
    ['timeout $T docker run x', ['timeout $T > docker run x']],
    ['timeout --kill-after=$X $Y docker run x', ['timeout --kill-after=$X $Y > docker run x']],
    ['nice -n "$N" docker run x', ['nice -n $N > docker run x']],
    ['env -u X docker run x', ['env -u X > docker run x']],
    ['flock "$L" docker run x', ['flock $L > docker run x']],
  ])('may have any value: %s', (text, expected) => {
    expect(wrapped(text)).toEqual(expected);
  });
});

describe('xargs', () => {
  it.each([
    ['echo a b | xargs docker run', ['xargs > docker run a b']],
    [
      "printf '%s\\n' a b | xargs -n 1 docker run",
      ['xargs -n 1 > docker run a', 'xargs -n 1 > docker run b'],
    ],
    [
      "printf '%s\\n' 'a b' c | xargs -I% docker run x%",
      ['xargs -I% > docker run xa b', 'xargs -I% > docker run xc'],
    ],
    ['xargs docker run <<< "a b"', ['xargs > docker run a b']],
  ])('gives the words of a text that is known: %s', (text, expected) => {
    expect(wrapped(text)).toEqual(expected);
  });

  it('gives any number of words of another', () => {
    for (const text of ['ls | xargs docker run', "echo 'a b' | xargs -0 docker run", 'xargs docker run']) {
      const [command] = named(text);
      expect(command?.words.map(({ many }) => many)).toEqual([false, false, true]);
    }
  });

  it('fills a mark, and adds nothing then', () => {
    const [command, ...more] = named('ls | xargs -I {} docker run -v {}:/x img');
    expect([shown(command), more.length]).toEqual(['docker run -v {}:/x img', 0]);
    expect(command?.words[3]?.value).not.toBe('{}:/x');
  });
});

describe('a word that is not known', () => {
  it.each(['$SUDO', '"${PREFIX[@]}"', 'sudo $OPTS', 'env $VARS', '$A $B'])('may be empty: %s', (prefix) => {
    expect(named(`${prefix} docker run x`).map(shown)).toEqual(['docker run x']);
  });

  it('is no prefix of what the shell itself knows', () => {
    expect(named('build() { docker run x; }; build; $ENGINE build .')).toHaveLength(1);
    expect(named('$COMPOSE exec app sh; docker run x')).toHaveLength(1);
  });

  it('may be a program that runs its arguments', () => {
    for (const text of ['attempt 3 docker run x', '"$R" docker run x']) {
      const [command] = named(text);
      expect(shown(command)).toBe('docker run x');
      expect(command?.conditions.map((one) => [one.choice.kind, one.negated])).toEqual([['event', false]]);
    }
    expect(named('attempt 3 docker run x')[0]?.conditions[0]?.text).toBe('attempt runs its arguments');
    expect(named('retry bwrap --ro-bind / / sh', 'bwrap')).toHaveLength(1);
  });

  it.each([
    'apt-get install docker run',
    'man docker run',
    'log installing docker for you',
    'install_packages bwrap socat',
    'group_add docker user',
    'docker run img docker run inner',
  ])('is none where the words are text: %s', (text) => {
    const starts = read(text).commands.filter(({ wrappers }) => wrappers.length > 0);
    expect(starts).toEqual([]);
  });

  it('is followed where the script shows what it does', () => {
    const text = 'retry() { shift; "$@"; }; retry 3 docker run x; say() { echo "$*"; }; say docker run y';
    expect(named(text).map(shown)).toEqual(['docker run x']);
  });
});

describe('another machine', () => {
  it.each([
    ['ssh host docker run x', 'ssh host > docker run x'],
    ['ssh -p 22 -o A=b u@host -- docker run x', 'ssh -p 22 -o A=b u@host -- > docker run x'],
    ['ssh host "cd /x && docker run x"', 'ssh host > docker run x'],
    ['ssh host <<E\ndocker run x\nE', 'ssh host > docker run x'],
    ['ssh host bash -s <<E\ndocker run x\nE', 'ssh host > docker run x'],
    ['orb exec -m VM docker run x', 'orb exec -m VM > docker run x'],
    ['orb -m VM sudo docker run x', 'orb -m VM > sudo > docker run x'],
    ['limactl shell default docker run x', 'limactl shell default > docker run x'],
    ['multipass exec box -- docker run x', 'multipass exec box -- > docker run x'],
    ['wsl -d U -e docker run x', 'wsl -d U -e > docker run x'],
    ['colima ssh -- docker run x', 'colima ssh -- > docker run x'],
    ['vagrant ssh -c "docker run x"', 'vagrant ssh > docker run x'],
  ])('is a wrapper: %s', (text, expected) => {
    expect(wrapped(text)).toEqual([expected]);
  });

  it('knows nothing of what is set here', () => {
    const [command] = named('I=img; f() { docker run f; }; ssh host \'f; docker run "$I" "$PWD"\'');
    expect(shown(command)).toBe('docker run $I ~');
  });

  it.each(['ssh host', 'limactl start default', 'vagrant up'])('is not entered: %s', (text) => {
    expect(read(text).commands).toHaveLength(1);
  });
});
