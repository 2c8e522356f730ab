/** A container of which only what a test is about has been said. */
import { hostPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL, unknownPart } from '../../../src/model/symbolic.ts';
import { explicit, known, type Origin } from '../../../src/model/value.ts';
import { emptyContainer } from '../../../src/semantics/docker/run-spec.ts';
import type { ContainerSpec, Engine, LocatedText, MountSpec } from '../../../src/semantics/docker/spec.ts';
import { createSource, type Place, placeAt } from '../../../src/source/source.ts';

/** The node that could have said what is left out. */
export const ANCHOR: Place = placeAt(createSource('definition', 'anchor'), 0, 6);

/** A place whose text is what is written there. */
export function at(text: string): Origin {
  return explicit(placeAt(createSource('definition', text), 0, text.length));
}

/** `$NAME` stands for an unknown part, `~` at the start for the home. */
export function symbolic(text: string): string {
  return text.replace(/^~/, HOME_SYMBOL).replace(/\$(\w+)/g, (_, name: string) => unknownPart(name));
}

export function located(...texts: readonly string[]): LocatedText[] {
  return texts.map((text) => ({ text: symbolic(text), origin: at(text) }));
}

export function container(settings: Partial<ContainerSpec> = {}, engine: Engine = 'docker'): ContainerSpec {
  return { ...emptyContainer(engine, ANCHOR), ...settings };
}

export const ON = known(true, at('--privileged'));

const PLAIN = {
  host: null,
  volume: null,
  propagation: 'private',
  recursiveReadOnly: true,
  size: null,
} as const satisfies Partial<MountSpec>;

/** `source:target[:ro]` of a directory of the host. */
export function bind(text: string): MountSpec {
  const [source = '', target = '', mode] = text.split(':');
  return {
    ...PLAIN,
    type: 'bind',
    host: hostPath(symbolic(source), ''),
    target,
    readOnly: known(mode === 'ro', at(text)),
    text,
    origin: at(text),
  };
}

/** Something that is mounted inside and is none of the host's. */
export function inside(type: 'volume' | 'tmpfs', target: string, size: number | null = null): MountSpec {
  const origin = at(target);
  return { ...PLAIN, type, target, size, readOnly: known(false, origin), text: target, origin };
}
