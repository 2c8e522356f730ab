/** sandbox-exec command lines in scripts, each with the profile that it names. */
import type { Project } from '../../model/project.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { placeNames } from '../../semantics/process/place-names.ts';
import { isSandboxExec, type Launch, launchOf } from '../../semantics/sandbox-exec/launch.ts';
import { launchedProfile } from '../../semantics/sandbox-exec/sandbox.ts';
import { isScriptPath, mentions, scriptCommands } from '../../semantics/scripts/script-commands.ts';
import type { ShellCommand } from '../../semantics/shell/reading.ts';
import type { Source } from '../../source/source.ts';
import type { Claim, Diagnostic, Frontend, FrontendResult } from '../frontend.ts';
import { diagnosticsOf, sandboxId } from './index.ts';

export const sandboxExecFrontend: Frontend = { id: 'seatbelt', claims, recognises, audit };

function claims(path: string): Claim {
  return isScriptPath(path) === 'no' ? 'no' : 'maybe';
}

function recognises(text: string): boolean {
  return mentions(text, ['sandbox-exec']);
}

/** Profiles that one command may name by a variable. */
const MAX_PROFILES = 8;

interface Started {
  readonly launch: Launch;
  readonly command: ShellCommand;
}

function audit(source: Source, project: Project): FrontendResult {
  const { commands, problems, consulted } = scriptCommands(source, project);
  const started = commands.filter(isSandboxExec).flatMap(startsOf);
  const names = placeNames(
    'sandbox-exec',
    started.map(({ launch }) => launch.place),
  );
  const sandboxes: Sandbox[] = [];
  const diagnostics: Diagnostic[] = problems.map(({ message, place, severity }) => ({
    message,
    place,
    severity,
  }));
  const read = new Set<Source>();
  for (const [index, { launch, command }] of started.entries()) {
    const { id, name } = names[index] ?? { id: 'sandbox-exec', name: 'sandbox-exec' };
    const identity = { id: `${source.path}#${id}`, name };
    const found = launchedProfile(launch, command, { source, project, commands }, identity);
    if (found.sandbox !== null) sandboxes.push(found.sandbox);
    if (found.file === null || !read.has(found.file)) {
      diagnostics.push(...diagnosticsOf(found.reading, found.file ?? source));
    }
    for (const file of [...(found.file === null ? [] : [found.file]), ...found.reading.imported])
      read.add(file);
  }
  const broken = problems.some(({ severity }) => severity !== 'note');
  return {
    sandboxes,
    diagnostics: once(diagnostics),
    ours: started.length > 0 || broken,
    absorbs: [...read].map(sandboxId),
    consulted: [...consulted, ...[...read].map(({ path }) => path)],
  };
}

/** A profile that a variable chooses is one sandbox for each that it may be. */
function startsOf(command: ShellCommand): readonly Started[] {
  const launch = launchOf(command);
  if (launch === null) return [];
  const { profile } = launch;
  const choices = profile?.word.alternatives?.slice(0, MAX_PROFILES) ?? [];
  if (profile === null || choices.length < 2) return [{ launch, command }];
  return choices.map(({ value }) => {
    const { alternatives: _, ...word } = { ...profile.word, value };
    return { launch: { ...launch, profile: { ...profile, word } }, command };
  });
}

function once(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const one of diagnostics) {
    const { place, message } = one;
    seen.set(`${place?.source.path ?? ''}:${place?.span.start ?? 0}:${message}`, one);
  }
  return [...seen.values()];
}
