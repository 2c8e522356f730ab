/** chroot command lines in scripts. */
import { chrootLaunch } from '../../semantics/chroot/sandbox.ts';
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { mentions } from '../../semantics/scripts/script-commands.ts';
import type { Frontend } from '../frontend.ts';

export const chrootFrontend: Frontend = {
  id: 'chroot',
  claims: mayLaunch,
  recognises: (text) => mentions(text, ['chroot']),
  audit: (source, project) => readLaunches(source, project, { word: 'chroot', find: chrootLaunch }),
};
