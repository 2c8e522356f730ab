/** The command as it is installed: built, started as a process, judged by its streams and exit code. */
import { type SpawnOptions, spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RolldownOptions, rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nearMisses, parseOutput, wantsColor, wantsUnicode } from '../src/cli/usage.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROJECTS = join(ROOT, 'fixtures/projects');
/** Inside the project, since the command looks for its package above itself. */
const BUILD = join(ROOT, 'node_modules/.cache', `cli-test-${process.pid}`);
const CLI = join(BUILD, 'cli.js');

let directory = '';

beforeAll(async () => {
  const config = (await loadConfig(join(ROOT, 'rolldown.config.js'))) as RolldownOptions;
  const { output, plugins: _, ...input } = config;
  const bundle = await rolldown({ ...input, cwd: ROOT });
  await bundle.write({ ...(Array.isArray(output) ? output[0] : output), dir: BUILD });
  await bundle.close();
});

afterAll(() => rmSync(BUILD, { recursive: true, force: true }));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-audit-'));
  return () => rmSync(directory, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

interface Start extends SpawnOptions {
  readonly input?: string;
  /** Stop reading after the first bytes. */
  readonly close?: boolean;
}

function run(args: readonly string[], { input, close = false, ...options }: Start = {}): Promise<Outcome> {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], { cwd: PROJECTS, env, ...options, stdio: 'pipe' });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    out.push(chunk);
    if (close) child.stdout?.destroy();
  });
  child.stderr?.on('data', (chunk: Buffer) => error.push(chunk));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input ?? '');
  return new Promise((resolve) => {
    child.on('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() }),
    );
  });
}

const here = (args: readonly string[], more: Start = {}): Promise<Outcome> =>
  run(args, { cwd: directory, ...more });
const COMPOSE = readFileSync(join(PROJECTS, 'socket/compose.yml'), 'utf8');

describe('exit code', () => {
  it.each<[number, string[]]>([
    [0, ['hardened']],
    [0, ['nothing']],
    [1, ['socket']],
    [0, ['socket', '--fail-on', 'never']],
    [1, ['socket', '--fail-on', 'critical']],
    [3, ['broken']],
    [3, ['broken', '--fail-on', 'never']],
    [1, ['mixed']],
    [3, ['mixed', '--strict']],
    [1, ['socket', '--strict']],
    [3, ['mixed', '--fail-on', 'never']],
    [3, ['hardened', 'broken']],
    [3, ['nothing/README.md']],
    [2, ['missing']],
    [2, ['socket', 'missing']],
    [2, ['broken', 'missing']],
    [2, ['--no-such-option', 'socket']],
    [2, ['--format', 'xml', 'socket']],
    [1, ['--format', 'html', 'socket']],
    [1, ['--format', 'markdown', 'socket']],
    [2, ['--fail-on', 'info', 'socket']],
    [2, ['--fail-on']],
    [2, ['socket', '--output', 'json=']],
    [2, ['socket', '--output', 'jsom=report']],
    [2, ['socket', '--output', 'no/such/directory/x.json']],
    [2, ['explain']],
    [2, ['explain', 'engine-sockets']],
    [2, ['explain', '../package']],
    [2, ['rules', 'socket']],
    [2, ['socket', '--stdin-filename', 'compose.yml']],
    [0, ['explain', 'engine-socket']],
    [0, ['rules']],
    [0, ['model', 'socket']],
    [3, ['model', 'broken']],
    [0, ['diff', 'socket', 'hardened']],
    [0, ['diff', 'socket', 'socket/']],
    [1, ['diff', 'hardened', 'socket']],
    [1, ['diff', 'hardened/compose.yml', 'socket/compose.yml']],
    [1, ['diff', 'hardened', 'mixed']],
    [3, ['diff', 'broken', 'broken']],
    [2, ['diff', 'hardened']],
    [2, ['diff', 'hardened', 'missing']],
    [2, ['diff', 'hardened', 'socket', 'mixed']],
    [2, ['diff', 'hardened', 'socket', '--format', 'sarif']],
    [0, ['--help']],
    [0, ['--version']],
  ])('%i: %j', async (code, args) => {
    const outcome = await run(args);
    expect(outcome).toMatchObject({ code });
    if (code === 2) expect(outcome).toMatchObject({ out: '', error: expect.stringMatching(/\S/) });
    else expect(outcome.error).toBe('');
  });

  it('counts what a filter leaves', async () => {
    const medium = await run([
      'socket',
      '--format',
      'json',
      '--fail-on',
      'low',
      '--min-severity',
      'critical',
    ]);
    expect(medium.code).toBe(1);
    const severities = JSON.parse(medium.out).findings.map(({ severity }: { severity: string }) => severity);
    expect(new Set(severities)).toEqual(new Set(['critical']));
  });
});

