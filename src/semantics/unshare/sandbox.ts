/** unshare(1): namespaces of its own around the host's own files. */
import type { Namespaces } from '../../model/privilege.ts';
import type { Bypass, InertSetting } from '../../model/sandbox.ts';
import { byDefault, explicit, known, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { chrootBypass, directoryLayers, type RootDirectory, rootLayers } from '../chroot/root-directory.ts';
import { type Caller, callerOf } from '../process/caller.ts';
import { programOf } from '../process/command.ts';
import { hidden, hostTree, type Layer, layeredFiles } from '../process/host-view.ts';
import { launchedSandbox } from '../process/launched.ts';
import type { Launch, ScriptContext } from '../process/launches.ts';
import { certain, given, type OptionReading, optionTable, readOptions } from '../process/option-words.ts';
import { probeIn } from '../process/probe.ts';
import { namespacesOf, type ProcessUser } from '../process/sandbox.ts';
import { droppedBy, isRoot } from '../process/user-change.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

/** unshare(1) of util-linux 2.42; `?` marks values that stand behind `=` alone. */
const OPTIONS = optionTable(`
  i:ipc? m:mount? n:net? p:pid? u:uts? U:user? C:cgroup? T:time? f:fork mount-proc? mount-binfmt?
  r:map-root-user c:map-current-user map-auto map-subids map-user= map-group= map-users= map-groups= owner=
  kill-child? forward-signals keep-caps propagation= setgroups= R:root= w:wd= S:setuid= G:setgid=
  monotonic= boottime= l:load-interp= clear-env whitelist-env= h:help V:version
`);

/** Options that make a user namespace. */
const MAPS = [
  ...['user', 'map-root-user', 'map-current-user', 'map-auto', 'map-subids', 'map-user', 'map-users'],
  ...['map-group', 'map-groups', 'owner'],
];

/** Null for other programs, and for a call that only asks. */
export function unshareLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || programOf(word) !== 'unshare') return null;
  const reading = readOptions(words, OPTIONS);
  if (given(reading.options, 'help', 'version') !== null) return null;
  const call: UnshareCall = {
    place: word.place,
    reading,
    caller: callerOf(command, context.before),
    inside: reading.rest,
    before: context.before,
  };
  const root = rootLayers(call.inside, context.before);
  const namespaces = unshareNamespaces(call);
  const user = userOf(call);
  return {
    place: word.place,
    probe: probeIn(root?.inside ?? call.inside, reading.unresolved),
    build: (identity) =>
      launchedSandbox(
        {
          ...call,
          format: 'unshare',
          command,
          reason: 'unshare is there to keep apart what it runs',
          inside: root?.inside ?? call.inside,
          files: layeredFiles([...(root?.layers ?? baseLayers(call)), ...processFiles(call, namespaces)]),
          user,
          namespaces,
          emptied: certain(reading.options, 'clear-env')?.origin ?? null,
          inert: inertSettings(call),
          bypasses: bypassesOf(call, root),
          unresolved: reading.unresolved,
        },
        identity,
      ),
  };
}

interface UnshareCall {
  readonly place: Place;
  readonly reading: OptionReading;
  readonly caller: Caller;
  /** The command inside; empty: a shell. */
  readonly inside: readonly ShellWord[];
  /** What the script did before. */
  readonly before: readonly ShellCommand[];
}

/** A mount namespace holds a copy of the mounts, and the files are the same (mount_namespaces(7)). */
function baseLayers({ reading, place, before }: UnshareCall): readonly Layer[] {
  const root = given(reading.options, 'root');
  if (root?.value === undefined || root.value === null) {
    return [hostTree('unshare', byDefault(place, 'unshare leaves the files as they are'))];
  }
  return directoryLayers({ ...root, value: root.value }, before);
}

/**
 * `--mount-proc` mounts a /proc of the new namespace over the host's. Who may unmount there takes it off
 * again: root of the user namespace (umount(2), CAP_SYS_ADMIN).
 */
