/** Services that narrow their network from inside before they start what they are for. */
import { displayText } from '../../model/symbolic.ts';
import { entryPlace } from '../../syntax/node.ts';
import type { BuiltImage } from '../docker/image-files.ts';
import type { StartLine } from '../docker/image-layout.ts';
import type { ContainerSpec } from '../docker/spec.ts';
import { insideOf, type StartOverride, startOf } from '../firewall/container-start.ts';
import { behindFirewall, sharedControl } from '../firewall/control.ts';
import { mayFilterAtStart, startBudget, startedBy } from '../firewall/started.ts';
import { standIn } from '../scripts/script-text.ts';
import { attachmentsBeside } from './networks.ts';
import { definitionEntry } from './project.ts';
import { field, originAt, type Reading, readField, readList } from './reading.ts';

export interface FirewallContext {
  readonly built: BuiltImage | null;
  /** What is started in place of what the service says; null: nothing of the service's own. */
  readonly launch: StartOverride | null;
  /** The service whose network this one shares; asked only where it does. */
  readonly owner: (name: string) => ContainerSpec | null;
}

/** With a firewall in the start command, what is let through is the script's to say. */
export function withFirewall(spec: ContainerSpec, reading: Reading, context: FirewallContext): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open') return spec;
  const shared = ownersControl(spec, reading, context);
  if (shared !== null) return shared;
  const { built, launch } = context;
  if (launch === null) return spec;
  const line = startOf(built?.layout.start ?? null, { ...startOverride(reading), ...launch });
  if (line?.text == null || !mayFilterAtStart(line.text.text)) return spec;
  const { loading } = reading.compose;
  const inside = insideOf(spec, {
    built,
    project: loading.project,
    directory: readField(reading, field(reading.entry.value, 'working_dir'))?.text ?? null,
    note: (path) => loading.consulted.add(path),
  });
  const started = startedBy(line.text, inside, startBudget());
  return behindFirewall(spec, [{ text: displayText(line.text.text), origin: line.origin, started }], {
    inside: inside.pathOf,
    find: inside.find,
    ownerOf: inside.ownerOf,
    late: null,
    once: false,
    asRoot: false,
    privileged: false,
    goesOn: true,
    ipv6: hasIpv6(reading),
  });
}

/** `network_mode: service:gateway`: the rules of the one bind both (network_namespaces(7)). */
function ownersControl(
  spec: ContainerSpec,
  reading: Reading,
  { owner }: FirewallContext,
): ContainerSpec | null {
  const mode = readField(reading, field(reading.entry.value, 'network_mode'))?.text ?? '';
  const name = /^service:(.+)$/.exec(mode)?.[1];
  const theirs = name === undefined ? null : (owner(name)?.network.egress ?? null);
  if (theirs === null) return null;
  if (!theirs.known) return { ...spec, network: { ...spec.network, egress: theirs } };
  if (theirs.value.kind !== 'limited') return null;
  const control = sharedControl(spec, theirs.value.control);
  return {
    ...spec,
    network: { ...spec.network, egress: { ...theirs, value: { kind: 'limited', control } } },
  };
}

/**
 * `entrypoint` and `command`; words of a list are quoted, a text is split as it stands. Null takes the image's,
 * an empty one takes it away (compose-spec 05-services.md).
 */
function startOverride(reading: Reading): StartOverride {
  const entrypoint = startLine(reading, 'entrypoint');
  const command = startLine(reading, 'command');
  return {
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
  };
}

function startLine(reading: Reading, key: string): StartLine | undefined {
  const entry = field(reading.entry.value, key);
  if (entry === undefined) return undefined;
  const texts = readList(reading, entry);
  const isList = entry.value.kind === 'sequence';
  const line = texts
    .map(({ text }) => (isList ? quote(text) : text))
    .join(' ')
    .trim();
  const origin = texts[0]?.origin ?? originAt(reading, entryPlace(entry));
  return { text: line === '' ? null : standIn(line, origin.place), shell: false, origin };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Off unless a network asks for it (https://docs.docker.com/reference/compose-file/networks/#enable_ipv6). */
function hasIpv6(reading: Reading): boolean {
  return attachmentsBeside(reading.compose, reading.entry).some(({ name }) => {
    const entry = definitionEntry(reading.compose, 'networks', name);
    return entry !== null && readField(reading, field(entry.value, 'enable_ipv6'))?.text === 'true';
  });
}
