/** What a process that a launcher starts on the host takes from whoever starts it. */

import type { Variable } from '../../model/environment.ts';
import type { Namespaces } from '../../model/privilege.ts';
import type { Sandbox, SandboxFormat } from '../../model/sandbox.ts';
import { byDefault, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import type { Caller } from './caller.ts';
import { emptiesEnvironment, startedAgents } from './command.ts';
import type { LaunchIdentity } from './launches.ts';
import { processNetwork } from './network.ts';
import {
  callerLimits,
  type PrivilegeFacts,
  type ProcessFacts,
  type ProcessUser,
  processEnvironment,
  processLifetime,
  processPrivilege,
  processSandbox,
  startedFromTerminal,
} from './sandbox.ts';

/** What one launcher says of the process; the rest is its caller's. */
export interface LaunchedProcess
  extends Pick<ProcessFacts, 'reason' | 'files' | 'inert' | 'bypasses' | 'unresolved'> {
  readonly format: SandboxFormat;
  /** As messages name it; the format's name where that is the same. */
  readonly program?: string;
  readonly boundary?: Sandbox['boundary'];
  readonly command: ShellCommand;
  readonly place: Place;
  readonly caller: Caller;
  /** The command that it starts; empty: a shell. */
  readonly inside: readonly ShellWord[];
  readonly user: ProcessUser;
  readonly namespaces: Namespaces;
  /** Where the launcher itself empties the environment. */
  readonly emptied?: Origin | null;
  /** Where it is said that the environment comes along. */
  readonly kept?: Origin | null;
  readonly variables?: readonly Variable[];
  readonly privilege?: Partial<PrivilegeFacts>;
}

export function launchedProcess(launched: LaunchedProcess): ProcessFacts {
  const { format, program = format, command, place, caller, inside, user, namespaces } = launched;
  const emptied = launched.emptied ?? caller.emptied ?? emptiesEnvironment(inside);
  const environment = processEnvironment(
    command,
    launched.kept ?? (emptied === null ? byDefault(place, `${program} hands its environment on`) : null),
    launched.variables,
  );
  const { reason, files, inert = [], bypasses = [], unresolved } = launched;
  return {
    format,
    boundary: launched.boundary ?? 'namespaces',
    place,
    reason,
    files,
    network: processNetwork(namespaces.network, environment),
    privilege: processPrivilege({
      place,
      user,
      namespaces,
      terminal: startedFromTerminal(command, place, program),
      ...launched.privilege,
    }),
    environment,
    limits: callerLimits(place, caller, program),
    lifetime: processLifetime(place),
    agents: startedAgents(inside),
    inert,
    bypasses,
    unresolved,
  };
}

export function launchedSandbox(launched: LaunchedProcess, identity: LaunchIdentity): Sandbox {
  return processSandbox(identity, launchedProcess(launched));
}
