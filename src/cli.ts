#!/usr/bin/env node
/** The command: the only file that prints, and that decides the exit code. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommanderError } from 'commander';
import { createProgram, type RawOptions } from './cli/program.ts';
import {
  type AuditOptions,
  type ColorChoice,
  type DiffOptions,
  exitCode,
  type Format,
  nearMisses,
  refuseFileNames,
  splitArguments,
  UsageError,
  wantsColor,
  wantsUnicode,
} from './cli/usage.ts';
import type { AuditRequest } from './engine/audit.ts';
import { ownPackage, rulePage, rulePages } from './engine/pages.ts';
import { printable, withoutCommands } from './report/printable.ts';
import type { Report } from './report/report.ts';

const EXIT_USAGE = 2;
const EXIT_UNREAD = 3;
/** As the reader of files has it: no definition made by people comes near. */
const MAX_STDIN_BYTES = 4 * 1024 * 1024;
const DEFAULT_WIDTH = 80;
const WIDEST = 110;

const home = ownPackage();
const tool = { name: 'sandbox-audit', version: home.version };

function print(text: string): void {
  process.stdout.write(text);
}

function complain(text: string): void {
  process.stderr.write(withoutCommands(`sandbox-audit: ${printable(text)}\n`));
}

async function requestFor(paths: readonly string[], stdinName: string | undefined): Promise<AuditRequest> {
  const [{ FRONTENDS }, { RULES }] = await Promise.all([
    import('./frontends/index.ts'),
    import('../rules/index.ts'),
  ]);
  const request = {
    paths: paths.length === 0 ? ['.'] : paths,
    cwd: process.cwd(),
    tool,
    frontends: FRONTENDS,
    rules: RULES,
  };
  if (stdinName === undefined) return request;
  if (paths.length > 0) throw new UsageError('--stdin-filename takes no paths beside it');
  if (stdinName === '') throw new UsageError('--stdin-filename needs a name');
  return { ...request, stdin: { name: stdinName, text: await standardInput() } };
}

class InputTooLargeError extends Error {}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > MAX_STDIN_BYTES) throw new InputTooLargeError('standard input is larger than 4 MiB');
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function runAudit(paths: readonly string[], options: AuditOptions): Promise<void> {
  const request = await requestFor(paths, options.stdinFilename);
  const [{ audit }, { filtered }] = await Promise.all([
    import('./engine/audit.ts'),
    import('./report/selection.ts'),
  ]);
  const report = filtered(audit(request), options);
  process.exitCode = exitCode(report, options);
  for (const { format, file } of options.output) {
    writeAtomically(file, await render(report, format ?? options.format, options, false));
  }
  if (options.output.some(({ format }) => format === null)) return;
  print(await render(report, options.format, options, process.stdout.isTTY === true));
}

/** Each reporter is loaded when it is asked for. */
async function render(
  report: Report,
  format: Format,
  options: AuditOptions,
  terminal: boolean,
): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('./report/json.ts')).renderJson(report);
    case 'sarif': {
      const pages = rulePages(
        report.rules.map(({ id }) => id),
        home.root,
      );
      return (await import('./report/sarif.ts')).renderSarif(report, pages);
    }
    case 'github':
      return (await import('./report/github.ts')).renderGithub(report, options);
    case 'markdown':
      return (await import('./report/markdown.ts')).renderMarkdown(report, options);
    case 'html':
      return (await import('./report/html.ts')).renderHtml(report, options);
    case 'terminal': {
      const screen = { ...screenFor(options.color, terminal), unicode: wantsUnicode(process.env) };
      return (await import('./report/terminal.ts')).renderTerminal(report, { ...options, ...screen });
    }
  }
}

function screenFor(choice: ColorChoice, terminal: boolean): { color: boolean; width: number } {
  const columns = terminal ? process.stdout.columns : DEFAULT_WIDTH;
  const width = Math.min(WIDEST, Math.max(40, columns || DEFAULT_WIDTH));
  return { color: wantsColor(choice, terminal, process.env), width };
}

/**
 * Through a temporary file beside it, so that nobody ever reads half a report. A link is refused: writing
 * through one that the audited repository brought along would overwrite what it points to.
 */
