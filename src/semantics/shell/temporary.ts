/** mktemp(1): the name of a fresh file or directory. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { type Field, fieldText } from './fields.ts';
import { absolutePaths } from './path-output.ts';
import { type Run, variableOf } from './state.ts';
import { type Piece, piece, soleText } from './value.ts';

/**
 * The path that mktemp prints, with its X as they stand: whatever they become, no one else has a file of that
 * name. Null where the template is not known.
 */
export function temporaryPath(run: Run, rest: readonly Field[], place: Place): readonly Piece[] | null {
  const asked = askedFor(rest.map(fieldText));
  if (asked === null) return null;
  const temporary = asked.temporary || asked.template === null ? temporaryFolder(run, place) : null;
  const folder = asked.folder ?? temporary;
  const name = asked.template ?? 'tmp.XXXXXXXXXX';
  const path = folder === null || name.startsWith('/') ? name : `${folder}/${name}`;
  const paths = absolutePaths(run, [piece(path, place)], place);
  return paths === null ? null : [...paths, piece('\n', place)];
}

interface Asked {
  readonly template: string | null;
  readonly folder: string | null;
  /** The template is below the temporary directory. */
  readonly temporary: boolean;
}

function askedFor(words: readonly (string | null)[]): Asked | null {
  let asked: Asked = { template: null, folder: null, temporary: false };
  for (const [at, text] of words.entries()) {
    if (text === null) return null;
    const option = words[at - 1];
    if (option === '-p') asked = { ...asked, folder: text };
    else if (text.startsWith('--tmpdir=')) asked = { ...asked, folder: text.slice(9) };
    else if (/^-[a-z]*t$|^--tmpdir$/.test(text)) asked = { ...asked, temporary: true };
    else if (!text.startsWith('-') && option !== '--suffix') asked = { ...asked, template: text };
  }
  return asked;
}

function temporaryFolder(run: Run, place: Place): string {
  const variable = variableOf(run, 'TMPDIR', place);
  const text = variable.kind === 'scalar' ? soleText(variable.pieces) : null;
  return text !== null && text !== '' && isResolved(text) ? text : '/tmp';
}
