/** A command line of firejail as a sandbox. */
import { ALL_CAPABILITIES, normaliseCapability } from '../../knowledge/capabilities.ts';
import type { Network } from '../../model/network.ts';
import type { Capabilities, Namespaces } from '../../model/privilege.ts';
import type { Limit, Limits, Sandbox } from '../../model/sandbox.ts';
import { isResolved } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { parseSize } from '../docker/limits.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { callerOf } from '../process/caller.ts';
import { emptiesEnvironment, programOf, startedAgents } from '../process/command.ts';
import { layeredFiles } from '../process/host-view.ts';
import type { Launch, LaunchIdentity, ScriptContext } from '../process/launches.ts';
import { processNetwork } from '../process/network.ts';
import { certain, given, type ProcessOption } from '../process/option-words.ts';
import {
  callerLimits,
  namespacesOf,
  processEnvironment,
  processLifetime,
  processPrivilege,
  processSandbox,
} from '../process/sandbox.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { firejailLayers, firejailProtections } from './files.ts';
import { type FirejailSettings, firejailSettings } from './settings.ts';

/** Options that manage other sandboxes, or only tell something (firejail(1)). */
const QUERIES =
  /^(?:list|tree|top|netstats|version|help|h|\?|join(?:-.+)?|shutdown|ls|get|put|cat|bandwidth|debug-.+|caps\.print|seccomp\.print|fs\.print|dns\.print|net\.print|profile\.print|cpu\.print|apparmor\.print|overlay-clean|audit)$/;

/** Null for other programs, and for a call that starts nothing. */
export function firejailLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || programOf(word) !== 'firejail') return null;
  const reading = firejailSettings(words, context.project);
  if (reading.settings.some(({ name }) => QUERIES.test(name))) return null;
  return {
    place: word.place,
    consulted: reading.files,
    build: (identity) => firejailSandbox(command, reading, word.place, context, identity),
  };
}

function firejailSandbox(
  command: ShellCommand,
  reading: FirejailSettings,
  place: Place,
  { before }: ScriptContext,
  identity: LaunchIdentity,
): Sandbox {
  const { settings, inside, unresolved } = reading;
  const caller = callerOf(command, before);
  const hardened = hardening(reading, place);
  const namespaces = firejailNamespaces(settings, hardened, place);
  const emptied = caller.emptied ?? emptiesEnvironment(inside);
  const written = processEnvironment(
    command,
    emptied === null ? byDefault(place, 'firejail hands its environment on') : null,
    settings.flatMap(({ name, value, origin }) => {
      const [, variable = '', text = ''] = /^(\w+)=(.*)$/s.exec(value ?? '') ?? [];
      return name === 'env' && variable !== '' ? [writtenVariable(variable, text, origin)] : [];
    }),
  );
  return processSandbox(identity, {
    format: 'firejail',
    boundary: 'namespaces',
    place,
    reason: 'firejail is there to hold what it runs',
    files: layeredFiles(firejailLayers(reading, place), firejailProtections(reading, place)),
    network: firejailNetwork(settings, processNetwork(namespaces.network, written)),
    privilege: processPrivilege({
      place,
      user:
        caller.root !== null && hardened.noRoot === null
          ? { kind: 'root', name: null, origin: caller.root, reason: 'root starts it' }
          : {
              kind: 'ordinary',
              name: null,
              origin: hardened.noRoot ?? byDefault(place, 'firejail keeps the user that starts it'),
              reason: 'whoever starts it is an ordinary user',
            },
      namespaces,
      capabilities: capabilitiesOf(settings, hardened, caller.root),
      noNewPrivileges: hardened.noNewPrivileges,
      seccomp: hardened.seccomp,
      terminal: null,
    }),
    environment: written,
    limits: firejailLimits(settings, callerLimits(place, caller, 'firejail')),
    lifetime: processLifetime(place),
    agents: startedAgents(inside),
    unresolved,
  });
}

interface Hardening {
  readonly seccomp: Origin | null;
  readonly noNewPrivileges: Origin | null;
  readonly noRoot: Origin | null;
  readonly dropsAll: Origin | null;
}

/**
 * The default profile drops capabilities, filters system calls and makes a user namespace
 * (etc/profile-a-l/default.profile); a filter brings no_new_privs along (firejail(1), --nonewprivs).
 */
