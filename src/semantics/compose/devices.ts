/** `devices`, `gpus` and the devices that `deploy` reserves. */
import { type Node, placeOf } from '../../syntax/node.ts';
import type { LocatedText } from '../docker/spec.ts';
import {
  field,
  fieldAt,
  listItems,
  noteUnknown,
  originAt,
  type Reading,
  readField,
  readList,
  readText,
} from './reading.ts';

/** The engine's own notation, `source:target:access`; of several at one target the last counts. */
export function readDevices(reading: Reading, service: Node): LocatedText[] {
  const devices = new Map<string, LocatedText>();
  for (const node of listItems(reading, field(service, 'devices')?.value)) {
    const device = node.kind === 'mapping' ? longDevice(reading, node) : readText(reading, node);
    if (device === null) continue;
    noteUnknown(reading, device, 'device');
    const [source = '', target] = device.text.split(':');
    const key = target === undefined || /^[rwm]{1,3}$/.test(target) ? source : target;
    devices.set(key, { text: device.text, origin: device.origin });
  }
  return [...devices.values()];
}

function longDevice(reading: Reading, node: Node): LocatedText | null {
  const text = (key: string): string | null => readField(reading, field(node, key))?.text ?? null;
  const source = text('source');
  if (source === null) return null;
  const fields = [source, text('target') ?? source, text('permissions') ?? 'rwm'];
  return { text: fields.join(':'), origin: originAt(reading, placeOf(node)) };
}

/** `gpus: all` or a list of requests, and `deploy.resources.reservations.devices`. */
export function readGpus(reading: Reading, service: Node): LocatedText[] {
  const reserved = fieldAt(service, 'deploy', 'resources', 'reservations', 'devices');
  return [field(service, 'gpus'), reserved].flatMap((entry): LocatedText[] => {
    if (entry === undefined) return [];
    if (entry.value.kind === 'scalar') {
      const text = readField(reading, entry);
      return text === null ? [] : [{ text: text.text, origin: text.origin }];
    }
    return listItems(reading, entry.value).map((node) => request(reading, node));
  });
}

function request(reading: Reading, node: Node): LocatedText {
  const origin = originAt(reading, placeOf(node));
  const driver = readField(reading, field(node, 'driver'))?.text ?? '';
  const capabilities = readList(reading, field(node, 'capabilities')).map(({ text }) => text);
  return { text: [driver, ...capabilities].filter((part) => part !== '').join(' ') || 'device', origin };
}
