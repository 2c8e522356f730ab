/** QEMU command lines in scripts. */
import { mayLaunch, readLaunches } from '../../semantics/process/launches.ts';
import { qemuLaunch } from '../../semantics/qemu/sandbox.ts';
import type { Frontend } from '../frontend.ts';

export const qemuFrontend: Frontend = {
  id: 'qemu',
  claims: mayLaunch,
  recognises: (text) => text.includes('qemu-system-') || text.includes('qemu-kvm'),
  audit: (source, project) => readLaunches(source, project, { word: 'qemu', find: qemuLaunch }),
};
