import { describe, expect, it } from 'vitest';
import { mappedBuilder, originalPlace, plainText, sliceMapped } from '../src/source/mapped.ts';
import { createSource, lineText, positionAt, sliceOf } from '../src/source/source.ts';

describe('positions', () => {
  const source = createSource('a.txt', 'one\r\ntwo\rthree\n\n😀x');

  it.each([
    [0, 1, 1],
    [3, 1, 4],
    [5, 2, 1],
    [9, 3, 1],
    [15, 4, 1],
    [16, 5, 1],
    [18, 5, 3],
    [999, 5, 4],
  ])('offset %i is line %i, column %i', (offset, line, column) => {
    expect(positionAt(source, offset)).toEqual({ line, column });
  });

  it('gives lines without their ends', () => {
    expect([1, 2, 3, 4, 5, 6].map((line) => lineText(source, line))).toEqual([
      'one',
      'two',
      'three',
      '',
      '😀x',
      '',
    ]);
  });

  it('keeps the marks of symbols out of a text, without moving an offset', () => {
    const forged = createSource('a', 'a\uFDD0b');
    expect(forged.text).toBe('a\uFFFDb');
  });
});

describe('mapped text', () => {
  const source = createSource('a', 'run "a\\nb" # end');
  const builder = mappedBuilder(source);
  builder.copy(5, 6);
  builder.replace('\n', 6, 8);
  builder.copy(8, 9);
  const mapped = builder.build();

  it('leads back to where each unit stood', () => {
    expect(mapped.text).toBe('a\nb');
    expect(sliceOf(originalPlace(mapped, 0, 1))).toBe('a');
    expect(sliceOf(originalPlace(mapped, 1, 2))).toBe('\\n');
    expect(sliceOf(originalPlace(mapped, 2, 3))).toBe('b');
    expect(sliceOf(originalPlace(mapped, 0, 3))).toBe('a\\nb');
  });

  it('stays mapped when cut', () => {
    const tail = sliceMapped(mapped, 1, 3);
    expect(tail.text).toBe('\nb');
    expect(sliceOf(originalPlace(tail, 0, 2))).toBe('\\nb');
    expect(sliceMapped(mapped, 3, 3).text).toBe('');
  });

  it('maps a plain text onto itself', () => {
    const plain = plainText(source, 4, 10);
    expect(sliceOf(originalPlace(plain, 1, 3))).toBe('a\\');
  });
});
