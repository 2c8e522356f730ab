/** bwrap command lines of a script as sandboxes, for tests of what they mean. */
import type { FileMode } from '../../src/model/files.ts';
import { hostPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { HOME_SYMBOL } from '../../src/model/symbolic.ts';
import type { BwrapCall } from '../../src/semantics/bwrap/call.ts';
import { bwrapCall, isBwrap } from '../../src/semantics/bwrap/command-line.ts';
import { bwrapSandbox } from '../../src/semantics/bwrap/sandbox.ts';
import { shellCommands } from '../../src/semantics/shell/shell-commands.ts';
import { plainText } from '../../src/source/mapped.ts';
import { createSource } from '../../src/source/source.ts';

export function callsIn(script: string): BwrapCall[] {
  const { commands } = shellCommands(plainText(createSource('sandbox.sh', script)));
  return commands.filter(isBwrap).flatMap((command) => bwrapCall(command, commands) ?? []);
}

/** The only call of the script. */
export function callIn(script: string): BwrapCall {
  const [call, ...others] = callsIn(script);
  if (call === undefined || others.length > 0) throw new Error(`not one call of bwrap: ${script}`);
  return call;
}

export function sandboxIn(script: string): Sandbox {
  return bwrapSandbox(callIn(script), { id: 'sandbox.sh#bwrap', name: 'bwrap', definition: [] });
}

/** The answer about a path, with `~` for the home: `yes`, `no`, `unknown`, and `yes?` where it assumes something. */
export function answerFor(sandbox: Sandbox, mode: FileMode, path: string): string {
  const { verdict, assumes = [] } = sandbox.files.can(mode, hostPath(path.replace(/^~/, HOME_SYMBOL), ''));
  return assumes.length > 0 ? `${verdict}?` : verdict;
}
