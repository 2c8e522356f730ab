/** Neighbours by the line that puts them beside the sandbox. */
import { samePlace } from '../source/source.ts';
import type { Neighbour } from './network.ts';

/** One group a place, in order. */
export function neighboursByPlace(neighbours: readonly Neighbour[]): Neighbour[][] {
  const groups: Neighbour[][] = [];
  for (const neighbour of neighbours) {
    const group = groups.find(
      ([first]) => first !== undefined && samePlace(first.origin.place, neighbour.origin.place),
    );
    if (group === undefined) groups.push([neighbour]);
    else group.push(neighbour);
  }
  return groups;
}
