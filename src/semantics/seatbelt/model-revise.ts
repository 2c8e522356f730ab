/** The profile that would be left if something that is written in it were gone. */
import { type Place, samePlace } from '../../source/source.ts';
import { compound, type Filter, isCompound } from './filters.ts';
import type { SeatbeltProfile, SeatbeltRule } from './profile.ts';

export interface RevisedProfile {
  readonly profile: SeatbeltProfile;
  /** Rules that are gone, or stand there in another form. */
  readonly changed: readonly SeatbeltRule[];
}

/** Without the rule at the place, or without the part of a rule that stands there; null: nothing does. */
export function withoutPlace(profile: SeatbeltProfile, place: Place): RevisedProfile | null {
  const changed: SeatbeltRule[] = [];
  const rules = profile.rules.flatMap((rule): SeatbeltRule[] => {
    const left = samePlace(rule.place, place) ? null : withoutPart(rule, place);
    if (left !== rule) changed.push(rule);
    return left === null ? [] : [left];
  });
  return changed.length === 0 ? null : { profile: { ...profile, rules }, changed };
}

function withoutPart(rule: SeatbeltRule, place: Place): SeatbeltRule | null {
  if (rule.filter === null) return rule;
  const filter = pruned(rule.filter, place);
  if (filter === rule.filter) return rule;
  return filter === null ? null : { ...rule, filter };
}

/** Null when nothing of the filter is left: a rule without its filter would be about everything. */
function pruned(filter: Filter, place: Place): Filter | null {
  if (samePlace(filter.place, place)) return null;
  if (filter.kind === 'unix-socket' && filter.filter !== null) {
    const inner = pruned(filter.filter, place);
    return inner === filter.filter ? filter : inner === null ? null : { ...filter, filter: inner };
  }
  if (!isCompound(filter) || filter.kind === 'not') return filter;
  const parts = filter.parts.map((part) => pruned(part, place));
  if (parts.every((part, index) => part === filter.parts[index])) return filter;
  const left = parts.filter((part) => part !== null);
  if (left.length === 0 || (filter.kind === 'all' && left.length < parts.length)) return null;
  return compound(filter.kind, left, filter.place);
}
