/** Coding agents that a script starts as another user. */
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import { userLaunch } from '../../semantics/user/sandbox.ts';
import type { Frontend } from '../frontend.ts';

export const userFrontend: Frontend = {
  id: 'user',
  claims: mayLaunch,
  recognises: (text) => mentions(text, ['sudo', 'doas', 'run0', 'su', 'runuser', 'setpriv']),
  audit: (source, project) => readLaunches(source, project, { word: 'user', find: userLaunch }),
};
