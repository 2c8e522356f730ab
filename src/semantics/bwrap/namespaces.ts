/** Which namespaces the sandbox has of its own. */
import type { Namespaces, Sharing } from '../../model/privilege.ts';
import { byDefault, known, type Origin, type Value } from '../../model/value.ts';
import { assumption, implies, waysOf } from '../process/conditions.ts';
import type { Condition } from '../shell/reading.ts';
import type { BwrapCall, Setting } from './call.ts';

/** What an option does to a namespace. */
interface Event {
  readonly sharing: Sharing;
  readonly when: readonly Condition[];
  readonly origin: Origin;
}

type Name = keyof Namespaces;

const OWN: Readonly<Record<Name, readonly string[]>> = {
  pid: ['unshare-all', 'unshare-pid'],
  ipc: ['unshare-all', 'unshare-ipc'],
  uts: ['unshare-all', 'unshare-uts'],
  cgroup: ['unshare-all', 'unshare-cgroup', 'unshare-cgroup-try'],
  network: ['unshare-all', 'unshare-net'],
  user: ['unshare-all', 'unshare-user', 'unshare-user-try'],
};

const JOINED: Readonly<Record<string, Name>> = { pidns: 'pid', userns: 'user', userns2: 'user' };

export function bwrapNamespaces(call: BwrapCall): Namespaces {
  const of = (name: Name): Value<Sharing> => sharing(eventsOf(name, call.settings), call);
  return {
    pid: of('pid'),
    ipc: of('ipc'),
    uts: of('uts'),
    cgroup: of('cgroup'),
    network: of('network'),
    user: userNamespace(call, of('user')),
  };
}

/** `--share-net` takes back what stands before it, and nothing else (bubblewrap.c, parse_args_recurse). */
function eventsOf(name: Name, settings: readonly Setting[]): readonly Event[] {
  return settings.flatMap(({ name: option, when, origin }): Event[] => {
    if (OWN[name].includes(option)) return [{ sharing: 'own', when, origin }];
    if (name === 'network' && option === 'share-net') return [{ sharing: 'host', when, origin }];
    return JOINED[option] === name ? [{ sharing: 'other', when, origin }] : [];
  });
}

/** The worst that is possible: of options under conditions, each way is looked at. */
function sharing(events: readonly Event[], call: BwrapCall): Value<Sharing> {
  const shared = byDefault(call.place, 'bwrap shares what it is not told to keep apart');
  const all: readonly Event[] = [{ sharing: 'host', when: [], origin: shared }, ...events];
  let fallback: Value<Sharing> = known('host', shared);
  for (const [index, event] of all.entries()) {
    const assumes = standing(event, all.slice(index + 1));
    if (assumes === null) continue;
    fallback = known(event.sharing, event.origin, assumes);
    if (event.sharing === 'host') return fallback;
  }
  return fallback;
}

/** What has to hold for none of the later options to change it; null: one surely does. */
function standing(event: Event, later: readonly Event[]): readonly string[] | null {
  const ways = waysOf(event.when);
  const assumes = assumption(event.when, true);
  for (const { when, sharing: to } of later) {
    if (to === event.sharing) continue;
    if (implies(event.when, when) || !ways.exclude(when)) return null;
    assumes.push(...assumption(when, false).slice(0, 1));
  }
  return assumes;
}

/**
 * An ordinary user gets one in any case, as bwrap could not mount without it; unless bwrap is installed setuid
 * root, when it makes one for `--unshare-user` alone. Root gets one when it asks, and stays the same user in
 * it unless `--uid` maps it to another (bubblewrap.c, main and write_uid_gid_map).
 */
function userNamespace(call: BwrapCall, asked: Value<Sharing>): Value<Sharing> {
  const { root } = call.caller;
  if (root === null) {
    const certain = call.settings.find(isCertainOfItsOwn);
    if (certain !== undefined) return known('own', certain.origin);
    return known('own', byDefault(call.place, 'bwrap makes one for an ordinary user'), [NOT_SETUID]);
  }
  return asked.known && asked.value === 'own'
    ? known('host', asked.origin, ['the user namespace of root maps root to itself'])
    : asked;
}

const NOT_SETUID = 'bwrap is not installed setuid root';

/** `--unshare-user`, and what a setuid bwrap refuses, so that the command line is for another one. */
const NEVER_SETUID: ReadonlySet<string> = new Set([
  'unshare-user',
  'userns',
  'userns2',
  'cap-add',
  'size',
  'overlay-src',
]);

function isCertainOfItsOwn({ name, when }: Setting): boolean {
  return NEVER_SETUID.has(name) && when.length === 0;
}