function processFiles(call: UnshareCall, namespaces: Namespaces): readonly Layer[] {
  const own = certain(call.reading.options, 'mount-proc');
  if (own === null || !namespaces.pid.known || namespaces.pid.value !== 'own') return [];
  return hasPowers(call) ? [] : [hidden(own.value ?? '/proc', own.text, own.origin)];
}

/** Whether the command holds capabilities, be it in a user namespace of its own (user_namespaces(7)). */
function hasPowers(call: UnshareCall): boolean {
  return userOf(call).kind !== 'ordinary' || given(call.reading.options, 'keep-caps') !== null;
}

function unshareNamespaces({ reading: { options }, caller, place }: UnshareCall): Namespaces {
  const own = (...names: readonly string[]): Origin | null => certain(options, ...names)?.origin ?? null;
  const namespaces = namespacesOf(place, 'unshare', {
    // The program itself stays in the old one; its first child is the first in the new (unshare(1), --pid).
    pid: forks(options) ? own('pid') : null,
    ipc: own('ipc'),
    uts: own('uts'),
    cgroup: own('cgroup'),
    network: own('net'),
    user: own(...MAPS),
  });
  if (caller.root === null || namespaces.user.origin.kind === 'default') return namespaces;
  const user = known('host' as const, namespaces.user.origin, [
    'the user namespace of root maps root to itself',
  ]);
  return { ...namespaces, user };
}

function forks(options: OptionReading['options']): boolean {
  return certain(options, 'fork', 'kill-child') !== null;
}

function userOf({ reading: { options }, caller, inside, place }: UnshareCall): ProcessUser {
  const other = certain(options, 'setuid');
  const leaves = other !== null && !isRoot(other.value ?? '') ? other.origin : null;
  const dropped = droppedBy(inside) ?? leaves;
  const mapped = certain(options, ...MAPS);
  if (mapped !== null && caller.root === null) {
    const asRoot = rootInside(options);
    const { origin } = asRoot ?? mapped;
    return {
      kind: asRoot !== null && dropped === null ? 'mapped-root' : 'ordinary',
      name: null,
      origin,
      reason: 'root inside is whoever starts it',
    };
  }
  if (dropped !== null) {
    return { kind: 'ordinary', name: null, origin: dropped, reason: 'the command changes to another user' };
  }
  return {
    kind: mapped === null ? 'root' : 'confined-root',
    name: null,
    // Without CAP_SYS_ADMIN only a user namespace can be made (unshare(2), EPERM).
    origin: caller.root ?? byDefault(place, 'unshare without a user namespace works for root alone'),
    reason: 'root starts it, and stays root',
  };
}

/** The option that makes it root of the user namespace: the last that says who it is, or `--setuid 0`. */
function rootInside(options: OptionReading['options']): { readonly origin: Origin } | null {
  const named = certain(options, 'map-root-user', 'map-current-user', 'map-user');
  const isNamedRoot = named?.name === 'map-root-user' || isRoot(named?.value ?? '');
  if (named !== null && isNamedRoot) return named;
  const changed = certain(options, 'setuid');
  return changed !== null && isRoot(changed.value ?? '') ? changed : null;
}

function bypassesOf(call: UnshareCall, root: RootDirectory | null): readonly Bypass[] {
  if (!hasPowers(call)) return [];
  const own = given(call.reading.options, 'root');
  return [...(root === null ? [] : [root]), ...(own === null ? [] : [own])].map(chrootBypass);
}

function inertSettings({ reading: { options } }: UnshareCall): InertSetting[] {
  const pid = certain(options, 'pid');
  if (pid === null || forks(options)) return [];
  return [
    {
      setting: pid.text,
      why: 'the program itself stays in the process namespace of the host, and only its children leave it',
      instead: 'Add `--fork`, and `--mount-proc` so that the host’s processes are not listed',
      origin: explicit(pid.origin.place),
    },
  ];
}
