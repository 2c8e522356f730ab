/** What `exec` does in containers that run already: commands, and with which privileges. */
import { agentsIn } from '../../knowledge/agents.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import type { EngineCall } from './run-command.ts';
import type { ExecLine } from './run-firewall.ts';
import { parseRunArguments, type RunArguments } from './run-flags.ts';
import { plainWords, runWorlds } from './run-worlds.ts';
import type { LocatedText } from './spec.ts';

/** `docker exec --privileged`. */
export interface Escalation {
  readonly call: EngineCall;
  readonly container: string;
  readonly origin: Origin;
}

/** The container stands where `run` has the image. */
const EXEC = { image: true, command: 'exec' } as const;

/** What `docker exec` starts in a container that runs already. */
export interface Started extends ExecLine {
  readonly container: string;
  readonly agents: readonly string[];
}

export function startedBy(call: EngineCall): Started[] {
  if (call.verb !== 'exec') return [];
  const parsed = parseRunArguments(plainWords(call), call.engine, EXEC);
  const container = containerOf(parsed);
  if (container === null || !isResolved(container.text)) return [];
  const { command, settings } = parsed;
  return [
    {
      container: container.text,
      agents: agentsIn(command.map(({ text }) => displayText(text)).join(' ')),
      words: command,
      user: settings.findLast(({ flag }) => flag === 'user')?.value ?? null,
      privileged: settings.some(({ flag, value }) => flag === 'privileged' && EXEC_TRUE.test(value)),
    },
  ];
}

/** podman's `--latest` names the container; the first word is then the command's. */
function containerOf({ settings, image }: RunArguments): LocatedText | null {
  return settings.some(({ flag, value }) => flag === 'latest' && value !== 'false') ? null : image;
}

const EXEC_TRUE = /^(?:true|1|t)$/i;

export function escalationOf(call: EngineCall): Escalation[] {
  if (call.verb !== 'exec') return [];
  return runWorlds(call.words, call.command.conditions)
    .flatMap((words): Escalation[] => {
      const parsed = parseRunArguments(words, call.engine, EXEC);
      const privileged = parsed.settings.find(
        ({ flag, value }) => flag === 'privileged' && EXEC_TRUE.test(value),
      );
      const container = displayText(containerOf(parsed)?.text ?? '');
      return privileged === undefined ? [] : [{ call, container, origin: privileged.origin }];
    })
    .slice(0, 1);
}
