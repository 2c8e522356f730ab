/** The one door to the disk: what it lets through, and what it refuses. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  existsInside,
  isInside,
  kindOf,
  listInside,
  MAX_FILE_BYTES,
  readInside,
} from '../../src/engine/file-reader.ts';
import { tree } from './tree.ts';

const read = (root: string, path: string) => readInside(root, join(root, path));
const text = (bytes: readonly number[], rest: Buffer) => Buffer.concat([Buffer.from(bytes), rest]);

describe('a file', () => {
  it.each([
    ['UTF-8', Buffer.from('grüß\n'), 'grüß\n'],
    ['nothing', Buffer.alloc(0), ''],
    ['UTF-16, little end first', text([0xff, 0xfe], Buffer.from('a: ü', 'utf16le')), 'a: ü'],
    ['UTF-16, big end first', text([0xfe, 0xff], Buffer.from('a: ü', 'utf16le').swap16()), 'a: ü'],
    ['half a unit too much', text([0xfe, 0xff], Buffer.from([0, 97, 0])), 'a'],
    ['bytes that are no text', Buffer.from([97, 0xc3, 0x28]), 'a\uFFFD('],
  ])('of %s is read', (_, content, expected) => {
    expect(read(tree({ file: content }), 'file')).toEqual({ status: 'read', text: expected });
  });

  it('is read up to the limit, and refused beyond', () => {
    const root = tree({ full: 'x'.repeat(MAX_FILE_BYTES), over: 'x'.repeat(MAX_FILE_BYTES + 1) });
    expect(read(root, 'full').status).toBe('read');
    expect(read(root, 'over').status).toBe('refused');
  });

  it.skipIf(!existsSync('/proc/self/status'))('that announces no size is read all the same', () => {
    const result = readInside('/proc/self', '/proc/self/status');
    expect(result.status === 'read' && result.text).toMatch(/^Name:/);
  });

  it('may be a link inside the root', () => {
    const root = tree({ 'a/real': 'x', 'b/link': '-> ../a/real' });
    expect(read(root, 'b/link')).toEqual({ status: 'read', text: 'x' });
  });

  it('is found below a root that is itself a link', () => {
    const root = tree({ 'real/file': 'x', root: '-> real' });
    expect(read(join(root, 'root'), 'file')).toEqual({ status: 'read', text: 'x' });
  });
});

describe('refused is', () => {
  const outside = () => tree({ secret: 'top', 'dir/secret': 'top' });

  it.each([
    ['a path above the root', (root: string) => join(root, '..', 'x'), 'outside'],
    ['an absolute path elsewhere', () => '/etc/passwd', 'outside'],
    ['a sibling that begins alike', (root: string) => `${root}-other`, 'outside'],
    ['what is not there', (root: string) => join(root, 'none'), 'missing'],
    ['a directory', (root: string) => join(root, 'dir'), 'refused'],
    ['the root', (root: string) => root, 'refused'],
  ] as const)('%s', (_, path, status) => {
    const root = tree({ 'dir/': '' });
    expect(readInside(root, path(root)).status).toBe(status);
  });

  it('a link out of the root', () => {
    const root = tree({ link: `-> ${outside()}/secret` });
    expect(read(root, 'link').status).toBe('outside');
  });

  it('a file behind a directory that is a link out of the root', () => {
    const root = tree({ link: `-> ${outside()}/dir` });
    expect(read(root, 'link/secret').status).toBe('outside');
    expect(existsInside(root, join(root, 'link/secret'))).toBe(false);
  });

  it('a link that leads nowhere, or to itself', () => {
    const root = tree({ dangling: '-> nowhere', self: '-> self' });
    expect([read(root, 'dangling').status, read(root, 'self').status]).toEqual(['missing', 'missing']);
  });

  it('a FIFO, without waiting for a writer', () => {
    const root = tree({});
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(read(root, 'fifo').status).toBe('refused');
    expect(kindOf(join(root, 'fifo'))).toBe('other');
  });

  it('a device', () => {
    expect(readInside('/dev', '/dev/zero').status).toBe('refused');
  });
});

describe('a directory', () => {
  it('is listed in order, links by what they lead to', () => {
    const root = tree({ b: '', 'a/x': '', c: '-> b', d: '-> a', e: '-> /etc/passwd' });
    expect(listInside(root, root)).toEqual([
      { name: 'a', kind: 'directory' },
      { name: 'b', kind: 'file' },
      { name: 'c', kind: 'file' },
      { name: 'd', kind: 'other' },
      { name: 'e', kind: 'other' },
    ]);
  });

  it('outside the root is empty', () => {
    const root = tree({ 'a/': '' });
    expect(listInside(join(root, 'a'), root)).toEqual([]);
    expect(listInside(root, join(root, 'none'))).toEqual([]);
  });

  it('behind a link out of the root is empty', () => {
    const outside = tree({ secret: 'top' });
    const root = tree({ link: `-> ${outside}` });
    expect(listInside(root, join(root, 'link'))).toEqual([]);
  });
});

describe('inside', () => {
  it.each([
    ['/a', '/a', true],
    ['/a', '/a/b', true],
    ['/a', '/a/..b', true],
    ['/a', '/a/...', true],
    ['/a', '/ab', false],
    ['/a', '/', false],
    ['/a', '/b', false],
    ['/', '/a', true],
  ])('%s: %s %s', (root, path, expected) => {
    expect(isInside(root, path)).toBe(expected);
  });
});