describe('a name that looks like an option or a command', () => {
  beforeEach(() => {
    for (const name of ['--fail-on=never', '--quiet', '-compose.yml', 'rules', 'explain', 'help']) {
      writeFileSync(join(directory, name), COMPOSE);
    }
    writeFileSync(join(directory, 'compose.yml'), COMPOSE);
  });

  it.each([['--fail-on=never'], ['--quiet'], ['-compose.yml']])('%s is refused before --', async (name) => {
    for (const args of [
      [name, 'compose.yml'],
      ['compose.yml', name],
      ['model', name],
      [name, '--', 'compose.yml'],
    ]) {
      const { code, out, error } = await here(args);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(error).toContain('end the options with --');
    }
  });

  it('is a path after --', async () => {
    const names = ['--fail-on=never', '--quiet', '-compose.yml', 'rules', 'explain'];
    const { code, out } = await here(['--format', 'json', '--', ...names]);
    expect(code).toBe(1);
    expect(
      JSON.parse(out)
        .files.map(({ path }: { path: string }) => path)
        .sort(),
    ).toEqual(names.sort());
  });

  it('is refused even where it is a link to nothing', async () => {
    symlinkSync('nowhere', join(directory, '--pedantic'));
    expect((await here(['--pedantic', 'compose.yml'])).code).toBe(2);
  });

  it('is a path in any other spelling, and `help` is no command', async () => {
    for (const name of ['./rules', 'help'])
      expect((await here([name])).out).toContain(`${name.replace('./', '')}:`);
  });

  it('leaves options alone that no file is called', async () => {
    expect((await here(['--fail-on=critical', 'compose.yml'])).code).toBe(1);
  });
});

describe('streams', () => {
  const many = (): void => {
    for (let at = 0; at < 60; at += 1) {
      mkdirSync(join(directory, `p${at}`));
      writeFileSync(join(directory, `p${at}`, 'compose.yml'), COMPOSE);
    }
  };

  it('brings a long report through a pipe whole', async () => {
    many();
    const { code, out } = await here(['--format', 'json']);
    expect(code).toBe(1);
    expect(out.length).toBeGreaterThan((4 * 128 * 1024) / 2);
    expect(JSON.parse(out).summary.sandboxes).toBe(60);
  });

  it('keeps its exit code and its peace when the reader leaves', async () => {
    many();
    expect(await here(['--format', 'json'], { close: true })).toMatchObject({ code: 1, error: '' });
  });

  it('reads standard input under a name', async () => {
    const { code, out } = await here(['--stdin-filename', 'docker/compose.yml', '--format', 'json'], {
      input: COMPOSE,
    });
    expect(code).toBe(1);
    expect(JSON.parse(out).sandboxes).toMatchObject([{ name: 'agent', file: 'docker/compose.yml', line: 2 }]);
  });

  it('refuses endless standard input', async () => {
    const { code, error } = await here(['--stdin-filename', 'compose.yml'], {
      input: '#'.repeat(5 * 1024 * 1024),
    });
    expect(code).toBe(3);
    expect(error).toContain('4 MiB');
  });

  it('escapes what it repeats of its arguments', async () => {
    for (const args of [['a\u001b[2J\n::error::x'], ['--\u001b[2J'], ['explain', '\u001b[2J']]) {
      const { code, error } = await here(args);
      expect(code).toBe(2);
      expect(error).not.toContain('\u001b');
      expect(error).not.toMatch(/^\s*::/m);
    }
  });

  it('colours when it is told to', async () => {
    expect((await run(['socket'])).out).not.toContain('\u001b[');
    expect((await run(['socket', '--color', 'always'])).out).toContain('\u001b[');
    expect((await run(['socket'], { env: { FORCE_COLOR: '1' } })).out).toContain('\u001b[');
    expect((await run(['socket', '--color', 'never'], { env: { FORCE_COLOR: '1' } })).out).not.toContain(
      '\u001b[',
    );
  });
});

