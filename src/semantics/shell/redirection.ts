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
    const { redirection, text } = redirected(run, node, base);
    if (text !== null && (descriptor === null || descriptor === 0)) input = text;
    return redirection;
  });
  return { list, input };
}

type Base = Pick<ShellRedirection, 'operator' | 'descriptor' | 'place'>;

/** One redirection, with what can be read from it. */
function redirected(
  run: Run,
  node: Syntax.Redirection,
  base: Base,
): { redirection: ShellRedirection; text: readonly Piece[] | null } {
  if (node.type === 'HereDoc') {
    const text = hereDocument(run, node);
    const body = sliceMapped(run.script.mapped, node.body.pos, node.body.end);
    return { redirection: { ...base, target: null, body, bodyValue: textOf(text) }, text };
  }
  if (node.target === undefined) return { redirection: { ...base, target: null }, text: null };
  const process = soleProcess(node.target);
  if (process !== null) {
    const pipe = newId(run);
    const { output } = processSubstitution(run, process, placeOf(run, node.target), pipe);
    const text = node.operator === '<' && process.operator === '<' ? output : null;
    return { redirection: { ...base, target: null, pipe }, text };
  }
  const pieces = expandPieces(run, node.target);
  const target = shellWord(scalarField(pieces, placeOf(run, node.target)));
  if (node.type !== 'HereString') return { redirection: { ...base, target }, text: null };
  const bodyValue = `${textOf(pieces)}\n`;
  return { redirection: { ...base, target, bodyValue }, text: [...pieces, piece('\n', base.place)] };
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
