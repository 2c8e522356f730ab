/** A command line of chroot(1) as a sandbox. */
import { displayText } from '../../model/symbolic.ts';
import { byDefault } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { callerOf } from '../process/caller.ts';
import { shownCommand, startedAgents } from '../process/command.ts';
import { layeredFiles } from '../process/host-view.ts';
import { launchedSandbox } from '../process/launched.ts';
import { type Launch, type ScriptContext, startsContainer } from '../process/launches.ts';
import { certain } from '../process/option-words.ts';
import { probeIn } from '../process/probe.ts';
import { namespacesOf, type ProcessUser } from '../process/sandbox.ts';
import { droppedBy, isRoot } from '../process/user-change.ts';
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
  const reason = reasonOf(command, root, context.source.path);
  if (reason === null) return null;
  const caller = callerOf(command, context.before);
  const { place } = word;
  const user = userOf(root, place, caller.root);
  return {
    place,
    probe: probeIn(root.inside, root.reading.unresolved),
    build: (identity) =>
      launchedSandbox(
        {
          format: 'chroot',
          command,
          place,
          caller,
          reason,
          inside: root.inside,
          files: layeredFiles(root.layers),
          user,
          namespaces: namespacesOf(place, 'chroot', {}),
          bypasses: user.kind === 'root' ? [chrootBypass(root)] : [],
          unresolved: root.reading.unresolved,
        },
        identity,
      ),
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

function userOf(
  { reading, inside }: RootDirectory,
  place: Place,
  root: ProcessUser['origin'] | null,
): ProcessUser {
  const spec = certain(reading.options, 'userspec');
  // Of `USER:GROUP` either may be left out; `+0` is a number for sure (chroot(1), --userspec).
  const name = spec?.value?.replace(/:.*$/s, '').replace(/^\+/, '') ?? '';
  const dropped = spec !== null && name !== '' && !isRoot(name) ? spec.origin : droppedBy(inside);
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
