/** Secrets and configs: files and values that a service is handed by name. */
import type { Variable } from '../../model/environment.ts';
import { displayText } from '../../model/symbolic.ts';
import { known, type Origin, unknown } from '../../model/value.ts';
import { entryPlace, type Node, placeOf } from '../../syntax/node.ts';
import type { MountSpec } from '../docker/spec.ts';
import { sourcePath } from '../docker/volume.ts';
import { ANY_MOUNT, baseOf } from './mounts.ts';
import { definitionEntry } from './project.ts';
import {
  field,
  listItems,
  noteUnknown,
  originAt,
  type Reading,
  readBoolean,
  readField,
  readText,
} from './reading.ts';
import { variableFrom } from './variables.ts';

export interface HandedFiles {
  readonly mounts: readonly MountSpec[];
  readonly variables: readonly Variable[];
}

type Section = 'secrets' | 'configs';

interface Handed {
  readonly name: string;
  readonly target: string;
  readonly origin: Origin;
}

/**
 * Compose mounts a secret's or config's file read-only and keeps nothing from the code inside
 * (compose-spec 09-secrets.md).
 * @param phase `build` for `build.secrets`
 */
export function readHandedFiles(
  reading: Reading,
  owner: Node | undefined,
  section: Section,
  phase: Variable['phase'] = 'run',
): HandedFiles {
  const handed = listItems(reading, field(owner, section)?.value).flatMap(
    (node) => readHanded(reading, node, section) ?? [],
  );
  const results = handed.map((one) => resolve(reading, one, section, phase));
  return {
    mounts: results.flatMap(({ mounts }) => mounts),
    variables: results.flatMap(({ variables }) => variables),
  };
}

function readHanded(reading: Reading, node: Node, section: Section): Handed | null {
  const root = section === 'secrets' ? '/run/secrets/' : '/';
  if (node.kind === 'scalar') {
    const text = readText(reading, node);
    return text === null ? null : { name: text.text, target: root + text.text, origin: text.origin };
  }
  const source = readField(reading, field(node, 'source'));
  if (source === null) return null;
  const target = readField(reading, field(node, 'target'))?.text ?? source.text;
  const origin = originAt(reading, placeOf(node));
  return { name: source.text, target: target.startsWith('/') ? target : root + target, origin };
}

const NONE: HandedFiles = { mounts: [], variables: [] };

function resolve(reading: Reading, handed: Handed, section: Section, phase: Variable['phase']): HandedFiles {
  const entry = definitionEntry(reading.compose, section, handed.name);
  const what = section === 'secrets' ? 'secret' : 'config';
  if (entry === null) return missing(reading, handed, `the ${what} is not defined`);
  const { via: _, ...use } = handed.origin;
  const at = (place: Origin['place']): Origin => ({ ...use, place, via: [handed.origin.place] });
  const file = readField(reading, field(entry.value, 'file'));
  if (file !== null) {
    const node = field(entry.value, 'file')?.value ?? entry.value;
    noteUnknown(reading, file, ANY_MOUNT);
    return { ...NONE, mounts: [fileMount(handed, file, at(file.origin.place), baseOf(reading, node))] };
  }
  const environment = readField(reading, field(entry.value, 'environment'));
  if (environment !== null) {
    const name = displayText(environment.text);
    const origin = at(environment.origin.place);
    const value = unknown(`$${name}`, 'it is taken from the host', [name], origin);
    return { ...NONE, variables: [{ name, from: 'host', value, hostNames: [name], phase, origin }] };
  }
  const content = readField(reading, field(entry.value, 'content'));
  if (content !== null) {
    const origin = at(content.origin.place);
    return { ...NONE, variables: [variableFrom(handed.name, { ...content, origin }, phase)] };
  }
  const external = readBoolean(reading, field(entry.value, 'external'), 'credential');
  const why = external === null ? `the ${what} names no source` : `the ${what} is kept outside the project`;
  return missing(reading, { ...handed, origin: at(entryPlace(entry)) }, why);
}

function missing(reading: Reading, handed: Handed, why: string): HandedFiles {
  const { name, origin } = handed;
  const mayHide = 'credential';
  reading.unresolved.push({ what: displayText(name), why, names: [name], mayHide, origin, kind: 'ambient' });
  return NONE;
}

function fileMount(
  handed: Handed,
  file: { readonly text: string; readonly assumes: readonly string[] },
  origin: Origin,
  base: string,
): MountSpec {
  const mount: MountSpec = {
    type: 'bind',
    host: sourcePath(file.text, base),
    volume: null,
    target: handed.target,
    readOnly: known(true, origin),
    propagation: 'private',
    recursiveReadOnly: true,
    size: null,
    text: `${displayText(file.text)}:${displayText(handed.target)}`,
    origin,
  };
  return file.assumes.length === 0 ? mount : { ...mount, assumes: file.assumes };
}
