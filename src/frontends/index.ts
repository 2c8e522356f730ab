/** Every format, in the order in which a file is offered to them. */
import { bwrapFrontend } from './bwrap/index.ts';
import { composeFrontend } from './compose/index.ts';
import { devcontainerFrontend } from './devcontainer/index.ts';
import { dockerRunFrontend } from './docker-run/index.ts';
import type { Frontend } from './frontend.ts';
import { seatbeltFrontend } from './seatbelt/index.ts';
import { sandboxExecFrontend } from './seatbelt/sandbox-exec.ts';

export const FRONTENDS: readonly Frontend[] = [
  devcontainerFrontend,
  composeFrontend,
  dockerRunFrontend,
  seatbeltFrontend,
  bwrapFrontend,
  sandboxExecFrontend,
];
