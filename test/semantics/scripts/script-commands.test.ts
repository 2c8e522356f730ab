// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of workflows and shells, not of this file.
import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import {
  isScriptPath,
  mentions,
  type ScriptReading,
  scriptCommands,
} from '../../../src/semantics/scripts/script-commands.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { memoryProject } from '../../support/memory-project.ts';

function read(path: string, text: string, files: Readonly<Record<string, string>> = {}): ScriptReading {
  const project = memoryProject({ ...files, [path]: text });
  return scriptCommands(project.source(path), project);
}

const lines = ({ commands }: ScriptReading): string[] =>
  commands.map(({ words }) => words.map(({ value }) => displayText(value)).join(' '));

/** The places of the words of the last command. */
const slices = ({ commands }: ScriptReading): string[] =>
  (commands.at(-1)?.words ?? []).map(({ place }) => sliceOf(place));

describe('isScriptPath', () => {
  it.each([
    ['a/run.sh', 'yes'],
    ['.bashrc', 'yes'],
    ['Makefile', 'maybe'],
    ['build/docker.mk', 'maybe'],
    ['justfile', 'maybe'],
    ['package.json', 'maybe'],
    ['.github/workflows/ci.yml', 'maybe'],
    ['action.yml', 'maybe'],
    ['Dockerfile.dev', 'maybe'],
    ['bin/run', 'maybe'],
    ['src/run.py', 'no'],
    ['ci.yml', 'no'],
    ['tsconfig.json', 'no'],
  ])('%s: %s', (path, expected) => {
    expect(isScriptPath(path)).toBe(expected);
  });
});

