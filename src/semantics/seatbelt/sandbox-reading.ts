/** Reads and evaluates one profile, with the profiles of the same project that it imports. */
import type { Project } from '../../model/project.ts';
import type { MappedText } from '../../source/mapped.ts';
import { plainText } from '../../source/mapped.ts';
import type { Source } from '../../source/source.ts';
import { readSexpr, type SexprResult } from '../../syntax/sexpr.ts';
import { evaluateProfile, type ProfileInput } from './evaluation.ts';
import { writtenHomes } from './grants.ts';
import { placesFor } from './model-paths.ts';
import type { AssumedPlaces } from './parameters.ts';
import type { SeatbeltProfile } from './profile.ts';

export interface ProfileReading {
  readonly profile: SeatbeltProfile;
  readonly places: AssumedPlaces;
  /** Profiles of the project that were imported, each once. */
  readonly imported: readonly Source[];
}

/**
 * @param text the profile itself, wherever it stands in `source`
 * @param parameters what the launcher passes; `unknown` for a profile found without one
 */
export function readProfile(
  text: MappedText,
  source: Source,
  project: Project,
  parameters: ProfileInput['parameters'],
): ProfileReading {
  const imported = new Map<string, { readonly source: Source; readonly syntax: SexprResult }>();
  const directory = directoryOf(project.relative(source));
  const importer = (name: string): SexprResult | null => {
    // Absolute names are files of macOS, and bare ones are looked for there first.
    if (name.startsWith('/')) return null;
    const lookup = project.read(directory === '' ? name : `${directory}/${name}`);
    if (lookup.status !== 'read') return null;
    const seen = imported.get(lookup.source.path);
    if (seen !== undefined) return seen.syntax;
    const syntax = readSexpr(plainText(lookup.source));
    imported.set(lookup.source.path, { source: lookup.source, syntax });
    return syntax;
  };
  const syntax = readSexpr(text);
  const evaluate = (places: AssumedPlaces): SeatbeltProfile =>
    evaluateProfile({ ...places, syntax, parameters, importer, source });
  const first = evaluate(placesFor());
  const [home] = writtenHomes(first.rules);
  const places = placesFor(home);
  const profile = home === undefined ? first : evaluate(places);
  return { profile, places, imported: [...imported.values()].map((one) => one.source) };
}

function directoryOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at);
}
