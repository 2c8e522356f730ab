/** Commands behind a word that is not known: a prefix that may be empty, a program that may run its arguments. */
import { displayText } from '../../model/symbolic.ts';
import { conditionOf } from './choices.ts';
import { type Call, dispatch } from './command.ts';
import { type Field, fieldText } from './fields.ts';
import type { Choice } from './reading.ts';
import { fork, newId, OUTPUT, type Run } from './state.ts';
import { takesText } from './unfollowed.ts';

/**
 * `$SUDO docker run …`: the variable may be empty or hold `sudo`, so that the rest is a command. What the shell
 * itself knows by that name is left alone: in `$ENGINE build` the words are one program's.
 */
export function behindPrefix(run: Run, call: Call, isOwn: (name: string) => boolean): void {
  const [prefix, ...rest] = call.fields;
  const [next] = rest;
  if (prefix === undefined || next === undefined) return;
  const name = fieldText(next) ?? '';
  if (!next.many && (!/^[\w./-]+$/.test(name) || isOwn(name))) return;
  unheard(run, () => dispatch(run, { ...call, fields: rest, wrappers: [...call.wrappers, [prefix]] }));
}

/** What starts a sandbox, by the words that follow the program: a package of that name is none. */
const STARTS: Readonly<Record<string, RegExp>> = {
  docker: /^(?:run|create|exec|container|compose|buildx|build|sandbox)$/,
  podman: /^(?:run|create|exec|container|compose|build)$/,
  nerdctl: /^(?:run|create|exec|container|compose|build)$/,
  bwrap: /^--[a-z]/,
  'sandbox-exec': /^-[fpnD]/,
  firejail: /^--[a-z]/,
};

/**
 * `retry 3 docker run …`, with a `retry` that no text shows: the command, assuming that it is run.
 * @returns whether there is one
 */
export function behindProgram(run: Run, call: Call): boolean {
  const [program] = call.fields;
  const base = program === undefined ? '' : (fieldText(program)?.replace(/^.*\//s, '') ?? '');
  if (takesText(base)) return false;
  const at = call.fields.findIndex(
    (field, index) => index > 0 && startsSandbox(field, call.fields[index + 1]),
  );
  if (at === -1) return false;
  const label = { text: `${displayText(base)} runs its arguments`, place: call.place };
  const arms = [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
  const choice: Choice = { id: newId(run), kind: 'event', arms, leaving: new Set() };
  const before = run.state;
  run.state = fork(run, before, conditionOf(choice, [0]));
  const fields = call.fields.slice(at);
  unheard(run, () =>
    dispatch(run, { ...call, fields, wrappers: [...call.wrappers, call.fields.slice(0, at)] }),
  );
  run.state = before;
  return true;
}

function startsSandbox(field: Field, next: Field | undefined): boolean {
  const name = field.many ? '' : (fieldText(field) ?? '').replace(/^.*\//s, '');
  const verb = next === undefined ? null : fieldText(next);
  return Object.hasOwn(STARTS, name) && verb !== null && STARTS[name]?.test(verb) === true;
}

/** What the whole command prints is collected already. */
function unheard(run: Run, body: () => void): void {
  const output = run.state.variables.get(OUTPUT);
  run.state.variables.delete(OUTPUT);
  body();
  if (output !== undefined) run.state.variables.set(OUTPUT, output);
}
