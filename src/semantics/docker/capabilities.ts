/** Which capabilities a container ends up with: the engine's arithmetic. */
import {
  ALL_CAPABILITIES,
  DEFAULT_CAPABILITIES_DOCKER,
  DEFAULT_CAPABILITIES_PODMAN,
  normaliseCapability,
} from '../../knowledge/capabilities.ts';
import type { Capabilities } from '../../model/privilege.ts';
import { isResolved } from '../../model/symbolic.ts';
import type { Answer, Origin } from '../../model/value.ts';
import { byDefault } from '../../model/value.ts';
import type { ContainerSpec, LocatedText } from './spec.ts';

interface Listed {
  readonly name: string;
  readonly origin: Origin;
}

/**
 * podman and nerdctl split one value on commas, Docker does not and refuses the name (docker/cli opts.go).
 * A name that is not known is no capability; it stands among what is unresolved.
 */
function listed(spec: ContainerSpec, texts: readonly LocatedText[]): Listed[] {
  return texts.flatMap(({ text, origin }) => {
    if (!isResolved(text)) return [];
    const names = spec.engine === 'docker' ? [text] : text.split(',');
    return names.map((name) => ({ name: normaliseCapability(name), origin }));
  });
}

/**
 * The order of flags does not matter (moby daemon/pkg/oci/caps/utils.go): privileged gives all and ignores
 * drops; `add ALL` gives all but the drops; `drop ALL` leaves exactly the additions; else the defaults
 * without the drops, and the additions, so that an addition beats a drop of the same name.
 *
 * A process that is not root holds none of them (podman: holds the added ones, as ambient capabilities)
 * until it becomes root; `effectiveRoot` says whether it can.
 */
export function containerCapabilities(spec: ContainerSpec, effectiveRoot: Answer): Capabilities {
  const adds = listed(spec, spec.capAdd);
  const drops = listed(spec, spec.capDrop);
  const privileged = spec.privileged.known && spec.privileged.value;
  const bounding = boundingSet(spec, adds, drops);
  const dropsAll = drops.find((drop) => drop.name === 'ALL')?.origin ?? null;
  const addsAll = adds.some((add) => add.name === 'ALL');
  const narrows = privileged || addsAll ? null : dropsAll;
  const unknownDrop = spec.capDrop.find(({ text }) => !isResolved(text))?.origin;
  return {
    added: adds.filter((add) => add.name === 'ALL' || !defaultsOf(spec).includes(add.name)),
    dropsAll: narrows,
    ...(unknownDrop === undefined ? {} : { unknownDrop }),
    bounding,
    usable: usable(spec, bounding, adds, effectiveRoot),
    origin: privileged
      ? spec.privileged.origin
      : (narrows ?? byDefault(spec.anchor, "the engine's default set")),
  };
}

function defaultsOf(spec: ContainerSpec): readonly string[] {
  return spec.engine === 'podman' ? DEFAULT_CAPABILITIES_PODMAN : DEFAULT_CAPABILITIES_DOCKER;
}

function boundingSet(spec: ContainerSpec, adds: readonly Listed[], drops: readonly Listed[]): Set<string> {
  if (spec.privileged.known && spec.privileged.value) return new Set(ALL_CAPABILITIES);
  const dropped = new Set(drops.map((drop) => drop.name));
  const kept = (names: readonly string[]): string[] => names.filter((name) => !dropped.has(name));
  if (adds.some((add) => add.name === 'ALL')) return new Set(kept(ALL_CAPABILITIES));
  const added = adds.map((add) => add.name);
  return new Set(dropped.has('ALL') ? added : [...kept(defaultsOf(spec)), ...added]);
}

function usable(
  spec: ContainerSpec,
  bounding: ReadonlySet<string>,
  adds: readonly Listed[],
  effectiveRoot: Answer,
): ReadonlySet<string> {
  if (effectiveRoot.verdict !== 'no') return bounding;
  if (spec.engine !== 'podman') return new Set();
  // Drops are not asked (containers/podman pkg/specgen/generate/security_linux.go).
  return new Set(adds.some((add) => add.name === 'ALL') ? ALL_CAPABILITIES : adds.map((add) => add.name));
}
