// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of compose files, not of this one.
import { describe, expect, it } from 'vitest';
import { displayText, HOME_SYMBOL, unknownPart, WORKSPACE_SYMBOL } from '../../../src/model/symbolic.ts';
import { readEnvFile, variableScope } from '../../../src/semantics/compose/dotenv.ts';
import { interpolate } from '../../../src/semantics/compose/interpolation.ts';
import { createSource, sliceOf } from '../../../src/source/source.ts';

const nothing = { lookup: () => null };

function scopeOf(text: string, directory = '') {
  return variableScope(directory, readEnvFile(createSource('.env', text), nothing, 'compose'), null);
}

const scope = scopeOf('SET=value\nEMPTY=\nPATH_LIKE=./a:b\n', 'app');
const X = unknownPart('X');
const unset = ['$X is unset'];

describe('interpolate', () => {
  it.each<[template: string, text: string, assumes: string[]]>([
    ['plain', 'plain', []],
    ['$SET', 'value', []],
    ['${SET}', 'value', []],
    ['a$SET-b', 'avalue-b', []],
    ['$$SET', '$SET', []],
    ['$$$SET', '$value', []],
    ['${SET}${SET}', 'valuevalue', []],
    ['$X', X, []],
    ['${X}', X, []],
    ['a${X}b', `a${X}b`, []],
    ['${X:-d}', 'd', unset],
    ['${X-d}', 'd', unset],
    ['${X:-}', '', unset],
    ['${X:-a:b-c?d+e}', 'a:b-c?d+e', unset],
    ['${X:-${SET}}', 'value', unset],
    ['${X:-${Y:-${Z:-deep}}}/t', 'deep/t', ['$X is unset', '$Y is unset', '$Z is unset']],
    ['${X:-{}}', '{}', unset],
    ['${SET:-d}', 'value', []],
    ['${EMPTY:-d}', 'd', []],
    ['${EMPTY-d}', '', []],
    ['${X:?must be set}', X, []],
    ['${X?must be set}', X, []],
    ['${SET:?must be set}', 'value', []],
    ['${X:+y}', '', unset],
    ['${X+y}', '', unset],
    ['${SET:+y}', 'y', []],
    ['${SET+${X}}', X, []],
    ['${EMPTY:+y}', '', []],
    ['${EMPTY+y}', 'y', []],
    ['$HOME/.ssh', `${HOME_SYMBOL}/.ssh`, []],
    ['${HOME:-/root}', HOME_SYMBOL, []],
    ['$PWD/x', `${WORKSPACE_SYMBOL}/app/x`, []],
    ['${SSH_AUTH_SOCK:-/dev/null}', '/run/user/UID/ssh-agent.sock', ['$SSH_AUTH_SOCK is set']],
    ['$_x1', unknownPart('_x1'), []],
  ])('%s', (template, text, assumes) => {
    const result = interpolate(template, scope);
    expect(result.text).toBe(text);
    expect(result.assumes).toEqual(assumes);
    expect(result.error).toBeNull();
  });

  it.each(['$', '${', '${}', '${X', '${1}', '$1', '${X/}', 'a ${X:-${Y} b'])('refuses %s', (template) => {
    const result = interpolate(template, scope);
    expect(result.error).not.toBeNull();
    expect(result.text).toBe(template);
  });

  it('tells what comes from the host and what from a file', () => {
    expect(interpolate('${X:-d}${SET}$Y', scope)).toMatchObject({
      hostNames: ['X', 'Y'],
      fileNames: ['SET'],
    });
  });

  it('bounds nesting and length', () => {
    expect(interpolate(`${'${A:-'.repeat(50)}x${'}'.repeat(50)}`, scope).error).toMatch(/nested deeper/);
    const long = scopeOf(`L=${'x'.repeat(10_000)}`);
    expect(interpolate('$L'.repeat(1000), long).error).toMatch(/too long/);
    expect(interpolate('${'.repeat(300_000), scope).error).not.toBeNull();
  });

  it('lets the session win over .env, and .env over what is usual', () => {
    const own = scopeOf('HOME=/evil\nXDG_RUNTIME_DIR=/here\n');
    expect(displayText(interpolate('$HOME $XDG_RUNTIME_DIR', own).text)).toBe('~ /here');
  });
});

describe('readEnvFile', () => {
  it.each<[line: string, name: string, value: string | null]>([
    ['A=b', 'A', 'b'],
    ['export A=b', 'A', 'b'],
    ['A: b', 'A', 'b'],
    ['A = b', 'A', 'b'],
    ['A=b # note', 'A', 'b'],
    ['A=b#c', 'A', 'b#c'],
    ['A="b # c"', 'A', 'b # c'],
    ['A="x\ny"', 'A', 'x\ny'],
    ['A="a\\nb"', 'A', 'a\nb'],
    ["A='$B'", 'A', '$B'],
    ['A="${B:-c}"', 'A', 'c'],
    ['A=', 'A', ''],
    ['A', 'A', null],
    ['A=b\r', 'A', 'b'],
    ['\uFEFFA=b', 'A', 'b'],
  ])('%j', (text, name, value) => {
    const [entry] = readEnvFile(createSource('.env', text), nothing, 'compose');
    expect(entry).toMatchObject({ name, value });
    expect(entry === undefined ? '' : sliceOf(entry.place)).toBe(name);
  });

  it('skips comments and what is no entry, and knows earlier entries', () => {
    const text = '# A=1\n=x\n!bad\nB=1\nC=${B}2\n';
    const entries = readEnvFile(createSource('.env', text), nothing, 'compose');
    expect(entries.map(({ name, value }) => [name, value])).toEqual([
      ['B', '1'],
      ['C', '12'],
    ]);
  });

  it('takes a raw file as it is', () => {
    const [entry] = readEnvFile(createSource('.env', 'A="$B" # c'), nothing, 'raw');
    expect(entry?.value).toBe('"$B" # c');
  });

  it('does not blow up on doubling values', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `A${index + 1}=$A${index}$A${index}`);
    const entries = readEnvFile(
      createSource('.env', ['A0=xxxxxxxx', ...lines].join('\n')),
      nothing,
      'compose',
    );
    expect(Math.max(...entries.map(({ value }) => value?.length ?? 0))).toBeLessThan(200_000);
  });
});
