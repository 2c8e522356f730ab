/** bwrap command lines in scripts. */
import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { DefinitionFile, Sandbox } from '../../model/sandbox.ts';
import type { BwrapCall } from '../../semantics/bwrap/call.ts';
import { bwrapCall, isBwrap } from '../../semantics/bwrap/command-line.ts';
import { madeOnHost } from '../../semantics/bwrap/made-on-host.ts';
import { boundedOperations } from '../../semantics/bwrap/operations.ts';
import { bwrapSandbox } from '../../semantics/bwrap/sandbox.ts';
import { placeNames } from '../../semantics/process/place-names.ts';
import { probeNote } from '../../semantics/process/probe.ts';
import { isScriptPath, mentions, scriptCommands } from '../../semantics/scripts/script-commands.ts';
import type { ShellProblem } from '../../semantics/shell/reading.ts';
import type { Source } from '../../source/source.ts';
import type { Claim, Diagnostic, Frontend, FrontendResult } from '../frontend.ts';

export const bwrapFrontend: Frontend = { id: 'bwrap', claims, recognises, audit };

/** Other formats may be told from the same script, so that no name alone decides. */
function claims(path: string): Claim {
  return isScriptPath(path) === 'no' ? 'no' : 'maybe';
}

function recognises(text: string): boolean {
  return mentions(text, ['bwrap', 'BWRAP', 'BWRAP_BIN']);
}

function audit(source: Source, project: Project): FrontendResult {
  const { commands, problems: all, consulted } = scriptCommands(source, project);
  const problems = all.filter(({ kind, message }) => kind !== 'unfollowed' || /\bbwrap\b/.test(message));
  const calls = distinct(commands.filter(isBwrap).flatMap((command) => bwrapCall(command, commands) ?? []));
  const started = calls.filter(({ query, probe, refusals }) => !query && !probe && refusals.length === 0);
  const names = placeNames(
    'bwrap',
    started.map(({ place }) => place),
  );
  const sandboxes = started.map((call, index): Sandbox => {
    const { name, id } = names[index] ?? { name: 'bwrap', id: 'bwrap' };
    return bwrapSandbox(call, {
      id: `${source.path}#${id}`,
      name,
      definition: definitionOf(call, source, project),
    });
  });
  const broken = problems.some(({ severity }) => severity !== 'note');
  return {
    sandboxes,
    diagnostics: [
      ...problems.map(problem),
      ...calls.flatMap(refused),
      ...calls.flatMap(probed),
      ...started.flatMap(tooLong),
      ...started.flatMap(onHost),
    ],
    ours: calls.some(({ query }) => !query) || broken || problems.some(({ kind }) => kind === 'unfollowed'),
    absorbs: [],
    consulted,
  };
}

/** One call a place and meaning: a function that is called twice in the same way is one sandbox. */
function distinct(calls: readonly BwrapCall[]): readonly BwrapCall[] {
  const seen = new Map<string, BwrapCall>();
  for (const call of calls) {
    const { place, settings, unresolved, caller } = call;
    const root = caller.root === null ? '' : 'root';
    const texts = [...settings.map(({ text }) => text), ...unresolved.map(({ what }) => what), root];
    const key = `${place.source.path}:${place.span.start}\n${texts.join('\n')}`;
    if (!seen.has(key)) seen.set(key, call);
  }
  return [...seen.values()];
}

/** The script, and the file that it sources where the command stands there. */
function definitionOf({ place }: BwrapCall, source: Source, project: Project): DefinitionFile[] {
  const files = place.source.path === source.path ? [source] : [source, place.source];
  return files.map((file) => ({ path: file.path, host: workspacePath(project.relative(file)) }));
}

function probed({ probe, refusals, command, place }: BwrapCall): readonly Diagnostic[] {
  if (!probe || refusals.length > 0) return [];
  return [probeNote(command, place)];
}

function refused({ refusals, query }: BwrapCall): readonly Diagnostic[] {
  if (query) return [];
  return refusals.map(({ message, place, doubtful }) => {
    return { message, place, severity: doubtful === true ? 'note' : 'error' };
  });
}

function problem({ message, place, severity }: ShellProblem): Diagnostic {
  return { message, place, severity };
}

function onHost(call: BwrapCall): readonly Diagnostic[] {
  return madeOnHost(call).map(({ message, place }) => ({ message, place, severity: 'note' }));
}

function tooLong(call: BwrapCall): readonly Diagnostic[] {
  if (!boundedOperations(call).cut) return [];
  const message = 'the command line has more mounts than are read: the last ones were looked at';
  return [{ message, place: call.place, severity: 'limit' }];
}