describe('--output', () => {
  it('writes a bare file in place of standard output, others beside it', async () => {
    writeFileSync(join(directory, 'compose.yml'), COMPOSE);
    const bare = await here(['--format', 'json', '--output', 'a.json', 'compose.yml']);
    expect(bare).toMatchObject({ code: 1, out: '', error: '' });
    const both = await here(['--output', 'sarif=b.sarif', '--output', 'json=a=b.json', 'compose.yml']);
    expect(both.out).toContain('engine-socket');
    expect(JSON.parse(readFileSync(join(directory, 'a.json'), 'utf8')).schema).toBe(1);
    expect(JSON.parse(readFileSync(join(directory, 'b.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(readdirSync(directory).sort()).toEqual(['a.json', 'a=b.json', 'b.sarif', 'compose.yml']);
  });

  it('replaces a file, keeping its mode', async () => {
    const file = join(directory, 'a.json');
    writeFileSync(file, 'x'.repeat(1_000_000));
    chmodSync(file, 0o640);
    const before = statSync(file).ino;
    await run(['socket', '--format', 'json', '--output', file]);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(statSync(file).ino).not.toBe(before);
    expect(JSON.parse(readFileSync(file, 'utf8')).schema).toBe(1);
  });

  it('does not write through a link', async () => {
    writeFileSync(join(directory, 'precious'), 'kept');
    symlinkSync('precious', join(directory, 'report.json'));
    expect((await run(['socket', '--output', `json=${join(directory, 'report.json')}`])).code).toBe(2);
    expect(readFileSync(join(directory, 'precious'), 'utf8')).toBe('kept');
    expect(lstatSync(join(directory, 'report.json')).isSymbolicLink()).toBe(true);
  });

  it('leaves a device where it is', async () => {
    expect((await run(['hardened', '--output', 'json=/dev/null'])).code).toBe(0);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('commands', () => {
  it('explain prints the page, and tells near misses', async () => {
    expect((await run(['explain', 'engine-socket'])).out).toBe(
      readFileSync(join(ROOT, 'rules/engine-socket.md'), 'utf8'),
    );
    expect((await run(['explain', 'engine-sokcet'])).error).toContain('did you mean engine-socket?');
  });

  it('rules lists every rule, for programs too', async () => {
    const rules = JSON.parse((await run(['rules', '--format', 'json'])).out);
    const { out } = await run(['rules']);
    expect(out.trim().split('\n')).toHaveLength(rules.length);
    expect(rules).toContainEqual(
      expect.objectContaining({ id: 'engine-socket', severity: 'critical', axis: 'host' }),
    );
  });

  it('diff opens its places from the working directory, in every format', async () => {
    const terminal = await run(['diff', 'hardened', 'socket/']);
    expect(terminal).toMatchObject({ code: 1, error: '' });
    expect(terminal.out).toContain('socket/compose.yml:6');
    expect((await run(['diff', 'hardened', 'socket', '--format', 'markdown'])).out).toMatch(
      /^## The blast radius grew/,
    );
    const json = JSON.parse((await run(['diff', 'hardened', 'socket', '--format', 'json'])).out);
    expect(json.sandboxes).toMatchObject([{ status: 'changed', grew: true }]);
    const inside = await run(['diff', '../hardened', '.'], { cwd: join(PROJECTS, 'socket') });
    expect(inside.out).toContain('by engine-socket at compose.yml:6');
  });

  it('model gives facts with their lines, and no values of variables', async () => {
    const secret = 'zanzibar-quince';
    writeFileSync(
      join(directory, 'compose.yml'),
      `${COMPOSE}    environment:\n      COLOUR: ${secret}\n      OTHER: "\${OTHER:-${secret}2}"\n`,
    );
    const { code, out } = await here(['model']);
    expect(code).toBe(0);
    expect(out).not.toContain(secret);
    const [sandbox] = JSON.parse(out).sandboxes;
    expect(sandbox).toMatchObject({ name: 'agent', at: 'compose.yml:2:3' });
    expect(sandbox.files.grants).toContainEqual(
      expect.objectContaining({ origin: expect.objectContaining({ at: 'compose.yml:6:9' }) }),
    );
    expect(sandbox.environment.variables).toHaveLength(2);
  });

  it('shows no secret of a real file in any format', async () => {
    const token = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
    const password = 'tr0ub4dor-and-three';
    mkdirSync(join(directory, 'empty'));
    writeFileSync(join(directory, '.env'), `DB_PASSWORD=${password}\n`);
    writeFileSync(
      join(directory, 'compose.yml'),
      `${COMPOSE}    env_file: .env\n    command: ["run", "--token", "${token}"]\n    environment:\n      GITHUB_TOKEN: ${token}\n      URL: postgres://u:${password}@db/x\n      BROKEN: "${password}\n`,
    );
    for (const args of [
      ...['terminal', 'json', 'sarif', 'github', 'markdown', 'html'].map((format) => [
        '--format',
        format,
        '--pedantic',
      ]),
      ['--quiet'],
      ['--verbose'],
      ['model'],
      ...['terminal', 'json', 'markdown'].map((format) => ['diff', 'empty', '.', '--format', format]),
    ]) {
      const { out, error } = await here(args);
      expect(out).not.toBe('');
      expect(out + error, args.join(' ')).not.toContain(token);
      expect(out + error, args.join(' ')).not.toContain(password);
    }
  });
});

describe('usage', () => {
  it.each([
    ['report.json', { format: null, file: 'report.json' }],
    ['json=report=1.json', { format: 'json', file: 'report=1.json' }],
    ['./jsom=x', { format: null, file: './jsom=x' }],
  ])('--output %s', (text, expected) => expect(parseOutput(text)).toEqual(expected));

  it.each<[boolean, 'auto' | 'always' | 'never', boolean, Record<string, string>]>([
    [true, 'auto', true, {}],
    [false, 'auto', false, {}],
    [false, 'auto', true, { NO_COLOR: '1' }],
    [true, 'auto', true, { NO_COLOR: '' }],
    [true, 'auto', false, { FORCE_COLOR: '1', NO_COLOR: '1' }],
    [false, 'auto', true, { FORCE_COLOR: '0' }],
    [false, 'auto', true, { TERM: 'dumb' }],
    [true, 'always', false, { NO_COLOR: '1' }],
    [false, 'never', true, { FORCE_COLOR: '1' }],
  ])('colour %s: %s, terminal %s, %j', (expected, choice, terminal, env) => {
    expect(wantsColor(choice, terminal, env)).toBe(expected);
  });

  it.each<[boolean, Record<string, string>]>([
    [true, {}],
    [true, { LANG: 'en_US.UTF-8' }],
    [true, { LC_ALL: 'C.utf8', LANG: 'C' }],
    [true, { LC_ALL: '', LANG: 'de_DE.UTF-8' }],
    [false, { LC_ALL: 'C', LANG: 'en_US.UTF-8' }],
    [false, { LC_CTYPE: 'en_US.ISO-8859-1', LANG: 'en_US.UTF-8' }],
    [false, { LANG: 'C.UTF-8', TERM: 'linux' }],
  ])('block characters %s: %j', (expected, env) => {
    expect(wantsUnicode(env)).toBe(expected);
  });

  it('finds near names, and none where nothing is near', () => {
    const ids = ['engine-socket', 'agent-socket', 'open-egress'];
    expect(nearMisses('egress', ids)).toEqual(['open-egress']);
    expect(nearMisses('engine_socket', ids)[0]).toBe('engine-socket');
    expect(nearMisses('zzz', ids)).toEqual([]);
  });
});
