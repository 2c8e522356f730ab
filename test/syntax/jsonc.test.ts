import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originalPlace } from '../../src/source/mapped.ts';
import { createSource, sliceOf } from '../../src/source/source.ts';
import { readJsonc } from '../../src/syntax/jsonc.ts';
import { childOf, descend, entryOf, entryPlace, type Node, placeOf } from '../../src/syntax/node.ts';
import { expectLocated, expectNested, mappedExactly, plainFrom, plainOf, scalarsOf } from './located.ts';

function read(text: string) {
  const source = createSource('devcontainer.json', text);
  const result = readJsonc(source);
  expectLocated(source, result);
  return { source, ...result, root: result.documents[0] };
}

function textOf(node: Node | undefined): string | undefined {
  return node && sliceOf(placeOf(node));
}

describe('readJsonc', () => {
  it('reads comments and trailing commas without a word', () => {
    const { root, problems, comments, source } = read(
      '// one\n{"a": [1, true, null,], /* two */ "b": -1.5e2,}\n',
    );
    expect(problems).toEqual([]);
    expect(plainOf(root)).toEqual(plainFrom({ a: [1, true, null], b: -150 }));
    expect(comments.map((span) => source.text.slice(span.start, span.end))).toEqual(['// one', '/* two */']);
    expect(textOf(childOf(root, 'a'))).toBe('[1, true, null,]');
    expect(childOf(root, 'b')).toMatchObject({ text: '-1.5e2', style: 'plain' });
  });

  it('counts a byte order mark and CRLF in offsets', () => {
    const { root, problems } = read('\uFEFF{\r\n  "image": "a"\r\n}');
    expect(problems).toEqual([]);
    expect(textOf(childOf(root, 'image'))).toBe('"a"');
    const entry = entryOf(root, 'image');
    expect(entry && sliceOf(entryPlace(entry))).toBe('"image": "a"');
  });

  it('maps decoded strings back', () => {
    const { root } = read('{"run": "a\\n\\u0062\\"\\/ --privileged"}');
    const [scalar] = scalarsOf(root ? [root] : []);
    if (scalar === undefined) throw new Error('no scalar');
    expect(scalar.text).toBe('a\nb"/ --privileged');
    expect(sliceOf(originalPlace(scalar.mapped(), 2, 3))).toBe('\\u0062');
    expect(sliceOf(originalPlace(scalar.mapped(), 6, 18))).toBe('--privileged');
  });

  it('lets the last of duplicate keys win and notes the earlier', () => {
    const { root, problems } = read('{"privileged": false, "privileged": true}');
    expect(plainOf(root)).toEqual(plainFrom({ privileged: true }));
    expect(problems.map((p) => [p.severity, p.place.span.start])).toEqual([['note', 1]]);
  });

  it('keeps `__proto__` a key like others', () => {
    const { root } = read('{"__proto__": {"polluted": true}}');
    expect(plainOf(descend(root, '__proto__', 'polluted'))).toBe(true);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(['', ' \n', '// nothing\n', '\uFEFF'])('has no document in an empty file %j', (text) => {
    const { documents, problems } = read(text);
    expect([documents, problems]).toEqual([[], []]);
  });

  it('reads what stands around a mistake', () => {
    const { root, problems } = read('{"a": 1 "b": tru, "c": {"d": [1 2]}, "e"}');
    expect(plainOf(childOf(root, 'a'))).toBe(1);
    expect(plainOf(descend(root, 'c', 'd'))).toEqual([1, 2]);
    expect(problems.length).toBeGreaterThan(2);
    expect(problems.every((p) => p.severity === 'error')).toBe(true);
  });

  it('reads any JSON as JSON.parse does, located, nested and exactly mapped', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false, maxDepth: 5 }), fc.constantFrom(0, 2), (json, indent) => {
        const value: unknown = JSON.parse(json);
        const { root, documents, problems } = read(JSON.stringify(value, null, indent));
        expect(problems).toEqual([]);
        expect(plainOf(root)).toEqual(plainFrom(value));
        expectNested(documents);
        for (const scalar of scalarsOf(documents)) {
          expect(JSON.parse(sliceOf(placeOf(scalar)))).toEqual(scalar.value);
          if (!/^\\/.test(sliceOf(placeOf(scalar)).slice(1))) expect(mappedExactly(scalar)).toBe(true);
        }
      }),
      { numRuns: 150, seed: 20261101 },
    );
  });
});
