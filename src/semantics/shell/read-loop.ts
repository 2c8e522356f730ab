/** `while read -r line; do …; done` over a text that the script says: one round a line. */
import type { Command, While } from '../../syntax/shell.ts';
import { assign } from './assignment.ts';
import { restore } from './command.ts';
import { expandFields } from './expansion.ts';
import type { Field } from './fields.ts';
import { runStatements } from './interpreter.ts';
import { joinStates } from './joining.ts';
import { linesOf } from './lines.ts';
import { pass, runOpenLoop } from './loops.ts';
import { assignLine, forgetNames, type Reading, readingOf } from './reading-input.ts';
import { fork, placeOf, type Run, type State, type Status } from './state.ts';

export interface ReadLoop {
  /** A field that stands for any number of lines is `many`. */
  readonly lines: readonly Field[];
  /** Sets the variables of a round. */
  take(line: Field): void;
}

const MAX_ROUNDS = 256;

/** Runs the rounds; lines that are not known are a possibility, any number of times. */
export function runReadLoop(run: Run, node: While, { lines, take }: ReadLoop): Status {
  const body = (): void => {
    runStatements(run, node.body.commands);
  };
  const broken: State[] = [];
  for (const line of lines) {
    if (run.state.ended !== null) break;
    const before = run.state;
    if (line.many) {
      runOpenLoop(run, node, () => take(line), body);
      continue;
    }
    if (line.when.length > 0) run.state = fork(run, before, ...line.when);
    take(line);
    broken.push(...pass(run, body).broken);
    if (line.when.length > 0) run.state = joinStates(run, [run.state, before]);
  }
  run.state = joinStates(run, [run.state, ...broken]);
  return null;
}

/** The rounds of a loop over `read`; null where its test is another, or the text is not to be had. */
export function readLoopOf(run: Run, node: While): ReadLoop | null {
  const command = readCommand(node);
  const { input } = run;
  if (command === null || input === null || run.taken.has(input)) return null;
  const words = command.args.flatMap((item) => (item.type === 'Word' ? expandFields(run, item) : []));
  const reading = readingOf(words);
  const place = placeOf(run, command);
  const lines = reading.elsewhere ? null : linesOf(input, reading.delimiter, place);
  run.taken.add(input);
  if (lines === null || lines.length > MAX_ROUNDS) return null;
  return { lines, take: (line) => takeLine(run, command, reading, line) };
}

/** `read …`, or `read … || [[ -n $line ]]` for a last line without its newline. */
function readCommand({ kind, clause }: While): Command | null {
  const [statement, ...others] = clause.commands;
  const node = statement?.command;
  if (kind !== 'while' || node === undefined || others.length > 0) return null;
  const first =
    node.type === 'AndOr' && node.operators.every((one) => one === '||') ? node.commands[0] : node;
  if (first?.type !== 'Command' || first.name?.text !== 'read' || first.redirects.length > 0) return null;
  return first;
}

function takeLine(run: Run, command: Command, reading: Reading, line: Field): void {
  const place = placeOf(run, command);
  if (line.many) {
    forgetNames(run, reading, place);
    return;
  }
  const prefixes = command.prefix.filter((item) => item.type === 'Assignment');
  const saved = prefixes.map((item) => [item.name, run.state.variables.get(item.name)] as const);
  for (const item of prefixes) assign(run, item);
  assignLine(run, reading, line.pieces, place);
  for (const [name, variable] of saved) restore(run, name, variable);
}
