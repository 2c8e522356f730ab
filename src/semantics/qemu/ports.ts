/** Ports of the host that QEMU listens on: forwarded ones, displays, debuggers, monitors. */
import type { Network, PublishedPort } from '../../model/network.ts';
import type { Bypass } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import type { ProcessOption } from '../process/option-words.ts';
import { type Suboptions, suboptions } from './options.ts';

/** `hostfwd=tcp:[address]:port-[address]:port`; without an address on all interfaces. */
export function forwardedPorts(sub: Suboptions, origin: Origin): readonly PublishedPort[] {
  return sub.all('hostfwd').flatMap((text) => {
    const match = /^(tcp|udp)?:(\[[^\]]*\]|[^:]*):([^-]+)-(\[[^\]]*\]|[^:]*):(.+)$/.exec(text);
    if (match === null) return [];
    const [, protocol = 'tcp', address = '', published = '', , target = ''] = match;
    return [port(target, published, address, protocol, origin)];
  });
}

function port(
  target: string,
  published: string,
  address: string,
  protocol: string,
  origin: Origin,
): PublishedPort {
  return {
    target: displayText(target),
    published: displayText(published),
    hostIp: address === '' || /^(?:0\.0\.0\.0|\[?::\]?|\*)$/.test(address) ? null : displayText(address),
    protocol,
    origin,
  };
}

export function servicePorts(options: readonly ProcessOption[]): readonly PublishedPort[] {
  return options.flatMap((option) => {
    const found = listenerOf(option);
    return found === null ? [] : [port(found.port, found.port, found.address, 'tcp', option.origin)];
  });
}

interface Listener {
  readonly address: string;
  readonly port: string;
}

function listenerOf({ name, value }: ProcessOption): Listener | null {
  const text = value ?? '';
  switch (name) {
    case 's':
      // Short for `-gdb tcp::1234` (qemu(1)).
      return { address: '', port: '1234' };
    case 'vnc':
      return display(text);
    case 'display':
      return text.startsWith('vnc=') ? display(text.slice('vnc='.length)) : null;
    case 'spice': {
      const sub = suboptions(text);
      const number = sub.get('port') ?? sub.get('tls-port');
      return number === undefined ? null : { address: sub.get('addr') ?? '', port: number };
    }
    case 'chardev':
      return characterDevice(suboptions(text));
    default:
      return /^(?:monitor|qmp|qmp-pretty|gdb|serial)$/.test(name) ? address(text) : null;
  }
}

/** Displays count from port 5900. */
function display(text: string): Listener | null {
  const [, address = '', number = ''] = /^([^:,]{0,200}):(\d{1,4})(?:,|$)/.exec(text) ?? [];
  return number === '' || address === 'unix' ? null : { address, port: String(5900 + Number(number)) };
}

/** `tcp:address:port`, `telnet::port`, and both behind `mon:`. */
function address(text: string): Listener | null {
  const match = /^(?:mon:)?(?:tcp|telnet):([^:,]{0,200}):(\d{1,5})/.exec(text);
  return match === null ? null : { address: match[1] ?? '', port: match[2] ?? '' };
}

/** `-chardev socket,id=m,host=…,port=…,server=on`. */
function characterDevice(sub: Suboptions): Listener | null {
  const number = sub.get('port');
  if (sub.kind !== 'socket' || number === undefined || !sub.isOn('server')) return null;
  return { address: sub.get('host') ?? '', port: number };
}

/**
 * The monitor runs programs of the host (`migrate "exec:…"`, qemu(1)); on a TCP port it answers the machine
 * too, whose gateway 10.0.2.2 is the host's loopback.
 */
export function monitorBypasses(options: readonly ProcessOption[], network: Network): readonly Bypass[] {
  if (network.hostLoopback.verdict !== 'yes') return [];
  const named = options.flatMap(({ name, value }) =>
    name === 'mon' ? [suboptions(value ?? '')].map((sub) => sub.get('chardev') ?? sub.kind) : [],
  );
  return options.flatMap((option): Bypass[] => {
    const { name, value, text, origin } = option;
    const isMonitor =
      /^(?:monitor|qmp|qmp-pretty)$/.test(name) ||
      (name === 'serial' && value?.startsWith('mon:') === true) ||
      (name === 'chardev' && named.includes(suboptions(value ?? '').get('id') ?? ''));
    if (!isMonitor || listenerOf(option) === null) return [];
    return [
      {
        kind: 'control-channel',
        text,
        consequence:
          'Code inside connects to the monitor through its gateway, and has it start programs of the host.',
        origin,
      },
    ];
  });
}
