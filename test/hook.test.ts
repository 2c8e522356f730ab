/**
 * The hook under the real pre-commit: installed from a repository made of this working tree, as others install
 * it. Slow: an installation builds the command, and resolves dependencies from the registry or npm's cache.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FRONTENDS } from '../src/frontends/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SLOW = 120_000;
const BAD = 'services:\n  agent:\n    image: node:22\n    volumes: [/var/run/docker.sock:/s]\n';
const GOOD = readFileSync(join(ROOT, 'fixtures/projects/hardened/compose.yml'), 'utf8');

interface HookDefinition {
  readonly id: string;
  readonly args: readonly string[];
  readonly files: string;
}

const [HOOK] = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as readonly HookDefinition[];

describe('.pre-commit-hooks.yaml', () => {
  it('ends its options, so that names are names', () => {
    expect(HOOK?.args.at(-1)).toBe('--');
  });

  it('takes the names that decide alone, and those only', () => {
    const files = new RegExp(HOOK?.files ?? '');
    const names = [
      ...['compose.yml', 'compose.yaml', 'docker-compose.yml', 'docker-compose.prod.yaml', 'compose.dev.yml'],
      ...['docker-compose-ci.yaml', 'a b/compose.yml', '-x/compose.yml', 'a\nb/compose.yml', 'profile.sb'],
      ...['.devcontainer/devcontainer.json', '.devcontainer/py/devcontainer.json', '.devcontainer.json'],
      ...['x/.devcontainer/devcontainer.json', 'deep/er/agent.sbpl'],
      ...['my-compose.yml', 'compose-rules.yml', 'devcontainer.json', '.devcontainer/a/b/devcontainer.json'],
      ...[
        'compose.json',
        'run.sh',
        'Dockerfile',
        'recompose.yaml',
        'sandbox.profile',
        'compose.yml/README.md',
      ],
    ];
    const sure = (name: string) => FRONTENDS.some(({ claims }) => claims(name) === 'yes');
    const scripts = (name: string) => name.endsWith('.sh');
    expect(names.filter((name) => files.test(name))).toEqual(
      names.filter((name) => sure(name) && !scripts(name)),
    );
    expect(names.filter((name) => files.test(name))).toHaveLength(15);
  });
});

/** Git and pre-commit without what the machine or an outer hook has set for them. */
function environment(home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:GIT_|PRE_COMMIT|npm_)/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
    PRE_COMMIT_HOME: join(home, 'cache'),
    PRE_COMMIT_COLOR: 'never',
    npm_config_prefer_offline: 'true',
    npm_config_fetch_timeout: '20000',
    npm_config_audit: 'false',
  };
}

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
const missing = ['git', 'pre-commit', 'npm'].filter((command) => !has(command));
const title = missing.length === 0 ? 'pre-commit' : `pre-commit (skipped: no ${missing.join(', ')} here)`;

describe.skipIf(missing.length > 0)(title, () => {
  let home = '';
  let project = '';

  function call(cwd: string, command: string, ...args: string[]): SpawnSyncReturns<string> {
    return spawnSync(command, args, { cwd, env: environment(home), encoding: 'utf8', timeout: SLOW });
  }

  function sure(cwd: string, ...args: string[]): string {
    const { status, stdout, stderr } = call(cwd, 'git', ...args);
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** The working tree as it would be committed. */
  function hookRepository(directory: string): void {
    const names = sure(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
    for (const name of new Set(names.filter((candidate) => candidate !== ''))) {
      const target = join(directory, name);
      mkdirSync(dirname(target), { recursive: true });
      try {
        copyFileSync(join(ROOT, name), target);
      } catch (error) {
        // Deleted here, and not yet in the index.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    sure(directory, 'init', '--quiet');
    sure(directory, 'add', '--all');
    sure(directory, 'commit', '--quiet', '--no-verify', '--message', 'hook');
    sure(directory, 'tag', 'v0.0.1');
  }

  function configure(args: readonly string[] | null): void {
    const hook = { id: 'sandbox-audit', ...(args === null ? {} : { args }) };
    const repository = { repo: join(home, 'hook'), rev: 'v0.0.1', hooks: [hook] };
    place('.pre-commit-config.yaml', JSON.stringify({ repos: [repository] }));
  }

  function place(name: string, text: string): void {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }

  /** Commits everything; whether it went through, and what was said. */
  function commit(): { readonly done: boolean; readonly said: string } {
    sure(project, 'add', '--all');
    const { status, stdout, stderr } = call(project, 'git', 'commit', '--message', 'change');
    return { done: status === 0, said: stdout + stderr };
  }

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'sandbox-audit-hook-'));
    mkdirSync(join(home, 'hook'));
    hookRepository(join(home, 'hook'));
    project = join(home, 'first');
    mkdirSync(project);
    sure(project, 'init', '--quiet');
    configure(null);
    sure(project, 'add', '--all');
    const { status, stdout, stderr, error } = call(project, 'pre-commit', 'install-hooks');
    if (status !== 0) throw new Error(`pre-commit install-hooks: ${error ?? ''}${stdout}${stderr}`);
  }, SLOW);

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  beforeEach(() => {
    project = mkdtempSync(join(home, 'project-'));
    sure(project, 'init', '--quiet');
    configure(null);
    expect(call(project, 'pre-commit', 'install').status).toBe(0);
  });

  it('stops a commit that opens the sandbox, and says where', () => {
    place('compose.yml', BAD);
    const { done, said } = commit();
    expect(done).toBe(false);
    expect(said).toContain('engine-socket compose.yml:4:');
    expect(call(project, 'git', 'rev-parse', '--verify', 'HEAD').status).not.toBe(0);
  });

  it('lets a good one through, and one that is none of its business', () => {
    place('compose.yml', GOOD);
    expect(commit()).toMatchObject({ done: true, said: expect.stringMatching(/sandbox-audit\.+Passed/) });
    place('notes/my-compose.yml', 'not: ours\n');
    place('run.sh', 'docker run --privileged node\n');
    expect(commit()).toMatchObject({ done: true, said: expect.stringContaining('no files to check') });
  });

  it.each([
    ['a space', 'a b/compose.yml', 'a b/compose.yml:4:'],
    ['a dash in front', '-v/compose.yml', '-v/compose.yml:4:'],
    ['the look of an option', '--fail-on=never/compose.yml', '--fail-on=never/compose.yml:4:'],
    ['a line break', 'a\nb/compose.yml', 'compose.yml:4:'],
    ['a command substitution', '$(touch canary)/compose.yml', '$(touch canary)/compose.yml:4:'],
    ['other alphabets', 'サンド/compose.yml', 'サンド/compose.yml:4:'],
  ])('audits a name with %s', (_, name, point) => {
    place(name, BAD);
    const { done, said } = commit();
    expect(done).toBe(false);
    expect(said).toContain(`engine-socket ${point === 'compose.yml:4:' ? '' : point}`);
    expect(said).toContain(point);
    expect(sure(project, 'ls-files', '--others')).not.toContain('canary');
  });

  it('obeys options of the project', () => {
    configure(['--fail-on', 'never', '--']);
    place('compose.yml', BAD);
    expect(commit().done).toBe(true);
  });

  it('refuses a file called like an option where a project forgot to end the options', () => {
    configure(['--fail-on', 'high']);
    place('--fail-on=never/compose.yml', BAD);
    const { done, said } = commit();
    expect(done).toBe(false);
    expect(said).toContain('end the options with --');
  });
});
