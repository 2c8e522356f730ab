/** sandbox-exec command lines in scripts, each with the profile that it names. */
import type { Project } from '../../model/project.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { placeNames } from '../../semantics/process/place-names.ts';
import { isProbe, probeNote } from '../../semantics/process/probe.ts';
import { isSandboxExec, type Launch, launchesOf } from '../../semantics/sandbox-exec/launch.ts';
import type { Moment } from '../../semantics/sandbox-exec/outputs.ts';
import type { Script } from '../../semantics/sandbox-exec/profile-script.ts';
import { type LaunchedProfile, launchedProfile } from '../../semantics/sandbox-exec/sandbox.ts';
import { isScriptPath, mentions, scriptCommands } from '../../semantics/scripts/script-commands.ts';
import { enclosuresOf } from '../../semantics/shell/enclosures.ts';
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

/** One way in which a command starts a sandbox. */
interface Started {
  readonly command: ShellCommand;
  readonly launch: Launch;
  readonly found: LaunchedProfile;
}

function audit(source: Source, project: Project): FrontendResult {
  const { kind, commands, problems, consulted } = scriptCommands(source, project);
  const script: Script = {
    source,
    project,
    commands,
    // What holds a script among other things is no script as a whole; what it sources is.
    enclosuresOf: (one) => (one === source && kind !== 'shell' ? null : enclosuresOf(one)),
  };
  const all = commands.flatMap((command, at) => startsOf(command, { script, at, depth: 0 }));
  const probes = all.filter(({ launch }) => isProbe(launch.commands) && launch.unknown.length === 0);
  const started = distinct(all.filter((one) => !probes.includes(one)));
  const names = placeNames(
    'sandbox-exec',
    started.map(({ launch }) => launch.place),
    started.map(({ command }) => command),
  );
  const sandboxes: Sandbox[] = [];
  const diagnostics: Diagnostic[] = problems.map(({ message, place, severity }) => ({
    message,
    place,
    severity,
  }));
  for (const { launch } of probes) diagnostics.push(probeNote(launch.command, launch.place));
  const read = new Set<Source>();
  for (const [index, { found }] of started.entries()) {
    const { id, name } = names[index] ?? { id: 'sandbox-exec', name: 'sandbox-exec' };
    const sandbox = found.sandbox({ id: `${source.path}#${id}`, name });
    if (sandbox !== null) sandboxes.push(sandbox);
    diagnostics.push(...diagnosticsOf(found.reading, found.files[0] ?? source));
    for (const file of [...found.files, ...found.reading.imported]) read.add(file);
  }
  const broken = problems.some(({ severity }) => severity !== 'note');
  return {
    sandboxes,
    diagnostics: once(diagnostics),
    ours: all.length > 0 || broken,
    absorbs: [...read].map(sandboxId),
    consulted: [...consulted, ...[...read].map(({ path }) => path)],
  };
}

function startsOf(command: ShellCommand, moment: Moment): readonly Started[] {
  if (!isSandboxExec(command)) return [];
  return launchesOf(command).map((launch) => ({
    command,
    launch,
    found: launchedProfile(launch, command, moment),
  }));
}

/** One sandbox a place and meaning: optional words in front of a command make no other one of it. */
function distinct(started: readonly Started[]): readonly Started[] {
  const seen = new Map<string, Started>();
  for (const one of started) {
    const { source, span } = one.launch.place;
    const key = `${source.path}:${span.start}\n${one.found.meaning}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

function once(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const one of diagnostics) {
    const { place, message } = one;
    seen.set(`${place?.source.path ?? ''}:${place?.span.start ?? 0}:${message}`, one);
  }
  return [...seen.values()];
}
