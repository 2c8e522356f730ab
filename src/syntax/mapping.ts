/** Collects the entries of one mapping: of duplicate keys the last counts, and the earlier is told. */
import type { ProblemList } from './limits.ts';
import type { MappingEntry } from './node.ts';

export interface EntryList {
  has(key: string): boolean;
  /** An entry as written in the mapping itself. */
  put(entry: MappingEntry): void;
  /** An entry that comes from elsewhere and gives way to what is here. */
  inherit(entry: MappingEntry): void;
  entries(): readonly MappingEntry[];
}

export function entryList(list: ProblemList): EntryList {
  const byKey = new Map<string, MappingEntry>();
  return {
    has: (key) => byKey.has(key),
    put(entry): void {
      const earlier = byKey.get(entry.key);
      if (earlier !== undefined) {
        const { start, end } = earlier.keySpan;
        list.add('note', `duplicate key "${entry.key}": a later one replaces it`, start, end);
        byKey.delete(entry.key);
      }
      byKey.set(entry.key, entry);
    },
    inherit(entry): void {
      if (!byKey.has(entry.key)) byKey.set(entry.key, entry);
    },
    entries: () => [...byKey.values()],
  };
}
