/** Paths inside a container, and lists of fields. */
import { describe, expect, it } from 'vitest';
import { cleanTarget } from '../../../src/semantics/docker/container-path.ts';
import { isCsv } from '../../../src/semantics/docker/csv.ts';

describe('a place inside', () => {
  it.each([
    ['/a', '/a'],
    ['/a/', '/a'],
    ['//a//b/./c/', '/a/b/c'],
    ['/a/../b', '/b'],
    ['/../a', '/a'],
    ['/a/..', '/'],
    ['/', '/'],
    ['a/../b', 'a/../b'],
  ])('%s is %s', (written, clean) => {
    expect(cleanTarget(written)).toBe(clean);
  });
});

describe('a list of fields', () => {
  it.each([
    ['a,b', true],
    ['"a,b",c', true],
    ['"a""b"', true],
    ['a,,b', true],
    [',', true],
    ['', false],
    ['a"b', false],
    ['"a"b', false],
    ['"a', false],
    ['a="b"', false],
  ])('%j: %s', (text, expected) => {
    expect(isCsv(text)).toBe(expected);
  });
});
