/** The image, as far as its name tells. */
import { imagePinning } from '../../knowledge/images.ts';
import type { Image } from '../../model/sandbox.ts';
import { isResolved } from '../../model/symbolic.ts';
import { byDefault, known } from '../../model/value.ts';
import type { ContainerSpec } from './spec.ts';

export function imageOf(spec: ContainerSpec): Image | null {
  const { reference, built } = spec.image;
  if (reference === null) {
    return built ? { reference: known('', byDefault(spec.anchor, 'built here')), pinned: 'built' } : null;
  }
  if (built) return { reference, pinned: 'built' };
  if (!reference.known || !isResolved(reference.value)) return { reference, pinned: 'unknown' };
  return { reference, pinned: imagePinning(reference.value) };
}
