/**
 * Lifecycle commands: what runs inside and when, and what the host itself runs
 * (https://containers.dev/implementors/json_reference/#lifecycle-scripts).
 */
import { HOOKS_INSIDE } from '../../knowledge/lifecycle-hooks.ts';
import { hostPath } from '../../model/host-path.ts';
import type { HostCommand } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { childOf, entriesOf, entryOf, entryPlace, itemsOf, type Node, placeOf } from '../../syntax/node.ts';
import { executedFiles, filesOf } from './command.ts';
import { type NodeContext, originAt, textOf } from './node-text.ts';

export interface LifecycleCommand {
  /** `postCreateCommand`; of a Feature also `entrypoint`. */
  readonly hook: string;
  /** Symbolic; words of the array form are parted by a space. */
  readonly text: string;
  /** Files that it runs, symbolic. */
  readonly files: readonly string[];
  readonly origin: Origin;
}

export function lifecycleCommands(root: Node | undefined, context: NodeContext): LifecycleCommand[] {
  return HOOKS_INSIDE.flatMap((hook) => commandsOf(hook, childOf(root, hook), context));
}

/** A string for the shell, an array of words, or an object of several that run side by side. */
function commandsOf(hook: string, node: Node | undefined, context: NodeContext): LifecycleCommand[] {
  if (node === undefined) return [];
  if (node.kind === 'mapping')
    return entriesOf(node).flatMap(({ value }) => commandsOf(hook, value, context));
  const origin = originAt(placeOf(node), context);
  if (node.kind === 'sequence') {
    const words = itemsOf(node).flatMap((item) => textOf(item, context)?.text ?? []);
    return words.length === 0 ? [] : [{ hook, text: words.join(' '), files: filesOf(words), origin }];
  }
  const text = textOf(node, context)?.text ?? '';
  return text === '' ? [] : [{ hook, text, files: executedFiles(text), origin }];
}

/**
 * `initializeCommand` runs on the host, in the opened folder, as the developer, and no tool asks before it
 * does: an editor's one-time trust of the folder aside (devcontainers/cli src/spec-node/configContainer.ts).
 */
export function hostCommands(root: Node | undefined, context: NodeContext): HostCommand[] {
  const entry = entryOf(root, 'initializeCommand');
  if (entry === undefined) return [];
  return commandsOf('initializeCommand', entry.value, context).map(({ text, files, origin }) => ({
    kind: 'initializeCommand',
    command: displayText(text),
    when: 'every time the container is created or started',
    executes: files.map((file) => hostPath(file, context.places.folder)),
    unasked: true,
    origin: entry.value.kind === 'mapping' ? origin : explicit(entryPlace(entry)),
  }));
}
