/** Reads values of devcontainer.json as located symbolic texts. */
import { explicit, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { childOf, entryOf, entryPlace, itemsOf, type Node, placeOf } from '../../syntax/node.ts';
import type { LocatedText } from '../docker/spec.ts';
import { type DevcontainerPlaces, substitute } from './variables.ts';

/** What every reader of a part needs: the folders, and which lines led to the file (a reference to a Feature). */
export interface NodeContext {
  readonly places: DevcontainerPlaces;
  readonly via: readonly Place[];
}

export function originAt(place: Place, { via }: NodeContext): Origin {
  return explicit(place, via);
}

/** The text of a scalar that is not null, substituted; null for other nodes. */
export function textOf(node: Node | undefined, context: NodeContext): LocatedText | null {
  if (node?.kind !== 'scalar' || node.value === null) return null;
  return { text: substitute(node.text, context.places), origin: originAt(placeOf(node), context) };
}

/** The texts of a list, or of a scalar as a list of one. */
export function textsOf(node: Node | undefined, context: NodeContext): LocatedText[] {
  const nodes = node?.kind === 'sequence' ? itemsOf(node) : node === undefined ? [] : [node];
  return nodes.flatMap((item) => textOf(item, context) ?? []);
}

/** The text of a property that is a non-empty string. */
export function textProperty(root: Node | undefined, key: string, context: NodeContext): LocatedText | null {
  const text = textOf(childOf(root, key), context);
  return text === null || text.text === '' ? null : text;
}

/** True, false, or null for a property that is no boolean; the strings are taken for what they say. */
export function booleanProperty(root: Node | undefined, key: string): boolean | null {
  const node = childOf(root, key);
  if (node?.kind !== 'scalar') return null;
  if (node.value === true || node.text === 'true') return true;
  return node.value === false || node.text === 'false' ? false : null;
}

/** The origin of key and value together, where the property is there. */
export function propertyOrigin(root: Node | undefined, key: string, context: NodeContext): Origin | null {
  const entry = entryOf(root, key);
  return entry === undefined ? null : originAt(entryPlace(entry), context);
}
