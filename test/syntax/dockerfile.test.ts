import { describe, expect, it } from 'vitest';
import { originalPlace } from '../../src/source/mapped.ts';
import { createSource, type Span, sliceOf } from '../../src/source/source.ts';
import { type DockerfileInstruction, readDockerfile } from '../../src/syntax/dockerfile.ts';
import { expectMapped } from './located.ts';

function read(text: string) {
  const source = createSource('Dockerfile', text);
  const document = readDockerfile(source);
  return { ...document, textOf: (span: Span) => source.text.slice(span.start, span.end) };
}

/** The instructions behind `FROM scratch`. */
function instructionsOf(text: string): readonly DockerfileInstruction[] {
  const { stages, problems } = read(`FROM scratch\n${text}`);
  expect(problems).toEqual([]);
  return stages[0]?.instructions ?? [];
}

function only(text: string): DockerfileInstruction {
  const [instruction, ...more] = instructionsOf(text);
  expect(more).toEqual([]);
  if (instruction === undefined) throw new Error('no instruction');
  return instruction;
}

const wordsOf = (instruction: DockerfileInstruction) => instruction.args.map((word) => word.text);
const pairsOf = (instruction: DockerfileInstruction) => instruction.properties.map((p) => [p.name, p.value]);

describe('stages', () => {
  it('reads images, names, global arguments', () => {
    const document = read(
      '# syntax=x\nARG TAG=1 OTHER\nARG Q="a b"\nfrom --platform=$P base:$TAG as build\nRUN a\nFROM scratch\nUSER u\n',
    );
    expect(document.globalArgs.map((p) => [p.name, p.value])).toEqual([
      ['TAG', '1'],
      ['OTHER', null],
      ['Q', 'a b'],
    ]);
    expect(document.stages.map((s) => [s.name, s.from.text, s.instructions.map((i) => i.keyword)])).toEqual([
      ['build', 'base:$TAG', ['RUN']],
      [undefined, 'scratch', ['USER']],
    ]);
    expect(document.stages[0]?.fromInstruction.flags.map((f) => [f.name, f.value])).toEqual([
      ['platform', '$P'],
    ]);
    expect(document.stages.map((s) => document.textOf(s.from.span))).toEqual(['base:$TAG', 'scratch']);
    expect(document.problems).toEqual([]);
  });

  it('tells a file without FROM and instructions before it', () => {
    expect(read('RUN x\n').problems.map((p) => p.severity)).toEqual(['error', 'error']);
    expect(read('').problems).toHaveLength(1);
  });
});

describe('lines', () => {
  it.each(['\n', '\r\n'])(
    'joins continued lines, comments and blank lines between them gone (%j)',
    (feed) => {
      const text = [
        'RUN --mount=type=secret,id=a \\',
        '  one \\',
        '',
        '  # not me \\',
        '  && two \\  ',
        '--x',
        'USER u',
        '',
      ];
      const { stages, textOf, comments } = read(`FROM scratch${feed}${text.join(feed)}`);
      const [run, user] = stages[0]?.instructions ?? [];
      expect(run?.body?.text).toBe('one   && two --x');
      expect(run?.flags.map((f) => [f.name, f.value])).toEqual([['mount', 'type=secret,id=a']]);
      expect(run?.args.map((word) => textOf(word.span))).toEqual(['one', '&&', 'two', '--x']);
      expect(run && textOf(run.span).endsWith('--x')).toBe(true);
      expect(comments.map(textOf)).toEqual(['# not me \\']);
      expect(user && wordsOf(user)).toEqual(['u']);
      if (run?.body === undefined) throw new Error('no body');
      expectMapped(run.body, run.body.text);
      const at = run.body.text.indexOf('two --x');
      expect(sliceOf(originalPlace(run.body, at, at + 3))).toBe('two');
      expect(sliceOf(originalPlace(run.body, at, at + 7))).toContain('\\');
    },
  );

  it('ends an instruction at an escaped escape', () => {
    expect(instructionsOf('RUN echo \\\\\nUSER root\n').map((i) => i.keyword)).toEqual(['RUN', 'USER']);
  });

  it('joins a word that a continuation parts', () => {
    const [run] = instructionsOf('RU\\\nN apt-\\\nget\nUSER u');
    expect(run).toMatchObject({ keyword: 'RUN', body: { text: 'apt-get' } });
  });

  it('follows the escape directive', () => {
    const { stages, ...document } = read('# escape=`\nFROM scratch\nRUN dir C:\\\nRUN a `\n  b\n');
    expect(document.escape).toBe('`');
    expect(stages[0]?.instructions.map((i) => i.body?.text)).toEqual(['dir C:\\', 'a   b']);
  });

  it('takes a directive below a comment for a comment', () => {
    expect(read('# hello\n# escape=`\nFROM scratch\n').escape).toBe('\\');
  });

  it('counts a byte order mark, and takes a lone CR for white space', () => {
    const { stages, textOf, problems } = read('\uFEFFFROM scratch\nRUN a\rUSER root\n');
    expect(problems).toEqual([]);
    expect(stages[0]?.instructions.map((i) => i.body?.text)).toEqual(['a USER root']);
    expect(stages[0] && textOf(stages[0].from.span)).toBe('scratch');
  });
});