function writeAtomically(file: string, text: string): void {
  try {
    const before = statusOf(file);
    if (before?.isSymbolicLink()) throw new Error('it is a link; name the file itself');
    if (before !== null && !before.isFile()) {
      writeFileSync(file, text);
      return;
    }
    replace(resolve(file), text, before);
  } catch (error) {
    throw new UsageError(`--output ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function replace(target: string, text: string, before: Stats | null): void {
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    const descriptor = openSync(temporary, 'wx', 0o666);
    try {
      if (before !== null) fchmodSync(descriptor, before.mode & 0o777);
      writeFileSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function statusOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** A name that cannot be looked up (too long, a file in its way) is no file's. */
function isFileName(path: string): boolean {
  try {
    return statusOf(path) !== null;
  } catch {
    return false;
  }
}

async function runExplain(words: readonly string[]): Promise<void> {
  const [rule, ...more] = words;
  if (rule === undefined || more.length > 0) throw new UsageError('explain takes the name of one rule');
  const { RULES } = await import('../rules/index.ts');
  const ids = RULES.map(({ id }) => id);
  if (!ids.includes(rule)) {
    const near = nearMisses(rule, ids);
    const hint =
      near.length === 0 ? '`sandbox-audit rules` lists them' : `did you mean ${near.join(' or ')}?`;
    throw new UsageError(`there is no rule ${rule}; ${hint}`);
  }
  const page = rulePage(rule, home.root);
  if (page === null) throw new Error(`the page of ${rule} is missing from the installation`);
  print(page);
}

async function runRules(format: unknown): Promise<void> {
  const { RULES } = await import('../rules/index.ts');
  const { renderRules, renderRulesJson } = await import('./report/rules.ts');
  print(format === 'json' ? renderRulesJson(RULES) : renderRules(RULES));
}

async function runModel(paths: readonly string[], options: RawOptions): Promise<void> {
  const name = typeof options.stdinFilename === 'string' ? options.stdinFilename : undefined;
  const request = await requestFor(paths, name);
  const [{ understand }, { secretPlaces }, { renderModel }] = await Promise.all([
    import('./engine/audit.ts'),
    import('./engine/secrets.ts'),
    import('./report/model.ts'),
  ]);
  const { sandboxes, files } = understand(request);
  print(renderModel({ tool, sandboxes, files, secrets: secretPlaces(sandboxes) }));
  if (files.some(({ status }) => status === 'failed' || status === 'partial')) process.exitCode = EXIT_UNREAD;
}

async function runDiff(paths: readonly string[], { format, color }: DiffOptions): Promise<void> {
  const { paths: _, ...base } = await requestFor([], undefined);
  const { compare, diffExitCode } = await import('./cli/diff.ts');
  const difference = compare(paths, base, (path) => {
    const status = isFileName(path) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    return status === undefined ? null : status.isDirectory() ? 'directory' : 'file';
  });
  process.exitCode = diffExitCode(difference);
  if (format === 'json') {
    print((await import('./report/difference-json.ts')).renderDifferenceJson(difference));
  } else if (format === 'markdown') {
    print((await import('./report/difference-markdown.ts')).renderDifferenceMarkdown(difference));
  } else {
    const screen = screenFor(color, process.stdout.isTTY === true);
    print((await import('./report/difference-terminal.ts')).renderDifference(difference, screen));
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const { options, rest } = splitArguments(argv);
  refuseFileNames(options, isFileName);
  const program = createProgram(
    home.version,
    {
      audit: (paths, raw) => runAudit([...paths, ...rest], raw as unknown as AuditOptions),
      explain: (rule) => runExplain([...(rule === undefined ? [] : [rule]), ...rest]),
      rules: ({ format }) => (rest.length > 0 ? wrongUse('rules takes no paths') : runRules(format)),
      model: (paths, raw) => runModel([...paths, ...rest], raw),
      diff: (paths, raw) => runDiff([...paths, ...rest], raw as unknown as DiffOptions),
    },
    { out: print, error: (text) => process.stderr.write(safeLines(text)) },
  );
  await program.parseAsync([...options], { from: 'user' });
}

/** Commander repeats what was typed. */
function safeLines(text: string): string {
  return withoutCommands(text.split('\n').map(printable).join('\n'));
}

function wrongUse(message: string): never {
  throw new UsageError(message);
}

/** Commander has told its own errors already; help and version are none. */
function failed(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    return;
  }
  const usage = error instanceof UsageError || (error instanceof Error && error.name === 'MissingPathError');
  const message = error instanceof Error ? error.message : String(error);
  process.exitCode = usage ? EXIT_USAGE : EXIT_UNREAD;
  complain(usage || error instanceof InputTooLargeError ? message : `internal error: ${message}`);
}

/** Whoever reads may stop reading, as `head` does: that is no failure of ours. */
function onBrokenOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.exitCode = EXIT_UNREAD;
  complain(`cannot write the report: ${error.message}`);
}

process.stdout.on('error', onBrokenOutput);
process.stderr.on('error', () => undefined);
await main(process.argv.slice(2)).catch(failed);
