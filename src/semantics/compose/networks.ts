/** Which networks a service is on, and what each of them lets through by its definition. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import { byDefault, type Origin } from '../../model/value.ts';
import { entryPlace, type MappingEntry, type Node } from '../../syntax/node.ts';
import { type ComposeProject, definitionEntry } from './project.ts';
import {
  field,
  listItems,
  mappingEntries,
  noteUnknown,
  originAt,
  type Reading,
  readBoolean,
  readField,
  readPairs,
  readText,
  startReading,
  type Text,
} from './reading.ts';

/** One network that a service is attached to. */
export interface Attachment {
  readonly name: string;
  /** Where the service says so, or its key for the project's default network. */
  readonly origin: Origin;
  /**
   * - `bridge`: a way out to everywhere.
   * - `internal`: routes to its members alone.
   * - `host`, `none`: the engine's networks of these names.
   * - `unknown`: whether it is internal hangs on something that is not set here.
   */
  readonly kind: 'bridge' | 'internal' | 'host' | 'none' | 'unknown';
  /** The bridge has no address of the host's on it (`gateway_mode` `isolated`). */
  readonly isolated: boolean;
  /** Made elsewhere: whether it is internal, no file here says. */
  readonly external: boolean;
  /** Where it is defined, if it is. */
  readonly definition: Origin | null;
}

/** The networks of a service that has no `network_mode`; with none written the project's default one. */
export function attachmentsOf(reading: Reading): Attachment[] {
  const networks = field(reading.entry.value, 'networks');
  const written = networks === undefined ? [] : namesIn(reading, networks.value);
  if (written.length > 0) return written.map(({ name, origin }) => attachment(reading, name, origin));
  const note = "Compose's default network";
  return [attachment(reading, 'default', byDefault(reading.anchor, note))];
}

/** The same for a service that is looked at on behalf of another: read once, its unknowns told elsewhere. */
export function attachmentsBeside(compose: ComposeProject, entry: MappingEntry): readonly Attachment[] {
  const seen = compose.attachments.get(entry.key);
  if (seen !== undefined) return seen;
  const attachments = attachmentsOf(startReading(compose, entry));
  compose.attachments.set(entry.key, attachments);
  return attachments;
}

interface NamedAt {
  readonly name: string;
  readonly origin: Origin;
}

function namesIn(reading: Reading, node: Node): NamedAt[] {
  const ofMapping = (mapping: Node): NamedAt[] =>
    mappingEntries(reading, mapping).map((entry) => ({
      name: entry.key,
      origin: originAt(reading, entryPlace(entry)),
    }));
  if (node.kind === 'mapping') return ofMapping(node);
  const found = listItems(reading, node).flatMap((item): NamedAt[] => {
    if (item.kind === 'mapping') return ofMapping(item);
    const text = readText(reading, item);
    return text === null ? [] : [{ name: text.text, origin: text.origin }];
  });
  return [...new Map(found.map((one) => [one.name, one])).values()];
}

function attachment(reading: Reading, name: string, origin: Origin): Attachment {
  const entry = definitionEntry(reading.compose, 'networks', name);
  if (entry === null) {
    const kind = isResolved(name) ? 'bridge' : 'unknown';
    noteUnknown(reading, { text: name, origin }, 'network');
    return {
      name: displayText(name),
      origin,
      kind,
      isolated: false,
      external: false,
      definition: null,
    };
  }
  const internal = readBoolean(reading, field(entry.value, 'internal'), 'network');
  const definition = originAt(reading, entryPlace(entry));
  return {
    name,
    origin,
    kind: engineNetwork(reading, entry) ?? kindOf(internal),
    isolated: isIsolated(reading, entry),
    external: isExternal(reading, entry),
    definition: internal === null ? definition : internal.origin,
  };
}

function kindOf(internal: ReturnType<typeof readBoolean>): Attachment['kind'] {
  if (internal === null) return 'bridge';
  if (!internal.known) return 'unknown';
  return internal.value ? 'internal' : 'bridge';
}

/** The engine's own `host` and `none`, reached as an external network or by their driver. */
function engineNetwork(reading: Reading, entry: MappingEntry): 'host' | 'none' | null {
  const driver = readField(reading, field(entry.value, 'driver'))?.text;
  const external = field(entry.value, 'external');
  const name = (
    readField(reading, field(entry.value, 'name')) ?? readField(reading, field(external?.value, 'name'))
  )?.text;
  for (const kind of ['host', 'none'] as const) {
    if (driver === kind || (external !== undefined && name === kind)) return kind;
  }
  return null;
}

function isExternal(reading: Reading, entry: MappingEntry): boolean {
  const external = field(entry.value, 'external');
  if (external === undefined) return false;
  return external.value.kind === 'mapping' || readField(reading, external)?.text !== 'false';
}

/** moby daemon/libnetwork/drivers/bridge/bridge_linux.go: `isolated` keeps the host off the bridge. */
function isIsolated(reading: Reading, entry: MappingEntry): boolean {
  const options = readPairs(reading, field(entry.value, 'driver_opts'));
  return options.some(
    ({ name, value }) => name === 'com.docker.network.bridge.gateway_mode_ipv4' && value?.text === 'isolated',
  );
}

/** `network_mode` with the kind of word that it is. */
export interface NetworkMode {
  readonly text: Text;
  readonly kind: 'host' | 'none' | 'service' | 'container' | 'bridge' | 'named' | 'unknown';
  /** Of `service` and `container`. */
  readonly of: string;
}

export function networkMode(reading: Reading): NetworkMode | null {
  const text = readField(reading, field(reading.entry.value, 'network_mode'));
  if (text === null || text.text === '') return null;
  if (!isResolved(text.text)) return { text, kind: 'unknown', of: '' };
  const [head = '', of = ''] = text.text.split(':', 2);
  if (head === 'service' || head === 'container') return { text, kind: head, of };
  if (head === 'host' || head === 'none') return { text, kind: head, of: '' };
  return { text, kind: head === 'bridge' || head === 'default' ? 'bridge' : 'named', of: '' };
}
