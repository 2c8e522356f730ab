import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MappedText } from '../../src/source/mapped.ts';
import { createSource, type Source, type Span } from '../../src/source/source.ts';
import { type DockerfileInstruction, readDockerfile } from '../../src/syntax/dockerfile.ts';
import { readJsonc } from '../../src/syntax/jsonc.ts';
import { childOf, descend, type SyntaxResult } from '../../src/syntax/node.ts';
import { readYaml } from '../../src/syntax/yaml.ts';
import { withProcessorTime } from '../support/processor-time.ts';
import { childrenOf, expectLocated, expectMapped, plainOf, scalarsOf } from './located.ts';

const FOLDER = new URL('../../fixtures/hostile/', import.meta.url);
/** Milliseconds; generous, for a slow machine: what each guards against takes far longer or for ever. */
const TIME_LIMIT = 20_000;

function timed<T>(run: () => T): T {
  const [result, milliseconds] = withProcessorTime(run);
  expect(milliseconds).toBeLessThan(TIME_LIMIT);
  return result;
}

function fixture(name: string): Source {
  return createSource(name, readFileSync(new URL(name, FOLDER), 'utf8'));
}

function severities(result: { readonly problems: SyntaxResult['problems'] }): readonly string[] {
  return [...new Set(result.problems.map((problem) => problem.severity))].sort();
}

function expectDockerfile(source: Source): void {
  const document = readDockerfile(source);
  const all = document.stages.flatMap((stage) => [stage.fromInstruction, ...stage.instructions]);
  const spans: Span[] = [...document.comments, ...document.problems.map((p) => p.place.span)];
  const visit = (instruction: DockerfileInstruction): void => {
    spans.push(instruction.span, instruction.keywordSpan);
    for (const part of [...instruction.args, ...instruction.flags, ...instruction.properties])
      spans.push(part.span);
    const texts: MappedText[] = instruction.heredocs.map((heredoc) => heredoc.content);
    if (instruction.body !== undefined) texts.push(instruction.body);
    for (const text of texts) expectMapped(text, text.text);
    if (instruction.inner !== undefined) visit(instruction.inner);
  };
  all.forEach(visit);
  const wrong = spans.filter((s) => !(s.start >= 0 && s.start <= s.end && s.end <= source.text.length));
  expect(wrong).toEqual([]);
  // Told by the reader only when the package below it threw.
  expect(document.problems.filter((p) => p.message.includes('reader failed'))).toEqual([]);
}

function expectSafe(source: Source): void {
  if (source.path.endsWith('Dockerfile')) {
    expectDockerfile(source);
    return;
  }
  const result = source.path.endsWith('.json') ? readJsonc(source) : readYaml(source);
  expectLocated(source, result);
  expect(result.problems.filter((p) => p.message.includes('reader failed'))).toEqual([]);
}

const names = readdirSync(FOLDER)
  .filter((name) => /\.(ya?ml|json|Dockerfile)$/.test(name))
  .sort();

describe('fixtures', () => {
  it.each(names)('%s is read with every place in range', (name) => expectSafe(fixture(name)));

  it('sees what a lone CR would hide', () => {
    const result = readYaml(fixture('lone-cr.yaml'));
    expect(plainOf(descend(result.documents[0], 'services', 'app', 'privileged'))).toBe(true);
  });

  it.each([
    'line-separator.yaml',
    'nul.yaml',
    'tabs.yaml',
    'unclosed-quote.yaml',
    'truncated-flow.yaml',
    'stray.yaml',
  ])('tells that it did not understand all of %s', (name) =>
    expect(severities(readYaml(fixture(name)))).toContain('error'),
  );

  it('keeps what stands before a truncation', () => {
    const [flow] = readYaml(fixture('truncated-flow.yaml')).documents;
    expect(plainOf(descend(flow, 'services', 'app', 'privileged'))).toBe(true);
    const [quote] = readYaml(fixture('unclosed-quote.yaml')).documents;
    expect(plainOf(descend(quote, 'services', 'app', 'privileged'))).toBe(true);
  });

  it('keeps duplicate keys to the last', () => {
    const result = readYaml(fixture('duplicate-keys.yaml'));
    expect(plainOf(descend(result.documents[0], 'services', 'app', 'privileged'))).toBe(true);
    expect(severities(result)).toEqual(['note']);
    expect(plainOf(descend(readJsonc(fixture('duplicate-keys.json')).documents[0], 'b', 'privileged'))).toBe(
      true,
    );
  });

  it.each(['billion-laughs.yaml', 'merge-bomb.yaml', 'deep-aliases.yaml'])('defuses %s', (name) => {
    const result = readYaml(fixture(name));
    expect(severities(result)).toEqual(['limit']);
    const sizes = new Map<unknown, { size: number; height: number }>();
    const measure = (node: Parameters<typeof childrenOf>[0]): { size: number; height: number } => {
      const known = sizes.get(node);
      if (known !== undefined) return known;
      const inner = childrenOf(node).map(measure);
      const height = Math.max(0, ...inner.map((m) => m.height + 1));
      const measured = { size: inner.reduce((sum, m) => sum + m.size, 1), height };
      sizes.set(node, measured);
      return measured;
    };
    const [root] = result.documents;
    if (root === undefined) throw new Error('no root');
    expect(measure(root).size).toBeLessThan(1_000_000);
    expect(measure(root).height).toBeLessThanOrEqual(129);
  });

  it('lets no key reach a prototype', () => {
    const [yaml] = readYaml(fixture('proto.yaml')).documents;
    expect(plainOf(descend(yaml, '__proto__', 'polluted'))).toBe('yes');
    expect(childOf(yaml, 'toString')).toBeUndefined();
    readJsonc(fixture('proto.json'));
    expect('polluted' in {}).toBe(false);
  });

  it('does not lose the instruction behind an escaped escape or a quoted here-document', () => {
    for (const name of ['double-escape.Dockerfile', 'quoted-heredoc.Dockerfile']) {
      const { stages } = readDockerfile(fixture(name));
      expect(stages[0]?.instructions.filter((i) => i.keyword === 'USER').length).toBeGreaterThan(0);
    }
  });
});

