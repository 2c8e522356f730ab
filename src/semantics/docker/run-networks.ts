/** Networks that a script makes, and what its containers reach by them. */
import { neighbourKind } from '../../knowledge/neighbours.ts';
import type { Neighbour } from '../../model/network.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { answer, known, type Origin } from '../../model/value.ts';
import type { EngineCall } from './run-command.ts';
import type { RunReading } from './run-container.ts';
import { networkMode } from './run-spec-network.ts';
import { plainWords } from './run-worlds.ts';
import type { ContainerSpec, LocatedText } from './spec.ts';

export interface ScriptNetworks {
  readonly networks: ReadonlyMap<string, Network>;
  readonly joins: readonly Join[];
  readonly runs: readonly RunReading[];
}

interface Network {
  readonly internal: Origin | null;
}

export function networkOf(call: EngineCall): (readonly [string, Network])[] {
  if (call.verb !== 'network create') return [];
  const words = plainWords(call);
  const name = words.at(-1);
  if (name === undefined || name.text.startsWith('-')) return [];
  const internal = words.find(({ text }) => /^--internal(?:=(?:true|1|t))?$/i.test(text));
  return [[name.text, { internal: internal?.origin ?? null }]];
}

/** `docker network connect NETWORK CONTAINER`: one more way out, of a container that runs already. */
interface Join extends LocatedText {
  readonly container: string;
}

export function joinOf(call: EngineCall): Join[] {
  if (call.verb !== 'network connect') return [];
  const [network, container] = plainWords(call).slice(-2);
  if (network === undefined || container === undefined) return [];
  return [{ container: container.text, text: network.text, origin: network.origin }];
}

/** `--network NAME` of a network that the script makes, or `container:NAME` of a container that it starts. */
export function withNetworks(spec: ContainerSpec, run: RunReading, script: ScriptNetworks): ContainerSpec {
  const [first] = run.networks;
  if (first === undefined) return spec;
  const shared = /^container:(.+)$/.exec(networkMode(first.text))?.[1];
  if (shared !== undefined) return withSharedNetwork(spec, shared, first.origin, script);
  const joins = script.joins.filter(({ container }) => container === run.name);
  const names = [...run.networks, ...joins].map(({ text }) => networkMode(text));
  const rows = names.map((name) => script.networks.get(name));
  const neighbours = [...spec.network.neighbours, ...beside(run, names, script)];
  if (rows.some((row) => row === undefined || row.internal === null)) {
    const egress = openThrough(spec, run, joins, script);
    return { ...spec, network: { ...spec.network, egress, neighbours } };
  }
  const origins = rows.flatMap((row) => row?.internal ?? []);
  return {
    ...spec,
    network: {
      ...spec.network,
      neighbours,
      egress: known({ kind: 'none' }, { ...first.origin, via: origins.map(({ place }) => place) }),
      hostGateway: answer('yes', origins, 'the host answers on the address of an internal network'),
    },
  };
}

/** Where the way out is, of a container with a network that is not internal. */
function openThrough(
  spec: ContainerSpec,
  run: RunReading,
  joins: readonly Join[],
  { networks }: ScriptNetworks,
): ContainerSpec['network']['egress'] {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open') return egress;
  const rowOf = ({ text }: LocatedText): Network | undefined => networks.get(networkMode(text));
  const isSure = (one: LocatedText): boolean => one.text === 'bridge' || rowOf(one) !== undefined;
  const ways = [...run.networks, ...joins].filter((one) => (rowOf(one)?.internal ?? null) === null);
  const out = ways.find(isSure) ?? ways[0];
  if (out === undefined || (out === run.networks[0] && !isSure(out))) return egress;
  const assumes = isSure(out) ? [] : [`the network ${displayText(out.text)} is not internal`];
  return known(egress.value, out.origin, assumes);
}

/** Containers of the script on a network that the script or its caller made. */
function beside(run: RunReading, names: readonly string[], { runs }: ScriptNetworks): Neighbour[] {
  const own = new Set(names.filter((name) => !/^(?:bridge|host|none|default|private)$|:/.test(name)));
  return runs.flatMap((other): Neighbour[] => {
    const joins = other.networks.find(({ text }) => own.has(networkMode(text)));
    if (other === run || joins === undefined || other.name === null || other.name === run.name) return [];
    const { reference } = other.spec.image;
    const holds = reference?.known && isResolved(reference.value) ? neighbourKind(reference.value) : null;
    return [{ name: other.name, holds, origin: joins.origin, sandbox: null }];
  });
}

function withSharedNetwork(
  spec: ContainerSpec,
  name: string,
  origin: Origin,
  { runs }: ScriptNetworks,
): ContainerSpec {
  const other = runs.find((run) => run.name === name);
  if (other === undefined) return spec;
  const { egress, namespace, hostGateway, hostNames } = other.spec.network;
  const moved = egress.known
    ? known(egress.value, { ...origin, via: [egress.origin.place] }, egress.assumes)
    : egress;
  const host = namespace.known && namespace.value === 'host';
  return {
    ...spec,
    network: {
      ...spec.network,
      egress: moved,
      namespace: host ? known('host', origin) : spec.network.namespace,
      hostGateway,
      hostNames: [...spec.network.hostNames, ...hostNames],
    },
  };
}
