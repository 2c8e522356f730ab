/** Ceilings on a container's resources. */
import type { Limit, Limits } from '../../model/sandbox.ts';
import { byDefault, known, mapValue, type Value } from '../../model/value.ts';
import { parseFloat64 } from './go-values.ts';
import type { ContainerSpec, MountSpec } from './spec.ts';

/** podman sets 2048 processes unasked (containers-common, pkg/config/default.go); Docker sets nothing. */
const PODMAN_PROCESSES = 2048;

export function containerLimits(spec: ContainerSpec, mounts: readonly MountSpec[]): Limits {
  return {
    expressible: true,
    memory: limit(spec, spec.limits.memory),
    cpu: limit(spec, spec.limits.cpu),
    processes:
      spec.limits.processes === null && spec.engine === 'podman'
        ? known({ amount: PODMAN_PROCESSES }, byDefault(spec.anchor, "podman's default"))
        : limit(spec, spec.limits.processes),
    disk: disk(spec, mounts),
  };
}

function limit(spec: ContainerSpec, written: Value<number | null> | null): Value<Limit> {
  if (written === null) return known({ amount: null }, byDefault(spec.anchor, "the engine's default"));
  return mapValue(written, (amount) => ({ amount }));
}

/** A read-only root whose tmpfs mounts all have a size bounds what can be filled up. */
function disk(spec: ContainerSpec, mounts: readonly MountSpec[]): Value<Limit> {
  const unsized = mounts.find((mount) => mount.type === 'tmpfs' && mount.size === null);
  if (unsized !== undefined) return known({ amount: null }, unsized.origin);
  if (!spec.readOnlyRoot.known) return spec.readOnlyRoot;
  if (!spec.readOnlyRoot.value) return known({ amount: null }, spec.readOnlyRoot.origin);
  const sum = mounts.reduce((total, mount) => total + (mount.type === 'tmpfs' ? (mount.size ?? 0) : 0), 0);
  return known({ amount: sum }, spec.readOnlyRoot.origin);
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/**
 * `512m`, `1.5gb`, `.5g`, `1073741824`: bytes, or null for what is no size (docker/go-units RAMInBytes: binary
 * units, the suffix `b` or `ib` and the case are free, one space may stand before the unit).
 */
export function parseSize(text: string): number | null {
  const match = /^(.*[\d.]) ?(?:([kmgtp])(?:i?b)?|b)?$/is.exec(text);
  const amount = parseFloat64(match?.[1] ?? '');
  if (match === null || amount === null || amount < 0) return null;
  return Math.trunc(amount * (UNITS[(match[2] ?? 'b').toLowerCase()] ?? 1));
}
