/** The grammar of the command line. */
import { Command, Option } from 'commander';
import { CONFIDENCES, SEVERITIES } from '../model/rule.ts';
import { DIFF_FORMATS, FORMATS, type Output, parseOutput, THRESHOLDS } from './usage.ts';

/** Raw options as commander gives them; each is checked by its own `choices`. */
export type RawOptions = Readonly<Record<string, unknown>>;

export interface Actions {
  audit(paths: readonly string[], options: RawOptions): Promise<void>;
  explain(rule: string | undefined): Promise<void>;
  rules(options: RawOptions): Promise<void>;
  model(paths: readonly string[], options: RawOptions): Promise<void>;
  diff(paths: readonly string[], options: RawOptions): Promise<void>;
}

export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const EXIT_CODES = `
Exit codes: 0 nothing at or over --fail-on; 1 findings at or over it (diff: the blast
radius grew); 2 wrong use; 3 something could not be analysed (1 goes before 3, with --strict 3 before 1).
A directory that is called like a command is given as ./rules; after -- everything is a path.`;

/** Everything after `--` was taken off before: it is never a command or an option. */
export function createProgram(version: string, actions: Actions, streams: Streams): Command {
  const program = new Command('sandbox-audit');
  program
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.error })
    .enablePositionalOptions()
    .helpCommand(false)
    .version(version, '--version', 'print the version')
    .description('Shows what hostile code inside your sandbox definitions could reach.')
    .argument('[paths...]', 'files and directories (default: .)')
    .addHelpText('after', EXIT_CODES)
    .action((paths: string[], options: RawOptions) => actions.audit(paths, options));
  addAuditOptions(program);
  program
    .command('explain')
    .argument('[rule]')
    .description("print a rule's page")
    .action((rule: string | undefined) => actions.explain(rule));
  program
    .command('rules')
    .description('list the rules')
    .addOption(new Option('--format <format>').choices(['terminal', 'json']).default('terminal'))
    .action((options: RawOptions) => actions.rules(options));
  program
    .command('model')
    .argument('[paths...]')
    .description('print what was understood, as JSON')
    .addOption(stdinOption())
    .action((paths: string[], options: RawOptions) => actions.model(paths, options));
  program
    .command('diff')
    .argument('[paths...]', 'the old directory or file, and the new one')
    .description('show how the blast radius changed between two directories')
    .addOption(new Option('--format <format>').choices(DIFF_FORMATS).default('terminal'))
    .addOption(colorOption())
    .action((paths: string[], options: RawOptions) => actions.diff(paths, options));
  return program;
}

function addAuditOptions(program: Command): void {
  const choice = (flags: string, text: string, choices: readonly string[], value: string): Option =>
    new Option(flags, text).choices(choices).default(value);
  program
    .addOption(choice('--format <format>', 'of the report on standard output', FORMATS, 'terminal'))
    .addOption(
      new Option('--output <[format=]file>', 'write a report to a file; repeatable')
        .argParser((text: string, before: readonly Output[]) => [...before, parseOutput(text)])
        .default([], 'none'),
    )
    .addOption(choice('--fail-on <severity>', 'lowest severity that gives exit code 1', THRESHOLDS, 'high'))
    .addOption(choice('--min-severity <severity>', 'leave out findings below it', SEVERITIES, 'info'))
    .addOption(choice('--min-confidence <level>', 'leave out findings below it', CONFIDENCES, 'low'))
    .option('--pedantic', 'show hardening notes and information in full', false)
    .option('--strict', 'what could not be analysed decides the exit code', false)
    .addOption(colorOption())
    .addOption(stdinOption())
    .option('--quiet', 'one line a finding, nothing else', false)
    .option('--verbose', 'also what is included in other findings, references, what was left out', false);
}

function colorOption(): Option {
  return new Option('--color <when>', 'colours on the terminal')
    .choices(['auto', 'always', 'never'])
    .default('auto');
}

function stdinOption(): Option {
  return new Option('--stdin-filename <name>', 'read a definition from standard input, under this name');
}
