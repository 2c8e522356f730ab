import { describe, expect, it } from 'vitest';
import { shellCommands } from '../../../src/semantics/shell/shell-commands.ts';
import { plainText } from '../../../src/source/mapped.ts';
import { createSource } from '../../../src/source/source.ts';

function words(text: string, path = 'run.zsh'): string[] {
  const { commands } = shellCommands(plainText(createSource(path, text)));
  return commands.at(-1)?.words.map(({ value }) => value) ?? [];
}

describe('zsh', () => {
  const arrays = 'A=(a "b c" "" d)';

  it.each([
    ['"${A[1]}" "${A[2]}" "${A[-1]}"', ['a', 'b c', 'd']],
    ['"x${A[0]}" "x${A[9]}"', ['x', 'x']],
    ['"${#A}" "${#A[@]}"', ['4', '4']],
    ['$A', ['a', 'b c', 'd']],
    ['"$A" "${A[@]}"', ['a b c  d', 'a', 'b c', '', 'd']],
  ])('counts the elements of an array from 1: %s', (text, expected) => {
    expect(words(`${arrays}; run ${text}`)).toEqual(['run', ...expected]);
  });

  it('sets them, too', () => {
    expect(words('B[1]=p; B[2]=q; B[2]=r; run $B')).toEqual(['run', 'p', 'r']);
    expect(words('for x in $A; do :; done; A=(p q); for x in $A; do run $x; done')).toEqual(['run', 'q']);
  });

  it.each([
    ['run.zsh', ''],
    ['.zshrc', ''],
    ['home/.zprofile', ''],
    ['bin/run', '#!/usr/bin/env zsh\n'],
    ['run.sh', '#!/bin/zsh\n'],
  ])('is what %s is written for', (path, line) => {
    expect(words(`${line}${arrays}; run "\${A[1]}"`, path)).toEqual(['run', 'a']);
  });

  it.each([
    ['run.sh', ''],
    ['run.zsh', '#!/bin/bash\n'],
    ['run.zsh', 'emulate sh\n'],
    ['run.zsh', 'setopt KSH_ARRAYS\n'],
  ])('is not what %s with %j is written for', (path, line) => {
    expect(words(`${line}${arrays}; run "\${A[1]}"`, path)).toEqual(['run', 'b c']);
  });
});
