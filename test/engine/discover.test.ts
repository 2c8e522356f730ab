/** Which files are looked at, on real directories. */
import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discover, MissingPathError } from '../../src/engine/discover.ts';
import { auditTree, tree } from './tree.ts';

const COMPOSE = 'services:\n  app:\n    image: node:22\n';

const isYaml = (path: string): boolean => path.endsWith('.yml');

function found(root: string, paths: readonly string[] = ['.'], cwd = root): string[] {
  return discover(paths, cwd, isYaml).targets.map(({ path }) => relative(root, path));
}

describe('a walk', () => {
  it('finds files by name in any depth, in order', () => {
    const root = tree({ 'b.yml': '', 'a/c/d.yml': '', 'a/b.yml': '', 'a.txt': '', '.hidden/e.yml': '' });
    expect(found(root)).toEqual(['.hidden/e.yml', 'a/b.yml', 'a/c/d.yml', 'b.yml']);
  });

  it('leaves out what others wrote, and says so', () => {
    const names = ['.git', 'node_modules', 'vendor', '.venv', 'venv', 'target', 'dist'];
    const files = Object.fromEntries(names.map((name) => [`${name}/x.yml`, '']));
    const root = tree({ ...files, 'a/node_modules/x.yml': '', 'vendors/x.yml': '', 'build/x.yml': '' });
    expect(found(root)).toEqual(['build/x.yml', 'vendors/x.yml']);
    const { skipped } = discover(['.'], root, isYaml);
    expect([...skipped].sort()).toEqual([...names, 'a/node_modules'].sort());
  });

  it('does not honour .gitignore, which could hide a tracked file', () => {
    expect(found(tree({ '.gitignore': '*.yml\n', 'a.yml': '' }))).toEqual(['a.yml']);
  });

  it('walks a directory of such a name when it is asked for', () => {
    const root = tree({ 'vendor/x.yml': '' });
    expect(found(root, ['vendor'])).toEqual(['vendor/x.yml']);
  });

  it('ends where links lead in a circle', () => {
    const root = tree({ 'a/x.yml': '', 'a/up': '-> ..', 'a/self': '-> self', b: '-> a' });
    expect(found(root)).toEqual(['a/x.yml']);
  });

  it('reads a link to a file of the tree', () => {
    const root = tree({ 'real/x.yml': '', 'link.yml': '-> real/x.yml', 'broken.yml': '-> nowhere' });
    expect(found(root)).toEqual(['link.yml', 'real/x.yml']);
  });

  it('follows no link out of the tree', () => {
    const outside = tree({ 'secret.yml': COMPOSE });
    const root = tree({ 'file.yml': `-> ${outside}/secret.yml`, dir: `-> ${outside}`, 'a.yml': '' });
    expect(found(root)).toEqual(['a.yml']);
  });

  it('skips what is no regular file', () => {
    const root = tree({ 'directory.yml/': '' });
    execFileSync('mkfifo', [join(root, 'fifo.yml')]);
    expect(found(root)).toEqual([]);
  });

  it('takes a file once, however often it is named', () => {
    const root = tree({ 'a/x.yml': '', 'y.yml': '' });
    expect(found(root, ['.', 'a', 'a/x.yml', './a/../a/x.yml'])).toEqual(['a/x.yml', 'y.yml']);
  });
});

describe('a named path', () => {
  it('is taken whatever its name', () => {
    const root = tree({ 'odd name.txt': '' });
    expect(discover(['odd name.txt'], root, isYaml).targets).toMatchObject([{ named: true, root }]);
  });

  it('must exist', () => {
    const root = tree({ 'gone.yml': '-> nowhere' });
    expect(() => discover(['missing'], root, isYaml)).toThrow(MissingPathError);
    expect(() => discover(['gone.yml'], root, isYaml)).toThrow(MissingPathError);
  });

  it('outside the working directory is its own boundary', () => {
    const root = tree({ 'a/x.yml': '' });
    const cwd = tree({});
    expect(discover([join(root, 'a')], cwd, isYaml).targets).toMatchObject([{ root: join(root, 'a') }]);
    expect(discover([join(root, 'a/x.yml')], cwd, isYaml).targets).toMatchObject([{ root: join(root, 'a') }]);
  });
});

describe('an audit of files', () => {
  it('tells the format of a named file by its content', () => {
    const root = tree({ 'sandbox.txt': COMPOSE });
    const report = auditTree(root, 'sandbox.txt');
    expect(report.files).toMatchObject([{ path: 'sandbox.txt', format: 'compose', status: 'analysed' }]);
    expect(report.sandboxes.map(({ name }) => name)).toEqual(['app']);
  });

  it('says that a named file is none of ours, and passes over one that is only met', () => {
    const root = tree({ 'notes.txt': 'hello\n', 'my-compose-notes.yml': 'hello: there\n' });
    expect(auditTree(root, 'notes.txt').files).toMatchObject([{ status: 'failed', format: null }]);
    expect(auditTree(root).files).toEqual([]);
  });

  it('refuses a file that is too large, without reading it', () => {
    const root = tree({ 'compose.yml': `${COMPOSE}#${'x'.repeat(4 * 1024 * 1024)}` });
    const [file] = auditTree(root).files;
    expect(file).toMatchObject({ path: 'compose.yml', status: 'failed' });
    expect(file?.diagnostics[0]?.message).toMatch(/larger than/);
  });

  it('does not wait for a FIFO that is named', () => {
    const root = tree({});
    execFileSync('mkfifo', [join(root, 'compose.yml')]);
    expect(auditTree(root, 'compose.yml').files).toMatchObject([{ status: 'failed' }]);
  });

  it('does not follow a named link out of the tree', () => {
    const outside = tree({ 'compose.yml': COMPOSE });
    const root = tree({ 'compose.yml': `-> ${outside}/compose.yml` });
    const report = auditTree(root, 'compose.yml');
    expect(report.sandboxes).toEqual([]);
    expect(report.files).toMatchObject([{ status: 'skipped' }]);
  });

  it('goes on after a broken file', () => {
    const root = tree({ 'a/compose.yml': 'services: [', 'b/compose.yml': COMPOSE });
    const report = auditTree(root);
    expect(report.sandboxes.map(({ name }) => name)).toContain('app');
    expect(report.files.map(({ path, status }) => `${path} ${status === 'analysed'}`)).toEqual([
      'a/compose.yml false',
      'b/compose.yml true',
    ]);
  });
});
