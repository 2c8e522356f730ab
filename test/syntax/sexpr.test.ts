import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { mappedBuilder, plainText } from '../../src/source/mapped.ts';
import { createSource, sliceOf } from '../../src/source/source.ts';
import { readSexpr, type Sexpr } from '../../src/syntax/sexpr.ts';

// A hang is what these tests look for; a busy machine must not look like one.
vi.setConfig({ testTimeout: 60_000 });

function read(text: string) {
  return readSexpr(plainText(createSource('p.sb', text)));
}

/** A form as nested arrays; strings are marked, so that `"a"` and `a` differ. */
function shape(form: Sexpr): unknown {
  switch (form.kind) {
    case 'list':
      return form.tail === null
        ? form.items.map(shape)
        : { items: form.items.map(shape), tail: shape(form.tail) };
    case 'string':
      return `${form.raw ? '#' : ''}"${form.text}"`;
    case 'symbol':
      return form.name;
    case 'placeholder':
      return { placeholder: form.name };
    default:
      return form.value;
  }
}

function shapes(text: string): unknown[] {
  return read(text).forms.map(shape);
}

describe('readSexpr', () => {
  it.each([
    ['(a b (c))', [['a', 'b', ['c']]]],
    ['a ; note\nb', ['a', 'b']],
    ['(a #| x #| y |# z |# b)', [['a', 'b']]],
    ['(a #;(b c) d)', [['a', 'd']]],
    ['#;a b', ['b']],
    ['"a\\"b\\\\c"', ['"a"b\\c"']],
    ['"two\nlines"', ['"two\nlines"']],
    ['"a\\.b"', ['"a.b"']],
    ['"\\x41\\n"', ['"A\n"']],
    ['#"^/a\\.b$"', ['#"^/a\\.b$"']],
    ['#"a\\"b"', ['#"a\\"b"']],
    ['(12 -3 #o0004 #x1F #b101)', [[12, -3, 4, 31, 5]]],
    ['(#t #f)', [[true, false]]],
    ["'(a b)", [['quote', ['a', 'b']]]],
    ["''a", [['quote', ['quote', 'a']]]],
    ['`(a ,b ,@c)', [['quasiquote', ['a', ['unquote', 'b'], ['unquote-splicing', 'c']]]]],
    ['(a . b)', [{ items: ['a'], tail: 'b' }]],
    ['(define (f . rest) 1)', [['define', { items: ['f'], tail: 'rest' }, 1]]],
    ['()', [[]]],
    ['', []],
  ])('reads %s', (text, expected) => {
    expect(shapes(text)).toEqual(expected);
    expect(read(text).problems).toEqual([]);
  });

  it.each([
    ['__RULES__', '__RULES__'],
    ['[HOMEDIR]', 'HOMEDIR'],
    ['@RULES@', '@RULES@'],
    ['${rules(x)}', 'rules(x)'],
    ['<%= @rules.join("\\n") %>', '@rules.join("\\n")'],
    ['{root_param}', 'root_param'],
    ['{{rules}}', 'rules'],
  ])('reads the placeholder %s', (text, name) => {
    expect(shapes(`(a ${text} b)`)).toEqual([['a', { placeholder: name }, 'b']]);
  });

  it('takes a profile out of a C++ raw string', () => {
    expect(shapes('R""(\n(deny default)\n)""\n')).toEqual([['deny', 'default']]);
    expect(shapes('R"sb(\n(allow a)\n)sb"')).toEqual([['allow', 'a']]);
  });

  it('gives every form the span of its own text', () => {
    const { forms } = read('(version 1)\n(allow file-read* ; why\n  (literal "/a"))');
    const second = forms[1];
    expect(second && sliceOf(second.place)).toBe('(allow file-read* ; why\n  (literal "/a"))');
    const literal = second?.kind === 'list' ? second.items[2] : undefined;
    expect(literal && sliceOf(literal.place)).toBe('(literal "/a")');
  });

  it('maps spans back through decoded text', () => {
    const source = createSource('run.sh', 'x="(allow \\"a\\")"');
    const builder = mappedBuilder(source);
    builder.copy(3, 10);
    builder.replace('"', 10, 12);
    builder.copy(12, 13);
    builder.replace('"', 13, 15);
    builder.copy(15, 16);
    const [form] = readSexpr(builder.build()).forms;
    expect(form && shape(form)).toEqual(['allow', '"a"']);
    const text = form?.kind === 'list' ? form.items[1] : undefined;
    expect(text && sliceOf(text.place)).toBe('\\"a\\"');
  });

  it('keeps comments with their spans', () => {
    const { comments } = read('; one\n(a #| two |# b)');
    expect(comments).toEqual([
      { start: 0, end: 5 },
      { start: 9, end: 18 },
    ]);
  });

  it('goes on at the next form after one that is not closed', () => {
    const { forms, problems } = read(
      '(deny default)\n(allow file-read* (subpath "/a")\n(allow lsopen)\n(deny signal)',
    );
    expect(forms.map(shape)).toEqual([
      ['deny', 'default'],
      ['allow', 'file-read*', ['subpath', '"/a"']],
      ['allow', 'lsopen'],
      ['deny', 'signal'],
    ]);
    expect(problems.map((one) => one.severity)).toEqual(['error']);
  });

  it('goes on after a string that is not closed', () => {
    const { forms, problems } = read('(allow a (literal "/x))\n(allow b)');
    expect(forms.map(shape).at(-1)).toEqual(['allow', 'b']);
    expect(problems.length).toBeGreaterThan(0);
  });

  it.each([['(a))'], ["(a ')"], ['#| open'], ['(a . b c)']])('reports %s', (text) => {
    expect(read(text).problems.map((one) => one.severity)).toContain('error');
  });

  it.each([
    ['opening parentheses', '('.repeat(1_000_000)],
    ['opening parentheses in lines', '(\n'.repeat(500_000)],
    ['closing parentheses', ')'.repeat(300_000)],
    ['quotes', "'".repeat(500_000)],
    ['datum comments', '#;'.repeat(300_000)],
    ['block comments', '#|'.repeat(400_000)],
    ['strings that do not end', '(a "\n'.repeat(200_000)],
    ['templates that do not end', `(a ${'<% '.repeat(200_000)}`],
    ['dollar braces', `(a ${'${ '.repeat(200_000)}`],
    ['deep nesting', `${'(a '.repeat(5_000)}${')'.repeat(5_000)}`],
    ['more than may be read', ' '.repeat(3_000_000)],
  ])('survives %s', (_, text) => {
    const { problems } = read(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(1_100);
  });

  it('never throws, and keeps every span inside the text', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '"',
      '#"',
      "'",
      '`',
      ',@',
      ';',
      '\n',
      '#|',
      '|#',
      '#;',
      '\\',
      'a',
      '.',
      '${',
      '<%',
      '%>',
      '}',
      '[X',
      '__A__',
      '#o7',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const pending = [...read(text).forms];
        for (let form = pending.pop(); form !== undefined; form = pending.pop()) {
          expect(form.place.span.start).toBeLessThanOrEqual(form.place.span.end);
          expect(form.place.span.end).toBeLessThanOrEqual(text.length);
          if (form.kind === 'list') pending.push(...form.items);
        }
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});
