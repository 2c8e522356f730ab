import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOME_SYMBOL, WORKSPACE_SYMBOL } from '../../../src/model/symbolic.ts';
import type { ShellCommand, ShellWord } from '../../../src/semantics/shell/reading.ts';
import { shellCommands } from '../../../src/semantics/shell/shell-commands.ts';
import { plainText } from '../../../src/source/mapped.ts';
import { createSource } from '../../../src/source/source.ts';
import { exactSnippets, openSnippets } from './snippets.ts';

const HOME = '/home/u';
const WORKSPACE = '/tmp/ws';
const STUBS = ['docker', 'bwrap'];
const all = [...exactSnippets, ...openSnippets];

/** Records its own argument list: fields end with NUL, a record with an unmistakable field. */
const RECORDER = `#!/bin/sh\nprintf '%s\\0' "\${0##*/}" "$@" '<end>' >> "$REC"\n`;
const SUDO = `#!/bin/sh
while :; do case "$1" in -u) shift 2;; --) shift; break;; -*) shift;; *=*) export "$1"; shift;; *) break;; esac; done
exec "$@"\n`;
const DRIVER = `for s in /tmp/ws/*.sh; do
  n=\${s##*/}; export REC=/tmp/rec/\${n%.sh}; : > "$REC"
  (cd /tmp/ws && exec timeout 10 /usr/bin/bash "/tmp/ws/$n" </dev/null >/dev/null 2>&1)
done
:`;

function sandboxWorks(): boolean {
  try {
    execFileSync('bwrap', ['--ro-bind', '/', '/', '--unshare-all', 'bash', '-c', ':'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const available = sandboxWorks();
let folder = '';

beforeAll(() => {
  if (!available) return;
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'shell-reading-'));
  for (const name of ['stubs', 'scripts', 'records']) mkdirSync(join(folder, name));
  for (const [name, text] of [...STUBS.map((stub) => [stub, RECORDER] as const), ['sudo', SUDO] as const]) {
    writeFileSync(join(folder, 'stubs', name), text);
    chmodSync(join(folder, 'stubs', name), 0o755);
  }
  for (const [index, text] of all.entries())
    writeFileSync(join(folder, 'scripts', `${index}.sh`), `${text}\n`);
  writeFileSync(join(folder, 'driver'), DRIVER);
  const binds = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'];
  const ours = [
    ...['--ro-bind', join(folder, 'stubs'), '/tmp/stub', '--bind', join(folder, 'scripts'), WORKSPACE],
    ...['--ro-bind', join(folder, 'driver'), '/tmp/driver', '--bind', join(folder, 'records'), '/tmp/rec'],
  ];
  const isolation = [
    '--unshare-all',
    '--new-session',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    '--clearenv',
  ];
  const environment = [
    '--setenv',
    'PATH',
    '/tmp/stub:/usr/bin:/bin',
    '--setenv',
    'HOME',
    HOME,
    '--chdir',
    WORKSPACE,
  ];
  const command = ['bash', '/tmp/driver'];
  execFileSync('bwrap', [...binds, ...ours, ...isolation, ...environment, ...command], { timeout: 120_000 });
}, 130_000);

afterAll(() => {
  if (folder !== '' && existsSync(folder)) rmSync(folder, { recursive: true });
});

function recorded(index: number): string[][] {
  const fields = readFileSync(join(folder, 'records', String(index)), 'utf8')
    .split('\0')
    .slice(0, -1);
  const records: string[][] = [[]];
  for (const field of fields) {
    if (field === '<end>') records.push([]);
    else records.at(-1)?.push(field);
  }
  return records.slice(0, -1);
}

function sorted(lists: readonly string[][]): string[] {
  return lists.map((list) => JSON.stringify(list)).sort();
}

function concrete(text: string): string {
  return text.replaceAll(HOME_SYMBOL, HOME).replaceAll(WORKSPACE_SYMBOL, WORKSPACE);
}

function read(index: number): readonly ShellCommand[] {
  const source = createSource(`${index}.sh`, `${all[index]}\n`);
  const { commands } = shellCommands(plainText(source), { arguments: [] });
  return commands.map(byName).filter((command) => STUBS.includes(command.words[0]?.value ?? ''));
}

/** A recorder tells its name, not the path under which it was called. */
function byName(command: ShellCommand): ShellCommand {
  const [first, ...rest] = command.words;
  if (first === undefined) return command;
  return { ...command, words: [{ ...first, value: first.value.replace(/^.*\//s, '') }, ...rest] };
}

/** True if the word may become `text`: unknown parts stand for anything. */
function mayBe(word: ShellWord, text: string): boolean {
  const values = word.alternatives?.map(({ value }) => value) ?? [word.value];
  return values.some((value) => {
    const parts = concrete(value).split(/\uFDD2[^\uFDD3]*\uFDD3/);
    const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
    return new RegExp(`^${pattern}$`, 's').test(text);
  });
}

/** True if the words can become the argument list: conditional words may be absent. */
function allows(words: readonly ShellWord[], argv: readonly string[]): boolean {
  const [word, ...rest] = words;
  if (word === undefined) return argv.length === 0;
  const [text, ...others] = argv;
  if ((word.conditions.length > 0 || word.many) && allows(rest, argv)) return true;
  if (text === undefined) return false;
  if (word.many && allows(words, others)) return true;
  return mayBe(word, text) && allows(rest, others);
}

describe.skipIf(!available)('what bash runs (skipped where bash or bwrap is missing)', () => {
  it.each(exactSnippets.map((text, index) => [text, index] as const))('%s', (text, index) => {
    const expected = recorded(index);
    const commands = read(index);
    const derived = commands.map(({ words }) => words.map((word) => concrete(word.value)));
    // The stages of a pipeline run at the same time, and record in any order.
    if (/\|[^|]|<\(/.test(text)) expect(sorted(derived)).toEqual(sorted(expected));
    else expect(derived).toEqual(expected);
    for (const { words, conditions } of commands) {
      expect(conditions).toEqual([]);
      expect(words.every((word) => word.alternatives === undefined && word.conditions.length === 0)).toBe(
        true,
      );
    }
    expect(expected.length).toBeGreaterThan(0);
  });

  it.each(openSnippets.map((text, index) => [text, index + exactSnippets.length] as const))(
    '%s',
    (_, index) => {
      const commands = read(index);
      for (const argv of recorded(index)) {
        const allowed = commands.some(({ words }) => allows(words, argv));
        expect(allowed, `a command that allows ${JSON.stringify(argv)}`).toBe(true);
      }
      expect(recorded(index).length).toBeGreaterThan(0);
    },
  );
});

describe('the snippets', () => {
  it('are as many as they should be, and different', () => {
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(150);
  });
});
