/**
 * Which parts of an expanded text can become one word, where some parts are there only under conditions. In
 * `docker run $A -v $B:/x` the text of `$A` may be absent, and still `run` and `-v` are two words.
 */

import { sameCondition } from './choices.ts';
import type { TextChunk } from './fields.ts';
import { cutAtSpaces, isSpace, type Use } from './splitting.ts';

/** Beyond this the parts are not told apart; no text that people write comes near. */
const MAX_ATOMS = 600;

/** Chunks that lie between two certain word boundaries, in order; chunks that only separate make clusters too. */
export function clustersOf(chunks: readonly TextChunk[], use: Use): readonly (readonly TextChunk[])[] {
  const atoms = chunks.flatMap((chunk) => cutAtSpaces(chunk, use.separators));
  if (atoms.length > MAX_ATOMS) return [atoms];
  const clusters: TextChunk[][] = [];
  let reach = -1;
  for (const [at, atom] of atoms.entries()) {
    const current = clusters.at(-1);
    if (current !== undefined && at <= reach) current.push(atom);
    else clusters.push([atom]);
    reach = Math.max(reach, lastGlued(atoms, at, use));
  }
  return clusters;
}

/** The last atom that can touch the one at `from`, because all that separates them can be absent. */
function lastGlued(atoms: readonly TextChunk[], from: number, use: Use): number {
  const first = atoms[from];
  let last = from;
  if (first === undefined || separates(first, use)) return last;
  const between: TextChunk[] = [];
  for (let at = from + 1; at < atoms.length; at += 1) {
    const atom = atoms[at];
    if (atom === undefined) break;
    if (separates(atom, use)) {
      // There whenever the first one is: nothing behind it can be reached.
      if (implied(atom, first)) break;
      between.unshift(atom);
      continue;
    }
    if (!between.some((separator) => implied(separator, first, atom))) last = at;
    // An empty text is there and yet keeps nothing apart.
    if (implied(atom, first) && atom.piece.text !== '') break;
  }
  return last;
}

/** True if a part is there whenever all the others are. */
function implied(part: TextChunk, ...others: readonly TextChunk[]): boolean {
  return part.piece.when.every((condition) =>
    others.some(({ piece }) => piece.when.some((other) => sameCondition(condition, other))),
  );
}

function separates({ split, piece }: TextChunk, use: Use): boolean {
  const [unit] = piece.text;
  return split && unit !== undefined && isSpace(unit) && use.separators.includes(unit);
}
