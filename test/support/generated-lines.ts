/** Run lines put together from single flags, always the same ones for one seed. */
import fc from 'fast-check';
import { flagWords } from './run-lines.ts';

/** What names a container, ends the flags, takes the next flag for its value, or asks for a plugin. */
const ALONE = /^--name | --name |IMG|^-- |^-[hv]$|^--volume-driver foo/;
/** Of several networks old engines take none, and new ones some. */
const NETWORK = /^--net(?:work)?(?:=|$)/;

export interface LineSource {
  readonly taken: readonly string[];
  readonly refused: readonly string[];
}

/** Ways to write a flag and its value: as they are, with `=`, in one word, behind other letters. */
function spelled([flag = '', value, ...rest]: readonly string[], spelling: number): string[] {
  if (value === undefined || rest.length > 0) return [flag, ...(value === undefined ? [] : [value]), ...rest];
  if (flag.startsWith('--')) return spelling % 2 === 0 ? [flag, value] : [`${flag}=${value}`];
  if (!/^-[a-zA-Z]$/.test(flag) || value === '') return [flag, value];
  return (
    [[flag, value], [`${flag}${value}`], [`${flag}=${value}`], [`-it${flag.slice(1)}`, value]][spelling] ?? []
  );
}

/** Targets of their own, most times: else every second line mounts twice at one place. */
function apart(words: readonly string[], at: number, keeps: boolean): string[] {
  return words.map((word) => (keeps ? word : word.replace(/(?<=[:=])\/b(?=[:,]|$)/, `/b${at}`)));
}

/** Words behind `create`, before the image. */
export function generatedLines({ taken, refused }: LineSource, seed: number, count: number): string[][] {
  const good = fc.constantFrom(...taken.filter((line) => !ALONE.test(line)));
  const bad = fc.constantFrom(...refused.filter((line) => !ALONE.test(line)));
  const part = fc.record({
    text: fc.oneof({ weight: 24, arbitrary: good }, { weight: 1, arbitrary: bad }),
    spelling: fc.integer({ min: 0, max: 3 }),
    keeps: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  });
  const line = fc.array(part, { minLength: 2, maxLength: 6 }).map((parts) =>
    parts.flatMap(({ text, spelling, keeps }, at) => {
      return apart(spelled(flagWords(text), spelling), at, keeps);
    }),
  );
  const single = line.filter((words) => words.filter((word) => NETWORK.test(word)).length < 2);
  return fc.sample(single, { seed, numRuns: count });
}

/** Lines of a list put together, where they have no flag in common: an engine is asked more at a time. */
export function bundled(
  lines: readonly (readonly string[])[],
  flagsOf: (words: readonly string[]) => ReadonlySet<string> | null,
  isTaken: (words: readonly string[]) => boolean,
): string[][] {
  const bundles: { words: string[]; flags: Set<string> }[] = [];
  const alone: string[][] = [];
  for (const words of lines) {
    const flags = flagsOf(words);
    const room = bundles.find(
      (bundle) =>
        flags !== null &&
        bundle.words.length < LONGEST &&
        [...flags].every((flag) => !bundle.flags.has(flag)) &&
        isTaken([...bundle.words, ...words]),
    );
    if (flags === null) alone.push([...words]);
    else if (room === undefined) bundles.push({ words: [...words], flags: new Set(flags) });
    else {
      room.words.push(...words);
      for (const flag of flags) room.flags.add(flag);
    }
  }
  return [...bundles.map(({ words }) => words), ...alone];
}

const LONGEST = 8;
