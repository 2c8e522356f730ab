/**
 * What an engine refuses of flags that are well written as flags: values that it does not take, and flags that
 * exclude each other. A line that is refused starts nothing. What only the engine's machine can tell (files,
 * networks, processors, runtimes, labels of drives) is not asked here.
 *
 * Docker: docker/cli cli/command/container/opts.go and opts/; moby daemon/container.go, daemon/daemon_unix.go
 * and daemon/volume/mounts/linux_parser.go. podman: containers/podman pkg/specgenutil and pkg/specgen.
 */
import { displayText, isResolved } from '../../model/symbolic.ts';
import { dockerConflicts, podmanConflicts } from './refusals-conflicts.ts';
import { DOCKER_LIMITS, PODMAN_LIMITS } from './refusals-limits.ts';
import { DOCKER_MOUNTS, duplicateTargets, PODMAN_MOUNTS } from './refusals-mounts.ts';
import { DOCKER_NETWORK, PODMAN_NETWORK } from './refusals-network.ts';
import { DOCKER_PRIVILEGES, PODMAN_PRIVILEGES } from './refusals-privileges.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import type { Engine } from './spec.ts';

/** True: taken. False, or why, in a few words: refused. */
export type Check = (value: string, settings: readonly RunSetting[]) => boolean | string;

/** Checks by the flag's name. */
export type Checks = Readonly<Record<string, Check>>;

const CHECKS: Readonly<Record<Engine, ReadonlyMap<string, Check>>> = {
  docker: new Map(
    Object.entries({ ...DOCKER_LIMITS, ...DOCKER_MOUNTS, ...DOCKER_NETWORK, ...DOCKER_PRIVILEGES }),
  ),
  podman: new Map(
    Object.entries({ ...PODMAN_LIMITS, ...PODMAN_MOUNTS, ...PODMAN_NETWORK, ...PODMAN_PRIVILEGES }),
  ),
  nerdctl: new Map(),
};

/** Flags that are given once: only the last value is looked at where several are (pflag reads each of them). */
export function refusals(settings: readonly RunSetting[], engine: Engine): RunError[] {
  const known = settings.filter(({ value }) => isResolved(value));
  const values = known.flatMap((setting) => refusedValue(setting, settings, engine));
  if (engine === 'nerdctl') return values;
  const conflicts = engine === 'docker' ? dockerConflicts(settings) : podmanConflicts(settings);
  return [...values, ...conflicts, ...duplicateTargets(known, engine)];
}

function refusedValue(setting: RunSetting, settings: readonly RunSetting[], engine: Engine): RunError[] {
  const { flag, value, origin } = setting;
  const verdict = CHECKS[engine].get(flag)?.(value, settings) ?? true;
  if (verdict === true) return [];
  const why = verdict === false ? '' : `: ${verdict}`;
  return [{ message: `--${flag} takes no "${displayText(value)}"${why}`, origin }];
}