function hardening({ settings, profile }: FirejailSettings, place: Place): Hardening {
  const own = (...names: readonly string[]): Origin | null => certain(settings, ...names)?.origin ?? null;
  const usual =
    profile === 'default' ||
    settings.some(
      ({ name, value }) => name === 'include-common' && value?.includes('default.profile') === true,
    )
      ? byDefault(place, "firejail's default profile")
      : null;
  const dropped = settings.findLast(
    ({ name, value, when }) => name === 'caps.drop' && value === 'all' && when.length === 0,
  );
  const ignored = (name: string): boolean =>
    settings.some((one) => one.name === 'ignore' && (one.value ?? '').split(/\s/)[0] === name);
  const seccomp = own('seccomp', 'seccomp.drop', 'seccomp.keep') ?? (ignored('seccomp') ? null : usual);
  return {
    seccomp,
    noNewPrivileges: own('nonewprivs') ?? (ignored('nonewprivs') ? seccomp : (seccomp ?? usual)),
    noRoot: own('noroot') ?? (ignored('noroot') ? null : usual),
    dropsAll: dropped?.origin ?? (ignored('caps.drop') ? null : usual),
  };
}

/** firejail makes mount, process and host-name namespaces of its own always (src/firejail/main.c, clone flags). */
function firejailNamespaces(
  settings: readonly ProcessOption[],
  { noRoot }: Hardening,
  place: Place,
): Namespaces {
  const always = byDefault(place, 'firejail makes one');
  const network = settings.findLast(({ name, when }) => name === 'net' && when.length === 0);
  return namespacesOf(place, 'firejail', {
    pid: always,
    uts: always,
    ipc: certain(settings, 'ipc-namespace')?.origin ?? null,
    user: noRoot,
    network: network?.origin ?? null,
    cgroup: always,
  });
}

/** `--net=none` leaves a loopback; `--net=eth0` a way to the network of that interface (firejail(1), --net). */
function firejailNetwork(settings: readonly ProcessOption[], network: Network): Network {
  const net = settings.findLast(({ name, when }) => name === 'net' && when.length === 0);
  const protocol = settings.findLast(({ name, when }) => name === 'protocol' && when.length === 0);
  if (protocol?.value !== undefined && protocol.value !== null && !/\binet6?\b|packet/.test(protocol.value)) {
    const no = answer('no', [protocol.origin], 'sockets of the internet are refused');
    return { ...network, egress: known({ kind: 'none' }, protocol.origin), hostLoopback: no, metadata: no };
  }
  if (net === undefined || net.value === 'none') return network;
  if (net.value === null || !isResolved(net.value)) {
    return { ...network, egress: unknown(net.text, 'its value is set outside the files', [], net.origin) };
  }
  return {
    ...network,
    egress: known({ kind: 'open' }, net.origin),
    metadata: answer('yes', [net.origin], 'nothing filters 169.254.169.254'),
  };
}

function capabilitiesOf(
  settings: readonly ProcessOption[],
  { dropsAll }: Hardening,
  root: Origin | null,
): Capabilities | null {
  const keep = settings.findLast(({ name, when }) => name === 'caps.keep' && when.length === 0);
  const none = new Set<string>();
  if (dropsAll !== null && keep === undefined) {
    return { added: [], dropsAll, bounding: none, usable: none, origin: dropsAll };
  }
  if (root === null || keep === undefined) return null;
  const held = new Set((keep.value ?? '').split(',').map(normaliseCapability));
  const known = new Set(ALL_CAPABILITIES.filter((name) => held.has(name)));
  const added = [...known].map((name) => ({ name, origin: keep.origin }));
  return { added, dropsAll: keep.origin, bounding: known, usable: known, origin: keep.origin };
}

/** `--rlimit-as` in bytes, `--rlimit-nproc` a count, `--cpu` a list of processors (firejail(1)). */
function firejailLimits(settings: readonly ProcessOption[], base: Limits): Limits {
  const limit = (
    name: string,
    fallback: Value<Limit>,
    amount: (text: string) => number | null,
  ): Value<Limit> => {
    const option = given(settings, name);
    if (option?.value === undefined || option.value === null || option.when.length > 0) return fallback;
    if (!isResolved(option.value)) {
      return unknown(option.text, 'its value is set outside the files', [], option.origin);
    }
    return known({ amount: amount(option.value) }, option.origin);
  };
  const count = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
  return {
    ...base,
    expressible: true,
    memory: limit('rlimit-as', base.memory, parseSize),
    processes: limit('rlimit-nproc', base.processes, count),
    cpu: limit('cpu', base.cpu, (text) => text.split(',').length),
  };
}