describe('large input', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: v\n`).join('');
  const yaml: readonly [string, string][] = [
    ['unclosed brackets', '[{'.repeat(700)],
    ['closed brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['sequences in one line', '- '.repeat(100_000)],
    ['complex keys', '? '.repeat(1000)],
    ['complex keys in flow', '{? '.repeat(20_000)],
    ['20,000 keys', keys(20_000)],
    ['40,000 flow keys', `{${'a: b, '.repeat(40_000)}}`],
    ['tags in a row', `a: ${'!a '.repeat(50_000)}`],
    ['anchors in a row', `a: ${'&a '.repeat(50_000)}`],
    ['documents', '---\n'.repeat(200_000)],
    ['line breaks', '\n'.repeat(1_000_000)],
    ['aliases', `a: &a x\nb: [${'*a, '.repeat(50_000)}]`],
    ['anchors and aliases', Array.from({ length: 20_000 }, (_, i) => `- &a${i} x\n- *a${i}\n`).join('')],
    [
      'merges of one large mapping',
      `a: &a\n  ${keys(20_000).replaceAll('\n', '\n  ')}\nb:\n${'- <<: *a\n'.repeat(20_000)}`,
    ],
    ['merge list', `a: &a {k: v}\nb: {<<: [${'*a, '.repeat(50_000)}]}`],
    ['aliases without anchors', `[${'*a, '.repeat(50_000)}]`],
    ['block scalar of blanks', `a: |\n${'  \n'.repeat(300_000)}`],
    ['folded scalar', `a: >\n${'  x\n\n'.repeat(150_000)}`],
    ['quoted breaks', `a: "${'x\n  '.repeat(200_000)}"`],
    ['escapes', `a: "${'\\x41'.repeat(200_000)}"`],
    ['comments', '# x\n'.repeat(150_000)],
    ['open quote', `a: "${'b'.repeat(1_000_000)}`],
    ['blanks', ' '.repeat(1_000_000)],
    ['tabs', '\t'.repeat(1_000_000)],
    ['colons', ': '.repeat(50_000)],
    ['over the limit', 'x'.repeat(2_000_000)],
  ];
  it.each(yaml)('YAML: %s', (_name, text) => {
    const source = createSource('a.yaml', text);
    const result = timed(() => readYaml(source));
    expect(result.problems.length).toBeLessThanOrEqual(101);
    timed(() => scalarsOf(result.documents).map((scalar) => scalar.mapped()));
  });

  it('survives two deep files in one process', () => {
    for (let round = 0; round < 20; round += 1)
      expect(severities(readYaml(createSource('a.yaml', '[{'.repeat(700))))).toEqual(['limit']);
  });

  it('reads at the depth limit and refuses beyond', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    for (const reader of [readYaml, readJsonc]) {
      expect(severities(reader(createSource('a', nested(64))))).toEqual([]);
      const beyond = reader(createSource('a', nested(65)));
      expect([beyond.documents, severities(beyond)]).toEqual([[], ['limit']]);
      expect(beyond.problems[0]?.place.span.start).toBe(64);
    }
  });

  it('reads the other documents beside one that is too deep', () => {
    const { documents, problems } = readYaml(createSource('a.yaml', `${'[{'.repeat(100)}\n---\na: 1\n`));
    expect(problems.some((p) => p.severity === 'limit')).toBe(true);
    expect(documents.map(plainOf)).not.toContainEqual([]);
  });

  it('stops at a hundred documents', () => {
    const { documents, problems } = readYaml(createSource('a.yaml', '---\na\n'.repeat(150)));
    expect(documents).toHaveLength(100);
    expect(problems.map((p) => p.severity)).toEqual(['limit']);
  });

  const json: readonly [string, string][] = [
    ['unclosed brackets', '['.repeat(1_000_000)],
    ['brackets of the wrong kind', '[}'.repeat(500_000)],
    ['braces of the wrong kind', '{"a":]'.repeat(150_000)],
    ['70,000 keys', `{${Array.from({ length: 70_000 }, (_, i) => `"k${i}":1`).join()}}`],
    ['the same key', `{${'"a":1,'.repeat(150_000)}}`],
    ['escapes', `"${'\\u0041'.repeat(170_000)}"`],
    ['open comment', `/*${'*'.repeat(1_000_000)}`],
    ['garbage', '\u0000x,:'.repeat(250_000)],
    ['over the limit', ' '.repeat(2_000_000)],
  ];
  it.each(json)('JSON: %s', (_name, text) => {
    const result = timed(() => readJsonc(createSource('a.json', text)));
    expect(result.problems.length).toBeLessThanOrEqual(101);
    timed(() => scalarsOf(result.documents).map((scalar) => scalar.mapped()));
  });

  const docker: readonly [string, string][] = [
    ['one long line', `FROM a\nRUN ${'x '.repeat(500_000)}`],
    ['continuations', `FROM a\nRUN x ${'\\\n y'.repeat(200_000)}`],
    ['comments in a continuation', `FROM a\nRUN x \\\n${'# y\n'.repeat(250_000)}`],
    ['instructions', `FROM a\n${'RUN x\n'.repeat(150_000)}`],
    ['stages', 'FROM a\n'.repeat(9_000)],
    ['here-documents', `FROM a\nRUN ${'<<A '.repeat(200_000)}`],
    ['properties', `FROM a\nENV ${'A=1 '.repeat(200_000)}`],
    ['quotes', `FROM a\nENV A=${'"'.repeat(900_001)}`],
    ['escapes', `FROM a\nENV A=${'\\'.repeat(900_001)}`],
    ['blank escapes', `FROM a\nRUN ${'\\ '.repeat(20_000)}`],
    ['variables', `FROM ${'${a'.repeat(300_000)}`],
    ['flags', `FROM a\nRUN ${'--a=b '.repeat(150_000)}`],
    ['dashes', `FROM a\nRUN <<A ${'-'.repeat(500_000)} x`],
    ['brackets', `FROM a\nRUN ${'['.repeat(900_000)}`],
    ['nested ONBUILD', `FROM a\n${'ONBUILD '.repeat(100_000)}`],
    ['blanks', ' '.repeat(1_000_000)],
    ['over the limit', `FROM a\n${' '.repeat(2_000_000)}`],
  ];
  it.each(docker)('Dockerfile: %s', (_name, text) => {
    timed(() => expectDockerfile(createSource('Dockerfile', text)));
  });
});

