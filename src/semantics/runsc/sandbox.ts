/** gVisor started by itself: `runsc do`, and `runsc run` with a bundle. */
import type { Egress, Network } from '../../model/network.ts';
import type { Capabilities } from '../../model/privilege.ts';
import type { Sandbox, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import {
  answer,
  byDefault,
  explicit,
  implied,
  known,
  type Origin,
  unknown,
  type Value,
} from '../../model/value.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import { type Caller, callerOf } from '../process/caller.ts';
import { programOf, startedAgents } from '../process/command.ts';
import { type Layer, layeredFiles } from '../process/host-view.ts';
import { launchedProcess } from '../process/launched.ts';
import type { Launch, LaunchIdentity, ScriptContext } from '../process/launches.ts';
import { folderOf, isSource, namedFile } from '../process/named-file.ts';
import { certain, given } from '../process/option-words.ts';
import { probeIn } from '../process/probe.ts';
import { namespacesOf, type ProcessUser, processSandbox } from '../process/sandbox.ts';
import type { ShellCommand } from '../shell/reading.ts';
import {
  type Bundle,
  bundleCommand,
  bundleLayers,
  bundleLimits,
  bundleUser,
  bundleVariables,
  networkNamespace,
  readBundle,
  takesNoPrivileges,
} from './bundle.ts';
import { type RunscCall, runscCall, switchOf } from './command-line.ts';

interface Started {
  readonly call: RunscCall;
  readonly command: ShellCommand;
  readonly place: Place;
  readonly caller: Caller;
  readonly context: ScriptContext;
  /** Null: `runsc do`. */
  readonly bundle: Bundle | null;
  readonly unresolved: readonly Unresolved[];
}

/** Null for other programs, and for a call that starts nothing. */
export function runscLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || programOf(word) !== 'runsc') return null;
  const call = runscCall(words);
  if (call === null) return null;
  const { place } = word;
  const found = call.verb === 'run' ? bundleOf(call, context, place) : null;
  const bundle = found !== null && isSource(found) ? readBundle(found) : null;
  const missing = found !== null && !isSource(found) ? [found] : [];
  const caller = callerOf(command, context.before);
  const unresolved = [...call.unresolved, ...missing, ...brokenParts(bundle, place)];
  const started: Started = { call, command, place, caller, context, bundle, unresolved };
  return {
    place,
    consulted: bundle === null ? [] : [bundle.source],
    probe: call.verb === 'do' ? probeIn(call.rest, unresolved) : null,
    build: (identity) => runscSandbox(started, identity),
  };
}

function bundleOf(
  { options }: RunscCall,
  { project, source }: ScriptContext,
  place: Place,
): Source | Unresolved {
  const option = given(options, 'bundle');
  const directory = option?.value ?? '.';
  const origin = option?.origin ?? explicit(place);
  return namedFile(`${directory}/config.json`, { project, folder: folderOf(source, project), origin });
}

/** What no longer is JSON after a template was filled in. */
function brokenParts(bundle: Bundle | null, place: Place): readonly Unresolved[] {
  if (bundle === null || (bundle.whole && bundle.root !== undefined)) return [];
  const what = bundle.source.path;
  const why = 'it is not JSON throughout';
  return [{ what, why, names: [what], mayHide: 'any-setting', origin: explicit(place), kind: 'text' }];
}

function runscSandbox(started: Started, identity: LaunchIdentity): Sandbox {
  const { call, command, place, caller, bundle, unresolved } = started;
  const user = userOf(started);
  const always = byDefault(place, 'gVisor has its own');
  const process = launchedProcess({
    format: 'runsc',
    boundary: 'container',
    command,
    place,
    caller,
    reason: 'gVisor is there to hold what it runs',
    inside: call.verb === 'do' ? call.rest : [],
    files: layeredFiles(layersOf(started)),
    user,
    namespaces: namespacesOf(place, 'runsc', {
      ...{ pid: always, ipc: always, uts: always, cgroup: always, network: always },
      user: user.kind === 'ordinary' ? user.origin : null,
    }),
    // A bundle names all variables (config.md, process).
    emptied: call.verb === 'do' ? null : byDefault(place, 'the bundle names the variables'),
    variables: bundle === null ? [] : bundleVariables(bundle),
    privilege: {
      capabilities: heldInside(place),
      noNewPrivileges: bundle === null ? null : takesNoPrivileges(bundle),
      seccomp: implied(place, 'gVisor answers system calls itself'),
      terminal: null,
    },
    unresolved,
  });
  const runtime = known('user-space-kernel' as const, byDefault(place, 'gVisor is a kernel of its own'));
  const unmanaged = switchOf(call.flags, 'ignore-cgroups') ?? switchOf(call.flags, 'rootless');
  const limited = bundle !== null && unmanaged === null;
  return processSandbox(identity, {
    ...process,
    privilege: { ...process.privilege, runtime },
    network: { ...process.network, ...networkOf(started) },
    limits: limited ? bundleLimits(bundle, place) : process.limits,
    agents: bundle === null ? process.agents : startedAgents(wordsOf(bundle)),
  });
}

