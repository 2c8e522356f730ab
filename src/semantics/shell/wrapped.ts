/** Commands that others run: `sudo …`, `xargs …`, `find -exec …`. */
import { type Call, dispatch, emit, leave } from './command.ts';
import { type Field, fieldText, shellWord } from './fields.ts';
import type { ShellAssignment } from './reading.ts';
import type { Run, Status } from './state.ts';
import { textOf, unknownPiece } from './value.ts';
import type { Peeled } from './wrappers.ts';
import { xargsCommands } from './xargs.ts';

export function dispatchPeeled(run: Run, call: Call, peeled: Peeled): Status {
  const added = peeled.assignments.map((field): ShellAssignment => {
    const text = textOf(field.pieces);
    const at = text.indexOf('=');
    const word = shellWord(field);
    return { name: text.slice(0, at), value: { ...word, value: text.slice(at + 1) }, place: field.place };
  });
  const name = textOf(peeled.wrapper[0]?.pieces ?? []);
  const inner = {
    ...call,
    wrappers: [...call.wrappers, peeled.wrapper],
    assignments: [...call.assignments, ...added],
  };
  if (name === 'xargs') {
    const input = call.redirections.input ?? run.input;
    const lines = xargsCommands(peeled.wrapper, peeled.rest, input, call.place);
    for (const fields of lines) dispatch(run, { ...inner, fields });
    return null;
  }
  const status = dispatch(run, { ...inner, fields: peeled.rest });
  // `exec` replaces the shell: nothing after it runs.
  if (name === 'exec') leave(run);
  return status;
}

/** find(1): what stands between `-exec` and `;` or `+` runs for files that are not known. */
export function dispatchFind(run: Run, call: Call): Status {
  emit(run, call);
  let own: Field[] | null = null;
  for (const field of call.fields) {
    const text = fieldText(field);
    if (own === null) {
      if (text !== null && /^-(?:exec|execdir|ok|okdir)$/.test(text)) own = [];
    } else if (text === ';' || text === '+') {
      dispatch(run, { ...call, fields: own, wrappers: [...call.wrappers, call.fields.slice(0, 1)] });
      own = null;
    } else own.push(text === '{}' ? { ...field, pieces: [unknownPiece('{}', field.place)] } : field);
  }
  return null;
}
