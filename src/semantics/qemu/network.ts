/** QEMU's network: what is there unasked, what narrows it, and what is opened to the outside. */
import type { Network, PublishedPort } from '../../model/network.ts';
import type { Bypass, HostCommand } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { byDefault, known, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { assumption } from '../process/conditions.ts';
import { machineNetwork } from '../process/machine.ts';
import type { ProcessOption } from '../process/option-words.ts';
import { scriptPath } from '../process/script-path.ts';
import { type Suboptions, suboptions } from './options.ts';

interface Backend {
  readonly kind: string;
  readonly sub: Suboptions;
  readonly option: ProcessOption;
}

const NETWORK_OPTIONS: ReadonlySet<string> = new Set(['netdev', 'nic', 'net']);

function backendsOf(options: readonly ProcessOption[]): readonly Backend[] {
  return options.flatMap((option): Backend[] => {
    if (!NETWORK_OPTIONS.has(option.name) || option.value === null) return [];
    const sub = suboptions(option.value);
    // `-net nic` is the card, not a way out.
    const kind = sub.kind || (sub.get('type') ?? '');
    return kind === 'nic' || (option.name === 'net' && kind === 'none') ? [] : [{ kind, sub, option }];
  });
}

/** Without any of the options there is a card with a way out by user-mode networking (qemu(1), Network options). */
export function qemuNetwork(options: readonly ProcessOption[], place: Place): Network {
  const asked = options.filter(({ name }) => NETWORK_OPTIONS.has(name));
  const backends = backendsOf(options).filter(({ kind }) => kind !== 'none' && kind !== 'hubport');
  const ports = [...backends.flatMap(forwardedPorts), ...options.flatMap(servicePorts)];
  const network = machineNetwork(...egressOf(options, asked, backends, place));
  return { ...network, published: ports };
}

type EgressArguments = Parameters<typeof machineNetwork>;

function egressOf(
  options: readonly ProcessOption[],
  asked: readonly ProcessOption[],
  backends: readonly Backend[],
  place: Place,
): EgressArguments {
  const none = asked.find(({ value }) => suboptions(value ?? '').kind === 'none');
  const bare = options.find(({ name, when }) => name === 'nodefaults' && when.length === 0);
  const certainNone = none !== undefined && none.when.length === 0 ? none : undefined;
  if (backends.length === 0 && (certainNone !== undefined || (bare !== undefined && asked.length === 0))) {
    const origin = certainNone?.origin ?? bare?.origin ?? byDefault(place, 'no network');
    return [known({ kind: 'none' }, origin), null];
  }
  const isOpen = ({ kind, sub }: Backend): boolean =>
    !/^(?:socket|stream|dgram|vhost-user)$/.test(kind) &&
    !(kind === 'user' && /^(?:on|yes|y)$/.test(sub.get('restrict') ?? ''));
  const open = backends.find(isOpen);
  const [first] = backends;
  if (open === undefined && first !== undefined) return [known({ kind: 'none' }, first.option.origin), null];
  if (open === undefined) {
    const origin = byDefault(place, 'QEMU adds a network card with a way out');
    return [known({ kind: 'open' }, origin), origin];
  }
  const { origin, when } = open.option;
  const assumes = assumption(when, true);
  return [known({ kind: 'open' }, origin, assumes), open.kind === 'user' ? origin : null];
}

/** `hostfwd=tcp:[address]:port-[address]:port`; without an address on all interfaces. */
function forwardedPorts({ sub, option }: Backend): readonly PublishedPort[] {
  return sub.all('hostfwd').flatMap((text) => {
    const match = /^(tcp|udp)?:([^:]*):([^-]+)-([^:]*):(.+)$/.exec(text);
    if (match === null) return [];
    const [, protocol = 'tcp', address = '', published = '', , target = ''] = match;
    return [port(target, published, address, protocol, option.origin)];
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

/** VNC displays count from port 5900; `-s` is `-gdb tcp::1234` (qemu(1)). */
function servicePorts({ name, value, origin }: ProcessOption): readonly PublishedPort[] {
  if (name === 's') return [port('1234', '1234', '', 'tcp', origin)];
  const text = value ?? '';
  if (name === 'vnc') {
    const [, address = '', display = ''] = /^([^:,]{0,200}):(\d{1,4})(?:,|$)/.exec(text) ?? [];
    const number = String(5900 + Number(display));
    return display === '' || address === 'unix' ? [] : [port(number, number, address, 'tcp', origin)];
  }
  const listening = /^(?:monitor|qmp|qmp-pretty|gdb|serial)$/.test(name) ? listener(text) : null;
  return listening === null ? [] : [port(listening.port, listening.port, listening.address, 'tcp', origin)];
}

function listener(text: string): { address: string; port: string } | null {
  const match = /^(?:tcp|telnet):([^:,]{0,200}):(\d{1,5})/.exec(text);
  return match === null ? null : { address: match[1] ?? '', port: match[2] ?? '' };
}

/**
 * The monitor runs programs of the host (`migrate "exec:…"`, qemu(1)); on a TCP port it answers the machine
 * too, whose gateway 10.0.2.2 is the host's loopback.
 */
export function monitorBypasses(options: readonly ProcessOption[], network: Network): readonly Bypass[] {
  if (network.hostLoopback.verdict !== 'yes') return [];
  return options.flatMap(({ name, value, text, origin }): Bypass[] => {
    if (!/^(?:monitor|qmp|qmp-pretty)$/.test(name) || listener(value ?? '') === null) return [];
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

/** `guestfwd=tcp:10.0.2.100:80-cmd:PROGRAM` runs the program on the host for each connection. */
export function forwardedCommands(options: readonly ProcessOption[]): readonly HostCommand[] {
  return backendsOf(options).flatMap(({ sub, option }) =>
    sub.all('guestfwd').flatMap((text): HostCommand[] => {
      const command = /-cmd:(.+)$/s.exec(text)?.[1];
      if (command === undefined) return [];
      const [program = ''] = command.split(/\s+/);
      return [
        {
          kind: 'guestfwd',
          command: displayText(command),
          when: 'whenever the machine connects',
          executes: program.includes('/') ? [scriptPath(program)] : [],
          unasked: true,
          origin: option.origin,
        },
      ];
    }),
  );
}
