/** unshare command lines in scripts. */

import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import { unshareLaunch } from '../../semantics/unshare/sandbox.ts';
import type { Frontend } from '../frontend.ts';

export const unshareFrontend: Frontend = {
  id: 'unshare',
  claims: mayLaunch,
  recognises: (text) => mentions(text, ['unshare']),
  audit: (source, project) => readLaunches(source, project, { word: 'unshare', find: unshareLaunch }),
};
