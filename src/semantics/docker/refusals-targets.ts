/** Mounts at one and the same place, which the engines refuse. */
import { cleanTarget } from './container-path.ts';
import { ABSOLUTE, DRIVES, first, mountFields } from './refusals-mounts.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import type { Engine } from './spec.ts';

interface Placed {
  readonly setting: RunSetting;
  readonly target: string;
}

function targetOf({ flag, value }: RunSetting, engine: Engine): string | null {
  if (flag === 'tmpfs') return value.split(':', 1)[0] ?? '';
  if (flag === 'mount') return first(mountFields(value), 'target', 'dst', 'dest', 'destination');
  if (flag !== 'volume' || DRIVES[engine === 'podman' ? engine : 'docker'].test(value)) return null;
  // Docker's volumes without a source give way to whatever is mounted there.
  return value.split(':')[1] ?? (engine === 'docker' ? null : value);
}

/**
 * Two mounts at one place. Docker keeps the same volume once, and of `--tmpfs` the last
 * (moby daemon/volumes.go, registerMountPoints); podman keeps what is the same in every word.
 */
export function duplicateTargets(settings: readonly RunSetting[], engine: Engine): RunError[] {
  const unique = settings.filter(
    ({ flag, value }, at) =>
      /^(?:volume|mount|tmpfs)$/.test(flag) &&
      (flag === 'mount' ||
        settings.findIndex((other) => other.flag === flag && other.value === value) === at),
  );
  const placed = unique.flatMap((setting): Placed[] => {
    const target = targetOf(setting, engine);
    if (target === null || !ABSOLUTE.test(target)) return [];
    // The daemon knows these by what is written.
    const isWritten = engine === 'docker' && setting.flag === 'tmpfs';
    return [{ setting, target: isWritten ? target : cleanTarget(target) }];
  });
  return placed.flatMap(({ setting, target }, at) => {
    const before = placed.slice(0, at).filter((other) => other.target === target);
    const rival = before.find((other) => EXCLUDES[engine](other.setting, setting));
    return rival === undefined
      ? []
      : [{ message: `${rival.setting.value} is mounted at ${target} already`, origin: setting.origin }];
  });
}

/** Docker compares volumes with everything, and mounts with volumes and mounts. */
function excludesInDocker(a: RunSetting, b: RunSetting): boolean {
  const flags = [a.flag, b.flag];
  return flags.includes('volume') || (flags[0] === 'mount' && flags[1] === 'mount');
}

/** podman lets `--tmpfs` give way to a mount of its kind (pkg/specgenutil/volumes.go, parseVolumes). */
function excludesInPodman(a: RunSetting, b: RunSetting): boolean {
  const [flags, mount] = [[a.flag, b.flag], a.flag === 'mount' ? a : b];
  return (
    !flags.includes('tmpfs') || !flags.includes('mount') || mountFields(mount.value).get('type') !== 'tmpfs'
  );
}

const EXCLUDES = {
  docker: excludesInDocker,
  podman: excludesInPodman,
  nerdctl: excludesInDocker,
} as const;
