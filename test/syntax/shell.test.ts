import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/source/mapped.ts';
import { createSource, sliceOf } from '../../src/source/source.ts';
import { parseShell, scriptPlace, shellComments } from '../../src/syntax/shell.ts';

function read(text: string) {
  return parseShell(plainText(createSource('x.sh', text)));
}

describe('the shell parser', () => {
  it('reads CRLF continuations as one command and maps positions back', () => {
    const text = 'docker run \\\r\n  --rm \\\r\n  img\r\ndocker ps\r\n';
    const script = read(text);
    expect(script.statements).toHaveLength(2);
    const command = script.statements[0]?.command;
    if (command?.type !== 'Command') throw new Error('no command');
    const words = command.args.map((word) => sliceOf(scriptPlace(script, word.pos, word.end)));
    expect(words).toEqual(['run', '--rm', 'img']);
    expect(sliceOf(scriptPlace(script, command.pos, command.end))).toBe(
      'docker run \\\r\n  --rm \\\r\n  img',
    );
  });

  it('goes on behind an array or a quote that is never closed', () => {
    const array = read('x=(a b\ndocker run one\ndocker run two\n');
    expect(array.problems.map(({ severity }) => severity)).toEqual(['error']);
    expect(
      array.statements.filter(({ command }) => command.type === 'Command' && command.name?.text === 'docker'),
    ).toHaveLength(2);
    expect(read('echo "abc\ndocker b\n').statements).toHaveLength(2);
  });

  it('finds comments, and no # that is part of a word, a string or a here-document', () => {
    const script = read(
      '#!/bin/sh\na #one\nb x#y "#z" ${#v} $#\nA=(p # two\n q)\ncat <<E # three\n# body\nE\n((16#ff)) # four\nfor x in a; do # five\n:; done;# six',
    );
    const comments = shellComments(script);
    expect(comments.map(({ text }) => text)).toEqual([
      '#!/bin/sh',
      '#one',
      '# two',
      '# three',
      '# four',
      '# five',
      '# six',
    ]);
    expect(comments.map(({ place }) => sliceOf(place))).toEqual(comments.map(({ text }) => text));
  });

  it('survives nesting that may or may not fit the stack', () => {
    expect(read('coproc '.repeat(20_000)).statements.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['function a\n'.repeat(50_000), 'limit'],
    [`cat ${Array.from({ length: 80_000 }, (_, index) => `<<E${index}`).join(' ')}`, 'limit'],
    ['('.repeat(100_000), 'error'],
    ['{ '.repeat(50_000), 'error'],
    ['x=('.repeat(30_000), 'error'],
    ['"\n'.repeat(20_001), 'error'],
  ])('survives %#', (text, severity) => {
    const script = read(text);
    expect(script.problems.some((problem) => problem.severity === severity)).toBe(true);
  });
});
