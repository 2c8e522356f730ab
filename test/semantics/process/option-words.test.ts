/** Options in the manner of getopt whose words depend on branches of the script. */
import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { optionTable, readOptions } from '../../../src/semantics/process/option-words.ts';
import { shellCommands } from '../../../src/semantics/shell/shell-commands.ts';
import { plainText } from '../../../src/source/mapped.ts';
import { createSource } from '../../../src/source/source.ts';

const TABLE = optionTable('n:net R:root= f:fork');

function read(script: string) {
  const { commands } = shellCommands(plainText(createSource('run.sh', script)));
  const words = commands.find(({ words: [name] }) => name?.value === 'unshare')?.words.slice(1) ?? [];
  const { options, rest, unresolved } = readOptions(words, TABLE);
  return {
    options: options.map(({ text, when }) => [
      text,
      ...when.map(({ negated }) => (negated ? 'else' : 'then')),
    ]),
    rest: rest.map(({ value }) => displayText(value)),
    unknown: unresolved.map(({ what }) => what),
  };
}

describe('a line of options', () => {
  it('goes on behind an option that both branches share', () => {
    const script = `if [ -n "$X" ]; then V=(-R /a); else V=(-R /b); fi\nunshare "\${V[@]}" -n tool -f`;
    expect(read(script)).toEqual({
      options: [['-R /a', 'then'], ['-R /b', 'else'], ['-n']],
      rest: ['tool', '-f'],
      unknown: [],
    });
  });

  it('takes a value that stands in both branches with either option', () => {
    const script = `O=-n; [ -n "$X" ] && O=--root\nunshare $O /a tool`;
    expect(read(script).options).toEqual([
      ['-n', 'else'],
      ['--root /a', 'then'],
    ]);
  });

  it('takes no value away from a branch that has none', () => {
    const script = `V=(); [ -n "$X" ] && V=(--root /a)\nunshare "\${V[@]}" -nf $ARGS tool`;
    expect(read(script)).toEqual({
      options: [['--root /a', 'then'], ['-nf'], ['-nf']],
      rest: ['tool'],
      unknown: ['$ARGS'],
    });
  });
});
