/** gVisor's runsc in scripts, with the bundles of the project that it is given. */
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { runscLaunch } from '../../semantics/runsc/sandbox.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import type { Frontend } from '../frontend.ts';

export const runscFrontend: Frontend = {
  id: 'runsc',
  claims: mayLaunch,
  recognises: (text) => mentions(text, ['runsc']),
  audit: (source, project) => readLaunches(source, project, { word: 'runsc', find: runscLaunch }),
};
