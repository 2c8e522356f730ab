/** The command line as it would be after a change. */
import type { Change, HardenedSetting } from '../../model/change.ts';
import { explicit } from '../../model/value.ts';
import { type Place, samePlace } from '../../source/source.ts';
import type { BwrapCall, Setting } from './call.ts';

const MEMORY = 4 * 2 ** 30;
const CORES = 2;
const PROCESSES = 512;

export function reviseCall(call: BwrapCall, change: Change): BwrapCall | null {
  return change.kind === 'remove' ? without(call, change.place) : hardened(call, change.setting);
}

function hardened(call: BwrapCall, setting: HardenedSetting): BwrapCall {
  const origin = explicit(call.place);
  const caller = call.caller;
  switch (setting) {
    // bwrap knows no lists of hosts: nothing, or a proxy's socket that is bound besides.
    case 'network-allow-list':
      return adding(call, 'unshare-net');
    case 'drop-capabilities':
      return adding(call, 'cap-drop', 'ALL');
    case 'memory-limit':
      return { ...call, caller: { ...caller, memory: { amount: MEMORY, origin } } };
    case 'cpu-limit':
      return { ...call, caller: { ...caller, cpu: { amount: CORES, origin } } };
    case 'process-limit':
      return { ...call, caller: { ...caller, processes: { amount: PROCESSES, origin } } };
    case 'ordinary-user':
      return { ...call, caller: { ...caller, root: null } };
    case 'empty-environment':
      return { ...call, assigned: [], caller: { ...caller, emptied: origin } };
    case 'own-session':
      return adding(call, 'new-session');
    case 'own-processes':
      return adding(adding(call, 'unshare-pid'), 'proc', '/proc');
    case 'no-new-privileges':
    case 'read-only-root':
    case 'removed-after-use':
      return call;
  }
}

function adding(call: BwrapCall, name: string, ...words: readonly string[]): BwrapCall {
  const text = [`--${name}`, ...words].join(' ');
  const added: Setting = { name, words, origin: explicit(call.place), when: [], text };
  return { ...call, settings: [...call.settings, added] };
}

/** What stands at the place is gone. */
function without(call: BwrapCall, place: Place): BwrapCall {
  const keep = <T extends { readonly origin: { readonly place: Place } }>(items: readonly T[]): T[] =>
    items.filter((item) => !samePlace(item.origin.place, place));
  const left = <T extends { readonly place: Place } | null>(origin: T): T | null =>
    origin !== null && samePlace(origin.place, place) ? null : origin;
  return {
    ...call,
    settings: keep(call.settings),
    descriptors: keep(call.descriptors),
    assigned: keep(call.assigned),
    unresolved: keep(call.unresolved),
    caller: { ...call.caller, root: left(call.caller.root) },
  };
}