function wordsOf(bundle: Bundle) {
  const place = placeAt(bundle.source, 0, 1);
  return bundleCommand(bundle).map((value) => ({ value, place, quoted: true, many: false, conditions: [] }));
}

/** Those that the code holds count in gVisor's kernel alone (runsc/boot, capabilities). */
function heldInside(place: Place): Capabilities {
  const none = new Set<string>();
  return { added: [], dropsAll: null, bounding: none, usable: none, origin: byDefault(place, 'gVisor') };
}

/** Files are opened by a helper with the rights of whoever starts it (runsc/fsgofer); `--rootless` maps them. */
function userOf({ call, caller, place, bundle }: Started): ProcessUser {
  const rootless = switchOf(call.flags, 'rootless') ?? switchOf(call.flags, 'TESTONLY-unsafe-nonroot');
  if (rootless !== null) {
    return { kind: 'ordinary', name: null, origin: rootless.origin, reason: 'it runs as whoever starts it' };
  }
  const other = bundle === null ? null : bundleUser(bundle);
  if (other !== null) {
    const name = known(String(other.uid), other.origin);
    return { kind: 'ordinary', name, origin: other.origin, reason: 'the bundle names another user' };
  }
  const origin = caller.root ?? byDefault(place, 'runsc without --rootless works for root alone');
  return { kind: 'root', name: null, origin, reason: 'root starts it' };
}

/**
 * `do` shows the host's own tree, and keeps what is written unless told otherwise; of a bundle that is so for
 * its root alone (runsc/cmd/do.go; runsc/config, overlay2). Sockets stay closed without `--host-uds`.
 */
function layersOf({ call, place, bundle, context }: Started): readonly Layer[] {
  const sockets = certain(call.flags, 'host-uds');
  const remote = !/^(?:open|all)$/.test(sockets?.value ?? 'none');
  if (call.verb === 'do') {
    const overlay = certain(call.options, 'force-overlay');
    const writes = overlay !== null && /^(?:0|f|false)$/i.test(overlay.value ?? '') ? overlay : null;
    const root = given(call.options, 'root');
    const tree: Layer = {
      target: '/',
      source: root?.value ?? '/',
      writable: writes !== null,
      remote,
      text: writes?.text ?? root?.text ?? 'runsc do',
      origin: writes?.origin ?? root?.origin ?? byDefault(place, 'runsc do shows all files of the host'),
    };
    const volumes = call.options.flatMap(({ name, value, text, origin, when }): Layer[] => {
      const [source = '', target = source] = (value ?? '').split(/:(.*)/s);
      return name === 'volume' && source !== ''
        ? [{ target, source, writable: writes !== null, remote, text, origin, when }]
        : [];
    });
    return [tree, ...volumes];
  }
  if (bundle === null) return [];
  const keepsWrites = /^all:/.test(certain(call.flags, 'overlay2')?.value ?? '');
  const folder = folderOf(bundle.source, context.project);
  return bundleLayers(bundle, folder, keepsWrites).map((layer) => ({ ...layer, remote }));
}

/** Its own stack still leads outside; `none` leaves a loopback, `host` is the caller's (runsc/config/flags.go). */
function networkOf(
  started: Started,
): Pick<Network, 'egress' | 'hostLoopback' | 'metadata' | 'abstractSockets'> {
  const egress = egressOf(started);
  const { origin } = egress;
  const isHost = egress.known && egress.value.kind === 'host';
  const isOut = egress.known && egress.value.kind !== 'none';
  return {
    egress,
    hostLoopback: egress.known ? answer(isHost ? 'yes' : 'no', [origin]) : answer('unknown', [origin]),
    metadata: egress.known
      ? answer(isOut ? 'yes' : 'no', [origin], 'nothing filters 169.254.169.254')
      : answer('unknown', [origin]),
    abstractSockets: answer('no', [origin], 'gVisor has its own'),
  };
}

function egressOf({ call, place, bundle }: Started): Value<Egress> {
  const option = given(call.flags, 'network');
  const origin: Origin = option?.origin ?? byDefault(place, "gVisor's own network stack");
  const kind = option?.value ?? 'sandbox';
  if (kind === 'none') return known({ kind: 'none' }, origin);
  if (kind !== 'host' && kind !== 'sandbox') {
    return unknown(displayText(option?.text ?? ''), 'its value is set outside the files', [], origin);
  }
  // Without root there is no namespace that could be set up (runsc/cmd/do.go, Rootless).
  const isHost = kind === 'host' || switchOf(call.flags, 'rootless') !== null;
  if (call.verb === 'do') return known({ kind: isHost ? 'host' : 'open' }, origin);
  if (bundle === null)
    return unknown('the bundle', 'it is not in the scanned files', ['config.json'], origin);
  const namespace = networkNamespace(bundle);
  if (namespace === null) return known({ kind: isHost ? 'host' : 'open' }, origin);
  const why = 'the namespace is set up elsewhere';
  return namespace.path === null
    ? known({ kind: 'none' }, namespace.origin)
    : unknown(namespace.path, why, [namespace.path], namespace.origin);
}
