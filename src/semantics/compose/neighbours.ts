/** The services that one can talk to, and what control of an engine that gives. */
import { neighbourKind } from '../../knowledge/neighbours.ts';
import { socketProxyPower } from '../../knowledge/socket-proxy.ts';
import type { Variable } from '../../model/environment.ts';
import type { EngineApi, Neighbour } from '../../model/network.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { keyPlace, type MappingEntry } from '../../syntax/node.ts';
import { engineApisOf } from '../docker/run-spec-environment.ts';
import type { Reach } from './egress.ts';
import { attachmentsBeside, type NetworkMode, networkMode } from './networks.ts';
import { type ComposeProject, composeSandboxId } from './project.ts';
import { field, type Reading, readField, readList, readPairs, startReading } from './reading.ts';

/** What others want to know of a service; read once a project, since everybody asks. */
export interface Beside {
  readonly neighbour: Neighbour;
  readonly mode: NetworkMode | null;
  /** Names of its networks; empty where it has a network mode. */
  readonly networks: readonly string[];
  /** Set for a proxy of an engine's socket. */
  readonly api: EngineApi | null;
}

function besideOf(compose: ComposeProject, entry: MappingEntry): Beside {
  const seen = compose.beside.get(entry.key);
  if (seen !== undefined) return seen;
  const reading = startReading(compose, entry);
  const image = readField(reading, field(entry.value, 'image'))?.text ?? null;
  const mode = networkMode(reading);
  const beside: Beside = {
    neighbour: {
      name: entry.key,
      holds: image === null ? null : neighbourKind(image),
      origin: explicit(keyPlace(entry)),
      sandbox: composeSandboxId(compose, entry.key),
    },
    mode,
    networks: mode === null ? attachmentsBeside(compose, entry).map(({ name }) => name) : [],
    api: socketProxy(reading, image ?? ''),
  };
  compose.beside.set(entry.key, beside);
  return beside;
}

/** Services on a network of the service's, and those whose network namespace it shares. */
export function neighboursOf(reading: Reading, reach: Reach): Neighbour[] {
  const names = new Set(reach.attachments.map(({ name }) => name));
  const found: Neighbour[] = [];
  for (const entry of reading.compose.services.values()) {
    if (entry.key === reading.name) continue;
    const { neighbour, mode, networks } = besideOf(reading.compose, entry);
    const sharesOurs = mode?.kind === 'service' && mode.of === reading.name;
    const isOn = reach.shares.includes(entry.key) || sharesOurs || networks.some((name) => names.has(name));
    if (isOn) found.push(neighbour);
  }
  return found;
}

/** Engines that are commanded over the network: `DOCKER_HOST`, and proxies of the engine's socket. */
export function engineApisFor(
  reading: Reading,
  neighbours: readonly Neighbour[],
  variables: readonly Variable[],
): EngineApi[] {
  const proxies = neighbours.flatMap(({ name }) => reading.compose.beside.get(name)?.api ?? []);
  const named = new Set(proxies.map(({ text }) => text));
  const direct = engineApisOf(variables).filter(({ text }) => {
    const host = /:\/\/(?:[^@/]*@)?([^:/]+)/.exec(text.slice(0, 1000))?.[1] ?? '';
    return !named.has(host);
  });
  return [...direct, ...proxies];
}

function socketProxy(reading: Reading, image: string): EngineApi | null {
  const { value } = reading.entry;
  const command = ['entrypoint', 'command']
    .flatMap((key) => readList(reading, field(value, key)))
    .map(({ text }) => displayText(text))
    .join(' ');
  if (socketProxyPower(image, new Map(), command) === null) return null;
  const pairs = readPairs(reading, field(value, 'environment'));
  const environment = new Map(pairs.map((pair) => [pair.name, pair.value?.text ?? '']));
  const power = socketProxyPower(image, environment, command);
  if (power === null) return null;
  return {
    kind: 'socket-proxy',
    text: reading.name,
    power,
    origin: explicit(reading.anchor),
    related: pairs.map(({ origin }) => origin),
  };
}
