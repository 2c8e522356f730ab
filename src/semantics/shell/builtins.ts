/** Builtins that change what the shell knows, and so what later commands are. */
import { isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { parseInteger } from './arithmetic.ts';
import { elementOf } from './assignment.ts';
import { type Call, emit, leave } from './command.ts';
import { joinFields } from './command-text.ts';
import { conditionalPieces, type Field, fieldText } from './fields.ts';
import { branch } from './joining.ts';
import { knownOutput } from './known-output.ts';
import { runText } from './nested.ts';
import { ARGUMENTS } from './parameter.ts';
import { absolutePaths } from './path-output.ts';
import { readArray, readVariables } from './reading-input.ts';
import { sourceFile } from './sourcing.ts';
import { fork, OUTPUT, type Run, report, type Status, setScalar, setVariable, variableOf } from './state.ts';
import { inSubshell } from './substitution.ts';
import { decideTest } from './tests.ts';
import { elementsOf, type Piece, textOf, unknownPiece } from './value.ts';

/** `emit`: the command is also reported like any other. */
type Builtin = (run: Run, rest: readonly Field[], call: Call) => Status | 'emit';

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => true,
  true: () => true,
  false: () => false,
  '[': (run, _, call) => decideTest(run, call.fields, call.label),
  test: (run, _, call) => decideTest(run, call.fields, call.label),
  echo: reportedSuccess,
  printf: printTo,
  cd: changeDirectory,
  pushd: changeDirectory,
  popd: (run, _, call) => {
    setScalar(run, 'PWD', [unknownPiece('PWD', call.place)]);
    return 'emit';
  },
  set: setArguments,
  shift,
  unset,
  read: readVariables,
  mapfile: readArray,
  readarray: readArray,
  getopts: (run, rest, call) => {
    const name = rest[1] === undefined ? null : fieldText(rest[1]);
    if (name !== null) setScalar(run, name, [unknownPiece(name, call.place)]);
    setScalar(run, 'OPTARG', [unknownPiece('OPTARG', call.place)]);
    return null;
  },
  let: (run, rest, call) => {
    for (const field of rest) forget(run, /^[A-Za-z_]\w*/.exec(textOf(field.pieces))?.[0], call.place);
    return null;
  },
  eval: (run, rest, call) => {
    const pieces = joinFields(rest, call.place);
    noteUnknown(run, pieces, 'eval', call.place);
    return runText(run, pieces, call.place, null, false);
  },
  source: sourceFile,
  '.': sourceFile,
  alias: defineAliases,
  unalias: (run, rest) => {
    for (const field of rest) run.state.aliases.delete(textOf(field.pieces));
    return true;
  },
  trap,
  exit: (run, rest) => {
    leave(run, codeOf(rest));
    return null;
  },
  return: (run, rest) => {
    const status = codeOf(rest);
    const frame = run.calls.at(-1);
    if (frame === undefined) leave(run, status);
    else {
      frame.returns.push(fork(run, run.state));
      frame.statuses.push(status);
      run.state.ended = 'jump';
    }
    return status;
  },
  break: (run, rest) => jump(run, rest, 'breaks'),
  continue: (run, rest) => jump(run, rest, 'continues'),
};

/** What `exit` and `return` hand on. */
function codeOf(rest: readonly Field[]): Status {
  const code = rest[0] === undefined ? null : fieldText(rest[0]);
  return code === null || !/^\d+$/.test(code) ? null : Number(code) === 0;
}

function reportedSuccess(run: Run, _: readonly Field[], call: Call): Status {
  emit(run, call);
  return true;
}

function noteUnknown(run: Run, pieces: readonly Piece[], name: string, place: Place): void {
  if (!isResolved(textOf(pieces))) report(run, 'unknown', `${name} runs text that is not fully known`, place);
}

function forget(run: Run, name: string | undefined, place: Place): void {
  if (name !== undefined && /^[A-Za-z_]\w*$/.test(name)) setScalar(run, name, [unknownPiece(name, place)]);
}

/** `printf -v NAME` assigns what it would print. */
function printTo(run: Run, rest: readonly Field[], call: Call): Status {
  const option = rest[0] === undefined ? null : fieldText(rest[0]);
  const name = rest[1] === undefined ? null : fieldText(rest[1]);
  if (option !== '-v' || name === null) return reportedSuccess(run, rest, call);
  const [first] = call.fields;
  const printed = first === undefined ? null : knownOutput(run, [first, ...rest.slice(2)], call.place);
  if (/^[A-Za-z_]\w*$/.test(name)) setScalar(run, name, printed?.pieces ?? [unknownPiece(name, call.place)]);
  return true;
}

/** A folder is taken to be there where the text names it, and where the output depends on it. */
function changeDirectory(run: Run, rest: readonly Field[], call: Call): Status {
  emit(run, call, textOf(call.fields[0]?.pieces ?? []) === 'pushd');
  const operand = rest.find((field) => field.quoted || !/^-[LPe@]+$|^--$/.test(textOf(field.pieces)));
  const home = variableOf(run, 'HOME', call.place);
  const pieces =
    operand === undefined ? (home.kind === 'scalar' ? home.pieces : []) : conditionalPieces(operand);
  const place = operand?.place ?? call.place;
  const back = operand !== undefined && fieldText(operand) === '-';
  const uncertain = back || operand?.many === true || (operand?.when.length ?? 0) > 0;
  const known = uncertain ? null : absolutePaths(run, pieces, place);
  setScalar(run, 'PWD', known === null ? [unknownPiece('PWD', place)] : known.map((part) => at(part, place)));
  const resolved = known !== null && isResolved(textOf(known));
  return resolved || (known !== null && run.state.variables.has(OUTPUT)) ? true : null;
}

