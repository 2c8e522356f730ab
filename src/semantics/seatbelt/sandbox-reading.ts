/** Reads and evaluates one profile, with the profiles of the same project that it imports. */
import type { Project } from '../../model/project.ts';
import { plainText } from '../../source/mapped.ts';
import type { Source } from '../../source/source.ts';
import { readSexpr, type SexprResult } from '../../syntax/sexpr.ts';
import { evaluateProfile, type ProfileInput } from './evaluation.ts';
import { writtenHomes } from './grants.ts';
import { placesFor } from './model-paths.ts';
import type { AssumedPlaces } from './parameters.ts';
import type { SeatbeltProfile } from './profile.ts';
import { type ProfileText, partsOf } from './profile-parts.ts';

export interface ProfileReading {
  readonly profile: SeatbeltProfile;
  readonly places: AssumedPlaces;
  /** Profiles of the project that were imported, each once. */
  readonly imported: readonly Source[];
}

export interface ProfileContext extends Pick<ProfileInput, 'parameters' | 'open' | 'source'> {
  readonly project: Project;
}

/** @param texts the profile itself in order, wherever it stands */
export function readProfile(texts: readonly ProfileText[], context: ProfileContext): ProfileReading {
  const { source, project, parameters, open = false } = context;
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
  const parts = partsOf(texts);
  const evaluate = (places: AssumedPlaces): SeatbeltProfile =>
    evaluateProfile({ ...places, parts, open, parameters, importer, source });
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
