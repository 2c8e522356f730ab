/** One bwrap command of a script: its options, what it runs, and who starts it. */
import { soleUnknown } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { callerOf } from '../process/caller.ts';
import { commandPlace, shownCommand, startingEnvironment } from '../process/command.ts';
import { isProbe } from '../process/probe.ts';
import type { ShellCommand } from '../shell/reading.ts';
import type { BwrapCall, OpenDescriptor } from './call.ts';
import { readOptions } from './option-reading.ts';
import { withLoopPlaces } from './option-words.ts';
import { refusalsOf } from './refusals.ts';

const VARIABLE = /^(?:\w+_)?(?:BWRAP|BUBBLEWRAP)(?:_(?:BIN|PATH|CMD|EXE))?$/i;
const LOOK_UP = /^\$?\(?(?:command -v|which|type -[Pp]) ["']?(?:\S*\/)?bwrap["']?\)?$/;

/** True for `bwrap`, by whatever path or variable it is called. */
export function isBwrap({ words }: ShellCommand): boolean {
  const [word] = words;
  if (word === undefined) return false;
  const values = [word.value, ...(word.alternatives ?? []).map(({ value }) => value)];
  return values.some((value) => {
    const name = soleUnknown(value);
    return name === null ? /^(?:.*\/)?bwrap$/s.test(value) : VARIABLE.test(name) || LOOK_UP.test(name);
  });
}

/** @param commands all commands of the script, for what feeds `--args` and for `ulimit` */
export function bwrapCall(command: ShellCommand, commands: readonly ShellCommand[]): BwrapCall | null {
  const [word, ...rest] = command.words;
  if (word === undefined || !isBwrap(command)) return null;
  const reading = readOptions(rest, command, commands);
  const [end] = reading.ends;
  const inside = end === undefined ? [] : rest.slice(end.at);
  const settings = withLoopPlaces(reading.settings);
  const query = settings.some(
    ({ name, when }) => (name === 'help' || name === 'version') && when.length === 0,
  );
  const before = commands.slice(0, Math.max(0, commands.indexOf(command)));
  const caller = callerOf(command, before);
  const place = commandPlace(word);
  return {
    place,
    settings: settings.map(({ setting }) => setting),
    descriptors: descriptorsOf(command),
    caller,
    assigned: command.assignments.map(({ name, value, place }) =>
      writtenVariable(name, value.value, explicit(place)),
    ),
    command: shownCommand(inside),
    starting: startingEnvironment(inside),
    unresolved: reading.unresolved,
    refusals: [
      ...reading.refusals,
      ...refusalsOf(
        settings.map(({ setting }) => setting),
        {
          place,
          commanded: inside.length > 0,
          open: reading.unresolved.length > 0 || reading.refusals.length > 0,
          root: caller.root !== null,
        },
      ),
    ],
    query,
    probe: reading.unresolved.length === 0 && isProbe(reading.ends.map(({ at }) => rest.slice(at))),
  };
}

function descriptorsOf({ redirections }: ShellCommand): readonly OpenDescriptor[] {
  return redirections.flatMap(({ descriptor, operator, target, place }) => {
    if (typeof descriptor !== 'number' || descriptor < 3) return [];
    const readable = operator === '<' || operator === '<>';
    return [{ number: descriptor, path: target?.value ?? null, readable, origin: explicit(place) }];
  });
}
