/** `$(…)`, `<(…)` and subshells: what runs inside, and what its output is where the text tells. */
import { isResolved, soleUnknown } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import {
  type CommandExpansionPart,
  type ProcessSubstitutionPart,
  type Script,
  type ShellScript,
  scriptPlace,
} from '../../syntax/shell.ts';
import { withScript } from './expansion.ts';
import { withoutFinalNewlines } from './final-newlines.ts';
import { joinStates } from './joining.ts';
import { statusOfEnds } from './outcomes.ts';
import { fork, newId, OUTPUT, placeOf, type Run, report, type Status, sourceOf } from './state.ts';
import { type Piece, textOf, unknownPiece } from './value.ts';

/** Scripts inside scripts that are followed; the parser package would read any number, slowly. */
export const MAX_NESTING = 16;

/** Runs something whose assignments are lost; `exit` in it ends only itself. */
export function inSubshell(
  run: Run,
  body: () => Status,
  capture = false,
): { status: Status; output: readonly Piece[] } {
  const before = run.state;
  const exits: Run['subshells'][number] = [];
  run.state = fork(run, before);
  if (capture) run.state.variables.set(OUTPUT, { kind: 'scalar', pieces: [], exported: false });
  run.subshells.push(exits);
  const loops = run.loops.splice(0);
  const calls = run.calls.splice(0);
  const status = body();
  run.loops.push(...loops);
  run.calls.push(...calls);
  run.subshells.pop();
  const own = run.state.ended === null ? [{ state: run.state, status }] : [];
  const all = statusOfEnds(run, [...exits, ...own], before.path.length);
  const after = joinStates(run, [...exits.map(({ state }) => state), run.state]);
  run.state = before;
  const output = after.variables.get(OUTPUT);
  if (!capture && output !== undefined) before.variables.set(OUTPUT, output);
  return { status: all, output: output?.kind === 'scalar' ? output.pieces : [] };
}

/** Adds to the output that a command substitution or a pipe collects, if one does. */
export function write(run: Run, pieces: readonly Piece[]): void {
  const output = run.state.variables.get(OUTPUT);
  if (output?.kind !== 'scalar') return;
  const all = [...output.pieces, ...pieces.filter((part) => part.text !== '')];
  // Beyond this nobody reads a command's output as an argument.
  if (all.length <= 1000) run.state.variables.set(OUTPUT, { ...output, pieces: all });
}

export function substituteCommand(run: Run, part: CommandExpansionPart, home: Place): readonly Piece[] {
  const place = placeOf(run, part);
  const unknown = (): Piece[] => [{ ...unknownPiece(sourceOf(run, part), place), word: home }];
  const script = part.script;
  run.substituted = null;
  if (script === undefined || !enter(run, place)) return unknown();
  const { pipe, input } = run;
  run.pipe = null;
  run.input = null;
  const { status, output } = inSubshell(run, () => runNested(run, script, place), true);
  run.substituted = status;
  Object.assign(run, { pipe, input });
  run.nesting -= 1;
  const pieces = withoutFinalNewlines(output);
  // What a command inside prints is called by the whole; a variable keeps its name.
  if (soleUnknown(textOf(pieces))?.startsWith('$(') === true) return unknown();
  // What an echo prints is written there; whatever else came out of the commands belongs to this word.
  return pieces.map(({ many: _, ...found }) =>
    isResolved(found.text) && found.exact ? found : { ...found, place, word: home, exact: false },
  );
}

function enter(run: Run, place: Place): boolean {
  if (run.nesting >= MAX_NESTING) {
    report(run, 'limit', `scripts are nested more than ${MAX_NESTING} deep`, place);
    return false;
  }
  run.nesting += 1;
  return true;
}

/** Runs a script node; one in backquotes with escapes has a text of its own, without exact positions. */
function runNested(run: Run, node: Script, place: Place): Status {
  if (node.source === undefined) return run.runStatements(run, node.commands);
  const text = node.source;
  const { start, end } = place.span;
  const mapped = { source: place.source, text, segments: [{ at: 0, offset: start, end }], end };
  const script: ShellScript = { mapped, text, statements: node.commands, problems: [] };
  return withScript(run, script, () => run.runStatements(run, node.commands));
}

/** The commands of `<(…)` run beside the one that reads them. */
export function processSubstitution(
  run: Run,
  part: ProcessSubstitutionPart,
  home: Place,
  id = newId(run),
): { readonly piece: Piece; readonly output: readonly Piece[] | null } {
  const place = placeOf(run, part);
  const script = part.script;
  let output: readonly Piece[] | null = null;
  if (script !== undefined && enter(run, place)) {
    const { pipe, input } = run;
    run.pipe = { id, stage: part.operator === '<' ? 0 : 1, stages: 2 };
    run.input = null;
    output = inSubshell(run, () => runNested(run, script, place), true).output;
    Object.assign(run, { pipe, input });
    run.nesting -= 1;
  }
  return { piece: { ...unknownPiece(sourceOf(run, part), place), word: home }, output };
}

/** The place of the whole text of a script. */
export function wholePlace(script: ShellScript): Place {
  return scriptPlace(script, 0, script.text.length);
}
