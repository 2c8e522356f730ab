/** Where secrets stand, so that nothing that is printed ever shows one. */
import type { Variable } from '../model/environment.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { type Place, placeAt, sliceOf } from '../source/source.ts';

/** Every literal value of a variable counts: a value is never needed to understand a report. */
export function secretPlaces(sandboxes: readonly Sandbox[]): Place[] {
  return sandboxes.flatMap((sandbox) =>
    sandbox.environment.variables.filter((variable) => variable.from !== 'host').flatMap(valuePlaces),
  );
}

/** Of `KEY=value` and `KEY: value` the value alone: the name is what the finding is about. */
function valuePlaces(variable: Variable): Place[] {
  const { place } = variable.value.origin;
  const text = sliceOf(place);
  const at = text.indexOf(variable.name);
  if (at < 0) return [place];
  const before = placeAt(place.source, place.span.start, place.span.start + at);
  const rest = text.slice(at + variable.name.length);
  const separator = /^["']?\s*[=:]?\s*/.exec(rest)?.[0].length ?? 0;
  const start = place.span.start + at + variable.name.length + separator;
  const value = placeAt(place.source, start, place.span.end);
  // What stands before the name belongs to the flag or the list, unless the value itself contains the name.
  return [value, ...(sliceOf(before).includes('=') ? [before] : [])];
}
