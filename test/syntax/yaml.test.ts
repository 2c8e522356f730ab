import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { originalPlace } from '../../src/source/mapped.ts';
import { createSource, positionAt, sliceOf } from '../../src/source/source.ts';
import { childOf, descend, entryOf, entryPlace, itemsOf, type Node, placeOf } from '../../src/syntax/node.ts';
import { readYaml } from '../../src/syntax/yaml.ts';
import {
  expectLocated,
  expectNested,
  mappedExactly,
  nodesOf,
  plainFrom,
  plainOf,
  scalarsOf,
} from './located.ts';

function read(text: string) {
  const source = createSource('compose.yaml', text);
  const result = readYaml(source);
  expectLocated(source, result);
  return { source, ...result, root: result.documents[0] };
}

function textOf(node: Node | undefined): string | undefined {
  return node && sliceOf(placeOf(node));
}

/** A scalar's own slice, read by itself, must give the scalar again. */
function expectRereads(root: Node | undefined): void {
  for (const scalar of scalarsOf(root ? [root] : [])) {
    // A block scalar's indentation indicator counts from its parent, which the slice does not have.
    const slice = sliceOf(placeOf(scalar));
    if (/^[|>][-+]?[1-9]/.test(slice) || scalar.tag !== undefined) continue;
    const again = readYaml(createSource('slice.yaml', scalar.style === 'block' ? `${slice}\n` : slice));
    const [node] = again.documents;
    expect(node === undefined ? null : plainOf(node)).toEqual(scalar.value);
  }
}

describe('scalars', () => {
  it('reads by the core schema of YAML 1.2', () => {
    const { root } = read(
      '[yes, on, NO, true, False, null, ~, 0x1f, 0o17, 010, 1e3, .5, 1.2.3, "true", 08:30]\n',
    );
    expect(plainOf(root)).toEqual([
      'yes',
      'on',
      'NO',
      true,
      false,
      null,
      null,
      31,
      15,
      10,
      1000,
      0.5,
      '1.2.3',
      'true',
      '08:30',
    ]);
  });

  it('keeps the schema in a file that asks for YAML 1.1', () => {
    expect(plainOf(childOf(read('%YAML 1.1\n---\na: yes\n').root, 'a'))).toBe('yes');
  });

  it('gives quoted scalars with their quotes', () => {
    const { root, problems } = read(`a: "x\\ty" # note\nb: 'it''s'\nc: plain text # note\n`);
    expect(textOf(childOf(root, 'a'))).toBe('"x\\ty"');
    expect(textOf(childOf(root, 'b'))).toBe("'it''s'");
    expect(textOf(childOf(root, 'c'))).toBe('plain text');
    expect(plainOf(root)).toEqual(plainFrom({ a: 'x\ty', b: "it's", c: 'plain text' }));
    expect(problems).toEqual([]);
  });

  it('gives block scalars from the header to the last character of content', () => {
    const { root } = read('a: |\n  one\n  two\n\nb: >-  # why\n  x\n  y\n\n  z\nc: |+\n  k\n\nd: |\ne: 1\n');
    expect(textOf(childOf(root, 'a'))).toBe('|\n  one\n  two');
    expect(textOf(childOf(root, 'b'))).toBe('>-  # why\n  x\n  y\n\n  z');
    expect(textOf(childOf(root, 'c'))).toBe('|+\n  k\n');
    expect(textOf(childOf(root, 'd'))).toBe('|');
    expect(plainOf(root)).toEqual(plainFrom({ a: 'one\ntwo\n', b: 'x y\nz', c: 'k\n\n', d: '', e: 1 }));
    expectRereads(root);
  });

  it.each([
    ['literal', 'run: |\n  curl x\n    deeper\n  --privileged\n'],
    ['literal, CRLF', 'run: |\r\n  curl x\r\n\r\n  --privileged\r\n'],
    ['folded', 'run: >\n  curl x\n  and\n\n  more\n    deep\n   er\n  --privileged\n'],
    ['explicit indentation', 'run: |2-\n    curl x\n  --privileged\n'],
    ['leading blank lines', 'run: >+\n\n\n  curl\n  --privileged\n\n\n'],
    ['plain over lines', 'run: curl x\n  and  \n\n  --privileged\n'],
    ['single-quoted over lines', "run: 'it''s  \n  curl\n\n\n  --privileged'\n"],
    [
      'double-quoted over lines',
      'run: "a\\x41\\u00e9 \\\n   b \\\r\n  c  \n\n  d\\U0001f600 --privileged"\n',
    ],
  ])('maps decoded text back: %s', (_name, text) => {
    const { source, root } = read(text);
    const [scalar] = scalarsOf(root ? [root] : []);
    if (scalar === undefined) throw new Error('no scalar');
    expect(mappedExactly(scalar)).toBe(true);
    const at = scalar.text.indexOf('--privileged');
    const place = originalPlace(scalar.mapped(), at, at + '--privileged'.length);
    expect(place.span.start).toBe(source.text.indexOf('--privileged'));
    expect(sliceOf(place)).toBe('--privileged');
  });

  it('maps an escape to the whole escape', () => {
    const { root } = read('a: "x\\u002dy"\n');
    const [scalar] = scalarsOf(root ? [root] : []);
    if (scalar === undefined) throw new Error('no scalar');
    expect(sliceOf(originalPlace(scalar.mapped(), 1, 2))).toBe('\\u002d');
  });
});

