/** What well-known commands print. */
import { isResolved, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { type Field, fieldText } from './fields.ts';
import { pathOutput } from './path-output.ts';
import { echoed, printed } from './printing.ts';
import { programPath } from './programs.ts';
import { silence } from './silent.ts';
import { type Run, type Status, variableOf } from './state.ts';
import { temporaryPath } from './temporary.ts';
import { type Piece, piece, textOf } from './value.ts';

export interface Output {
  readonly pieces: readonly Piece[];
  /** A command whose output the text tells is taken to succeed, unless it is asked whether it does. */
  readonly status: Status;
}

/**
 * The symbolic folders that scripts build their paths from, and text.
 *
 * | command | prints |
 * |---|---|
 * | `pwd` | the current directory, at first the workspace |
 * | `git rev-parse --show-toplevel` | the workspace |
 * | `dirname P`, `basename P` | by text |
 * | `realpath P`, `readlink -f P` | P below the current directory; symlinks are not known |
 * | `mktemp` | its template below the temporary directory, as nothing else has that name |
 * | `command -v X`, `which X`, `type -p X` | the path of X, if it is there |
 * | `echo`, `printf` with `%s` and `%q` | their arguments |
 * | what only works on files | nothing |
 */
export function knownOutput(run: Run, fields: readonly Field[], place: Place): Output | null {
  const name = fields[0] === undefined ? null : fieldText(fields[0]);
  const pieces = printedBy(run, name, fields.slice(1), place);
  if (pieces !== null) {
    const told = name === 'echo' || name === 'printf' || isResolved(textOf(pieces));
    return { pieces, status: told ? true : null };
  }
  const program = programPath(run, fields, place);
  if (program !== null) return program;
  const silent = silence(fields);
  return silent === null ? null : { pieces: [], status: silent === 'works' ? true : null };
}

function printedBy(
  run: Run,
  name: string | null,
  rest: readonly Field[],
  place: Place,
): readonly Piece[] | null {
  switch (name) {
    case 'echo':
      return echoed(rest, place);
    case 'printf':
      return printed(rest, place);
    case 'pwd':
      return workingDirectory(run, place);
    case 'git':
      return rest.map(fieldText).join(' ') === 'rev-parse --show-toplevel'
        ? [piece(`${WORKSPACE_SYMBOL}\n`, place)]
        : null;
    case 'mktemp':
      return temporaryPath(run, rest, place);
    case 'dirname':
    case 'basename':
    case 'realpath':
    case 'readlink':
    case 'greadlink':
      return pathOutput(run, name, rest, place);
    default:
      return null;
  }
}

function workingDirectory(run: Run, place: Place): readonly Piece[] {
  const variable = variableOf(run, 'PWD', place);
  return variable.kind === 'scalar' ? [...variable.pieces, piece('\n', place)] : [piece('\n', place)];
}
