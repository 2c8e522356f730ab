/** Proxies and relays of an engine's socket that one line of a script starts, and another can reach. */
import { socketProxyPower } from '../../knowledge/socket-proxy.ts';
import type { EngineApi } from '../../model/network.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { type RunReading, usePlace } from './run-container.ts';
import type { ContainerSpec } from './spec.ts';

export interface Relay {
  readonly run: RunReading;
  readonly api: EngineApi;
}

export function relaysOf(runs: readonly RunReading[]): readonly Relay[] {
  return runs.flatMap((run) => {
    const api = relayApi(run);
    return api === null ? [] : [{ run, api }];
  });
}

/** @param spec of the line itself, with its neighbours */
export function withRelays(spec: ContainerSpec, run: RunReading, all: readonly Relay[]): ContainerSpec {
  const relays = all.filter((relay) => relay.run !== run && reaches(spec, run, relay.run));
  if (relays.length === 0) return spec;
  const names = new Set(relays.map((relay) => relay.run.name));
  const direct = spec.network.engineApis.filter(({ text }) => {
    const host = /:\/\/(?:[^@/]*@)?([^:/]+)/.exec(text.slice(0, 1000))?.[1];
    return host === undefined || !names.has(host);
  });
  const engineApis = [...direct, ...relays.map(({ api }) => api)];
  return { ...spec, network: { ...spec.network, engineApis } };
}

/** On a network that both name, by a link, in one network namespace, or side by side on the default bridge. */
function reaches(spec: ContainerSpec, run: RunReading, other: RunReading): boolean {
  if (other.name !== null && spec.network.neighbours.some(({ name }) => name === other.name)) return true;
  const [ours, theirs] = [modeOf(run), modeOf(other)];
  if (other.name !== null && ours === `container:${other.name}`) return true;
  if (run.name !== null && theirs === `container:${run.name}`) return true;
  return ours === 'bridge' && theirs === 'bridge' && run.spec.engine === other.spec.engine;
}

function modeOf({ networks }: RunReading): string {
  const [first] = networks;
  return first === undefined || first.text === 'default' ? 'bridge' : first.text;
}

function relayApi({ spec, name, call }: RunReading): EngineApi | null {
  const { reference } = spec.image;
  const image = reference?.known ? reference.value : '';
  const environment = new Map(
    spec.variables.map((variable) => [variable.name, variable.value.known ? variable.value.value : '?']),
  );
  const power = socketProxyPower(image, environment, displayText(spec.command));
  if (power === null) return null;
  const text = name ?? (image === '' ? `${call.engine} run` : image);
  return { kind: 'socket-proxy', text, power, origin: explicit(usePlace(call)), related: [] };
}