describe('collections', () => {
  it('spans block collections from first to last child and flow ones with their brackets', () => {
    const { root } = read('a:\n  - x # one\n  - k: v # two\n\n# three\nb: {c: [1, 2 ], } # four\nd:\n');
    expect(textOf(childOf(root, 'a'))).toBe('- x # one\n  - k: v');
    expect(textOf(childOf(root, 'b'))).toBe('{c: [1, 2 ], }');
    expect(textOf(descend(root, 'b', 'c'))).toBe('[1, 2 ]');
    const d = entryOf(root, 'd');
    expect(d?.value).toMatchObject({ kind: 'scalar', value: null, text: '' });
    expectNested(root ? [root] : []);
  });

  it('places key and value', () => {
    const { root } = read('services:\n  app:\n    privileged:   true # bad\n');
    const entry = entryOf(descend(root, 'services', 'app'), 'privileged');
    expect(entry && sliceOf(entryPlace(entry))).toBe('privileged:   true');
  });

  it('lets the last of duplicate keys win and notes the earlier', () => {
    const { root, problems, source } = read('a: 1\nb: 2\na: 3\n');
    expect(plainOf(root)).toEqual(plainFrom({ b: 2, a: 3 }));
    expect(problems.map((p) => [p.severity, positionAt(source, p.place.span.start).line])).toEqual([
      ['note', 1],
    ]);
  });

  it('reads a collection as key by its text', () => {
    const { root, problems } = read('? [a, b]\n: 1\n? {c: d}\n');
    expect(plainOf(root)).toEqual(plainFrom({ '[a, b]': 1, '{c: d}': null }));
    expect(problems.map((p) => p.severity)).toEqual(['note', 'note']);
  });
});

describe('anchors, aliases, merges, tags', () => {
  it('gives the anchor own node for an alias', () => {
    const { root } = read('x: &x {privileged: true}\ny: *x\nz: &s text\nw: [*s]\n');
    expect(childOf(root, 'y')).toBe(childOf(root, 'x'));
    expect(itemsOf(childOf(root, 'w'))[0]).toBe(childOf(root, 'z'));
  });

  it('follows the anchor that stands last before the alias', () => {
    expect(plainOf(read('- &a 1\n- *a\n- &a 2\n- *a\n').root)).toEqual([1, 1, 2, 2]);
    expect(plainOf(read('&k key: *k\n').root)).toEqual(plainFrom({ key: 'key' }));
  });

  it('merges: own keys win, then earlier mappings', () => {
    const { root } = read(
      'a: &a {one: a, two: a}\nb: &b {two: b, three: b}\nc:\n  <<: [*a, *b]\n  one: c\nd:\n  one: d\n  <<: *b\n  "<<": text\n',
    );
    expect(plainOf(childOf(root, 'c'))).toEqual(plainFrom({ one: 'c', two: 'a', three: 'b' }));
    expect(plainOf(childOf(root, 'd'))).toEqual(plainFrom({ one: 'd', '<<': 'text', two: 'b', three: 'b' }));
    expect(entryOf(childOf(root, 'd'), 'two')?.value).toBe(descend(root, 'b', 'two'));
  });

  it('merges what was itself merged', () => {
    const { root } = read('a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nc: {<<: *b}\n');
    expect(plainOf(childOf(root, 'c'))).toEqual(plainFrom({ l: 2, k: 1 }));
  });

  it('tells a merge of something else', () => {
    const { problems, root } = read('a: {<<: 1, b: 2}\n');
    expect(problems.map((p) => p.severity)).toEqual(['error']);
    expect(plainOf(childOf(root, 'a'))).toEqual(plainFrom({ b: 2 }));
  });

  it('keeps tags, and the values below foreign ones', () => {
    const { root, problems } = read(
      'a: !reset null\nb: !override [1]\nc: !override true\nd: !!str 1\ne: !reset\n',
    );
    expect(problems).toEqual([]);
    const tags = ['a', 'b', 'c', 'd', 'e'].map((key) => childOf(root, key)?.tag);
    expect(tags).toEqual(['!reset', '!override', '!override', '!!str', '!reset']);
    expect(plainOf(root)).toEqual(plainFrom({ a: null, b: [1], c: true, d: '1', e: null }));
  });

  it('tells aliases that lead nowhere and keeps their text', () => {
    const { root, problems } = read('a: &a [*a, *none]\n');
    expect(plainOf(childOf(root, 'a'))).toEqual(['*a', '*none']);
    expect(problems.map((p) => [p.severity, sliceOf(p.place)])).toEqual([
      ['error', '*a'],
      ['error', '*none'],
    ]);
  });
});

