/**
 * What a devcontainer starts with. The container of an image or Dockerfile runs a shell in place of ENTRYPOINT and
 * CMD, unless `overrideCommand` is false; nothing that it starts is waited for but the engine's word that it runs
 * (devcontainers/cli src/spec-node/singleContainer.ts, spawnDevContainer).
 */
import type { InertSetting } from '../../model/sandbox.ts';
import type { Origin } from '../../model/value.ts';
import { containerUser } from '../docker/identity.ts';
import type { BuiltImage } from '../docker/image-files.ts';
import type { StartLine } from '../docker/image-layout.ts';
import type { ContainerSpec } from '../docker/spec.ts';
import { startOf } from '../firewall/container-start.ts';

/** A firewall that the image would start, and the devcontainer does not. */
export function withReplacedStart(spec: ContainerSpec, origin: Origin): ContainerSpec {
  const inert: InertSetting = {
    setting: 'the firewall that the image starts with',
    why: 'the devcontainer starts a shell in place of the entrypoint',
    instead:
      'set "overrideCommand": false, or run the firewall from postStartCommand and let waitFor name it',
    origin,
  };
  return { ...spec, inert: [...spec.inert, inert] };
}

export interface DevcontainerStart {
  readonly line: StartLine;
  /** False where a shell runs in its place. */
  readonly runs: boolean;
  readonly asRoot: boolean;
}

/** @param spec with the user that the container starts as */
export function startOfImage(
  spec: ContainerSpec,
  built: BuiltImage | null,
  overrideCommand: boolean | null,
): DevcontainerStart | null {
  const line = built === null ? null : startOf(built.layout.start, {});
  if (line === null) return null;
  const user = containerUser(spec);
  return { line, runs: overrideCommand === false, asRoot: user.known && user.value.root };
}
