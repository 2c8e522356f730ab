/** The config.json of a bundle (OCI runtime specification, config.md), as far as gVisor heeds it. */
import type { Variable } from '../../model/environment.ts';
import type { Limit, Limits } from '../../model/sandbox.ts';
import { byDefault, explicit, known, type Origin, type Value } from '../../model/value.ts';
import type { Place, Source } from '../../source/source.ts';
import { readJsonc } from '../../syntax/jsonc.ts';
import { childOf, descend, entryOf, entryPlace, itemsOf, type Node, placeOf } from '../../syntax/node.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import type { Layer } from '../process/host-view.ts';

export interface Bundle {
  readonly source: Source;
  readonly root: Node | undefined;
  /** False where it is not JSON throughout. */
  readonly whole: boolean;
}

export function readBundle(source: Source): Bundle {
  const { documents, problems } = readJsonc(source);
  return { source, root: documents[0], whole: !problems.some(({ severity }) => severity !== 'note') };
}

function textOf(node: Node | undefined): string | null {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.text : null;
}

function numberOf(node: Node | undefined): number | null {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : null;
}

export function originOf(node: Node): Origin {
  return explicit(placeOf(node));
}

/** What is mounted of the host; `keepsWrites`: an overlay over mounts too holds what is written. */
export function bundleLayers(
  { root }: Bundle,
  folder: string,
  keepsWrites: boolean,
): readonly Omit<Layer, 'remote'>[] {
  return itemsOf(childOf(root, 'mounts')).flatMap((mount) => {
    const options = itemsOf(childOf(mount, 'options')).map((item) => textOf(item) ?? '');
    const source = textOf(childOf(mount, 'source'));
    const target = textOf(childOf(mount, 'destination'));
    const binds = textOf(childOf(mount, 'type')) === 'bind' || options.some((one) => /^r?bind$/.test(one));
    if (!binds || source === null || target === null) return [];
    const writable = !options.includes('ro') && !keepsWrites;
    const at = source.startsWith('/') || folder === '' ? source : `${folder}/${source}`;
    return [{ target, source: at, writable, text: `${source} on ${target}`, origin: originOf(mount) }];
  });
}

export function bundleVariables({ root }: Bundle): readonly Variable[] {
  return itemsOf(descend(root, 'process', 'env')).flatMap((item) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(textOf(item) ?? '') ?? [];
    return name === '' ? [] : [writtenVariable(name, value, originOf(item))];
  });
}

export function bundleCommand({ root }: Bundle): readonly string[] {
  return itemsOf(descend(root, 'process', 'args')).flatMap((item) => textOf(item) ?? []);
}

/** Null: root. */
export function bundleUser({ root }: Bundle): { readonly uid: number; readonly origin: Origin } | null {
  const entry = entryOf(descend(root, 'process', 'user'), 'uid');
  const uid = numberOf(entry?.value);
  return entry === undefined || uid === null || uid === 0
    ? null
    : { uid, origin: explicit(entryPlace(entry)) };
}

export function takesNoPrivileges({ root }: Bundle): Origin | null {
  const entry = entryOf(childOf(root, 'process'), 'noNewPrivileges');
  return entry?.value.kind === 'scalar' && entry.value.value === true ? explicit(entryPlace(entry)) : null;
}

export interface NetworkNamespace {
  /** Null: a new one. */
  readonly path: string | null;
  readonly origin: Origin;
}

/** Null: that of whoever starts it. */
export function networkNamespace({ root }: Bundle): NetworkNamespace | null {
  const found = itemsOf(descend(root, 'linux', 'namespaces')).find(
    (item) => textOf(childOf(item, 'type')) === 'network',
  );
  return found === undefined ? null : { path: textOf(childOf(found, 'path')), origin: originOf(found) };
}

export function bundleLimits({ root }: Bundle, place: Place): Limits {
  const resources = descend(root, 'linux', 'resources');
  const none: Value<Limit> = known({ amount: null }, byDefault(place, 'the bundle sets none'));
  const limit = (group: string, key: string, amount: (value: number) => number | null): Value<Limit> => {
    const entry = entryOf(childOf(resources, group), key);
    const value = numberOf(entry?.value);
    if (entry === undefined || value === null) return none;
    // A negative value is no limit (runtime-spec, config-linux.md).
    return known({ amount: value > 0 ? amount(value) : null }, explicit(entryPlace(entry)));
  };
  const period = numberOf(descend(resources, 'cpu', 'period')) ?? 100_000;
  return {
    expressible: true,
    memory: limit('memory', 'limit', (value) => value),
    cpu: limit('cpu', 'quota', (value) => value / period),
    processes: limit('pids', 'limit', (value) => value),
    disk: none,
  };
}
