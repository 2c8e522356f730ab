/** systemd-run in scripts, and unit files of services. */
import type { Project } from '../../model/project.ts';
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import { systemdRunLaunch } from '../../semantics/systemd/launch.ts';
import { looksLikeService, startsAgent, unitSandbox } from '../../semantics/systemd/unit.ts';
import type { Source } from '../../source/source.ts';
import { type Frontend, type FrontendResult, wholeFile } from '../frontend.ts';

const UNIT = /\.service$/i;

/** Scripts, and of the units of a tree those that start a coding agent. */
export const systemdFrontend: Frontend = {
  id: 'systemd',
  claims: (path) => (UNIT.test(path) ? 'maybe' : mayLaunch(path)),
  recognises: (text) => mentions(text, ['systemd-run']) || (looksLikeService(text) && startsAgent(text)),
  audit: (source, project) =>
    looksLikeService(source.text)
      ? auditUnit(source, project)
      : readLaunches(source, project, { word: 'systemd-run', find: systemdRunLaunch }),
};

/** Any other unit, when it is named on the command line. */
export const systemdUnitFrontend: Frontend = {
  id: 'systemd',
  claims: () => 'no',
  recognises: (text) => looksLikeService(text) && !startsAgent(text) && !mentions(text, ['systemd-run']),
  audit: auditUnit,
};

function auditUnit(source: Source, project: Project): FrontendResult {
  const reading = unitSandbox(source, project);
  const consulted = reading?.consulted.map(({ path }) => path) ?? [];
  return { ...wholeFile(reading?.sandbox ?? null), consulted };
}
