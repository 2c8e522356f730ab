/** Redirections of a command, with the text of its here-documents. */
import { sliceMapped } from '../../source/mapped.ts';
import type * as Syntax from '../../syntax/shell.ts';
import { expandHereDocument, expandPieces } from './expansion.ts';
import { scalarField, shellWord } from './fields.ts';
import type { ShellRedirection } from './reading.ts';
import { newId, placeOf, type Run } from './state.ts';
import { processSubstitution } from './substitution.ts';
import { type Piece, piece, textOf } from './value.ts';

export interface Redirections {
  readonly list: readonly ShellRedirection[];
  /** What standard input holds, where the text says it. */
  readonly input: readonly Piece[] | null;
}

export function redirectionsOf(run: Run, nodes: readonly Syntax.Redirection[]): Redirections {
  let input: readonly Piece[] | null = null;
  const list = nodes.map((node): ShellRedirection => {
    const descriptor = node.descriptor === undefined ? null : descriptorOf(node.descriptor);
    const base = { operator: node.operator, descriptor, place: placeOf(run, node) };
    if (node.type === 'HereDoc') {
      const pieces = hereDocument(run, node);
      if (descriptor === null || descriptor === 0) input = pieces;
      const body = sliceMapped(run.script.mapped, node.body.pos, node.body.end);
      return { ...base, target: null, body, bodyValue: textOf(pieces) };
    }
    if (node.target === undefined) return { ...base, target: null };
    const process = soleProcess(node.target);
    if (process !== null) {
      const pipe = newId(run);
      processSubstitution(run, process, placeOf(run, node.target), pipe);
      return { ...base, target: null, pipe };
    }
    const pieces = expandPieces(run, node.target);
    const target = shellWord(scalarField(pieces, placeOf(run, node.target)));
    if (node.type === 'HereString') {
      if (descriptor === null || descriptor === 0) input = [...pieces, piece('\n', base.place)];
      return { ...base, target, bodyValue: `${textOf(pieces)}\n` };
    }
    return { ...base, target };
  });
  return { list, input };
}

function descriptorOf(node: Syntax.RedirectDescriptor): number | string {
  return node.type === 'FileDescriptor' ? node.value : node.name;
}

function soleProcess(word: Syntax.Word): Syntax.ProcessSubstitutionPart | null {
  const part = word.parts?.length === 1 ? word.parts[0] : undefined;
  return part?.type === 'ProcessSubstitution' ? part : null;
}

/** `<<-` drops the tabs at the start of each line. */
function hereDocument(run: Run, node: Syntax.HereDoc): readonly Piece[] {
  const pieces = expandHereDocument(run, node.body, node.delimiter?.quoted === true);
  if (node.operator === '<<') return pieces;
  return pieces.map((part, index) => {
    const text = part.text.replace(index === 0 ? /(^|\n)\t{1,200}/g : /(\n)\t{1,200}/g, '$1');
    return text === part.text ? part : { ...part, text, exact: false };
  });
}
