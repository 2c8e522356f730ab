/** The action, step by step, as a workflow would run it. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { type RolldownOptions, rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import type { Log } from 'sarif';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionRun, outputsIn, readAction, runAction } from './support/action-runner.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ACTION = readAction(join(ROOT, 'action.yml'));
const BAD = 'services:\n  agent:\n    image: node:22\n    volumes: [/var/run/docker.sock:/s]\n';
const GOOD = readFileSync(join(ROOT, 'fixtures/projects/hardened/compose.yml'), 'utf8');

let actionPath = '';
let workspace = '';

beforeAll(async () => {
  actionPath = mkdtempSync(join(tmpdir(), 'action path-'));
  mkdirSync(join(actionPath, 'scripts'));
  for (const file of ['package.json', 'scripts/action-audit.sh']) {
    copyFileSync(join(ROOT, file), join(actionPath, file));
  }
  cpSync(join(ROOT, 'rules'), join(actionPath, 'rules'), { recursive: true });
  const config = (await loadConfig(join(ROOT, 'rolldown.config.js'))) as RolldownOptions;
  const { output, plugins: _, ...input } = config;
  const bundle = await rolldown({ ...input, cwd: ROOT });
  await bundle.write({ ...(Array.isArray(output) ? output[0] : output), dir: join(actionPath, 'dist') });
  await bundle.close();
});

afterAll(() => rmSync(actionPath, { recursive: true, force: true }));

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
  return () => rmSync(workspace, { recursive: true, force: true });
});

function place(path: string, text: string): void {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), text);
}

function run(inputs: Readonly<Record<string, string>> = {}, env: Record<string, string> = {}): ActionRun {
  return runAction({ action: ACTION, actionPath, workspace, inputs, env });
}

const named = (result: ActionRun, name: string) => result.steps.find((step) => step.name === name);

/** Addresses of the report's findings; fails where there is no report. */
function addresses(file: string): string[] {
  const log: Log = JSON.parse(readFileSync(join(workspace, file), 'utf8'));
  return (log.runs[0]?.results ?? []).map(
    ({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '',
  );
}

describe('action.yml', () => {
  const text = readFileSync(join(ROOT, 'action.yml'), 'utf8');

  it('follows the schema of action metadata', () => {
    expect(validateAction(text).errors).toEqual([]);
    expect(validateAction(text.replace('using: composite', 'using: compost')).errors).not.toEqual([]);
  });

  it('puts no expression into a script', () => {
    const scripts = ACTION.runs.steps.flatMap(({ run: script }) => script ?? []);
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  it('hands over every input that it declares', () => {
    const unused = Object.keys(ACTION.inputs ?? {}).filter((name) => !text.includes(`inputs.${name} `));
    expect(unused).toEqual([]);
  });
});

describe('own workflows', () => {
  const directory = join(ROOT, '.github/workflows');

  it.each(readdirSync(directory))('%s follows the schema, and pins what it uses', (name) => {
    const text = readFileSync(join(directory, name), 'utf8');
    expect(validateWorkflow(text).errors).toEqual([]);
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
    expect(used.filter((action) => action !== './' && !/@(?:v\d|[0-9a-f]{40}$)/.test(action))).toEqual([]);
  });
});

describe('verdict', () => {
  it('fails the last step on a finding, after the report is handed to the upload', () => {
    place('compose.yml', BAD);
    const result = run();
    expect(result.outcome).toBe('failure');
    expect(result.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['Install', 'success'],
      ['Audit', 'success'],
      ['Upload', 'success'],
      ['Judge', 'failure'],
    ]);
    expect(named(result, 'Upload')?.used).toEqual({
      action: 'github/codeql-action/upload-sarif@v4',
      with: { sarif_file: 'sandbox-audit.sarif', category: 'sandbox-audit' },
    });
    expect(result.outputs).toEqual({ 'sarif-file': 'sandbox-audit.sarif', 'exit-code': '1' });
    expect(addresses('sandbox-audit.sarif')).toContain('compose.yml');
    expect(named(result, 'Audit')?.out).toMatch(/^::error file=compose\.yml,line=4,.*engine-socket/m);
  });

  it('passes a tree without findings, and one under the threshold', () => {
    place('compose.yml', GOOD);
    expect(run()).toMatchObject({ outcome: 'success', outputs: { 'exit-code': '0' } });
    place('compose.yml', BAD);
    expect(run({ 'fail-on': 'never' })).toMatchObject({ outcome: 'success', outputs: { 'exit-code': '0' } });
    expect(named(run({ 'fail-on': 'never' }), 'Upload')?.used).not.toBeNull();
  });

  it('lets what was not analysed decide when it is strict', () => {
    place('bad/compose.yml', BAD);
    place('broken/compose.yml', 'services: [\n');
    expect(run().outputs['exit-code']).toBe('1');
    expect(run({ strict: 'true' }).outputs['exit-code']).toBe('3');
    expect(run({ paths: 'broken' })).toMatchObject({ outcome: 'failure', outputs: { 'exit-code': '3' } });
  });

  it('does not upload when told so, and leaves findings out below the asked severity', () => {
    place('compose.yml', BAD);
    expect(named(run({ upload: 'false' }), 'Upload')?.outcome).toBe('skipped');
    const all = addresses('sandbox-audit.sarif').length;
    run({ 'min-severity': 'critical' });
    expect(addresses('sandbox-audit.sarif').length).toBeLessThan(all);
  });
});

describe('wrong use is exit code 2 and uploads nothing', () => {
  it.each([
    ['a missing path', { paths: 'nowhere' }],
    ['a missing working directory', { 'working-directory': 'nowhere' }],
    ['an unknown severity', { 'fail-on': 'severe' }],
    ['an option for a severity', { 'min-severity': '--strict' }],
    ['a truth value of another language', { strict: 'yes' }],
    ['another for the upload', { upload: 'True' }],
    ['no name for the report', { 'sarif-file': '' }],
    ['a name with a line break', { 'sarif-file': 'a\nwritten=true\nexit-code=0' }],
    ['a directory with a line break', { 'working-directory': '.\nexit-code=0' }],
    ['a report where a directory is', { 'sarif-file': 'directory' }],
  ])('%s', (_, inputs) => {
    place('compose.yml', GOOD);
    mkdirSync(join(workspace, 'directory'));
    writeFileSync(join(workspace, 'sandbox-audit.sarif'), '{"left": "over"}');
    const result = run(inputs);
    expect(result.outcome).toBe('failure');
    expect(result.outputs['exit-code']).toBe('2');
    expect(named(result, 'Judge')?.code).toBe(2);
    expect(named(result, 'Upload')?.outcome).toBe('skipped');
  });
});

describe('paths', () => {
  it('come one a line, and mean everything when there is none', () => {
    place('a b/compose.yml', BAD);
    place('--fail-on=never/compose.yml', BAD);
    place('other/compose.yml', BAD);
    run({ paths: 'a b\r\n\n--fail-on=never\n' });
    expect(new Set(addresses('sandbox-audit.sarif'))).toEqual(
      new Set(['a%20b/compose.yml', '--fail-on%3Dnever/compose.yml']),
    );
    run({ paths: '\n' });
    expect(new Set(addresses('sandbox-audit.sarif')).size).toBe(3);
  });

  it('start from the working directory, and are reported from the workspace', () => {
    place('app/one/compose.yml', BAD);
    place('compose.yml', BAD);
    const result = run({ 'working-directory': 'app/', paths: 'one', 'sarif-file': 'out.sarif' });
    expect(result.outputs['sarif-file']).toBe('app/out.sarif');
    expect(new Set(addresses('app/out.sarif'))).toEqual(new Set(['app/one/compose.yml']));
    expect(named(result, 'Audit')?.out).toContain('file=app/one/compose.yml');
    run({ 'working-directory': 'app', paths: '' });
    expect(new Set(addresses('app/sandbox-audit.sarif'))).toEqual(new Set(['app/one/compose.yml']));
  });

  it('may lie outside the workspace', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    try {
      writeFileSync(join(outside, 'compose.yml'), BAD);
      expect(run({ paths: outside }).outputs['exit-code']).toBe('1');
      for (const uri of addresses('sandbox-audit.sarif')) expect(uri).toMatch(/^\.\.\/outside-\w+\/compose/);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it('of the report may be absolute, and a link there is replaced, not followed', () => {
    place('compose.yml', GOOD);
    place('precious', 'mine');
    symlinkSync('precious', join(workspace, 'sandbox-audit.sarif'));
    expect(run().outcome).toBe('success');
    expect(readFileSync(join(workspace, 'precious'), 'utf8')).toBe('mine');
    const absolute = join(workspace, 'absolute.sarif');
    const result = run({ 'sarif-file': absolute, 'working-directory': '.' });
    expect(result.outputs['sarif-file']).toBe(absolute);
    expect(existsSync(absolute)).toBe(true);
  });
});

describe('values stay data', () => {
  const HOSTILE = [
    '$(touch canary)`touch canary`${IFS}*',
    '"; touch canary; "',
    "'; touch canary; '",
    'x\ntouch canary\n; touch canary #',
  ];
  const NAMES = Object.keys(ACTION.inputs ?? {});

  it.each(NAMES)('%s', (name) => {
    place('compose.yml', BAD);
    for (const value of HOSTILE) {
      const { steps } = run({ [name]: value });
      expect(existsSync(join(workspace, 'canary')), value).toBe(false);
      expect(named({ steps } as ActionRun, 'Audit')?.out, value).not.toMatch(
        /^::(?!error |warning |notice )/m,
      );
    }
  });

  it('which the runner can tell', () => {
    const steps = [{ shell: 'bash', run: 'echo "${{ inputs.paths }}"' }];
    const action = { inputs: { paths: {} }, runs: { using: 'composite', steps } };
    runAction({ action, actionPath, workspace, inputs: { paths: '$(touch canary)' } });
    expect(existsSync(join(workspace, 'canary'))).toBe(true);
  });

  it('finds a directory that is called like a command substitution', () => {
    place('$(touch canary)/compose.yml', BAD);
    expect(run({ paths: '$(touch canary)' }).outputs['exit-code']).toBe('1');
    expect(run({ 'working-directory': '$(touch canary)' }).outputs['exit-code']).toBe('1');
    expect(addresses('$(touch canary)/sandbox-audit.sarif')).toContain('%24(touch%20canary)/compose.yml');
  });
});

describe('install', () => {
  it('builds in its own checkout when it has not been built, and only then', () => {
    const bin = join(workspace, 'bin');
    place('bin/npm', '#!/bin/sh\npwd > "$CALLED"\necho "$@" >> "$CALLED"\n');
    chmodSync(join(bin, 'npm'), 0o755);
    const called = join(workspace, 'called');
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, CALLED: called };
    run({}, env);
    expect(existsSync(called)).toBe(false);
    const fresh = realpathSync(mkdtempSync(join(tmpdir(), 'fresh action-')));
    try {
      runAction({ action: ACTION, actionPath: fresh, workspace, env });
      expect(readFileSync(called, 'utf8')).toBe(`${fresh}\nci --no-audit --no-fund\n`);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
});

describe('the runner', () => {
  it('reads both notations of outputs, and nothing else', () => {
    expect(outputsIn('a=1=2\nb<<END\nx=1\ny\nEND\n')).toEqual({ a: '1=2', b: 'x=1\ny' });
    expect(() => outputsIn('noise\n')).toThrow('not an output');
    expect(() => outputsIn('b<<END\nx\n')).toThrow('no end');
  });

  it('refuses what it does not know', () => {
    const using = (run: string) => ({ runs: { using: 'composite', steps: [{ shell: 'bash', run }] } });
    const request = { actionPath, workspace };
    expect(() => runAction({ ...request, action: using('${{ github.actor }}') })).toThrow('github.actor');
    expect(() => runAction({ ...request, action: using('true'), inputs: { nope: '' } })).toThrow('nope');
  });
});
