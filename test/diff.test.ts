/** What `diff` says of two trees, and when the radius counts as grown. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../rules/index.ts';
import { compare, diffExitCode } from '../src/cli/diff.ts';
import { FRONTENDS } from '../src/frontends/index.ts';
import type { Difference, SandboxChange } from '../src/report/difference.ts';
import { renderDifferenceJson } from '../src/report/difference-json.ts';
import { renderDifferenceMarkdown } from '../src/report/difference-markdown.ts';
import { renderDifference } from '../src/report/difference-terminal.ts';
import { tree } from './engine/tree.ts';

const TOOL = { name: 'sandbox-audit', version: '0.0.0' };
const AGENT = `services:
  agent:
    image: node:22
    volumes:
      - .:/workspace
`;
const SOCKET = `${AGENT}      - /var/run/docker.sock:/var/run/docker.sock\n`;
const HARDENED = `services:
  agent:
    image: node:22
    user: "1000"
    network_mode: none
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 1g
    cpus: 1
    pids_limit: 100
    volumes:
      - .:/workspace:ro
`;

type Files = Readonly<Record<string, string>>;

function compared(old: Files, after: Files, paths: readonly string[] = ['old', 'new']): Difference {
  const under = (files: Files, name: string) =>
    Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]);
  const cwd = tree({
    'old/': '',
    'new/': '',
    ...Object.fromEntries([...under(old, 'old'), ...under(after, 'new')]),
  });
  const kindOf = (path: string) => (/\.\w+$/.test(path) ? 'file' : ('directory' as const));
  return compare(paths, { cwd, tool: TOOL, frontends: FRONTENDS, rules: RULES }, kindOf);
}

const only = ({ changes }: Difference): SandboxChange => {
  expect(changes).toHaveLength(1);
  return changes[0] as SandboxChange;
};

describe('growth', () => {
  it('is a new grant, with the outcomes and the line that gives them', () => {
    const difference = compared({ 'compose.yml': AGENT }, { 'compose.yml': SOCKET });
    const change = only(difference);
    expect(difference.grew).toBe(true);
    expect(change).toMatchObject({ status: 'changed', growth: expect.arrayContaining(['host', 'score']) });
    expect(change.gained.map(({ outcome }) => outcome.outcome)).toContain('host-root');
    expect(change.lost).toEqual([]);
    expect(renderDifference(difference, { color: false, width: 80 })).toContain(
      '+ becomes root on the host, by engine-socket at new/compose.yml:6',
    );
  });

  it('is none the other way round, and tells the old line', () => {
    const difference = compared({ 'compose.yml': SOCKET }, { 'compose.yml': AGENT });
    expect(difference.grew).toBe(false);
    expect(only(difference)).toMatchObject({ status: 'changed', growth: [], gained: [] });
    expect(renderDifference(difference, { color: false, width: 80 })).toContain(
      '- becomes root on the host, by engine-socket at old/compose.yml:6',
    );
  });

  it('is an axis that rises while the score falls', () => {
    const closed = `${HARDENED}      - ~:/home/node\n`;
    const difference = compared(
      { 'compose.yml': closed },
      { 'compose.yml': HARDENED.replace('network_mode: none', 'network_mode: bridge') },
    );
    const { before, after, growth } = only(difference);
    expect(after?.radius.score).toBeLessThan(before?.radius.score ?? 0);
    expect(growth).toEqual(['network']);
    expect(difference.grew).toBe(true);
  });

  it('is what became unknown', () => {
    const run = (options: string): Files => ({
      'run.sh': `#!/bin/sh\ndocker run --rm ${options} -v .:/w node:22\n`,
    });
    const difference = compared(run('--network none'), run('--network none $OPTS'));
    expect(only(difference).growth).toEqual(['possible']);
    expect(difference.grew).toBe(true);
  });

  it.each<[boolean, string, string]>([
    [true, 'a sandbox that is worse than B', SOCKET],
    [false, 'a hardened sandbox', HARDENED],
    [false, 'an ordinary service', 'services:\n  db:\n    image: postgres:17\n'],
    [true, 'a privileged service', 'services:\n  db:\n    image: postgres:17\n    privileged: true\n'],
  ])('%s for %s that was added', (grew, _, text) => {
    const difference = compared({ 'compose.yml': AGENT }, { 'compose.yml': AGENT, 'more/compose.yml': text });
    expect(difference.changes.map(({ status }) => status).sort()).toEqual(['added', 'same']);
    expect(difference.grew).toBe(grew);
  });

  it('is none when a sandbox goes, or when nothing changes', () => {
    expect(compared({ 'compose.yml': SOCKET }, {})).toMatchObject({
      grew: false,
      changes: [{ status: 'removed' }],
    });
    expect(compared({ 'compose.yml': SOCKET }, { 'compose.yml': `# moved\n\n${SOCKET}` })).toMatchObject({
      grew: false,
      changes: [{ status: 'same' }],
    });
  });
});

describe('one sandbox', () => {
  it('is the same in another file when it holds the same', () => {
    const difference = compared({ 'compose.yml': SOCKET }, { 'deploy/compose.yml': SOCKET });
    expect(only(difference)).toMatchObject({ status: 'moved', growth: [] });
  });

  it('is another one in another file when it holds more', () => {
    const { changes, grew } = compared({ 'compose.yml': AGENT }, { 'deploy/compose.yml': SOCKET });
    expect(changes.map(({ status }) => status)).toEqual(['added', 'removed']);
    expect(grew).toBe(true);
  });

  it('is told by what it holds where its name is a line', () => {
    const risky = 'docker run -v /var/run/docker.sock:/var/run/docker.sock -v .:/w node:22';
    const quiet = 'docker run --network none -v .:/w node:22';
    const { changes, grew } = compared(
      { 'run.sh': `#!/bin/sh\n${risky}\n${quiet}\n` },
      { 'run.sh': `#!/bin/sh\necho first\n\n${quiet}\n${risky}\n` },
    );
    expect(changes.map(({ status }) => status)).toEqual(['same', 'same']);
    expect(grew).toBe(false);
  });

  it('is compared between two files of any names', () => {
    const difference = compared({ 'a.yml': AGENT }, { 'b.yml': SOCKET }, ['old/a.yml', 'new/b.yml']);
    expect(only(difference)).toMatchObject({ status: 'changed', growth: expect.arrayContaining(['host']) });
    expect(renderDifference(difference, { color: false, width: 80 })).toContain('new/b.yml:6');
  });
});

describe('exit code', () => {
  const broken = 'services:\n  agent:\n    image: "node\n';
  it.each<[0 | 1 | 3, string, string]>([
    [0, AGENT, AGENT],
    [1, AGENT, SOCKET],
    [3, AGENT, broken],
    [3, broken, broken],
  ])('%i', (code, old, after) => {
    expect(diffExitCode(compared({ 'compose.yml': old }, { 'compose.yml': after }))).toBe(code);
  });
});

describe('formats', () => {
  const token = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
  const hostile = `services:
  "<img src=x onerror=alert(1)> @admins [a](https://example.org) | \\e[31m":
    image: node:22
    environment:
      GITHUB_TOKEN: ${token}
    volumes:
      - .:/workspace
      - /var/run/docker.sock:/var/run/docker.sock
`;
  const difference = () => compared({ 'compose.yml': AGENT }, { 'compose.yml': hostile });

  it('json says what it is, with places relative to their side', () => {
    const parsed = JSON.parse(renderDifferenceJson(difference()));
    expect(parsed).toMatchObject({
      schema: 1,
      grew: true,
      old: { path: 'old', worstGrade: 'C' },
      new: { path: 'new', worstGrade: 'F' },
      sandboxes: [
        {
          status: 'added',
          growth: ['added'],
          before: null,
          after: { file: 'compose.yml', line: 2, score: { grade: 'F' } },
        },
        { status: 'removed', growth: [], after: null },
      ],
    });
    const root = parsed.sandboxes[0].gained.find(
      ({ outcome }: { outcome: string }) => outcome === 'host-root',
    );
    expect(root).toMatchObject({
      worthBefore: null,
      path: [{ rule: 'engine-socket', at: { startLine: 8 } }],
    });
  });

  it('keep what others wrote text, and secrets to themselves', () => {
    const terminal = renderDifference(difference(), { color: false, width: 80 });
    const markdown = renderDifferenceMarkdown(difference());
    for (const output of [terminal, markdown, renderDifferenceJson(difference())]) {
      expect(output).not.toContain(token);
      expect(output).not.toContain('\u001b');
    }
    expect(markdown).not.toMatch(/<img|@admins|\]\(https/);
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.split('|')).toHaveLength(7);
  });

  it('say when nothing was found', () => {
    expect(renderDifference(compared({}, {}), { color: false, width: 80 })).toBe(
      'No sandbox definition was found on either side.\n',
    );
  });
});
