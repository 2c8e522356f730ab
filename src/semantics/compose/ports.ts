/** `ports`: short texts, numbers, and the long form. */
import type { PublishedPort } from '../../model/network.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { type Node, placeOf } from '../../syntax/node.ts';
import { parsePort } from '../docker/run-spec-network.ts';
import { field, listItems, noteUnknown, originAt, type Reading, readField, readText } from './reading.ts';

/** A repeated entry is one port (compose-go override/uncity.go). */
export function readPorts(reading: Reading, service: Node): PublishedPort[] {
  const ports = new Map<string, PublishedPort>();
  for (const node of listItems(reading, field(service, 'ports')?.value)) {
    const port = node.kind === 'mapping' ? longPort(reading, node) : shortPort(reading, node);
    if (port === null) continue;
    const { target, published, hostIp, protocol } = port;
    ports.set(`${hostIp ?? ''}:${published ?? ''}:${target}/${protocol}`, port);
  }
  return [...ports.values()];
}

function shortPort(reading: Reading, node: Node): PublishedPort | null {
  const text = readText(reading, node);
  if (text === null) return null;
  const port = parsePort(text.text, text.origin);
  // The address decides who can connect; a number that is not known decides nothing.
  if (isResolved(text.text) || port.hostIp === null) return port;
  const known = isResolved(text.text.split(':', 1)[0] ?? '');
  if (known) return port;
  noteUnknown(reading, text, 'ports');
  return { ...port, hostIp: null };
}

function longPort(reading: Reading, node: Node): PublishedPort | null {
  const target = readField(reading, field(node, 'target'));
  if (target === null) return null;
  const published = readField(reading, field(node, 'published'))?.text ?? '';
  const ip = readField(reading, field(node, 'host_ip'))?.text ?? '';
  return {
    target: displayText(target.text),
    published: published === '' ? null : displayText(published),
    hostIp: ip === '' || ip === '0.0.0.0' || ip === '::' || !isResolved(ip) ? null : ip,
    protocol: readField(reading, field(node, 'protocol'))?.text ?? 'tcp',
    origin: originAt(reading, placeOf(node)),
  };
}
