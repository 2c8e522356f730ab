/** `mounts`, `workspaceMount` and the mount that a devcontainer has when nobody says anything. */
import { enclosureAssumptions, hiddenBy } from '../../model/enclosure.ts';
import { workspacePath } from '../../model/host-path.ts';
import type { InertSetting, Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { byDefault, explicit, known } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { childOf, entriesOf, entryOf, entryPlace, itemsOf, type Node, placeOf } from '../../syntax/node.ts';
import { parseMount } from '../docker/mount.ts';
import type { RunError } from '../docker/run-flags.ts';
import type { LocatedText, MountSpec } from '../docker/spec.ts';
import { type NodeContext, originAt, textOf } from './node-text.ts';
import { DEVCONTAINER_ID, type DevcontainerPlaces } from './variables.ts';

export interface MountReading {
  readonly mounts: readonly MountSpec[];
  /** Texts that only the run can tell, and that hold a mount. */
  readonly unresolved: readonly Unresolved[];
  readonly inert: readonly InertSetting[];
  readonly errors: readonly RunError[];
}

const NOTHING: MountReading = { mounts: [], unresolved: [], inert: [], errors: [] };

/** The `mounts` of devcontainer.json or of a Feature: strings of `--mount`, or objects. */
export function readMounts(root: Node | undefined, context: NodeContext, compose: boolean): MountReading {
  const readings = itemsOf(childOf(root, 'mounts')).map((item) => readMount(item, context, compose));
  return {
    mounts: readings.flatMap(({ mounts }) => mounts),
    unresolved: readings.flatMap(({ unresolved }) => unresolved),
    inert: readings.flatMap(({ inert }) => inert),
    errors: readings.flatMap(({ errors }) => errors),
  };
}

/** A mount in the string form, quoted as its author wrote it: `${localWorkspaceFolder}` and all. */
function stringMount(
  item: Node,
  text: LocatedText,
  context: NodeContext,
): MountSpec | { readonly error: string } {
  const mount = parseMount(text.text, text.origin, { base: context.places.folder, engine: 'docker' });
  return 'error' in mount || item.kind !== 'scalar' ? mount : { ...mount, text: item.text };
}

function readMount(item: Node, context: NodeContext, compose: boolean): MountReading {
  if (item.kind === 'mapping') return readObject(item, context);
  const text = textOf(item, context);
  if (text === null) return NOTHING;
  const mount = stringMount(item, text, context);
  if ('error' in mount) return refused(text, mount.error);
  if (!compose || !mount.readOnly.known || !mount.readOnly.value) return accepted(mount, text);
  // Only `source:target` reaches the compose file that is generated (devcontainers/cli dockerCompose.ts).
  return {
    ...accepted({ ...mount, readOnly: known(false, text.origin) }, text),
    inert: [
      {
        setting: 'readonly in "mounts"',
        why: 'beside dockerComposeFile only source and target of a mount are used, so that it is writable',
        instead: "write the mount with :ro into the compose service's volumes",
        origin: text.origin,
      },
    ],
  };
}

/** A mount of which the source is not known is kept, and told. */
function accepted(mount: MountSpec, located: LocatedText): MountReading {
  const unresolved = mount.host?.root === 'unknown' ? [unresolvedMount(located, mount)] : [];
  return { ...NOTHING, mounts: [mount], unresolved };
}

function refused(located: LocatedText, message: string): MountReading {
  if (!isResolved(located.text)) return { ...NOTHING, unresolved: [unresolvedMount(located)] };
  return { ...NOTHING, errors: [{ message, origin: located.origin }] };
}

function unresolvedMount({ text, origin }: LocatedText, mount: MountSpec | null = null): Unresolved {
  const host = mount?.host ?? null;
  const writable = mount?.readOnly.known !== true || !mount.readOnly.value;
  return {
    what: displayText(text),
    why: ['it is set outside the files', ...(host === null ? [] : enclosureAssumptions(host))].join('; '),
    names: unknownNames(text),
    mayHide: host === null ? 'mount' : hiddenBy(host, writable),
    origin,
    kind: 'text',
  };
}

/** Keys that the object form takes; others are dropped without a word (devcontainers/spec, Mount). */
const OBJECT_KEYS = ['type', 'source', 'target'];

function readObject(item: Node, context: NodeContext): MountReading {
  const origin = originAt(placeOf(item), context);
  const fields = OBJECT_KEYS.flatMap((key) => {
    const text = textOf(childOf(item, key), context);
    return text === null ? [] : [`${key}=${quoted(text.text)}`];
  });
  const mount = parseMount(fields.join(','), origin, { base: context.places.folder, engine: 'docker' });
  if ('error' in mount) return refused({ text: fields.join(','), origin }, mount.error);
  const readOnly = entriesOf(item).find(
    ({ key, value }) =>
      /^(?:readonly|read_only|ro)$/i.test(key) && value.kind === 'scalar' && value.text !== 'false',
  );
  const inert: InertSetting[] =
    readOnly === undefined
      ? []
      : [
          {
            setting: `"${readOnly.key}" in a mount object`,
            why: 'the object form has no such key, so that the mount is writable',
            instead: `write the mount as a string: "type=${mount.type},source=…,target=…,readonly"`,
            origin: originAt(entryPlace(readOnly), context),
          },
        ];
  return { ...accepted(mount, { text: fields.join(','), origin }), inert };
}

function quoted(text: string): string {
  return text.includes(',') ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Of mounts with one target the last wins (devcontainers/cli imageMetadata.ts, mergeMounts).
 */
export function lastByTarget(mounts: readonly MountSpec[]): MountSpec[] {
  const last = new Map(mounts.map((mount) => [mount.target, mount]));
  return mounts.filter((mount) => mount.target === null || last.get(mount.target) === mount);
}

/**
 * The project inside: as `workspaceMount` says, none where that is empty, and by default the root of the
 * repository around the opened folder, writable (devcontainers/cli utils.ts, getWorkspaceConfiguration).
 */
export function workspaceMount(root: Node, context: NodeContext, anchor: Place): MountReading {
  const node = childOf(root, 'workspaceMount');
  const text = textOf(node, context);
  if (node === undefined || text === null)
    return { ...NOTHING, mounts: [defaultMount(context.places, anchor)] };
  if (text.text.trim() === '') return NOTHING;
  const mount = stringMount(node, text, context);
  if ('error' in mount) return refused(text, mount.error);
  return accepted(mount, text);
}

function defaultMount(places: DevcontainerPlaces, anchor: Place): MountSpec {
  const origin = byDefault(anchor, 'the project is mounted unless workspaceMount says otherwise');
  return {
    type: 'bind',
    host: workspacePath(places.mounted),
    volume: null,
    target: defaultTarget(places),
    readOnly: known(false, origin),
    propagation: 'private',
    recursiveReadOnly: true,
    size: null,
    text: places.mounted === places.folder ? 'the project directory' : 'the repository around the project',
    origin,
  };
}

/** `/workspaces/NAME`, NAME that of the folder that is mounted. */
export function defaultTarget({ mounted, folder, basename }: Omit<DevcontainerPlaces, 'inside'>): string {
  if (mounted === folder) return `/workspaces/${basename}`;
  const name = mounted.slice(mounted.lastIndexOf('/') + 1);
  return `/workspaces/${name === '' ? 'workspace' : name}`;
}

/** Does the volume's name name this devcontainer, or its folder? */
export function namesProject(volume: string, { basename }: DevcontainerPlaces): boolean {
  return volume.includes(DEVCONTAINER_ID) || volume.includes(basename);
}

/** For what has no effect where the container comes from a compose file: the property's place. */
export function inertProperty(root: Node, key: string, why: string, instead: string): InertSetting[] {
  const entry = entryOf(root, key);
  if (entry === undefined || isEmpty(entry.value)) return [];
  return [{ setting: `"${key}"`, why, instead, origin: explicit(entryPlace(entry)) }];
}

function isEmpty(node: Node): boolean {
  if (node.kind === 'scalar') return node.value === null;
  return itemsOf(node).length + entriesOf(node).length === 0;
}
