/** Who the code inside is, and what the kernel lets it do. */
import { ALL_CAPABILITIES, normaliseCapability } from '../../knowledge/capabilities.ts';
import type { Capabilities, Confinement, Namespaces, Privilege, User } from '../../model/privilege.ts';
import { answer, byDefault, implied, known, type Origin, type Value } from '../../model/value.ts';
import { assumption } from '../process/conditions.ts';
import type { BwrapCall, Setting } from './call.ts';

export function bwrapPrivilege(call: BwrapCall, namespaces: Namespaces): Privilege {
  const { root } = call.caller;
  const user = userOf(call);
  const effectiveRoot =
    root === null
      ? answer('no', [user.origin], 'whoever starts it is an ordinary user')
      : answer('yes', [root], 'root starts it');
  return {
    user,
    effectiveRoot,
    // bwrap sets no_new_privs before it runs anything, and mounts everything nosuid (bubblewrap.c, main).
    sudo: answer('no', [byDefault(call.place, 'bwrap')], 'bwrap makes sudo powerless'),
    privileged: null,
    capabilities: capabilitiesOf(call),
    noNewPrivileges: known(true, implied(call.place, 'bwrap sets it always')),
    confinement: confinementOf(call),
    namespaces,
    devices: [],
    deviceRules: [],
    groups: [],
    runtime: known('shared-kernel', byDefault(call.place, 'bwrap shares the kernel')),
    rootIsHostRoot:
      root === null
        ? answer('no', [namespaces.user.origin], 'root inside is whoever starts it')
        : answer('yes', [root], 'root starts it, and stays root'),
    terminal: terminalOf(call),
    escalations: [],
  };
}

/** `--uid` gives the caller another number inside; outside it stays who it is. */
function userOf({ caller, place }: BwrapCall): Value<User> {
  return caller.root === null
    ? known({ name: 'the caller', root: false }, byDefault(place, 'bwrap keeps the user that starts it'))
    : known({ name: 'root', root: true }, caller.root);
}

/**
 * Of an ordinary user's, `--cap-add` gives some in the user namespace alone. Root keeps all of them, unless
 * they are dropped one by one or together, in the order of the command line, or `--uid` makes it another
 * user in a namespace (bwrap(1), --cap-add; bubblewrap.c, drop_privs).
 */
function capabilitiesOf(call: BwrapCall): Capabilities {
  const { settings, caller, place } = call;
  const origin = caller.root ?? byDefault(place, 'bwrap drops them all for an ordinary user');
  const dropsAll = lastDropOfAll(settings);
  if (caller.root === null || (isAnotherUser(settings) && !settings.some(isAdd))) {
    const none = new Set<string>();
    return { added: [], dropsAll, bounding: none, usable: none, origin };
  }
  const { held, added } = afterChanges(settings);
  const keepsAll = dropsAll === null && held.size === ALL_CAPABILITIES.length;
  return { added: keepsAll ? [] : added, dropsAll, bounding: held, usable: held, origin };
}

interface Held {
  readonly held: ReadonlySet<string>;
  readonly added: Capabilities['added'];
}

function afterChanges(settings: readonly Setting[]): Held {
  const held = new Set<string>(ALL_CAPABILITIES);
  const added = new Map<string, Origin>();
  for (const setting of settings) {
    const name = normaliseCapability(setting.words[0] ?? '');
    const names = name === 'ALL' ? ALL_CAPABILITIES : [name];
    if (isAdd(setting)) {
      for (const one of names) held.add(one);
      added.set(name, setting.origin);
      // What is dropped under a condition alone may still be there.
    } else if (isDrop(setting) && setting.when.length === 0) {
      for (const one of names) held.delete(one);
      for (const one of [name, ...names]) added.delete(one);
    }
  }
  return { held, added: [...added].map(([name, origin]) => ({ name, origin })) };
}

const isAdd = ({ name }: Setting): boolean => name === 'cap-add';
const isDrop = ({ name }: Setting): boolean => name === 'cap-drop';

function lastDropOfAll(settings: readonly Setting[]): Origin | null {
  const drop = settings.findLast(
    (setting) =>
      isDrop(setting) && setting.when.length === 0 && normaliseCapability(setting.words[0] ?? '') === 'ALL',
  );
  return drop?.origin ?? null;
}

function isAnotherUser(settings: readonly Setting[]): boolean {
  return settings.some(({ name, words, when }) => name === 'uid' && words[0] !== '0' && when.length === 0);
}

/** What a filter in an open file forbids cannot be told from the command line. */
function confinementOf({ settings, place }: BwrapCall): Confinement {
  const filter = settings.findLast(({ name }) => name === 'seccomp' || name === 'add-seccomp-fd');
  const label = settings.findLast(({ name }) => name === 'exec-label');
  return {
    seccomp:
      filter === undefined
        ? known('none', byDefault(place, 'bwrap filters no system calls'))
        : known('custom', filter.origin, assumption(filter.when, true)),
    appArmor: known('default', byDefault(place, "the host's own profile")),
    seLinux:
      label === undefined
        ? known('default', byDefault(place, "the host's own label"))
        : known('custom', label.origin),
    maskedPaths: known(true, byDefault(place, 'an ordinary user writes none of them')),
  };
}

/** CVE-2017-5226: without a session of its own the code shares the terminal of whoever starts it. */
function terminalOf({ settings, place }: BwrapCall): Privilege['terminal'] {
  const sessions = settings.filter(({ name }) => name === 'new-session');
  const certain = sessions.find(({ when }) => when.length === 0);
  if (certain !== undefined) return answer('no', [certain.origin]);
  const kept = answer('yes', [byDefault(place, 'bwrap stays in the session of its caller')]);
  const [maybe] = sessions;
  return maybe === undefined ? kept : { ...kept, assumes: assumption(maybe.when, false) };
}
