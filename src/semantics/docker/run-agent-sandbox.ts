/** `docker sandbox run`: an agent in a virtual machine of its own. */
import { displayText } from '../../model/symbolic.ts';
import { known, type Origin } from '../../model/value.ts';
import type { EngineCall } from './run-command.ts';
import {
  currentDirectory,
  type ScriptContext,
  usePlace,
  wordOrigin,
  workingDirectory,
} from './run-container.ts';
import { emptyContainer } from './run-spec.ts';
import { plainWords, type RunWord } from './run-worlds.ts';
import type { ContainerSpec, LocatedText, MountSpec } from './spec.ts';
import { sourcePath } from './volume.ts';

/**
 * Docker Sandboxes: a virtual machine with the workspace at its own path
 * (https://docs.docker.com/reference/cli/docker/sandbox/run/). The earlier, experimental command line started a
 * container and had flags for the engine's socket.
 */
export function agentSandbox(call: EngineCall, context: ScriptContext): ContainerSpec | null {
  const words = plainWords(call);
  const anchor = usePlace(call);
  const empty = emptyContainer(call.engine, anchor);
  const read = readSandboxWords(words);
  if (read.agent === null) return null;
  const directory = workingDirectory(call, context);
  const base = directory.outside === null ? directory.inside : '';
  const paths =
    read.paths.length > 0
      ? read.paths
      : [{ text: currentDirectory(directory), origin: wordOrigin(call.program) }];
  const mounts = paths.map((path) => workspaceMount(path, base));
  const socket = read.socket === null ? [] : [socketMount(read.socket)];
  return {
    ...empty,
    runtime:
      read.socket === null
        ? known('firecracker', {
            kind: 'implied',
            place: anchor,
            note: 'Docker Sandboxes are virtual machines',
          })
        : null,
    mounts: [...mounts, ...socket],
    agents: [displayText(read.agent.text)],
  };
}

interface SandboxWords {
  readonly agent: LocatedText | null;
  readonly paths: readonly LocatedText[];
  readonly socket: Origin | null;
}

const SANDBOX_VALUED =
  /^(?:--name|-t|--template|--credentials|-e|--env|-v|--volume|--cpus|-m|--memory|--branch|--kit)$/;

function readSandboxWords(words: readonly RunWord[]): SandboxWords {
  const paths: LocatedText[] = [];
  let agent: LocatedText | null = null;
  let socket: Origin | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    const next = words[at + 1];
    if (word === undefined || word.text === '--') break;
    const { text } = word;
    if (text === '--mount-docker-socket') socket = word.origin;
    else if ((text === '-w' || text === '--workspace') && next !== undefined) {
      paths.push(next);
      at += 1;
    } else if (text.startsWith('--workspace='))
      paths.push({ ...word, text: text.slice('--workspace='.length) });
    else if (text.startsWith('-')) at += SANDBOX_VALUED.test(text) ? 1 : 0;
    else if (agent === null) agent = word;
    else paths.push(word);
  }
  return { agent, paths, socket };
}

function workspaceMount({ text, origin }: LocatedText, base: string): MountSpec {
  const readOnly = text.endsWith(':ro');
  const path = readOnly ? text.slice(0, -':ro'.length) : text;
  return {
    type: 'bind',
    host: sourcePath(path, base),
    volume: null,
    target: displayText(path),
    readOnly: known(readOnly, origin),
    propagation: 'private',
    recursiveReadOnly: true,
    size: null,
    text: displayText(text),
    origin,
  };
}

function socketMount(origin: Origin): MountSpec {
  return { ...workspaceMount({ text: '/var/run/docker.sock', origin }, ''), text: '--mount-docker-socket' };
}
