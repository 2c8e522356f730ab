/** Which files that start the next sandbox, or that the host runs, can be written from inside this one. */
import type { HostGrant } from './files.ts';
import { type HostPath, samePath, workspacePath } from './host-path.ts';
import type { HostCommand, Sandbox } from './sandbox.ts';

export interface Rewritable {
  /** The grant that makes them writable. */
  readonly grant: HostGrant;
  readonly paths: readonly HostPath[];
  /** Commands of the definition that run one of the files on the host. */
  readonly commands: readonly HostCommand[];
  readonly assumes: readonly string[];
}

/**
 * Files of a project that programs of the host run: git on almost every command, editors when the folder is
 * opened (githooks(5); https://code.visualstudio.com/docs/debugtest/tasks#_run-behavior).
 */
const HOST_RUNS: readonly string[] = ['.git/hooks', '.vscode/tasks.json'];

/**
 * Others of the kind, told where a mount opens no better known one: what git takes for commands
 * (git-config(1), `core.fsmonitor`), what rebuilds and starts containers, what agents on the host obey.
 */
const HOST_OBEYS: readonly string[] = [
  '.git/config',
  '.devcontainer/devcontainer.json',
  '.devcontainer.json',
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  '.husky/pre-commit',
  '.claude/settings.json',
  '.mcp.json',
];

/** Grouped by the grant that opens them, which is the line to change. */
export function rewritableBy(sandbox: Sandbox): Rewritable[] {
  const byGrant = new Map<HostGrant, Draft>();
  const add = (path: HostPath, command?: HostCommand): void => {
    const { verdict, grant, assumes = [] } = sandbox.files.can('write', path);
    if (verdict !== 'yes' || grant === null || grant.kind === 'copy') return;
    const draft = byGrant.get(grant) ?? { grant, paths: [], commands: [], assumes: [] };
    byGrant.set(grant, draft);
    if (!draft.paths.some((seen) => samePath(seen, path))) draft.paths.push(path);
    if (command !== undefined && !draft.commands.includes(command)) draft.commands.push(command);
    for (const clause of [...assumes, ...(grant.assumes ?? [])]) {
      if (!draft.assumes.includes(clause)) draft.assumes.push(clause);
    }
  };
  for (const command of sandbox.hostCommands) for (const path of command.executes) add(path, command);
  for (const file of sandbox.definition) add(file.host);
  for (const path of HOST_RUNS) add(workspacePath(path));
  const told = new Set(byGrant.keys());
  for (const path of HOST_OBEYS.map(workspacePath)) {
    const { grant } = sandbox.files.can('write', path);
    if (grant !== null && !told.has(grant)) add(path);
  }
  return [...byGrant.values()];
}

interface Draft {
  readonly grant: HostGrant;
  readonly paths: HostPath[];
  readonly commands: HostCommand[];
  readonly assumes: string[];
}
