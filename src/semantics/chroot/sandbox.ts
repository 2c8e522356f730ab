/** A command line of chroot(1) as a sandbox. */
import { displayText } from '../../model/symbolic.ts';
import { byDefault } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { callerOf } from '../process/caller.ts';
import { droppedBy, emptiesEnvironment, shownCommand, startedAgents } from '../process/command.ts';
import { layeredFiles } from '../process/host-view.ts';
import {
  type Launch,
  type LaunchIdentity,
  type ScriptContext,
  startsContainer,
} from '../process/launches.ts';
import { processNetwork } from '../process/network.ts';
import { certain } from '../process/option-words.ts';
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
import type { ShellCommand } from '../shell/reading.ts';
import { chrootBypass, type RootDirectory, rootLayers } from './root-directory.ts';

const SIGN = /sandbox|jail|agent|untrust|confine|isolat/i;

/**
 * Installers and builders of images change into their trees in the same way. What is started for good, as
 * another user, by name a sandbox or with a coding agent in it, is meant to stay in there.
 */
export function chrootLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word] = command.words;
  const root = rootLayers(command.words, context.before);
  if (word === undefined || root === null || startsContainer(context.source.path)) return null;
  if (reasonOf(command, root, context.source.path) === null) return null;
  return {
    place: word.place,
    build: (identity) => chrootSandbox(command, root, word.place, context, identity),
  };
}

function reasonOf(command: ShellCommand, root: RootDirectory, path: string): string | null {
  const [agent] = startedAgents(root.inside);
  if (agent !== undefined) return `it runs the coding agent ${agent}`;
  if (root.reading.options.some(({ name }) => name === 'userspec')) return 'it runs as a user of its own';
  const named = [root.directory, command.function ?? '', shownCommand(root.inside), path];
  if (named.some((text) => SIGN.test(displayText(text)))) return 'it is called a sandbox';
  return command.wrappers.some(([first]) => first?.value === 'exec') ? 'the script ends in it' : null;
}

function chrootSandbox(
  command: ShellCommand,
  root: RootDirectory,
  place: Place,
  { before, source }: ScriptContext,
  identity: LaunchIdentity,
) {
  const caller = callerOf(command, before);
  const user = userOf(root, place, caller.root);
  const namespaces = namespacesOf(place, 'chroot', {});
  const emptied = caller.emptied ?? emptiesEnvironment(root.inside);
  const environment = processEnvironment(
    command,
    emptied === null ? byDefault(place, 'chroot hands its environment on') : null,
  );
  return processSandbox(identity, {
    format: 'chroot',
    boundary: 'namespaces',
    place,
    reason: reasonOf(command, root, source.path) ?? 'chroot keeps it below a directory',
    files: layeredFiles(root.layers),
    network: processNetwork(namespaces.network, environment),
    privilege: processPrivilege({
      place,
      user,
      namespaces,
      terminal: startedFromTerminal(command, place, 'chroot'),
    }),
    environment,
    limits: callerLimits(place, caller, 'chroot'),
    lifetime: processLifetime(place),
    agents: startedAgents(root.inside),
    bypasses: user.kind === 'root' ? [chrootBypass(root)] : [],
    unresolved: root.reading.unresolved,
  });
}

function userOf(
  { reading, inside }: RootDirectory,
  place: Place,
  root: ProcessUser['origin'] | null,
): ProcessUser {
  const spec = certain(reading.options, 'userspec');
  const dropped =
    spec !== null && !/^(?:root|0)?(?::|$)/.test(spec.value ?? '') ? spec.origin : droppedBy(inside);
  if (dropped !== null) {
    return { kind: 'ordinary', name: null, origin: dropped, reason: 'it changes to another user' };
  }
  return {
    kind: 'root',
    name: null,
    // chroot(2) asks for CAP_SYS_CHROOT.
    origin: root ?? byDefault(place, 'chroot works for root alone'),
    reason: 'root starts it, and stays root',
  };
}
