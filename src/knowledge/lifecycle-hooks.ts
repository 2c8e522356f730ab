/**
 * The lifecycle commands of a devcontainer, in the order in which they run
 * (https://containers.dev/implementors/json_reference/#lifecycle-scripts).
 */

/** Those that run in the container. */
export const HOOKS_INSIDE = [
  'onCreateCommand',
  'updateContentCommand',
  'postCreateCommand',
  'postStartCommand',
  'postAttachCommand',
] as const;

/** All of them: the first runs on the host. */
export const LIFECYCLE_HOOKS = ['initializeCommand', ...HOOKS_INSIDE] as const;
