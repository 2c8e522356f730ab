/** firejail command lines in scripts, with the profiles of the project that they name. */
import { firejailLaunch } from '../../semantics/firejail/sandbox.ts';
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import type { Frontend } from '../frontend.ts';

export const firejailFrontend: Frontend = {
  id: 'firejail',
  claims: mayLaunch,
  recognises: (text) => mentions(text, ['firejail']),
  audit: (source, project) => readLaunches(source, project, { word: 'firejail', find: firejailLaunch }),
};