describe('arguments', () => {
  it('reads ENV, LABEL and ARG', () => {
    expect(pairsOf(only('ENV A=1 B="two words" C=\'x\' D=a\\ b'))).toEqual([
      ['A', '1'],
      ['B', 'two words'],
      ['C', 'x'],
      ['D', 'a b'],
    ]);
    expect(pairsOf(only('ENV NAME a long value'))).toEqual([['NAME', 'a long value']]);
    expect(pairsOf(only('ARG A B=2'))).toEqual([
      ['A', null],
      ['B', '2'],
    ]);
    expect(pairsOf(only('LABEL a=b \\\n # c\n d=e'))).toEqual([
      ['a', 'b'],
      ['d', 'e'],
    ]);
  });

  it('places properties', () => {
    const { stages, textOf } = read('FROM scratch\nENV A=1 \\\n  TOKEN="s e"\n');
    const [env] = stages[0]?.instructions ?? [];
    expect(env?.properties.map((p) => textOf(p.span))).toEqual(['A=1', 'TOKEN="s e"']);
  });

  it('reads the JSON form, decoded and placed', () => {
    const { stages, textOf } = read(
      'FROM scratch\nENTRYPOINT [ "sh", \\\n "-c", "a\\u0041 \\"b\\"" ]\nCMD []\n',
    );
    const [entrypoint, cmd] = stages[0]?.instructions ?? [];
    expect(entrypoint).toMatchObject({ json: true });
    expect(entrypoint?.body).toBeUndefined();
    expect(entrypoint && wordsOf(entrypoint)).toEqual(['sh', '-c', 'aA "b"']);
    expect(entrypoint?.args.map((word) => textOf(word.span))).toEqual(['"sh"', '"-c"', '"a\\u0041 \\"b\\""']);
    expect(cmd).toMatchObject({ json: true, args: [] });
  });

  it.each(['["a" "b"]', "['a']", '["a", 1]', '["a"] && b', '["a"'])(
    'takes what only looks like JSON for shell: %s',
    (text) => {
      expect(only(`CMD ${text}`)).toMatchObject({ json: false, body: { text } });
    },
  );

  it('ends flags at the first word that is none', () => {
    const copy = only('COPY --from=b --link a --chown=c /d');
    expect(copy.flags.map((f) => [f.name, f.value])).toEqual([
      ['from', 'b'],
      ['link', null],
    ]);
    expect(wordsOf(copy)).toEqual(['a', '--chown=c', '/d']);
  });

  it('reads the instruction inside ONBUILD and HEALTHCHECK', () => {
    expect(only('ONBUILD run --network=host curl x').inner).toMatchObject({
      keyword: 'RUN',
      flags: [{ name: 'network', value: 'host' }],
      body: { text: 'curl x' },
    });
    expect(only('HEALTHCHECK --interval=5s CMD ["a", "b"]').inner).toMatchObject({
      keyword: 'CMD',
      json: true,
    });
    expect(only('HEALTHCHECK NONE').inner).toBeUndefined();
  });
});

describe('here-documents', () => {
  it('sets them apart, whatever stands in them', () => {
    const text = 'RUN <<EOF cat <<-"E2" > x\none \\\n\n# two\nUSER root\nEOF\n\tthree\n\tE2\nUSER u\n';
    const [run, user] = instructionsOf(text);
    expect(run?.heredocs.map((h) => [h.name, h.content.text, h.literal])).toEqual([
      ['EOF', 'one \\\n\n# two\nUSER root\n', false],
      ['E2', 'three\n', true],
    ]);
    expect(run && wordsOf(run)).toEqual(['<<EOF', 'cat', '<<-"E2"', '>', 'x']);
    expect(user && wordsOf(user)).toEqual(['u']);
    const [first, second] = run?.heredocs ?? [];
    if (first === undefined || second === undefined) throw new Error('missing');
    expectMapped(first.content, first.content.text);
    expect(sliceOf(originalPlace(second.content, 0, 5))).toBe('three');
  });

  it.each([
    'RUN echo "a <<EOF b"',
    "RUN echo it's <<EOF",
    'RUN a<<EOF',
    'RUN a <<< EOF',
    'USER <<EOF',
    'RUN ["a", "<<EOF"]',
  ])('opens none in %s', (text) => {
    expect(instructionsOf(`${text}\nUSER u\n`).map((i) => [i.keyword, i.heredocs.length])).toEqual([
      [text.split(' ')[0], 0],
      ['USER', 0],
    ]);
  });

  it('opens them in COPY and ONBUILD RUN, with a file descriptor too', () => {
    expect(only('COPY <<a <<b /d\n1\na\n2\nb\n').heredocs.map((h) => h.content.text)).toEqual(['1\n', '2\n']);
    expect(only('ONBUILD RUN 3<<a\n1\na\n').inner?.heredocs.map((h) => h.content.text)).toEqual(['1\n']);
  });

  it('tells one that is not closed', () => {
    const { problems, stages } = read('FROM scratch\nRUN <<EOF\nUSER root\n');
    expect(problems.map((p) => p.severity)).toEqual(['error']);
    expect(stages[0]?.instructions[0]?.heredocs[0]?.content.text).toBe('USER root\n');
  });
});
