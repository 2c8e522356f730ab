/** A command line of firejail as a sandbox. */
import type { Variable } from '../../model/environment.ts';
import type { Network } from '../../model/network.ts';
import type { Namespaces } from '../../model/privilege.ts';
import type { Limit, Limits } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { parseSize } from '../docker/limits.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { type Caller, callerOf } from '../process/caller.ts';
import { programOf } from '../process/command.ts';
import { layeredFiles } from '../process/host-view.ts';
import { launchedProcess } from '../process/launched.ts';
import type { Launch, ScriptContext } from '../process/launches.ts';
import { folderOf } from '../process/named-file.ts';
import { given, type ProcessOption } from '../process/option-words.ts';
import { probeIn } from '../process/probe.ts';
import { namespacesOf, type ProcessUser, processSandbox } from '../process/sandbox.ts';
import { droppedBy } from '../process/user-change.ts';
import type { ShellCommand } from '../shell/reading.ts';
import { firejailLayers, firejailProtections, passedOver } from './files.ts';
import { firejailHardening, type Hardening } from './hardening.ts';
import { isQuery } from './option-names.ts';
import { firejailSettings } from './settings.ts';

type Settings = readonly ProcessOption[];

/** Null for other programs, and for a call that starts nothing. */
export function firejailLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  if (word === undefined || programOf(word) !== 'firejail') return null;
  const { project, source } = context;
  const { place } = word;
  const caller = callerOf(command, context.before);
  const isRoot = caller.root !== null;
  const folder = folderOf(source, project);
  const { settings, inside, unresolved, files } = firejailSettings({ place, words, isRoot, project, folder });
  if (settings.some(({ name }) => isQuery(name))) return null;
  const isStillRoot = caller.root !== null && droppedBy(inside) === null;
  const hardening = firejailHardening(settings, isStillRoot ? caller.root : null);
  const namespaces = firejailNamespaces(settings, hardening, caller, place);
  return {
    place,
    consulted: files,
    probe: probeIn(inside, unresolved),
    build: (identity) => {
      const process = launchedProcess({
        format: 'firejail',
        command,
        place,
        caller,
        reason: 'firejail is there to hold what it runs',
        inside,
        files: layeredFiles(
          firejailLayers(settings, place, isRoot),
          firejailProtections(settings, place, isRoot),
        ),
        user: userOf(hardening, caller, droppedBy(inside), place),
        namespaces,
        variables: settings.flatMap(variableOf),
        privilege: hardening,
        inert: passedOver(settings),
        unresolved,
      });
      return processSandbox(identity, {
        ...process,
        network: firejailNetwork(settings, process.network),
        limits: firejailLimits(settings, process.limits),
      });
    },
  };
}

function userOf({ noRoot }: Hardening, { root }: Caller, dropped: Origin | null, place: Place): ProcessUser {
  if (dropped !== null) {
    return { kind: 'ordinary', name: null, origin: dropped, reason: 'the command changes to another user' };
  }
  if (root !== null) return { kind: 'root', name: null, origin: root, reason: 'root starts it' };
  return {
    kind: 'ordinary',
    name: null,
    origin: noRoot ?? byDefault(place, 'firejail keeps the user that starts it'),
    reason: 'whoever starts it is an ordinary user',
  };
}

/**
 * Mount, process and host-name namespaces there are always, for root one of shared memory too
 * (src/firejail/main.c, clone flags).
 */
function firejailNamespaces(
  settings: Settings,
  { noRoot }: Hardening,
  { root }: Caller,
  place: Place,
): Namespaces {
  const always = byDefault(place, 'firejail makes one');
  const certain = (name: string) =>
    settings.findLast((one) => one.name === name && one.when.length === 0)?.origin ?? null;
  return namespacesOf(place, 'firejail', {
    pid: always,
    uts: always,
    ipc: certain('ipc-namespace') ?? (root === null ? null : always),
    user: noRoot,
    network: certain('net') ?? certain('netns'),
  });
}

/** `--net=none` leaves a loopback; `--net=eth0` a way to the network of that interface (firejail(1), --net). */
function firejailNetwork(settings: Settings, network: Network): Network {
  const certain = (name: string) => settings.findLast((one) => one.name === name && one.when.length === 0);
  const [net, netns, protocol] = [certain('net'), certain('netns'), certain('protocol')];
  const families = protocol?.value ?? '';
  if (protocol !== undefined && families !== '' && !/\binet6?\b|packet/.test(families)) {
    const no = answer('no', [protocol.origin], 'sockets of the internet are refused');
    return { ...network, egress: known({ kind: 'none' }, protocol.origin), hostLoopback: no, metadata: no };
  }
  if (net?.value === 'none' || (net === undefined && netns === undefined)) return network;
  if (net?.value == null || !isResolved(net.value)) {
    const { text, origin } = net ?? netns ?? { text: '', origin: network.egress.origin };
    const why =
      net === undefined ? 'the namespace is set up elsewhere' : 'its value is set outside the files';
    return {
      ...network,
      egress: unknown(displayText(text), why, [], origin),
      metadata: answer('unknown', [origin]),
      hostLoopback: answer('unknown', [origin]),
    };
  }
  return {
    ...network,
    egress: known({ kind: 'open' }, net.origin),
    metadata: answer('yes', [net.origin], 'nothing filters 169.254.169.254'),
  };
}

function variableOf({ name, value, origin }: ProcessOption): readonly Variable[] {
  const [, variable = '', text = ''] = /^(\w+)=(.*)$/s.exec(value ?? '') ?? [];
  return name === 'env' && variable !== '' ? [writtenVariable(variable, text, origin)] : [];
}

/** `--rlimit-as` in bytes, `--rlimit-nproc` a count, `--cpu` a list of processors (firejail(1)). */
function firejailLimits(settings: Settings, base: Limits): Limits {
  const limit = (
    name: string,
    fallback: Value<Limit>,
    amount: (text: string) => number | null,
  ): Value<Limit> => {
    const option = given(settings, name);
    if (option?.value === undefined || option.value === null || option.when.length > 0) return fallback;
    if (!isResolved(option.value)) {
      return unknown(displayText(option.text), 'its value is set outside the files', [], option.origin);
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
