/** Files that the script writes itself, and then runs: `cat > run.sh <<EOF … EOF`, then `bash run.sh`. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { Call } from './command.ts';
import { type Field, fieldText } from './fields.ts';
import { knownOutput } from './known-output.ts';
import { absolutePaths } from './path-output.ts';
import { type Run, setVariable } from './state.ts';
import { type Piece, piece, textOf } from './value.ts';

/** Beside the shell's variables, as they follow the same branches; no variable has such a name. */
const PREFIX = '>';

const MAX_LENGTH = 100_000;

export const isWritten = (variable: string): boolean => variable.startsWith(PREFIX);

/** Notes what a command writes to a file whose name the text tells. */
export function noteWritten(run: Run, call: Call): void {
  for (const { path, append } of targetsOf(call)) {
    const key = keyOf(run, path, call.place);
    const before = append ? run.state.variables.get(key) : undefined;
    const content = contentOf(run, call);
    // What a loop appends is written any number of times.
    const isOpen = content === null || (append && (run.loops.length > 0 || before?.kind !== 'scalar'));
    const all = [...(before?.kind === 'scalar' ? before.pieces : []), ...(content ?? [])];
    if (isOpen || textOf(all).length > MAX_LENGTH) {
      if (run.state.variables.has(key)) setVariable(run, key, { kind: 'unset', exported: false });
    } else setVariable(run, key, { kind: 'scalar', pieces: all, exported: false });
  }
}

/** The text of a file that an earlier line wrote; null where none did, or where no shell would run it. */
export function writtenScript(
  run: Run,
  file: Field,
  how: 'executed' | 'read',
  place: Place,
): readonly Piece[] | null {
  const path = file.many ? null : fieldText(file);
  if (path === null || path === '') return null;
  const found = how === 'executed' && !path.includes('/') ? installed(run, path) : keyOf(run, path, place);
  const variable = found === null ? undefined : run.state.variables.get(found);
  if (variable?.kind !== 'scalar') return null;
  const [line = ''] = textOf(variable.pieces).slice(0, 200).split('\n', 1);
  const isShell = !line.startsWith('#!') || /\b(?:ba|z|da|k|a)?sh\b/.test(line);
  return how === 'read' || isShell ? variable.pieces : null;
}

/** A program by its name alone, which was written where programs are looked for. */
function installed(run: Run, name: string): string | null {
  const keys = [...run.state.variables.keys()].filter(isWritten);
  return keys.find((key) => key.endsWith(`/bin/${name}`)) ?? null;
}

function keyOf(run: Run, path: string, place: Place): string {
  const absolute = absolutePaths(run, [piece(path, place)], place);
  return `${PREFIX}${absolute === null ? path : textOf(absolute)}`;
}

interface Target {
  readonly path: string;
  readonly append: boolean;
}

function targetsOf({ fields, redirections }: Call): readonly Target[] {
  const redirected = redirections.list.flatMap(({ operator, descriptor, target }): Target[] => {
    if (!/^&?>[>|]?$/.test(operator) || (descriptor ?? 1) !== 1 || target === null) return [];
    return [{ path: target.value, append: operator.includes('>>') }];
  });
  const [first, ...rest] = fields;
  if (first === undefined || fieldText(first) !== 'tee') return redirected;
  const words = rest.map((field) => fieldText(field) ?? '');
  const append = words.some((word) => word === '-a' || word === '--append');
  return words.filter((word) => word !== '' && !word.startsWith('-')).map((path) => ({ path, append }));
}

/** What the command prints, where the text tells; null where it does not. */
function contentOf(run: Run, call: Call): readonly Piece[] | null {
  const [first] = call.fields;
  const name = first === undefined ? null : fieldText(first);
  const copies =
    name === 'tee' ||
    (name === 'cat' && call.fields.every((field, at) => at === 0 || textOf(field.pieces) === '-'));
  const printed = copies ? null : knownOutput(run, call.fields, call.place);
  const pieces = copies ? (call.redirections.input ?? run.input) : (printed?.pieces ?? null);
  return pieces === null || !pieces.some(({ text }) => isResolved(text)) ? null : pieces;
}