/** A small generator with a seed (mulberry32), so that a failure comes again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const NASTY = [
  '\n',
  '\r',
  '\t',
  '\0',
  '"',
  "'",
  '\\',
  '{',
  ']',
  ':',
  '- ',
  '&a ',
  '*a',
  '<<: ',
  '|',
  '>',
  '#',
  '!',
  '\uFEFF',
  '\uD800',
  '<<E',
  '`',
];

function mutate(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const length = 1 + random(8);
  const piece = text.slice(at, at + length);
  const other = random(text.length + 1);
  const cuts = [
    () => text.slice(0, at) + text.slice(at + length),
    () => text.slice(0, at) + piece + text.slice(at),
    () => text.slice(0, other) + piece + text.slice(other),
    () => text.slice(0, at) + (NASTY[random(NASTY.length)] ?? '') + text.slice(at),
    () => text.slice(0, at),
  ];
  // Truncation is one in many, or little text is left to mutate.
  return (random(12) === 0 ? cuts[4] : cuts[random(4)])?.() ?? text;
}

describe('mutated files', () => {
  const GOOD: readonly [string, string][] = [
    [
      'good.yaml',
      "x: &x {k: \"a\\n\", l: [1, 2]}\nservices:\n  app:\n    <<: *x\n    command: >-\n      one\n      two\n\n    # c\n    env: |\n      A\n       B\n    p: !reset null\n---\n- 'it''s\n  two'\n",
    ],
    ['good.json', '// c\n{"a": "x\\u0041", "b": [1, true, {"c": null}], /* d */ "e": -1.5}\n'],
    [
      'good.Dockerfile',
      '# escape=\\\nARG A=1\nFROM a AS b\nENV X="a b" Y=c\nRUN --mount=x a \\\n  # c\n  && b\nRUN <<E\nx\nE\nCMD ["a", "b"]\nONBUILD RUN x\n',
    ],
  ];
  const sources = [...GOOD, ...names.map((name): [string, string] => [name, fixture(name).text])];
  it.each(sources)('%s', (name, text) => {
    const random = randomOf(name.length * 7919 + text.length);
    for (let round = 0; round < 40; round += 1) {
      let mutant = text;
      for (let step = 0; step <= round % 6; step += 1) mutant = mutate(mutant, random);
      expectSafe(createSource(name, mutant));
    }
  });
});