describe('mentions', () => {
  it.each([
    ['sudo docker run x', true],
    ['(docker)', true],
    ['docker-compose up', false],
    ['docker.io/library/x', false],
    ['mydocker run', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(mentions(text, ['docker'])).toBe(expected);
  });
});

describe('shell', () => {
  it('follows what a script sources, from the project or beside itself', () => {
    const reading = read('bin/run.sh', '. ./lib.sh\n. "$(dirname "$0")/own.sh"\ntool $A $B', {
      'bin/lib.sh': 'A=1',
      'bin/own.sh': 'B=2',
    });
    expect(lines(reading).at(-1)).toBe('tool 1 2');
    expect(reading.consulted).toEqual(['bin/lib.sh', 'bin/own.sh']);
  });

  it('reads a file without an ending by its first line alone', () => {
    expect(lines(read('bin/run', '#!/usr/bin/env bash\ntool'))).toEqual(['tool']);
    expect(read('bin/NOTES', 'tool').kind).toBe('none');
    expect(read('bin/run', '#!/usr/bin/env python3\ntool').kind).toBe('none');
  });

  it('finds the files that a loop sources, from the root or from the script', () => {
    for (const path of ['bin/parts.d/a.sh', 'parts.d/a.sh']) {
      const reading = read('bin/run.sh', 'for f in parts.d/*.sh; do . "$f"; done\ntool $A', {
        [path]: 'A=1',
      });
      expect(reading.commands.at(-1)?.words.map(({ value }) => value)).toEqual(['tool', '1']);
      expect(reading.consulted).toEqual([path]);
    }
  });

  it('reads a source once', () => {
    const project = memoryProject({ 'a.sh': 'tool' });
    const source = project.source('a.sh');
    expect(scriptCommands(source, project)).toBe(scriptCommands(source, project));
  });
});

describe('a makefile', () => {
  it('gives each line of a recipe a shell of its own', () => {
    const reading = read('Makefile', 'A := 1\nrun: build\n\tcd sub\n\t@-tool $(A) $$HOME $$A\n');
    expect(lines(reading)).toEqual(['cd sub', 'tool 1 ~ $A']);
  });

  it('gives all lines one shell with .ONESHELL', () => {
    expect(lines(read('Makefile', '.ONESHELL:\nrun:\n\tA=1\n\ttool $$A\n'))).toEqual(['tool 1']);
  });

  it('expands variables: default, appended, conditional, of the shell, of the folder', () => {
    const text =
      'DOCKER ?= docker\nF = --a\nifdef GPU\nF += --b \\\n  --c\nendif\nrun:\n' +
      '\t$(DOCKER) $(F) ${NAME} $(shell pwd) $(CURDIR) $@\n';
    expect(lines(read('sub/Makefile', text)).at(-1)).toBe('docker --a --b --c $NAME ./sub ./sub @');
  });

  it('reports a flag where its variable is set, a name where it is used', () => {
    const text = 'I := img\nF := --x $(I)\nrun:\n\ttool $(F) $(I) -v $$(pwd):/w\n';
    expect(slices(read('Makefile', text))).toEqual(['tool', '--x', '$(I)', '$(I)', '-v', '$$(pwd):/w']);
  });

  it('continues a line, calls a definition, and reads what it includes', () => {
    const text =
      'include x.mk\ndefine go\n@tool $(1) $(V)\nendef\nrun:\n\tone \\\n\t  two\nall: ; three\ngo:\n\t$(call go,a)\n';
    expect(lines(read('Makefile', text, { 'x.mk': 'V = v\n' }))).toEqual(['one two', 'three', 'tool a v']);
  });

  it.each([
    ['grows by doubling', `A := x\n${'A := $(A)$(A)\n'.repeat(3000)}a:\n${'\techo $(A)\n'.repeat(500)}`],
    ['grows by appending', `A = x\n${'A += yyyy\n'.repeat(20_000)}a:\n\techo $(A)\n`],
  ])('that %s stops at a limit', (_, text) => {
    expect(read('Makefile', text).problems).toMatchObject([{ kind: 'limit' }]);
  });

  it('that names itself without end is read', () => {
    expect(read('Makefile', 'A = $(A) $(B)\nB = $(A)$(A)\na:\n\techo $(A)\n').kind).toBe('makefile');
  });
});

describe('a justfile', () => {
  it('runs line by line, or as a script of its own', () => {
    const text =
      'x := "img"\nrun *args:\n  @tool {{x}} {{args}} \\\n    -v {{justfile_directory()}}:/w\n' +
      'all:\n  #!/usr/bin/env bash\n  A=1\n  tool $A\npy:\n  #!/usr/bin/env python3\n  tool\n';
    expect(lines(read('sub/justfile', text))).toEqual([
      'tool img args -v ./sub:/w'.replace('img args', 'img $args'),
      'tool 1',
    ]);
  });
});

describe('other formats', () => {
  it('package.json: scripts, with escapes', () => {
    const reading = read('a/package.json', '{"scripts": {"x": "tool -v \\"$PWD\\":/w y"}, "bin": "tool"}');
    expect(lines(reading)).toEqual(['tool -v ./a:/w y']);
    expect(slices(reading)).toEqual(['tool', '-v', '\\"$PWD\\":/w', 'y']);
    expect(reading.folder).toBe('a');
  });

  it('workflows: run blocks of a shell, with expressions and env', () => {
    const text =
      'env: {I: img}\njobs:\n  a:\n    steps:\n      - run: |\n          tool -v ${{ github.workspace }}:/w \\\n' +
      '            ${{ inputs.args }} $I\n      - run: print(1)\n        shell: python\n';
    const reading = read('.github/workflows/ci.yml', text);
    expect(lines(reading)).toEqual(['tool -v .:/w inputs.args img']);
    expect(slices(reading)[2]).toBe('${{ github.workspace }}:/w');
  });

  it('composite actions', () => {
    expect(lines(read('action.yml', 'runs:\n  steps:\n    - run: tool\n      shell: bash\n'))).toEqual([
      'tool',
    ]);
  });

  it('compose: entrypoint and command as one', () => {
    const text =
      'services:\n  a:\n    entrypoint: [bwrap, --bind]\n    command: ["it\'s", "$$HOME"]\n  b: {command: tool x}\n';
    const reading = read('compose.yml', text);
    expect(lines(reading)).toEqual(["bwrap --bind it's $HOME", 'tool x']);
  });

  it('devcontainer: every form of a lifecycle command', () => {
    const text = `{"initializeCommand": "tool \${localWorkspaceFolder} \${localEnv:HOME}",
      "postCreateCommand": {"a": ["tool", "a b"], "b": "other"}}`;
    expect(lines(read('.devcontainer/devcontainer.json', text))).toEqual(['tool . ~', 'tool a b', 'other']);
  });

  it('Dockerfile: RUN, and the arguments that CMD gives to ENTRYPOINT', () => {
    const text = 'FROM x\nENV A=b\nRUN tool $A && \\\n  two\nENTRYPOINT ["bwrap", "--bind"]\nCMD ["sh"]\n';
    const reading = read('Dockerfile', text);
    expect(lines(reading)).toEqual(['tool b', 'two', 'bwrap --bind', 'bwrap --bind sh']);
    expect(slices(reading)).toEqual(['bwrap', '--bind', 'sh']);
  });

  it('keep the pipes of their texts apart', () => {
    const { commands } = read('package.json', '{"scripts": {"x": "a | b", "y": "c | d"}}');
    const ids = commands.map(({ pipe }) => pipe?.id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
  });
});
