/** Every format, in the order in which a file is offered to them. */
import { composeFrontend } from './compose/index.ts';
import { devcontainerFrontend } from './devcontainer/index.ts';
import type { Frontend } from './frontend.ts';

export const FRONTENDS: readonly Frontend[] = [devcontainerFrontend, composeFrontend];
