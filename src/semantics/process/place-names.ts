/** Names of sandboxes that have none but their command and where it stands. */
import { type Place, positionAt } from '../../source/source.ts';

export interface PlaceName {
  /** `bwrap (line 3)`; with the column, or a number, where that is not enough. */
  readonly name: string;
  /** The same for a sandbox's id: `bwrap:3`. */
  readonly id: string;
}

/**
 * In the order of the places, each name once.
 * @param commands what stands at each place, where one command can be several sandboxes
 */
export function placeNames(
  word: string,
  places: readonly Place[],
  commands: readonly object[] = [],
): readonly PlaceName[] {
  const positions = places.map((place) => ({ ...positionAt(place.source, place.span.start), place }));
  const times = new Map<string, number>();
  const isSame = (index: number): boolean => {
    const own = commands[index];
    return own !== undefined && commands.indexOf(own) < index;
  };
  return positions.map(({ line, column, place }, index) => {
    const shared = positions.some(
      (other) => other.place.source === place.source && other.line === line && other.column !== column,
    );
    const [name, id] = shared
      ? [`line ${line}, column ${column}`, `${line}:${column}`]
      : [`line ${line}`, `${line}`];
    const key = `${place.source.path}:${id}`;
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    return time === 1
      ? { name: `${word} (${name})`, id: `${word}:${id}` }
      : {
          name: `${word} (${name}, ${isSame(index) ? 'choice' : 'call'} ${time})`,
          id: `${word}:${id}#${time}`,
        };
  });
}
