/** Every format, in the order in which a file is offered to them. */
import { bwrapFrontend } from './bwrap/index.ts';
import { chrootFrontend } from './chroot/index.ts';
import { composeFrontend } from './compose/index.ts';
import { devcontainerFrontend } from './devcontainer/index.ts';
import { dockerRunFrontend } from './docker-run/index.ts';
import { firecrackerFrontend } from './firecracker/index.ts';
import { firejailFrontend } from './firejail/index.ts';
import type { Frontend } from './frontend.ts';
import { qemuFrontend } from './qemu/index.ts';
import { runscFrontend } from './runsc/index.ts';
import { seatbeltFrontend } from './seatbelt/index.ts';
import { sandboxExecFrontend } from './seatbelt/sandbox-exec.ts';
import { systemdFrontend, systemdUnitFrontend } from './systemd/index.ts';
import { unshareFrontend } from './unshare/index.ts';
import { userFrontend } from './user/index.ts';

export const FRONTENDS: readonly Frontend[] = [
  devcontainerFrontend,
  composeFrontend,
  dockerRunFrontend,
  seatbeltFrontend,
  bwrapFrontend,
  sandboxExecFrontend,
  unshareFrontend,
  chrootFrontend,
  userFrontend,
  firejailFrontend,
  systemdFrontend,
  systemdUnitFrontend,
  qemuFrontend,
  firecrackerFrontend,
  runscFrontend,
];