function at(part: Piece, place: Place): Piece {
  return { ...part, place, word: place, exact: false, via: [] };
}

/** `set -- a b` replaces the arguments; options alone change nothing that matters here. */
function setArguments(run: Run, rest: readonly Field[]): Status {
  const texts = rest.map((field) => (field.many ? null : fieldText(field)));
  let at = 0;
  while (at < texts.length && /^[-+][A-Za-z]+$/.test(texts[at] ?? '')) {
    at += /^[-+][A-Za-z]*o$/.test(texts[at] ?? '') ? 2 : 1;
  }
  if (at >= rest.length) return true;
  const elements = rest.slice(texts[at] === '--' ? at + 1 : at).map(elementOf);
  setVariable(run, ARGUMENTS, { kind: 'list', elements, exported: false });
  return true;
}

function shift(run: Run, rest: readonly Field[], call: Call): Status {
  const elements = elementsOf(variableOf(run, ARGUMENTS, call.place));
  const text = rest[0] === undefined ? '1' : fieldText(rest[0]);
  const count = text === null || !isResolved(text) ? null : parseInteger(text);
  const first = elements.slice(0, count ?? elements.length);
  const uncertain = first.some((element) => element.many || element.when.length > 0);
  if (count === null || uncertain) {
    const unknown = { pieces: [unknownPiece('$@', call.place)], when: [], many: true, key: null };
    // Arguments that are wholly unknown stay what they are.
    if (!elements.every((element) => element.many)) {
      setVariable(run, ARGUMENTS, { kind: 'list', elements: [unknown], exported: false });
    }
    return null;
  }
  if (count > elements.length) return false;
  setVariable(run, ARGUMENTS, { kind: 'list', elements: elements.slice(count), exported: false });
  return true;
}

function unset(run: Run, rest: readonly Field[], call: Call): Status {
  const functions = rest.some((field) => textOf(field.pieces) === '-f');
  for (const field of rest) {
    const text = fieldText(field);
    const name = text === null ? undefined : /^([A-Za-z_]\w*)(\[.*\])?$/s.exec(text);
    if (name?.[1] === undefined) continue;
    if (functions) run.state.functions.delete(name[1]);
    else if (name[2] === undefined) setVariable(run, name[1], { kind: 'unset', exported: false });
    else {
      const unknown = { pieces: [unknownPiece(name[1], call.place)], when: [], many: true, key: null };
      setVariable(run, name[1], { kind: 'list', elements: [unknown], exported: false });
    }
  }
  return true;
}

function defineAliases(run: Run, rest: readonly Field[]): Status {
  for (const field of rest) {
    const text = fieldText(field);
    const at = text?.indexOf('=') ?? -1;
    if (text === null || at < 1) continue;
    const pieces = dropUnits(field.pieces, at + 1);
    run.state.aliases.set(text.slice(0, at), pieces);
    run.definedAliases.set(text.slice(0, at), pieces);
  }
  return true;
}

function dropUnits(pieces: readonly Piece[], count: number): readonly Piece[] {
  let left = count;
  return pieces.flatMap((part) => {
    const cut = Math.min(left, part.text.length);
    left -= cut;
    if (cut === 0) return [part];
    const { source, span } = part.place;
    const place = part.exact ? { source, span: { start: span.start + cut, end: span.end } } : part.place;
    return cut === part.text.length ? [] : [{ ...part, text: part.text.slice(cut), place }];
  });
}

/** The command of a trap runs when the event comes, at any later time or never. */
function trap(run: Run, rest: readonly Field[], call: Call): Status {
  const operands = rest[0] !== undefined && fieldText(rest[0]) === '--' ? rest.slice(1) : rest;
  const [action, ...events] = operands;
  const text = action === undefined ? '' : (fieldText(action) ?? '');
  if (action === undefined || events.length === 0 || text === '' || text === '-' || text.startsWith('-l'))
    return true;
  const label = { text: `on ${events.map((field) => textOf(field.pieces)).join(' ')}`, place: call.place };
  branch(
    run,
    'event',
    [
      { ...label, negated: false },
      { ...label, negated: true },
    ],
    [() => inSubshell(run, () => runText(run, action.pieces, call.place, null, false)).status, () => true],
  );
  return true;
}

function jump(run: Run, rest: readonly Field[], kind: 'breaks' | 'continues'): Status {
  const text = rest[0] === undefined ? '1' : fieldText(rest[0]);
  const levels = Math.max(1, Number(text ?? '1') || 1);
  const frame = run.loops.at(-levels) ?? run.loops[0];
  if (frame === undefined) return true;
  frame[kind].push(fork(run, run.state));
  run.state.ended = 'jump';
  return true;
}
