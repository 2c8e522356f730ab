import { describe, expect, it } from 'vitest';
import { displayText, unknownPart } from '../../../src/model/symbolic.ts';
import { shellCommands } from '../../../src/semantics/shell/shell-commands.ts';
import { mappedBuilder, plainText } from '../../../src/source/mapped.ts';
import { createSource, positionAt, sliceOf } from '../../../src/source/source.ts';
import { named, only, read, shown } from '../../support/shell-reading.ts';
import { exactSnippets, openSnippets } from './snippets.ts';

describe('places', () => {
  it('are the very characters of the word in every snippet', () => {
    let checked = 0;
    for (const text of [...exactSnippets, ...openSnippets]) {
      // A value that an expansion changed points at the text that it was made of.
      if (/\$\{[^}]*[#%/^,:?!]/.test(text)) continue;
      for (const command of read(text).commands) {
        for (const word of command.words) {
          const slice = sliceOf(word.place);
          if (!/^[\w./:=-]+$/.test(word.value) || !/^[\w./:=-]+$/.test(slice)) continue;
          checked += 1;
          expect({ text, slice }).toEqual({ text, slice: word.value });
        }
      }
    }
    expect(checked).toBeGreaterThan(600);
  });

  it('of array elements are those of the element, with the use beside them', () => {
    const command = only('A=(--rm -v "$HOME/.ssh:/s")\ndocker run "${A[@]}" img');
    expect(command.words.map(({ place }) => sliceOf(place))).toEqual([
      'docker',
      'run',
      '--rm',
      '-v',
      '"$HOME/.ssh:/s"',
      'img',
    ]);
    expect(command.words.map(({ via }) => via?.map(sliceOf))).toEqual([
      undefined,
      undefined,
      ['"${A[@]}"'],
      ['"${A[@]}"'],
      ['"${A[@]}"'],
      undefined,
    ]);
  });

  it('of split text are the part of the string', () => {
    const command = only('O="--rm -v a:b"; docker run $O');
    expect(
      command.words
        .slice(2)
        .map(({ place }) => [sliceOf(place), positionAt(place.source, place.span.start).column]),
    ).toEqual([
      ['--rm', 4],
      ['-v', 9],
      ['a:b', 12],
    ]);
  });

  it('follow an argument through a function to where it was written', () => {
    const command = only('I="ubuntu"\nf() { local i=$1; docker run "$i"; }\nf "$I"');
    const image = command.words[2];
    expect(image && sliceOf(image.place)).toBe('"ubuntu"');
    expect(image?.via?.map(sliceOf)).toEqual(['"$I"', '$1', '"$i"']);
  });

  it('lead back into a string with escapes', () => {
    const source = createSource('package.json', '{"x": "docker run \\"a b\\" img"}');
    const builder = mappedBuilder(source);
    builder.copy(7, 18);
    builder.replace('"', 18, 20);
    builder.copy(20, 23);
    builder.replace('"', 23, 25);
    builder.copy(25, 29);
    const [command] = shellCommands(builder.build()).commands;
    expect(command?.words.map(({ value }) => value)).toEqual(['docker', 'run', 'a b', 'img']);
    expect(command?.words.map(({ place }) => sliceOf(place))).toEqual(['docker', 'run', '\\"a b\\"', 'img']);
  });

  it('lead into the text of eval, sh -c, and with CRLF', () => {
    for (const text of [
      "eval 'docker run deep'",
      'bash -c "docker run deep"',
      'bash <<E\r\ndocker run \\\r\n deep\r\nE\r\n',
    ]) {
      const word = only(text).words[2];
      expect(word && sliceOf(word.place)).toBe('deep');
    }
  });
});

describe('conditions', () => {
  it('stand at the words that a branch adds', () => {
    const command = only('A=(--rm)\nif [ -S /x ]; then A+=(-v /x:/x); fi\ndocker run "${A[@]}" img');
    expect(command.conditions).toEqual([]);
    const conditional = command.words.filter(({ conditions }) => conditions.length > 0);
    expect(conditional.map(({ value }) => value)).toEqual(['-v', '/x:/x']);
    expect(conditional[0]?.conditions.map(({ text, negated }) => [text, negated])).toEqual([
      ['[ -S /x ]', false],
    ]);
  });

  it('give a word all the values of its branches', () => {
    const command = only('if x; then N=none; elif y; then N=host; else N=own; fi; docker run --net=$N');
    expect(command.words[2]?.alternatives?.map(({ value }) => value)).toEqual([
      '--net=none',
      '--net=host',
      '--net=own',
    ]);
  });

  it('of a command are those of its branches, and early exits are guards', () => {
    const command = only('[ -d /a ] || exit 1\nif [ -d /b ]; then docker run; fi');
    expect(command.conditions.map(({ text }) => text)).toEqual(['[ -d /b ]']);
    expect(command.guards.map(({ text, negated }) => [text, negated])).toEqual([['[ -d /a ]', false]]);
  });

  it('split a command whose first words depend on one', () => {
    const commands = named('if g; then D="sudo docker"; else D=docker; fi; $D run img');
    expect(
      commands.map((command) => [
        shown(command),
        command.wrappers.length,
        command.conditions.map(({ negated }) => negated),
      ]),
    ).toEqual([
      ['docker run img', 1, [false]],
      ['docker run img', 0, [true]],
    ]);
  });

  it('of forty options need no forty doublings', () => {
    const options = Array.from(
      { length: 40 },
      (_, index) => `[ -e /${index} ] && O="$O -v /${index}:/x"`,
    ).join('\n');
    const command = only(`O=\n${options}\ndocker run $O img`);
    expect(command.words).toHaveLength(83);
    expect(command.words[82]?.conditions).toEqual([]);
  });

  it('become unknown beyond the bound', () => {
    const parts = Array.from({ length: 20 }, (_, index) => `[ -e /${index} ] && V="$V${index}"`).join('\n');
    const word = only(`V=\n${parts}\ndocker run "$V"`).words[2];
    expect(word && displayText(word.value)).toContain('…');
  });

  it('do not depend on an arm that leaves the script', () => {
    const command = only('case "$1" in a) X=1;; *) echo usage; exit 2;; esac; docker run "$X"');
    expect(shown(command)).toBe('docker run 1');
    expect(command.words[2]?.alternatives).toBeUndefined();
  });

  it('of option loops keep every value that an option may give', () => {
    const command = only(
      'N=bridge; P=\nwhile [ $# -gt 0 ]; do case "$1" in --net) N="$2"; shift;; --priv) P=--privileged;; esac; shift; done\ndocker run --network "$N" $P img',
    );
    expect(command.words[3]?.alternatives?.map(({ value }) => displayText(value)).sort()).toEqual([
      '$2',
      'bridge',
    ]);
    expect(command.words[4]?.value).toBe('--privileged');
    expect(command.words[4]?.conditions).not.toEqual([]);
  });
});

describe('a question with an empty default', () => {
  it.each([
    'if [ -z "${1:-}" ]; then exit 1; fi',
    '[[ -n "${TOKEN:-}" ]] || exit 1',
    'test -n "${TOKEN-}" || exit 1',
  ])('does not end the script: %s', (guard) => {
    expect(shown(only(`${guard}\ndocker run img`))).toBe('docker run img');
  });

  it('leaves every branch of a case open', () => {
    const text = 'case "${1:-}" in up) docker run a;; "") docker run b;; *) docker run c;; esac';
    expect(named(text).map(shown)).toEqual(['docker run a', 'docker run b', 'docker run c']);
  });

  it('keeps what an arm of an option loop appends behind it', () => {
    const arm = 'if [ -z "${2:-}" ]; then exit 1; fi; P+=(-v "$2"); shift 2';
    const loop = `P=()\nwhile [ $# -gt 0 ]; do case "$1" in -w) ${arm};; *) shift;; esac; done`;
    expect(shown(only(`${loop}\ndocker run "\${P[@]}" img`))).toContain('-v');
  });

  it('is still answered by what the script sets', () => {
    expect(named('M=\nif [ -n "${M:-}" ]; then docker run img; fi')).toEqual([]);
  });
});

describe('a function that nothing calls', () => {
  it('is read as it is where it is defined', () => {
    const script = 'if command -v docker; then A=(--network none); f() { docker run "${A[@]}" img; }; fi';
    const command = only(`A=()\n${script}`);
    expect(command.words.slice(2).map(({ value, conditions }) => [value, conditions])).toEqual([
      ['--network', []],
      ['none', []],
      ['img', []],
    ]);
  });

  it('of a library says nothing about the script that reads it', () => {
    const library = createSource(
      'lib.sh',
      'unused() { docker run --privileged "$1"; }\nused() { docker run img; }',
    );
    const files = () => plainText(library);
    expect(named('. ./lib.sh\nused', 'docker', { files }).map(shown)).toEqual(['docker run img']);
  });
});

describe('a question about a written default', () => {
  it('is open: whoever starts the script may say something else', () => {
    for (const test of [
      'if [ "${MODE:-dev}" = prod ]; then docker run img; fi',
      'MODE="${MODE:-dev}"; [ "$MODE" = prod ] && docker run img',
      'MODE=${1:-dev}; case "$MODE" in dev) true ;; prod) docker run img ;; esac',
      ': "${MODE:=dev}"; [[ $MODE == prod ]] && docker run img',
      'MODE=${MODE-dev}; if [[ "$MODE" != dev ]]; then docker run img; fi',
      'SAFE="${SAFE:-true}"; $SAFE || docker run img',
    ]) {
      const [command] = named(test);
      expect({ test, conditions: command?.conditions.length }).toEqual({ test, conditions: 1 });
    }
  });

  it('has the way first that the default takes', () => {
    const [command] = named(
      'N="${N:-none}"; if [ "$N" = none ]; then docker run img; else docker run other; fi',
    );
    expect(command?.conditions[0]).toMatchObject({ arms: [0], choice: { kind: 'default' } });
    const cases = named('case "${N:-a}" in b) docker run b ;; a) docker run a ;; esac');
    expect(cases.map((one) => [shown(one), one.conditions[0]?.arms])).toEqual([
      ['docker run a', [0]],
      ['docker run b', [1]],
    ]);
  });
});

describe('a question that is asked again', () => {
  it('has the same answer, as long as nothing sets the variable', () => {
    const script =
      'A=(); [ -n "$GPU" ] && A+=(--gpus all); if [ -z "$GPU" ]; then docker run "${A[@]}" img; fi';
    expect(shown(only(script))).toBe('docker run img');
    const nested =
      'if [ "$X" = a ]; then if [ "$X" != a ]; then docker run never; else docker run always; fi; fi';
    expect(named(nested).map(shown)).toEqual(['docker run always']);
    expect(named('[ -n "$X" ] && docker run a; read X; [ -z "$X" ] && docker run b').map(shown)).toHaveLength(
      2,
    );
  });

  it('goes with the way that gave the value', () => {
    const script =
      'T=podman; command -v docker && T=docker\nif [ "$T" = docker ]; then docker run one; exit; fi\n"$T" run two';
    expect(named(script).map(shown)).toEqual(['docker run one']);
    expect(named(script, 'podman').map(shown)).toEqual(['podman run two']);
    const cases =
      'M=a; [ -e /b ] && M=b; case $M in a) A=--rm ;; b) A=--privileged ;; esac; [ $M = b ] && docker run $A img';
    expect(shown(only(cases))).toBe('docker run --privileged img');
  });

  it('may still end the script', () => {
    const script = 'if [ -n "$A" ]; then [ -z "$B" ] && exit 1; fi\n[ -z "$B" ] && docker run img';
    expect(named(script).map(shown)).toEqual(['docker run img']);
  });
});

describe('values that are handed on', () => {
  it('keep their branches apart, also in an array', () => {
    const loop =
      'while [ $# -gt 0 ]; do case "$1" in -r) C=two; shift;; -w) W="$2"; shift 2;; *) break;; esac; done';
    const command = only(`C=one\n${loop}\nA=(-e "CMD=$C")\ndocker run "\${A[@]}"`);
    expect(command.words[3]?.alternatives?.map(({ value }) => value).sort()).toEqual(['CMD=one', 'CMD=two']);
    const changed = only(`C=one.x\n${loop}\nD=\${C%.x}\ndocker run "$D" "\${D:-none}"`);
    expect(changed.words[2]?.alternatives?.map(({ value }) => value).sort()).toEqual(['one', 'two']);
    expect(changed.words[3]?.alternatives?.map(({ value }) => value).sort()).toEqual(['one', 'two']);
  });

  it('are what a fallback prints, or what the command does', () => {
    const command = only('X="$(readlink -f "$S" || echo /fallback)"; docker run "$X"');
    const values = command.words[2]?.alternatives?.map(({ value }) => displayText(value)).sort();
    expect(values).toEqual(['$S', '/fallback']);
    expect(shown(only('X="$(readlink -f /usr || echo /fallback)"; docker run "$X"'))).toBe('docker run /usr');
  });

  it('may come from functions that only others call', () => {
    const library = 'A=()\nadd() { A+=(--privileged); }\nrun() { docker run "${A[@]}" img; }';
    const command = only(library);
    expect(command.words.map(({ value }) => value)).toEqual(['docker', 'run', '--privileged', 'img']);
    expect(command.words[2]?.conditions.map(({ text }) => text)).toEqual(['add is called']);
  });

  it('do not leave the workspace unnoticed', () => {
    expect(shown(only('docker run -v "$(dirname "$PWD"):/w" "$(basename "$PWD")"'))).toBe(
      'docker run -v ./..:/w $(basename "$PWD")',
    );
  });
});

describe('unknown', () => {
  it('are variables that nothing sets, one word or many', () => {
    const command = only('docker run $OPTS "$IMAGE" "$@"');
    expect(command.words.slice(2).map(({ value, many }) => [value, many])).toEqual([
      [unknownPart('OPTS'), true],
      [unknownPart('IMAGE'), false],
      [unknownPart('$@'), true],
    ]);
  });

  it('are known with an environment or arguments', () => {
    const options = { environment: new Map([['TAG', 'v1']]), arguments: ['a', 'b c'] };
    expect(shown(only('docker run img:$TAG "$@" "$2"', options))).toBe('docker run img:v1 a b c b c');
  });

  it('keep separators of the engines out of the names', () => {
    const value = only('docker run -v "$(git -C a:b,c=d/e x):/w"').words[3]?.value ?? '';
    expect(value.split(':')).toHaveLength(2);
  });

  it('are counters of loops that no one can follow', () => {
    expect(shown(only('i=0; while read -r l; do docker run "c$i"; i=$((i+1)); done'))).toBe('docker run c$i');
    expect(shown(only('i=0; while read -r l; do i=$((i+1)); done; docker run "c$i"'))).toBe('docker run c$i');
  });

  it('is said of text that is evaluated without being known', () => {
    expect(read('eval "$X"').problems.map(({ kind }) => kind)).toEqual(['unknown']);
    expect(read('. ./lib.sh').problems.map(({ kind }) => kind)).toEqual(['unknown']);
  });

  it('cannot be forged by a file', () => {
    expect(shown(only('docker run \uFDD0 \uFDD2X\uFDD3'))).toBe('docker run \uFFFD \uFFFDX\uFFFD');
  });
});

describe('commands', () => {
  it.each([
    ['# docker run x'],
    ['echo "docker run x"; printf "docker run x"'],
    ['cat <<E\ndocker run x\nE'],
    ['X="docker run x"; A=(docker run x); : "$X"'],
    ["usage() { cat <<'E'\n docker run x\nE\n}; usage"],
    ['if false; then docker run x; fi; [[ a == b ]] && docker run x'],
    ['exit 0; docker run x'],
    ['case a in b) docker run x;; esac'],
  ])('are none in %s', (text) => {
    expect(named(text)).toEqual([]);
  });

  it.each([
    ['sudo -E -u me docker run x', [['sudo', '-E', '-u', 'me']]],
    ['sudo env A=b timeout -k 1 5 docker run x', [['sudo'], ['env', 'A=b'], ['timeout', '-k', '1', '5']]],
    ['exec nohup docker run x', [['exec'], ['nohup']]],
    ['systemd-run --user -p MemoryMax=1G docker run x', [['systemd-run', '--user', '-p', 'MemoryMax=1G']]],
    ['screen -dmS name docker run x', [['screen', '-dmS', 'name']]],
  ])('lose their wrappers: %s', (text, wrappers) => {
    const command = only(text);
    expect(shown(command)).toBe('docker run x');
    expect(command.wrappers.map((words) => words.map(({ value }) => value))).toEqual(wrappers);
  });

  it.each([
    ['tmux new-session -d -s x "docker run y"'],
    ['tmux send-keys -t x "docker run y" Enter'],
    ['script -qec "docker run y" /dev/null'],
    ['su - me -c "docker run y"'],
    ["watch -n 5 'docker run y'"],
    ['bash -lc "docker run y"'],
    ['cat <<E | sudo bash\ndocker run y\nE'],
    ["alias d='docker run'\nd y"],
    ['find . -name x -exec docker run y \\;'],
  ])('are found in %s', (text) => {
    expect(named(text).map(shown)).toContain('docker run y');
  });

  it('carry assignments, exports and redirections', () => {
    const command = only('export A=1 B; C=2\nX=3 env Y=4 docker run <in 2>>log');
    expect(command.assignments.map(({ name, value }) => [name, value.value])).toEqual([
      ['X', '3'],
      ['Y', '4'],
    ]);
    expect(command.exported.get('A')).toBe('1');
    expect(command.exported.has('C')).toBe(false);
    expect(
      command.redirections.map(({ operator, descriptor, target }) => [operator, descriptor, target?.value]),
    ).toEqual([
      ['<', null, 'in'],
      ['>>', 2, 'log'],
    ]);
  });

  it('keep who feeds whom: bwrap --args', () => {
    const { commands } = read('bwrap --args 10 10< <(printf "%s\\0" --ro-bind / /) sh; a | b');
    const bwrap = commands.find(({ words }) => words[0]?.value === 'bwrap');
    const pipe = bwrap?.redirections[0]?.pipe;
    const feeding = commands.filter((command) => command.pipe?.id === pipe);
    expect(feeding.map(shown)).toEqual(['printf %s\\0 --ro-bind / /']);
    expect(bwrap?.redirections[0]?.descriptor).toBe(10);
    const piped = commands.slice(-2).map(({ pipe: part }) => [part?.stage, part?.stages]);
    expect(piped).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(new Set(commands.slice(-2).map(({ pipe: part }) => part?.id)).size).toBe(1);
  });

  it('of here-documents have the body with its place', () => {
    const [command] = read('docker run -i <<E\nhello $HOME\nE\n').commands;
    const body = command?.redirections[0]?.body;
    expect(body?.text).toBe('hello $HOME\n');
    expect(displayText(command?.redirections[0]?.bodyValue ?? '')).toBe('hello ~\n');
  });

  it('of functions that nothing calls are there, and say so', () => {
    const command = only('sandbox() { docker run -v "$1:/w" "$@"; }');
    expect([command.function, command.called, shown(command)]).toEqual([
      'sandbox',
      false,
      'docker run -v $1:/w $@',
    ]);
    expect(only("alias d='docker run x'").function).toBe('alias d');
    expect(only('f() { docker run; }; f').called).toBe(true);
  });

  it('come from sourced files, with places there', () => {
    const library = createSource('lib.sh', 'OPTS="--privileged"\nrun() { docker run $OPTS "$@"; }\n');
    const files = (path: string) => (path === './lib.sh' ? plainText(library) : null);
    const command = only('. ./lib.sh\nrun img', { files });
    expect(shown(command)).toBe('docker run --privileged img');
    expect(command.words.map(({ place }) => place.source.path)).toEqual([
      'lib.sh',
      'lib.sh',
      'lib.sh',
      'run.sh',
    ]);
  });

  it('run in the background where they do', () => {
    expect(named('docker run a & docker run b').map(({ background }) => background)).toEqual([true, false]);
  });

  it('see the folder of the script below the workspace', () => {
    const source = createSource(
      'scripts/dev/run.sh',
      'cd "$(dirname "$0")/../.."; docker run -v "$PWD:/w" -v "$(git rev-parse --show-toplevel)/x:/x"',
    );
    const command = shellCommands(plainText(source)).commands.find(
      ({ words }) => words[0]?.value === 'docker',
    );
    expect(shown(command)).toBe('docker run -v .:/w -v ./x:/x');
  });
});

describe('hostile scripts', () => {
  it.each([
    ['f() { f; f; }; f'],
    ['f() { (f) | (f); }; f'],
    [':(){ :|:& };:'],
    ['eval "$(eval "$(eval x)")"; '.repeat(200)],
    [`${'$('.repeat(20_000)}`],
    [`${'echo $('.repeat(300)}x${')'.repeat(300)}`],
    [`${'eval "'.repeat(40)}x`],
    ['X=xxxxxxxxxx; while :; do X=$X$X$X; done; docker run $X'],
    ['X=a; for i in {1..200}; do X="$X$X"; done; docker run "$X"'],
    ['echo {1..100}{1..100}{1..100}{1..100}'],
    ['echo {1..999999999}'],
    [`echo ${'{a,b}'.repeat(30)}`],
    ['for a in {1..200}; do for b in {1..200}; do for c in {1..200}; do docker run $a$b$c; done; done; done'],
    [`x=${'a'.repeat(60_000)}; echo "\${x##*a*a*a*a*b}" "\${x//a*a*a/b}"`],
    [`[[ ${'a'.repeat(5000)} == ${'*a'.repeat(500)}b ]] && docker run`],
    [`${'if x; then '.repeat(250)}:${'; fi'.repeat(250)}`],
    [`${'case $x in a) '.repeat(200)}:${';; esac'.repeat(200)}`],
    [`${'while read x; do y=$y$x; '.repeat(12)}:${'; done'.repeat(12)}`],
    [
      `f0() { :; }\n${Array.from({ length: 30 }, (_, index) => `f${index + 1}() { f${index}; f${index}; }`).join('\n')}\nf30`,
    ],
    [Array.from({ length: 3000 }, (_, index) => `[ -e /${index} ] && V${index}=1`).join('\n')],
    [`A=(${'x '.repeat(50_000)}); docker run "\${A[@]}"`],
    ['docker run\n'.repeat(6000)],
    ['((i=1)); for ((;;)); do ((i++)); done'],
    [`echo $((${'('.repeat(5000)}1${')'.repeat(5000)}))`],
    ['alias a=a; a; alias b="b;b"; b'],
    ['. ./self.sh'],
    ['coproc '.repeat(5000)],
  ])('end: %#', (text) => {
    const files = () => plainText(createSource('self.sh', '. ./self.sh; . ./self.sh'));
    const reading = read(text, { files });
    expect(reading.commands.length).toBeLessThanOrEqual(5000);
  });

  it('say so when a limit is hit', () => {
    expect(read('docker run\n'.repeat(6000)).problems.map(({ kind }) => kind)).toEqual(['limit']);
    // What recursion sets is unknown; no command is lost by it.
    expect(read('f() { f; }; f').problems.map(({ kind }) => kind)).toEqual(['unknown']);
  });

  it('made of random tokens never throw, and every place is inside the file', () => {
    const tokens = [
      'docker',
      'run',
      '$x',
      '"',
      "'",
      '(',
      ')',
      '{',
      '}',
      ';',
      '&&',
      '|',
      '\n',
      'if',
      'then',
      'fi',
      'for',
      'in',
      'do',
      'done',
      '$(',
      '`',
      '${',
      'A=(',
      '<<E',
      'E\n',
      'case',
      'esac',
      ';;',
      '[[',
      ']]',
      'eval',
      '\\',
      '"${A[@]}"',
      'x=1',
      '#',
      'sh -c',
      '&',
      'f()',
      '$((',
      '))',
      'while',
      '*',
      '{a,b}',
      ' ',
      '\r\n',
    ];
    let seed = 7;
    const next = (bound: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % bound;
    };
    for (let round = 0; round < 3000; round += 1) {
      const text = Array.from({ length: 3 + next(25) }, () => tokens[next(tokens.length)] ?? '').join(
        next(2) === 0 ? ' ' : '',
      );
      for (const { words, place } of read(text).commands) {
        for (const { span, source } of [place, ...words.map((word) => word.place)]) {
          expect(span.start >= 0 && span.start <= span.end && span.end <= source.text.length).toBe(true);
        }
      }
    }
  });
});

describe('a command that a loop lengthens as a text', () => {
  it.each([
    ['by writing it anew', 'C="$C $v"'],
    ['by appending', 'C+=" $v"'],
  ])('is found, %s', (_, step) => {
    const loop = `while read -r v; do ${step}; done < list`;
    const [command] = named(`C="docker run -v /a:/b"\n${loop}\n$C img`);
    const values = command?.words.map(({ value }) => value) ?? [];
    expect(values.slice(0, 4)).toEqual(['docker', 'run', '-v', '/a:/b']);
    expect(values.at(-1)).toBe('img');
  });
});
