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
import { DOCKER_MOUNTS, PODMAN_MOUNTS } from './refusals-mounts.ts';
import { DOCKER_NETWORK, PODMAN_NETWORK } from './refusals-network.ts';
import { DOCKER_PRIVILEGES, PODMAN_PRIVILEGES } from './refusals-privileges.ts';
import { duplicateTargets } from './refusals-targets.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import type { Engine } from './spec.ts';

/** True: taken. False, or why, in a few words: refused. */
export type Check = (value: string, settings: readonly RunSetting[]) => boolean | string;

/** Of a flag that is given once the client reads every value, but only the last is ever asked for. */
export interface OnceCheck {
  readonly each?: Check;
  readonly last: Check;
}

/** Checks by the flag's name. */
export type Checks = Readonly<Record<string, Check | OnceCheck>>;

const CHECKS: Readonly<Record<Engine, ReadonlyMap<string, Check | OnceCheck>>> = {
  docker: new Map(
    Object.entries({ ...DOCKER_LIMITS, ...DOCKER_MOUNTS, ...DOCKER_NETWORK, ...DOCKER_PRIVILEGES }),
  ),
  podman: new Map(
    Object.entries({ ...PODMAN_LIMITS, ...PODMAN_MOUNTS, ...PODMAN_NETWORK, ...PODMAN_PRIVILEGES }),
  ),
  nerdctl: new Map(),
};

/** What is wrong with the settings of one line; what is not known is not asked. */
export function refusals(settings: readonly RunSetting[], engine: Engine): RunError[] {
  const known = settings.filter(({ value }) => isResolved(value));
  const values = known.flatMap((setting) => refusedValue(setting, settings, engine));
  if (engine === 'nerdctl') return values;
  const conflicts = engine === 'docker' ? dockerConflicts(settings) : podmanConflicts(settings);
  return [...values, ...conflicts, ...duplicateTargets(known, engine)];
}

function refusedValue(setting: RunSetting, settings: readonly RunSetting[], engine: Engine): RunError[] {
  const { flag, value, origin } = setting;
  const check = CHECKS[engine].get(flag);
  if (check === undefined) return [];
  const checks =
    typeof check === 'function' ? [check] : [check.each, isLast(setting, settings) && check.last];
  const verdicts = checks.map((one) => (one ? one(value, settings) : true));
  const verdict = verdicts.find((one) => one !== true);
  if (verdict === undefined) return [];
  const why = verdict === false ? '' : `: ${verdict}`;
  return [{ message: `--${flag} takes no "${displayText(value)}"${why}`, origin }];
}

function isLast(setting: RunSetting, settings: readonly RunSetting[]): boolean {
  return settings.findLast(({ flag }) => flag === setting.flag) === setting;
}
