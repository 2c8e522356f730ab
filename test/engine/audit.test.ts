/** One script that several front ends read: what the report says of it. */
import { describe, expect, it } from 'vitest';
import { auditTree, tree } from './tree.ts';

/** A syntax error, at which each reader of the script stops. */
const BROKEN = 'if true; then\n';

describe('a script of several formats', () => {
  it('has its trouble told once, with the sandboxes that it bears on', () => {
    const script = `bwrap --ro-bind / / agent\nsandbox-exec -n no-network agent\n${BROKEN}`;
    const { sandboxes, files } = auditTree(tree({ 'run.sh': script }), 'run.sh');
    expect(sandboxes.map(({ format }) => format).sort()).toEqual(['bwrap', 'seatbelt']);
    const messages = files.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message));
    expect(messages.length).toBeGreaterThan(0);
    expect(new Set(messages).size).toBe(messages.length);
    expect(files.every(({ status }) => status === 'partial')).toBe(true);
  });

  it('is no entry of a format of which it holds nothing but that trouble', () => {
    const script = `# docker run, sandbox-exec\nbwrap --ro-bind / / agent\n${BROKEN}`;
    const { files } = auditTree(tree({ 'run.sh': script }), 'run.sh');
    expect(files.map(({ format, status }) => [format, status])).toEqual([['bwrap', 'partial']]);
  });

  it('without any sandbox is one entry, and partial', () => {
    const { files, sandboxes } = auditTree(tree({ 'run.sh': `# bwrap, sandbox-exec\n${BROKEN}` }), 'run.sh');
    expect([sandboxes.length, files.length, files[0]?.status]).toEqual([0, 1, 'partial']);
  });

  it('keeps trouble at different places apart', () => {
    const root = tree({
      'a.sb':
        '(version 1)(deny default)(allow file-read* (subpath "/tmp"))(allow file-read* (subpath "/tmp"))',
    });
    const [file] = auditTree(root).files;
    expect(file?.diagnostics).toHaveLength(2);
  });
});