describe('documents', () => {
  it.each(['', '\n\n', '# only a comment\n', '\uFEFF'])('has none in an empty file %j', (text) => {
    const { documents, problems } = read(text);
    expect([documents, problems]).toEqual([[], []]);
  });

  it('reads several, with their comments in order', () => {
    const { documents, comments, source } = read('# a\na: 1 # b\n---\n# c\n- 2\n...\n# d\n');
    expect(documents.map(plainOf)).toEqual([plainFrom({ a: 1 }), [2]]);
    expect(comments.map((span) => source.text.slice(span.start, span.end))).toEqual([
      '# a',
      '# b',
      '# c',
      '# d',
    ]);
  });

  it('anchors do not reach over to the next document', () => {
    expect(read('a: &a 1\n---\nb: *a\n').problems).toHaveLength(1);
  });

  it('counts a byte order mark and CRLF in offsets', () => {
    const { root, comments, source } = read('\uFEFFa:\r\n  b: true # x\r\n');
    expect(textOf(descend(root, 'a', 'b'))).toBe('true');
    expect(comments.map((span) => source.text.slice(span.start, span.end))).toEqual(['# x']);
  });

  it('reads what stands around a mistake', () => {
    const { root, problems, source } = read('services:\n  app:\n    image: "a" b\n    privileged: true\n');
    expect(plainOf(descend(root, 'services', 'app', 'privileged'))).toBe(true);
    expect(problems.map((p) => positionAt(source, p.place.span.start).line)).toEqual([3]);
  });
});

describe('any document', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', ' ', '\n', "'", '"', '\\', ':', '#', '-', '\t', '>', '|') }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  // Keys that the library writes as `? ` or that are not strings are beside the point here.
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  const { document } = fc.letrec<{ document: unknown }>((tie) => ({
    document: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('document'), { maxLength: 4 }),
      fc.dictionary(key, tie('document'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const styles = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;

  it('reads what the parser package reads, located, nested and exactly mapped', () => {
    fc.assert(
      fc.property(
        document,
        fc.constantFrom(...styles),
        fc.integer({ min: 20, max: 80 }),
        (value, style, width) => {
          const text = stringify(value, { defaultStringType: style, lineWidth: width, indent: 2 });
          const { source, root, documents, problems } = read(text);
          const expected = parseDocument(source.text);
          // The writer makes a few documents that its own reader refuses.
          if (expected.errors.length > 0) {
            expect(problems.map((p) => p.severity)).toContain('error');
            return;
          }
          if (!/[\u0085\u2028\u2029]|\r(?!\n)/.test(text))
            expect(plainOf(root)).toEqual(plainFrom(expected.toJS()));
          expectNested(documents);
          expectRereads(root);
          const inexact = scalarsOf(documents).filter(
            (node) => !mappedExactly(node) && node.text.trim() !== '',
          );
          expect(inexact.map((node) => sliceOf(placeOf(node)))).toEqual([]);
        },
      ),
      { numRuns: 500, seed: 20261101 },
    );
  });

  it('shares a node however often it is used', () => {
    const { documents } = read(`a: &a {k: v}\nb: [${'*a, '.repeat(1000)}]\n`);
    expect(nodesOf(documents)).toHaveLength(4);
  });
});
