/** Machines of Firecracker: their configuration files, and command lines that start them. */
import type { Project } from '../../model/project.ts';
import { looksLikeMachine } from '../../semantics/firecracker/configuration.ts';
import { configuredMachine, firecrackerLaunch } from '../../semantics/firecracker/sandbox.ts';
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import type { Source } from '../../source/source.ts';
import { type Frontend, type FrontendResult, wholeFile } from '../frontend.ts';

/** No other JSON is opened on a walk. */
const CONFIGURATION = /(?:config|vm|fire|machine|fc)[^/]*\.json$/i;

export const firecrackerFrontend: Frontend = {
  id: 'firecracker',
  claims: (path) => (CONFIGURATION.test(path) ? 'maybe' : mayLaunch(path)),
  recognises: (text) => looksLikeMachine(text) || mentions(text, ['firecracker', 'jailer']),
  audit: (source, project) =>
    isJson(source) && looksLikeMachine(source.text)
      ? auditConfiguration(source, project)
      : readLaunches(source, project, { word: 'firecracker', find: firecrackerLaunch }),
};

/** A script may hold a configuration in a here-document. */
function isJson({ text }: Source): boolean {
  return text.slice(0, 1000).trimStart().startsWith('{');
}

function auditConfiguration(source: Source, project: Project): FrontendResult {
  return wholeFile(configuredMachine(source, project));
}
