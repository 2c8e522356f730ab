/** unshare(1): namespaces of its own around the host's own files. */
import type { Namespaces } from '../../model/privilege.ts';
import type { InertSetting } from '../../model/sandbox.ts';
import { byDefault, explicit, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { chrootBypass, rootLayers } from '../chroot/root-directory.ts';
import { type Caller, callerOf } from '../process/caller.ts';
import { droppedBy, emptiesEnvironment, programOf, startedAgents } from '../process/command.ts';
import { hidden, hostTree, type Layer, layeredFiles } from '../process/host-view.ts';
import type { Launch, LaunchIdentity, ScriptContext } from '../process/launches.ts';
import { processNetwork } from '../process/network.ts';
import { certain, given, type OptionReading, optionTable, readOptions } from '../process/option-words.ts';
import {
  callerLimits,
  namespacesOf,
  type ProcessUser,
  processEnvironment,
  processLifetime,
  processPrivilege,
  processSandbox,
  startedFromTerminal,
} from '../process/sandbox.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

/** unshare(1) of util-linux 2.41; `?` marks values that stand behind `=` alone. */
const OPTIONS = optionTable(`
  i:ipc? m:mount? n:net? p:pid? u:uts? U:user? C:cgroup? T:time? f:fork mount-proc? mount-binfmt?
  r:map-root-user c:map-current-user map-auto map-user= map-group= map-users= map-groups= owner=
  kill-child? forward-signals keep-caps propagation= setgroups= R:root= w:wd= S:setuid= G:setgid=
  monotonic= boottime= l:load-interp= h:help V:version
`);

const MAPS = ['user', 'map-root-user', 'map-current-user', 'map-auto', 'map-user', 'map-users'] as const;

/** Null for other programs, and for a call that only asks. */
export function unshareLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || programOf(word) !== 'unshare') return null;
  const reading = readOptions(words, OPTIONS);
  if (given(reading.options, 'help', 'version') !== null) return null;
  const call: UnshareCall = {
    command,
    place: word.place,
    reading,
    caller: callerOf(command, context.before),
    inside: reading.rest,
    context,
  };
  return { place: word.place, build: (identity) => unshareSandbox(call, identity) };
}

interface UnshareCall {
  readonly command: ShellCommand;
  readonly place: Place;
  readonly reading: OptionReading;
  readonly caller: Caller;
  /** The command inside; empty: a shell. */
  readonly inside: readonly ShellWord[];
  readonly context: ScriptContext;
}

function unshareSandbox(call: UnshareCall, identity: LaunchIdentity) {
  const { command, place, reading, caller, inside, context } = call;
  const namespaces = unshareNamespaces(call);
  const user = userOf(call);
  const root = rootLayers(inside, context.before);
  const inherits = caller.emptied ?? emptiesEnvironment(inside);
  const environment = processEnvironment(
    command,
    inherits === null ? byDefault(place, 'unshare hands its environment on') : null,
  );
  return processSandbox(identity, {
    format: 'unshare',
    boundary: 'namespaces',
    place,
    reason: 'unshare is there to keep apart what it runs',
    files: layeredFiles([...(root?.layers ?? baseLayers(call)), ...processFiles(call, namespaces)]),
    network: processNetwork(namespaces.network, environment),
    privilege: processPrivilege({
      place,
      user,
      namespaces,
      terminal: startedFromTerminal(command, place, 'unshare'),
    }),
    environment,
    limits: callerLimits(place, caller, 'unshare'),
    lifetime: processLifetime(place),
    agents: startedAgents(inside),
    inert: inertSettings(call),
    bypasses: root === null || user.kind === 'ordinary' ? [] : [chrootBypass(root)],
    unresolved: reading.unresolved,
  });
}

/** A mount namespace holds a copy of the mounts, and the files are the same (mount_namespaces(7)). */
function baseLayers({ reading, place }: UnshareCall): readonly Layer[] {
  const root = given(reading.options, 'root');
  if (root?.value === undefined || root.value === null) {
    return [hostTree('unshare', byDefault(place, 'unshare leaves the files as they are'))];
  }
  const { value, text, origin } = root;
  return [{ target: '/', source: value, writable: true, devices: true, text, origin }];
}

/** `--mount-proc` mounts a /proc of the new namespace; it makes a mount namespace for it. */
function processFiles({ reading }: UnshareCall, namespaces: Namespaces): readonly Layer[] {
  const own = certain(reading.options, 'mount-proc');
  if (own === null || !namespaces.pid.known || namespaces.pid.value !== 'own') return [];
  return [hidden(own.value ?? '/proc', own.text, own.origin)];
}

function unshareNamespaces({ reading: { options }, place, inside }: UnshareCall): Namespaces {
  const own = (...names: readonly string[]): Origin | null => certain(options, ...names)?.origin ?? null;
  const pid = own('pid');
  return namespacesOf(place, 'unshare', {
    // The program itself stays in the old one; its first child is the first in the new (unshare(1), --pid).
    pid: pid !== null && (forks(options) || isShell(inside)) ? pid : null,
    ipc: own('ipc'),
    uts: own('uts'),
    cgroup: own('cgroup'),
    network: own('net'),
    user: own(...MAPS),
  });
}

/** A shell forks for what it starts, which is then inside. */
function isShell(inside: readonly ShellWord[]): boolean {
  return inside.length === 0 || /^(?:ba|da|z|k)?sh$/.test(programOf(inside[0]));
}

function forks(options: OptionReading['options']): boolean {
  return certain(options, 'fork', 'kill-child') !== null;
}

function userOf({ reading: { options }, caller, inside, place }: UnshareCall): ProcessUser {
  const dropped = droppedBy(inside) ?? certain(options, 'setuid')?.origin ?? null;
  const mapped = certain(options, ...MAPS);
  if (mapped !== null && caller.root === null) {
    const asRoot = certain(options, 'map-root-user');
    const { origin } = asRoot ?? mapped;
    return {
      kind: asRoot !== null && dropped === null ? 'mapped-root' : 'ordinary',
      name: null,
      origin,
      reason: 'root inside is whoever starts it',
    };
  }
  if (dropped !== null && isOther(certain(options, 'setuid')?.value)) {
    return { kind: 'ordinary', name: null, origin: dropped, reason: 'the command changes to another user' };
  }
  return {
    kind: 'root',
    name: null,
    // Without CAP_SYS_ADMIN only a user namespace can be made (unshare(2), EPERM).
    origin: caller.root ?? byDefault(place, 'unshare without a user namespace works for root alone'),
    reason: 'root starts it, and stays root',
  };
}

function isOther(uid: string | null | undefined): boolean {
  return uid !== '0';
}

function inertSettings({ reading: { options }, inside }: UnshareCall): InertSetting[] {
  const pid = certain(options, 'pid');
  if (pid === null || forks(options) || isShell(inside)) return [];
  return [
    {
      setting: pid.text,
      why: 'the program itself stays in the process namespace of the host, and only its children leave it',
      instead: 'Add `--fork`, and `--mount-proc` so that the host’s processes are not listed',
      origin: explicit(pid.origin.place),
    },
  ];
}
