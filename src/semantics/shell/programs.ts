/** `command -v` and its kin: where a program is, if it is there. */
import { unknownPart } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { conditionOf } from './choices.ts';
import { type Field, fieldText } from './fields.ts';
import type { Output } from './known-output.ts';
import type { Choice } from './reading.ts';
import { newId, type Run } from './state.ts';
import { piece, withWhen } from './value.ts';

/** Words in front of the program's name: bash(1) `command`, `type`; which(1); zshbuiltins(1) `whence`. */
const ASKING = /^(?:command -[pv]*v[pv]*|which|type -[pP]|whence(?: -p)?)$/;

/**
 * The path of a program: its directory is not known, its name is. A script that asks describes the run with the
 * program; that it is missing is the other way.
 */
export function programPath(run: Run, fields: readonly Field[], place: Place): Output | null {
  const words = fields.map((field) => (field.many || field.when.length > 0 ? null : fieldText(field)));
  const name = words.at(-1) ?? null;
  const asked = words.slice(0, -1).join(' ');
  if (words.includes(null) || name === null || !ASKING.test(asked) || !/^[\w./+-]+$/.test(name)) return null;
  if (name.includes('/')) return { pieces: [piece(`${name}\n`, place)], status: null };
  // The others look for files alone.
  const builtin = asked.startsWith('command') || asked === 'whence';
  if (builtin && run.state.functions.has(name)) return { pieces: [piece(`${name}\n`, place)], status: true };
  const label = { text: `${asked} ${name}`, place };
  const arms = [
    { ...label, negated: false },
    { ...label, negated: true },
  ];
  const choice: Choice = { id: newId(run), kind: 'default', arms, leaving: new Set() };
  const [holds, fails] = [conditionOf(choice, [0]), conditionOf(choice, [1])];
  const path = piece(`${unknownPart(`$(dirname "$(command -v ${name})")`)}/${name}\n`, place);
  return { pieces: [withWhen(path, [holds])], status: { holds, fails } };
}
