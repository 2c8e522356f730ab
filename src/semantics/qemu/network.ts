/** QEMU's network: what is there unasked, what narrows it, and where it leads. */
import type { Egress, Network } from '../../model/network.ts';
import type { HostCommand } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { assumption } from '../process/conditions.ts';
import { machineNetwork } from '../process/machine.ts';
import type { ProcessOption } from '../process/option-words.ts';
import { scriptPath } from '../process/script-path.ts';
import { type Suboptions, suboptions } from './options.ts';
import { forwardedPorts, servicePorts } from './ports.ts';

interface Backend {
  readonly kind: string;
  readonly sub: Suboptions;
  readonly option: ProcessOption;
}

const NETWORK_OPTIONS: ReadonlySet<string> = new Set(['netdev', 'nic', 'net']);

/** Ways out of the machine: neither the card alone, nor a hub between others, nor none at all. */
function backendsOf(options: readonly ProcessOption[]): readonly Backend[] {
  return options.flatMap((option): Backend[] => {
    if (!NETWORK_OPTIONS.has(option.name) || option.value === null) return [];
    const sub = suboptions(option.value);
    // `-nic model=virtio` names a card, and has its way out by user-mode networking.
    const kind = sub.kind === '' && option.name === 'nic' ? 'user' : sub.kind;
    return /^(?:nic|none|hubport)$/.test(kind) ? [] : [{ kind, sub, option }];
  });
}

/** Without any of the options there is a card with a way out by user-mode networking (qemu(1), Network options). */
export function qemuNetwork(options: readonly ProcessOption[], place: Place): Network {
  const asked = options.filter(({ name }) => NETWORK_OPTIONS.has(name));
  const backends = backendsOf(options);
  const [first] = backends;
  const { egress, loopback } =
    first === undefined ? withoutBackends(options, asked, place) : throughBackends(first, backends);
  const ports = backends.flatMap(({ sub, option }) => forwardedPorts(sub, option.origin));
  return { ...machineNetwork(egress, loopback), published: [...ports, ...servicePorts(options)] };
}

interface Way {
  readonly egress: Value<Egress>;
  /** The way to the host's own loopback. */
  readonly loopback: Origin | null;
}

function withoutBackends(
  options: readonly ProcessOption[],
  asked: readonly ProcessOption[],
  place: Place,
): Way {
  const isCertain = ({ when }: ProcessOption): boolean => when.length === 0;
  const none = asked.find(isCertain) ?? options.find((one) => one.name === 'nodefaults' && isCertain(one));
  if (none !== undefined) return { egress: known({ kind: 'none' }, none.origin), loopback: null };
  const origin = byDefault(place, 'QEMU adds a network card with a way out');
  return { egress: known({ kind: 'open' }, origin), loopback: origin };
}

/** What other programs carry on from there (passt, gvproxy, another machine) is theirs to say. */
const ELSEWHERE = /^(?:socket|stream|dgram|vhost-user|vhost-vdpa|vde|l2tpv3)$/;

const isRestricted = ({ kind, sub }: Backend): boolean => kind === 'user' && sub.isOn('restrict');

function throughBackends(first: Backend, backends: readonly Backend[]): Way {
  const open = backends.find((one) => !ELSEWHERE.test(one.kind) && !isRestricted(one));
  if (open !== undefined) {
    const { origin, when } = open.option;
    const egress = known({ kind: 'open' as const }, origin, assumption(when, true));
    return { egress, loopback: open.kind === 'user' ? origin : null };
  }
  const elsewhere = backends.find(({ kind }) => ELSEWHERE.test(kind));
  if (elsewhere !== undefined) {
    const { text, origin } = elsewhere.option;
    const why = 'the program at the other end decides where it leads';
    return { egress: unknown(displayText(text), why, [], origin), loopback: null };
  }
  return restricted(first, backends);
}

/** `restrict=on` leaves what is forwarded by name (qemu(1), restrict=). */
function restricted(first: Backend, backends: readonly Backend[]): Way {
  const targets = backends.flatMap(({ sub, option: { origin } }) =>
    sub.all('guestfwd').flatMap((text) => {
      const target = /-(tcp:.+)$/s.exec(text)?.[1];
      return target === undefined ? [] : [{ host: displayText(target.slice('tcp:'.length)), origin }];
    }),
  );
  const [target] = targets;
  if (target === undefined) return { egress: known({ kind: 'none' }, first.option.origin), loopback: null };
  const { origin } = target;
  const local = targets.find(({ host }) => /^(?:127\.|localhost|\[?::1)/.test(host));
  const control = {
    by: 'runtime' as const,
    text: first.option.text,
    origin,
    removable: answer('no', [origin], 'QEMU itself forwards nothing else'),
    hosts: targets,
    holes: [],
  };
  return { egress: known({ kind: 'limited', control }, origin), loopback: local?.origin ?? null };
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
