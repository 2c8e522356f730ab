/** Seatbelt profiles (`.sb`), found without what launches them. */

import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { explicit } from '../../model/value.ts';
import { MAX_GRANTS } from '../../semantics/seatbelt/model-grants.ts';
import { deadAllowances } from '../../semantics/seatbelt/model-inert.ts';
import { hides } from '../../semantics/seatbelt/model-unknowns.ts';
import { isFragment, type SeatbeltProfile } from '../../semantics/seatbelt/profile.ts';
import { seatbeltSandbox } from '../../semantics/seatbelt/sandbox.ts';
import { type ProfileReading, readProfile } from '../../semantics/seatbelt/sandbox-reading.ts';
import { plainText } from '../../source/mapped.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import type { Claim, Diagnostic, Frontend, FrontendResult } from '../frontend.ts';

export const seatbeltFrontend: Frontend = { id: 'seatbelt', claims, recognises, audit };

/** Templates are named after what they become: `agent.sb.in`. */
const PROFILE_NAME = /\.(?:sb|sbpl)(?:\.(?:in|tmpl|tpl|template|example|sample|dist|erb|j2|mustache|hbs))?$/i;

function claims(path: string): Claim {
  if (PROFILE_NAME.test(path)) return 'yes';
  return /(?:sandbox|seatbelt)[^/]*\.(?:profile|scm|tmpl|template|in)$/i.test(path) ? 'maybe' : 'no';
}

/** Enough of a file to tell what it is. */
const HEAD = 50_000;

/** A script that holds a profile in quotes or a here-document begins with something else. */
function recognises(text: string): boolean {
  const head = text.slice(0, HEAD);
  const first = /^\uFEFF?(?:\s|;[^\n]*\n)*/.exec(head)?.[0].length ?? 0;
  if (head[first] !== '(') return false;
  return /^\s*\(version\s+1\)/m.test(head) && /^\s*\((?:allow|deny)[\s)]/m.test(head);
}

const NOT_OURS: FrontendResult = { sandboxes: [], diagnostics: [], ours: false, absorbs: [], consulted: [] };

function audit(source: Source, project: Project): FrontendResult {
  const text = { text: plainText(source), conditions: [] };
  const reading = readProfile([text], { source, project, parameters: 'unknown' });
  const { profile, imported } = reading;
  const base: FrontendResult = {
    ...NOT_OURS,
    ours: true,
    absorbs: imported.map(sandboxId),
    consulted: imported.map(({ path }) => path),
    diagnostics: diagnosticsOf(reading, source),
  };
  if (profile.rules.length === 0 && profile.version === null) return withoutRules(base, source);
  // Nothing runs under a profile that macOS refuses, so there is nothing to say of what it would allow.
  if (profile.rejected !== null) return base;
  const sandbox = seatbeltSandbox(profile, {
    id: sandboxId(source),
    name: stemOf(source),
    place: anchorOf(profile, source),
    definition: [source, ...imported].map((file) => ({
      path: file.path,
      host: workspacePath(project.relative(file)),
    })),
    places: reading.places,
    unresolved: isFragment(profile) ? [restOf(profile, source)] : [],
  });
  return { ...base, sandboxes: [sandbox] };
}

/** Apple's Scheme files that only define functions are none of ours, and neither is what ends in `.sb` by chance. */
function withoutRules(base: FrontendResult, source: Source): FrontendResult {
  const message = 'no rule stands in the file';
  const place = placeAt(source, 0, 0);
  return { ...base, diagnostics: [...base.diagnostics, { message, place, severity: 'note' }] };
}

function stemOf(source: Source): string {
  const name = source.path.slice(source.path.lastIndexOf('/') + 1);
  return name.replace(PROFILE_NAME, '').replace(/\.\w+$/, '') || name;
}

export function sandboxId(source: Source): string {
  return `${source.path}#${stemOf(source)}`;
}

function anchorOf({ version, rules }: SeatbeltProfile, source: Source): Place {
  const own = rules.find((rule) => rule.place.source.path === source.path);
  return version ?? own?.place ?? placeAt(source, 0, 0);
}

function restOf(profile: SeatbeltProfile, source: Source): Unresolved {
  return {
    what: 'the profile that this is a part of',
    why: 'it has no version and no default, so that another file begins it',
    names: [],
    mayHide: 'any-setting',
    origin: explicit(anchorOf(profile, source)),
    kind: 'ambient',
  };
}

export function diagnosticsOf({ profile, places }: ProfileReading, source: Source): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const found of profile.diagnostics) {
    const { kind, message, place } = found;
    if (hides(found)) continue;
    const elsewhere = place.source.path !== source.path;
    if (kind === 'rejected') {
      const refused = `macOS refuses this profile, so that nothing runs under it: ${message}`;
      diagnostics.push({ message: refused, place, severity: 'error' });
    } else if (found.code === 'no-version') {
      diagnostics.push({ message: fragmentNote(profile), place, severity: 'note' });
    } else if (kind === 'limit') diagnostics.push({ message, place, severity: 'limit' });
    else diagnostics.push({ message, place, severity: kind === 'partial' && !elsewhere ? 'error' : 'note' });
  }
  for (const { part, message } of deadAllowances(profile.rules, places)) {
    diagnostics.push({ message, place: part.place, severity: 'note' });
  }
  return [...diagnostics, ...tooMany(profile)];
}

function fragmentNote(profile: SeatbeltProfile): string {
  return isFragment(profile)
    ? 'this is a part of a profile: what the rest of it allows is not known'
    : 'the profile has no `(version 1)`; what launches it has to put one in front';
}

function tooMany({ rules }: SeatbeltProfile): Diagnostic[] {
  if (rules.length <= MAX_GRANTS) return [];
  const message = `the profile has more than ${MAX_GRANTS} rules: the first ${MAX_GRANTS} grants are reported one by one`;
  return [{ message, place: null, severity: 'limit' }];
}
