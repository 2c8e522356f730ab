/** What one file may ask about others, and where its project ends. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLibrary } from '../../src/engine/project.ts';
import type { Project } from '../../src/model/project.ts';
import { messageOf, type Report } from '../../src/report/report.ts';
import { auditTree, tree } from './tree.ts';

function projectOf(root: string, file = 'compose.yml', cwd = root): Project {
  return createLibrary(cwd).projectFor(join(root, file), root);
}

describe('a project', () => {
  it('reads files by their path in it', () => {
    const root = tree({ 'a/b.env': 'X=1' });
    const project = projectOf(root);
    const lookup = project.read('a/./c/../b.env');
    expect(lookup.status === 'read' && [lookup.source.path, lookup.source.text]).toEqual(['a/b.env', 'X=1']);
    expect(lookup.status === 'read' && project.relative(lookup.source)).toBe('a/b.env');
    expect([project.exists('a/b.env'), project.exists('a/c.env'), project.list('a')]).toEqual([
      true,
      false,
      ['b.env'],
    ]);
  });

  it.each([
    ['../x.env', 'outside'],
    ['a/../../x.env', 'outside'],
    ['/etc/passwd', 'outside'],
    ['none.env', 'missing'],
    ['a\0b', 'missing'],
    ['a', 'refused'],
    ['https://example.com/compose.yml', 'remote'],
    ['git@example.com:x/y.git', 'remote'],
    ['oci://example.com/x', 'remote'],
    ['HTTPS://example.com/x', 'remote'],
  ])('%j: %s', (path, status) => {
    const project = projectOf(tree({ 'a/x': '' }));
    expect(project.read(path).status).toBe(status);
    expect(project.exists(path)).toBe(path === 'a');
  });

  it('gives one source for one file', () => {
    const root = tree({ x: '1' });
    const library = createLibrary(root);
    const [one, two] = ['x', './x'].map((path) => library.projectFor(join(root, 'f'), root).read(path));
    expect(one?.status === 'read' && two?.status === 'read' && one.source === two.source).toBe(true);
  });

  it('is the repository that holds the file', () => {
    const root = tree({ 'repo/.git/HEAD': '', 'repo/sub/compose.yml': '', 'repo/x': '1', x: '2' });
    const project = projectOf(root, 'repo/sub/compose.yml');
    const lookup = project.read('x');
    expect(lookup.status === 'read' && lookup.source.text).toBe('1');
    expect(lookup.status === 'read' && [lookup.source.path, project.relative(lookup.source)]).toEqual([
      'repo/x',
      'x',
    ]);
  });

  it('is not searched for above the root', () => {
    const root = tree({ '.git/HEAD': '', 'sub/compose.yml': '', x: '1', 'sub/x': '2' });
    const sub = join(root, 'sub');
    const lookup = projectOf(sub).read('x');
    expect(lookup.status === 'read' && lookup.source.text).toBe('2');
    expect(projectOf(sub).read('../x').status).toBe('outside');
  });

  it('takes a text that is given in place of a file', () => {
    const root = tree({ 'compose.yml': 'old' });
    const library = createLibrary(root);
    const source = library.provide(join(root, 'compose.yml'), 'new');
    const lookup = library.projectFor(join(root, 'compose.yml'), root).read('compose.yml');
    expect(lookup.status === 'read' && lookup.source).toBe(source);
    expect(source.text).toBe('new');
  });
});

/** Everything that a report says in words. */
function words({ findings, files }: Report): string {
  const said = findings.map(messageOf);
  return [...said, ...files.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))].join(
    '\n',
  );
}

const SOCKET = 'services:\n  app:\n    volumes: ["/var/run/docker.sock:/s"]\n';

describe('a definition that points out of the root', () => {
  const inside = (text: string, files: Readonly<Record<string, string>> = {}): Report => {
    const root = tree({
      ...files,
      'root/compose.yml': text,
      'outer.yml': SOCKET,
      'outer.env': 'API_TOKEN=q8Zr1vX0cT7m',
    });
    return auditTree(join(root, 'root'));
  };

  it.each([
    ['extends', 'services:\n  app:\n    image: x\n    extends: {file: ../outer.yml, service: app}\n'],
    ['include', 'include: [../outer.yml]\nservices:\n  web:\n    image: x\n'],
    ['include of an address', 'include: ["https://example.com/c.yml"]\nservices:\n  web:\n    image: x\n'],
  ])('is read without it, and says so: %s', (_, text) => {
    const report = inside(text);
    expect(report.findings.map(({ rule }) => rule.id)).not.toContain('engine-socket');
    expect(report.findings.map(({ rule }) => rule.id)).toContain('unresolved-value');
  });

  it.each(['../outer.env', '/etc/environment'])('counts the env file %s as not known', (path) => {
    const report = inside(`services:\n  app:\n    image: x\n    volumes: [".:/w"]\n    env_file: ${path}\n`);
    const own = report.findings.filter(({ rule }) => rule.id === 'secret-env-file');
    expect(own.map(({ severity }) => severity)).toEqual(['medium']);
    expect(words(report)).not.toContain('API_TOKEN');
  });

  it('reads no such file through a link', () => {
    const report = inside(
      'services:\n  app:\n    image: x\n    volumes: [".:/w"]\n    env_file: link.env\n',
      {
        'root/link.env': '-> ../outer.env',
      },
    );
    expect(words(report)).not.toContain('API_TOKEN');
    expect(words(report)).toContain('link.env');
  });

  it('asks for nothing of a compose file beside a devcontainer', () => {
    const root = tree({
      'root/.devcontainer/devcontainer.json': '{"dockerComposeFile": "../../outer.yml", "service": "app"}',
      'outer.yml': SOCKET,
    });
    const report = auditTree(join(root, 'root'));
    const rules = report.findings.map(({ rule }) => rule.id);
    expect([rules.includes('engine-socket'), rules.includes('unresolved-value')]).toEqual([false, true]);
  });
});

describe('files that belong together', () => {
  it('give a service that a devcontainer names once, as that devcontainer', () => {
    const root = tree({
      '.devcontainer/devcontainer.json':
        '{"name": "dev", "dockerComposeFile": "../compose.yml", "service": "app"}',
      'compose.yml': 'services:\n  app:\n    image: node:22\n  db:\n    image: postgres:17\n',
    });
    const { sandboxes } = auditTree(root);
    expect(sandboxes.map(({ name, format }) => `${name} ${format}`).sort()).toEqual([
      'db compose',
      'dev devcontainer',
    ]);
  });

  it('are not reported a second time by a file that includes them', () => {
    const root = tree({
      'compose.yml': 'include: [tools/compose.yml]\nservices:\n  web:\n    image: x\n',
      'tools/compose.yml': SOCKET,
    });
    const report = auditTree(root);
    expect(report.findings.filter(({ rule }) => rule.id === 'engine-socket')).toHaveLength(1);
    expect(report.sandboxes.map(({ name }) => name).sort()).toEqual(['app', 'web']);
  });
});
